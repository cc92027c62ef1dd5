//! A Muster whose plan knows the host's cluster.

use muster::actions::plans;

use crate::support::app::{LABITORY, TestApp};
use crate::support::browser::Browser;

/// Under which the plan's database stands.
pub(super) const ON_IT: &str = "component.database";
/// Under which it does not.
pub(super) const APART: &str = "component.files";

/// The plan's database is the host's, under this name in its server, with these checks and no others.
pub(super) async fn on_plan_of(name: &str, checks: &str) -> (TestApp, Browser) {
    let (app, owner) = TestApp::on_plan().await;
    let (before, rest) =
        LABITORY.split_once("key = \"labitory\"\nname = \"labitory_prod\"\n").unwrap();
    let (head, rest) = rest.split_once("[[database.check]]").unwrap();
    let (_, after) = rest.split_once("[[checklist]]").unwrap();
    let plan =
        format!("{before}key = \"main\"\nname = \"{name}\"\n{head}{checks}[[checklist]]{after}");
    plans::import(&app.db, &plan, None, None, app.clock.now()).await.unwrap();
    (app, owner)
}
