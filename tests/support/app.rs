//! Muster in-process for a test: its own database, its own clock, served on a port of its own.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use muster::actions::accounts::Newcomer;
use muster::actions::incidents::{self, Declaration};
use muster::actions::mail_source::MailSource;
use muster::actions::paging::Links;
use muster::actions::readiness::Warned;
use muster::actions::sessions::{self, SignedIn};
use muster::actions::sites::own::OwnAgent;
use muster::actions::ticks::{self, Deed, Press};
use muster::actions::{accounts, installation, overview, plans};
use muster::clock::Clock;
use muster::config::{PublicUrl, Server};
use muster::db::Db;
use muster::domain::id::{EntryId, IncidentId, PersonId};
use muster::domain::incident::{Kind, Place, before_closing};
use muster::domain::rights::Rights;
use muster::notify::Mailer;
use muster::publish::Published;
use muster::pulse::Pulse;
use muster::secrets::{KeyRing, Passwords};
use muster::store::{self, migrations};
use muster::telemetry::Collector;
use muster::tls::Kept;
use muster::web::hub::Hub;
use muster::web::pages::status;
use muster::web::router;
use muster::web::routes::Needs;
use muster::web::server::{self, Limits};
use muster::web::state::{AppParts, AppState, Owned};
use muster::worker::{Toolbox, turn};
use sqlx::Connection as _;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use tempfile::TempDir;
use time::OffsetDateTime;
use time::macros::datetime;
use tokio::net::TcpListener;
use tokio::sync::OnceCell;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use super::browser::Browser;
use super::cluster::Cluster;
use super::line::Line;
use super::smtp::{Mail, Sink};

/// When tests begin: 03:12 in Berlin, a Saturday.
pub const START: OffsetDateTime = datetime!(2026-11-14 02:12 UTC);
/// Connections of its pool.
pub const CONNECTIONS: u32 = 8;
/// The password of everybody in tests.
pub const PASSWORD: &str = "ponies eat purple hay";

static TEMPLATE: OnceCell<()> = OnceCell::const_new();
static COUNT: AtomicU32 = AtomicU32::new(0);
static ERRORS: OnceLock<Collector> = OnceLock::new();

/// The example plan, whole.
pub const LABITORY: &str = include_str!("../../plans/labitory.toml");

/// A served Muster. When it ends, a mail that the test did not take fails the test, and so does
/// an ERROR line of the log that it did not expect.
pub struct TestApp {
    pub address: SocketAddr,
    pub clock: Clock,
    pub db: Db,
    pub ring: KeyRing,
    pub passwords: Passwords,
    pub state: AppState,
    pub sink: Sink,
    expected: Mutex<Vec<&'static str>>,
    worked: Mutex<Pulse>,
    cluster: &'static Cluster,
    database: String,
    stop: CancellationToken,
    folder: TempDir,
}

impl TestApp {
    /// Muster that nobody owns yet, and that has no mail server.
    pub async fn new() -> TestApp {
        TestApp::start(false).await
    }

    /// Muster that nobody owns yet, whose mail goes to its sink.
    pub async fn with_mail() -> TestApp {
        TestApp::start(true).await
    }

    /// Muster owned by Ada, and her browser, signed in.
    pub async fn owned() -> (TestApp, Browser) {
        let app = TestApp::new().await;
        let browser = app.own().await;
        (app, browser)
    }

    /// The same with mail and the example plan in force.
    pub async fn on_plan() -> (TestApp, Browser) {
        let app = TestApp::with_mail().await;
        let browser = app.own().await;
        plans::import(&app.db, LABITORY, None, None, app.clock.now()).await.unwrap();
        (app, browser)
    }

    /// The same, with a line to its database that can be disturbed.
    pub async fn on_line() -> (TestApp, Browser, Line) {
        let line = Line::to(&Cluster::shared().await.socket());
        let app = TestApp::begin(true, |options| options.socket(line.folder())).await;
        let browser = app.own().await;
        plans::import(&app.db, LABITORY, None, None, app.clock.now()).await.unwrap();
        (app, browser, line)
    }

    async fn start(mail_is_set: bool) -> TestApp {
        TestApp::begin(mail_is_set, |options| options).await
    }

