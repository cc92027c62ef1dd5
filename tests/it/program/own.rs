//! Muster's own database: protected at one press, by an agent that lives as long as serve.

use std::path::Path;
use std::time::Duration;

use hyper::StatusCode;
use muster::secrets::KeyRing;

use super::scene::Folder;
use crate::servers::process::within;
use crate::support::app::PASSWORD;
use crate::support::browser::Browser;

const BOUND: Duration = Duration::from_secs(90);

async fn ada(folder: &Folder, url: &str) -> Browser {
    let ring = KeyRing::load(&folder.beside("keyring")).unwrap();
    let address = url.trim_start_matches("http://").parse().unwrap();
    Browser::of(address, &ring).sign_in("ada@example.org", PASSWORD).await
}

async fn database_page(owner: &Browser) -> String {
    let page = owner.get("/recovery").await.body;
    let site = page.split_once("/recovery/sites/").unwrap().1.split('"').next().unwrap();
    format!("/recovery/sites/{site}/databases/muster")
}

async fn shows(who: &Browser, path: &str, words: &str) {
    within(BOUND, async || who.get(path).await.body.contains(words)).await;
}

/// Agents at work on this folder, by what the kernel says each was started with.
fn agents(state: &Path) -> usize {
    let state = state.as_os_str().as_encoded_bytes();
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let lines = processes.filter_map(|it| std::fs::read(it.path().join("cmdline")).ok());
    lines.filter(|line| line.split(|byte| *byte == 0).any(|word| word == state)).count()
}

/// Made beside the backups, proved by its words, opened: the ring, byte for byte.
async fn the_ring_is_kept_in_a_kit(folder: &Folder, owner: &Browser) {
    let stick = folder.beside("stick.kit");
    let to = stick.to_str().unwrap();
    assert!(owner.get("/recovery").await.body.contains("<code>muster kit</code>"));
    let (code, sheet) = folder.run(&["kit", "--to", to], b"");
    assert_eq!(code, 0, "{}", folder.log());
    let words = sheet.split_once("THE EIGHT WORDS").unwrap().1.split_once("SEALED").unwrap().0;
    let beside = std::fs::read_dir(folder.path("backups/muster")).unwrap();
    let kit = |path: &Path| path.extension().is_some_and(|end| end == "kit");
    let copies = beside.filter(|it| it.as_ref().is_ok_and(|it| kit(&it.path())));
    assert_eq!((copies.count(), stick.exists()), (1, true), "{sheet}");
    assert!(owner.get("/recovery").await.body.contains("nobody said where its sheet lies"));

    let (code, said) =
        folder.run(&["kit", "prove", to], &[b"zoo ".repeat(8), b"\n".to_vec()].concat());
    assert!(code == 1 && said.contains("the words do not open kit"), "{said}");
    let (code, said) = folder.run(&["kit", "prove", to], words.as_bytes());
    assert_eq!((code, said.matches("ok  ").count()), (0, 2), "{said}");
    assert!(!owner.get("/recovery").await.body.contains("not yet"), "{said}");
    let into = folder.beside("opened");
    let open = ["kit", "open", to, "--into", into.to_str().unwrap()];
    let (code, said) = folder.run(&open, words.as_bytes());
    assert_eq!(code, 0, "{said}{}", folder.log());
    let ring = std::fs::read(folder.beside("keyring")).unwrap();
    assert_eq!(std::fs::read(into.join("muster.keyring")).unwrap(), ring);

    assert_eq!(folder.run(&["kit"], b"").0, 0, "{}", folder.log());
    let (code, said) = folder.run(&["kit", "prove", to], words.as_bytes());
    assert!(code == 1 && said.contains("and the newest is"), "an older kit proves nothing: {said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_press_protects_musters_own_database_and_its_agent_ends_with_serve() {
    let folder = Folder::new();
    folder.settle();
    let mut muster = folder.serve();
    let url = muster.line("Muster is ready at ");
    let owner = ada(&folder, &url).await;
    let page = owner.get("/recovery").await.body;
    assert!(page.contains("Protect Muster’s own database"), "{page}");

    let pressed = owner.post("/recovery/own", &[]).await;
    assert_eq!(pressed.status, StatusCode::SEE_OTHER, "{}", pressed.body);
    let database = database_page(&owner).await;
    let site = database.split('/').nth(3).unwrap();
    shows(&owner, &database, "Newest verified").await;
    shows(&owner, &database, "1 restore").await; // the first backup and its proof, by themselves
    assert!(!owner.get("/recovery").await.body.contains("Protect Muster’s own database"));
    let again = owner.post("/recovery/own", &[]).await;
    assert_eq!(again.status, StatusCode::CONFLICT, "{}", again.body);
    assert_eq!(agents(&folder.path("agent")), 1);

    the_ring_is_kept_in_a_kit(&folder, &owner).await;

    // an owner who removed the site finds the button again, and the agent joins anew
    let removed = owner.post(&format!("/recovery/sites/{site}/removal"), &[]).await;
    assert_eq!(removed.status, StatusCode::SEE_OTHER, "{}", removed.body);
    assert!(owner.get("/recovery").await.body.contains("Protect Muster’s own database"));
    assert_eq!(owner.post("/recovery/own", &[]).await.status, StatusCode::SEE_OTHER);
    let database = database_page(&owner).await;
    shows(&owner, &database, "Newest verified").await;

    muster.terminate();
    assert_eq!(muster.ended(), 0, "{}", folder.log());
    assert_eq!(agents(&folder.path("agent")), 0, "it ended before its database did");

    let mut muster = folder.serve();
    let url = muster.line("Muster is ready at ");
    let owner = ada(&folder, &url).await;
    within(BOUND, async || agents(&folder.path("agent")) == 1).await;
    shows(&owner, &database, "Would be lost now").await;
    muster.kill();
    within(BOUND, async || agents(&folder.path("agent")) == 0).await; // though nobody told it
}
