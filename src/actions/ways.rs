//! The ways to everybody on the roster, as far as they work now.

use super::mail_source::MailSource;
use super::{ActionResult, DEADLINE};
use crate::db::Db;
use crate::domain::plan::ways::Ways;
use crate::store;

/// Who may be called on, and by what: nobody disabled, no method that fails.
///
/// # Errors
/// When the database does not answer.
pub async fn ways(db: &Db, mail: &MailSource) -> ActionResult<Ways> {
    let carried = mail.is_set(db).await?.then_some("mail");
    db.transaction(DEADLINE, async |conn| {
        let called = store::people::on_call(conn).await?;
        let methods = store::people::methods(conn).await?;
        Ok(called.into_iter().fold(Ways::new(carried), |ways, person| {
            let own = methods.iter().filter(|method| method.person == person.id);
            let sound = own.filter(|method| method.failing_since.is_none());
            ways.person(person.key, sound.map(|method| method.channel.as_str()))
        }))
    })
    .await
}
