//! Who is signed in, and what every page of theirs has around it.

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use time::OffsetDateTime;

use crate::actions::sessions::SignedIn;
use crate::clock::Clock;
use crate::domain::civil::Zone;
use crate::web::error::PageError;
use crate::web::guard::{Caller, Csrf};
use crate::web::parts::csrf;
use crate::web::parts::page::{Footing, Page, Viewer};
use crate::web::parts::strip::Banner;
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
        let now = Clock::from_ref(&AppState::from_ref(state)).now();
        let token = parts.extensions.get::<Csrf>().cloned();
        let secure = parts.extensions.get::<Caller>().is_none_or(Caller::is_secure);
        let zone = Zone::parse(&who.zone).unwrap_or_else(|_| Zone::utc());
        let viewer = Viewer { name: who.name.clone(), rights: who.rights.clone() };
        let footing = Footing {
            zone: format!("{} ({})", zone.name(), zone.short_name(now)),
            revision: String::new(),
        };
        let csrf = csrf::Csrf::new(token.map(|Csrf(token)| token).unwrap_or_default());
        let mut page = Page::new(viewer, csrf, footing, now);
        if !secure {
            page = page.banner(Banner::plain_http());
        }
        Ok(Frame { page, who, zone, now })
    }
}
