//! How pages say what stands about a person.

use time::OffsetDateTime;

use crate::actions::people::{Card, Reach, Whole};
use crate::domain::civil::Zone;
use crate::domain::grant::Grant;
use crate::domain::plan::document::{Plan, Role};
use crate::domain::rights::Rights;
use crate::store::people::Method;
use crate::web::frame::Frame;
use crate::web::links;
use crate::web::parts::field::Choice;
use crate::web::parts::state::State;
use crate::web::parts::words::Words;

/// How well somebody can be reached.
pub(super) fn reach(card: &Card) -> State {
    match card.reach() {
        Reach::Nobody => State::bad("nobody can reach them"),
        Reach::Failing => State::bad("failing"),
        Reach::Given => State::warn("given, not verified"),
        Reach::Verified => State::good("verified"),
    }
}

/// By what somebody can be reached: `mail, telephone`.
pub(super) fn channels(card: &Card) -> String {
    let mut names: Vec<&str> = card.methods.iter().map(|method| channel(&method.channel)).collect();
    names.dedup();
    names.join(", ")
}

/// Every address and number, for paper, which nobody can press.
pub(super) fn addresses(card: &Card) -> String {
    let addresses: Vec<&str> = card.methods.iter().map(|method| &*method.address).collect();
    match addresses.is_empty() {
        true => "no way to reach them is known".to_owned(),
        false => addresses.join(", "),
    }
}

/// A channel as people call it.
pub(super) fn channel(name: &str) -> &str {
    match name {
        "phone" => "telephone",
        "sms" => "text message",
        other => other,
    }
}

/// How a method stands, and who knows.
pub(super) fn method(
    method: &Method,
    verifier: Option<&str>,
    zone: &Zone,
    now: OffsetDateTime,
) -> State {
    let day = |at: OffsetDateTime| {
        if now - at < time::Duration::days(300) { zone.short_date(at) } else { zone.date(at) }
    };
    match (method.failing_since, method.verified_at) {
        (Some(since), _) => {
            State::bad(format!("failing since {}, {}", day(since), zone.clock(since)))
        }
        (None, None) => State::warn("given, not verified"),
        (None, Some(at)) if method.channel == "mail" => {
            State::good(format!("verified by a link, {}", day(at)))
        }
        (None, Some(at)) => {
            let who = verifier.unwrap_or("somebody");
            State::good(format!("answered {who}’s call, {}", day(at)))
        }
    }
}

/// What somebody's account may do, in a line; without one, until which day they are invited.
pub(super) fn account(card: &Card, invited: Option<String>) -> Words {
    match &card.account {
        None => match invited {
            Some(day) => Words::new().state(State::waiting(format!("invited until {day}"))),
            None => Words::from("No account"),
        },
        Some(account) if account.disabled_at.is_some() => {
            Words::new().state(State::warn("account disabled"))
        }
        Some(account) => Words::from(format!("May {}", spoken(&account.rights))),
    }
}

/// Rights in a line: `view, respond`.
pub(super) fn spoken(rights: &Rights) -> String {
    let spoken = rights.to_string();
    if spoken.is_empty() { "do nothing".to_owned() } else { spoken }
}

/// A grant of the right to approve: its fingerprint, and whether it counts.
pub(in crate::web::pages) fn grant_in_words(grant: &Grant) -> Words {
    let print = Words::new().mono(grant.fingerprint());
    match grant.suspended_at {
        None => print,
        Some(_) => print.line().state(State::warn("suspended until another owner grants it anew")),
    }
}

/// What a person holds now in incidents that are open, each line beginning with `has`.
pub(in crate::web::pages) fn duties<'w>(
    whole: &'w Whole,
    frame: &'w Frame,
    has: &'w str,
) -> impl Iterator<Item = Words> + 'w {
    let plan = frame.around.revision.as_ref().map(|revision| &revision.plan);
    whole.duties.iter().map(move |duty| {
        let role = plan.and_then(|plan| plan.role(&duty.role_key));
        let role = role.map_or(duty.role_key.as_str(), |role| &role.name);
        let words = Words::new().bold(format!("{has} {role}"));
        let words = words.plain(format!(" since {} in ", frame.zone.clock(duty.since)));
        words.link(links::incident(duty.incident), duty.title.clone())
    })
}

/// Each right with what it allows.
pub(in crate::web::pages) fn rights_in_words(rights: &Rights) -> Vec<(&'static str, &'static str)> {
    rights.iter().map(|right| (right.name(), right.allows())).collect()
}

/// The roles that somebody holds by the plan, with their turn: 0 is the first to be asked.
pub(in crate::web::pages) fn roles_of<'p>(
    plan: Option<&'p Plan>,
    key: &str,
) -> Vec<(&'p Role, usize)> {
    let roles = plan.into_iter().flat_map(|plan| &plan.role);
    let turn = |role: &'p Role| {
        let turn = role.holders.iter().position(|holder| holder == key)?;
        Some((role, turn))
    };
    roles.filter_map(turn).collect()
}

/// The same in a line: `Technical Lead; DBA, alternate 1`.
pub(super) fn roles_in_line(plan: Option<&Plan>, key: &str) -> Words {
    let roles = roles_of(plan, key);
    let said: Vec<String> =
        roles.into_iter().map(|(role, turn)| role_with_turn(role, turn)).collect();
    if said.is_empty() { Words::new().small("No role in the plan") } else { said.join("; ").into() }
}

/// A role, and whose turn it is when: `DBA, alternate 1`.
pub(super) fn role_with_turn(role: &Role, turn: usize) -> String {
    if turn == 0 { role.name.clone() } else { format!("{}, alternate {turn}", role.name) }
}

/// Every zone to choose from; the plan's where none is chosen.
pub(in crate::web::pages) fn zone_choices(chosen: &str, plan: Option<&Plan>) -> Vec<Choice> {
    let plans = plan.map(|plan| plan.document.zone.as_str()).filter(|zone| !zone.is_empty());
    let default = format!("As in the plan ({})", plans.unwrap_or("UTC"));
    let mut names = Zone::names();
    if !chosen.is_empty() && !names.iter().any(|name| name == chosen) {
        names.push(chosen.to_owned());
    }
    let choice = |name: String| Choice::new(name.clone(), name.clone(), name == chosen);
    std::iter::once(Choice::new("", default, chosen.is_empty()))
        .chain(names.into_iter().map(choice))
        .collect()
}
