//! Finding what was done to timelines behind Muster's back.

use muster::actions::verify::{HeadsError, every_stream, write_heads};
use muster::cli::verify;
use muster::domain::timeline::{Actor, Body, Kind};
use muster::secrets::KeyRing;
use muster::store::streams::{Note, append};
use tempfile::TempDir;

use crate::support::planbed::{NOW, PlanBed};

struct Scene {
    bed: PlanBed,
    ring: KeyRing,
    folder: TempDir,
}

impl Scene {
    async fn new(name: &str) -> Scene {
        let folder = tempfile::tempdir().unwrap();
        let ring = KeyRing::create(&folder.path().join("ring"), NOW).unwrap();
        let scene = Scene { bed: PlanBed::new(name).await, ring, folder };
        scene.note(3).await;
        scene
    }

    async fn note(&self, count: u8) {
        let mut conn = self.bed.conn().await;
        for number in 0..count {
            let body = Body::words(format!("note {number}"));
            let note = Note::new(Kind::Note, Actor::System, body, NOW);
            append(&mut conn, self.bed.installation, &note, NOW).await.unwrap();
        }
    }

    async fn write_heads(&self) -> Result<(), HeadsError> {
        let path = self.folder.path().join("heads.json");
        write_heads(&mut self.bed.conn().await, &self.ring, &path).await
    }

    async fn cut_to(&self, seq: i64) {
        let head = match seq {
            0 => r"'\x0000000000000000000000000000000000000000000000000000000000000000'".to_owned(),
            _ => format!("(select hash from entries where seq = {seq})"),
        };
        self.bed
            .sql(&format!(
                "update streams set seq = {seq}, hash = {head};
                 delete from entry_bodies where seq > {seq};
                 delete from entries where seq > {seq}"
            ))
            .await;
    }

    async fn says(&self) -> String {
        let path = self.folder.path().join("heads.json");
        let outcomes = every_stream(&self.bed.db, &self.ring, &path).await.unwrap();
        let [outcome] = outcomes.as_slice() else { panic!("one stream: {outcomes:?}") };
        let text = outcome.to_string();
        text.split_once(": ").unwrap().1.to_owned()
    }
}

#[tokio::test]
async fn an_untouched_timeline_is_whole() {
    let scene = Scene::new("verify_whole").await;
    scene.write_heads().await.unwrap();
    scene.note(1).await;

    assert_eq!(scene.says().await, "whole: 4 entries");
    scene.write_heads().await.unwrap();
}

#[tokio::test]
async fn an_entry_that_was_edited_is_named() {
    let scene = Scene::new("verify_edited").await;
    scene.bed.sql("update entries set kind = 'decision' where seq = 2").await;

    assert_eq!(scene.says().await, "broken: entry 2 was altered");
}

#[tokio::test]
async fn a_body_that_was_edited_is_named() {
    let scene = Scene::new("verify_body").await;
    scene.bed.sql("update entry_bodies set body = '{\"text\":\"x\"}' where seq = 3").await;

    assert_eq!(scene.says().await, "broken: entry 3: its body was altered");
}

#[tokio::test]
async fn a_tail_cut_with_its_head_is_found_by_the_heads_file() {
    let scene = Scene::new("verify_cut").await;
    scene.write_heads().await.unwrap();
    scene.cut_to(1).await;

    assert_eq!(scene.says().await, "broken: entry 2 is missing: a head says there are 3");
}

#[tokio::test]
async fn a_rewritten_tail_is_found_and_never_noted_as_the_truth() {
    let scene = Scene::new("verify_rewritten").await;
    scene.write_heads().await.unwrap();
    scene.cut_to(0).await;
    scene.note(4).await;

    let refused = scene.write_heads().await;

    assert!(matches!(refused, Err(HeadsError::Disagrees { seq: 3, .. })), "{refused:?}");
    let says = scene.says().await;
    assert!(says.starts_with("broken: entry 3 was rewritten"), "{says}");
}

#[tokio::test]
async fn a_timeline_that_is_gone_is_named() {
    let scene = Scene::new("verify_gone").await;
    scene.write_heads().await.unwrap();
    scene.cut_to(0).await;
    scene.bed.sql("delete from streams").await;

    assert_eq!(scene.says().await, "broken: entry 1 is missing, and the whole timeline");
}

#[tokio::test]
async fn a_heads_file_that_was_touched_is_refused() {
    let scene = Scene::new("verify_touched").await;
    scene.write_heads().await.unwrap();
    let path = scene.folder.path().join("heads.json");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replacen("\"seq\":3", "\"seq\":2", 1)).unwrap();

    assert!(every_stream(&scene.bed.db, &scene.ring, &path).await.is_err());
    assert!(matches!(scene.write_heads().await, Err(HeadsError::Damaged(_))));
}

#[tokio::test]
async fn the_command_line_says_which_entry_is_broken() {
    let scene = Scene::new("verify_command_line").await;
    scene.bed.sql("update entries set actor = 'public' where seq = 1").await;
    let (path, mut said) = (scene.folder.path().join("heads.json"), Vec::new());

    let whole = verify::database(&scene.bed.db, &scene.ring, &path, &mut said).await.unwrap();

    let said = String::from_utf8(said).unwrap();
    assert!(!whole && said.ends_with("broken: entry 1 was altered\n"), "{said}");
}
