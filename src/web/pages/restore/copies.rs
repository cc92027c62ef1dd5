//! What was asked for about copies of a database, and what stands beside it.

use time::{Duration, OffsetDateTime};

use super::super::databases::said;
use super::super::incident::Scene;
use super::super::sites::bytes;
use super::found::{Found, checks, differences, found};
use super::{due, may, tag};
use crate::actions::databases::Back;
use crate::domain::agent::order::{Answer, Restore, State, Task};
use crate::domain::agent::presence::Presence;
use crate::domain::agent::watched::Underway;
use crate::domain::civil;
use crate::domain::counted::counted;
use crate::domain::id::OrderId;
use crate::domain::recovery::target::said as exact;
use crate::domain::recovery::{Copied, Stands};
use crate::store::orders::Kept;
use crate::web::links;
use crate::web::parts::act::{Act, Look};
use crate::web::parts::facts::Facts;
use crate::web::parts::progress::Progress;
use crate::web::parts::state::State as Badge;
use crate::web::parts::steps::{Step, Steps};
use crate::web::parts::table::Table;
use crate::web::parts::words::{Words, capital};

/// Orders that have ended and are shown.
const ENDED: usize = 6;

/// All of it.
pub(super) struct Side {
    pub(super) going: Vec<Going>,
    pub(super) copies: Vec<Card>,
    pub(super) found: Option<Found>,
    /// The last that was asked for, where it was not done.
    pub(super) undone: Steps,
    pub(super) ended: Steps,
}

/// Something that is being done.
pub(super) struct Going {
    pub(super) id: String,
    pub(super) heading: String,
    pub(super) progress: Option<Progress>,
    pub(super) words: Words,
    pub(super) stop: Option<Act>,
}

/// One copy.
pub(super) struct Card {
    pub(super) id: String,
    pub(super) heading: String,
    pub(super) state: Badge,
    pub(super) facts: Facts,
    pub(super) read_by: String,
    pub(super) checks: Option<Steps>,
    pub(super) differences: Option<Differences>,
    pub(super) buttons: Vec<Act>,
}

/// What a copy has otherwise.
pub(super) struct Differences {
    pub(super) words: String,
    pub(super) table: Option<Table>,
}

impl Side {
    /// Whether it changes soon.
    pub(super) fn is_busy(&self) -> bool {
        !self.going.is_empty()
    }

    /// Whether a transaction was found that may be restored to before.
    pub(super) fn has_suspects(&self) -> bool {
        self.found.as_ref().is_some_and(|found| !found.suspects.0.is_empty())
    }
}

/// What stands beside a database, and is done about it.
pub(super) fn side(one: &Back, scene: &Scene) -> Side {
    let stands = |order: &&Kept| order.state.by_now(order.since, scene.now());
    let goes_on = |order: &&Kept| stands(order).goes_on() && !is_stop(order);
    let going = one.orders.iter().filter(goes_on).map(|order| going(order, one, scene));
    let copies = one.standing.seen.copies.iter().flatten();
    let mut ended = one.orders.iter().filter(|order| !stands(order).goes_on()).peekable();
    let undone = ended.next_if(|order| matches!(stands(order), State::Failed | State::Unknown));
    let step = |order: &Kept| {
        let asked = format!("{}, {}", order.asked_by, scene.when(order.asked_at));
        let about = Words::from(capital(&order.task.words())).small(format!(" {asked}"));
        let (tone, words) = said(stands(&order), true, &order.words);
        Step::new(Words::lines([about, Badge::new(tone, words).into()]))
    };
    Side {
        going: going.collect(),
        copies: copies.map(|copy| card(copy, one, scene)).collect(),
        found: found(one, scene),
        undone: Steps(undone.map(step).into_iter().collect()),
        ended: Steps(ended.take(ENDED).map(step).collect()),
    }
}

fn is_stop(order: &Kept) -> bool {
    matches!(order.task, Task::Restore(Restore::Stop { .. }))
}

