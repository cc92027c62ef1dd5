//! The door for agents: JSON over signed requests, answered in words where one is refused.

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Extension, Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::timeout;
use tracing::error;

use crate::actions::databases::holds;
use crate::actions::sites::agents::{self, Asks, Heard, Signed};
use crate::actions::{ActionError, databases, drafts, orders};
use crate::domain::agent::draft;
use crate::domain::agent::leave::Question;
use crate::domain::agent::signed::SignedDocument;
use crate::domain::agent::wire::{
    Ended, HELD, Hello, Join, Joined, Poll, Proved, Refused, Report, SIGNATURE_HEADER, SITE_HEADER,
    Said, Seen, Told, Welcome,
};
use crate::domain::id::{SiteId, StreamId};
use crate::secrets::Token;
use crate::web::error::is_away;
use crate::web::guard::FORM_LIMIT;
use crate::web::hub::Watch;
use crate::web::state::AppState;

/// An answer as JSON.
#[derive(Debug)]
pub(super) struct Json<T>(T);

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(bytes) => ([(CONTENT_TYPE, "application/json")], bytes).into_response(),
            Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        }
    }
}

/// The site that a request speaks for: its signature held.
#[derive(Debug, Clone, Copy)]
pub(super) struct Speaker(SiteId);

/// Why an agent is not answered.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    words: String,
}

impl Refusal {
    fn new(status: StatusCode, words: impl Into<String>) -> Refusal {
        Refusal { status, words: words.into() }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.status, Json(Refused { words: self.words })).into_response()
    }
}

impl From<ActionError> for Refusal {
    fn from(error: ActionError) -> Refusal {
        match error {
            ActionError::Refused(words) => Refusal::new(StatusCode::CONFLICT, words),
            ActionError::NotFound(what) => {
                Refusal::new(StatusCode::NOT_FOUND, format!("Muster knows of no such {what}"))
            }
            error if is_away(&error) => {
                Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "Muster’s database does not answer")
            }
            error => {
                error!(error = &error as &dyn std::error::Error, "an agent was not answered");
                let words = "something broke on Muster’s side; it stands in its log";
                Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, words)
            }
        }
    }
}

/// Lets a request through that the agent of a site signed.
pub(super) async fn admit(state: &AppState, request: Request) -> Result<Request, Refusal> {
    let (mut parts, body) = request.into_parts();
    let too_large = |_| Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "this is too large");
    let body = to_bytes(body, FORM_LIMIT).await.map_err(too_large)?;
    let unsigned = || Refusal::new(StatusCode::UNAUTHORIZED, "this request is not signed");
    let (site, signature) = signature(&parts.headers).ok_or_else(unsigned)?;
    let path = parts.uri.path();
    let signed = Signed { site, path, body: &body, signature: &signature };
    let checked = agents::check(&state.db, &state.ring, signed, state.clock.now()).await?;
    checked.map_err(|unheard| Refusal::new(StatusCode::UNAUTHORIZED, unheard.to_string()))?;
    parts.extensions.insert(Speaker(site));
    Ok(Request::from_parts(parts, Body::from(body)))
}

fn signature(headers: &HeaderMap) -> Option<(SiteId, Vec<u8>)> {
    let text = |name: &str| headers.get(name)?.to_str().ok();
    let site = text(SITE_HEADER)?.parse().ok()?;
    Some((site, URL_SAFE_NO_PAD.decode(text(SIGNATURE_HEADER)?).ok()?))
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(body).map_err(|error| {
        let words = format!("Muster does not understand this agent, which may be too new: {error}");
        Refusal::new(StatusCode::BAD_REQUEST, words)
    })
}

/// `POST /agent/join`
pub(super) async fn join(
    State(state): State<AppState>,
    body: Bytes,
) -> Result<Json<Joined>, Refusal> {
    let join: Join = read(&body)?;
    let no_code = || Refusal::new(StatusCode::BAD_REQUEST, "this is no join code");
    let secret: Token = join.secret.parse().map_err(|_| no_code())?;
    let key = URL_SAFE_NO_PAD.decode(&join.key).map_err(|_| no_code())?;
    let (site, name) = agents::join(&state.db, &secret, &key, state.clock.now()).await?;
    let order_key = URL_SAFE_NO_PAD.encode(state.ring.order_key_public());
    Ok(Json(Joined { site, name, order_key }))
}

/// `POST /agent/hello`
pub(super) async fn hello(
    State(state): State<AppState>,
    body: Bytes,
) -> Result<Json<Welcome>, Refusal> {
    let hello: Hello = read(&body)?;
    Ok(Json(Welcome { nonce: agents::nonce(&state.ring, hello.site, state.clock.now()) }))
}

/// `POST /agent/report`
pub(super) async fn report(
    State(state): State<AppState>,
    Extension(Speaker(site)): Extension<Speaker>,
    body: Bytes,
) -> Result<Json<Told>, Refusal> {
    let report: Report = read(&body)?;
    one_alone(&agents::report(&state.db, site, report, state.clock.now()).await?)?;
    Ok(Json(Told::default()))
}

