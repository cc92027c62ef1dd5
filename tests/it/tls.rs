//! TLS by serve itself, over real sockets: what browsers are shown, and what it costs others when
//! somebody does not speak it well. The certificate's files are renewed under a running server.

mod files;
mod joined;
mod renewal;
mod scene;

use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper::Request;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::support::app::{PASSWORD, TestApp};
use crate::support::certificate::{CertificateFiles, Issued, shake_hands};
use scene::{BOUND, Scene};

#[tokio::test]
async fn a_browser_is_answered_by_http_2_where_it_speaks_that_and_else_by_http_1() {
    let scene = Scene::start().await;

    let stream = scene.shake_hands("localhost", &["h2", "http/1.1"]).await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    let io = TokioIo::new(stream);
    let (mut sender, conn) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), io).await.unwrap();
    tokio::spawn(conn);
    let request = Request::get("https://localhost/").body(Empty::<Bytes>::new()).unwrap();
    let answer = sender.send_request(request).await.unwrap();
    assert_eq!(answer.into_body().collect().await.unwrap().to_bytes(), "over tls");

    let stream = scene.shake_hands("127.0.0.1", &["http/1.1"]).await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
    assert!(scene.get_over(stream).await.ends_with("over tls"));
}

#[tokio::test]
async fn a_handshake_that_drips_or_is_garbage_costs_only_its_own_connection() {
    let scene = Scene::start().await;
    let mut dripping = scene.connect().await;
    let (mut read, mut write) = dripping.split();
    write.write_all(&[0x16, 3, 1, 0x40, 0]).await.unwrap();
    let drip = async {
        while write.write_all(&[0]).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let mut bytes = Vec::new();
    tokio::select! {
        closed = timeout(BOUND, read.read_to_end(&mut bytes)) => drop(closed.expect("it is closed")),
        () = drip => {}
    }

    for garbage in [&[0x16, 0xff, 0xff, 0xff, 0xff, 0][..], &[0x16; 400], &[0; 40], b"\x80\x2e\x01"]
    {
        let mut tcp = scene.connect().await;
        tcp.write_all(garbage).await.unwrap();
        let said = scene.rest(&mut tcp).await;
        assert!(!said.contains("over tls"), "{said}");
    }

    let stream = scene.shake_hands("localhost", &[]).await.unwrap();
    assert!(scene.get_over(stream).await.ends_with("over tls"));
}

#[tokio::test]
async fn half_open_handshakes_end_with_the_server() {
    let scene = Scene::patient().await;
    let mut half = scene.connect().await;
    half.write_all(&[0x16, 3, 1]).await.unwrap();

    scene.stop.cancel();

    assert_eq!(scene.rest(&mut half).await, "");
    scene.ends().await;
}

#[tokio::test]
async fn who_speaks_plain_http_is_led_to_https_and_a_form_is_told_that_it_was_seen() {
    let scene = Scene::start().await;
    let port = scene.address.port();

    let answer = scene.plainly("GET /incidents?all=1 HTTP/1.1", "muster.example.org:PORT").await;
    assert!(answer.starts_with("HTTP/1.1 307 "), "{answer}");
    let there = format!("location: https://muster.example.org:{port}/incidents?all=1\r\n");
    assert!(answer.contains(&there), "{answer}");

    let answer = scene.plainly("GET /healthz HTTP/1.1", "localhost").await;
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("alive\n"), "{answer}");

    for (line, host) in [
        ("POST /session HTTP/1.1", "muster.example.org:PORT"),
        ("GET / HTTP/1.1", "evil.example/x"),
        ("GET / HTTP/1.1", ""),
    ] {
        let answer = scene.plainly(line, host).await;
        assert!(answer.starts_with("HTTP/1.1 400 "), "{line} {host}: {answer}");
        assert!(answer.contains("This address speaks https"), "{answer}");
        assert!(answer.contains("content-security-policy: default-src 'none'"), "{answer}");
        assert!(!answer.contains("over tls"), "{answer}");
    }
}

#[tokio::test]
async fn over_tls_a_session_is_kept_in_a_cookie_of_this_host_and_by_number_too() {
    let (app, _) = TestApp::owned().await;
    let issued = Issued::new();
    let files = CertificateFiles::of(&issued);
    let address = app.served_over_tls(&files.kept()).await;
    let key = app.browser();
    let form = key.form("/session", &[("email", "ada@example.org"), ("password", PASSWORD)]);
    for host in ["localhost", "127.0.0.1", "muster.example.org"] {
        let origin = format!("https://{host}:{}", address.port());
        let stream = shake_hands(address, &issued, host, &[]).await.unwrap();
        let io = TokioIo::new(stream);
        let (mut sender, conn) = hyper::client::conn::http1::handshake(io).await.unwrap();
        tokio::spawn(conn);
        let request = Request::post("/session")
            .header("host", origin.trim_start_matches("https://"))
            .header("origin", &origin)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form.clone())
            .unwrap();

        let answer = sender.send_request(request).await.unwrap();

        let known = host != "muster.example.org"; // this one is not among its names
        assert_eq!(answer.status(), if known { 303 } else { 421 }, "{origin}");
        let cookies = answer.headers().get_all("set-cookie").iter();
        let cookies: Vec<_> = cookies.map(|cookie| cookie.to_str().unwrap().to_owned()).collect();
        let safe = |c: &String| c.starts_with("__Host-muster=") && c.contains("; Secure");
        assert_eq!(cookies.iter().any(safe), known, "{cookies:?}");
        assert!(!answer.headers().contains_key("strict-transport-security"), "{origin}");
    }
    app.end().await;
}

#[tokio::test]
async fn a_connection_that_sends_nothing_is_closed_before_any_handshake() {
    let scene = Scene::start().await;
    let mut tcp: TcpStream = scene.connect().await;

    assert_eq!(scene.rest(&mut tcp).await, "");
}
