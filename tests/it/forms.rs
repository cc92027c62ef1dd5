//! Any bytes to any form: an answer of 200 to 499, never a failure of ours.

mod html;

use std::collections::BTreeSet;

use hyper::Method;
use muster::domain::incident::Kind;
use muster::web::router;
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::support::app::TestApp;
use crate::support::browser::{Answer, Browser, Encoded};
use html::{Form, forms};

/// How often each form of each page is sent with something gone wild.
const TRIES: usize = 10;
/// How often each route is sent bytes that are no form at all, under a path that may be none.
const BLIND_TRIES: usize = 4;

/// Values that trip whoever forgets them.
const ODD: [&str; 9] = [
    "",
    " ",
    "a\0b",
    "\u{202e} \r\n\t\u{7f}",
    "<script>'\";-- %00 ../..",
    "9999-12-31 23:59",
    "-1",
    "00000000-0000-0000-0000-000000000000",
    "é\u{301}👩🏽‍🚒",
];

/// Draws wild values, the same in every run.
struct Wild {
    runner: TestRunner,
    known: Vec<String>,
}

impl Wild {
    fn new(known: Vec<String>) -> Wild {
        let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
        Wild { runner: TestRunner::new_with_rng(Config::default(), rng), known }
    }

    fn draw<T: std::fmt::Debug>(&mut self, strategy: &impl Strategy<Value = T>) -> T {
        strategy.new_tree(&mut self.runner).unwrap().current()
    }

    fn value(&mut self) -> String {
        let values = prop_oneof![
            4 => select(self.known.clone()),
            2 => "\\PC{0,40}",
            2 => select(ODD.map(str::to_owned).to_vec()),
            1 => any::<i64>().prop_map(|number| number.to_string()),
            1 => Just("x".repeat(9_000)),
        ];
        self.draw(&values)
    }

    /// The form as a person could send it, with an identity of its own.
    fn fields(&mut self, form: &Form) -> Vec<(String, String)> {
        let mut fields = Vec::new();
        for (name, offered) in &form.fields {
            let value = match (name.as_str(), offered.is_empty()) {
                ("id", _) => self.draw(&any::<u128>().prop_map(uuid::Uuid::from_u128)).to_string(),
                (_, true) => String::new(),
                (_, false) => self.draw(&select(offered.clone())),
            };
            fields.push((name.clone(), value));
        }
        fields
    }

    /// Each field in turn with each odd value, and a few forms gone wild in other ways.
    fn all_fields(&mut self, form: &Form) -> Vec<Vec<(String, String)>> {
        let mut all = Vec::new();
        for (at, odd) in (0..form.fields.len()).flat_map(|at| ODD.map(|odd| (at, odd))) {
            let mut fields = self.fields(form);
            odd.clone_into(&mut fields[at].1);
            all.push(fields);
        }
        for _ in 0..TRIES {
            let mut fields = self.fields(form);
            if !fields.is_empty() {
                let at = self.draw(&(0..fields.len()));
                match self.draw(&(0..4)) {
                    0 => drop(fields.remove(at)),
                    1 => fields.push(fields[at].clone()),
                    _ => fields[at].1 = self.value(),
                }
            }
            all.push(fields);
        }
        all
    }

    /// The route's path, with something put in place of its parameters.
    fn path(&mut self, path: &str) -> String {
        let parts = path.split('/').map(|part| match part.starts_with('{') {
            true => Encoded(&self.value()).to_string(),
            false => part.to_owned(),
        });
        parts.collect::<Vec<_>>().join("/")
    }
}

#[tokio::test]
async fn any_bytes_to_any_form_are_answered_and_never_break_anything() {
    let (app, ada) = TestApp::on_plan().await;
    let known = known(&app).await;
    let mut wild = Wild::new(known.clone());
    let forms = all_forms(&app, &ada, &known).await;
    assert!(forms.len() > 10, "{forms:#?}");

    let ends = |form: &&Form| form.action.ends_with("/phase") || form.action.ends_with("/undo");
    let (last, first): (Vec<_>, Vec<_>) = forms.iter().partition(ends);
    for form in first.into_iter().chain(last).filter(|form| form.action != "/session/end") {
        for fields in wild.all_fields(form) {
            let pairs: Vec<_> = fields.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
            let answer = ada.post(&form.action, &pairs).await;
            assert_answered(&answer, &form.action, &fields);
            assert_ne!(answer.location, "/sign-in?next=/", "Ada was signed out");
        }
    }
    app.sink.take_mails(); // a wild form may well have sent something
    app.end().await;
}

#[tokio::test]
async fn any_bytes_to_any_address_are_answered() {
    let (app, ada) = TestApp::on_plan().await;
    let mut wild = Wild::new(known(&app).await);
    let bytes = vec(any::<u8>(), 0..200);
    for (method, path, _) in router::routes(&app.state).table() {
        if *path == "/session/end" || path.ends_with("/live") {
            continue; // would end the session that the rest needs; would never end
        }
        for _ in 0..BLIND_TRIES {
            let (path, bytes) = (wild.path(path), wild.draw(&bytes));
            let answer = match *method {
                Method::GET => ada.get(&path).await,
                _ => ada.post_bytes(&path, bytes.clone()).await,
            };
            assert_answered(&answer, &format!("{method} {path}"), &bytes);
        }
    }
    app.sink.take_mails(); // a test message needs no field
    app.end().await;
}

fn assert_answered(answer: &Answer, what: &str, sent: &impl std::fmt::Debug) {
    let status = answer.status.as_u16();
    assert!((200..500).contains(&status), "{status} for {what} with {sent:?}: {}", answer.body);
}

/// The forms of every page that Ada can open, each once.
async fn all_forms(app: &TestApp, ada: &Browser, known: &[String]) -> BTreeSet<Form> {
    let mut found = BTreeSet::new();
    for (method, path, _) in router::routes(&app.state).table() {
        if *method != Method::GET || path.ends_with("/live") {
            continue;
        }
        for known in known {
            let known = Encoded(known).to_string();
            let page = ["{id}", "{key}", "{audience}"]
                .iter()
                .fold((*path).to_owned(), |page, hole| page.replace(hole, &known));
            if page.contains('{') {
                continue;
            }
            let answer = ada.get(&page).await;
            assert_answered(&answer, &page, &"");
            found.extend(forms(&answer.body));
            if page == *path {
                break;
            }
        }
    }
    found
}

/// Values that mean something here: identities and keys that exist.
async fn known(app: &TestApp) -> Vec<String> {
    let incident = app.declare(Kind::Real, 2).await;
    let drill = app.declare(Kind::Drill, 3).await;
    let jonas = app.person("jonas-brandt").await;
    let words = ["booking", "management", "dba", "03:05", "2026-11-14 03:05", "1"];
    let ids = [incident.to_string(), drill.to_string(), jonas.to_string()];
    ids.into_iter().chain(words.map(str::to_owned)).collect()
}
