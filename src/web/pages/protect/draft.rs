//! The third step: what the host's owner is asked to allow, and how it goes on from there, by itself.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{Html, Redirect};

use super::adding::Adding;
use super::steps;
use crate::actions::drafts::{self, Whole};
use crate::domain::agent::archiving::{self, Setting};
use crate::domain::agent::draft::{Database, LAPSES_AFTER, State as Stands};
use crate::domain::agent::facts::Facts;
use crate::domain::agent::watched::Watched;
use crate::domain::id::{DraftId, SiteId};
use crate::domain::shell::quoted;
use crate::web::error::PageError;
use crate::web::frame::Frame;
use crate::web::links;
use crate::web::pages::databases::words::troubles;
use crate::web::pages::databases::{Running, running};
use crate::web::parts::act::{Act, Look};
use crate::web::parts::nav::Tab;
use crate::web::parts::page::Page;
use crate::web::parts::state::State as Badge;
use crate::web::parts::steps::Steps;
use crate::web::parts::words::Words;
use crate::web::state::AppState;

/// Where `agent.toml` and the agent's folder lie unless they are named.
const USUAL: [(&str, &str); 2] =
    [("--config", "/etc/muster/agent.toml"), ("--state", "/var/lib/muster-agent")];

#[derive(Template)]
#[template(path = "recovery/draft.html")]
struct DraftPage {
    page: Page,
    heading: String,
    about: Words,
    line: Option<Line>,
    steps: Steps,
    doing: Option<Running>,
    troubles: Steps,
    next: Option<Act>,
    file: String,
    blocks: String,
    /// None where a repository alone is added: nothing is set for that.
    settings: Option<Settings>,
    withdrawal: Option<Act>,
    back: Words,
}

/// What is to be run on the host.
struct Line {
    command: String,
    until: String,
}

/// What is set in Postgres.
struct Settings {
    statements: String,
    words: Vec<Badge>,
}

/// `GET /recovery/sites/{id}/drafts/{draft}`
pub(in crate::web) async fn follow(
    State(state): State<AppState>,
    frame: Frame,
    Path((site, id)): Path<(SiteId, DraftId)>,
) -> Result<Html<String>, PageError> {
    let plan = frame.around.revision.as_ref().map(|revision| &revision.plan);
    let whole = drafts::read(&state.db, plan, (site, id), frame.now).await?;
    let adding = Adding::of(&whole);
    let stands = adding.as_ref().map_or(whole.standing().is_some(), Adding::stands);
    let waits = whole.kept.state == Stands::Open && !stands;
    let withdrawal =
        Act::post("withdraw", "Take it back", links::draft_withdrawal(site, id), &frame.page.csrf);
    let heading = heading(&whole, adding.as_ref());
    let html = DraftPage {
        about: about(&whole, &frame),
        line: waits.then(|| line(&whole, &frame)),
        steps: adding.as_ref().map_or_else(|| steps::of(&whole, &frame), |it| it.steps(&frame)),
        doing: doing(&whole, adding.as_ref(), &frame),
        troubles: seen(&whole, adding.as_ref()).map_or(Steps(Vec::new()), |it| troubles(&it)),
        next: next(&whole, stands),
        file: facts(&whole)
            .and_then(|it| it.config.clone())
            .unwrap_or_else(|| USUAL[0].1.to_owned()),
        blocks: whole.kept.draft.blocks(),
        settings: whole.kept.draft.database.as_ref().map(|database| settings(&whole, database)),
        withdrawal: waits.then_some(withdrawal),
        back: back(&whole),
        page: frame.page.titled(&heading).at(Tab::Recovery).renewed(links::draft(site, id)),
        heading,
    };
    Ok(Html(html.render()?))
}

/// `POST /recovery/sites/{id}/drafts/{draft}/withdrawal`
pub(in crate::web) async fn withdraw(
    State(state): State<AppState>,
    frame: Frame,
    Path((site, id)): Path<(SiteId, DraftId)>,
) -> Result<Redirect, PageError> {
    drafts::withdraw(&state.db, &frame.who, (site, id), frame.now).await?;
    Ok(Redirect::to(&links::draft(site, id)))
}

pub(super) fn facts(whole: &Whole) -> Option<&Facts> {
    whole.site.site.found.as_ref().map(|(facts, _)| facts)
}

fn heading(whole: &Whole, adding: Option<&Adding<'_>>) -> String {
    if let Some(adding) = adding {
        return adding.heading();
    }
    let name = whole.kept.draft.database.as_ref().map_or("", |it| &it.name);
    let verified = whole.standing().is_some_and(|one| one.seen.newest_verified().is_some());
    if verified { format!("{name} is protected and verified") } else { format!("Protect {name}") }
}

