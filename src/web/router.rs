//! All routes in one table, and the layers around them.

use std::net::SocketAddr;

use axum::Router;
use axum::http::Method;
use axum::middleware::from_fn_with_state;

use crate::config::Server;
use crate::domain::agent::wire;
use crate::domain::rights::Right;
use crate::web::guard::{CsrfKey, Guard};
use crate::web::pages::{
    affected, answer, answering, briefing, calls, command, databases, declare, edit, entries,
    front, health, incidents, invitation, jobs, kits, live, me, merge, messages, now, people, plan,
    post_mortems, protect, record, restore, revision, revisions, role, runbook, runbooks, set_up,
    settings, sign_in, sites, stars, status, style, tasks, tellings, things, timeline, update,
    verification,
};
use crate::web::routes::{Needs, Routes};
use crate::web::state::AppState;
use crate::web::{agents, assets, error, links};

const GET: Method = Method::GET;
const POST: Method = Method::POST;
const VIEW: Needs = Needs::Right(Right::View);
const RESPOND: Needs = Needs::Right(Right::Respond);
const COMMAND: Needs = Needs::Right(Right::Command);
const OWN: Needs = Needs::Right(Right::Own);

/// An owner who has typed their password lately, for what changes something.
const fn own(deed: &'static str) -> Needs {
    Needs::Fresh(Right::Own, deed)
}

/// The whole table.
#[must_use]
pub fn routes(state: &AppState) -> Routes {
    let groups = [
        outside,
        doors,
        spoken,
        incident_pages,
        incident_deeds,
        aftermath,
        plan_and_people,
        recovery,
        own_card,
        roster,
        accounts,
        owners,
    ];
    groups.into_iter().fold(Routes::new(state.clone()), |routes, add| add(routes))
}

/// For everybody, whether or not Muster is set up.
fn outside(routes: Routes) -> Routes {
    routes
        .add(GET, "/healthz", Needs::Nothing, health::alive)
        .add(GET, "/readyz", Needs::Nothing, health::ready)
        .add(GET, "/status", Needs::Nothing, status::file)
        .add(GET, "/status.html", Needs::Nothing, status::file)
        .add(GET, "/status.json", Needs::Nothing, status::file)
        .add(GET, "/status.atom", Needs::Nothing, status::file)
        .add(GET, "/status/history.html", Needs::Nothing, status::file)
        .add(GET, "/status/incidents/{name}", Needs::Nothing, status::incident)
        .add(GET, "/status/app.css", Needs::Nothing, status::file)
        .add(GET, "/status/icon.svg", Needs::Nothing, status::file)
        .add(GET, "/static/{name}", Needs::Nothing, assets::asset_file)
}

/// Ways in, for those who have a link or a password.
fn doors(routes: Routes) -> Routes {
    routes
        .add(GET, "/set-up/{token}", Needs::Link, set_up::show)
        .add(POST, "/set-up/{token}", Needs::Link, set_up::create)
        .add(GET, "/invitation/{token}", Needs::Link, invitation::show)
        .add(POST, "/invitation/{token}", Needs::Link, invitation::create)
        .add(GET, "/verification/{token}", Needs::Link, verification::show)
        .add(POST, "/verification/{token}", Needs::Link, verification::create)
        .add(GET, "/answer/{token}", Needs::Link, answer::show)
        .add(POST, "/answer/{token}", Needs::Link, answer::create)
        .add(GET, links::SIGN_IN, Needs::SetUp, sign_in::show)
        .add(POST, links::SESSION, Needs::SetUp, sign_in::create)
        .add(POST, links::SESSION_END, VIEW, sign_in::end)
}

/// What agents say.
fn spoken(routes: Routes) -> Routes {
    routes
        .add(POST, wire::JOIN, Needs::Link, agents::join)
        .add(POST, wire::HELLO, Needs::SetUp, agents::hello)
        .add(POST, wire::REPORT, Needs::Agent, agents::report)
        .add(POST, wire::DATABASE, Needs::Agent, agents::database)
        .add(POST, wire::PROOF, Needs::Agent, agents::proof)
        .add(POST, wire::ORDER, Needs::Agent, agents::order)
        .add(POST, wire::EXPIRY, Needs::Agent, agents::expiry)
        .add(POST, wire::DRAFTS, Needs::Agent, agents::drafts)
        .add(POST, wire::DRAFT, Needs::Agent, agents::draft)
        .add(POST, wire::POLL, Needs::Agent, agents::poll)
        .add(POST, wire::END, Needs::Agent, agents::end)
}

