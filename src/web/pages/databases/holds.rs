//! What keeps old backups from being removed, and who lets go.

use axum::extract::{Form, Path, State};
use axum::response::Redirect;
use serde::Deserialize;

use crate::actions::databases::{Whole, holds};
use crate::domain::counted::counted;
use crate::domain::id::{HoldId, SiteId};
use crate::domain::recovery::{Cause, Hold, Retention};
use crate::domain::rights::Right;
use crate::web::error::PageError;
use crate::web::frame::Frame;
use crate::web::links;
use crate::web::parts::act::Act;
use crate::web::parts::steps::{Step, Steps};
use crate::web::parts::words::Words;
use crate::web::state::AppState;

/// What becomes of old backups.
pub(super) struct Old {
    pub(super) words: String,
    pub(super) holds: Steps,
    pub(super) hold: Option<Act>,
}

/// What is sent with a new hold.
#[derive(Deserialize)]
pub(in crate::web) struct Placed {
    id: HoldId,
}

/// `POST /recovery/sites/{id}/databases/{name}/holds`
pub(in crate::web) async fn hold(
    State(state): State<AppState>,
    frame: Frame,
    Path((site, name)): Path<(SiteId, String)>,
    Form(placed): Form<Placed>,
) -> Result<Redirect, PageError> {
    holds::hold(&state.db, &frame.who, (site, &name, placed.id), frame.now).await?;
    Ok(Redirect::to(&links::database(site, &name)))
}

/// `POST /recovery/sites/{id}/databases/{name}/holds/{hold}/end`
pub(in crate::web) async fn let_go(
    State(state): State<AppState>,
    frame: Frame,
    Path((site, name, hold)): Path<(SiteId, String, HoldId)>,
) -> Result<Redirect, PageError> {
    holds::let_go(&state.db, &frame.who, (site, &name, hold), frame.now).await?;
    Ok(Redirect::to(&links::database(site, &name)))
}

pub(super) fn old(whole: &Whole, frame: &Frame) -> Old {
    let one = &whole.standing;
    let (site, name) = (one.site, one.seen.name.as_str());
    let may = frame.who.rights.allow(Right::Command);
    let rule = one.seen.keeps.map(rule).unwrap_or_default();
    let words = if whole.holds.is_empty() {
        format!(
            "{rule} Older ones are removed by themselves; an incident or a proof that fails holds them."
        )
    } else {
        format!("{rule} But nothing is removed until somebody lets go, so the repository grows.")
    };
    let step = |hold: &Hold| {
        let act = Act::post(
            format!("let-go-{}", hold.id),
            "Let go",
            links::hold_end(site, name, hold.id),
            &frame.page.csrf,
        );
        let step = Step::new(Words::lines([cause(hold), since(hold, frame)]));
        if may { step.act(act) } else { step }
    };
    let held = whole.holds.iter().any(|hold| matches!(hold.cause, Cause::Person { .. }));
    let hold = Act::post("hold", "Hold them all", links::holds(site, name), &frame.page.csrf)
        .with("id", HoldId::new(frame.now).to_string());
    Old {
        words: words.trim().to_owned(),
        holds: Steps(whole.holds.iter().map(step).collect()),
        hold: (may && !held).then_some(hold),
    }
}

fn rule(Retention { days, fulls }: Retention) -> String {
    let fulls = counted(fulls, "full backup");
    format!("Kept are {} back, and {fulls} at least.", counted(days, "day"))
}

fn cause(hold: &Hold) -> Words {
    match &hold.cause {
        Cause::Incident { id, title } => {
            Words::from("Held by the incident ").link(links::incident(*id), title)
        }
        other => Words::from(format!("Held by {}", other.words())),
    }
}

fn since(hold: &Hold, frame: &Frame) -> Words {
    Words::new().small(format!("since {}", frame.zone.when(hold.since, frame.now)))
}
