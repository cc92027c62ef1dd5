//! Beside the findings: who is called first, and the next drill.

use time::OffsetDateTime;

use crate::actions::people::{Card, Reach as Known};
use crate::actions::post_mortems::Listed;
use crate::actions::readiness::Seen;
use crate::domain::civil::{self, Cron, Zone};
use crate::domain::plan::document::{Mark, Plan, Role};
use crate::domain::plan::ways::Reach;
use crate::web::links;
use crate::web::pages::incident::title;
use crate::web::pages::post_mortems::stands;
use crate::web::parts::act::Act;
use crate::web::parts::person::Person;
use crate::web::parts::state::State;
use crate::web::parts::words::Words;

/// Who is called first: for the lowest level, and to command.
pub(super) fn on_call(plan: &Plan, seen: &Seen, owner: bool) -> Vec<Person> {
    first_called(plan).map(|role| person(role, seen, owner)).collect()
}

fn first_called(plan: &Plan) -> impl Iterator<Item = &Role> {
    let lowest = plan.level.iter().min_by_key(|level| level.number);
    let pages = lowest.map(|level| level.pages.as_slice()).unwrap_or_default();
    let commands = |role: &Role| role.marks.contains(&Mark::Command);
    plan.role.iter().filter(move |role| pages.contains(&role.key) || commands(role))
}

/// Who of a role is paged first: its first holder whom Muster reaches, else its first.
fn person(role: &Role, seen: &Seen, owner: bool) -> Person {
    let held = |key: &&String| seen.cards.iter().any(|card| card.person.key == **key);
    let holders = || role.holders.iter().filter(held);
    let first = holders().find(|key| seen.ways.to(key) == Reach::Paged).or(holders().next());
    let card = first.and_then(|key| seen.cards.iter().find(|card| card.person.key == *key));
    let Some(card) = card else {
        let thing = format!("role/{}", role.key);
        let act = owner.then(|| Act::go("Name someone", links::plan_thing(&thing)));
        return Person::nobody(role.name.clone(), act);
    };
    let person = Person::new(card.person.name.clone(), role.name.clone());
    let person = person.state(stand(seen.ways.to(&card.person.key), card));
    match card.methods.iter().find(|method| method.channel == "phone") {
        Some(method) => person.phone(&method.address),
        None => person,
    }
}

fn stand(reach: Reach, card: &Card) -> State {
    match (reach, card.reach()) {
        (Reach::Paged, Known::Verified) => State::good("reachable"),
        (Reach::Paged, _) => State::warn("never tried"),
        (Reach::CallList, _) => State::warn("by telephone"),
        (Reach::Nobody | Reach::Empty, _) => State::bad("can’t be reached"),
    }
}

/// `in 17 days`; of today and tomorrow to the minute.
fn from_now(at: OffsetDateTime, now: OffsetDateTime) -> String {
    match (at - now).whole_days() {
        days @ 2.. => format!("in {days} days"),
        _ => civil::ago(at, now),
    }
}

/// The next drill of the plan's schedules, and how the last one went.
pub(super) fn drill(plan: &Plan, seen: &Seen, zone: &Zone, now: OffsetDateTime) -> Option<Words> {
    let plans = plan.document.zone();
    let drills = plan.schedule.iter().filter(|schedule| schedule.kind == "drill");
    let next = drills.filter_map(|schedule| {
        let cron: Cron = schedule.cron.parse().ok()?;
        Some((cron.next(&plans, now)?, schedule))
    });
    let (at, schedule) = next.min_by_key(|(at, _)| *at)?;
    let when = format!("{}, {}", zone.date(at), zone.clock(at));
    let first = Words::new().bold(when).plain(format!(", {}", from_now(at, now)));
    let last = match &seen.last_drill {
        None => "No drill was held yet.".to_owned(),
        Some(last) => {
            let ended = last.ended_at.unwrap_or(last.phase_since);
            let lasted = civil::span(ended - last.declared_at);
            format!("Last drill {}, over in {lasted}.", zone.day(ended))
        }
    };
    Some(Words::lines([first, Words::from(schedule.name.clone()), Words::new().small(last)]))
}

/// A report that is still to be published, and when it is due.
pub(super) fn report(listed: &Listed, zone: &Zone, now: OffsetDateTime) -> Words {
    let link = links::post_mortem(listed.incident.id);
    let stands = stands(&listed.report, zone, now);
    Words::new().link(link, title(&listed.incident)).line().state(stands)
}