/// Hosts where agents work.
fn recovery(routes: Routes) -> Routes {
    let added = own("Add this site");
    let coded = own("Make a code by which an agent joins");
    let removed = own("Remove this site");
    let drafted = own("Draft this for the host’s owner");
    let sheet = own("Say where the sheet of this kit lies");
    routes
        .add(GET, links::RECOVERY, VIEW, sites::index)
        .add(POST, links::SITES, added, sites::create)
        .add(POST, links::PROTECT_OWN, own("Protect Muster’s own database"), sites::protect_own)
        .add(POST, links::SERVER_KIT, sheet, kits::place_of_server)
        .add(POST, "/recovery/sites/{id}/kit", sheet, kits::place_of_site)
        .add(GET, "/recovery/sites/{id}", VIEW, sites::show)
        .add(GET, "/recovery/sites/{id}/databases/{name}", VIEW, databases::show)
        .add(POST, "/recovery/sites/{id}/databases/{name}/holds", COMMAND, databases::hold)
        .add(POST, "/recovery/sites/{id}/databases/{name}/orders", COMMAND, databases::order)
        .add(
            POST,
            "/recovery/sites/{id}/databases/{name}/orders/{order}/withdrawal",
            COMMAND,
            databases::withdraw,
        )
        .add(
            POST,
            "/recovery/sites/{id}/databases/{name}/holds/{hold}/end",
            COMMAND,
            databases::let_go,
        )
        .add(GET, "/recovery/sites/{id}/protect", OWN, protect::show)
        .add(POST, "/recovery/sites/{id}/protect", drafted, protect::create)
        .add(GET, "/recovery/sites/{id}/repository", OWN, protect::ask_place)
        .add(POST, "/recovery/sites/{id}/repository", drafted, protect::add_place)
        .add(GET, "/recovery/sites/{id}/drafts/{draft}", OWN, protect::follow)
        .add(POST, "/recovery/sites/{id}/drafts/{draft}/withdrawal", OWN, protect::withdraw)
        .add(POST, "/recovery/sites/{id}/code", coded, sites::make_code)
        .add(POST, "/recovery/sites/{id}/look", OWN, sites::look)
        .add(POST, "/recovery/sites/{id}/removal", removed, sites::remove)
}

fn incident_pages(routes: Routes) -> Routes {
    routes
        .add(GET, links::FRONT, VIEW, front::show)
        .add(GET, links::DECLARE, RESPOND, declare::show)
        .add(GET, links::INCIDENTS, VIEW, incidents::index)
        .add(GET, "/incidents/{id}", VIEW, now::show)
        .add(GET, "/incidents/{id}/timeline", VIEW, timeline::show)
        .add(GET, "/incidents/{id}/entries/{seq}", VIEW, entries::show)
        .add(GET, "/incidents/{id}/live", VIEW, live::stream)
        .add(GET, "/incidents/{id}/affected", VIEW, affected::show)
        .add(GET, "/incidents/{id}/tasks", VIEW, tasks::show)
        .add(GET, "/incidents/{id}/runbooks", VIEW, runbooks::index)
        .add(GET, "/incidents/{id}/runbooks/{key}", VIEW, runbooks::show)
        .add(GET, "/incidents/{id}/restore", VIEW, restore::show)
        .add(GET, "/incidents/{id}/command", VIEW, command::show)
        .add(GET, "/incidents/{id}/briefing", VIEW, briefing::show)
        .add(GET, "/incidents/{id}/merge", COMMAND, merge::show)
        .add(GET, "/incidents/{id}/roles/{key}", VIEW, role::show)
        .add(GET, "/incidents/{id}/edit", RESPOND, edit::show)
        .add(GET, "/incidents/{id}/record", VIEW, record::show)
        .add(GET, "/incidents/{id}/record.jsonl", VIEW, record::export)
        .add(GET, "/incidents/{id}/calls", VIEW, calls::show)
        .add(GET, "/incidents/{id}/messages", VIEW, messages::show)
        .add(GET, "/incidents/{id}/update", VIEW, update::show)
        .add(GET, "/incidents/{id}/tellings", VIEW, tellings::index)
        .add(GET, "/incidents/{id}/tellings/{audience}", VIEW, tellings::show)
}

