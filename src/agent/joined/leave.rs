//! Asks Muster for leave to expire: its word is good for one question.

use std::path::Path;

use time::OffsetDateTime;

use super::identity::{Identity, IdentityError};
use super::line::Line;
use crate::agent::notes;
use crate::domain::agent::leave::{Leave, PREFIX, Question};
use crate::domain::agent::signed::SignedDocument;
use crate::domain::agent::wire;
use crate::secrets::Token;

/// Muster's time, where nothing holds the database; none where no agent has joined, so that the host's owner
/// alone decides.
///
/// # Errors
/// What holds it, or why Muster was not asked.
pub async fn leave(state: &Path, database: &str) -> Result<Option<OffsetDateTime>, String> {
    let who = match Identity::load(state) {
        Ok(who) => who,
        Err(IdentityError::NotJoined(_)) => return Ok(None),
        Err(error) => return Err(error.to_string()),
    };
    if let Some(failed) = notes::untold(state).iter().find(|it| it.is_against(database)) {
        return Err(format!("Muster has not heard of the failed proof {}", failed.evidence.id));
    }
    let challenge = Token::random().map_err(|error| error.to_string())?.expose();
    let question = Question { database: database.to_owned(), challenge };
    let asked = async { Line::of(&who)?.ask(wire::EXPIRY, &question).await };
    let signed: SignedDocument = asked.await.map_err(|error| error.to_string())?;
    let leave =
        read(&who, &signed).filter(|it| it.site == who.joined.site && it.question == question);
    let leave = leave.ok_or("what came back is not this Muster’s answer to the question")?;
    leave.held.map_or(Ok(Some(leave.at)), Err)
}

fn read(who: &Identity, signed: &SignedDocument) -> Option<Leave> {
    serde_json::from_slice(&who.opened(PREFIX, signed)?).ok()
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;
    use crate::domain::agent::wire::Joined;
    use crate::domain::id::SiteId;
    use crate::secrets::AgentKey;

    #[test]
    fn only_what_its_muster_signed_for_this_is_read() {
        let (muster, other) = (AgentKey::random().unwrap(), AgentKey::random().unwrap());
        let site = SiteId(uuid::Uuid::nil());
        let who = Identity {
            server: "https://m.example".to_owned(),
            certificate: None,
            joined: Joined {
                site,
                name: "db1".to_owned(),
                order_key: URL_SAFE_NO_PAD.encode(muster.public()),
            },
            key: AgentKey::random().unwrap(),
        };
        let question = Question { database: "main".to_owned(), challenge: "c".to_owned() };
        let at = time::macros::datetime!(2026-11-14 12:00 UTC);
        let leave = Leave { site, question, at, held: None };
        let document = serde_json::to_vec(&leave).unwrap();
        let signed = |key: &AgentKey, prefix: &[u8]| SignedDocument {
            document: URL_SAFE_NO_PAD.encode(&document),
            signature: URL_SAFE_NO_PAD.encode(key.sign(&[prefix, &document].concat())),
        };

        assert_eq!(read(&who, &signed(&muster, PREFIX)), Some(leave.clone()));
        assert_eq!(read(&who, &signed(&other, PREFIX)), None);
        assert_eq!(read(&who, &signed(&muster, b"muster schedule 1\n")), None);
    }
}