fn doing(whole: &Whole, adding: Option<&Adding<'_>>, frame: &Frame) -> Option<Running> {
    let of_it = || whole.standing().and_then(|one| Some((one, one.seen.doing.as_ref()?)));
    let (one, doing) = adding.map_or_else(of_it, Adding::doing)?;
    Some(running(doing, one.presence, frame))
}

fn seen(whole: &Whole, adding: Option<&Adding<'_>>) -> Option<Watched> {
    let of_it = || whole.standing().map(|one| one.seen.clone());
    adding.map_or_else(of_it, Adding::troubles)
}

fn back(whole: &Whole) -> Words {
    let site = whole.kept.site;
    match whole.kept.draft.database {
        Some(_) => Words::new().link(links::protect(site), "All clusters of this host"),
        None => Words::new().link(links::site(site), format!("Back to {}", whole.site.site.name)),
    }
}

fn about(whole: &Whole, frame: &Frame) -> Words {
    let made = frame.zone.when(whole.kept.made_at, frame.now);
    Words::new()
        .small("On ")
        .link(links::site(whole.kept.site), &whole.site.site.name)
        .small(format!(", drafted by {} {made}", whole.kept.made_by))
}

fn line(whole: &Whole, frame: &Frame) -> Line {
    let paths = facts(whole).map(|facts| [facts.config.clone(), facts.state.clone()]);
    let named =
        USUAL.iter().zip(paths.into_iter().flatten()).filter_map(|((option, usual), path)| {
            let path = path.filter(|path| path != usual)?;
            Some(format!(" {option} {}", quoted(&path)))
        });
    let named: String = named.collect();
    let until = whole.kept.made_at + LAPSES_AFTER;
    Line {
        command: format!("sudo muster agent{named} allow {}", whole.kept.id.code()),
        until: frame.zone.when(until, frame.now),
    }
}

fn next(whole: &Whole, stands: bool) -> Option<Act> {
    if stands && let [one] = whole.standings.as_slice() {
        let points = links::database(one.site, &one.seen.name);
        return Some(Act::go("See its recovery points", points).look(Look::Primary));
    }
    if stands {
        return Some(Act::go("See all databases", links::RECOVERY).look(Look::Primary));
    }
    let over = matches!(
        whole.kept.state,
        Stands::Refused | Stands::Lapsed | Stands::Withdrawn | Stands::Replaced
    );
    let site = whole.kept.site;
    let anew = || match whole.kept.draft.database {
        Some(_) => links::protect(site),
        None => links::repository(site),
    };
    over.then(|| Act::go("Draft it anew", anew()))
}

/// What is set already is not set again; what the cluster did not say is set as if nothing were.
fn settings(whole: &Whole, database: &Database) -> Settings {
    let Some(facts) = facts(whole) else {
        return Settings { statements: String::new(), words: Vec::new() };
    };
    let command = command(facts, &database.name);
    let mut clusters = facts.clusters.iter();
    let cluster = clusters.find(|one| one.data_dir == database.data_dir);
    let archiving = cluster.and_then(|cluster| cluster.archiving.as_ref());
    let lacks = archiving.map_or(Setting::UNSEEN.to_vec(), |archiving| archiving.lacks(&command));
    let mut words = Vec::new();
    if archiving.is_none() {
        words.push(Badge::unknown(
            "The agent may not ask the cluster how it is set; on the host it is seen.",
        ));
    }
    let other = archiving.filter(|it| lacks.contains(&Setting::Command) && !it.command.is_empty());
    if let Some(other) = other.filter(|it| it.command != "(disabled)") {
        words.push(Badge::warn(format!("In place of what it runs now: {}", other.command)));
    }
    if lacks.iter().any(|setting| setting.wants_restart()) {
        let says = "It counts from a restart of Postgres, which Muster never takes: the host’s owner does, when it suits.";
        words.push(Badge::warn(says));
    }
    let lines = lacks.iter().map(|setting| setting.statement(&command));
    let reload = (!lacks.is_empty()).then(|| "select pg_reload_conf();".to_owned());
    Settings { statements: lines.chain(reload).collect::<Vec<_>>().join("\n"), words }
}

/// What Postgres is to run for each segment, as the host will have it.
fn command(facts: &Facts, name: &str) -> String {
    let state = facts.state.as_deref().unwrap_or(USUAL[1].1);
    archiving::command(&format!("{state}/databases/{name}/archive.conf"), name)
}
