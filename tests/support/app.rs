//! Muster in-process for a test: its own database, its own clock, served on a port of its own.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::header::{CONTENT_TYPE, COOKIE, HOST, LOCATION, ORIGIN, SET_COOKIE};
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use muster::actions::accounts::Newcomer;
use muster::actions::paging::Links;
use muster::actions::{accounts, installation};
use muster::clock::Clock;
use muster::config::{PublicUrl, Server};
use muster::db::Db;
use muster::domain::rights::Rights;
use muster::publish::Published;
use muster::secrets::{KeyRing, Label, Passwords};
use muster::store::migrations;
use muster::web::guard::{Csrf, CsrfKey};
use muster::web::hub::Hub;
use muster::web::router;
use muster::web::server::{self, Limits};
use muster::web::state::{AppState, Owned};
use tempfile::TempDir;
use time::OffsetDateTime;
use time::macros::datetime;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::OnceCell;
use tokio_util::sync::CancellationToken;

use super::cluster::Cluster;

/// When tests begin: 03:12 in Berlin, a Saturday.
pub const START: OffsetDateTime = datetime!(2026-11-14 02:12 UTC);
/// The password of everybody in tests.
pub const PASSWORD: &str = "ponies eat purple hay";

static TEMPLATE: OnceCell<()> = OnceCell::const_new();
static COUNT: AtomicU32 = AtomicU32::new(0);

/// A served Muster.
pub struct TestApp {
    pub address: SocketAddr,
    pub clock: Clock,
    pub db: Db,
    pub ring: KeyRing,
    pub passwords: Passwords,
    pub state: AppState,
    database: String,
    stop: CancellationToken,
    _folder: TempDir,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub location: String,
    pub cookie: Option<String>,
    pub headers: hyper::HeaderMap,
    pub body: String,
}

/// A browser of somebody: keeps its cookie.
#[derive(Clone)]
pub struct Browser {
    address: SocketAddr,
    key: CsrfKey,
    pub session: Option<String>,
}

impl TestApp {
    /// Muster that nobody owns yet.
    pub async fn new() -> TestApp {
        let database = format!("app_{}", COUNT.fetch_add(1, Ordering::Relaxed));
        let cluster = Cluster::shared().await;
        TEMPLATE.get_or_init(|| make_template(cluster)).await;
        let options = cluster.database_from("muster_template", &database).await;
        let db = Db::away();
        db.reached(options, 8);

        let folder = TempDir::new().unwrap();
        let clock = Clock::standing_at(START);
        let ring = KeyRing::create(&folder.path().join("keyring"), START).unwrap();
        assert!(installation::settle(&db, &ring, START).await.unwrap());
        let stop = CancellationToken::new();
        let passwords = Passwords::new(ring.clone(), 2);
        let state = AppState {
            db: db.clone(),
            clock: clock.clone(),
            ring: ring.clone(),
            passwords: passwords.clone(),
            owned: Owned::default(),
            published: Published::open(folder.path().join("status"), START).unwrap(),
            links: Links::new(ring.clone(), "http://muster.test"),
            hub: Hub::start(db.clone(), stop.clone()),
            stop: stop.clone(),
        };
        let address = serve(state.clone()).await;
        let _folder = folder;
        TestApp { address, clock, db, ring, passwords, state, database, stop, _folder }
    }

    /// Muster owned by Ada, and her browser, signed in.
    pub async fn owned() -> (TestApp, Browser) {
        let app = TestApp::new().await;
        app.account("Ada Lovelace", "ada@example.org", Rights::all()).await;
        let browser = app.signed_in("ada@example.org").await;
        (app, browser)
    }

    /// Gives somebody an account.
    pub async fn account(&self, name: &str, email: &str, rights: Rights) {
        let newcomer = Newcomer { name, email, password: PASSWORD, key: None, rights };
        let now = self.clock.now();
        accounts::create(&self.db, &self.ring, &self.passwords, &newcomer, now).await.unwrap();
    }

    /// A browser of nobody.
    pub fn browser(&self) -> Browser {
        let key = CsrfKey::new(&self.ring.mac(Label::Links, &[b"csrf v1"]));
        Browser { address: self.address, key, session: None }
    }

    /// A browser in which somebody has signed in.
    pub async fn signed_in(&self, email: &str) -> Browser {
        let mut browser = self.browser();
        let answer = browser.post("/session", &[("email", email), ("password", PASSWORD)]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        browser.session = answer.cookie;
        browser
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
        Cluster::shared().await.drop_database(&self.database).await;
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl Browser {
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path), String::new()).await
    }

    /// Posts a form, with the token that our own page would hold.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let links = ["/set-up/", "/invitation/", "/answer/"];
        let open = path == "/session" || links.iter().any(|link| path.starts_with(link));
        let Csrf(csrf) = self.key.token(self.session.as_deref().filter(|_| !open));
        let fields = [fields, &[("csrf", csrf.as_str())]].concat();
        self.post_raw(path, encode(&fields)).await
    }

    /// Posts any bytes as a form.
    pub async fn post_raw(&self, path: &str, body: String) -> Answer {
        let request = Request::post(path)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(ORIGIN, format!("http://{}", self.address));
        self.send(request, body).await
    }

    async fn send(&self, request: hyper::http::request::Builder, body: String) -> Answer {
        let stream = TcpStream::connect(self.address).await.unwrap();
        let (mut sender, conn) =
            hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(conn);
        let mut request = request.header(HOST, self.address.to_string());
        if let Some(session) = &self.session {
            request = request.header(COOKIE, format!("__Host-muster={session}"));
        }
        let request = request.body(Full::new(Bytes::from(body))).unwrap();
        Answer::read(sender.send_request(request).await.unwrap()).await
    }
}

impl Answer {
    async fn read(response: hyper::Response<hyper::body::Incoming>) -> Answer {
        let (parts, body) = response.into_parts();
        let header = |name| {
            parts.headers.get(name).map(|v: &hyper::header::HeaderValue| v.to_str().unwrap())
        };
        let cookie = header(SET_COOKIE).and_then(|line| {
            let (_, rest) = line.split_once('=')?;
            let value = rest.split(';').next()?;
            (!value.is_empty()).then(|| value.to_owned())
        });
        let body = body.collect().await.unwrap().to_bytes();
        Answer {
            status: parts.status,
            location: header(LOCATION).unwrap_or_default().to_owned(),
            cookie,
            body: String::from_utf8_lossy(&body).into_owned(),
            headers: parts.headers,
        }
    }
}

async fn make_template(cluster: &Cluster) {
    cluster.create_database("muster_template").await;
    let pool = sqlx::PgPool::connect_with(cluster.options("muster_template")).await.unwrap();
    migrations::apply(&pool).await.unwrap();
    pool.close().await;
}

async fn serve(state: AppState) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let bound = listener.local_addr().unwrap();
    let server = Server {
        listen: bound,
        public_url: PublicUrl::of_socket(bound),
        hosts: Vec::new(),
        trusted_proxies: Vec::new(),
    };
    let stop = state.stop.clone();
    let app = router::app(state, &server, bound);
    tokio::spawn(server::serve(listener, app, stop, Limits::default()));
    bound
}

fn encode(fields: &[(&str, &str)]) -> String {
    let escape = |text: &str| -> String {
        text.bytes()
            .map(|byte| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
                    char::from(byte).to_string()
                }
                _ => format!("%{byte:02X}"),
            })
            .collect()
    };
    let pairs: Vec<String> =
        fields.iter().map(|(name, value)| format!("{}={}", escape(name), escape(value))).collect();
    pairs.join("&")
}
