//! Who is signed in, and what every page of theirs has around it.

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use time::OffsetDateTime;

use crate::actions::letters::zone_of;
use crate::actions::overview::{self, Around};
use crate::actions::sessions::SignedIn;
use crate::domain::civil::Zone;
use crate::domain::incident::Incident;
use crate::web::error::PageError;
use crate::web::guard::{Caller, Csrf};
use crate::web::links;
use crate::web::parts::clock::Tick;
use crate::web::parts::csrf;
use crate::web::parts::level::Level;
use crate::web::parts::page::{Footing, Page, Viewer};
use crate::web::parts::strip::{Banner, Strip};
use crate::web::parts::words::Words;
use crate::web::state::AppState;

/// Who is there; a route that asks for it needs a right.
pub struct Who(pub SignedIn);

impl<S: Send + Sync> FromRequestParts<S> for Who {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Who, PageError> {
        let who = parts.extensions.get::<SignedIn>().cloned();
        who.map(Who).ok_or_else(|| PageError::SignInFirst(parts.uri.path().to_owned()))
    }
}

/// What a private page is made in.
pub struct Frame {
    /// The page around it, still without title.
    pub page: Page,
    /// Who reads it.
    pub who: SignedIn,
    /// The reader's zone.
    pub zone: Zone,
    /// Open incidents and the plan in force.
    pub around: Around,
    /// When it is drawn.
    pub now: OffsetDateTime,
}

impl<S> FromRequestParts<S> for Frame
where
    S: Send + Sync,
    AppState: FromRef<S>,
{
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Frame, PageError> {
        let Who(who) = Who::from_request_parts(parts, state).await?;
        let state = AppState::from_ref(state);
        let now = state.clock.now();
        let around = overview::around(&state.db).await?;
        let token = parts.extensions.get::<Csrf>().cloned();
        let secure = parts.extensions.get::<Caller>().is_none_or(Caller::is_secure);
        let plan = around.revision.as_ref().map(|revision| &revision.plan.document);
        let zone = zone_of(&who.zone, plan);
        let viewer = Viewer { name: who.name.clone(), rights: who.rights.clone() };
        let footing = footing(&zone, &around, now);
        let csrf = csrf::Csrf::new(token.map(|Csrf(token)| token).unwrap_or_default());
        let mut page = Page::new(viewer, csrf, footing, now).strips(strips(&around, &zone, now));
        if !secure {
            page = page.banner(Banner::plain_http());
        }
        if let Some(since) = around.quarantined_at {
            page = page.banner(Banner::quarantine(&zone.moment(since)));
        }
        Ok(Frame { page, who, zone, around, now })
    }
}

fn footing(zone: &Zone, around: &Around, now: OffsetDateTime) -> Footing {
    let revision = around.revision.as_ref().map(|revision| {
        let since = zone.date(revision.in_force_from);
        format!("Plan revision {}, in force since {since}.", revision.number)
    });
    let (name, short) = (zone.name(), zone.short_name(now));
    Footing {
        zone: if name == short { short } else { format!("{name} ({short})") },
        revision: revision.unwrap_or_default(),
    }
}

fn strips(around: &Around, zone: &Zone, now: OffsetDateTime) -> Vec<Strip> {
    let name = |incident: &Incident| {
        let level = around.plan_of(incident).and_then(|plan| plan.level(incident.level));
        level.map_or("", |level| &level.name)
    };
    let strip = |incident: &Incident| Strip {
        level: Level::new(incident.level, name(incident)),
        title: incident.title.clone(),
        href: links::incident(incident.id),
        since: Words::new()
            .plain(format!("since {}, ", zone.clock(incident.impact_start)))
            .tick(Tick::since(incident.impact_start, now)),
        drill: incident.is_drill(),
    };
    around.open.iter().map(strip).collect()
}
