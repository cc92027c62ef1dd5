//! The guard as browsers and strangers meet it: before every handler, whatever the path.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::request::Builder;
use axum::http::{HeaderMap, Request, StatusCode};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use muster::config::Server;
use muster::web::guard::{Caller, Csrf, CsrfKey, FORM_LIMIT, Guard, Here, UPLOAD_LIMIT};
use tower::ServiceExt;

const HOST: &str = "muster.example.org";
const FORM: &str = "application/x-www-form-urlencoded";

fn guard() -> Guard {
    let bound = SocketAddr::from(([127, 0, 0, 1], 8080));
    let server = Server {
        listen: bound,
        public_url: "https://muster.example.org".parse().unwrap(),
        hosts: Vec::new(),
        trusted_proxies: vec!["10.0.0.1".parse().unwrap()],
    };
    Guard::new(&server, bound, key()).open(|path| path.starts_with("/answer/"))
}

fn key() -> CsrfKey {
    CsrfKey::new(&[7; 32])
}

fn app(guard: Guard) -> Router {
    let draw = |Csrf(token): Csrf| async { token };
    let echo = |body: String| async { body };
    let who = |caller: Caller| async move { caller.peer.to_string() };
    let routes = Router::new()
        .route("/note", get(draw).post(echo))
        .route("/answer/{secret}", get(draw).post(echo))
        .route("/who", get(who))
        .route("/hangs", get(std::future::pending::<()>))
        .route("/kept", get(|| async { [("cache-control", "max-age=9")] }))
        .route("/healthz", get(|| async { "alive" }).merge(post(echo)));
    guard.around(routes)
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

async fn ask(request: Request<Body>) -> Answer {
    ask_of(guard(), request).await
}

async fn ask_of(guard: Guard, mut request: Request<Body>) -> Answer {
    let peer = SocketAddr::from(([10, 0, 0, 1], 4711));
    request.extensions_mut().insert(ConnectInfo(peer));
    let (parts, body) = app(guard).oneshot(request).await.unwrap().into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let body = String::from_utf8(body.to_vec()).unwrap();
    Answer { status: parts.status, headers: parts.headers, body }
}

fn get_of(path: &str) -> Builder {
    Request::get(path).header("host", HOST).header("x-forwarded-proto", "https")
}

fn post_to(path: &str) -> Builder {
    Request::post(path)
        .header("host", HOST)
        .header("x-forwarded-proto", "https")
        .header("content-type", FORM)
        .header("cookie", "__Host-muster=ada")
}

fn form(session: Option<&str>) -> Body {
    Body::from(format!("words=hello&csrf={}", key().token(session).0))
}

#[tokio::test]
async fn a_form_of_ours_reaches_its_handler_whole() {
    let request = post_to("/note")
        .header("origin", "https://muster.example.org")
        .header("sec-fetch-site", "same-origin");

    let answer = ask(request.body(form(Some("ada"))).unwrap()).await;

    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.body.starts_with("words=hello&csrf="), "{}", answer.body);
}

#[tokio::test]
async fn the_token_that_a_page_shows_is_the_one_its_form_needs() {
    for (path, cookie) in [("/note", "__Host-muster=ada"), ("/note", "a=b"), ("/answer/x", "a=b")] {
        let page = get_of(path).header("cookie", cookie).body(Body::empty()).unwrap();
        let body = Body::from(format!("csrf={}", ask(page).await.body));

        let mut request = post_to(path).body(body).unwrap();
        request.headers_mut().insert("cookie", cookie.parse().unwrap());

        assert_eq!(ask(request).await.status, StatusCode::OK, "{path} {cookie}");
    }
}

