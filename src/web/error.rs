//! The one way a page request fails: every failure becomes a status and a calm page with a way on.

use askama::Template;
use axum::extract::{Request, State};
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Redirect, Response};
use time::Duration;
use tracing::error;

use crate::actions::ActionError;
use crate::clock::Clock;
use crate::db::Faulty;
use crate::secrets::SecretsError;
use crate::web::guard::Refusal;
use crate::web::links;
use crate::web::parts::act::Act;
use crate::web::parts::bare::Bare;
use crate::web::parts::error::{ErrorPage, Works};
use crate::web::parts::words::{Words, sentence};

/// After how long a crowd at the door is likely to have gone.
pub(super) const CROWD: Duration = Duration::seconds(5);

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// Nobody is signed in; holds where they wanted to go.
    #[error("sign in first")]
    SignInFirst(String),
    /// No owner yet.
    #[error("this Muster is not set up yet")]
    NotSetUp,
    /// Nothing at this address.
    #[error("there is nothing at this address")]
    NotFound,
    /// The right is missing; says which.
    #[error("your account has not the right “{0}”")]
    NotAllowed(&'static str),
    /// A deed was not done.
    #[error(transparent)]
    Deed(#[from] ActionError),
    /// A page could not be drawn.
    #[error("the page could not be drawn")]
    Drawing(#[from] askama::Error),
}

/// What the layer draws a page of.
#[derive(Debug, Clone)]
struct Trouble {
    status: StatusCode,
    heading: &'static str,
    words: String,
    away: bool,
    wait: Option<Duration>,
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        if let PageError::SignInFirst(path) = &self {
            return Redirect::to(&links::sign_in_for(path)).into_response();
        }
        let trouble = trouble(&self);
        if trouble.status == StatusCode::INTERNAL_SERVER_ERROR {
            error!(error = &self as &dyn std::error::Error, "request failed");
        }
        let status = trouble.status;
        (status, axum::Extension(trouble)).into_response()
    }
}

fn trouble(error: &PageError) -> Trouble {
    let (status, heading) = match error {
        PageError::NotSetUp => (StatusCode::SERVICE_UNAVAILABLE, "Not set up yet"),
        PageError::NotFound | PageError::Deed(ActionError::NotFound(_)) => {
            (StatusCode::NOT_FOUND, "There is nothing here")
        }
        PageError::NotAllowed(_) | PageError::Deed(ActionError::NotAllowed(_)) => {
            (StatusCode::FORBIDDEN, "This needs another right")
        }
        PageError::Deed(ActionError::Refused(_)) => {
            (StatusCode::CONFLICT, "That can’t be done now")
        }
        PageError::Deed(ActionError::TooMany(_)) => (StatusCode::TOO_MANY_REQUESTS, "Not so often"),
        PageError::Deed(ActionError::NotFresh) => {
            (StatusCode::FORBIDDEN, "Type your password again")
        }
        PageError::Deed(ActionError::Invalid(_)) => {
            (StatusCode::UNPROCESSABLE_ENTITY, "Something typed is wrong")
        }
        PageError::Deed(ActionError::Secrets(SecretsError::Crowded)) => {
            (StatusCode::SERVICE_UNAVAILABLE, "Many sign in at this moment")
        }
        PageError::Deed(deed) if is_away(deed) => {
            (StatusCode::SERVICE_UNAVAILABLE, "The database doesn’t answer")
        }
        _ => (StatusCode::INTERNAL_SERVER_ERROR, "Something broke on our side"),
    };
    let away = heading == "The database doesn’t answer";
    let wait = match error {
        PageError::Deed(ActionError::TooMany(wait)) => Some(*wait),
        PageError::Deed(ActionError::Secrets(SecretsError::Crowded)) => Some(CROWD),
        _ => None,
    };
    Trouble { status, heading, words: words(error, status, away), away, wait }
}

/// Whether the database is away, and waiting may mend it.
pub(super) fn is_away(error: &ActionError) -> bool {
    match error {
        ActionError::Store(crate::store::StoreError::Db(error)) => error.may_pass(),
        other => other.is_fault(),
    }
}

fn words(error: &PageError, status: StatusCode, away: bool) -> String {
    if away {
        return "Muster keeps trying. Nothing you were told is saved has been lost. What you just \
                sent may not have been saved; pressing again is safe."
            .to_owned();
    }
    match error {
        PageError::NotSetUp => {
            "Open the set-up link that stands on the server’s terminal, or make \
                                a new one there: muster user setup-link."
                .to_owned()
        }
        PageError::NotFound => {
            "The address may have been cut short. Go to the front page and look there.".to_owned()
        }
        PageError::NotAllowed(right) => {
            format!("Your account has not the right “{right}”. An owner can give it, on People.")
        }
        _ if status == StatusCode::INTERNAL_SERVER_ERROR => {
            "It has been written to the log. Try again, or tell an owner.".to_owned()
        }
        other => sentence(&other.to_string()),
    }
}

/// The layer that draws failures, because only here are the time and the request known.
pub(super) async fn draw(State(clock): State<Clock>, request: Request, next: Next) -> Response {
    let is_get = request.method() == Method::GET;
    let path = request.uri().path().to_owned();
    let mut response = next.run(request).await;
    let trouble = response.extensions_mut().remove::<Trouble>();
    let Some(trouble) = trouble.or_else(|| from_router(&response)) else { return response };
    let page = Bare::new(trouble.heading, clock.now());
    let mut page = ErrorPage::new(page, Words::from(trouble.words), trouble.status.as_u16(), "");
    if trouble.away {
        let back = if is_get { path } else { links::FRONT.to_owned() };
        page = page
            .act(Act::go("Try again", back))
            .works(Works::still(Words::new().link("/status", "Status page")))
            .works(Works::waits("Signing in, pages, mails and the timeline"));
    } else {
        page = page.act(Act::go("To the front page", links::FRONT));
    }
    let mut response = match page.render() {
        Ok(html) => (trouble.status, Html(html)).into_response(),
        Err(_) => (trouble.status, trouble.heading).into_response(),
    };
    if let Some(wait) = trouble.wait {
        response.headers_mut().insert(RETRY_AFTER, retry_after(wait));
    }
    response
}

/// Whole seconds, rounded up.
pub(super) fn retry_after(wait: Duration) -> HeaderValue {
    HeaderValue::from(wait.whole_seconds().max(0) + 1)
}

/// What axum itself answers without a page.
fn from_router(response: &Response) -> Option<Trouble> {
    let bare = !response.headers().contains_key(axum::http::header::CONTENT_TYPE)
        || response.headers()[axum::http::header::CONTENT_TYPE] == "text/plain; charset=utf-8";
    let status = response.status();
    if !bare || !(status.is_client_error() || status.is_server_error()) {
        return None;
    }
    let (heading, words) = match status {
        StatusCode::NOT_FOUND => (
            "There is nothing here",
            "The address may have been cut short; begin at the front page.",
        ),
        StatusCode::METHOD_NOT_ALLOWED => {
            ("This can’t be done here", "The page may be an old one; load it again.")
        }
        StatusCode::PAYLOAD_TOO_LARGE => ("This is too large", "Send less at once."),
        _ if status.is_server_error() => return None,
        _ => ("This request is not understood", "Go back, load the page again and repeat."),
    };
    Some(Trouble { status, heading, words: words.to_owned(), away: false, wait: None })
}

/// The guard's refusals on the same calm page; they come before the router, so without its clock.
pub(super) fn refusal(refusal: &Refusal, clock: &Clock) -> Response {
    let page = Bare::new(refusal.heading(), clock.now());
    let status = refusal.status();
    let page = ErrorPage::new(page, Words::from(refusal.words()), status.as_u16(), "")
        .act(Act::go("To the front page", links::FRONT));
    page.render().map_or_else(|_| refusal.bare_page(), |html| (status, Html(html)).into_response())
}
