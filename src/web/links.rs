//! The paths that pages and mails link to.

use crate::domain::id::{
    DraftId, EntryId, HoldId, IncidentId, JobId, MethodId, OrderId, PersonId, SiteId,
};

/// An owner lets an old copy of the database go on.
pub const QUARANTINE_END: &str = "/quarantine/end";
/// The front page: open incidents, or how ready we are.
pub const FRONT: &str = "/";
/// The plan in force.
pub const PLAN: &str = "/plan";
/// Its text form, to take away.
pub const PLAN_EXPORT: &str = "/plan/export";
/// A text comes in as the next revision of the plan.
pub const PLAN_NEW: &str = "/plan/revisions/new";
/// The revisions of the plan.
pub const PLAN_REVISIONS: &str = "/plan/revisions";
/// The plan in force, with each name leading to its form.
pub const PLAN_CHANGE: &str = "/plan?change=yes";
/// What owners set: mail.
pub const SETTINGS: &str = "/settings";
/// Muster's own work.
pub const JOBS: &str = "/jobs";
/// Signing in.
pub const SIGN_IN: &str = "/sign-in";
/// A session: made by signing in.
pub const SESSION: &str = "/session";
/// The end of a session.
pub const SESSION_END: &str = "/session/end";
/// The roster.
pub const PEOPLE: &str = "/people";

/// Somebody is added to it.
pub const PEOPLE_NEW: &str = "/people/new";
/// One's own card.
pub const ME: &str = "/me";

/// Sites, and what can be restored.
pub const RECOVERY: &str = "/recovery";
/// Sites; one is added there.
pub const SITES: &str = "/recovery/sites";

/// Muster's own database is protected.
pub const PROTECT_OWN: &str = "/recovery/own";

/// Where the sheet of the server kit lies.
pub const SERVER_KIT: &str = "/recovery/kit";

/// Where the sheet of a site's kit lies.
#[must_use]
pub fn site_kit(id: SiteId) -> String {
    format!("{}/kit", site(id))
}

/// One site.
#[must_use]
pub fn site(id: SiteId) -> String {
    format!("/recovery/sites/{id}")
}

/// One database of it.
#[must_use]
pub fn database(site: SiteId, name: &str) -> String {
    format!("/recovery/sites/{site}/databases/{}", encoded(name).replace('+', "%20"))
}

/// What keeps its old backups.
#[must_use]
pub fn holds(site: SiteId, name: &str) -> String {
    format!("{}/holds", database(site, name))
}

/// Somebody lets go of one.
#[must_use]
pub fn hold_end(site: SiteId, name: &str, hold: HoldId) -> String {
    format!("{}/{hold}/end", holds(site, name))
}

/// What its agent was told to do for a database.
#[must_use]
pub fn orders(site: SiteId, name: &str) -> String {
    format!("{}/orders", database(site, name))
}

/// Somebody takes an order back.
#[must_use]
pub fn order_withdrawal(site: SiteId, name: &str, order: OrderId) -> String {
    format!("{}/{order}/withdrawal", orders(site, name))
}

/// A code by which an agent joins it.
#[must_use]
pub fn site_code(id: SiteId) -> String {
    format!("/recovery/sites/{id}/code")
}

/// A database of it is protected.
#[must_use]
pub fn protect(id: SiteId) -> String {
    format!("/recovery/sites/{id}/protect")
}

/// The one with this data folder.
#[must_use]
pub fn protect_cluster(id: SiteId, data_dir: &str) -> String {
    format!("{}?cluster={}", protect(id), encoded(data_dir))
}

/// Its backups go to one more place.
#[must_use]
pub fn repository(id: SiteId) -> String {
    format!("/recovery/sites/{id}/repository")
}

/// What its owner is asked to allow.
#[must_use]
pub fn draft(site: SiteId, id: DraftId) -> String {
    format!("/recovery/sites/{site}/drafts/{id}")
}

/// That is taken back.
#[must_use]
pub fn draft_withdrawal(site: SiteId, id: DraftId) -> String {
    format!("{}/withdrawal", draft(site, id))
}

