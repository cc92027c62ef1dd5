//! Whose card a form is on: somebody's below `/people/{id}`, one's own below `/me`. Both have the
//! same forms, handled alike.

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};

use super::account::LinkSheet;
use super::card;
use crate::actions::sessions::SignedIn;
use crate::actions::{ActionError, ActionResult, Wrong};
use crate::domain::id::{MethodId, PersonId};
use crate::web::error::PageError;
use crate::web::frame::{Frame, Who};
use crate::web::links;
use crate::web::pages::me;
use crate::web::parts::field::Field;
use crate::web::parts::page::Page;
use crate::web::parts::state::State as Stand;
use crate::web::parts::words::sentence;
use crate::web::state::AppState;

/// The person that a form is about, and one of their methods where the path names one.
pub(in crate::web) struct Subject {
    /// Who.
    pub(in crate::web) person: PersonId,
    /// Which of the ways to reach them.
    pub(super) method: Option<MethodId>,
    own: bool,
}

/// What was typed, field by field.
#[derive(Debug, Clone, Default)]
pub(in crate::web) struct Typed(Vec<(String, String)>);

/// What a person's page says besides how they stand.
#[derive(Default)]
pub(in crate::web) struct Said {
    /// What was typed into the form that came back.
    pub(in crate::web) typed: Typed,
    /// What is wrong with it.
    pub(in crate::web) wrong: Vec<Wrong>,
    /// Why what was pressed was not done.
    pub(in crate::web) refused: Option<String>,
    /// What came of what was pressed.
    pub(in crate::web) notice: Option<Stand>,
    /// A link that was made, shown once.
    pub(in crate::web) link: Option<LinkSheet>,
    /// A method that was just removed.
    pub(in crate::web) removed: Option<MethodId>,
}

impl<S: Send + Sync> FromRequestParts<S> for Subject {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Subject, PageError> {
        let Who(who) = Who::from_request_parts(parts, state).await?;
        let params = RawPathParams::from_request_parts(parts, state).await;
        let params = params.map_err(|_| PageError::NotFound)?;
        let find = |name| params.iter().find(|(key, _)| *key == name).map(|(_, value)| value);
        let person = match find("id") {
            Some(id) => id.parse().map_err(|_| PageError::NotFound)?,
            None => who.person,
        };
        let method = find("method").map(str::parse).transpose();
        let method = method.map_err(|_| PageError::NotFound)?;
        Ok(Subject { person, method, own: find("id").is_none() })
    }
}

impl Subject {
    /// One's own card.
    pub(in crate::web) fn own(who: &SignedIn) -> Subject {
        Subject { person: who.person, method: None, own: true }
    }

    /// The page that the form stands on.
    pub(super) fn path(&self) -> String {
        if self.own { links::ME.to_owned() } else { links::person(self.person) }
    }

    /// The method that the path names.
    pub(super) fn method(&self) -> Result<MethodId, PageError> {
        self.method.ok_or(PageError::NotFound)
    }

    /// Answers a form: on to `next` when it was done, back to its page with what was typed and the
    /// words about it when it was not.
    pub(in crate::web) async fn answer(
        self,
        state: &AppState,
        frame: Frame,
        typed: Typed,
        done: ActionResult<()>,
    ) -> Result<Response, PageError> {
        let next = self.path();
        self.answer_with(state, frame, typed, done, &next).await
    }

    /// The same, on to another page.
    pub(in crate::web) async fn answer_with(
        self,
        state: &AppState,
        frame: Frame,
        typed: Typed,
        done: ActionResult<()>,
        next: &str,
    ) -> Result<Response, PageError> {
        let said = match done {
            Ok(()) => return Ok(Redirect::to(next).into_response()),
            Err(ActionError::Invalid(wrong)) => Said { typed, wrong, ..Said::default() },
            Err(ActionError::Refused(words)) => {
                Said { typed, refused: Some(words), ..Said::default() }
            }
            Err(error) => return Err(error.into()),
        };
        self.draw(state, frame, said).await
    }

    /// Draws the page that the form stands on.
    pub(super) async fn draw(
        self,
        state: &AppState,
        frame: Frame,
        said: Said,
    ) -> Result<Response, PageError> {
        if self.own {
            me::draw(state, frame, said).await
        } else {
            card::draw(state, frame, self.person, said).await
        }
    }
}

impl Typed {
    /// What was typed into a field; nothing where the form has no such field.
    pub(in crate::web) fn get(&self, field: &str) -> &str {
        self.0.iter().find(|(name, _)| name == field).map_or("", |(_, value)| value)
    }

    /// The same, or what stands where the form was not sent.
    pub(in crate::web) fn or<'t>(&'t self, field: &str, stands: &'t str) -> &'t str {
        self.0.iter().find(|(name, _)| name == field).map_or(stands, |(_, value)| value)
    }

    /// Everything that was chosen in a field of several choices.
    pub(super) fn all(&self, field: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(name, _)| name == field).map(|(_, value)| &**value)
    }

    /// Each field whose name begins so, with the rest of its name.
    pub(super) fn named<'t>(&'t self, start: &'t str) -> impl Iterator<Item = (&'t str, &'t str)> {
        self.0.iter().filter_map(move |(name, value)| Some((name.strip_prefix(start)?, &**value)))
    }

    /// Whether the form had such a field at all.
    pub(in crate::web) fn has(&self, field: &str) -> bool {
        self.0.iter().any(|(name, _)| name == field)
    }
}

impl From<Vec<(String, String)>> for Typed {
    fn from(fields: Vec<(String, String)>) -> Typed {
        Typed(fields)
    }
}

impl Said {
    /// What is wrong with what was typed into a field.
    pub(in crate::web) fn error(&self, field: &str) -> Option<String> {
        self.wrong.iter().find(|wrong| wrong.field == field).map(|wrong| wrong.words.clone())
    }

    /// A field about something that stands: with what is wrong, and with how it stands now where
    /// somebody else changed it in between.
    pub(in crate::web) fn beside(&self, field: Field, name: &str, stands: &str) -> Field {
        let field = field.error(self.error(name));
        let overtaken = self.refused.is_some() && self.typed.or(name, stands) != stands;
        let stands = if stands.is_empty() { "nothing" } else { stands };
        if overtaken { field.hint(format!("Stands now: {stands}.")) } else { field }
    }

    /// The status of the page.
    pub(in crate::web) fn status(&self) -> StatusCode {
        match (&self.refused, self.wrong.is_empty()) {
            (Some(_), _) => StatusCode::CONFLICT,
            (None, false) => StatusCode::UNPROCESSABLE_ENTITY,
            (None, true) => StatusCode::OK,
        }
    }

    /// Marks a page whose form came back.
    pub(in crate::web) fn mark(&self, page: Page) -> Page {
        if self.status() == StatusCode::OK { page } else { page.refused() }
    }

    /// The line that says what came of the press.
    pub(in crate::web) fn line(&self) -> Option<Stand> {
        let refused = self.refused.as_ref().map(|words| Stand::bad(sentence(words)));
        refused.or_else(|| self.notice.clone())
    }
}
