//! `muster serve`: binds first, so that somebody answers while Postgres starts.

use std::io::Write as _;
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use anyhow::Context as _;
use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Response};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;
use tracing::{info, warn};

use crate::actions;
use crate::cli::contact::{self, Contact, Role};
use crate::clock::Clock;
use crate::config::{PublicUrl, Settings, Surroundings};
use crate::web::server::{self, Limits};
use crate::web::state::{AppState, Owned};
use crate::web::{links, router};

/// How often the database's time is read.
const CLOCK_READING: Duration = Duration::from_secs(30);

/// Serves until it is told to stop.
///
/// # Errors
/// What keeps it from serving: the address, the data folder, the key ring, Postgres.
pub(super) async fn run(mut settings: Settings, around: &Surroundings) -> anyhow::Result<()> {
    let listen = settings.server.listen;
    let listener = TcpListener::bind(listen).await.with_context(|| {
        format!("can't listen on {listen}; set MUSTER_LISTEN to a free address")
    })?;
    let bound = listener.local_addr()?;
    if settings.server.public_url.port() == 0 {
        settings.server.public_url = PublicUrl::of_socket(bound);
    }
    let stop = CancellationToken::new();
    let app = Arc::new(OnceLock::new());
    let gate = gate(Arc::clone(&app));
    let serving = tokio::spawn(server::serve(listener, gate, stop.clone(), Limits::default()));
    info!(address = %bound, "listening on {bound}");

    let signals = tokio::spawn(wait_for_signals(stop.clone()));
    let contact = tokio::select! {
        contact = contact::make(&settings, around, Role::Server) => contact?,
        () = stop.cancelled() => return Ok(()),
    };
    open(&settings, &contact, bound, &stop, &app).await?;
    let clock = tokio::spawn(keep_time(contact.clone(), stop.clone()));

    let ended = tokio::select! {
        ended = serving => ended.context("the server's task broke"),
        second = signals => second.context("the signals' task broke"),
    };
    stop.cancel();
    let _ = clock.await;
    contact.close().await;
    ended
}

/// Opens the private pages, and says how to set up where nobody owns this installation.
async fn open(
    settings: &Settings,
    contact: &Contact,
    bound: SocketAddr,
    stop: &CancellationToken,
    app: &OnceLock<Router>,
) -> anyhow::Result<()> {
    let state = AppState {
        db: contact.db.clone(),
        clock: contact.clock.clone(),
        ring: contact.ring.clone(),
        passwords: contact.passwords.clone(),
        owned: Owned::default(),
        stop: stop.clone(),
    };
    let owned = state.owned.check(&state.db).await?;
    let _ = app.set(router::app(state, &settings.server, bound));
    let url = &settings.server.public_url;
    if owned {
        say(&format!("Muster is ready at {url}"));
    } else {
        let token = actions::accounts::make_set_up_link(&contact.db, contact.clock.now()).await?;
        let link = url.link(&links::set_up(&token.expose()));
        keep_link(&settings.data.dir, &link)?;
        say(&format!(
            "Muster is ready at {url}\n\nSet it up here, within the hour:\n\n    {link}\n\n\
             (“muster user setup-link” makes a new one.)"
        ));
    }
    Ok(())
}

/// Words for whoever sits at the terminal; never a line of the log.
fn say(words: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{words}"); // nobody may be reading
}

/// Keeps a set-up link where only this user can read it.
pub(super) fn keep_link(data: &Path, link: &str) -> anyhow::Result<()> {
    let path = data.join("set-up-link");
    let _ = std::fs::remove_file(&path);
    std::fs::create_dir_all(data)?;
    let mut file =
        std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
    writeln!(file, "{link}")?;
    Ok(())
}

/// Answers from the first moment: with the application once it stands, until then calmly.
fn gate(app: Arc<OnceLock<Router>>) -> Router {
    Router::new().fallback(move |request: Request| {
        let app = app.get().cloned();
        async move {
            match app {
                Some(app) => app.oneshot(request).await.into_response(),
                None => starting(request.uri().path()),
            }
        }
    })
}

fn starting(path: &str) -> Response {
    match path {
        "/healthz" => "alive\n".into_response(),
        "/readyz" => {
            (StatusCode::SERVICE_UNAVAILABLE, "not ready: the database is being started or reached\n")
                .into_response()
        }
        _ => (
            StatusCode::SERVICE_UNAVAILABLE,
            Html(
                "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
                 <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
                 <title>Muster is starting</title><main><h1>Muster is starting</h1>\
                 <p>Its database is being started. Load this page again in a few seconds.</p></main>",
            ),
        )
            .into_response(),
    }
}

async fn keep_time(contact: Contact, stop: CancellationToken) {
    let clock: &Clock = &contact.clock;
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(CLOCK_READING) => {}
        }
        match actions::installation::read_clock(&contact.db, clock).await {
            Ok(Some(jump)) => warn!(seconds = jump.as_seconds_f64(), "the clock jumped"),
            Ok(None) => {}
            Err(error) => warn!(error = %error, "the database's time could not be read"),
        }
    }
}

/// The first signal ends work in order; returns at the second, which ends it at once.
async fn wait_for_signals(stop: CancellationToken) {
    let (Ok(mut term), Ok(mut int)) =
        (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        return std::future::pending().await;
    };
    let mut next = async || tokio::select! { _ = term.recv() => (), _ = int.recv() => () };
    next().await;
    info!("stopping: no new work, what runs is finished");
    stop.cancel();
    next().await;
    warn!("stopping at once");
}