    async fn begin(
        mail_is_set: bool,
        way: impl FnOnce(PgConnectOptions) -> PgConnectOptions,
    ) -> TestApp {
        watch_errors();
        let database = format!("app_{}", COUNT.fetch_add(1, Ordering::Relaxed));
        let cluster = Cluster::shared().await;
        TEMPLATE.get_or_init(|| make_template(cluster)).await;
        let options = cluster.database_from("muster_template", &database).await;
        let db = Db::away();
        db.reached(way(options), CONNECTIONS);

        let folder = TempDir::new().unwrap();
        let clock = Clock::standing_at(START);
        let ring = KeyRing::create(&folder.path().join("keyring"), START).unwrap();
        assert!(installation::settle(&db, &ring, START).await.unwrap());
        let stop = CancellationToken::new();
        let passwords = Passwords::new(ring.clone(), 2);
        let sink = Sink::start().await;
        let mail = MailSource::of_page(ring.clone(), None);
        let mailer = || Mailer::from_url(&sink.url(), "muster@example.org", None).unwrap();
        let state = AppState::from(AppParts {
            db: db.clone(),
            clock: clock.clone(),
            ring: ring.clone(),
            passwords: passwords.clone(),
            owned: Owned::default(),
            published: Published::open(folder.path().join("status"), START).unwrap(),
            mail: if mail_is_set { mail.given(mailer()) } else { mail },
            warned: Warned::default(),
            links: Links::new(ring.clone(), "http://muster.test"),
            hub: Hub::start(db.clone(), Limits::default().connections, stop.clone()),
            own_agent: Some(OwnAgent::at("http://127.0.0.1:1").0),
            certificate: None,
            news: Arc::default(),
            stop: stop.clone(),
        });
        TestApp {
            address: serve(state.clone()).await,
            clock,
            db,
            ring,
            passwords,
            state,
            sink,
            expected: Mutex::default(),
            worked: Mutex::default(),
            cluster,
            database,
            stop,
            folder,
        }
    }

    async fn own(&self) -> Browser {
        self.account("Ada Lovelace", "ada@example.org", Rights::all()).await;
        self.signed_in("ada@example.org").await
    }

    /// What a worker would work with.
    pub fn toolbox(&self) -> Toolbox {
        Toolbox {
            db: self.db.clone(),
            clock: self.clock.clone(),
            links: self.state.links.clone(),
            mail: self.state.mail.clone(),
            pulse: Pulse::default(),
            worked: self.worked.lock().unwrap().clone(),
        }
    }

    /// The worker ends; the next is another process, which knows of no turn before.
    pub fn worker_ends(&self) {
        *self.worked.lock().unwrap() = Pulse::default();
    }

    /// Turns the worker until nothing is due.
    pub async fn work(&self) {
        while turn(&self.toolbox()).await.unwrap() > 0 {}
    }

    /// The mails that are due now, and that no test took before.
    pub async fn mails(&self) -> Vec<Mail> {
        self.work().await;
        self.sink.take_mails()
    }

    /// From now on an ERROR line with this text is none that fails the test.
    pub fn expect_error(&self, text: &'static str) {
        self.expected.lock().unwrap().push(text);
    }

    /// Gives somebody an account.
    pub async fn account(&self, name: &str, email: &str, rights: Rights) {
        self.create(Newcomer { name, email, password: PASSWORD, key: None, rights }).await;
    }

    /// Gives somebody of the roster an account.
    pub async fn account_of(&self, key: &str, email: &str, rights: Rights) {
        let newcomer = Newcomer { name: key, email, password: PASSWORD, key: Some(key), rights };
        self.create(newcomer).await;
    }

    async fn create(&self, newcomer: Newcomer<'_>) {
        let now = self.clock.now();
        accounts::create(&self.db, &self.ring, &self.passwords, &newcomer, now).await.unwrap();
    }

    /// Who has this key on the roster.
    pub async fn person(&self, key: &str) -> PersonId {
        let mut conn = self.db.pool().unwrap().acquire().await.unwrap();
        store::people::find_by_key(&mut conn, key).await.unwrap().expect(key).id
    }

    /// Ada declares an incident now.
    pub async fn declare(&self, kind: Kind, level: u8) -> IncidentId {
        let (now, by) = (self.clock.now(), self.person("ada-lovelace").await);
        let id = IncidentId::new(now);
        incidents::declare(&self.db, Declaration { id, kind, level, by }, now).await.unwrap();
        id
    }

    /// Whoever declared it ticks each item that the plan wants ticked before it is closed.
    pub async fn check_all(&self, id: IncidentId) {
        let plan = plans::in_force(&self.db).await.unwrap().unwrap().plan;
        let incident = overview::incident(&self.db, id).await.unwrap().incident;
        let (by, now) = (incident.declared_by, self.clock.now());
        for place in before_closing(&plan).flat_map(Place::items) {
            let press = Press { id: EntryId::new(now), deed: Deed::Done };
            ticks::press(&self.db, id, &place, &press, by, now).await.unwrap();
        }
    }

    /// Who is signed in there.
    pub async fn who(&self, browser: &Browser) -> SignedIn {
        let token = browser.session.as_deref().unwrap().parse().unwrap();
        sessions::find(&self.db, &self.ring, &token, self.clock.now()).await.unwrap().unwrap()
    }

    /// A browser of nobody.
    pub fn browser(&self) -> Browser {
        Browser::of(self.address, &self.ring)
    }

    /// A browser in which somebody has signed in.
    pub async fn signed_in(&self, email: &str) -> Browser {
        self.browser().sign_in(email, PASSWORD).await
    }

