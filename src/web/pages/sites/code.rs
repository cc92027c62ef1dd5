//! A join code, shown once: the line to paste, and what must be known of it.

use axum::extract::{Path, State};
use axum::response::Response;
use time::OffsetDateTime;

use super::site::draw;
use crate::actions::sites;
use crate::config::PublicUrl;
use crate::domain::id::SiteId;
use crate::tls::KnownBy;
use crate::web::error::PageError;
use crate::web::frame::Frame;
use crate::web::guard::Caller;
use crate::web::pages::kits::Refused;
use crate::web::parts::state::State as Stand;
use crate::web::state::AppState;

/// A join code, this once.
pub(super) struct Code {
    pub(super) line: String,
    pub(super) until: String,
    pub(super) warning: Option<Stand>,
}

/// `POST /recovery/sites/{id}/code`: shows the line to paste, this once, under the address by which
/// the owner sees Muster.
pub(in crate::web) async fn make_code(
    State(state): State<AppState>,
    caller: Caller,
    frame: Frame,
    Path(id): Path<SiteId>,
) -> Result<Response, PageError> {
    let seen = caller.origin.as_ref().map(|origin| origin.link(""));
    let server = seen.as_deref().unwrap_or(state.links.base()).trim_end_matches('/').to_owned();
    let known = known_by(&state, &caller, &server, frame.now).await;
    let (whose, whom) = ((&frame.who, id), (server.as_str(), known.map(KnownBy::pin)));
    let (code, until) = sites::make_code(&state.db, &state.ring, whose, whom, frame.now).await?;
    let code = Code {
        line: format!("muster agent join {code}"),
        until: frame.zone.clock(until),
        warning: warning(&server, known),
    };
    draw(&state, frame, id, Some(code), &Refused::default()).await
}

/// By what agents that ask at this address are to know Muster's certificate; none where authorities stand for it, and
/// where a proxy shows another one.
pub(super) async fn known_by(
    state: &AppState,
    caller: &Caller,
    server: &str,
    now: OffsetDateTime,
) -> Option<KnownBy> {
    let kept = state.certificate.clone().filter(|_| caller.shook_hands)?;
    let host = server.parse::<PublicUrl>().ok().filter(PublicUrl::is_https)?.host().to_owned();
    tokio::task::spawn_blocking(move || kept.known_by(&host, now)).await.ok().flatten()
}

/// Agents speak plain http to their own machine alone; of a certificate that is Muster's own they keep the key.
fn warning(server: &str, known: Option<KnownBy>) -> Option<Stand> {
    let url: PublicUrl = server.parse().ok()?;
    let words = match known {
        _ if url.is_loopback() => format!(
            "The code leads to {server}: it works on this very machine alone. For another host open \
                 Muster by the name that host knows it by, and make the code there."
        ),
        _ if !url.is_https() => "Agents refuse plain http across a network: give Muster a certificate first \
             (docs/OPERATIONS.md, TLS)."
            .to_owned(),
        Some(KnownBy::Itself(_)) => "Muster’s certificate is its own. The code carries its key, and the agent trusts that \
             one alone: renew the certificate with the same key, else each agent must join anew."
            .to_owned(),
        Some(KnownBy::Authority(_)) => "Muster’s certificate comes from an authority of your own. The code carries that one’s \
             key, and the agent trusts what it signs for this name alone: keep it at the end of the certificate’s file."
            .to_owned(),
        None => return None,
    };
    Some(Stand::warn(words))
}