fn going(order: &Kept, one: &Back, scene: &Scene) -> Going {
    let id = format!("order-{}", order.id);
    let heard = one.standing.presence == Presence::Live;
    let underway = one.standing.seen.underway.iter().find(|it| it.order == order.id);
    let underway = underway.filter(|_| heard);
    let asked = format!("Asked for by {} {}.", order.asked_by, scene.when(order.asked_at));
    let state = order.state.by_now(order.since, scene.now());
    let at = match (state, underway) {
        (State::Running, Some(underway)) => {
            Words::from(format!("Since {}: {}. {asked}", scene.when(underway.since), underway.at))
        }
        _ => {
            let words = match state {
                State::Ready => "waits until the agent asks, within seconds".to_owned(),
                State::Handed => "the agent has it".to_owned(),
                other => said(other, heard, &order.words).1,
            };
            Words::from(format!("{}. {asked}", capital(&words)))
        }
    };
    let end = underway.and_then(|it| end(it, order, (one, scene.now())));
    let missed = end.and_then(|end| missed(end, scene));
    Going {
        heading: capital(&order.task.words()),
        progress: underway.and_then(|it| progress(&id, it, scene)),
        words: Words::lines([at].into_iter().chain(missed.map(Words::from))),
        stop: (may(scene) && (state == State::Ready || order.task.can_be_stopped())).then(|| {
            let (form, stop) =
                (format!("stop-{}", order.id), links::restore_stop(&scene.base, order.id));
            Act::post(form, "Stop", stop, &scene.frame.page.csrf)
        }),
        id,
    }
}

fn progress(id: &str, underway: &Underway, scene: &Scene) -> Option<Progress> {
    let percent = underway.percent?;
    let elapsed = (scene.now() - underway.since).as_seconds_f64().max(1.0);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a rate in bytes"
    )]
    let rate = (underway.copied as f64 / elapsed) as u64;
    let end = by_percent(underway, scene.now());
    let end = end.map(|end| format!(", ends about {}", scene.frame.zone.clock(end)));
    let words =
        format!("{}, {} a second{}", bytes(underway.copied), bytes(rate), end.unwrap_or_default());
    Some(Progress::new(format!("{id}-of"), percent.into(), 100, words))
}

/// When a copy is there, by how far it is; at first nobody can tell.
fn by_percent(underway: &Underway, now: OffsetDateTime) -> Option<OffsetDateTime> {
    let percent = underway.percent.filter(|percent| (3..100).contains(percent))?;
    Some(underway.since + (now - underway.since) * 100 / i32::from(percent))
}

/// When a restore is there, by how far it is, else by how long those took that were measured.
fn end(
    underway: &Underway,
    order: &Kept,
    (one, now): (&Back, OffsetDateTime),
) -> Option<OffsetDateTime> {
    let Task::Restore(Restore::Beside { .. }) = order.task else { return None };
    by_percent(underway, now).or_else(|| Some(order.since + one.takes()?))
}

fn missed(end: OffsetDateTime, scene: &Scene) -> Option<Badge> {
    let late = end - due(scene)?;
    (late > Duration::ZERO).then(|| Badge::bad(format!("will miss RTO by {}", civil::span(late))))
}

fn card(copy: &Copied, one: &Back, scene: &Scene) -> Card {
    let number = copy.number;
    let about = |order: &&Kept| is_about(order, copy);
    let answered = || one.orders.iter().filter(about).filter_map(|it| it.answer.as_ref());
    let checks = answered().find_map(|answer| match answer {
        Answer::Checks(found) => checks(found),
        _ => None,
    });
    let id = format!("copy-{number}-{}", tag(one));
    Card {
        differences: answered().find_map(|answer| differences(answer, &id)),
        id,
        heading: format!("Copy {number}: {}", copy.wanted),
        state: stands(copy, one),
        facts: facts(copy, one, scene),
        read_by: copy.read_by.clone(),
        checks,
        buttons: if may(scene) { buttons(copy, one, scene) } else { Vec::new() },
    }
}

/// Whether an order made this copy, or did something about it since: another one may have had its number.
fn is_about(order: &Kept, copy: &Copied) -> bool {
    let Task::Restore(restore) = &order.task else { return false };
    match restore {
        Restore::Beside { .. } => copy.order == Some(order.id),
        Restore::Later { copy: number, .. }
        | Restore::Open { copy: number }
        | Restore::Compare { copy: number } => {
            *number == copy.number && order.asked_at >= copy.began
        }
        _ => false,
    }
}

