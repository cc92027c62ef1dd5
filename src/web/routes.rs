//! The one table of routes: what each needs stands beside it, and is enforced here.

use axum::Router;
use axum::extract::{Request, State};
use axum::handler::Handler;
use axum::http::Method;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, on};

use crate::actions;
use crate::domain::rights::Right;
use crate::secrets::Token;
use crate::web::agents;
use crate::web::error::PageError;
use crate::web::fresh;
use crate::web::guard::{Caller, session_cookie};
use crate::web::state::AppState;

/// What a route asks of who comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Nothing at all, not even that Muster is set up.
    Nothing,
    /// The secret in its path.
    Link,
    /// That Muster is set up.
    SetUp,
    /// A signed-in person with this right.
    Right(Right),
    /// The same, who has typed their password lately; the words say what is done then.
    Fresh(Right, &'static str),
    /// The signature of a site's agent.
    Agent,
}

/// Collects routes; the only way to declare one.
pub struct Routes {
    state: AppState,
    router: Router<AppState>,
    table: Vec<(Method, &'static str, Needs)>,
}

impl Routes {
    pub(super) fn new(state: AppState) -> Routes {
        Routes { state, router: Router::new(), table: Vec::new() }
    }

    /// Adds one route.
    #[must_use]
    pub(super) fn add<H, T>(
        mut self,
        method: Method,
        path: &'static str,
        needs: Needs,
        handler: H,
    ) -> Routes
    where
        H: Handler<T, AppState>,
        T: 'static,
    {
        let filter = if method == Method::POST { MethodFilter::POST } else { MethodFilter::GET };
        let guarded = on(filter, handler)
            .route_layer(from_fn_with_state((self.state.clone(), needs), require));
        self.router = self.router.route(path, guarded);
        self.table.push((method, path, needs));
        self
    }

    /// The table, for the test that walks it.
    #[must_use]
    pub fn table(&self) -> &[(Method, &'static str, Needs)] {
        &self.table
    }

    pub(super) fn into_router(self) -> Router<AppState> {
        self.router
    }
}

async fn require(
    State((state, needs)): State<(AppState, Needs)>,
    caller: Caller,
    mut request: Request,
    next: Next,
) -> Response {
    let admitted = match needs {
        Needs::Nothing | Needs::Link => Ok(request),
        Needs::Agent => agents::admit(&state, request).await.map_err(IntoResponse::into_response),
        Needs::SetUp => set_up(&state).await.map(|()| request).map_err(IntoResponse::into_response),
        Needs::Right(right) | Needs::Fresh(right, _) => {
            match (admit(&state, &caller, &mut request, right).await, needs) {
                (Err(error), _) => Err(error.into_response()),
                (Ok(()), Needs::Fresh(_, deed)) => fresh::require(&state, deed, request).await,
                (Ok(()), _) => Ok(request),
            }
        }
    };
    match admitted {
        Ok(request) => next.run(request).await,
        Err(answer) => answer,
    }
}

async fn set_up(state: &AppState) -> Result<(), PageError> {
    if state.owned.check(&state.db).await? { Ok(()) } else { Err(PageError::NotSetUp) }
}

async fn admit(
    state: &AppState,
    caller: &Caller,
    request: &mut Request,
    right: Right,
) -> Result<(), PageError> {
    let token = session_cookie::value(request.headers(), caller.is_secure());
    let token = token.and_then(|text| text.parse::<Token>().ok());
    let found = match &token {
        Some(token) => {
            actions::sessions::find(&state.db, &state.ring, token, state.clock.now()).await?
        }
        None => None,
    };
    let Some(who) = found else {
        set_up(state).await?;
        let path = if request.method() == Method::GET { request.uri().path() } else { "/" };
        return Err(PageError::SignInFirst(path.to_owned()));
    };
    if !who.rights.allow(right) {
        return Err(PageError::NotAllowed(right.name()));
    }
    request.extensions_mut().insert(who);
    Ok(())
}
