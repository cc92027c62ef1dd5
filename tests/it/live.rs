//! A timeline as pages, as a stream of events and as an export, over real HTTP.

use std::process::Command;
use std::time::Duration;

use http_body_util::{BodyExt, Empty};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, COOKIE, HOST};
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use muster::actions::entries::{self, Written};
use muster::domain::id::{EntryId, IncidentId, PersonId};
use muster::domain::incident::Kind;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::support::app::TestApp;
use crate::support::browser::Browser;

const LONG: Duration = Duration::from_secs(20);

struct Scene {
    app: TestApp,
    browser: Browser,
    id: IncidentId,
    by: PersonId,
}

impl Scene {
    async fn new() -> Scene {
        let (app, browser) = TestApp::on_plan().await;
        let id = app.declare(Kind::Real, 3).await;
        let by = app.person("ada-lovelace").await;
        Scene { app, browser, id, by }
    }

    async fn note(&self, text: &str) -> i64 {
        let now = self.app.clock.now();
        let written = Written { id: EntryId::new(now), text: text.to_owned(), occurred_at: None };
        entries::note(&self.app.db, self.id, written, self.by, now).await.unwrap()
    }

    fn path(&self, rest: &str) -> String {
        format!("/incidents/{}/{rest}", self.id)
    }

    async fn follow(&self, since: i64, last: Option<i64>) -> Events {
        let tcp = TcpStream::connect(self.app.address).await.unwrap();
        let (mut sender, conn) =
            hyper::client::conn::http1::handshake(TokioIo::new(tcp)).await.unwrap();
        tokio::spawn(conn);
        let session = self.browser.session.as_ref().unwrap();
        let mut request = Request::get(self.path(&format!("live?since={since}")))
            .header(HOST, self.app.address.to_string())
            .header(COOKIE, format!("__Host-muster={session}"));
        if let Some(last) = last {
            request = request.header("last-event-id", last.to_string());
        }
        let answer = sender.send_request(request.body(Empty::<Bytes>::new()).unwrap()).await;
        let answer = answer.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(answer.headers()[CONTENT_TYPE], "text/event-stream");
        Events { body: answer.into_body(), read: String::new(), _sender: sender }
    }
}

struct Events {
    body: Incoming,
    read: String,
    _sender: hyper::client::conn::http1::SendRequest<Empty<Bytes>>,
}

impl Events {
    /// The next event, or none when the stream has ended.
    async fn next(&mut self) -> Option<String> {
        loop {
            if let Some((event, rest)) = self.read.split_once("\n\n") {
                let (event, rest) = (event.to_owned(), rest.to_owned());
                self.read = rest;
                return Some(event);
            }
            let frame = timeout(LONG, self.body.frame()).await.expect("an event in time")?.ok()?;
            self.read.push_str(std::str::from_utf8(frame.data_ref()?).unwrap());
        }
    }

    /// The next entry's number and words.
    async fn entry(&mut self) -> (i64, String) {
        loop {
            let event = self.next().await.expect("an entry before the end");
            if event.contains("event: entry") {
                let id = event.lines().find_map(|line| line.strip_prefix("id: ")).unwrap();
                return (id.parse().unwrap(), event);
            }
        }
    }
}

#[tokio::test]
async fn a_stream_replays_without_a_gap_and_then_tells_what_is_new() {
    let scene = Scene::new().await;
    scene.note("Storage throws resets").await;
    let last = scene.note("First <b>line\r\nsecond").await;

    let mut events = scene.follow(0, None).await;
    for due in 1..=last {
        assert_eq!(events.entry().await.0, due);
    }
    assert!(events.next().await.unwrap().contains("event: as-of"));
    let mut resumed = scene.follow(0, Some(last)).await;
    let new = scene.note("WAL replay has passed 02:40").await;

    for events in [&mut events, &mut resumed] {
        let (seq, html) = events.entry().await;
        assert_eq!(seq, new);
        assert!(html.contains(&format!("id=\"entry-{new}\"")), "{html}");
        assert!(html.contains("Ada Lovelace, note") && html.contains("02:40"), "{html}");
    }
    scene.app.end().await;
}

