//! The paths that pages and mails link to.

use crate::domain::id::{IncidentId, MethodId, PersonId};

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
/// What owners set: mail.
pub const SETTINGS: &str = "/settings";
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

/// One incident; its other pages lie below.
#[must_use]
pub fn incident(id: IncidentId) -> String {
    format!("/incidents/{id}")
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
