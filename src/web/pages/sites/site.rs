//! One site.

use super::code::Code;
use super::words;
use crate::actions::drafts::may_grow;
use crate::actions::kits;
use crate::actions::sites::{self, Seen};
use crate::domain::agent::facts;
use crate::domain::agent::presence::Presence;
use crate::domain::id::SiteId;
use crate::domain::rights::Right;
use crate::web::error::PageError;
use crate::web::frame::Frame;
use crate::web::links;
use crate::web::pages::kits::{KitView, Refused, view};
use crate::web::parts::act::{Act, Look};
use crate::web::parts::facts::Facts;
use crate::web::parts::nav::Tab;
use crate::web::parts::page::Page;
use crate::web::parts::state::State as Stand;
use crate::web::parts::table::Table;
use crate::web::parts::words::Words;
use crate::web::state::AppState;
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};

#[derive(Template)]
#[template(path = "recovery/site.html")]
struct SitePage {
    page: Page,
    name: String,
    stands: Words,
    code: Option<Code>,
    kit: Option<KitView>,
    found: Found,
    agent: Agent,
    buttons: Vec<Act>,
    removal: Act,
    may_own: bool,
}

/// What the agent found.
struct Found {
    heading: String,
    missing: Option<String>,
    facts: Option<Facts>,
    clusters: Option<Table>,
    disks: Option<Table>,
}

/// How an agent joins.
struct Agent {
    heading: &'static str,
    words: &'static str,
    act: Act,
}

/// `GET /recovery/sites/{id}`
pub(in crate::web) async fn show(
    State(state): State<AppState>,
    frame: Frame,
    Path(id): Path<SiteId>,
) -> Result<Response, PageError> {
    draw(&state, frame, id, None, &Refused::default()).await
}

/// `POST /recovery/sites/{id}/look`
pub(in crate::web) async fn look(
    State(state): State<AppState>,
    frame: Frame,
    Path(id): Path<SiteId>,
) -> Result<Redirect, PageError> {
    sites::ask(&state.db, &frame.who, id, frame.now).await?;
    Ok(Redirect::to(&links::site(id)))
}

/// `POST /recovery/sites/{id}/removal`
pub(in crate::web) async fn remove(
    State(state): State<AppState>,
    frame: Frame,
    Path(id): Path<SiteId>,
) -> Result<Redirect, PageError> {
    sites::remove(&state.db, &frame.who, id, frame.now).await?;
    Ok(Redirect::to(links::RECOVERY))
}

