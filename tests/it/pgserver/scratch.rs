//! A restored cluster that is looked at, and thrown away whenever that is broken off.

use futures_util::FutureExt;
use muster::pgserver::{ScratchConfig, ScratchServer};

use super::scene::{Scene, command_line};

/// The processes whose command line names this folder.
fn at_work(folder: &str) -> Vec<i32> {
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    pids.filter(|pid| command_line(*pid).contains(folder)).collect()
}

#[tokio::test]
async fn one_that_was_only_just_started_is_ended_with_who_looked() {
    let scene = Scene::new();
    scene.start().await.stop().await;
    let settings = scene.cluster().join("scratch.conf");
    std::fs::write(&settings, "").unwrap();
    let folder = scene.config.data.clone();
    let search = scene.config.search.clone();
    let config = ScratchConfig { cluster: scene.cluster(), folder, settings, search };

    let begun = ScratchServer::start(&config).now_or_never();

    assert!(begun.is_none(), "it waits until it is ready");
    assert_eq!(at_work(scene.cluster().to_str().unwrap()), Vec::<i32>::new());
}
