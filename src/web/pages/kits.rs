//! Kits on the pages: how one stands, and the one question that a person answers of it: where its sheet lies.

use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::sites;
use crate::actions::kits::{self, Kit};
use crate::actions::{ActionError, Wrong};
use crate::domain::civil;
use crate::domain::id::{SheetId, SiteId};
use crate::domain::kit::{Made, Stand};
use crate::domain::rights::Right;
use crate::web::error::PageError;
use crate::web::frame::Frame;
use crate::web::links;
use crate::web::parts::csrf::Csrf;
use crate::web::parts::facts::Facts;
use crate::web::parts::field::Field;
use crate::web::parts::state::State as Stands;
use crate::web::parts::words::Words;
use crate::web::state::AppState;

/// What is typed of a sheet.
#[derive(Debug, Clone, Default, Deserialize)]
pub(in crate::web) struct Typed {
    id: Option<SheetId>,
    #[serde(default)]
    number: String,
    #[serde(default)]
    place: String,
}

/// A form that was refused: what was typed, and what is wrong with it.
#[derive(Debug, Default)]
pub(in crate::web) struct Refused {
    typed: Typed,
    pub(super) wrong: Vec<Wrong>,
}

/// A kit as a page shows it.
pub(super) struct KitView {
    pub(super) stands: Stands,
    pub(super) about: &'static str,
    pub(super) command: Option<String>,
    pub(super) facts: Option<Facts>,
    pub(super) form: Option<SheetForm>,
}

/// Asks where a sheet lies.
pub(super) struct SheetForm {
    pub(super) action: String,
    pub(super) csrf: Csrf,
    pub(super) id: SheetId,
    pub(super) number: String,
    pub(super) place: Field,
    /// Whether it is the first thing to do on its page.
    pub(super) primary: bool,
    /// Whether that was said before: then the form folds away.
    pub(super) again: bool,
    pub(super) open: bool,
}

/// `POST /recovery/sites/{id}/kit`
pub(in crate::web) async fn place_of_site(
    State(state): State<AppState>,
    frame: Frame,
    Path(id): Path<SiteId>,
    Form(typed): Form<Typed>,
) -> Result<Response, PageError> {
    match say(&state, &frame, Some(id), typed).await? {
        None => Ok(Redirect::to(&links::site(id)).into_response()),
        Some(refused) => sites::draw_site(&state, frame, id, &refused).await,
    }
}

/// `POST /recovery/kit`
pub(in crate::web) async fn place_of_server(
    State(state): State<AppState>,
    frame: Frame,
    Form(typed): Form<Typed>,
) -> Result<Response, PageError> {
    match say(&state, &frame, None, typed).await? {
        None => Ok(Redirect::to(links::RECOVERY).into_response()),
        Some(refused) => sites::draw_refused_kit(&state, frame, &refused).await,
    }
}

async fn say(
    state: &AppState,
    frame: &Frame,
    site: Option<SiteId>,
    typed: Typed,
) -> Result<Option<Refused>, PageError> {
    let id = typed.id.unwrap_or_else(|| SheetId::new(frame.now));
    let said = (typed.number.as_str(), typed.place.as_str());
    match kits::say_where(&state.db, &frame.who, (id, site), said, frame.now).await {
        Ok(()) => Ok(None),
        Err(ActionError::Invalid(wrong)) => Ok(Some(Refused { typed, wrong })),
        Err(error) => Err(error.into()),
    }
}

