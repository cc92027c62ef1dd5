//! A server whose key ring is not the one, or not its alone: refused in words that mend it.

use std::fs::Permissions;
use std::os::unix::fs::{PermissionsExt, chown};

use muster::secrets::KeyRing;

use super::PASSWORD;
use super::scene::{Folder, Muster};
use crate::support::app::START;
use crate::support::cluster::Cluster;

/// Starts a server that must not start; what it said.
fn refused(folder: &Folder, url: &str) -> String {
    let before = folder.log().len();
    let mut muster = Muster::of(folder.command(&["serve", "--database-url", url]));
    assert_eq!(muster.ended(), 1, "{}", folder.log());
    folder.log().split_off(before)
}

#[tokio::test]
async fn without_the_ring_that_the_database_was_sealed_with_no_server_starts_until_it_is_back() {
    let (cluster, folder) = (Cluster::shared().await, Folder::new());
    cluster.create_database("ring").await;
    let url = cluster.url("ring");
    let add = ["user", "add", "Ada", "--email", "a@example.org", "--rights", "own"];
    let added = folder.run(&[&add[..], &["--database-url", &url]].concat(), PASSWORD);
    assert_eq!(added.0, 0, "{}", folder.log());
    let (ring, kept) = (folder.beside("keyring"), folder.beside("kept"));
    let mode = |mode| std::fs::set_permissions(&ring, Permissions::from_mode(mode)).unwrap();

    std::fs::rename(&ring, &kept).unwrap();
    let said = refused(&folder, &url);
    assert!(said.contains(&format!("there is no key ring at {}; put it back", ring.display())));
    assert!(!ring.exists(), "none is made where one is asked for");

    KeyRing::create(&ring, START).unwrap();
    let said = refused(&folder, &url);
    assert!(said.contains("and this database was sealed with"), "{said}");
    assert!(said.contains("put that ring there"), "{said}");

    std::fs::rename(&kept, &ring).unwrap();
    mode(0o644);
    let said = refused(&folder, &url);
    assert!(said.contains(&format!("run: chmod 600 {}", ring.display())), "{said}");

    mode(0o600);
    chown(&ring, Some(65534), None).expect("run as root, as CI does: this gives a file away");
    let said = refused(&folder, &url);
    assert!(said.contains("belongs to another user (id 65534)"), "{said}");

    chown(&ring, Some(0), None).unwrap();
    let mut command = folder.command(&["serve"]);
    command.env("DATABASE_URL", &url);
    let mut muster = Muster::of(command);
    muster.line("Muster is ready at ");
    muster.terminate();
    assert_eq!(muster.ended(), 0, "{}", folder.log());
    cluster.drop_database("ring").await;
}
