//! A finding in words, with the way to mend it.

use crate::domain::counted::counted;
use crate::domain::plan::ways::Reach;
use crate::domain::readiness::Finding;
use crate::store::plans::Revision;
use crate::web::links;
use crate::web::parts::act::Act;
use crate::web::parts::state::State;
use crate::web::parts::steps::Step;
use crate::web::parts::words::Words;

/// People or roles that are named; of more the first ones.
const NAMED: usize = 3;

/// What is wrong, and the button that an owner mends it with.
pub(super) fn step(finding: &Finding, revision: &Revision, owner: bool) -> Step {
    let (state, about) = words(finding);
    let step = Step::new(Words::lines([Words::from(state), about]));
    match mend(finding, revision).filter(|_| owner) {
        Some(act) => step.act(act),
        None => step,
    }
}

fn words(finding: &Finding) -> (State, Words) {
    match finding {
        Finding::NoMail => (
            State::bad("Nobody can be paged"),
            "No mail server is set: each level is a call list only.".into(),
        ),
        Finding::LinksStayHere => (
            State::bad("Links lead nowhere"),
            "Mails link to this machine’s own address. Start Muster with MUSTER_PUBLIC_URL, the \
             address that people reach it by."
                .into(),
        ),
        Finding::Unreached { role, levels, reach, .. } => unreached(role, levels, *reach),
        Finding::Failing { name, .. } => (
            State::bad("Sends fail"),
            Words::from("What is sent to ").bold(name).plain(" comes back."),
        ),
        Finding::CannotCommand { name, role, .. } => (
            State::warn("May not command"),
            Words::new()
                .bold(name)
                .plain(format!(" is first {role}, and has no account with the right “command”.")),
        ),
        Finding::NoAlternate(roles) => {
            (State::warn("No alternate"), named(roles, "has one holder", "have one holder each"))
        }
        Finding::Untried(names) => (
            State::warn("Never tried"),
            named(names, "is reached only by what was given", "are reached only by what was given"),
        ),
        Finding::OneOwner => (
            State::warn("One owner"),
            "If they are away, nobody can change the plan, people or mail.".into(),
        ),
        Finding::ReviewOverdue(days) => (
            State::warn(format!("Overdue by {}", counted(*days, "day"))),
            "The plan’s own review day has passed.".into(),
        ),
        Finding::Warnings(many) => (
            State::warn("The plan contradicts itself"),
            format!("{} of its text to look at.", counted(*many, "thing")).into(),
        ),
        Finding::SilentSites(names) => silent(names),
        Finding::Kits(names) => no_kit(names),
        Finding::KitProofs(names) => unproved(names),
        Finding::Elsewhere(names) => (
            State::warn("Not proved on another site"),
            named(names, "is not verified there", "are not verified there"),
        ),
        Finding::DeadJobs(many) => (
            State::warn("Work was given up"),
            format!("{} of Muster’s own to try again or put away.", counted(*many, "job")).into(),
        ),
    }
}

fn silent(names: &[String]) -> (State, Words) {
    let one = "is not heard; what happens to its databases is unknown";
    let more = "are not heard; what happens to their databases is unknown";
    (State::bad("Silent"), named(names, one, more))
}

fn no_kit(names: &[String]) -> (State, Words) {
    let one = "can’t be brought back by anybody if its host is gone";
    let more = "can’t be brought back by anybody if their hosts are gone";
    (State::bad("No kit to rely on"), named(names, one, more))
}

fn unproved(names: &[String]) -> (State, Words) {
    let one = "has one whose words nobody typed in this quarter";
    let more = "have some whose words nobody typed in this quarter";
    (State::warn("A kit is to be proved"), named(names, one, more))
}

fn unreached(role: &str, levels: &[u8], reach: Reach) -> (State, Words) {
    let numbers: Vec<String> = levels.iter().map(u8::to_string).collect();
    let paging = match numbers.as_slice() {
        [one] => format!("level {one} pages it"),
        many => format!("levels {} page it", listed(many)),
    };
    let (state, how) = match reach {
        Reach::CallList => ("Only by telephone", "has no address that Muster sends to"),
        Reach::Nobody => ("Nobody can be reached", "is held by nobody who can be reached"),
        Reach::Empty | Reach::Paged => ("Nobody can be paged", "is empty"),
    };
    (State::bad(state), Words::new().bold(role).plain(format!(" {how}, and {paging}.")))
}

/// `1, 2 and 3`.
fn listed(many: &[String]) -> String {
    match many {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

fn named(names: &[String], one: &str, many: &str) -> Words {
    let mut shown: Vec<String> = names.iter().take(NAMED).cloned().collect();
    if names.len() > NAMED {
        shown.push(format!("{} more", names.len() - NAMED));
    }
    let does = if names.len() == 1 { one } else { many };
    Words::new().bold(listed(&shown)).plain(format!(" {does}."))
}

/// The button of an owner; none where it isn't mended by a page.
fn mend(finding: &Finding, revision: &Revision) -> Option<Act> {
    let (words, href) = match finding {
        Finding::NoMail => ("Set the mail server", links::SETTINGS.to_owned()),
        Finding::LinksStayHere => return None,
        Finding::Unreached { key, reach: Reach::Empty, .. } => {
            ("Name someone", links::plan_thing(&format!("role/{key}")))
        }
        Finding::Unreached { .. } => ("Add a way", links::PEOPLE.to_owned()),
        Finding::Failing { person, .. } => ("Look at it", links::person(*person)),
        Finding::CannotCommand { person, .. } => ("Give the right", links::person(*person)),
        Finding::NoAlternate(_) => ("Name alternates", links::PLAN_CHANGE.to_owned()),
        Finding::Untried(_) => ("Try them", links::PEOPLE.to_owned()),
        Finding::OneOwner => ("Name another", links::PEOPLE.to_owned()),
        Finding::ReviewOverdue(_) => ("Review it", links::plan_thing("document")),
        Finding::Warnings(_) => ("Look at them", links::plan_from(revision.number)),
        Finding::SilentSites(_)
        | Finding::Kits(_)
        | Finding::KitProofs(_)
        | Finding::Elsewhere(_) => ("Look at them", links::RECOVERY.to_owned()),
        Finding::DeadJobs(_) => ("Look at them", links::JOBS.to_owned()),
    };
    Some(Act::go(words, href))
}
