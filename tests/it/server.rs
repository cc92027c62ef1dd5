//! The accept loop, over real sockets: what a connection may cost, and how the server stops.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::ConnectInfo;
use axum::http::Request;
use axum::routing::get;
use futures_util::stream::{self, StreamExt};
use http_body_util::Empty;
use hyper_util::rt::{TokioExecutor, TokioIo};
use muster::web::server::{Limits, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::{interval, timeout};
use tokio_util::sync::CancellationToken;

/// Far above every limit here: reaching it means that the thing waited for does not happen.
const BOUND: Duration = Duration::from_secs(20);

const LIMITS: Limits = Limits {
    connections: 10,
    silence: Duration::from_millis(200),
    handshake: Duration::from_millis(200),
    header: Duration::from_millis(200),
    idle: Duration::from_millis(400),
    stall: Duration::from_millis(400),
    drain: Duration::from_secs(60),
};

struct Server {
    address: SocketAddr,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Server {
    async fn start(limits: Limits) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let task = tokio::spawn(serve(listener, app(stop.clone()), stop.clone(), limits));
        Server { address, stop, task }
    }

    async fn send(&self, bytes: &[u8]) -> TcpStream {
        let mut tcp = TcpStream::connect(self.address).await.unwrap();
        tcp.write_all(bytes).await.unwrap();
        tcp
    }

    async fn get(&self, path: &str) -> TcpStream {
        self.send(format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n").as_bytes()).await
    }

    async fn ends(self) {
        timeout(BOUND, self.task).await.expect("serve should return").unwrap();
    }
}

fn app(stop: CancellationToken) -> Router {
    let polite = move || {
        let stop = stop.clone().cancelled_owned();
        async move { endless().take_until(stop) }
    };
    Router::new()
        .route("/", get(|peer: ConnectInfo<SocketAddr>| async move { peer.0.ip().to_string() }))
        .route("/polite", get(|| async move { Body::from_stream(polite().await) }))
        .route("/rude", get(|| async { Body::from_stream(endless()) }))
        .route("/ticks", get(|| async { Body::from_stream(ticks()) }))
        .route("/large", get(|| async { Bytes::from(vec![b'x'; LARGE]) }))
        .route("/flood", get(|| async { Body::from_stream(flood()) }))
}

/// One chunk, then nothing, for ever.
fn endless() -> impl stream::Stream<Item = Result<Bytes, Infallible>> + Send {
    stream::once(async { Ok(Bytes::from("first")) }).chain(stream::pending())
}

/// More than the system itself takes for a client that takes nothing.
const LARGE: usize = 32 << 20;

/// The same again and again, for ever.
fn flood() -> impl stream::Stream<Item = Result<Bytes, Infallible>> + Send {
    stream::repeat_with(|| Ok(Bytes::from(vec![b'x'; 1 << 20])))
}

/// Ten chunks over three times the idle limit.
fn ticks() -> impl stream::Stream<Item = Result<Bytes, Infallible>> + Send {
    stream::unfold((interval(LIMITS.idle * 3 / 10), 0), |(mut clock, n)| async move {
        clock.tick().await;
        (n <= 10).then(|| (Ok(Bytes::from(format!("tick{n} "))), (clock, n + 1)))
    })
}

/// All that comes until the server closes; a connection that was reset counts as closed.
async fn rest(tcp: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let closed = timeout(BOUND, tcp.read_to_end(&mut bytes)).await;
    closed.expect("the server should close this connection").ok();
    String::from_utf8_lossy(&bytes).into_owned()
}

async fn read_until(tcp: &mut TcpStream, wanted: &str) {
    let mut seen = String::new();
    while !seen.contains(wanted) {
        let mut chunk = [0; 1024];
        let n = timeout(BOUND, tcp.read(&mut chunk)).await.expect("an answer should come").unwrap();
        assert!(n > 0, "closed before “{wanted}” came: {seen}");
        seen.push_str(&String::from_utf8_lossy(&chunk[..n]));
    }
}

#[tokio::test]
async fn a_request_is_answered_and_knows_where_it_came_from() {
    let server = Server::start(LIMITS).await;

    let answer = rest(&mut server.get("/").await).await;

    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    assert!(answer.contains("content-length: 9"), "{answer}");
    assert!(answer.ends_with("127.0.0.1"), "{answer}");
}

#[tokio::test]
async fn a_connection_that_sends_nothing_is_closed() {
    let server = Server::start(Limits { idle: BOUND * 9, ..LIMITS }).await;

    assert_eq!(rest(&mut server.send(b"").await).await, "");
}

#[tokio::test]
async fn a_header_that_drips_is_closed() {
    let server = Server::start(Limits { idle: BOUND * 9, ..LIMITS }).await;
    let (mut read, mut write) = server.send(b"GET / HTTP/1.1\r\nx: ").await.into_split();
    let drip = tokio::spawn(async move {
        let mut clock = interval(Duration::from_millis(20));
        while write.write_all(b"a").await.is_ok() {
            clock.tick().await;
        }
    });

    let mut bytes = Vec::new();
    let closed = timeout(BOUND, read.read_to_end(&mut bytes)).await;

    drip.abort();
    assert!(closed.is_ok(), "the server should close this connection");
    assert!(!String::from_utf8_lossy(&bytes).contains("200 OK"));
}

#[tokio::test]
async fn half_a_preface_of_http_2_is_closed() {
    let server = Server::start(LIMITS).await;

    for beginning in ["P", "PRI * HTTP/2.0\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"] {
        let answer = rest(&mut server.send(beginning.as_bytes()).await).await;
        assert!(!answer.contains("200 OK"), "{beginning:?}");
    }
}

#[tokio::test]
async fn ten_thousand_headers_are_refused() {
    let server = Server::start(LIMITS).await;
    let many: String = (0..10_000).map(|n| format!("x{n}: y\r\n")).collect();
    let mut tcp = TcpStream::connect(server.address).await.unwrap();
    let request = format!("GET / HTTP/1.1\r\nhost: x\r\n{many}\r\n");
    tcp.write_all(request.as_bytes()).await.ok(); // the server may close before all is sent

    let answer = rest(&mut tcp).await;

    assert!(!answer.contains("200 OK"), "{answer}");
    let few = "x: y\r\n".repeat(65);
    let request = format!("GET / HTTP/1.1\r\nhost: x\r\n{few}\r\n");
    let answer = rest(&mut server.send(request.as_bytes()).await).await;
    assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
}

#[tokio::test]
async fn a_long_answer_is_not_taken_for_idleness() {
    let server = Server::start(LIMITS).await;

    read_until(&mut server.get("/ticks").await, "tick10").await;
}

#[tokio::test]
async fn who_takes_nothing_of_an_answer_is_let_go() {
    let server = Server::start(Limits { connections: 1, ..LIMITS }).await;
    for path in ["/large", "/flood"] {
        let taking_nothing = server.get(path).await;

        let mut next = server.get("/").await;
        assert!(rest(&mut next).await.starts_with("HTTP/1.1 200 OK"), "{path}");
        drop(taking_nothing);
    }
    let small_window = hyper::client::conn::http2::Builder::new(TokioExecutor::new())
        .initial_stream_window_size(1_024)
        .handshake(TokioIo::new(TcpStream::connect(server.address).await.unwrap()));
    let (mut sender, conn) = small_window.await.unwrap();
    let conn = tokio::spawn(conn);
    let asked = Request::get("http://x/flood").body(Empty::<Bytes>::new()).unwrap();
    let answer = sender.send_request(asked).await.unwrap();

    timeout(BOUND, conn).await.expect("the server should close this connection").unwrap().ok();
    drop(answer);
}

#[tokio::test]
async fn who_takes_a_long_answer_slowly_gets_it_whole() {
    let server = Server::start(LIMITS).await;
    let mut tcp = server.get("/large").await;
    let mut clock = interval(LIMITS.idle / 8);
    let (mut taken, mut piece) = (0, vec![0; 1 << 20]);
    while taken < LARGE {
        clock.tick().await;
        let n = timeout(BOUND, tcp.read(&mut piece)).await.expect("more should come").unwrap();
        assert!(n > 0, "cut off after {taken} bytes");
        taken += n;
    }
}

#[tokio::test]
async fn beyond_the_limit_a_connection_waits_for_its_turn() {
    let server = Server::start(Limits { connections: 1, ..LIMITS }).await;
    let mut first = server.get("/rude").await;
    read_until(&mut first, "first").await;

    let mut second = server.get("/").await;
    let early = timeout(Duration::from_millis(300), second.readable()).await;
    assert!(early.is_err(), "the only place is taken");
    drop(first);

    assert!(rest(&mut second).await.starts_with("HTTP/1.1 200 OK"));
}

#[tokio::test]
async fn the_first_signal_lets_streams_end_and_takes_nobody_new() {
    let patient = Limits { header: BOUND * 9, idle: BOUND * 9, ..LIMITS };
    let server = Server::start(patient).await;
    let mut watcher = server.get("/polite").await;
    read_until(&mut watcher, "first").await;
    let mut kept_alive = server.get("/").await;
    read_until(&mut kept_alive, "127.0.0.1").await;

    server.stop.cancel();

    assert!(rest(&mut watcher).await.ends_with("0\r\n\r\n"), "the stream should end whole");
    assert_eq!(rest(&mut kept_alive).await, "");
    let address = server.address;
    server.ends().await;
    assert!(TcpStream::connect(address).await.is_err(), "nobody listens any more");
}

#[tokio::test]
async fn a_stream_that_ignores_the_signal_is_cut_off_at_the_limit() {
    let server = Server::start(Limits { drain: Duration::from_millis(100), ..LIMITS }).await;
    let mut watcher = server.get("/rude").await;
    read_until(&mut watcher, "first").await;

    server.stop.cancel();
    server.ends().await;

    assert_eq!(rest(&mut watcher).await, "");
}

#[tokio::test]
async fn a_second_signal_ends_everything_at_once() {
    let server = Server::start(LIMITS).await;
    let mut watcher = server.get("/rude").await;
    read_until(&mut watcher, "first").await;

    server.stop.cancel();
    server.task.abort();

    assert_eq!(rest(&mut watcher).await, "");
}
