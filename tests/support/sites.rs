//! Sites as an owner makes them, page by page.

use muster::domain::agent::code::JoinCode;

use super::browser::Browser;

/// Adds a site; gives its page's path.
pub async fn add(owner: &Browser, name: &str) -> String {
    let added = owner.post("/recovery/sites", &[("name", name)]).await;
    assert!(added.location.starts_with("/recovery/sites/"), "{}", added.body);
    added.location
}

/// A join code, as its page shows it.
pub async fn code(owner: &Browser, path: &str) -> JoinCode {
    let page = owner.post(&format!("{path}/code"), &[]).await.body;
    let rest = page.split_once("muster agent join ").unwrap_or_else(|| panic!("{page}")).1;
    rest.split('<').next().unwrap().parse().unwrap()
}
