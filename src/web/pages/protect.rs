//! `/recovery/sites/{id}/protect`: a database is protected in three steps: which cluster, called what and backed up
//! where, and allowed by whoever owns the host. A place for backups is added in two.

mod adding;
mod draft;
mod form;
mod repository;
mod steps;
mod within;

pub(in crate::web) use draft::{follow, withdraw};
pub(in crate::web) use form::create;
pub(in crate::web) use repository::{add as add_place, ask as ask_place};

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{Html, IntoResponse, Response};
use serde::Deserialize;

use crate::actions::drafts::{self, hindrance};
use crate::actions::sites::{self, Seen};
use crate::domain::agent::draft::State as Stands;
use crate::domain::agent::facts::Cluster;
use crate::domain::id::SiteId;
use crate::store::drafts::Kept;
use crate::web::error::PageError;
use crate::web::frame::Frame;
use crate::web::links;
use crate::web::parts::act::{Act, Look};
use crate::web::parts::empty::Empty;
use crate::web::parts::nav::Tab;
use crate::web::parts::page::Page;
use crate::web::parts::state::State as Badge;
use crate::web::parts::steps::{Step, Steps};
use crate::web::parts::words::Words;
use crate::web::state::AppState;

/// The cluster that was chosen, by its data folder.
#[derive(Deserialize)]
pub(in crate::web) struct Chosen {
    cluster: Option<String>,
}

#[derive(Template)]
#[template(path = "recovery/protect.html")]
struct ChoicePage {
    page: Page,
    site: String,
    back: String,
    empty: Option<Empty>,
    clusters: Steps,
    look: Act,
}

/// `GET /recovery/sites/{id}/protect`: the clusters to choose from, or the form for the one that was chosen.
pub(in crate::web) async fn show(
    State(state): State<AppState>,
    frame: Frame,
    Path(id): Path<SiteId>,
    Query(chosen): Query<Chosen>,
) -> Result<Response, PageError> {
    let seen = sites::read(&state.db, id, frame.now).await?;
    let found = seen.site.found.as_ref().map(|(facts, _)| facts);
    let cluster = found.zip(chosen.cluster).and_then(|(facts, wanted)| {
        let cluster = facts.clusters.iter().find(|one| one.data_dir == wanted)?;
        hindrance(facts, cluster).is_none().then_some((facts, cluster))
    });
    match cluster {
        Some((facts, cluster)) => {
            let typed = form::Typed::suggested(facts, cluster, frame.now);
            form::draw(frame, &seen, typed, &[])
        }
        None => choose(&state, frame, &seen).await,
    }
}

async fn choose(state: &AppState, frame: Frame, seen: &Seen) -> Result<Response, PageError> {
    let id = seen.site.id;
    let drafts = drafts::of(&state.db, id).await?;
    let look = Act::post("look", "Look again now", links::site_look(id), &frame.page.csrf);
    let title = format!("Protect a database on {}", seen.site.name);
    let html = ChoicePage {
        site: seen.site.name.clone(),
        back: links::site(id),
        empty: empty(seen, &look),
        clusters: clusters(seen, &drafts, &frame),
        page: frame.page.titled(title).at(Tab::Recovery).renewed(links::protect(id)),
        look,
    };
    Ok(Html(html.render()?).into_response())
}

/// Why there is nothing to choose from, and what to do about it.
fn empty(seen: &Seen, look: &Act) -> Option<Empty> {
    let to_site = || Act::go("Let an agent join", links::site(seen.site.id)).look(Look::Primary);
    let (heading, words, act) = match &seen.site.found {
        None if seen.site.agent_key.is_none() => (
            "No agent has joined this site",
            "An agent on the host finds the databases there, and asks for what to do. Let one join first.".to_owned(),
            to_site(),
        ),
        None => (
            "The agent has not reported yet",
            "On the host, as the user that owns the database: muster agent run".to_owned(),
            look.clone(),
        ),
        Some((facts, _)) if facts.config.is_none() => (
            "This agent is too old to be asked",
            format!("It is of release {}. Put this Muster’s program on the host, and start the agent again.", facts.version),
            look.clone(),
        ),
        Some((facts, _)) if facts.clusters.is_empty() => (
            "The agent finds no Postgres cluster",
            format!(
                "It runs as {}, and sees servers that run as that user, those with a socket in /var/run/postgresql or \
                 /tmp, and Debian’s stopped ones. Start the server; where another user owns it, that one’s agent protects it.",
                facts.user
            ),
            look.clone(),
        ),
        Some(_) => return None,
    };
    Some(Empty::new("none", heading, words).act(act))
}

/// Each cluster, with the button that chooses it, or why it can't be chosen.
fn clusters(seen: &Seen, drafts: &[Kept], frame: &Frame) -> Steps {
    let Some((facts, _)) = &seen.site.found else { return Steps(Vec::new()) };
    let free = facts.clusters.iter().filter(|one| hindrance(facts, one).is_none()).count();
    let step = |cluster: &Cluster| {
        let what = Words::lines([Words::new().mono(&cluster.data_dir), about(cluster)]);
        if let Some(why) = hindrance(facts, cluster) {
            let state =
                if cluster.protected_as.is_some() { Badge::good(why) } else { Badge::waiting(why) };
            return Step::new(what).stands(state);
        }
        let open = drafts.iter().find(|one| {
            let state = one.state.by_now(one.made_at, frame.now);
            let meant = one.draft.database.as_ref();
            state == Stands::Open && meant.is_some_and(|it| it.data_dir == cluster.data_dir)
        });
        let act = match open {
            Some(draft) => Act::go("See its draft", links::draft(seen.site.id, draft.id)),
            None => {
                Act::go("Protect this one", links::protect_cluster(seen.site.id, &cluster.data_dir))
            }
        };
        Step::new(what).act(if free == 1 { act.look(Look::Primary) } else { act })
    };
    let order = |cluster: &&Cluster| hindrance(facts, cluster).is_some();
    let mut all: Vec<&Cluster> = facts.clusters.iter().collect();
    all.sort_by_key(order);
    Steps(all.into_iter().map(step).collect())
}

fn about(cluster: &Cluster) -> Words {
    let version =
        cluster.version.as_ref().map_or("Postgres".to_owned(), |it| format!("Postgres {it}"));
    Words::new().small(format!("{version}, port {}, owned by {}", cluster.port, cluster.owner))
}
