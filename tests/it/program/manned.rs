//! The program with a plan, a mail server, an owner signed in, and an open incident.

use std::process::Command;
use std::time::{Duration, Instant};

use hyper::StatusCode;
use muster::secrets::KeyRing;
use tokio::time::timeout;

use super::scene::{Folder, Muster};
use crate::support::app::PASSWORD;
use crate::support::browser::{Answer, Browser};
use crate::support::smtp::Sink;

/// Twice what a request may wait by the rule, for a starved machine; what hangs takes 30 s.
const LIMIT: Duration = Duration::from_secs(5);
/// By then all is as before.
pub(super) const HEALED: Duration = Duration::from_secs(10);
const INCIDENT: &str = "/incidents/01930000-0000-7000-8000-00000000aaaa";

pub(super) struct Manned {
    pub(super) ada: Browser,
    pub(super) sink: Sink,
    pub(super) url: String,
    pub(super) muster: Muster,
    pub(super) folder: Folder,
}

impl Manned {
    /// Serves by this command, and declares an incident whose page leaves.
    pub(super) async fn serve(folder: Folder, command: impl FnOnce(&Folder) -> Command) -> Manned {
        folder.settle();
        let mut muster = Muster::of(command(&folder));
        let url = muster.line("Muster is ready at ");
        let ring = KeyRing::load(&folder.beside("keyring")).unwrap();
        let address = url.trim_start_matches("http://").parse().unwrap();
        let ada = Browser::of(address, &ring).sign_in("ada@example.org", PASSWORD).await;
        let manned = Manned { ada, sink: Sink::start().await, url, muster, folder };
        let mail = [("smtp_url", &*manned.sink.url()), ("mail_from", "Muster <m@example.org>")];
        let set = manned.ada.post("/settings/mail", &mail).await;
        assert_eq!(set.status, StatusCode::SEE_OTHER, "{}", set.body);
        manned.declares(INCIDENT).await;
        manned
    }

    /// An incident is declared, and its page leaves.
    pub(super) async fn declares(&self, path: &str) {
        let before = self.sink.mails().len();
        let id = path.rsplit('/').next().unwrap();
        let declared = [("id", id), ("kind", "real"), ("level", "1")];
        let answer = self.ask_form("/incidents", &declared).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        self.sink.wait_for(before + 1).await;
    }

    pub(super) fn incident(&self) -> &'static str {
        INCIDENT
    }

    /// Asks, and fails on what takes too long.
    pub(super) async fn ask(&self, method: &str, path: &str) -> Answer {
        match method {
            "POST" => self.ask_form(path, &[]).await,
            _ => in_time(path, self.ada.get(path)).await,
        }
    }

    /// The same with a form.
    pub(super) async fn ask_form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        in_time(path, self.ada.post(path, fields)).await
    }

    /// Waits until this answers so, and fails when that takes longer than healing may.
    pub(super) async fn heals(&self) {
        let begun = Instant::now();
        while self.ada.get(INCIDENT).await.status != StatusCode::OK {
            assert!(begun.elapsed() < HEALED, "it does not heal: {}", self.folder.log());
            tokio::task::yield_now().await;
        }
    }
}

async fn in_time(path: &str, asked: impl Future<Output = Answer>) -> Answer {
    timeout(LIMIT, asked)
        .await
        .unwrap_or_else(|_| panic!("{path} is not answered within {LIMIT:?}"))
}
