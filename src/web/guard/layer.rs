//! The guard as a layer: in which order a request is looked at.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::{self, Next};
use axum::response::Response;
use tokio::time::timeout;
use tracing::warn;

use super::body::Room;
use super::caller::Caller;
use super::csrf::CsrfKey;
use super::names::Names;
use super::refusal::Refusal;
use super::{body, forgery, session_cookie};
use crate::config::{Network, PublicUrl, Server};
use crate::db;
use crate::web::headers;

/// Health checks ask by whatever address they have, and learn nothing.
const HEALTH: [&str; 2] = ["/healthz", "/readyz"];
/// How long a handler may take to begin its answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// What the guard knows.
#[derive(Clone)]
pub struct Guard {
    names: Names,
    public_url: PublicUrl,
    proxies: Vec<Network>,
    key: CsrfKey,
    room: Room,
    patience: Duration,
    open: fn(&str) -> bool,
    signed: fn(&str) -> bool,
    page: Arc<dyn Fn(&Refusal) -> Response + Send + Sync>,
}

impl Guard {
    /// For a server that is bound to an address. Until told otherwise no path is open, and
    /// refusals are bare pages.
    #[must_use]
    pub fn new(server: &Server, bound: SocketAddr, key: CsrfKey) -> Guard {
        Guard {
            names: Names::new(server, bound.port()),
            public_url: server.public_url.clone(),
            proxies: server.trusted_proxies.clone(),
            key,
            room: Room::new(),
            patience: PATIENCE,
            open: |_| false,
            signed: |_| false,
            page: Arc::new(Refusal::bare_page),
        }
    }

    /// Says which paths are used without a session: sign-in, set-up, links with a secret in them.
    /// Their forms hold nobody's token, whether or not a session cookie came along: a link that
    /// was opened from a mail comes without the cookie, and the form it shows is sent with it.
    /// Browsers' own headers and the secret in the path guard these.
    #[must_use]
    pub fn open(self, open: fn(&str) -> bool) -> Guard {
        Guard { open, ..self }
    }

    /// Says which paths agents send to: what they send is signed, and no browser could send it in
    /// somebody's name, so it is no form and holds no token.
    #[must_use]
    pub fn signed(self, signed: fn(&str) -> bool) -> Guard {
        Guard { signed, ..self }
    }

    /// Draws refusals with this.
    #[must_use]
    pub fn page(self, page: impl Fn(&Refusal) -> Response + Send + Sync + 'static) -> Guard {
        Guard { page: Arc::new(page), ..self }
    }

    /// How long a handler may take.
    #[must_use]
    pub fn patience(self, patience: Duration) -> Guard {
        Guard { patience, ..self }
    }

    /// Puts the guard before all of a router, its fallback included; nothing may be added after.
    pub fn around(self, app: Router) -> Router {
        app.layer(middleware::from_fn_with_state(Arc::new(self), enter))
    }

    /// Looks at a request, and lets it through.
    async fn admit(
        &self,
        caller: Caller,
        mut request: Request,
        next: Next,
    ) -> Result<Response, Refusal> {
        let path = request.uri().path().to_owned();
        if !HEALTH.contains(&path.as_str()) {
            self.check_name(&caller)?;
        }
        let session = session_cookie::value(request.headers(), caller.is_secure());
        let session = session.map(str::to_owned);
        if (self.signed)(&path) {
            let (parts, body) = request.into_parts();
            let body = body::read(&parts.headers, body, &self.room).await?;
            request = Request::from_parts(parts, Body::from(body));
        } else if forgery::is_unsafe(request.method()) {
            request = self.check_form(&caller, session.as_deref(), request).await?;
        }
        let shown = session.filter(|_| !(self.open)(&path));
        request.extensions_mut().insert(self.key.token(shown.as_deref()));
        request.extensions_mut().insert(caller);
        Ok(next.run(request).await)
    }

    fn check_name(&self, caller: &Caller) -> Result<(), Refusal> {
        match &caller.origin {
            None => Err(Refusal::HostUnclear),
            Some(origin) if self.names.include(origin, caller.here) => Ok(()),
            Some(origin) => Err(Refusal::HostUnknown(origin.host().to_owned())),
        }
    }

    /// Lets a form through if browser and token say that it is ours; it then holds its whole body.
    async fn check_form(
        &self,
        caller: &Caller,
        session: Option<&str>,
        request: Request,
    ) -> Result<Request, Refusal> {
        let own: Vec<_> = caller.origin.iter().chain([&self.public_url]).collect();
        if !forgery::is_ours(request.headers(), &own) {
            return Err(Refusal::OtherSite);
        }
        let (parts, body) = request.into_parts();
        let body = body::read(&parts.headers, body, &self.room).await?;
        let token = body::token(&parts.headers, &body).unwrap_or_default();
        let nobodys = (self.open)(parts.uri.path()) && self.key.verify(None, token);
        if !nobodys && !self.key.verify(session, token) {
            return Err(Refusal::StaleForm);
        }
        if body::has_zero_byte(&parts.headers, &body) {
            return Err(Refusal::ZeroByte);
        }
        Ok(Request::from_parts(parts, Body::from(body)))
    }
}

async fn enter(State(guard): State<Arc<Guard>>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let caller = Caller::take_from(&mut parts, &guard.proxies);
    let route = parts.extensions.get::<MatchedPath>().cloned(); // never the path: it may be secret
    let admitted = guard.admit(caller, Request::from_parts(parts, body), next);
    let mut answer = match timeout(guard.patience, db::within(admitted)).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(refusal)) => (guard.page)(&refusal),
        Err(_) => {
            let route = route.as_ref().map(MatchedPath::as_str);
            warn!(request.route = route, "a request took too long and was given up");
            (guard.page)(&Refusal::TooSlow)
        }
    };
    headers::set(answer.headers_mut());
    answer
}
