//! The certificate is renewed while people are connected, in each of the ways that tools have.

use std::os::unix::fs::symlink;

use muster::tls::{Look, TlsError};
use tokio::io::AsyncWriteExt;

use super::scene::Scene;
use crate::support::certificate::{Issued, write};

#[tokio::test]
async fn files_that_are_renamed_over_are_taken_without_a_restart() {
    let scene = Scene::patient().await;
    let newer = Issued::new();
    let mut before = scene.shake_hands("localhost", &[]).await.unwrap();
    assert!(matches!(scene.kept.look(), Look::Same));

    scene.files.rename_over(&scene.files.certificate(), &newer.certificate);
    scene.files.rename_over(&scene.files.key(), &newer.key);
    assert!(matches!(scene.kept.look(), Look::Taken));

    assert!(scene.shows(&newer).await && !scene.shows(&scene.issued).await);
    assert!(matches!(scene.kept.look(), Look::Same), "once");
    before.flush().await.unwrap();
    assert!(scene.get_over(before).await.ends_with("over tls"), "who is connected stays so");
}

#[tokio::test]
async fn links_that_are_turned_are_followed() {
    let scene = Scene::patient().await;
    let newer = Issued::new();
    let folder = tempfile::tempdir().unwrap();
    for (name, text, place) in [
        ("cert2.pem", &newer.certificate, scene.files.certificate()),
        ("key2.pem", &newer.key, scene.files.key()),
    ] {
        let file = folder.path().join(name);
        write(&file, text);
        let link = folder.path().join("link");
        symlink(&file, &link).unwrap();
        std::fs::rename(&link, place).unwrap();
    }

    assert!(matches!(scene.kept.look(), Look::Taken));
    assert!(scene.shows(&newer).await);
}

#[tokio::test]
async fn while_one_file_is_new_and_one_is_old_the_old_pair_is_shown() {
    let scene = Scene::patient().await;
    let newer = Issued::new();

    scene.files.rename_over(&scene.files.certificate(), &newer.certificate);
    let Look::Refused(TlsError::NotAPair { .. }) = scene.kept.look() else { panic!("no pair") };
    assert!(scene.shows(&scene.issued).await);
    scene.files.rename_over(&scene.files.key(), &newer.key);

    assert!(matches!(scene.kept.look(), Look::Taken));
    assert!(scene.shows(&newer).await);
}

#[tokio::test]
async fn what_can_not_be_used_changes_nothing_and_the_next_good_pair_is_taken() {
    let scene = Scene::patient().await;
    let certificate = scene.files.certificate();
    for broken in ["", "hello", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        scene.files.rename_over(&certificate, broken);
        assert!(matches!(scene.kept.look(), Look::Refused(_)), "{broken}");
    }
    std::fs::remove_file(&certificate).unwrap();
    assert!(matches!(scene.kept.look(), Look::Refused(TlsError::Unreadable(..))));
    assert!(scene.shows(&scene.issued).await);

    let newer = Issued::new();
    write(&certificate, &newer.certificate);
    write(&scene.files.key(), &newer.key);

    assert!(matches!(scene.kept.look(), Look::Taken));
    assert!(scene.shows(&newer).await);
}