fn stands(copy: &Copied, one: &Back) -> Badge {
    if one.standing.presence != Presence::Live {
        return Badge::unknown("its agent is not heard");
    }
    match copy.stands {
        Stands::AtIt => Badge::waiting("is being worked on"),
        Stands::Interrupted => Badge::bad("was never finished; the next restore removes it"),
        Stands::Open { locked: 0, .. } => Badge::good("open, read-only"),
        Stands::Open { locked, .. } => Badge::warn(format!(
            "open, but {locked} of its tables and indexes can’t be read: a transaction was going on"
        )),
        Stands::Asleep => Badge::warn("its server does not run"),
    }
}

fn facts(copy: &Copied, one: &Back, scene: &Scene) -> Facts {
    let shows = match copy.last_commit {
        Some(at) => format!("all until its last commit, {}", exact(at)),
        None => format!("all that the recovery point {} holds", copy.label),
    };
    let short = copy.short_s.map(|short| {
        Badge::warn(format!(
            "the log ends {short:.0} s before that: what was committed then is unknown"
        ))
    });
    let beyond = copy.beyond;
    let lacks = match (beyond.commits, beyond.first, beyond.last) {
        (commits @ 1.., Some(first), Some(last)) => {
            let span = format!("{} to {}", exact(first), exact(last));
            Words::lines([
                Words::from(Badge::bad(format!("{} behind that", counted(commits, "commit")))),
                span.into(),
            ])
        }
        _ => "no commit that was in the log when it was made".into(),
    };
    Facts::new()
        .fact("Shows", Words::lines([Words::from(shows)].into_iter().chain(short.map(Words::from))))
        .fact("Lacks", lacks)
        .fact("Made", format!("by {}, {}", copy.requester, scene.when(copy.began)))
        .fact("Disk", format!("{} on {}", bytes(copy.size), one.standing.site_name))
}

/// What may be done with it: what shows more, then what is likely next, then what can't be taken back.
fn buttons(copy: &Copied, one: &Back, scene: &Scene) -> Vec<Act> {
    let button = |deed: &str, words: &str| press(one, scene, (deed, copy.number), words);
    let to = |act: Act, to: &str| act.with("to", to.to_owned());
    let open = matches!(copy.stands, Stands::Open { .. });
    let next = copy.beyond.first.filter(|_| open);
    let next = next.map(|at| to(button("later", "One commit later"), "time").with("at", exact(at)));
    let all = (open && one.touched).then(|| to(button("later", "On to the latest"), "latest"));
    let compare = open.then(|| button("compare", "Compare with the live one"));
    let start = (copy.stands == Stands::Asleep).then(|| button("open", "Start it again"));
    let touching = compare.into_iter().chain(start).chain(next.into_iter().chain(all));
    let touching = touching.filter(|_| one.touched);
    let remove = button("remove", "Remove").look(Look::Danger);
    let remove = (copy.stands != Stands::AtIt).then_some(remove);
    touching.chain(remove).collect()
}

/// A button about a copy; it can't be pressed while nobody hears it.
fn press(one: &Back, scene: &Scene, (deed, copy): (&str, u32), words: &str) -> Act {
    let standing = &one.standing;
    let latest = if words.contains("latest") { "-latest" } else { "" };
    let form = format!("{deed}{latest}-{copy}-{}", tag(one));
    let act = asks(
        Act::post(form, words, links::restore_of(&scene.base), &scene.frame.page.csrf),
        one,
        scene,
    );
    let act = act.with("deed", deed).with("copy", copy.to_string());
    if standing.presence == Presence::Live { act } else { act.disabled("its agent is not heard") }
}

/// With what every order about a database says.
pub(super) fn asks(act: Act, one: &Back, scene: &Scene) -> Act {
    let standing = &one.standing;
    act.with("id", OrderId::new(scene.now()).to_string())
        .with("site", standing.site.to_string())
        .with("database", standing.seen.name.as_str())
}