#[tokio::test]
async fn a_correction_strikes_out_the_old_entry_on_every_open_page() {
    let scene = Scene::new().await;
    let wrong = scene.note("First error at 03:05").await;
    let mut events = scene.follow(wrong, None).await;
    let now = scene.app.clock.now();
    let text = "First error at 02:58".to_owned();
    let written = Written { id: EntryId::new(now), text, occurred_at: None };
    entries::correct(&scene.app.db, scene.id, wrong, written, scene.by, now).await.unwrap();

    let (_, correction) = events.entry().await;
    let of = format!(
        "correction of <a href=\"{}\">{wrong}</a>",
        scene.path(&format!("entries/{wrong}"))
    );
    assert!(correction.contains(&of), "{correction}");
    let event = events.next().await.unwrap();
    assert!(event.contains("event: now") && event.contains("corrected"), "{event}");
    assert!(event.contains(&format!("id=\"entry-{wrong}\"")), "{event}");
    scene.app.end().await;
}

#[tokio::test]
async fn an_unknown_incident_has_no_timeline_stream_or_record() {
    let (app, browser) = TestApp::owned().await;
    let unknown = IncidentId::new(app.clock.now()).to_string();

    for id in ["nonsense", &unknown] {
        for page in ["timeline", "live", "record", "record.jsonl"] {
            let answer = browser.get(&format!("/incidents/{id}/{page}")).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{id} {page}");
        }
    }
    app.end().await;
}

#[tokio::test]
async fn a_stream_ends_when_the_server_stops_or_the_session_does() {
    let scene = Scene::new().await;
    let mut events = scene.follow(0, None).await;
    events.entry().await;
    assert_eq!(scene.app.tamper("delete from sessions").await, 1);
    while events.next().await.is_some() {}

    let browser = scene.app.signed_in("ada@example.org").await;
    let scene = Scene { browser, ..scene };
    let mut events = scene.follow(0, None).await;
    events.entry().await;
    scene.app.state.stop.cancel();
    while events.next().await.is_some() {}
    scene.app.end().await;
}

#[tokio::test]
async fn the_timeline_shows_fifty_and_leads_to_the_earlier_ones() {
    let scene = Scene::new().await;
    let mut last = 0;
    for number in 0..52 {
        last = scene.note(&format!("note <{number}>")).await;
    }

    let newest = scene.browser.get(&scene.path("timeline")).await;
    assert_eq!(newest.status, StatusCode::OK, "{}", newest.body);
    assert!(newest.body.contains(&format!("id=\"entry-{last}\"")), "{}", newest.body);
    assert!(newest.body.contains("note &#60;51&#62;") && newest.body.contains("data-live-list"));
    assert!(newest.body.contains(&format!("Whole: {last} entries")), "{}", newest.body);
    let before = last - 49;
    assert!(newest.body.contains(&format!("?before={before}")), "{}", newest.body);

    let earlier = scene.browser.get(&scene.path(&format!("timeline?before={before}"))).await;
    assert!(earlier.body.contains("id=\"entry-1\""), "{}", earlier.body);
    assert!(!earlier.body.contains("data-live-list"));
    scene.app.end().await;
}

#[tokio::test]
async fn the_exported_record_verifies_elsewhere_until_somebody_rewrites_it() {
    let scene = Scene::new().await;
    let last = scene.note("Restored").await;
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("timeline.jsonl");
    let verify = |text: String| {
        std::fs::write(&file, text).unwrap();
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/verify_chain.py");
        let run = Command::new("python3").arg(script).arg(&file).output().unwrap();
        String::from_utf8(run.stdout).unwrap()
    };

    let export = scene.browser.get(&scene.path("record.jsonl")).await;
    assert_eq!(verify(export.body).trim(), format!("whole: {last} entries"));
    let rewrite = format!(
        "update entries set kind = 'decision' where id is not null and stream = '{}' and seq = {last}",
        scene.id
    );
    scene.app.tamper("alter table entries disable trigger user").await;
    assert_eq!(scene.app.tamper(&rewrite).await, 1);

    let export = scene.browser.get(&scene.path("record.jsonl")).await;
    assert_eq!(verify(export.body).trim(), format!("broken: entry {last} was altered"));
    let page = scene.browser.get(&scene.path("record")).await;
    assert!(page.body.contains(&format!("Broken: entry {last} was altered")), "{}", page.body);
    scene.app.end().await;
}