#[tokio::test]
async fn a_form_from_another_site_is_refused_even_with_a_right_token() {
    let table = [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("origin", "http://muster.example.org"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ];
    for (name, value) in table {
        let request = post_to("/note").header(name, value).body(form(Some("ada"))).unwrap();

        let answer = ask(request).await;

        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{name}: {value}");
        assert!(answer.body.contains("This form came from another site"), "{}", answer.body);
    }
}

#[tokio::test]
async fn a_form_without_this_sessions_token_is_refused() {
    let bodies = [form(Some("eve")), form(None), Body::from("csrf="), Body::empty()];
    for body in bodies {
        let answer = ask(post_to("/note").body(body).unwrap()).await;

        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        assert!(answer.body.contains("This form is out of date"), "{}", answer.body);
    }
}

#[tokio::test]
async fn every_unsafe_method_is_guarded_on_every_path() {
    for method in ["POST", "PUT", "PATCH", "DELETE"] {
        for path in ["/note", "/healthz", "/nowhere", "/answer/x"] {
            let request = post_to(path).method(method).body(Body::empty()).unwrap();
            assert_eq!(ask(request).await.status, StatusCode::FORBIDDEN, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn a_link_opened_without_the_cookie_can_be_answered_with_it() {
    let answer = ask(post_to("/answer/x").body(form(None)).unwrap()).await;
    assert_eq!(answer.status, StatusCode::OK);

    let shown = get_of("/answer/x").header("cookie", "__Host-muster=ada");
    let shown = ask(shown.body(Body::empty()).unwrap()).await;
    assert_eq!(shown.body, key().token(None).0);
}

#[tokio::test]
async fn a_form_with_files_has_its_token_first() {
    let token = key().token(Some("ada")).0;
    let part = |name: &str, value: &str| {
        format!("--b\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let big = "a".repeat(FORM_LIMIT + 1);
    let body = part("csrf", &token) + &part("plan", &big) + "--b--\r\n";
    let mut request = post_to("/note").body(Body::from(body)).unwrap();
    let kind = "multipart/form-data; boundary=b".parse().unwrap();
    request.headers_mut().insert("content-type", kind);

    assert_eq!(ask(request).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_body_beyond_its_limit_is_answered_with_a_calm_page() {
    let table = [(FORM, FORM_LIMIT, "256 kB"), ("multipart/form-data", UPLOAD_LIMIT, "2048 kB")];
    for (kind, limit, words) in table {
        let mut request = post_to("/note").body(Body::from(vec![b'a'; limit + 1])).unwrap();
        request.headers_mut().insert("content-type", kind.parse().unwrap());

        let answer = ask(request).await;

        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
        assert!(answer.body.contains(words), "{}", answer.body);
    }
}

#[tokio::test]
async fn only_known_hosts_are_answered_and_health_under_any() {
    let table = [
        ("/who", "muster.example.org", StatusCode::OK),
        ("/who", "localhost:8080", StatusCode::OK),
        ("/who", "evil.example", StatusCode::MISDIRECTED_REQUEST),
        ("/nowhere", "evil.example", StatusCode::MISDIRECTED_REQUEST),
        ("/who", "evil.example/<b>", StatusCode::BAD_REQUEST),
        ("/nowhere", "muster.example.org", StatusCode::NOT_FOUND),
        ("/healthz", "10.3.2.1:8080", StatusCode::OK),
    ];
    for (path, host, status) in table {
        let request = Request::get(path).header("host", host).body(Body::empty()).unwrap();
        assert_eq!(ask(request).await.status, status, "{host}{path}");
    }
    let request = Request::get("/who").body(Body::empty()).unwrap();
    assert_eq!(ask(request).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn handlers_see_the_client_behind_a_trusted_proxy() {
    let request = get_of("/who").header("x-forwarded-for", "203.0.113.5");

    assert_eq!(ask(request.body(Body::empty()).unwrap()).await.body, "203.0.113.5");
}

#[tokio::test]
async fn a_handler_that_hangs_is_given_up_on() {
    let hasty = guard().patience(Duration::from_millis(50));

    let answer = ask_of(hasty, get_of("/hangs").body(Body::empty()).unwrap()).await;

    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.body.contains("Pressing again is safe"), "{}", answer.body);
}

#[tokio::test]
async fn every_answer_carries_the_guards_headers() {
    let refused = post_to("/note").body(Body::empty()).unwrap();
    let missing = get_of("/nowhere").body(Body::empty()).unwrap();
    let wrong_method = get_of("/answer/x").method("OPTIONS").body(Body::empty()).unwrap();
    let served = get_of("/who").body(Body::empty()).unwrap();
    for request in [refused, missing, wrong_method, served] {
        let what = request.uri().to_string();
        let headers = ask(request).await.headers;
        assert!(headers.contains_key("content-security-policy"), "{what}");
        assert!(!headers.contains_key("strict-transport-security"), "{what}");
        assert_eq!(headers["cache-control"], "no-store", "{what}");
    }
    let kept = ask(get_of("/kept").body(Body::empty()).unwrap()).await;
    assert_eq!(kept.headers["cache-control"], "max-age=9");
}

#[tokio::test]
async fn the_number_that_a_connection_came_to_is_answered_and_any_other_is_not() {
    for (tls, here, host, status) in [
        (false, "192.0.2.7:8080", "192.0.2.7:8080", StatusCode::OK),
        (false, "[2001:db8::7]:8080", "[2001:db8::7]:8080", StatusCode::OK),
        (true, "192.0.2.7:443", "192.0.2.7", StatusCode::OK),
        (true, "192.0.2.7:8443", "192.0.2.7:8443", StatusCode::OK),
        (true, "192.0.2.7:8443", "192.0.2.7", StatusCode::MISDIRECTED_REQUEST),
        (false, "192.0.2.7:8080", "192.0.2.8:8080", StatusCode::MISDIRECTED_REQUEST),
        (false, "192.0.2.7:8080", "evil.example:8080", StatusCode::MISDIRECTED_REQUEST),
    ] {
        let mut request = Request::get("/who").header("host", host).body(Body::empty()).unwrap();
        request.extensions_mut().insert(Here { address: here.parse().unwrap(), tls });
        assert_eq!(ask(request).await.status, status, "{here} {host}");
    }
}

#[tokio::test]
async fn refusals_are_drawn_by_the_page_that_was_given() {
    let drawn = guard().page(|refusal| (refusal.status(), "drawn").into_response());

    let answer = ask_of(drawn, post_to("/note").body(Body::empty()).unwrap()).await;

    assert_eq!((answer.status, answer.body.as_str()), (StatusCode::FORBIDDEN, "drawn"));
}