fn incident_deeds(routes: Routes) -> Routes {
    routes
        .add(POST, links::INCIDENTS, RESPOND, incidents::create)
        .add(POST, "/incidents/{id}/undo", RESPOND, incidents::undo)
        .add(POST, "/incidents/{id}/answer", RESPOND, answering::create)
        .add(POST, "/incidents/{id}/roles/{key}", RESPOND, role::create)
        .add(POST, "/incidents/{id}/command", RESPOND, command::create)
        .add(POST, "/incidents/{id}/level", COMMAND, command::set_level)
        .add(POST, "/incidents/{id}/stay", COMMAND, command::stay)
        .add(POST, "/incidents/{id}/phase", COMMAND, command::set_phase)
        .add(POST, "/incidents/{id}/merge", COMMAND, merge::create)
        .add(POST, "/incidents/{id}/merge/undo", COMMAND, merge::undo)
        .add(POST, "/incidents/{id}/edit", RESPOND, edit::save)
        .add(POST, "/incidents/{id}/entries", RESPOND, entries::create)
        .add(POST, "/incidents/{id}/stars", RESPOND, stars::create)
        .add(POST, "/incidents/{id}/entries/{seq}/correction", RESPOND, entries::correct)
        .add(POST, "/incidents/{id}/tasks/{task}", RESPOND, tasks::press)
        .add(POST, "/incidents/{id}/runbooks/{key}", RESPOND, runbooks::press)
        .add(POST, "/incidents/{id}/checklists/{key}", RESPOND, command::tick)
        .add(POST, "/incidents/{id}/affected", RESPOND, affected::create)
        .add(POST, "/incidents/{id}/restore", COMMAND, restore::create)
        .add(POST, "/incidents/{id}/restore/{order}/stop", COMMAND, restore::stop)
        .add(POST, "/incidents/{id}/tellings", RESPOND, tellings::create)
        .add(POST, "/incidents/{id}/update", VIEW, update::create) // its deed asks for more
        .add(POST, "/incidents/{id}/calls", RESPOND, calls::create)
}

/// Reports after incidents.
fn aftermath(routes: Routes) -> Routes {
    routes
        .add(GET, links::POST_MORTEMS, VIEW, post_mortems::index)
        .add(GET, "/postmortems/{id}", VIEW, post_mortems::show)
        .add(GET, "/postmortems/{id}/export", VIEW, post_mortems::export)
        .add(POST, "/postmortems/{id}/state", COMMAND, post_mortems::set_state)
        .add(GET, "/postmortems/{id}/sections/{place}", RESPOND, post_mortems::chapter)
        .add(POST, "/postmortems/{id}/sections/{place}", RESPOND, post_mortems::write)
        .add(POST, "/postmortems/{id}/items", RESPOND, post_mortems::add_item)
        .add(GET, "/postmortems/{id}/items/{item}", RESPOND, post_mortems::item)
        .add(POST, "/postmortems/{id}/items/{item}", RESPOND, post_mortems::press_item)
}

fn plan_and_people(routes: Routes) -> Routes {
    routes
        .add(GET, links::PLAN, VIEW, plan::show)
        .add(GET, links::PLAN_EXPORT, VIEW, plan::export)
        .add(GET, "/plan/runbooks/{key}", VIEW, runbook::show)
        .add(GET, links::PLAN_REVISIONS, VIEW, revision::index)
        .add(GET, "/plan/revisions/{number}", VIEW, revision::show)
        .add(GET, "/plan/revisions/{number}/export", VIEW, revision::export)
        .add(GET, "/plan/revisions/{number}/runbooks/{key}", VIEW, runbook::show_earlier)
        .add(GET, links::PEOPLE, VIEW, people::index)
        .add(GET, "/people/{id}", VIEW, people::show)
        .add(POST, "/people/{id}/methods/{method}/call", RESPOND, people::called)
        .add(GET, "/style", VIEW, style::show)
}

