//! What the style page shows: names that are long, roles that are empty, times that are past due.

use super::*;
use crate::web::parts::clock::Tick;
use crate::web::parts::entry::Weight;
use crate::web::parts::field::Choice;
use crate::web::parts::functions::FunctionRow;
use crate::web::parts::reach::Answer;
use crate::web::parts::steps::Step;
use time::Duration;

const LONG_NAME: &str = "Dr. Wilhelmina Featherstonehaugh-Vandenbroucke";

pub(super) fn levels() -> Vec<Level> {
    [
        "Minor Service Disruption",
        "Major Service Disruption",
        "Complete Service Outage",
        "Catastrophic Failure",
    ]
    .into_iter()
    .zip(1..)
    .map(|(name, number)| Level::new(number, name))
    .collect()
}

pub(super) fn strip() -> Strip {
    Strip {
        level: Level::new(3, "Complete Service Outage"),
        title: "Strip: an incident is open, join it".to_owned(),
        href: "#".to_owned(),
        since: "since 02:58 CET, 28 min ago".into(),
        drill: false,
    }
}

pub(super) fn states() -> Vec<State> {
    vec![
        State::good("has it, 03:13"),
        State::warn("mail refused, SMS sent"),
        State::bad("no answer, 11 min"),
        State::waiting("paged 1:10 ago"),
        State::unknown("unknown"),
    ]
}

pub(super) fn badges() -> Vec<Badge> {
    vec![
        Badge(State::good("38 s")),
        Badge(State::warn("17 min, over target")),
        Badge(State::bad("gap in the WAL")),
        Badge(State::unknown("unknown")),
    ]
}

pub(super) fn clocks(now: OffsetDateTime) -> Vec<Clock> {
    let until = |label, seconds| Clock::until(label, now + Duration::seconds(seconds), now);
    vec![
        Clock::since("Since impact", now - Duration::seconds(1_687), now)
            .detail("02:58 CET, unconfirmed"),
        until("RTO: sign-in", 5_513).tone(Tone::Good).detail("of 2 h; 4 h at most"),
        until("RTO: booking", 542).tone(Tone::Warn).detail("of 2 h; 4 h at most"),
        until("RTO: target missed", -3_151).tone(Tone::Bad).detail("4 h at most, 1:07:29 left"),
        Clock::fixed("RTO", "invalid").tone(Tone::Bad).detail("recovered before impact"),
        Clock::unknown("Exposure", "db1 silent since 10:38"),
    ]
}

pub(super) fn dues(now: OffsetDateTime) -> Vec<Due> {
    let write = || Act::go("Write the update", "#").look(Look::PrimaryLarge);
    let due = |seconds| Tick::until(now + Duration::seconds(seconds), now);
    let undo = Act::go("Undo", "#").look(Look::Large);
    let hold = Tick::seconds_until(now + Duration::seconds(8), now);
    let late = Tick::since(now - Duration::seconds(67), now);
    vec![
        Due::next(Words::from("Due: tell Users in ").bold_tick(due(173)))
            .then("Then: hand over, you are in command for 8 h")
            .act(write()),
        Due::held(
            Words::from("Sends in ").bold_tick(hold).plain(": 9 pages, and words to 1,204 users"),
        )
        .named("s-held")
        .then("Declared level 3, 03:12 CET")
        .act(undo),
        Due::overdue(
            Words::new().bold("Overdue by ").bold_tick(late).bold(":").plain(" tell Management"),
        )
        .named("s-overdue")
        .then("was due 03:25 CET")
        .act(write()),
    ]
}

pub(super) fn entries() -> Vec<Entry> {
    let entry = |seq: i64, by: &str, body: &str, weight| Entry {
        seq,
        iso: format!("2026-11-14T02:2{seq}Z"),
        time: format!("03:2{seq}"),
        by: by.into(),
        body: body.to_owned(),
        kind: "note".to_owned(),
        weight,
        starred: seq == 4,
        may_star: false,
    };
    vec![
        entry(
            4,
            &format!("{LONG_NAME}, note"),
            "Private words: plain ink on the sheet, no frame.",
            Weight::Note,
        ),
        entry(3, "Priya Raghunathan, decision", "A decision is bold.", Weight::Decision),
        entry(
            2,
            "Jonas Brandt, note; corrected by 44",
            "What was corrected is struck out, never removed.",
            Weight::Corrected,
        ),
        entry(
            1,
            "by Mei-Ling Castellanos",
            "Public words: framed and tinted, with a globe and who reads them.",
            Weight::Public("Public: status page and 1,204 users".to_owned()),
        ),
    ]
}

