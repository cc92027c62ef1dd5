//! One thing of the plan in force is changed, added or taken away, and a revision is made of it.
//!
//! Whoever was quicker is never written over: what the form was drawn from comes along, what
//! differs from it is put into what is in force, and the difference is looked at before it counts.

use std::collections::BTreeSet;

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::roster::{self, Standing};
use super::{Difference, Imported, Preview, QUICKER, bring_in, quicker, refusal, weigh};
use crate::actions::sessions::SignedIn;
use crate::actions::{ActionError, ActionResult, DEADLINE};
use crate::db::Db;
use crate::domain::plan::document::{Plan, PlanFile};
use crate::domain::plan::edit::{Address, Deed, Edited, Form, Gone, apply, form};
use crate::domain::plan::{self, Finding, Severity};
use crate::store;
use crate::store::plans::Revision;

/// What a form is drawn from.
#[derive(Debug, Clone)]
pub struct Drawn {
    /// Number of the revision in force.
    pub number: i32,
    /// That revision and the roster, which references choose from.
    pub file: PlanFile,
    /// The thing's fields; none where it is not there.
    pub form: Option<Form>,
}

/// What somebody wants done.
#[derive(Debug, Clone)]
pub struct Wish {
    /// To which thing or list.
    pub address: Address,
    /// What.
    pub deed: Deed,
    /// Number of the revision that the form was drawn from.
    pub base: i32,
}

/// What a wish would come to.
#[derive(Debug, Clone)]
pub struct Look {
    /// The plan as the form was drawn from it.
    pub drawn: Drawn,
    /// The change on the plan in force; none where the thing is gone.
    pub edited: Option<Edited>,
    /// What it would change, and what is wrong with it: errors, and warnings that are new or about
    /// the thing itself.
    pub preview: Preview,
}

/// The plan in force, the roster, and the revision that a form was drawn from.
struct Scene {
    current: Revision,
    standing: Standing,
    base: Plan,
}

/// What the form of a thing shows.
///
/// # Errors
/// [`ActionError::NotFound`] where there is no plan.
pub async fn draw(db: &Db, address: &Address) -> ActionResult<Drawn> {
    db.transaction(DEADLINE, async |conn| {
        let scene = Scene::read(conn, None).await?;
        let file = scene.file();
        Ok(Drawn { number: scene.current.number, form: form(&file, address), file })
    })
    .await
}

/// Says what a wish would change; changes nothing.
///
/// # Errors
/// [`ActionError::NotFound`] where there is no plan.
pub async fn look(db: &Db, wish: &Wish) -> ActionResult<Look> {
    db.transaction(DEADLINE, async |conn| {
        let scene = Scene::read(conn, Some(wish.base)).await?;
        let (base, file, number) = (scene.base(), scene.file(), scene.current.number);
        let drawn = Drawn { number, form: form(&base, &wish.address), file };
        match apply(&wish.address, &wish.deed, &base, &drawn.file) {
            Ok(edited) => {
                let preview = scene.preview(&edited, &drawn.file);
                Ok(Look { drawn, edited: Some(edited), preview })
            }
            Err(Gone) => {
                let preview =
                    Preview { findings: Vec::new(), changes: Vec::new(), unchanged: true, number };
                Ok(Look { drawn, edited: None, preview })
            }
        }
    })
    .await
}

/// Makes a wish the next revision, if that is still the one that was looked at. Pressed again, it
/// has been made.
///
/// # Errors
/// Refused to all but owners who just typed their password.
/// [`ActionError::Refused`] where another revision came, the thing is gone, or rules say no.
pub async fn make(
    db: &Db,
    wish: &Wish,
    expected: i32,
    by: &SignedIn,
    now: OffsetDateTime,
) -> ActionResult<Imported> {
    by.require_owner(now)?;
    let by = by.person;
    let made = db
        .transaction(DEADLINE, async |conn| {
            store::people::lock_all(conn).await?;
            let scene = Scene::read(conn, Some(wish.base)).await?;
            if scene.current.number == expected && scene.current.author == Some(by) {
                return scene.made_before(conn, wish).await;
            }
            let text = apply(&wish.address, &wish.deed, &scene.base(), &scene.file());
            let text = text.map_err(|Gone| ActionError::refused(QUICKER))?.text;
            let (file, _) = plan::parse(&text).map_err(|found| refusal(&found))?;
            let difference = weigh(Some(scene.current), scene.standing, &file);
            bring_in(conn, difference, &file.plan, (Some(by), Some(expected)), now).await
        })
        .await;
    made.map_err(quicker)
}

impl Scene {
    async fn read(conn: &mut PgConnection, base: Option<i32>) -> ActionResult<Scene> {
        let current = store::plans::current(conn).await?.ok_or(ActionError::NotFound("plan"))?;
        let standing = roster::standing(conn).await?;
        let earlier = match base.filter(|base| *base != current.number) {
            Some(base) => store::plans::find(conn, base).await?,
            None => None,
        };
        let base = earlier.map_or_else(|| current.plan.clone(), |earlier| earlier.plan);
        Ok(Scene { current, standing, base })
    }

    fn file(&self) -> PlanFile {
        self.with_people(&self.current.plan)
    }

    fn base(&self) -> PlanFile {
        self.with_people(&self.base)
    }

    fn with_people(&self, plan: &Plan) -> PlanFile {
        PlanFile { people: self.standing.people(&plan.person), plan: plan.clone() }
    }

    fn preview(self, edited: &Edited, file: &PlanFile) -> Preview {
        let (after, findings) = match plan::parse(&edited.text) {
            Ok((after, findings)) => (Some(after), findings),
            Err(findings) => (None, findings),
        };
        let findings = of_concern(findings, &edited.about, file);
        let number = self.current.number + 1;
        let Some(after) = after else {
            return Preview { findings, changes: Vec::new(), unchanged: false, number };
        };
        let difference: Difference = weigh(Some(self.current), self.standing, &after);
        let unchanged = difference.unchanged();
        Preview { findings, changes: difference.changes, unchanged, number }
    }

    /// Whether the revision in force is what this wish made of the one before it.
    async fn made_before(self, conn: &mut PgConnection, wish: &Wish) -> ActionResult<Imported> {
        let number = self.current.number;
        let before = store::plans::find(conn, number - 1).await?;
        let before = before.ok_or_else(|| ActionError::refused(QUICKER))?.plan;
        let made = apply(&wish.address, &wish.deed, &self.base(), &self.with_people(&before));
        let made = made.ok().and_then(|edited| plan::parse(&edited.text).ok());
        let bare = |plan: &Plan| Plan { person: Vec::new(), ..plan.clone() };
        match made {
            Some((made, _)) if bare(&made.plan) == bare(&self.current.plan) => {
                Ok(Imported { number, changes: Vec::new() })
            }
            _ => Err(ActionError::refused(QUICKER)),
        }
    }
}

/// Errors, what is about the thing, and what the plan in force does not have already.
fn of_concern(findings: Vec<Finding>, about: &str, file: &PlanFile) -> Vec<Finding> {
    let before = plan::parse(&plan::export(file)).map_or_else(|found| found, |(_, found)| found);
    let known: BTreeSet<_> = before.iter().map(|one| (&one.path, &one.says)).collect();
    let concerns = |one: &Finding| {
        one.severity == Severity::Error
            || one.path.starts_with(about)
            || !known.contains(&(&one.path, &one.says))
    };
    findings.into_iter().filter(concerns).collect()
}