fn owners(routes: Routes) -> Routes {
    routes
        .add(GET, links::PLAN_NEW, OWN, revisions::new)
        .add(POST, links::PLAN_NEW, OWN, revisions::look)
        .add(
            POST,
            links::PLAN_REVISIONS,
            own("Bring in the plan’s next revision"),
            revisions::create,
        )
        .add(GET, "/plan/things/{*path}", OWN, things::show)
        .add(POST, "/plan/things/{*path}", OWN, things::look)
        .add(GET, "/plan/additions/{*path}", OWN, things::show_addition)
        .add(POST, "/plan/additions/{*path}", OWN, things::look_at_addition)
        .add(GET, "/plan/removals/{*path}", OWN, things::show_removal)
        .add(POST, "/plan/changes/{*path}", own("Make this change of the plan"), things::make)
        .add(GET, links::SETTINGS, OWN, settings::show)
        .add(POST, "/settings/mail", own("Set where mail is handed in"), settings::set_mail)
        .add(POST, "/settings/mail/remove", own("Remove the mail server"), settings::remove_mail)
        .add(POST, "/settings/mail/test", OWN, settings::test_mail)
        .add(GET, links::JOBS, OWN, jobs::index)
        .add(POST, "/jobs/{id}/retry", own("Have this work run now"), jobs::run_now)
        .add(POST, links::QUARANTINE_END, own("Let an old copy go on"), jobs::go_on)
        .add(POST, "/jobs/{id}/cancellation", own("Put this work away, undone"), jobs::cancel)
}

fn own_card(routes: Routes) -> Routes {
    let address = Needs::Fresh(Right::View, "Sign in with this address from now on");
    routes
        .add(GET, links::ME, VIEW, me::show)
        .add(POST, links::ME, VIEW, me::edit)
        .add(POST, "/me/password", VIEW, me::set_password)
        .add(POST, "/me/address", address, me::set_address)
        .add(POST, "/me/sessions/end", VIEW, me::end_others)
        .add(POST, "/me/methods", VIEW, people::add)
        .add(POST, "/me/methods/order", VIEW, people::order)
        .add(POST, "/me/methods/{method}/removal", VIEW, people::remove)
        .add(POST, "/me/methods/{method}/removal/undo", VIEW, people::restore)
        .add(POST, "/me/methods/{method}/verification", VIEW, people::verify)
}

fn roster(routes: Routes) -> Routes {
    let added = own("Add this person to the roster");
    let edited = own("Change what the roster says of this person");
    let method = own("Add this way to reach them");
    let order = own("Change in which order they are reached");
    let removed = own("Remove this way to reach them");
    let restored = own("Put this way to reach them back");
    let verified = own("Mail a link that verifies this address");
    let left = own("Take this person off the roster");
    let back = own("Put this person back on the roster");
    routes
        .add(GET, links::PEOPLE_NEW, OWN, people::new)
        .add(POST, links::PEOPLE, added, people::create)
        .add(POST, "/people/{id}", edited, people::edit)
        .add(POST, "/people/{id}/methods", method, people::add)
        .add(POST, "/people/{id}/methods/order", order, people::order)
        .add(POST, "/people/{id}/methods/{method}/removal", removed, people::remove)
        .add(POST, "/people/{id}/methods/{method}/removal/undo", restored, people::restore)
        .add(POST, "/people/{id}/methods/{method}/verification", verified, people::verify)
        .add(POST, "/people/{id}/absence", left, people::take_off)
        .add(POST, "/people/{id}/absence/end", back, people::put_back)
}

fn accounts(routes: Routes) -> Routes {
    let rights = own("Set what this person may do");
    let disabled = own("Disable this account");
    let enabled = own("Enable this account again");
    routes
        .add(POST, "/people/{id}/link", own("Make a link for this person"), people::link)
        .add(POST, "/people/{id}/rights", rights, people::set_rights)
        .add(POST, "/people/{id}/suspension", disabled, people::suspend)
        .add(POST, "/people/{id}/suspension/end", enabled, people::enable)
}

/// The application as it is served at `bound`.
pub fn app(state: AppState, server: &Server, bound: SocketAddr) -> Router {
    let key = state.ring.mac(crate::secrets::Label::Links, &[b"csrf v1"]);
    let clock = state.clock.clone();
    let router = routes(&state)
        .into_router()
        .fallback(async || error::PageError::NotFound)
        .layer(from_fn_with_state(state.clone(), error::draw))
        .with_state(state);
    Guard::new(server, bound, CsrfKey::new(&key))
        .open(is_open)
        .signed(|path| path.starts_with("/agent/"))
        .page(move |refusal| error::refusal(refusal, &clock))
        .around(router)
}

/// Pages that somebody opens from a mail or a terminal, without the session's cookie.
fn is_open(path: &str) -> bool {
    path.starts_with("/set-up/")
        || path.starts_with("/invitation/")
        || path.starts_with("/verification/")
        || path.starts_with("/answer/")
        || path == links::SIGN_IN
        || path == links::SESSION
}
