//! `/incidents/{id}/restore`: the ways back of each database that the incident touches, with what each costs. They are gone
//! on the host: the page shows the lines.

mod way;

use askama::Template;
use axum::extract::State;
use axum::response::Html;

use self::way::Way;
use super::incident::{Scene, Visible};
use super::now::clocks;
use crate::actions::databases::{Back, ways_back};
use crate::db::Db;
use crate::domain::counted::counted;
use crate::web::error::PageError;
use crate::web::frame::Frame;
use crate::web::links;
use crate::web::parts::empty::Empty;
use crate::web::parts::nav::IncidentTab;
use crate::web::parts::page::Page;
use crate::web::parts::situation::Situation;
use crate::web::parts::words::Words;

#[derive(Template)]
#[template(path = "incidents/restore.html")]
struct RestorePage {
    page: Page,
    situation: Situation,
    empty: Option<Empty>,
    databases: Vec<Database>,
}

/// One database with its ways back.
struct Database {
    /// The heading's id.
    id: String,
    heading: String,
    about: Words,
    measured: String,
    ways: Vec<Way>,
}

/// `GET /incidents/{id}/restore`
pub(in crate::web) async fn show(
    State(db): State<Db>,
    Visible(id): Visible,
    frame: Frame,
) -> Result<Html<String>, PageError> {
    let scene = Scene::read(&db, id, frame).await?;
    let seen = &scene.seen;
    let touched = match seen.incident.is_open() {
        true => ways_back(&db, (&seen.plan, &seen.affected), scene.now()).await?,
        false => Vec::new(),
    };
    let databases: Vec<_> =
        touched.iter().enumerate().map(|(at, one)| database(at, one, &scene)).collect();
    let html = RestorePage {
        page: scene.page(IncidentTab::Restore, "Restore", "/restore"),
        situation: Situation { clocks: clocks(&scene), ..scene.situation("Restore") },
        empty: databases.is_empty().then(|| empty(&scene)),
        databases,
    };
    Ok(Html(html.render()?))
}

fn empty(scene: &Scene) -> Empty {
    if !scene.seen.incident.is_open() {
        let words = "What could be restored is said while an incident goes on. Recovery shows the recovery points.";
        return Empty::new("none", "This incident is over", words);
    }
    let words = "Either what is down stands on none, or no agent protects any. Recovery shows which are protected.";
    Empty::new("none", "No database is touched that an agent protects", words)
}

fn database(at: usize, one: &Back, scene: &Scene) -> Database {
    let standing = &one.standing;
    let name = &standing.seen.name;
    let measured = match one.lasted.len() as u64 {
        0 => "no measured run yet".to_owned(),
        many => {
            format!("times from {} of this database that were measured", counted(many, "restore"))
        }
    };
    let page = links::database(standing.site, name);
    Database {
        id: format!("database-{at}"),
        heading: format!("{name} on {}", standing.site_name),
        about: Words::from("Nothing here touches the database that lives: a copy is restored beside it, read-only, and stays \
             until somebody removes it. ")
            .link(page, "Its recovery points"),
        measured,
        ways: way::all(at, one, scene),
    }
}