/// Its agent looks at the host again.
#[must_use]
pub fn site_look(id: SiteId) -> String {
    format!("/recovery/sites/{id}/look")
}

/// It is taken away.
#[must_use]
pub fn site_removal(id: SiteId) -> String {
    format!("/recovery/sites/{id}/removal")
}

/// One incident; its other pages lie below.
#[must_use]
pub fn incident(id: IncidentId) -> String {
    format!("/incidents/{id}")
}

/// The ways back of what it touches.
#[must_use]
pub fn restore(id: IncidentId) -> String {
    restore_of(&incident(id))
}

/// The same below an incident's own address.
#[must_use]
pub fn restore_of(incident: &str) -> String {
    format!("{incident}/restore")
}

/// Something that was asked for there is stopped.
#[must_use]
pub fn restore_stop(incident: &str, order: OrderId) -> String {
    format!("{}/{order}/stop", restore_of(incident))
}

/// Merging it into another one.
#[must_use]
pub fn merge(id: IncidentId) -> String {
    format!("/incidents/{id}/merge")
}

/// One entry of an incident's timeline.
#[must_use]
pub fn entry(id: IncidentId, seq: i64) -> String {
    format!("/incidents/{id}/entries/{seq}")
}

/// Filling one role in an incident.
#[must_use]
pub fn role(id: IncidentId, key: &str) -> String {
    format!("/incidents/{id}/roles/{key}")
}

/// One runbook of the plan in force.
#[must_use]
pub fn runbook(key: &str) -> String {
    format!("{PLAN}/runbooks/{key}")
}

/// The runbooks of an incident's plan.
#[must_use]
pub fn runbooks(id: IncidentId) -> String {
    format!("/incidents/{id}/runbooks")
}

/// One of them, to be followed.
#[must_use]
pub fn followed(id: IncidentId, key: &str) -> String {
    format!("/incidents/{id}/runbooks/{key}")
}

/// All reports after incidents.
pub const POST_MORTEMS: &str = "/postmortems";

/// The report after an incident.
#[must_use]
pub fn post_mortem(id: IncidentId) -> String {
    format!("{POST_MORTEMS}/{id}")
}

/// One chapter of it, to be written.
#[must_use]
pub fn chapter(id: IncidentId, place: i16) -> String {
    format!("{POST_MORTEMS}/{id}/sections/{place}")
}

/// One of its action items.
#[must_use]
pub fn action_item(id: IncidentId, item: EntryId) -> String {
    format!("{POST_MORTEMS}/{id}/items/{item}")
}

/// One checklist of an incident's plan.
#[must_use]
pub fn checklist(id: IncidentId, key: &str) -> String {
    format!("/incidents/{id}/checklists/{key}")
}

/// One revision of the plan.
#[must_use]
pub fn plan_revision(number: i32) -> String {
    format!("{PLAN_REVISIONS}/{number}")
}

/// Its text form, to take away.
#[must_use]
pub fn revision_export(number: i32) -> String {
    format!("{PLAN_REVISIONS}/{number}/export")
}

/// That revision’s text as the next one.
#[must_use]
pub fn plan_from(number: i32) -> String {
    format!("{PLAN_NEW}?from={number}")
}

/// One runbook of that revision.
#[must_use]
pub fn earlier_runbook(number: i32, key: &str) -> String {
    format!("{PLAN_REVISIONS}/{number}/runbooks/{key}")
}

/// The form of a thing of the plan: `role/dba`, `runbook/redis/step/3`.
#[must_use]
pub fn plan_thing(thing: &str) -> String {
    format!("{PLAN}/things/{thing}")
}

/// The form that adds a thing to a list of the plan: `role`, `runbook/redis/step`.
#[must_use]
pub fn plan_addition(list: &str) -> String {
    format!("{PLAN}/additions/{list}")
}

