//! What requests are handed to: a router, and what is asked before it.

use std::convert::Infallible;
use std::future::ready;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, Response};
use futures_util::TryFutureExt as _;
use futures_util::future::Either;
use hyper::body::Incoming;
use tower::ServiceExt as _;

use super::work::{CountedBody, Work};
use crate::web::guard::Here;

/// What requests are handed to.
#[derive(Clone)]
pub struct App {
    at_once: Option<AtOnce>,
    router: Router,
}

/// Answers what can be answered without the router, and nothing else.
type AtOnce = Arc<dyn Fn(&Request<Incoming>) -> Option<Response<Body>> + Send + Sync>;

impl From<Router> for App {
    fn from(router: Router) -> App {
        App { at_once: None, router }
    }
}

impl App {
    /// Asks this before the router: it must never wait.
    #[must_use]
    pub fn asking_first(
        self,
        at_once: impl Fn(&Request<Incoming>) -> Option<Response<Body>> + Send + Sync + 'static,
    ) -> App {
        App { at_once: Some(Arc::new(at_once)), ..self }
    }

    /// Hands a request on, with the addresses it came from and to, and counts it as under way until the last byte of its
    /// answer is sent.
    pub(super) fn answer(
        &self,
        (peer, here): (SocketAddr, Option<Here>),
        request: Request<Incoming>,
        work: &Work,
    ) -> impl Future<Output = Result<Response<CountedBody>, Infallible>> + use<> {
        let under_way = work.begin();
        let asked = match self.at_once.as_ref().and_then(|at_once| at_once(&request)) {
            Some(answer) => Either::Left(ready(Ok(answer))),
            None => {
                let mut request = request.map(Body::new);
                request.extensions_mut().insert(ConnectInfo(peer));
                if let Some(here) = here {
                    request.extensions_mut().insert(here);
                }
                Either::Right(self.router.clone().oneshot(request))
            }
        };
        asked.map_ok(|answer| answer.map(|body| CountedBody::new(body, under_way)))
    }
}
