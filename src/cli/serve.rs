//! `muster serve`: binds first, so that somebody answers while Postgres starts.

mod descriptors;
mod heads;
mod own_agent;
mod tls;
mod watch;

use std::error::Error;
use std::io::{IsTerminal as _, Write as _};
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use anyhow::Context as _;
use axum::Router;
use axum::extract::Request;
use axum::http::{StatusCode, Uri};
use axum::middleware;
use axum::response::{Html, IntoResponse as _, Response};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;
use tracing::{error, info, warn};

use self::watch::Watch;
use crate::actions;
use crate::actions::mail_source::MailSource;
use crate::actions::paging::Links;
use crate::actions::quarantine;
use crate::actions::readiness::Warned;
use crate::actions::sites::own::OwnAgent;
use crate::cli::contact::{self, Contact, Role};
use crate::clock::Clock;
use crate::config::{Outgoing, PublicUrl, Settings, Surroundings};
use crate::notify::Mailer;
use crate::publish::Published;
use crate::pulse::Pulse;
use crate::secrets::KeyRing;
use crate::tls::Kept;
use crate::web::headers;
use crate::web::hub::Hub;
use crate::web::pages::status;
use crate::web::server::{self, App, Limits};
use crate::web::state::{AppParts, AppState, Owned};
use crate::web::{links, router};
use crate::worker::status_page::{self, Pace};
use crate::worker::{self, Toolbox};

/// Serves until it is told to stop.
///
/// # Errors
/// What keeps it from serving: the address, the data folder, the key ring, Postgres.
pub(super) async fn run(mut settings: Settings, around: &Surroundings) -> anyhow::Result<()> {
    let tls = settings.tls.as_ref().map(tls::open).transpose()?;
    let listen = settings.server.listen;
    let listener = TcpListener::bind(listen).await.with_context(|| {
        format!("can't listen on {listen}; set MUSTER_LISTEN to a free address")
    })?;
    let bound = listener.local_addr()?;
    if settings.server.public_url.port() == 0 {
        settings.server.public_url = PublicUrl::of_socket(bound, settings.tls.is_some());
    }
    let stop = CancellationToken::new();
    let status = settings.data.status_dir.clone();
    let published = Published::open(status, Clock::of_host().now())?;
    let watch = Watch::open(&settings, published.clone(), tls.clone(), &stop).await?;
    let app = Arc::new(OnceLock::new());
    let gate = gate(Arc::clone(&app), published.clone());
    let most = Limits::default();
    let limits = Limits { connections: descriptors::connections(most.connections), ..most };
    let serving = tokio::spawn(answer((listener, limits), tls.as_ref(), gate, stop.clone())?);
    let certificate = tokio::spawn(tls::keep(tls.clone(), stop.clone()));
    info!(address = %bound, "listening on {bound}");

    let signals = tokio::spawn(wait_for_signals(stop.clone()));
    let contact = tokio::select! {
        contact = contact::make(&settings, around, Role::Server) => contact?,
        () = stop.cancelled() => return Ok(()),
    };
    let own = own_agent::start(&settings, around, (&contact, bound), &stop);
    let (own, guard) = own.unzip();
    let state = state(&settings, &contact, published.clone(), (limits, own, tls), &stop)?;
    let toolbox = Toolbox {
        db: contact.worker_db.clone(),
        clock: contact.clock.clone(),
        links: state.links.clone(),
        mail: state.mail.clone(),
        pulse: Pulse::default(),
        worked: Pulse::default(),
    };
    let heads = settings.data.dir.join("heads.json");
    watch_for_old_copy(&contact, &heads).await;
    open(&settings, state, bound, &app).await?;
    let heads = tokio::spawn(heads::keep(contact.clone(), heads, stop.clone()));
    let watch = tokio::spawn(watch.keep(contact.clone(), toolbox.clone(), stop.clone()));
    let work = tokio::spawn(worker::run(toolbox, stop.clone()));
    let page = {
        let (db, clock) = (contact.worker_db.clone(), contact.clock.clone());
        tokio::spawn(status_page::keep(db, published, clock, Pace::default(), stop.clone()))
    };

    let ended = tokio::select! {
        ended = serving => ended.context("the server's task broke"),
        second = signals => second.context("the signals' task broke"),
    };
    stop.cancel();
    let _ = tokio::join!(heads, work, watch, page, certificate);
    if let Some(guard) = guard {
        let _ = guard.await; // before the database that it protects goes
    }
    contact.close().await;
    ended
}

/// Serves over TLS where there is a certificate.
fn answer(
    (listener, limits): (TcpListener, Limits),
    tls: Option<&Kept>,
    app: App,
    stop: CancellationToken,
) -> anyhow::Result<BoxFuture<'static, ()>> {
    Ok(match tls {
        None => server::serve(listener, app, stop, limits).boxed(),
        Some(kept) => {
            let tls = TlsAcceptor::from(Arc::new(kept.server()?));
            server::serve_tls(listener, tls, app, stop, limits).boxed()
        }
    })
}