/// A kit as it stands.
pub(super) fn view(kit: &Kit, site: Option<SiteId>, refused: &Refused, frame: &Frame) -> KitView {
    let made = kit.standing.as_ref().and_then(|it| it.made.as_ref());
    let makes = matches!(kit.stand, Stand::Missing | Stand::Lacking(_));
    let proves = matches!(kit.stand, Stand::Due(_) | Stand::Overdue(_));
    let command = kit.standing.as_ref().map(|it| it.command.clone()).filter(|it| !it.is_empty());
    let command = command.map(|it| if proves { format!("{it} prove") } else { it });
    KitView {
        stands: stands(&kit.stand, frame),
        about: about(&kit.stand, site.is_none()),
        command: command.filter(|_| makes || proves),
        facts: made.map(|made| facts(made, kit, frame)),
        form: made.filter(|_| frame.who.rights.allow(Right::Own) && !makes).map(|made| SheetForm {
            action: site.map_or_else(|| links::SERVER_KIT.to_owned(), links::site_kit),
            csrf: frame.page.csrf.clone(),
            id: refused.typed.id.unwrap_or_else(|| SheetId::new(frame.now)),
            number: made.number.clone(),
            place: Field::text("place", "Where does its sheet lie?", refused.typed.place.clone())
                .hint("So that somebody else finds it at night: “Safe in the office, top shelf”.")
                .required()
                .error(Wrong::beside("place", &refused.wrong)),
            primary: kit.place.is_none() && site.is_some(),
            again: kit.place.is_some(),
            open: !refused.wrong.is_empty(),
        }),
    }
}

fn stands(stand: &Stand, frame: &Frame) -> Stands {
    let when = |at| frame.zone.day(at);
    match stand {
        Stand::Unsaid => Stands::unknown("unknown"),
        Stand::NothingToKeep => Stands::waiting("nothing to keep yet"),
        Stand::Missing => Stands::bad("there is none"),
        Stand::Lacking(what) => Stands::bad(format!("it lacks {}", what.join(", "))),
        Stand::Unplaced => Stands::bad("nobody said where its sheet lies"),
        Stand::Overdue(due) => Stands::bad(format!("its proof was due {}", when(*due))),
        Stand::Due(due) => Stands::warn(format!("its proof is due since {}", when(*due))),
        Stand::Good(due) => Stands::good(format!("to be proved by {}", when(*due))),
    }
}

fn about(stand: &Stand, server: bool) -> &'static str {
    match (stand, server) {
        (Stand::Missing, false) => {
            "The keys of its backups lie on this host alone: if it is gone, nothing opens them. This makes the \
             kit, on the host, and prints its sheet:"
        }
        (Stand::Missing, true) => {
            "The key ring lies on this server alone: without it a restored Muster can’t be used. This makes the \
             kit, as the user that runs muster serve, and prints its sheet:"
        }
        (Stand::Lacking(_), _) => {
            "What opens the backups changed since it was made. Make a new one:"
        }
        (Stand::Due(_) | Stand::Overdue(_), _) => {
            "Take its sheet, type the eight words in, and see that they still open it:"
        }
        (Stand::Unsaid, _) => {
            "Its agent does not say: it is too old, or can’t read what it works with."
        }
        (Stand::NothingToKeep, _) => "The first backup makes a key; then a kit is due.",
        _ => "Whoever has its sheet and a sealed copy can open the backups when all else is gone.",
    }
}

fn facts(made: &Made, kit: &Kit, frame: &Frame) -> Facts {
    let when = |at| frame.zone.when(at, frame.now);
    let sheet = match &kit.place {
        None => Words::from(Stands::bad("nobody said where")),
        Some(place) => Words::lines([
            Words::new().bold(&place.words),
            Words::new().small(format!("said {}, {}", place.said_by, when(place.said_at))),
        ]),
    };
    let proved = match made.proved {
        None => Words::from("not yet"),
        Some(at) => Words::from(civil::ago(at, frame.now)),
    };
    let copies = made.copies.iter().map(|place| Words::new().mono(place));
    Facts::new()
        .fact("Number", Words::new().mono(&made.number))
        .fact("Sheet", sheet)
        .fact("Made", when(made.at))
        .fact("Proved", proved)
        .fact("Sealed copies", Words::lines(copies.collect::<Vec<_>>()))
}
