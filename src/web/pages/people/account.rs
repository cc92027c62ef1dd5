//! Somebody's account, as sheets on their page: whether they can sign in, what they may do, and a
//! link that was made for them.

use askama::Template;
use askama::filters::HtmlSafe;

use super::{Said, methods, words};
use crate::actions::accounts::MadeLink;
use crate::actions::letters::Mailed;
use crate::actions::people::{Card, Whole};
use crate::domain::rights::Right;
use crate::store::accounts::Account;
use crate::store::links::Purpose;
use crate::web::frame::Frame;
use crate::web::links;
use crate::web::parts::act::{Act, Look};
use crate::web::parts::csrf::Csrf;
use crate::web::parts::facts::Facts;
use crate::web::parts::field::{Choice, Field};
use crate::web::parts::state::State;

/// The field that says what an account may do.
pub(super) const RIGHTS: &str = "rights";
/// The field that says which version of the account was shown.
pub(super) const ACCOUNT_VERSION: &str = "account_version";

/// The sheet of an account, or of its absence.
#[derive(Template)]
#[template(path = "people/_account.html")]
pub(super) struct AccountSheet {
    heading: String,
    facts: Option<Facts>,
    acts: Vec<Act>,
    rights: Option<RightsForm>,
    csrf: Csrf,
}

impl HtmlSafe for AccountSheet {}

/// The form that says what an account may do.
struct RightsForm {
    action: String,
    version: i32,
    field: Field,
    open: bool,
}

/// A link that was made, shown once.
#[derive(Template)]
#[template(path = "people/_link.html")]
pub(in crate::web) struct LinkSheet {
    heading: &'static str,
    came: State,
    link: String,
    until: String,
}

impl HtmlSafe for LinkSheet {}

impl AccountSheet {
    pub(super) fn new(whole: &Whole, frame: &Frame, said: &Said) -> AccountSheet {
        let card = &whole.card;
        let owns = frame.who.rights.allow(Right::Own);
        let account = card.account.as_ref();
        let usable = account.is_some_and(|account| account.disabled_at.is_none());
        let heading = match (account, whole.invited_until) {
            (None, None) => "No account: they can’t sign in".to_owned(),
            (None, Some(at)) => format!("Invited: the link works until {}", frame.zone.moment(at)),
            (Some(account), _) if usable => format!("May {}", words::spoken(&account.rights)),
            (Some(_), _) => "The account is disabled".to_owned(),
        };
        let on_roster = card.person.disabled_at.is_none();
        AccountSheet {
            heading,
            facts: account.map(|_| facts(card, frame)),
            acts: if owns && on_roster { acts(whole, frame) } else { Vec::new() },
            rights: account
                .filter(|_| owns && usable)
                .map(|account| RightsForm::new(account, said)),
            csrf: frame.page.csrf.clone(),
        }
    }
}

impl LinkSheet {
    pub(super) fn new(made: &MadeLink, mailed: &Mailed, link: String, frame: &Frame) -> LinkSheet {
        LinkSheet {
            heading: match made.purpose {
                Purpose::Reset => "A link for a new password",
                Purpose::Invite | Purpose::SetUp => "An invitation",
            },
            came: methods::came(mailed),
            link,
            until: frame.zone.moment(made.until),
        }
    }
}

fn facts(card: &Card, frame: &Frame) -> Facts {
    let Some(account) = &card.account else { return Facts::new() };
    let last = account.last_sign_in_at.map_or("never".to_owned(), |at| frame.zone.moment(at));
    let facts =
        Facts::new().fact("Signs in as", account.email.clone()).fact("Last signed in", last);
    match &card.grant {
        None => facts,
        Some(grant) => facts.fact("Approves, grant", words::grant_in_words(grant)),
    }
}

fn acts(whole: &Whole, frame: &Frame) -> Vec<Act> {
    let card = &whole.card;
    let (id, csrf) = (card.person.id, &frame.page.csrf);
    let link = |words| Act::post("link", words, links::person_link(id), csrf);
    match &card.account {
        None if whole.invited_until.is_some() => vec![link("Invite them anew")],
        None if card.methods.is_empty() => vec![link("Invite them")],
        None => vec![link("Invite them").look(Look::Primary)],
        Some(account) if account.disabled_at.is_some() => {
            vec![Act::post("enable", "Enable it again", links::person_enabling(id), csrf)]
        }
        Some(_) => vec![
            link("Send a link for a new password"),
            Act::post("suspend", "Disable the account", links::person_suspension(id), csrf)
                .look(Look::Danger),
        ],
    }
}

impl RightsForm {
    /// With what was typed, and how it stands now where that is something else.
    fn new(account: &Account, said: &Said) -> RightsForm {
        let open = said.typed.has(ACCOUNT_VERSION);
        let chosen = |right: Right| match open {
            true => said.typed.all(RIGHTS).any(|name| name == right.name()),
            false => account.rights.iter().any(|held| held == right),
        };
        let choice = |right: Right| {
            let words = format!("{}: {}", right.name(), right.allows());
            Choice::new(right.name(), words, chosen(right))
        };
        let field = Field::checkboxes(RIGHTS, "May", Right::ALL.into_iter().map(choice).collect());
        let stands = format!("Stands now: {}.", words::spoken(&account.rights));
        RightsForm {
            action: links::person_rights(account.person),
            version: account.version,
            field: if open { field.hint(stands) } else { field },
            open,
        }
    }
}
