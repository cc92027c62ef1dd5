//! Passwords that were wrong: counted, with one entry for each account and ten minutes.

use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::actions::{ActionError, ActionResult, DEADLINE, timeline};
use crate::db::Db;
use crate::domain::id::PersonId;
use crate::domain::timeline::{Actor, Body, Kind};
use crate::secrets::{KeyRing, Label};
use crate::store;

/// Failures of one account within so many seconds make one entry.
const WINDOW_SECONDS: i64 = 600;

/// Counts one, and says whether it is the first of its ten minutes. All unknown addresses count as
/// one, so that they can't fill the stream.
pub(super) async fn count(
    db: &Db,
    ring: &KeyRing,
    person: Option<PersonId>,
    now: OffsetDateTime,
) -> ActionResult<bool> {
    let id = person.map_or(Uuid::nil(), |person| person.0);
    let subject = ring.mac(Label::Seals, &[b"sign-in-failures", id.as_bytes()]);
    let into_window = now.unix_timestamp().rem_euclid(WINDOW_SECONDS);
    let window = now.replace_nanosecond(0).unwrap_or(now) - Duration::seconds(into_window);
    db.transaction(DEADLINE, async |conn| {
        if !store::sign_in_failures::count(conn, &subject, window).await? {
            return Ok::<_, ActionError>(false);
        }
        let body = match person {
            Some(person) => Body::words("Sign-ins were refused.").with("person", person),
            None => Body::words("Sign-ins were refused: nobody has such an address."),
        };
        timeline::log(conn, Kind::SignIn, Actor::Public, body, now).await?;
        Ok(true)
    })
    .await
}
