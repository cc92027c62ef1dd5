//! Follows every link of a page, as a browser would.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use bytes::Bytes;
use hyper::{Request, StatusCode};
use muster::web::guard::CsrfKey;

use crate::support::browser::Browser;

/// Everything that can be reached from a page, by path; a link that leads nowhere fails.
pub(super) async fn walk(server: SocketAddr, from: &str) -> BTreeMap<String, Bytes> {
    let browser = Browser::new(server, CsrfKey::new(&[0; 32]));
    let mut found = BTreeMap::new();
    let mut waiting = vec![from.to_owned()];
    while let Some(path) = waiting.pop() {
        if found.contains_key(&path) {
            continue;
        }
        let answer = browser.send(Request::get(&path), String::new()).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        if answer.body.starts_with("<!doctype html>") || answer.body.starts_with("<?xml") {
            waiting.extend(links(&answer.body).iter().map(|link| resolved(&path, link)));
        }
        found.insert(path, answer.bytes);
    }
    found
}

/// Addresses in a page, but for marks within it and telephone numbers.
fn links(page: &str) -> Vec<String> {
    let values = page.split("href=\"").chain(page.split("src=\"")).skip(1);
    let values = values.filter_map(|rest| rest.split_once('"')).map(|(link, _)| link);
    values
        .filter(|link| !link.starts_with('#') && !link.starts_with("tel:") && !link.contains('<'))
        .map(str::to_owned)
        .collect()
}

fn resolved(page: &str, link: &str) -> String {
    let (folder, _) = page.rsplit_once('/').unwrap();
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in link.split('/') {
        match part {
            ".." => drop(parts.pop().expect("a link out of the site")),
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}