fn state(
    settings: &Settings,
    contact: &Contact,
    published: Published,
    (limits, own_agent, certificate): (Limits, Option<OwnAgent>, Option<Kept>),
    stop: &CancellationToken,
) -> anyhow::Result<AppState> {
    let parts = AppParts {
        db: contact.db.clone(),
        clock: contact.clock.clone(),
        ring: contact.ring.clone(),
        passwords: contact.passwords.clone(),
        owned: Owned::default(),
        published,
        mail: mail_source(settings, contact.ring.clone())?,
        warned: Warned::default(),
        links: Links::new(contact.ring.clone(), &settings.server.public_url.to_string()),
        hub: Hub::start(contact.db.clone(), limits.connections, stop.clone()),
        own_agent,
        certificate,
        news: Arc::default(),
        stop: stop.clone(),
    };
    Ok(parts.into())
}

/// Opens the private pages, and says how to set up where nobody owns this installation.
async fn open(
    settings: &Settings,
    state: AppState,
    bound: SocketAddr,
    app: &OnceLock<Router>,
) -> anyhow::Result<()> {
    let (db, now) = (state.db.clone(), state.clock.now());
    let owned = state.owned.check(&db).await?;
    let _ = app.set(router::app(state, &settings.server, bound));
    let url = &settings.server.public_url;
    if owned {
        say(&format!("Muster is ready at {url}"));
    } else {
        let token = actions::accounts::make_set_up_link(&db, now).await?;
        let link = url.link(&links::set_up(&token.expose()));
        let kept = keep_link(&settings.data.dir, &link)?;
        // What is no terminal is a log.
        let (here, where_to) = match std::io::stdout().is_terminal() {
            true => ("here", link),
            false => ("by the link in this file", kept.display().to_string()),
        };
        say(&format!(
            "Muster is ready at {url}\n\nSet it up {here}, within the hour:\n\n    {where_to}\n\n\
             (“muster user setup-link” makes a new one.)"
        ));
    }
    Ok(())
}

/// Where mail leaves: a server given at start overrides the one on the Settings page.
pub(super) fn mail_source(settings: &Settings, ring: KeyRing) -> anyhow::Result<MailSource> {
    let authority = settings.mail.ca.clone();
    let source = MailSource::of_page(ring, authority.clone());
    Ok(match &settings.mail.outgoing {
        Some(Outgoing { smtp, from }) => {
            let (url, from) = (smtp.text.expose(), from.to_string());
            source.given(Mailer::from_url(url, &from, authority.as_deref())?)
        }
        None => source,
    })
}

/// Words for whoever sits at the terminal; never a line of the log.
fn say(words: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{words}"); // nobody may be reading
}

/// Keeps a set-up link where only this user can read it.
pub(super) fn keep_link(data: &Path, link: &str) -> anyhow::Result<PathBuf> {
    let path = data.join("set-up-link");
    let _ = std::fs::remove_file(&path);
    write_link(data, &path, link).with_context(|| {
        let _ = std::fs::remove_file(&path); // an empty one would only mislead
        format!("the set-up link can't be kept in {}; make room, then start again", path.display())
    })?;
    Ok(path)
}

fn write_link(data: &Path, path: &Path, link: &str) -> std::io::Result<()> {
    std::fs::create_dir_all(data)?;
    let mut file =
        std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    writeln!(file, "{link}")
}

/// Answers from the first moment: the status page at once, the rest by the application once it stands, until then
/// calmly.
fn gate(app: Arc<OnceLock<Router>>, published: Published) -> App {
    let before = Router::new().fallback(async |uri: Uri| starting(uri.path())).layer(
        middleware::map_response(async |mut response: Response| {
            headers::set(response.headers_mut());
            response
        }),
    );
    let router = Router::new().fallback(move |request: Request| {
        let app = app.get().unwrap_or(&before).clone();
        async move { app.oneshot(request).await }
    });
    status::before(router, published)
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

/// Before anything leaves: is this the database that the heads were noted of?
async fn watch_for_old_copy(contact: &Contact, heads: &Path) {
    let (db, ring) = (&contact.db, &contact.ring);
    match quarantine::begin_if_old(db, ring, heads, contact.clock.now()).await {
        Ok(Ok(false)) => {}
        Ok(Ok(true)) => warn!(
            "the database is an old copy: nothing leaves until an owner has looked at what waits, \
             on the Jobs page"
        ),
        Ok(Err(error)) => error!(error = &error as &dyn Error, "the heads can't be compared"),
        Err(error) => warn!(error = %error, "the heads can't be compared now"),
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
