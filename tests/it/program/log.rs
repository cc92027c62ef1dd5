//! The log of a whole story: one event a line, and in none of them an address, a token, or what
//! somebody wrote.

use hyper::StatusCode;
use muster::secrets::KeyRing;
use serde_json::Value;

use super::scene::Folder;
use crate::support::app::PASSWORD;
use crate::support::browser::Browser;
use crate::support::smtp::{Behaviour, Options, Sink};

const MAIL_PASSWORD: &str = "mail-secret-71";
const NOTE: &str = "the vault opens with 4711";
const WATCH: &str = "http://127.0.0.1:1/ping/watch-secret-72";

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_story_leaves_no_address_token_or_body_in_the_log() {
    let folder = Folder::new();
    let settings = format!("log = 'debug'\nlog_format = 'json'\nheartbeat_url = '{WATCH}'\n");
    std::fs::write(folder.beside("muster.toml"), settings).unwrap();
    let mut muster = folder.serve();
    let url = muster.line("Muster is ready at ");
    muster.line("    /");
    let set_up = std::fs::read_to_string(folder.path("set-up-link")).unwrap();
    let mut secrets = vec![last_part(set_up.trim())];
    folder.settle();

    secrets.extend(story(&folder, &url).await);

    folder.wait_for_log("the outside watch was not told");
    muster.terminate();
    assert_eq!(muster.ended(), 0);
    let log = folder.log();
    let known = ["@example.org", PASSWORD, MAIL_PASSWORD, NOTE, "watch-secret-72"];
    for secret in known.into_iter().chain(secrets.iter().map(String::as_str)) {
        let at = log.lines().find(|line| line.contains(secret));
        assert_eq!(at, None, "{secret} stands in the log");
    }
    for line in log.lines() {
        let event: Value = serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"));
        let ours = event["target"].as_str().is_some_and(|target| target.starts_with("muster"));
        for field in ["timestamp", "level", "target", "message"].iter().take(3 + usize::from(ours))
        {
            assert!(event[field].is_string(), "no {field}: {line}");
        }
    }
}

/// Signs in after a slip, sets mail, is refused by a server, pages, answers, and writes; gives the
/// secrets that came up.
async fn story(folder: &Folder, url: &str) -> Vec<String> {
    let login = Some(("ada@example.org".to_owned(), MAIL_PASSWORD.to_owned()));
    let sink = Sink::start_with(Options { login, ..Options::default() }).await;
    let ring = KeyRing::load(&folder.beside("keyring")).unwrap();
    let ada = Browser::of(url.trim_start_matches("http://").parse().unwrap(), &ring);
    let wrong = [("email", "ada@example.org"), ("password", "not my password 73")];
    assert_eq!(ada.post("/session", &wrong).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let ada = ada.sign_in("ada@example.org", PASSWORD).await;

    let mail = [("smtp_url", &*sink.url()), ("mail_from", "Muster <muster@example.org>")];
    assert_eq!(ada.post("/settings/mail", &mail).await.status, StatusCode::SEE_OTHER);
    let words = "<ada@example.org> is no user here".to_owned();
    sink.behave("ada@example.org", Behaviour::Refuse { code: 550, words });
    assert_eq!(ada.post("/settings/mail/test", &[]).await.status, StatusCode::OK);

    let id = "01930000-0000-7000-8000-00000000abcd";
    let declared = [("id", id), ("kind", "real"), ("level", "1")];
    assert_eq!(ada.post("/incidents", &declared).await.status, StatusCode::SEE_OTHER);
    let mails = sink.wait_for(1).await;
    let link = mails[0].text.split_whitespace().find(|word| word.contains("/answer/")).unwrap();
    let token = last_part(link);
    let path = format!("/answer/{token}");
    assert_eq!(ada.get(&path).await.status, StatusCode::OK);
    assert_eq!(ada.post(&path, &[("answer", "have")]).await.status, StatusCode::SEE_OTHER);
    let entry = [("id", "01930000-0000-7000-8000-00000000abce"), ("kind", "note"), ("text", NOTE)];
    let noted = ada.post(&format!("/incidents/{id}/entries"), &entry).await;
    assert_eq!(noted.status, StatusCode::SEE_OTHER, "{}", noted.body);
    vec![token, ada.session.unwrap(), "not my password 73".to_owned()]
}

fn last_part(link: &str) -> String {
    link.rsplit('/').next().unwrap().to_owned()
}
