//! What people had the agent do, and the buttons by which they do.

use axum::extract::{Form, Path, State};
use axum::response::Redirect;
use serde::Deserialize;
use time::Duration;

use crate::actions::databases::Whole;
use crate::actions::orders::{self, Wish};
use crate::domain::agent::order::{Routine, State as Stands};
use crate::domain::agent::presence::Presence;
use crate::domain::id::{OrderId, SiteId};
use crate::domain::rights::Right;
use crate::store::orders::Kept;
use crate::web::error::PageError;
use crate::web::frame::Frame;
use crate::web::links;
use crate::web::parts::act::Act;
use crate::web::parts::state::{State as Badge, Tone};
use crate::web::parts::steps::{Step, Steps};
use crate::web::parts::words::{Words, capital};
use crate::web::state::AppState;

/// What is sent with a new order.
#[derive(Deserialize)]
pub(in crate::web) struct Asked {
    id: OrderId,
    task: Routine,
    #[serde(default)]
    repository: Option<String>,
}

/// `POST /recovery/sites/{id}/databases/{name}/orders`
pub(in crate::web) async fn order(
    State(state): State<AppState>,
    frame: Frame,
    Path((site, name)): Path<(SiteId, String)>,
    Form(asked): Form<Asked>,
) -> Result<Redirect, PageError> {
    let Asked { id, task, repository } = asked;
    let wish = Wish { id, task: task.into(), repository };
    orders::ask(&state.db, &frame.who, (site, &name), wish, frame.now).await?;
    Ok(Redirect::to(&links::database(site, &name)))
}

/// `POST /recovery/sites/{id}/databases/{name}/orders/{order}/withdrawal`
pub(in crate::web) async fn withdraw(
    State(state): State<AppState>,
    frame: Frame,
    Path((site, name, order)): Path<(SiteId, String, OrderId)>,
) -> Result<Redirect, PageError> {
    orders::withdraw(&state.db, &frame.who, (site, order), frame.now).await?;
    Ok(Redirect::to(&links::database(site, &name)))
}

/// The buttons, for whoever may command; one whose order goes on can't be pressed, nor any that nobody hears. An agent
/// that tells of no dumps is too old to make one.
pub(super) fn buttons(whole: &Whole, frame: &Frame) -> Vec<Act> {
    if !frame.who.rights.allow(Right::Command) {
        return Vec::new();
    }
    let one = &whole.standing;
    let offers = [
        ("Back up now", Routine::Backup),
        ("Prove now", Routine::Prove),
        ("Dump now", Routine::Dump),
    ];
    let can = |task: Routine| match task {
        Routine::Prove => one.seen.points.iter().any(|point| point.opens),
        Routine::Dump => one.seen.dumps.iter().any(|dumps| dumps.unable.is_none()),
        _ => true,
    };
    let offers = offers.into_iter().filter(|(_, task)| can(*task));
    offers.map(|offer| offered(whole, frame, offer, None)).collect()
}

/// A button for an order in one repository, or in each.
pub(super) fn offered(
    whole: &Whole,
    frame: &Frame,
    (words, task): (&str, Routine),
    repository: Option<&str>,
) -> Act {
    let one = &whole.standing;
    let same = |it: &Kept| it.task == task.into() && it.repository.as_deref() == repository;
    let goes_on = whole.orders.iter().any(|it| same(it) && stands(it, frame).goes_on());
    let form = [Some(task.name()), repository].into_iter().flatten().collect::<Vec<_>>().join("-");
    let act = Act::post(form, words, links::orders(one.site, &one.seen.name), &frame.page.csrf);
    let act = act.with("id", OrderId::new(frame.now).to_string()).with("task", task.name());
    let act = match repository {
        Some(repository) => act.with("repository", repository),
        None => act,
    };
    match (one.presence == Presence::Live, goes_on) {
        (false, _) => act.disabled("its agent is not heard"),
        (true, true) => act.disabled("it was asked for, and goes on"),
        (true, false) => act,
    }
}

fn stands(order: &Kept, frame: &Frame) -> Stands {
    order.state.by_now(order.since, frame.now)
}

/// The newest orders of the last day, each with how it stands.
pub(super) fn list(whole: &Whole, frame: &Frame) -> Steps {
    let may = frame.who.rights.allow(Right::Command);
    let step = |order: &Kept| {
        let asked = frame.zone.when(order.asked_at, frame.now);
        let within = order.repository.as_ref().map(|it| format!(" to {it}")).unwrap_or_default();
        let what = capital(&order.task.words()) + &within;
        let about = format!("{what}, asked for by {} {asked}", order.asked_by);
        let state = stands(order, frame);
        let heard = whole.standing.presence == Presence::Live;
        let (tone, words) = said(state, heard, &order.words);
        let step =
            Step::new(Words::lines([Words::from(about), Words::from(Badge::new(tone, words))]));
        let withdrawal = links::order_withdrawal(order.site, &order.database, order.id);
        let act =
            Act::post(format!("withdraw-{}", order.id), "Take back", withdrawal, &frame.page.csrf);
        if may && state == Stands::Ready { step.act(act) } else { step }
    };
    let of_today =
        |it: &&Kept| stands(it, frame).goes_on() || frame.now - it.asked_at < Duration::DAY;
    Steps(whole.orders.iter().filter(of_today).map(step).collect())
}

pub(in crate::web::pages) fn said(state: Stands, heard: bool, words: &str) -> (Tone, String) {
    let with = |said: &str| {
        if words.is_empty() { said.to_owned() } else { format!("{said}: {words}") }
    };
    match state {
        Stands::Ready => (Tone::Idle, "waits until the agent asks".to_owned()),
        Stands::Withdrawn if words.is_empty() => {
            (Tone::Idle, "taken back, or not fetched within an hour".to_owned())
        }
        Stands::Withdrawn => (Tone::Idle, words.to_owned()),
        Stands::Handed => (Tone::Idle, "the agent has it, and does one thing at a time".to_owned()),
        Stands::Running if !heard => {
            (Tone::Warn, "unknown until the agent is heard: it was being done".to_owned())
        }
        Stands::Running => (Tone::Idle, "is being done".to_owned()),
        Stands::Succeeded => (Tone::Good, with("done")),
        Stands::Failed => (Tone::Bad, with("failed")),
        Stands::Unknown if words.is_empty() => {
            (Tone::Warn, "unknown: the agent fetched it and has said nothing since".to_owned())
        }
        Stands::Unknown => (Tone::Warn, with("unknown")),
    }
}
