//! The page of a drill on GitLab: what is shown there and nowhere else.

use hotwash::drill::face::Kind;

use super::visitor::{Seen, Visitor, plain};

/// Files the first issue as the template has it.
async fn filed() -> (Visitor, Seen) {
    let visitor = Visitor::on(Kind::Gitlab);
    let new = visitor.reads("/new").await;
    let template = new.text_in("new-body");
    assert!(template.ends_with("\n/confidential\n/label ~incident\n"), "{template}");
    let form = new.form("/new").with("as", "erin").with("title", "Odd logins").with("body", &template);
    let seen = visitor.submits(&form).await;
    seen.must_say("erin filed issue #1.");
    (visitor, seen)
}

#[tokio::test]
async fn the_template_hides_the_issue_and_puts_its_label_on() {
    let (visitor, seen) = filed().await;
    seen.must_say("<span class=\"state hidden\">Confidential</span>");
    seen.must_say(">incident</span>");
    assert!(!seen.says("/confidential") && !seen.says("not-planned"), "{}", seen.html);
    let events: Vec<&str> = seen.html.split("class=\"event\">").skip(1).collect();
    assert!(events.iter().any(|event| event.contains("added the label ")), "{}", seen.html);
    visitor.reads("/").await.must_say("<span class=\"state hidden\">Confidential</span>");
}

#[tokio::test]
async fn quick_actions_are_carried_out_and_keep_no_note() {
    let (visitor, seen) = filed().await;
    let notes = seen.html.matches("<article").count();
    let seen = visitor.comments("bob", "/promote_to_incident\n/severity critical").await;
    seen.must_say("What bob asked for was carried out.");
    seen.must_say("<span class=\"state kind\">Severity: critical</span>");
    assert_eq!(seen.html.matches("<article").count(), notes);
    let seen = visitor.comments("bob", "A note\n/title Very odd logins").await;
    seen.must_say("changed title from “Odd logins” to “Very odd logins”");
    seen.must_say("<article id=\"note_");
}

#[tokio::test]
async fn who_turns_confidentiality_off_sees_the_alarm_and_its_end() {
    let (visitor, seen) = filed().await;
    let flag = |seen: &Seen, to: &str| seen.form("/issues/1/flag").with("as", "bob").with("flag", to);
    let off = flag(&seen, "off");
    let seen = visitor.submits(&off).await;
    seen.must_say("bob made the issue visible to everyone.");
    assert!(!seen.says("state hidden") && seen.says("confidential flag"), "there is an alarm: {}", seen.html);
    // A page from before knows nothing of it.
    let stale = visitor.submits(&off.clone().with("number", seen.form("/issues/1/flag").value("number"))).await;
    assert_eq!(stale.status, 409);
    stale.must_say("Who can see the issue was changed meanwhile, so nothing was done.");
    let seen = visitor.submits(&flag(&stale, "on")).await;
    seen.must_say("bob made the issue confidential.");
    let alarms = seen.html.split("<article").filter(|one| one.contains("confidential flag")).count();
    assert_eq!(alarms, 0, "it is taken back: {}", seen.html);
    let wrong = visitor.submits(&flag(&seen, "maybe")).await;
    assert!(wrong.status == 422 && wrong.says("Choose one of the buttons."), "{wrong:?}");
}

#[tokio::test]
async fn people_have_roles_and_those_without_the_right_one_are_told_so() {
    let (visitor, seen) = filed().await;
    let home = visitor.reads("/").await;
    home.must_say("On GitLab, only people with the role reporter or more are obeyed");
    home.must_say("<strong>mallory</strong> <span class=\"quiet\">planner</span>");
    let close = seen.form("/issues/1/state").with("as", "mallory").with("state", "completed");
    let seen = visitor.submits(&close).await;
    let said = plain(&seen.html);
    assert!(said.contains("The forge does not let mallory do this: it takes the role “reporter”."), "{said}");
}

#[tokio::test]
async fn on_github_issues_have_no_flag() {
    let visitor = Visitor::new();
    visitor.files("Odd logins").await;
    let page = visitor.reads("/issues/1").await;
    assert!(!page.says("/issues/1/flag") && page.says("not-planned"), "{}", page.html);
}
