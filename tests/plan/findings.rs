//! All that is wrong with a text, at once, each with its place.

use super::LABITORY;
use crate::domain::plan::{Finding, Severity, parse};

/// Findings of the text after replacing, once each, what must be there.
pub(super) fn broken(edits: &[(&str, &str)]) -> Vec<Finding> {
    let mut text = LABITORY.to_owned();
    for (old, new) in edits {
        assert!(text.contains(old), "{old}");
        text = text.replacen(old, new, 1);
    }
    match parse(&text) {
        Ok((_, warnings)) => warnings,
        Err(findings) => findings,
    }
}

pub(super) fn errors(edits: &[(&str, &str)]) -> Vec<String> {
    let all = broken(edits).into_iter().filter(|finding| finding.severity == Severity::Error);
    all.map(|finding| format!("{}: {}", finding.path, finding.says)).collect()
}

fn error(old: &str, new: &str) -> String {
    errors(&[(old, new)]).join("\n")
}

#[test]
fn the_source_is_warned_of_where_it_contradicts_itself_and_nowhere_else() {
    let warnings = parse(LABITORY).unwrap().1;

    let paths: Vec<&str> = warnings.iter().map(|warning| warning.path.as_str()).collect();
    assert_eq!(paths, ["level.2.public_template", "escalate.4.audiences.2"]);
    assert!(warnings[0].says.contains("words for the public"), "{}", warnings[0]);
}

#[test]
fn a_syntax_error_stops_at_its_line_and_column() {
    let findings = parse("format = 1\n\n[document\ntitle = 3").unwrap_err();

    assert_eq!(findings.len(), 1);
    assert_eq!((findings[0].line, findings[0].column), (3, 10), "{}", findings[0]);
}

#[test]
fn all_mistakes_are_found_at_once_in_the_order_of_the_text() {
    let text = "format = \"one\"\ncolour = 3\n\n[document]\ntitle = 5\norganisation = \"Ö\"\n\
                owner = \"ada\"\n\n[[role]]\nkey = \"dba\"\nmarks = [\"command\", \"loud\"]\n\
                \n[level]\nnumber = 1\n\n[[person]]\nkey = \"ada\"\nname = \"Ada\"\n\
                contact = [{ channel = \"mail\", adress = \"x\", rank = 300 }]\n";

    let found: Vec<String> = parse(text)
        .unwrap_err()
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .map(|finding| format!("{}:{} {}", finding.line, finding.column, finding.path))
        .collect();

    assert_eq!(
        found,
        [
            "1:10 format",
            "2:1 colour",
            "4:1 document.zone",
            "5:9 document.title",
            "9:1 role",
            "9:1 role.dba.name",
            "11:21 role.dba.marks.2",
            "13:1 level",
            "19:12 person.ada.contact.1.address",
            "19:32 person.ada.contact.1.adress",
            "19:53 person.ada.contact.1.rank",
        ]
    );
}

#[test]
fn columns_count_characters_and_not_bytes() {
    let found = broken(&[("name = \"Sign-in\"", "\"ключ\" = 1\nname = \"Sign-in\"")]);
    assert_eq!(found[0].column, 1);

    let found = parse("document = { \"öäü\" = 1 }").unwrap_err();
    let key = found.iter().find(|finding| finding.path == "document.öäü").unwrap();
    assert_eq!((key.line, key.column), (1, 14));
}

#[test]
fn whatever_is_named_and_not_there_is_found() {
    for (old, new, path) in [
        (
            "pages = [\"on-call-engineer\"]",
            "pages = [\"on-call-engineer\", \"cook\"]",
            "level.1.pages.2",
        ),
        ("holders = [\"priya", "holders = [\"pria", "role.commander.holders.1"),
        (
            "components = [\"sign-in\", \"database\"]",
            "components = [\"sing-in\"]",
            "function.sign-in.components.1",
        ),
        ("audience = \"management\"", "audience = \"managers\"", "notify.2.managers.audience"),
        (
            "channels = [\"status-page\", \"twitter\"]",
            "channels = [\"pigeon\"]",
            "notify.4.media.channels.1",
        ),
        (
            "public_template = \"service-notice\"",
            "public_template = \"notice\"",
            "level.2.public_template",
        ),
        ("audiences = [\"executives\", ", "audiences = [\"boss\", ", "escalate.4.audiences.1"),
        ("role = \"dba\"", "role = \"dbo\"", "database.labitory.role"),
        ("owner = \"priya", "owner = \"pria", "document.owner"),
    ] {
        let says = error(old, new);
        assert!(says.starts_with(&format!("{path}: there is no ")), "{path} not in: {says}");
    }
}