/// With a form about its kit that was refused.
pub(in crate::web::pages) async fn draw_refused_kit(
    state: &AppState,
    frame: Frame,
    id: SiteId,
    refused: &Refused,
) -> Result<Response, PageError> {
    let page = draw(state, frame, id, None, refused).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

pub(super) async fn draw(
    state: &AppState,
    frame: Frame,
    id: SiteId,
    code: Option<Code>,
    refused: &Refused,
) -> Result<Response, PageError> {
    let seen = sites::read(&state.db, id, frame.now).await?;
    let kit = kits::read(&state.db, Some(id), frame.now).await?;
    let may_own = frame.who.rights.allow(Right::Own);
    let csrf = &frame.page.csrf;
    let removal = Act::post("remove", "Remove this site", links::site_removal(id), csrf);
    let page =
        frame.page.clone().titled(&seen.site.name).at(Tab::Recovery).renewed(links::site(id));
    let html = SitePage {
        name: seen.site.name.clone(),
        stands: words::presence(&seen, &frame),
        found: found(&seen, &frame),
        kit: seen.site.found.is_some().then(|| view(&kit, Some(id), refused, &frame)),
        agent: agent(&seen, &frame),
        buttons: if may_own { buttons(&seen, &frame) } else { Vec::new() },
        removal: removal.look(Look::Danger),
        page: if refused.wrong.is_empty() { page } else { page.refused() },
        code,
        may_own,
    }
    .render()?;
    Ok(Html(html).into_response())
}

/// What an owner may do with a host whose agent has joined.
fn buttons(seen: &Seen, frame: &Frame) -> Vec<Act> {
    if seen.presence == Presence::Vacant {
        return Vec::new();
    }
    let id = seen.site.id;
    let grows = seen.site.found.as_ref().is_some_and(|(facts, _)| may_grow(facts));
    let add = Act::go("Add a repository", links::repository(id));
    let look = Act::post("look", "Look again now", links::site_look(id), &frame.page.csrf);
    let protect = Act::go("Protect a database", links::protect(id)).look(Look::Primary);
    [look].into_iter().chain(grows.then_some(add)).chain([protect]).collect()
}

fn agent(seen: &Seen, frame: &Frame) -> Agent {
    let make =
        |words: &str| Act::post("code", words, links::site_code(seen.site.id), &frame.page.csrf);
    match seen.presence {
        Presence::Vacant => Agent {
            heading: "Let an agent join",
            words: "It joins by a code that works once. Its key is made on the host and never leaves \
                    it; what it may do there says that host’s own file, agent.toml.",
            act: make("Make a join code").look(Look::Primary),
        },
        Presence::Live | Presence::Silent(_) => Agent {
            heading: "When the agent is replaced",
            words: "A new code lets another agent join; from then on the key of this one works no more.",
            act: make("Make a new join code"),
        },
    }
}

fn found(seen: &Seen, frame: &Frame) -> Found {
    let Some((facts, at)) = &seen.site.found else {
        let words = match seen.presence {
            Presence::Vacant => "No agent has joined yet, so nothing is known of this host.",
            _ => "The agent has joined and has not reported yet. Start it: muster agent run",
        };
        return Found {
            heading: "The host".to_owned(),
            missing: Some(words.to_owned()),
            facts: None,
            clusters: None,
            disks: None,
        };
    };
    Found {
        heading: format!("The host, as of {}", frame.zone.when(*at, frame.now)),
        missing: facts.clusters.is_empty().then(|| {
            "The agent sees no running Postgres. It must run as the user that owns the cluster."
                .to_owned()
        }),
        facts: Some(about(facts, seen)),
        clusters: (!facts.clusters.is_empty()).then(|| clusters(facts, seen)),
        disks: (!facts.disks.is_empty()).then(|| disks(facts)),
    }
}

fn about(facts: &facts::Facts, seen: &Seen) -> Facts {
    let about = Facts::new()
        .fact("Host", facts.host.as_str())
        .fact("Runs as", facts.user.as_str())
        .fact("Agent", format!("release {}", facts.version))
        .fact("Clock", words::clock(&seen.site));
    let about = match (&facts.refused, &facts.protects) {
        (Some(why), _) => about.fact("agent.toml", Stand::bad(format!("not followed: {why}"))),
        (None, Some(names)) if names.is_empty() => {
            about.fact("agent.toml", Stand::warn("names no database"))
        }
        (None, Some(names)) => about.fact("Protects", names.join(", ")),
        (None, None) => about,
    };
    let places = facts.repositories.iter().map(|it| format!("{} ({})", it.name, it.place));
    let places = places.collect::<Vec<_>>().join(", ");
    let about = if places.is_empty() { about } else { about.fact("Backups go to", places) };
    let about =
        facts.elsewhere.iter().fold(about, |about, one| about.fact("Also proves", also(one)));
    facts.engines.iter().fold(about, |about, engine| match &engine.version {
        Some(version) => about.fact(&engine.name, version.as_str()),
        None => about.fact(&engine.name, Stand::warn("not installed")),
    })
}

/// A database of another site that is proved here.
fn also(one: &facts::Elsewhere) -> Words {
    let Some(site) = one.site else {
        let why = one.wrong.as_deref().unwrap_or_default();
        return Stand::bad(format!("nothing of {}: {why}", one.kit)).into();
    };
    let link = Words::new().link(links::database(site, &one.database), &one.database);
    let of = link.small(format!(" of {}, from {}", one.of, one.repository));
    match &one.wrong {
        Some(why) => Words::lines([of, Stand::bad(why.clone()).into()]),
        None => of,
    }
}

fn clusters(facts: &facts::Facts, seen: &Seen) -> Table {
    let table = Table::new("host-of")
        .caption("Postgres clusters")
        .column("Data folder")
        .number("Port")
        .column("Stands")
        .column("Version")
        .column("Owner");
    facts.clusters.iter().fold(table, |table, one| {
        table.row([
            Words::new().mono(&one.data_dir),
            Words::from(one.port.to_string()),
            stands(one, seen),
            Words::from(one.version.clone().unwrap_or_else(|| "unknown".to_owned())),
            Words::from(one.owner.as_str()),
        ])
    })
}

/// Whether it is protected; an agent that is too old to say so is not taken at its silence.
fn stands(one: &facts::Cluster, seen: &Seen) -> Words {
    match &one.protected_as {
        Some(name) => {
            let link = Words::new().link(links::database(seen.site.id, name), name);
            Words::new().state(Stand::good("protected as ")).all(link)
        }
        None if one.running => Words::from("runs"),
        None => Words::from(Stand::waiting("does not run")),
    }
}

fn disks(facts: &facts::Facts) -> Table {
    let table = Table::new("host-of")
        .caption("File systems")
        .column("Folder")
        .number("Free")
        .number("Size");
    facts.disks.iter().fold(table, |table, disk| {
        table.row([
            Words::new().mono(&disk.path),
            Words::from(words::bytes(disk.free)),
            Words::from(words::bytes(disk.size)),
        ])
    })
}
