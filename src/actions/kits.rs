//! Kits: how each stands, where its sheet lies, and what `muster kit` did.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::sessions::SignedIn;
use super::{ActionError, ActionResult, DEADLINE, timeline};
use crate::db::Db;
use crate::domain::id::{SheetId, SiteId};
use crate::domain::kit::{Label, Made, Place, Stand, Standing};
use crate::domain::timeline::{Actor, Body, Kind};
use crate::secrets::KeyRing;
use crate::store;
use crate::store::kits::{ServerKit, Sheet};

/// Letters that a place may have.
const LONGEST: usize = 200;
/// What the server kit is called among those of sites.
const SERVER: &str = "Muster’s own key ring";
/// What makes it.
const COMMAND: &str = "muster kit";

/// A kit, as it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kit {
    /// What its host says; none where that is too old to say.
    pub standing: Option<Standing>,
    /// Where its sheet lies.
    pub place: Option<Place>,
    /// What is to be said of it.
    pub stand: Stand,
}

/// What is to be done about kits, each named by what it is of.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ToMend {
    /// Missing, or not to be relied on.
    pub bad: Vec<String>,
    /// To be proved.
    pub due: Vec<String>,
}

impl Kit {
    fn of(
        standing: Option<Standing>,
        site: Option<SiteId>,
        sheets: &[Sheet],
        now: OffsetDateTime,
    ) -> Kit {
        let made = standing.as_ref().and_then(|it| it.made.as_ref());
        let is_its = |sheet: &&Sheet| {
            sheet.site == site && made.is_some_and(|made| made.number == sheet.number)
        };
        let place = sheets.iter().find(is_its).map(|sheet| sheet.place.clone());
        let stand = Stand::of(standing.as_ref(), place.as_ref(), now);
        Kit { standing, place, stand }
    }

    fn number(&self) -> Option<&str> {
        Some(&self.standing.as_ref()?.made.as_ref()?.number)
    }
}

/// The kit of a site, or of the server.
///
/// # Errors
/// Not found, where there is no such site.
pub async fn read(db: &Db, site: Option<SiteId>, now: OffsetDateTime) -> ActionResult<Kit> {
    db.transaction(DEADLINE, async |conn| kit(conn, site, now).await).await
}

async fn kit(
    conn: &mut PgConnection,
    site: Option<SiteId>,
    now: OffsetDateTime,
) -> ActionResult<Kit> {
    let sheets = store::kits::sheets(conn).await?;
    let standing = match site {
        Some(id) => {
            let found = store::sites::find(conn, id).await?;
            let found = found.ok_or(ActionError::NotFound("site"))?.found;
            found.and_then(|(facts, _)| facts.kit)
        }
        None => Some(of_server(conn).await?),
    };
    Ok(Kit::of(standing, site, &sheets, now))
}

/// The newest server kit, held against the ring that the database was sealed with.
async fn of_server(conn: &mut PgConnection) -> ActionResult<Standing> {
    let ring = store::installation::find(conn).await?.map(|found| found.ring_fingerprint);
    let newest = store::kits::newest_server(conn).await?;
    let other = newest.as_ref().is_some_and(|kit| Some(&kit.ring_fingerprint) != ring.as_ref());
    Ok(Standing {
        wanted: true,
        made: newest.map(|kit| kit.made),
        lacks: if other { vec!["the key ring that is in use".to_owned()] } else { Vec::new() },
        command: COMMAND.to_owned(),
    })
}

/// What is to be done about all kits.
///
/// # Errors
/// When the database does not answer.
pub async fn to_mend(db: &Db, now: OffsetDateTime) -> ActionResult<ToMend> {
    db.transaction(DEADLINE, async |conn| {
        let sheets = store::kits::sheets(conn).await?;
        let server = Kit::of(Some(of_server(conn).await?), None, &sheets, now);
        let sites = store::sites::all(conn).await?.into_iter().map(|site| {
            let standing = site.found.and_then(|(facts, _)| facts.kit);
            (site.name, Kit::of(standing, Some(site.id), &sheets, now))
        });
        let mut all = ToMend::default();
        for (name, kit) in sites.chain([(SERVER.to_owned(), server)]) {
            match kit.stand {
                stand if stand.is_bad() => all.bad.push(name),
                Stand::Due(_) => all.due.push(name),
                _ => {}
            }
        }
        Ok(all)
    })
    .await
}

/// A person says where the sheet of a kit lies. The same form sent twice says it once.
///
/// # Errors
/// A wrong `place`; refused to all but owners, and where another kit was made meanwhile.
pub async fn say_where(
    db: &Db,
    by: &SignedIn,
    (id, site): (SheetId, Option<SiteId>),
    (number, place): (&str, &str),
    now: OffsetDateTime,
) -> ActionResult<()> {
    by.require_owner(now)?;
    let place = check_place(place)?;
    db.transaction(DEADLINE, async |conn| {
        let kit = kit(conn, site, now).await?;
        if kit.number() != Some(number) {
            let words = "another kit was made meanwhile, and this one’s sheet counts no more: look at \
                         the page again";
            return Err(ActionError::refused(words));
        }
        let said = (site, number, place);
        if !store::kits::place_sheet(conn, id, said, by.person, now).await? {
            return Ok(());
        }
        let words = format!("Said where the sheet of the kit {number} lies");
        timeline::tell(conn, Kind::Installation, by, words, now).await
    })
    .await
}

fn check_place(place: &str) -> ActionResult<&str> {
    let place = place.trim();
    if place.is_empty() {
        let words = "Say where it lies, so that somebody else finds it at night.";
        return Err(ActionError::wrong("place", words));
    }
    if place.chars().count() > LONGEST || place.chars().any(char::is_control) {
        let words = format!("A place has one line of at most {LONGEST} letters.");
        return Err(ActionError::wrong("place", words));
    }
    Ok(place)
}

/// `muster kit` has made one, and its sheet is written.
///
/// # Errors
/// When the database does not answer.
pub async fn note_made(
    db: &Db,
    ring: &KeyRing,
    (label, copies): (&Label, &[String]),
    now: OffsetDateTime,
) -> ActionResult<()> {
    let number = label.number.clone();
    let words = format!("The server kit {number} was made by muster kit");
    let made = Made { number, at: label.made, proved: None, copies: copies.to_vec() };
    let kit = ServerKit { made, ring_fingerprint: ring.fingerprint().to_owned() };
    db.transaction(DEADLINE, async |conn| {
        store::kits::insert_server(conn, &kit).await?;
        log(conn, words.clone(), now).await
    })
    .await
}

/// Somebody has typed its words in, and every sealed copy that was looked at opened.
///
/// # Errors
/// Not found where there is no kit of that number.
pub async fn note_proved(db: &Db, number: &str, now: OffsetDateTime) -> ActionResult<()> {
    db.transaction(DEADLINE, async |conn| {
        if !store::kits::prove_server(conn, number, now).await? {
            return Err(ActionError::NotFound("kit"));
        }
        log(conn, format!("The server kit {number} was proved by muster kit"), now).await
    })
    .await
}

async fn log(conn: &mut PgConnection, words: String, now: OffsetDateTime) -> ActionResult<()> {
    timeline::log(conn, Kind::Installation, Actor::System, Body::words(words), now).await.map(drop)
}

/// The number of the newest server kit; none where none was made.
///
/// # Errors
/// When the database does not answer.
pub async fn newest_server(db: &Db) -> ActionResult<Option<String>> {
    db.transaction(DEADLINE, async |conn| {
        Ok(store::kits::newest_server(conn).await?.map(|kit| kit.made.number))
    })
    .await
}
