//! Routes: what may name one, and where the shipped handbooks send things.

use hotwash::process;

use super::{
    handbooks::shipped,
    language::{OWN, refused},
};

const ROUTED: &str = "[[route]]\nid = \"street\"\ntitle = \"Criers\"\nsource = \"house rule\"\n";

#[test]
fn a_duty_a_flag_and_an_item_may_name_a_route() {
    let text = OWN.replacen(
        "checklist = [\"Call legal\"]",
        "route = \"street\"\nchecklist = [{ text = \"Cry\", route = \"stakeholders\" }]",
        1,
    );
    let text = text.replacen("owes = \"ic\"", "owes = \"ic\"\nroute = \"street\"", 1) + ROUTED;
    let own = process::read(&text, "own.toml").map_err(|problems| format!("{problems:#?}")).unwrap();
    assert_eq!(own.flag("legal").unwrap().route.as_deref(), Some("street"));
    assert_eq!(own.flag("legal").unwrap().checklist[0].route.as_deref(), Some("stakeholders"), "an inherited one");
    assert_eq!(own.duty("tell").unwrap().route.as_deref(), Some("street"));
    assert_eq!(own.route("street").unwrap().title, "Criers");
}

#[test]
fn a_route_that_is_not_there_is_refused() {
    let owes = "owes = \"ic\"";
    refused(
        owes,
        "owes = \"ic\"\nroute = \"stakeholder\"",
        16,
        &["duty[0].route", "no route", "nearest: stakeholders"],
    );
    let item = "checklist = [{ text = \"Cry\", route = \"street\" }]";
    refused("checklist = [\"Call legal\"]", item, 10, &["flag[0].checklist[0].route", "\"street\" is no route"]);
    refused("title = \"Legal must know\"", "title = \"L\"\nroute = \"moon\"", 10, &["flag[0].route", "allowed: "]);
}

#[test]
fn a5_9_a5_10_each_sitrep_says_where_it_goes() {
    let process = shipped("cloud-gov");
    let ways = |phase: &str| -> Vec<String> {
        let routed = process.phase(phase).unwrap().entry.iter().filter(|item| item.text.contains("sitrep"));
        routed.filter_map(|item| item.route.clone()).collect()
    };
    assert_eq!(ways("assess"), ["response-channel", "it-security", "stakeholders"]);
    assert_eq!(ways("remediate"), ["response-channel", "sitrep-mail", "stakeholders"]);
    for name in process::names() {
        let process = shipped(name);
        let named = process.duties.iter().filter_map(|duty| duty.route.as_deref());
        let named = named.chain(process.flags.iter().filter_map(|flag| flag.route.as_deref()));
        let named: Vec<&str> = named.chain(process.items().filter_map(|item| item.route.as_deref())).collect();
        assert!(
            process.routes.iter().all(|route| named.contains(&route.id.as_str())),
            "{name} has a route for nothing"
        );
    }
}
