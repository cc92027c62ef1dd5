//! A machine for `muster doctor` to look at: a folder, an environment, a test's database.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use muster::actions::kits;
use muster::cli::doctor::{Health, Report, examine};
use muster::clock::Clock;
use muster::config::{Flags, Surroundings};
use muster::domain::kit::{Kind, Label};
use muster::domain::rights::{Right, Rights};
use tempfile::TempDir;

use crate::support::app::TestApp;

pub(super) struct Scene {
    folder: TempDir,
    around: Surroundings,
}

impl Scene {
    /// The database and the ring of this test, and no other setting.
    pub(super) fn of(app: &TestApp) -> Scene {
        let folder = tempfile::tempdir().unwrap();
        let around = Surroundings {
            environment: Vec::new(),
            folder: folder.path().to_owned(),
            root: false,
            system_file: folder.path().join("none.toml"),
        };
        let scene = Scene { folder, around };
        std::fs::create_dir(scene.data()).unwrap();
        let (data, ring) = (scene.data(), app.ring_path());
        scene
            .set("DATABASE_URL", &app.database_url())
            .set("PATH", env!("PATH"))
            .set("MUSTER_DATA_DIR", data.to_str().unwrap())
            .set("MUSTER_KEYRING", ring.to_str().unwrap())
    }

    /// With one more setting, or another value for it.
    pub(super) fn set(self, name: &str, value: &str) -> Scene {
        let mut scene = self.without(name);
        scene.around.environment.push((OsString::from(name), OsString::from(value)));
        scene
    }

    /// Without a setting.
    pub(super) fn without(mut self, name: &str) -> Scene {
        self.around.environment.retain(|(known, _)| known != name);
        self
    }

    /// Somebody made a server kit, and said where its sheet lies.
    pub(super) async fn keep_a_kit(&self, app: &TestApp) {
        let (number, now) = ("3F2A-91C4".to_owned(), Clock::of_host().now());
        let label =
            Label { number, kind: Kind::Server, of: "here".into(), host: "h".into(), made: now };
        kits::note_made(&app.db, &app.ring, (&label, &[]), now).await.unwrap();
        app.account("Ada", "ada@example.org", Rights::from_iter([Right::Own])).await;
        let said = "insert into kit_sheets (id, number, place, said_by, said_at)
                    select id, '3F2A-91C4', 'the safe', id, created_at from people";
        assert_eq!(app.tamper(said).await, 1);
    }

    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(super) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub(super) async fn examine(&self) -> Report {
        examine(&Flags::default(), &self.around).await
    }

    /// How one thing is, and in which words.
    pub(super) async fn found(&self, check: &str) -> (Health, String) {
        let report = self.examine().await;
        let mut found = report.0.iter().filter(|finding| finding.check == check);
        let finding = found.next().unwrap_or_else(|| panic!("no {check}: {report:#?}"));
        (finding.health, finding.words.clone())
    }
}
