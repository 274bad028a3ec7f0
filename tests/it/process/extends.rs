//! A process that builds on a file, and the ways in which it must not.

use hotwash::process;

use super::language::OWN;

/// A folder with these files.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

/// Reads the first of the files; what is said of it without the folder's own path.
fn read_in(files: &[(&str, &str)]) -> Result<hotwash::domain::process::Process, Vec<String>> {
    let folder = folder(files);
    let path = folder.path().join(files[0].0);
    let place = format!("{}/", folder.path().display());
    let told = |problem: &hotwash::document::Problem| problem.to_string().replace(&place, "");
    process::read(files[0].1, &path.display().to_string()).map_err(|problems| problems.iter().map(told).collect())
}

#[test]
fn a_process_may_extend_a_file_beside_it() {
    let house = OWN.replacen("\"own\"", "\"house\"", 1);
    let team = "name = \"team\"\nextends = \"house.toml\"\ntitle = \"The team's\"\n";
    let read = read_in(&[("team.toml", team), ("house.toml", &house)]).unwrap();
    assert_eq!((read.name.as_str(), read.title.as_str()), ("team", "The team's"));
    assert!(read.duty("tell").is_some() && read.duty("sitrep").is_some(), "of the file, and of what that one extends");
}

#[test]
fn what_is_wrong_with_the_extended_file_is_told_with_its_own_lines() {
    let house = OWN.replacen("\"own\"", "\"house\"", 1).replacen("owes = \"ic\"", "owes = \"nobody\"", 1);
    let team = "name = \"team\"\nextends = \"house.toml\"\n";
    let all = read_in(&[("team.toml", team), ("house.toml", &house)]).unwrap_err();
    assert!(all.len() == 1 && all[0].starts_with("house.toml:15:") && all[0].contains("\"nobody\""), "{all:?}");
    let all = read_in(&[("team.toml", team)]).unwrap_err();
    assert!(all.len() == 1 && all[0].starts_with("team.toml:2:") && all[0].contains("cannot be read"), "{all:?}");
}

#[test]
fn a_process_does_not_come_to_extend_itself_however_long_the_way() {
    let extending = |name: &str, other: &str| format!("name = \"{name}\"\nextends = \"{other}\"\n");
    let all = read_in(&[("a.toml", &extending("a", "./a.toml"))]).unwrap_err();
    assert!(all.len() == 1 && all[0].starts_with("a.toml:2:") && all[0].contains("leads back to itself"), "{all:?}");
    let (a, b, c) = (extending("a", "b.toml"), extending("b", "c.toml"), extending("c", "a.toml"));
    let all = read_in(&[("a.toml", &a), ("b.toml", &b), ("c.toml", &c)]).unwrap_err();
    assert!(all.len() == 1 && all[0].starts_with("c.toml:2:") && all[0].contains("leads back to itself"), "{all:?}");
    let house = OWN.replacen("\"own\"", "\"team\"", 1);
    let all = read_in(&[("team.toml", &extending("team", "house.toml")), ("house.toml", &house)]).unwrap_err();
    assert!(
        all.len() == 1 && all[0].starts_with("team.toml:2:") && all[0].contains("give this one another name"),
        "{all:?}"
    );
}

#[test]
fn an_inherited_duty_that_nothing_can_meet_any_more_is_told() {
    let house = OWN.replacen("\"own\"", "\"house\"", 1);
    let house = house.replacen("[\"Call legal\"]", "[{ id = \"call-legal\", text = \"Call legal\" }]", 1);
    let house = house.replacen("\"notified:director\"", "\"ticked:call-legal\"", 1);
    let team = "name = \"team\"\nextends = \"house.toml\"\n[[flag]]\nid = \"legal\"\ntitle = \"Legal\"\n\
                checklist = [\"Write to legal\"]\nsource = \"team rule\"\n";
    let all = read_in(&[("team.toml", team), ("house.toml", &house)]).unwrap_err();
    assert_eq!(all.len(), 1, "{all:#?}");
    for words in ["team.toml:1:", "the duty \"tell\"", "ticking \"call-legal\"", "keep the item"] {
        assert!(all[0].contains(words), "{words:?} is not in {:?}", all[0]);
    }
    let kept = team.replace("\"Write to legal\"", "{ id = \"call-legal\", text = \"Write to legal\" }");
    assert!(read_in(&[("team.toml", &kept), ("house.toml", &house)]).is_ok());
    let either = house.replacen("\"ticked:call-legal\"", "\"ticked:call-legal\", \"done:tell\"", 1);
    assert!(read_in(&[("team.toml", team), ("house.toml", &either)]).is_ok(), "another way is left");
}

#[test]
fn no_two_severities_are_equally_bad_across_files_either() {
    let severity = |name: &str, rank: u8| {
        let words = "definition = \"So bad.\"\npattern = \"business\"\ncolor = \"0e8a16\"\nsource = \"house rule\"\n";
        format!("name = \"team\"\nextends = \"cloud-gov\"\n[[severity]]\nname = \"{name}\"\nrank = {rank}\n{words}")
    };
    let shipped = process::read(process::shipped("cloud-gov").unwrap(), "cloud-gov").unwrap();
    let medium = shipped.severity("medium").unwrap().rank;
    let said = process::read(&severity("awful", medium), "team.toml").unwrap_err();
    let said: Vec<String> = said.iter().map(ToString::to_string).collect();
    assert!(said.iter().any(|one| one.contains("\"medium\" and \"awful\" both have the rank")), "{said:#?}");
    let other = process::read(&severity("awful", 200), "team.toml");
    let other: Vec<String> = other.err().into_iter().flatten().map(|problem| problem.to_string()).collect();
    assert!(!other.iter().any(|one| one.contains("both have the rank")), "{other:#?}");
}
