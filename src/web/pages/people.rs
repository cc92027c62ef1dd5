//! `/people`: who is on the roster, how they are reached, and what their accounts may do.

mod account;
mod card;
mod deeds;
mod methods;
mod subject;
mod words;

pub(in crate::web) use card::show;
pub(in crate::web) use deeds::{
    create, edit, enable, link, new, put_back, set_rights, suspend, take_off,
};
pub(super) use methods::MethodsSheet;
pub(in crate::web) use methods::{add, called, order, remove, restore, verify};
pub(in crate::web) use subject::{Said, Subject, Typed};
pub(super) use words::{duties, grant_in_words, rights_in_words, roles_of, zone_choices};

use askama::Template;
use axum::extract::State;
use axum::response::Html;
use time::OffsetDateTime;

use crate::actions::people::{self, Card, Reach};
use crate::db::Db;
use crate::domain::rights::Right;
use crate::web::error::PageError;
use crate::web::frame::Frame;
use crate::web::links;
use crate::web::parts::act::Act;
use crate::web::parts::nav::Tab;
use crate::web::parts::page::Page;
use crate::web::parts::state::State as Stand;
use crate::web::parts::words::Words;

#[derive(Template)]
#[template(path = "people/index.html")]
struct PeoplePage {
    page: Page,
    heading: String,
    add: Option<Act>,
    groups: Vec<Group>,
}

/// People who are reached alike, the worst group first.
struct Group {
    id: &'static str,
    heading: String,
    members: Vec<Member>,
}

struct Member {
    href: String,
    name: String,
    title: String,
    roles: Words,
    reach: Stand,
    by: String,
    paper: String,
    account: Words,
}

/// `GET /people`
pub(in crate::web) async fn index(
    State(db): State<Db>,
    frame: Frame,
) -> Result<Html<String>, PageError> {
    let invited = people::invited(&db, frame.now).await?;
    let (left, cards): (Vec<_>, Vec<_>) =
        people::roster(&db).await?.into_iter().partition(|card| card.person.disabled_at.is_some());
    let named = |reach| cards.iter().filter(|card| card.reach() == reach).collect::<Vec<_>>();
    let groups = [
        ("nobody", "Nobody can reach", named(Reach::Nobody)),
        ("failing", "What is sent fails for", named(Reach::Failing)),
        ("given", "Reached by what nobody has verified:", named(Reach::Given)),
        ("verified", "Reached by what is verified:", named(Reach::Verified)),
        ("left", "Off the roster:", left.iter().collect()),
    ];
    let groups = groups.into_iter().filter(|(_, _, cards)| !cards.is_empty());
    let group = |(id, what, cards): (&'static str, &str, Vec<&Card>)| Group {
        id,
        heading: format!("{what} {}", count(cards.len())),
        members: cards
            .into_iter()
            .map(|card| member(card, &frame, invited.get(&card.person.id).copied()))
            .collect(),
    };
    let groups = groups.map(group).collect();
    let add = Act::go("Add a person", links::PEOPLE_NEW);
    let html = PeoplePage {
        groups,
        heading: format!("{} on the roster", count(cards.len())),
        add: frame.who.rights.allow(Right::Own).then_some(add),
        page: frame.page.titled("People").at(Tab::People),
    };
    Ok(Html(html.render()?))
}

fn count(people: usize) -> String {
    if people == 1 { "1 person".to_owned() } else { format!("{people} people") }
}

fn member(card: &Card, frame: &Frame, invited_until: Option<OffsetDateTime>) -> Member {
    let plan = frame.around.revision.as_ref().map(|revision| &revision.plan);
    Member {
        href: links::person(card.person.id),
        name: card.person.name.clone(),
        title: card.person.title.clone(),
        roles: words::roles_in_line(plan, &card.person.key),
        reach: words::reach(card),
        by: words::channels(card),
        paper: words::addresses(card),
        account: words::account(card, invited_until.map(|at| frame.zone.short_date(at))),
    }
}