    /// The address of its database, for a process beside this one.
    pub fn database_url(&self) -> String {
        self.cluster.url(&self.database)
    }

    /// Every private page and form, under addresses that stand for something.
    pub fn private_routes(&self, incident: &str) -> Vec<(String, String)> {
        let routes = router::routes(&self.state);
        let private = |needs: &Needs| matches!(needs, Needs::Right(_) | Needs::Fresh(..));
        let all = routes.table().iter().filter(|(_, _, needs)| private(needs));
        let all = all.map(|(method, path, _)| {
            let path = path.replace("/incidents/{id}", incident);
            let path = path.replace("{seq}", "1").replace("{key}", "dba").replace("{number}", "1");
            let path = path.replace("{*path}", "role/dba").replace("{audience}", "management");
            (method.as_str().to_owned(), path)
        });
        all.collect()
    }

    /// Where its key ring lies.
    pub fn ring_path(&self) -> PathBuf {
        self.folder.path().join("keyring")
    }

    /// Where the status page's files lie.
    pub fn status_folder(&self) -> PathBuf {
        self.folder.path().join("status")
    }

    /// All that stands in the public's tables.
    pub async fn public_rows(&self) -> String {
        let sql = "select coalesce(string_agg(line, '|' order by line), '') from (
                       select t::text as line from public_incidents t union all
                       select t::text from public_posts t union all
                       select t::text from component_states t union all
                       select t::text from public_components t union all
                       select t::text from public_version t) as lines";
        sqlx::query_scalar(sql).fetch_one(self.db.pool().unwrap()).await.unwrap()
    }

    /// Cuts its database off, or lets it be reached again.
    pub async fn database(&self, reachable: bool) {
        match reachable {
            true => self.cluster.open_database(&self.database).await,
            false => self.cluster.close_database(&self.database).await,
        }
    }

    /// Serves the same on another port, with another way to the database and nothing remembered.
    pub async fn served_with(&self, db: Db) -> Browser {
        let parts = AppParts { db, owned: Owned::default(), ..AppParts::clone(&self.state) };
        Browser::of(serve(parts.into()).await, &self.ring)
    }

    /// Serves the same over TLS, on another port.
    pub async fn served_over_tls(&self, kept: &Kept) -> SocketAddr {
        let (listener, server) = listen(true).await;
        let bound = server.listen;
        let certificate = Some(kept.clone());
        let state = AppParts { certificate, ..AppParts::clone(&self.state) };
        let app = router::app(state.into(), &server, bound);
        let tls = TlsAcceptor::from(Arc::new(kept.server().unwrap()));
        tokio::spawn(server::serve_tls(listener, tls, app, self.stop.clone(), Limits::default()));
        bound
    }

    /// A way of its own to the database, past any line.
    pub async fn aside(&self) -> PgConnection {
        PgConnection::connect_with(&self.cluster.options(&self.database)).await.unwrap()
    }

    /// Runs one statement on the database behind Muster's back, as an intruder would.
    pub async fn tamper(&self, sql: &str) -> u64 {
        let pool = self.db.pool().unwrap();
        let done = sqlx::query(sqlx::AssertSqlSafe(sql.to_owned())).execute(pool).await.unwrap();
        done.rows_affected()
    }

    /// Ends it, and removes its database.
    pub async fn end(self) {
        self.stop.cancel();
        self.db.close().await;
        self.cluster.drop_database(&self.database).await;
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.stop.cancel();
        if std::thread::panicking() {
            return;
        }
        let mails = self.sink.take_mails();
        assert!(mails.is_empty(), "mails that the test did not expect: {mails:#?}");
        let errors = watch_errors().unlisted(&self.expected.lock().unwrap());
        assert!(errors.is_empty(), "ERROR lines that the test did not expect: {errors:#?}");
    }
}

/// Keeps the log's ERROR lines of all tests of this process.
fn watch_errors() -> &'static Collector {
    ERRORS.get_or_init(|| {
        let collector = Collector::default();
        let _ = collector.install(); // the bed's own log is in force there, and its reader looks
        collector
    })
}

async fn make_template(cluster: &Cluster) {
    cluster.create_database("muster_template").await;
    let pool = sqlx::PgPool::connect_with(cluster.options("muster_template")).await.unwrap();
    migrations::apply(&pool).await.unwrap();
    pool.close().await;
}

async fn serve(state: AppState) -> SocketAddr {
    let (listener, server) = listen(false).await;
    let (bound, stop, published) = (server.listen, state.stop.clone(), state.published.clone());
    let app = status::before(router::app(state, &server, bound), published);
    tokio::spawn(server::serve(listener, app, stop, Limits::default()));
    bound
}

/// A free port on loopback, and the settings of who serves there.
async fn listen(https: bool) -> (TcpListener, Server) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let listen = listener.local_addr().unwrap();
    let public_url = PublicUrl::of_socket(listen, https);
    (listener, Server { listen, public_url, hosts: Vec::new(), trusted_proxies: Vec::new() })
}
