//! Values that the database or a later page would refuse, and what is allowed but hardly meant.

use super::LABITORY;
use super::findings::{broken, errors};
use crate::domain::plan::{LONGEST, parse};

/// What stands, what takes its place, where that is found, and what is said.
type Row<'a> = (&'a str, &'a str, &'a str, &'a str);

fn assert_refused(rows: &[Row<'_>]) {
    for (old, new, path, wanted) in rows {
        let found = errors(&[(old, new)]);
        let it = found.iter().find(|says| says.contains(wanted) && says.starts_with(path));
        assert!(it.is_some(), "{new}: {path}: {wanted} not in: {found:#?}");
    }
}

#[test]
fn a_person_or_key_that_the_roster_could_not_hold_is_refused() {
    let key = format!("key = \"{}\"", "k".repeat(61));
    let mail = "{ channel = \"mail\", address = \"priya.raghunathan@example.org\", rank = 1 }";
    let [zero, two, ten] = ["0", "2", "10"].map(|rank| mail.replace("= 1", &format!("= {rank}")));
    let again = format!("{mail}, {two}");
    let first = "person.priya-raghunathan.contact.1.rank";
    assert_refused(&[
        (mail, &zero, first, "there is no rank 0"),
        (mail, &ten, first, "there is no rank 10"),
        (mail, &again, "person.priya-raghunathan.contact.2.address", "example.org twice"),
        ("key = \"redis\"", "key = \"-redis\"", "runbook.-redis.key", "“-redis” is no key"),
        ("key = \"redis\"", &key, "runbook", "is no key; write up to 60"),
    ]);
}

#[test]
fn a_text_that_could_not_be_stored_or_drawn_is_refused() {
    let long = format!("name = \"{}\"", "n".repeat(301));
    let (sign_in, ivo) = ("name = \"Sign-in\"", "name = \"Ivo Marsh\"");
    let (name, person) = ("component.sign-in.name", "person.ivo-marsh.name");
    let impact = "impact = \"A single component fails.\"";
    let marks = ("marks = [\"command\"]", "marks = [\"command\", \"command\"]");
    let notice = "template.service-notice";
    assert_refused(&[
        (ivo, "name = \" \"", person, "this is empty"),
        (ivo, "name = \"I\\u0000\"", person, "(U+0000)"),
        (sign_in, "name = \"Sign\\nin\"", name, "this is one line"),
        (sign_in, "name = \"Sign\\tin\"", name, "this is one line"),
        (sign_in, &long, name, "301 characters; 300 at most"),
        (impact, "impact = \"\"", "level.1.impact", "this is empty"),
        ("[\"Authentication\", ", "[\"\", ", "objective.rto.covers.1", "this is empty"),
        ("subject = \"[S", "subject = \"\\n[S", &format!("{notice}.subject"), "this is one line"),
        ("{{status}}", "{{status", &format!("{notice}.body"), "does not end"),
        (marks.0, marks.1, "role.commander.marks.2", "twice"),
        ("levels = [3, 4]", "levels = [3, 3]", "template.unavailable.levels.2", "twice"),
        ("kinds = [\"local\"]", "kinds = []", "repository.local.kinds", "this list is empty"),
        ("kind = \"proof\"", "kind = \"hope\"", "schedule.backup-ver", "write one of backup"),
    ]);
}

#[test]
fn an_address_that_leads_nowhere_is_refused() {
    let list = "\"management-alerts@example.org\",\n    \"all";
    let (phone, mail) = ("channel.emergency-phone.addresses.1", "channel.mail-lists.addresses.2");
    let banner = "channel.website-banner.addresses.1";
    assert_refused(&[
        ("meeting = \"https:", "meeting = \"javascript:", "document.meeting", "is no address of"),
        ("status_page = \"https:", "status_page = \"", "document.status_page", "is no address of"),
        ("addresses = [\"+49", "addresses = [\"x", phone, "is no telephone number"),
        (list, "\"m\",\n \"all", mail, "is no mail address"),
        ("\"https://www.example.org\"", "\"www\"", banner, "is no address of a page"),
    ]);
}

#[test]
fn a_time_that_never_rests_or_never_comes_is_refused() {
    let rto = ("target = \"2 h\"\nmaximum = \"4 h\"", "target = 2\nmaximum = 1");
    let (first, every) = ("notify.1.technical-team.first_within", "notify.2.technical-team.every");
    let usual = ("usual_downtime = \"30 min\"", "usual_downtime = \"0 s\"");
    let cron = ("cron = \"0 3 * * 0\"", "cron = \"0 3 30 2 *\"");
    let next = ("next_after = \"5 min\"", "next_after = \"2 d\"");
    assert_refused(&[
        (cron.0, cron.1, "schedule.file-backup.cron", "never comes"),
        ("every = \"30 min\"", "every = \"0 s\"", every, "0 s is too short"),
        ("first_within = \"0 s\"", "first_within = \"60 d\"", first, "60 d is too long"),
        (next.0, next.1, "escalate.1.next_after", "2 d is too long"),
        (usual.0, usual.1, "level.1.usual_downtime", "0 s is too short"),
        ("maximum = \"4 h\"", "maximum = \"900 d\"", "objective.rto.maximum", "900 d is too long"),
        ("target = \"2 h\"", "target = \"0 s\"", "objective.rto.target", "0 s is too short"),
        (rto.0, rto.1, "objective.rto.target", "this is a span of time"),
        ("until = \"90 d\"", "until = \"9000 d\"", "follow_up.long-term.until", "too long"),
    ]);
}

#[test]
fn a_database_or_check_that_postgres_would_refuse_is_refused() {
    let name = format!("name = \"{}\"", "d".repeat(64));
    let two = ("FROM auth_user\"", "FROM auth_user; DROP TABLE a\"");
    let action = ("action = \"manage-check\"", "action = \"rm -rf\"");
    let check = "database.labitory.check";
    assert_refused(&[
        ("name = \"labitory_prod\"", &name, "database.labitory.name", "more than 63 bytes"),
        (two.0, two.1, &format!("{check}.users.sql"), "more than one statement"),
        (action.0, action.1, &format!("{check}.application.action"), "names no action"),
    ]);
}

#[test]
fn an_audience_that_nobody_would_hear_in_is_refused() {
    let silent = "[[person]]\nkey = \"mute\"\nname = \"Mute\"\n";
    let text = LABITORY.replacen(
        "people = [\"ingrid-solheim\", \"omar-haddad\"]",
        "people = [\"mute\"]",
        1,
    );

    let found = parse(&format!("{text}\n{silent}")).unwrap_err();

    let path = "audience.executives.people";
    assert!(found.iter().any(|one| one.path == path && one.says.contains("reaches nobody")));
}

#[test]
fn what_is_allowed_and_probably_not_meant_is_a_warning() {
    let mail = "\"ivo.marsh@example.org\"";
    for (old, new, path) in [
        ("\"emeka.obi@example.org\"", mail, "person.emeka-obi.contact.1.address"),
        ("levels = [2]", "levels = [1]", "notify.2.management.template"),
        ("[[escalate]]\nlevel = 3", "[[escalate]]\nlevel = 1", "level.3"),
        (
            "says = \"On-call engineer handles the incident\"",
            "roles = [\"dba\"]",
            "escalate.1.roles",
        ),
        ("next_review = \"2027-05-03\"", "next_review = \"2026-01-01\"", "document.next_review"),
    ] {
        let found = broken(&[(old, new)]);
        assert!(found.iter().any(|one| one.path == path), "{path} not in {found:#?}");
    }
    let empty = format!("{LABITORY}\n[[runbook]]\nkey = \"none\"\nname = \"None\"\n");
    let (_, found) = parse(&empty).unwrap();
    assert!(found.iter().any(|one| one.path == "runbook.none"), "{found:#?}");
}

#[test]
fn line_ends_and_marks_of_editors_are_no_mistakes() {
    let text = format!("\u{feff}{}", LABITORY.replace('\n', "\r\n"));

    assert_eq!(parse(&text).unwrap().0, parse(LABITORY).unwrap().0);
}

#[test]
fn a_text_without_end_is_not_even_read() {
    let found = parse(&"#".repeat(LONGEST + 1)).unwrap_err();

    assert_eq!(found.len(), 1);
    assert!(found[0].says.contains("512 kB at most"), "{}", found[0]);
}