/// `POST /agent/database`
pub(super) async fn database(
    State(state): State<AppState>,
    Extension(Speaker(site)): Extension<Speaker>,
    body: Bytes,
) -> Result<Json<Told>, Refusal> {
    let seen: Seen = read(&body)?;
    one_alone(&databases::hear(&state.db, site, seen, state.clock.now()).await?)?;
    Ok(Json(Told::default()))
}

/// `POST /agent/proof`
pub(super) async fn proof(
    State(state): State<AppState>,
    Extension(Speaker(site)): Extension<Speaker>,
    body: Bytes,
) -> Result<Json<Told>, Refusal> {
    let proved: Proved = read(&body)?;
    one_alone(&databases::prove(&state.db, &state.ring, (site, proved), state.clock.now()).await?)?;
    Ok(Json(Told::default()))
}

/// `POST /agent/order`
pub(super) async fn order(
    State(state): State<AppState>,
    Extension(Speaker(site)): Extension<Speaker>,
    body: Bytes,
) -> Result<Json<Told>, Refusal> {
    let said: Said = read(&body)?;
    one_alone(&orders::take_in(&state.db, site, said, state.clock.now()).await?)?;
    Ok(Json(Told::default()))
}

/// `POST /agent/expiry`
pub(super) async fn expiry(
    State(state): State<AppState>,
    Extension(Speaker(site)): Extension<Speaker>,
    body: Bytes,
) -> Result<Json<SignedDocument>, Refusal> {
    let question: Question = read(&body)?;
    let asked = (site, question);
    Ok(Json(holds::leave(&state.db, &state.ring, asked, state.clock.now()).await?))
}

/// `POST /agent/drafts`
pub(super) async fn drafts(
    State(state): State<AppState>,
    Extension(Speaker(site)): Extension<Speaker>,
    body: Bytes,
) -> Result<Json<SignedDocument>, Refusal> {
    let question: draft::Question = read(&body)?;
    let asked = (site, question);
    Ok(Json(drafts::offer(&state.db, &state.ring, asked, state.clock.now()).await?))
}

/// `POST /agent/draft`
pub(super) async fn draft(
    State(state): State<AppState>,
    Extension(Speaker(site)): Extension<Speaker>,
    body: Bytes,
) -> Result<Json<Told>, Refusal> {
    let answer: draft::Answer = read(&body)?;
    drafts::answer(&state.db, site, answer, state.clock.now()).await?;
    Ok(Json(Told::default()))
}

/// `POST /agent/end`
pub(super) async fn end(
    State(state): State<AppState>,
    Extension(Speaker(site)): Extension<Speaker>,
    body: Bytes,
) -> Result<Json<Told>, Refusal> {
    let ended: Ended = read(&body)?;
    agents::end(&state.db, site, ended.run).await?;
    Ok(Json(Told::default()))
}

/// `POST /agent/poll`: answered at once when there is something, else when there is, or after
/// [`HELD`]. Meanwhile it holds no connection to the database.
pub(super) async fn poll(
    State(state): State<AppState>,
    Extension(Speaker(site)): Extension<Speaker>,
    body: Bytes,
) -> Result<Json<Told>, Refusal> {
    let poll: Poll = read(&body)?;
    let watch = state.hub.watch();
    let now = state.clock.now();
    let asks = Asks { keeps: poll.schedule.as_deref(), challenge: poll.challenge.as_deref() };
    let who = (poll.run, asks);
    let (heard, told, stream) = agents::poll(&state.db, &state.ring, site, who, now).await?;
    one_alone(&heard)?;
    let Some(watch) = watch.filter(|_| told == Told::default()) else { return Ok(Json(told)) };
    let waiting = wait(&state, (site, asks), (watch, stream));
    let waited = tokio::select! {
        waited = timeout(HELD.unsigned_abs(), waiting) => waited,
        () = state.stop.cancelled() => return Ok(Json(Told::default())),
    };
    match waited {
        Ok(told) => Ok(Json(told?)),
        Err(_) => Ok(Json(Told::default())),
    }
}

/// Returns when there is something for the agent.
async fn wait(
    state: &AppState,
    (site, asks): (SiteId, Asks<'_>),
    (mut watch, stream): (Watch, StreamId),
) -> Result<Told, Refusal> {
    loop {
        watch.change(stream).await;
        let asked = (site, asks);
        let now = state.clock.now();
        let told = agents::what_there_is(&state.db, &state.ring, asked, now).await?;
        if told != Told::default() {
            return Ok(told);
        }
    }
}

fn one_alone(heard: &Heard) -> Result<(), Refusal> {
    match heard {
        Heard::Well => Ok(()),
        Heard::Second => Err(Refusal::new(
            StatusCode::CONFLICT,
            "another process speaks as this agent; stop one of the two",
        )),
    }
}
