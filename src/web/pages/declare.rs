//! `/declare`: four levels, what each will do now, and one press.

use askama::Template;
use axum::extract::State;
use axum::response::Html;
use time::OffsetDateTime;

use super::plan::bring_in;
use crate::actions::{overview, ways};
use crate::domain::id::IncidentId;
use crate::domain::incident::{HOLD, audiences, held_until};
use crate::domain::plan::document::{Level as PlanLevel, Notify, Plan, Role};
use crate::domain::plan::ways::{LevelReach, Reach, Ways, of_level};
use crate::domain::rights::Right;
use crate::store::people::Person;
use crate::web::error::PageError;
use crate::web::frame::Frame;
use crate::web::links;
use crate::web::parts::act::{Act, Look};
use crate::web::parts::due::Due;
use crate::web::parts::empty::Empty;
use crate::web::parts::level::Level;
use crate::web::parts::level_reach::troubles;
use crate::web::parts::nav::Nav;
use crate::web::parts::page::Page;
use crate::web::parts::words::Words;
use crate::web::state::AppState;

#[derive(Template)]
#[template(path = "declare.html")]
struct DeclarePage {
    page: Page,
    id: IncidentId,
    join: Option<Due>,
    empty: Option<Empty>,
    levels: Vec<Choice>,
}

/// One level, and what it will do.
struct Choice {
    number: u8,
    level: Level,
    impact: String,
    examples: String,
    effects: Vec<Words>,
}

/// `GET /declare`
pub(in crate::web) async fn show(
    State(state): State<AppState>,
    frame: Frame,
) -> Result<Html<String>, PageError> {
    let people = overview::people(&state.db).await?;
    let ways = &ways::ways(&state.db, &state.mail).await?;
    let plan = frame.around.revision.as_ref().map(|revision| &revision.plan);
    let stands = plan.map(|plan| Standing { plan, people: &people, ways });
    let choices = |stands: Standing<'_>| {
        stands.plan.level.iter().map(|level| choice(&stands, level)).collect()
    };
    let mut levels: Vec<Choice> = stands.map(choices).unwrap_or_default();
    levels.sort_by_key(|choice| choice.number);
    let empty = levels.is_empty().then(|| bring_in(frame.who.rights.allow(Right::Own)));
    let back =
        Nav::Back { href: links::FRONT.to_owned(), words: "Go back, don’t declare".to_owned() };
    let (join, id) = (join(&frame), IncidentId::new(frame.now));
    let page = frame.page.titled("Declare an incident").nav(back);
    Ok(Html(DeclarePage { page, id, join, empty, levels }.render()?))
}

fn join(frame: &Frame) -> Option<Due> {
    let open = frame.around.open.iter().find(|incident| !incident.is_drill())?;
    let act = Act::go("Join it", links::incident(open.id)).look(Look::PrimaryLarge);
    let words = format!("Level {} is open: {}", open.level, open.title);
    Some(Due::next(words).then("The same trouble? Join it instead of declaring again.").act(act))
}

/// What stands when a level is pressed.
struct Standing<'a> {
    plan: &'a Plan,
    people: &'a [Person],
    ways: &'a Ways,
}

fn choice(stands: &Standing<'_>, level: &PlanLevel) -> Choice {
    let reach = of_level(stands.plan, level.number, stands.ways);
    let mut effects = vec![paged(stands, level, &reach)];
    effects.extend(troubles(&reach).into_iter().map(Words::from));
    effects.extend(published(stands.plan, level));
    effects.push(told(stands.plan, level.number));
    Choice {
        number: level.number,
        level: Level::new(level.number, level.name.clone()),
        impact: impact(level),
        examples: level.examples.join(", "),
        effects,
    }
}

/// What it means, and how long it usually lasts.
fn impact(level: &PlanLevel) -> String {
    match level.downtime.as_str() {
        "" => level.impact.clone(),
        lasts => format!("{}; down {lasts}.", level.impact.trim_end_matches('.')),
    }
}

/// Who is paged first, each person once; without a channel, who is to be called.
fn paged(stands: &Standing<'_>, level: &PlanLevel, reach: &LevelReach<'_>) -> Words {
    let first = |role: &&Role| {
        role.holders.iter().find_map(|key| stands.people.iter().find(|p| p.key == *key))
    };
    let roles = level.pages.iter().filter_map(|key| stands.plan.role(key));
    let mut first: Vec<&Person> = roles.filter_map(|role| first(&role)).collect();
    first.sort_by_key(|person| person.id);
    first.dedup_by_key(|person| person.id);
    let count = match first.len() {
        1 => "1 person".to_owned(),
        many => format!("{many} people"),
    };
    if reach.is_call_list_only() {
        return Words::from("To be called by hand: ").bold(count);
    }
    let words = Words::from("Pages ").bold(count);
    let all = first.iter().all(|person| stands.ways.to(&person.key) == Reach::Paged);
    let words = match first.as_slice() {
        [one] => words.plain(format!(": {}", one.name)),
        [one, two] => words.plain(format!(": {}, {}", one.name, two.name)),
        _ if all => words.plain(", all reachable"),
        _ => words,
    };
    match held_until(level.number, OffsetDateTime::UNIX_EPOCH) {
        Some(_) => words.plain(format!(", after {} s with Undo", HOLD.whole_seconds())),
        None => words,
    }
}

/// Whether the plan has words for the public at this level.
fn published(plan: &Plan, level: &PlanLevel) -> Option<Words> {
    let template = plan.template(level.public_template.as_deref()?)?;
    (!template.body.trim().is_empty()).then(|| Words::from("Puts first words on the status page"))
}

fn told(plan: &Plan, level: u8) -> Words {
    let rows = audiences(plan, level);
    let row = |row: &Notify| {
        let name = plan.audience(&row.audience).map_or(row.audience.as_str(), |a| &a.name);
        match row.first_within.duration().is_zero() {
            true => format!("{name} at once"),
            false => format!("{name} within {}", row.first_within),
        }
    };
    let rows: Vec<String> = rows.iter().map(row).collect();
    match rows.is_empty() {
        true => Words::from("Tells nobody else"),
        false => Words::from(format!("To be told: {}", rows.join("; "))),
    }
}
