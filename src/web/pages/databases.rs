//! `/recovery/sites/{id}/databases/{name}`: what could be recovered of a database, what would be
//! lost, and what was proved.

mod backlog;
mod dumps;
mod elsewhere;
mod holds;
mod orders;
mod repositories;
pub(in crate::web) mod words;

pub(in crate::web) use holds::{hold, let_go};
pub(super) use orders::said;
pub(in crate::web) use orders::{order, withdraw};

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Html;
use time::{Duration, OffsetDateTime};

use crate::actions::databases::{self, Whole};
use crate::domain::agent::presence::Presence;
use crate::domain::agent::schedule::Doing;
use crate::domain::civil;
use crate::domain::counted::counted;
use crate::domain::id::SiteId;
use crate::domain::recovery::{Evidence, Exposure, Listed};
use crate::web::error::PageError;
use crate::web::frame::Frame;
use crate::web::links;
use crate::web::pages::sites::bytes;
use crate::web::parts::act::Act;
use crate::web::parts::clock::Clock;
use crate::web::parts::empty::Empty;
use crate::web::parts::nav::Tab;
use crate::web::parts::page::Page;
use crate::web::parts::progress::Progress;
use crate::web::parts::recovery_line::{Drawn, RecoveryLine};
use crate::web::parts::spark::Spark;
use crate::web::parts::state::{State as Stand, Tone};
use crate::web::parts::steps::Steps;
use crate::web::parts::table::Table;
use crate::web::parts::words::Words;
use crate::web::state::AppState;

/// Points that stand open; older ones unfold.
const FIRST: usize = 12;

#[derive(Template)]
#[template(path = "recovery/database.html")]
struct DatabasePage {
    page: Page,
    name: String,
    about: Words,
    clocks: Vec<Clock>,
    spark: Spark,
    weeks: Vec<Week>,
    repositories: Option<Steps>,
    doing: Option<Running>,
    troubles: Steps,
    empty: Option<Empty>,
    points: Table,
    older: Option<Table>,
    dumps: Option<dumps::Section>,
    elsewhere: Option<Steps>,
    proofs: Option<Table>,
    old: holds::Old,
    buttons: Vec<Act>,
    orders: Steps,
    asked: Option<Steps>,
}

/// Seven days, and in words whether any moment of them can't be restored.
struct Week {
    line: RecoveryLine,
    state: Stand,
}

/// What is under way.
pub(super) struct Running {
    pub(super) heading: String,
    pub(super) progress: Option<Progress>,
    pub(super) words: String,
}

/// `GET /recovery/sites/{id}/databases/{name}`
pub(in crate::web) async fn show(
    State(state): State<AppState>,
    frame: Frame,
    Path((site, name)): Path<(SiteId, String)>,
) -> Result<Html<String>, PageError> {
    let plan = frame.around.revision.as_ref().map(|revision| &revision.plan);
    let whole = databases::read(&state.db, plan, (site, &name), frame.now).await?;
    let one = &whole.standing;
    let (first, older) = points(&whole, &frame);
    let html = DatabasePage {
        about: about(&whole, &frame),
        clocks: clocks(&whole, &frame),
        spark: Spark::of(&one.day, one.limit.map(|limit| limit.target), frame.now),
        weeks: weeks(&whole, &frame),
        repositories: repositories::list(&whole, &frame),
        doing: one.seen.doing.as_ref().map(|doing| running(doing, one.presence, &frame)),
        troubles: words::troubles(&one.seen),
        empty: one.seen.points.is_empty().then(|| empty(&name)),
        points: first,
        older,
        dumps: dumps::section(&whole, &frame),
        elsewhere: elsewhere::list(&whole, &frame),
        proofs: proofs(&whole, &frame),
        old: holds::old(&whole, &frame),
        buttons: orders::buttons(&whole, &frame),
        orders: orders::list(&whole, &frame),
        asked: of_points(&whole).next().and_then(words::asked),
        page: frame
            .page
            .titled(format!("Recovery points of {name}"))
            .at(Tab::Recovery)
            .renewed(links::database(site, &name)),
        name,
    };
    Ok(Html(html.render()?))
}

fn about(whole: &Whole, frame: &Frame) -> Words {
    let one = &whole.standing;
    let runs = if one.seen.running { "" } else { ", and does not answer" };
    let next = one.seen.next.map(|next| {
        let at = frame.zone.when(next.at, frame.now);
        format!(" Next: {}, {at}.", next.deed.name())
    });
    Words::new().small("On ").link(links::site(one.site), &one.site_name).small(format!(
        ", kept in {}{runs}. Seen {}.{}",
        one.seen.repository,
        frame.zone.when(one.seen.at, frame.now),
        next.unwrap_or_default()
    ))
}

/// One for each repository.
fn weeks(whole: &Whole, frame: &Frame) -> Vec<Week> {
    let seen = &whole.standing.seen;
    if seen.repositories.len() < 2 {
        return week((&seen.repository, &seen.exposure), &seen.points, seen.at, frame)
            .into_iter()
            .collect();
    }
    let mut drawn: Vec<Week> = seen
        .repositories
        .iter()
        .filter_map(|shelf| {
            let points = seen.points.iter().filter(|it| it.repository == shelf.repository);
            let points: Vec<Listed> = points.cloned().collect();
            week((&shelf.repository, &shelf.exposure), &points, seen.at, frame)
        })
        .collect();
    let all_but_last = drawn.len().saturating_sub(1);
    for week in drawn.iter_mut().take(all_but_last) {
        week.line = week.line.clone().without_key();
    }
    drawn
}

