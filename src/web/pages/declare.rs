//! `/declare`: four levels, what each will do now, and one press.

use askama::Template;
use axum::extract::State;
use axum::response::Html;

use super::plan::bring_in;
use crate::actions::overview;
use crate::db::Db;
use crate::domain::id::IncidentId;
use crate::domain::incident::{HOLD, audiences, held_until};
use crate::domain::plan::document::{Level as PlanLevel, Plan};
use crate::domain::rights::Right;
use crate::store::people::Person;
use crate::web::error::PageError;
use crate::web::frame::Frame;
use crate::web::links;
use crate::web::parts::act::{Act, Look};
use crate::web::parts::due::Due;
use crate::web::parts::empty::Empty;
use crate::web::parts::level::Level;
use crate::web::parts::nav::Nav;
use crate::web::parts::page::Page;
use crate::web::parts::state::State as Standing;
use crate::web::parts::words::Words;

/// Up to so many people are named.
const FEW: usize = 2;

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
    State(db): State<Db>,
    frame: Frame,
) -> Result<Html<String>, PageError> {
    let people = overview::people(&db).await?;
    let plan = frame.around.revision.as_ref().map(|revision| &revision.plan);
    let mut levels: Vec<Choice> = plan
        .map(|plan| plan.level.iter().map(|level| choice(plan, level, &people)).collect())
        .unwrap_or_default();
    levels.sort_by_key(|choice| choice.number);
    let empty = levels.is_empty().then(|| bring_in(frame.who.rights.allow(Right::Own)));
    let back =
        Nav::Back { href: links::FRONT.to_owned(), words: "Go back, don’t declare".to_owned() };
    let (join, id) = (join(&frame), IncidentId::new(frame.now));
    let page = frame.page.titled("Declare an incident").nav(back);
    Ok(Html(DeclarePage { page, id, join, empty, levels }.render()?))
}

fn join(frame: &Frame) -> Option<Due> {
    let open = frame.around.open.first()?;
    let drill = if open.is_drill() { "DRILL: " } else { "" };
    let act = Act::go("Join it", links::incident(open.id)).look(Look::PrimaryLarge);
    let words = format!("{drill}Level {} is open: {}", open.level, open.title);
    Some(Due::next(words).then("The same trouble? Join it instead of declaring again.").act(act))
}

fn choice(plan: &Plan, level: &PlanLevel, people: &[Person]) -> Choice {
    let mut effects = vec![paged(plan, level, people)];
    effects.extend(empty_roles(plan, level, people));
    effects.push(told(plan, level.number));
    Choice {
        number: level.number,
        level: Level::new(level.number, level.name.clone()),
        impact: level.impact.clone(),
        examples: level.examples.join(", "),
        effects,
    }
}

/// Who is called first, each person once.
fn paged(plan: &Plan, level: &PlanLevel, people: &[Person]) -> Words {
    let roles = level.pages.iter().filter_map(|key| plan.role(key));
    let mut names: Vec<&str> = Vec::new();
    for role in roles {
        let first = role.holders.iter().find_map(|key| people.iter().find(|p| p.key == *key));
        if let Some(person) = first
            && !names.contains(&person.name.as_str())
        {
            names.push(&person.name);
        }
    }
    let count = match names.len() {
        1 => "1 person".to_owned(),
        many => format!("{many} people"),
    };
    let words = Words::new().plain("Pages ").bold(count);
    let words = match names.len() {
        1..=FEW => words.plain(format!(": {}", names.join(", "))),
        _ => words,
    };
    match held_until(level.number, time::OffsetDateTime::UNIX_EPOCH) {
        Some(_) => words.plain(format!(" after {} s with Undo", HOLD.whole_seconds())),
        None => words,
    }
}

fn empty_roles(plan: &Plan, level: &PlanLevel, people: &[Person]) -> Vec<Words> {
    let roles = level.pages.iter().filter_map(|key| plan.role(key));
    let held = |key: &String| people.iter().any(|person| person.key == *key);
    roles
        .filter(|role| !role.holders.iter().any(held))
        .map(|role| Words::from(Standing::bad(format!("{} is empty", role.name))))
        .collect()
}

fn told(plan: &Plan, level: u8) -> Words {
    let rows = audiences(plan, level);
    let row = |row: &crate::domain::plan::document::Notify| {
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