pub(super) fn table() -> Table {
    let row = |check: &str, restored: &str, live: &str, result: &str| {
        [check.into(), restored.into(), live.into(), Words::from(State::good(result))]
    };
    Table::new("s-table")
        .caption("Numbers to the right, words to the left")
        .column("Check")
        .number("Restored")
        .number("Live")
        .column("Result")
        .row(row("Users", "18,204", "18,204", "passed"))
        .row(row("Bookings", "902,417", "902,419", "passed, limit 50"))
}

pub(super) fn empty() -> Empty {
    let words = "Muster protects a Postgres database in about ten minutes.";
    Empty::new("s-empty", "Empty: no databases yet", words).act(Act::go("Protect a database", "#"))
}

pub(super) fn acts() -> Vec<Act> {
    [
        ("Primary, large", Look::PrimaryLarge),
        ("Large", Look::Large),
        ("Declare", Look::Declare),
        ("Plain", Look::Plain),
        ("Primary", Look::Primary),
        ("Danger", Look::Danger),
        ("Quiet", Look::Quiet),
    ]
    .into_iter()
    .map(|(words, look)| Act::go(words, "#").look(look))
    .chain([Act::go("Disabled", "#").disabled("2 steps are still open")])
    .collect()
}

pub(super) fn fields() -> Vec<Field> {
    let late = "This is after the incident was declared, 03:12. Type an earlier time.";
    let kinds = vec![Choice::new("real", "Real", true), Choice::new("drill", "Drill", false)];
    vec![
        Field::text("plain", "Title", "Unnamed, 03:12").hint("Short; only responders read it."),
        Field::text("wrong", "Impact began", "2026-11-14 05:58")
            .hint("Europe/Berlin.")
            .error(Some(late)),
        Field::area("pub", "Update", 2, "We are restoring the booking database.")
            .public("Public: 1,204 users will read this"),
        Field::radios("kind", "Kind", kinds),
        Field::checkboxes("tell", "Tell", vec![Choice::new("users", "Users", true)]),
        Field::select(
            "function",
            "Function",
            vec![Choice::new("booking", "Booking creation and management", true)],
        ),
        Field::ranked("holders", "Holders", vec![vec![Choice::new("w", LONG_NAME, true)]])
            .warning(Some("Somebody else changed this meanwhile; yours takes its place.")),
    ]
}

pub(super) fn people() -> Vec<Person> {
    vec![
        Person::nobody("Security Lead", Some(Act::go("Name someone", "#"))),
        Person::new(LONG_NAME, "Database Administrator")
            .state(State::good("has it, 03:16"))
            .phone("+49 30 111 55 05"),
        Person::new("Ngozi Okonkwo-Bright", "Infrastructure Specialist")
            .state(State::bad("no answer, 11 min"))
            .phone("+49 30 111 55 07"),
    ]
}

pub(super) fn reach() -> Reach {
    use Answer::{Cannot, Has, Silent, Waits};
    Reach::new([Has, Has, Has, Has, Has, Cannot, Waits, Waits, Silent])
}

pub(super) fn progress() -> Progress {
    Progress::new("s-progress", 314, 506, "31.4 of 50.6 GB, ends 03:29 CET")
}

pub(super) fn steps() -> Steps {
    Steps(vec![
        Step::new("Beside live").stands(State::good("done")),
        Step::new("Check").stands(State::waiting("now")).current(),
        Step::new("Approve").stands(Words::new().small("by another")),
        Step::new(Words::from(State::bad("Nobody can be paged")).line().bold("Security Lead"))
            .act(Act::go("Name someone", "#")),
    ])
}

pub(super) fn facts() -> Facts {
    Facts::new()
        .fact("Loses", "41 s: 3 known transactions")
        .fact("Takes", "21 min")
        .fact("Host", Words::new().mono("db2.labitory.example.org"))
        .fact("Verified", "")
}

pub(super) fn functions(now: OffsetDateTime) -> Functions {
    let left = Tick::until(now + Duration::seconds(5_513), now);
    let row = |name: &str, stands| FunctionRow { name: name.to_owned(), stands, act: None };
    Functions {
        rows: vec![
            row("User authentication and authorization", Words::new().tick(left)),
            row("Resource availability checking", State::good("restored").into()),
        ],
        more: Some("7 more: 3:31:53 left or later.".to_owned()),
    }
}