fn week(
    (repository, exposure): (&str, &Exposure),
    points: &[Listed],
    at: OffsetDateTime,
    frame: &Frame,
) -> Option<Week> {
    let (zone, now) = (&frame.zone, frame.now);
    let line = RecoveryLine::of(Drawn { repository, points, exposure, at, zone, now })?;
    let tone = if line.has_gap() { Tone::Bad } else { Tone::Good };
    Some(Week { state: Stand::new(tone, line.words()), line })
}

pub(super) fn running(doing: &Doing, presence: Presence, frame: &Frame) -> Running {
    if presence != Presence::Live {
        return unheard(doing, frame);
    }
    let late = doing.late_s.map(|late| format!(", {} late", civil::span(Duration::seconds(late))));
    let since = frame.zone.when(doing.since, frame.now);
    let within = doing.repository.as_ref().map(|it| format!(" in {it}")).unwrap_or_default();
    let progress = doing.percent.map(|percent| {
        let elapsed = frame.now - doing.since;
        let end = doing.since + elapsed * 100 / i32::from(percent.max(1));
        let end = match percent {
            3..100 => format!(", ends about {}", frame.zone.clock(end)),
            _ => String::new(),
        };
        let words = format!("{} copied{end}", bytes(doing.copied));
        Progress::new("running", percent.into(), 100, words)
    });
    Running {
        heading: format!("A {}{within} is running{}", doing.deed.name(), late.unwrap_or_default()),
        progress,
        words: format!("Since {since}: {}.", doing.at),
    }
}

/// Nobody knows what became of it until its agent says.
fn unheard(doing: &Doing, frame: &Frame) -> Running {
    let since = frame.zone.when(doing.since, frame.now);
    let (deed, at) = (doing.deed.name(), &doing.at);
    Running {
        heading: "What the agent does is unknown".to_owned(),
        progress: None,
        words: format!("It was at a {deed} when it was last heard, since {since}: {at}."),
    }
}

fn clocks(whole: &Whole, frame: &Frame) -> Vec<Clock> {
    let one = &whole.standing;
    let verified = match one.seen.newest_verified() {
        Some(point) => {
            let said =
                format!("{} of {}", point.kind.name(), frame.zone.when(point.stopped, frame.now));
            let at = point.proved_at.unwrap_or(point.stopped);
            Clock::fixed("Newest verified", civil::ago(at, frame.now)).detail(said).tone(Tone::Good)
        }
        None => Clock::unknown("Newest verified", "no restore has proved one yet"),
    };
    let lasted: Vec<Duration> = of_points(whole)
        .filter(|it| it.holds && it.of.is_none())
        .filter_map(Evidence::lasted)
        .collect();
    let restore = match (lasted.first(), lasted.iter().min(), lasted.iter().max()) {
        (Some(last), Some(least), Some(most)) => {
            let range = format!(
                "{} to {} in {}",
                short(*least),
                short(*most),
                counted(lasted.len(), "restore")
            );
            Clock::fixed("A restore takes", short(*last)).detail(range)
        }
        _ => Clock::unknown("A restore takes", "no measured run yet"),
    };
    let mut clocks = vec![words::clock("Would be lost now", one, frame), verified, restore];
    clocks.extend(backlog::clock(one));
    clocks
}

/// Proofs of recovery points: a dump comes back in another way, and in another time.
fn of_points(whole: &Whole) -> impl Iterator<Item = &Evidence> {
    whole.proofs.iter().filter(|proof| proof.subject.is_point())
}

/// Restores of small databases take less than a second.
fn short(lasted: Duration) -> String {
    if lasted < Duration::SECOND { "under 1 s".to_owned() } else { civil::span(lasted) }
}

fn empty(name: &str) -> Empty {
    let words = format!(
        "Nothing could be restored. On its host, as the user that owns the database: muster agent backup {name}"
    );
    Empty::new("none", "No recovery point yet", words)
}

fn points(whole: &Whole, frame: &Frame) -> (Table, Option<Table>) {
    let several = whole.standing.seen.repositories.len() > 1;
    let table = || {
        let table = Table::new("points-of").short("Taken").column("Verified").short("Kind");
        let table = if several { table.short("In") } else { table };
        table.column("Log").number("Size").number("Stored").number("Timeline")
    };
    let row = |table: Table, point: &Listed| {
        let there = elsewhere::verified((&point.label, &point.repository), whole, frame);
        let of_it = [
            Words::from(frame.zone.when(point.stopped, frame.now)),
            Words::lines([words::verified(point, frame)].into_iter().chain(there)),
            Words::from(point.kind.name()),
        ];
        let within = several.then(|| Words::from(point.repository.as_str()));
        let sizes = [
            words::log(point, frame),
            Words::from(bytes(point.size)),
            Words::from(bytes(point.stored)),
            Words::from(point.timeline.to_string()),
        ];
        table.row(of_it.into_iter().chain(within).chain(sizes))
    };
    let newest = || whole.standing.seen.points.iter().rev();
    let older = newest().skip(FIRST).fold(table(), row);
    (newest().take(FIRST).fold(table(), row), (!older.is_empty()).then_some(older))
}

fn proofs(whole: &Whole, frame: &Frame) -> Option<Table> {
    let table = Table::new("proofs-of")
        .short("Made")
        .column("Found")
        .short("Backup or dump")
        .number("Restored in")
        .number("Size");
    let table = whole.proofs.iter().fold(table, |table, proof| {
        let lasted = proof.lasted().map(short).unwrap_or_default();
        let made = Words::from(frame.zone.when(proof.began, frame.now));
        table.row([
            Words::lines([made].into_iter().chain(elsewhere::made(proof, whole))),
            words::found(proof),
            Words::new().mono(&proof.label),
            Words::from(lasted),
            Words::from(bytes(proof.bytes)),
        ])
    });
    (!table.is_empty()).then_some(table)
}