#[test]
fn a_level_that_would_call_nobody_is_refused_by_level_and_role() {
    let says = error("holders = [\"jonas-brandt\", \"emeka-obi\"]", "holders = []");
    assert!(
        says.contains("level 1 pages nobody: the role On-call Engineer has no holder"),
        "{says}"
    );

    let without_contacts = LABITORY
        .split("\n\n")
        .map(|block| {
            if block.starts_with("[[person]]") {
                block.split("\ncontact").next().unwrap()
            } else {
                block
            }
        })
        .collect::<Vec<_>>()
        .join("\n\n");
    let findings = parse(&without_contacts).unwrap_err();
    let refused: Vec<&str> = findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .map(|finding| finding.path.as_str())
        .collect();
    let levels = ["level.1.pages", "level.2.pages", "level.3.pages", "level.4.pages"];
    assert_eq!(refused, [&levels[..], &["audience.executives.people"]].concat());
}

#[test]
fn a_role_that_nobody_holds_is_a_warning_while_others_of_its_level_can_be_reached() {
    let found = broken(&[("holders = [\"daniel-ferreira\", \"katarzyna-nowak\"]", "holders = []")]);

    assert!(found.iter().all(|finding| finding.severity == Severity::Warning));
    assert!(
        found.iter().any(|finding| finding.says.contains("nobody holds the role Security Lead"))
    );
}

#[test]
fn values_out_of_their_bounds_are_refused_with_what_to_write() {
    for (old, new, wanted) in [
        ("number = 4", "number = 3", "level 4 is missing"),
        ("number = 4", "number = 3", "level 3 is there twice"),
        ("marks = [\"command\"]", "marks = []", "no role bears the mark “command”"),
        ("marks = [\"database\"]", "marks = [\"words\"]", "the mark “words” is borne twice"),
        ("key = \"dba\"", "key = \"DBA\"", "“DBA” is no key"),
        ("key = \"security-lead\"", "key = \"dba\"", "the key “dba” is there twice"),
        ("target = \"2 h\"", "target = \"5 h\"", "the target is above the maximum"),
        ("target = \"2 h\"", "target = 5", "write target and maximum in the same way"),
        ("target = 99.5", "target = 98", "not below what is accepted at least"),
        ("target = \"2 h\"", "target = \"soon\"", "a span of time (\"2 h\") or a percentage"),
        ("tier = \"critical\"", "tier = \"urgent\"", "write one of critical, important"),
        ("zone = \"Europe/Berlin\"", "zone = \"Berlin\"", "“Berlin” is no time zone"),
        ("cron = \"0 2 * * *\"", "cron = \"0 2 * *\"", "cron wants five"),
        ("cron = \"0 2 * * *\"", "cron = \"0 24 * * *\"", "“24” is no hour"),
        ("{{status}}", "{{meeting}}", "{{meeting}} can't be filled"),
        ("priya.raghunathan@example.org", "priya", "“priya” is no mail address"),
        ("+49 30 23125 101", "tomorrow", "“tomorrow” is no telephone number"),
        (
            "channel = \"phone\"",
            "channel = \"pigeon\"",
            "“pigeon” is not known here; write one of mail, phone, sms",
        ),
        ("format = 1", "format = 9", "this release reads format 1"),
        ("next_after = \"5 min\"", "next_after = \"0 s\"", "0 s is too short; write 1 min or more"),
        ("next_review = \"2027-05-03\"", "next_review = \"soon\"", "“soon” is no day"),
        ("expect = \"> 0\"", "expect = \"many\"", "can't be compared"),
        ("first_within = \"15 min\"", "first_within = 15", "it must be text in quotation marks"),
    ] {
        let says = error(old, new);
        assert!(says.contains(wanted), "{new}: {wanted} not in: {says}");
    }
}

#[test]
fn more_checks_than_agents_keep_are_refused_where_they_go_beyond() {
    let check = |at: u32| {
        let sql = "x".repeat(15_000);
        format!("[[database.check]]\nkey = \"own-{at}\"\nname = \"Own\"\nsql = \"{sql}\"\n\n")
    };
    let many =
        |count| (0..count).map(check).collect::<String>() + "[[database.check]]\nkey = \"users\"";
    let users = "[[database.check]]\nkey = \"users\"";

    assert_eq!(errors(&[(users, &many(4))]), Vec::<String>::new());
    let says = error(users, &many(5));
    assert!(
        says.starts_with("database.labitory.check.own-4: agents keep 64 KB of checks"),
        "{says}"
    );
}

#[test]
fn reading_ends_after_a_hundred_mistakes_and_says_so() {
    let text = "[[function]]\n".repeat(1_000);

    let found = parse(&text).unwrap_err();
    assert!((100..200).contains(&found.len()), "{}", found.len());
    assert!(found.iter().any(|finding| finding.says.starts_with("there may be more")));
}