/// Makes what was looked at of a thing or list the plan's next revision.
#[must_use]
pub fn plan_change_of(thing: &str) -> String {
    format!("{PLAN}/changes/{thing}")
}

/// The page that takes a thing out of the plan.
#[must_use]
pub fn plan_removal(thing: &str) -> String {
    format!("{PLAN}/removals/{thing}")
}

/// Declaring an incident.
pub const DECLARE: &str = "/declare";
/// All incidents.
pub const INCIDENTS: &str = "/incidents";

/// One person of the roster.
#[must_use]
pub fn person(id: PersonId) -> String {
    format!("{PEOPLE}/{id}")
}

/// Makes a one-time link for a person.
#[must_use]
pub fn person_link(id: PersonId) -> String {
    format!("{PEOPLE}/{id}/link")
}

/// Sets what a person's account may do.
#[must_use]
pub fn person_rights(id: PersonId) -> String {
    format!("{PEOPLE}/{id}/rights")
}

/// Shuts a person's account.
#[must_use]
pub fn person_suspension(id: PersonId) -> String {
    format!("{PEOPLE}/{id}/suspension")
}

/// Opens it again.
#[must_use]
pub fn person_enabling(id: PersonId) -> String {
    format!("{PEOPLE}/{id}/suspension/end")
}

/// Takes a person off the roster.
#[must_use]
pub fn person_absence(id: PersonId) -> String {
    format!("{PEOPLE}/{id}/absence")
}

/// Puts them back.
#[must_use]
pub fn person_absence_end(id: PersonId) -> String {
    format!("{PEOPLE}/{id}/absence/end")
}

/// One way to reach somebody whose card lies at `base`, and what is done about it.
#[must_use]
pub fn method(base: &str, id: MethodId, what: &str) -> String {
    format!("{base}/methods/{id}/{what}")
}

/// One's own card, after something was done.
#[must_use]
pub fn me_done(what: &str) -> String {
    format!("{ME}?done={what}")
}

/// Where somebody shows that a mail reached them.
#[must_use]
pub fn verification(token: &str) -> String {
    format!("/verification/{token}")
}

/// Where an invited person chooses a password.
#[must_use]
pub fn invitation(token: &str) -> String {
    format!("/invitation/{token}")
}

/// Where a paged person answers.
#[must_use]
pub fn answer(token: &str) -> String {
    format!("/answer/{token}")
}

/// Whom to call for an incident.
#[must_use]
pub fn calls(id: IncidentId) -> String {
    format!("/incidents/{id}/calls")
}

/// Words for the public, of an incident.
#[must_use]
pub fn update(id: IncidentId) -> String {
    format!("/incidents/{id}/update")
}

/// Who is to be told of an incident.
#[must_use]
pub fn tellings(id: IncidentId) -> String {
    format!("/incidents/{id}/tellings")
}

/// One audience that is to be told of an incident.
#[must_use]
pub fn telling(id: IncidentId, audience: &str) -> String {
    format!("/incidents/{id}/tellings/{audience}")
}

/// What was sent for an incident.
#[must_use]
pub fn messages(id: IncidentId) -> String {
    format!("/incidents/{id}/messages")
}

/// Has a job run now.
#[must_use]
pub fn job_retry(id: JobId) -> String {
    format!("{JOBS}/{id}/retry")
}

/// Puts a job away.
#[must_use]
pub fn job_cancellation(id: JobId) -> String {
    format!("{JOBS}/{id}/cancellation")
}

/// Sign in first, then come back to `path`.
#[must_use]
pub fn sign_in_for(path: &str) -> String {
    format!("{SIGN_IN}?next={}", encoded(path))
}

/// Words as the value of a parameter.
#[must_use]
pub fn encoded(words: &str) -> String {
    words
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'/' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

/// The page that makes the first owner.
#[must_use]
pub fn set_up(token: &str) -> String {
    format!("/set-up/{token}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_can_carry_no_further_parameters() {
        assert_eq!(sign_in_for("/plan?a=b&c"), "/sign-in?next=/plan%3Fa%3Db%26c");
    }
}
