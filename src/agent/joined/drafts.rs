//! Asks Muster what this host's owner may allow, and tells it what they answered.

use super::identity::Identity;
use super::line::Line;
use super::link::AgentError;
use crate::domain::agent::draft::{Answer, Offer, Offered, PREFIX, Question};
use crate::domain::agent::signed::SignedDocument;
use crate::domain::agent::wire::{self, Told};
use crate::secrets::Token;

/// The drafts that are open, the oldest first: signed by this agent's Muster, in answer to this very question.
///
/// # Errors
/// Why there is no answer, or none that may be believed.
pub async fn drafts(who: &Identity) -> Result<Vec<Offered>, AgentError> {
    let challenge = Token::random().map_err(|error| AgentError::Identity(error.into()))?.expose();
    let question = Question { challenge };
    let signed: SignedDocument = Line::of(who)?.ask(wire::DRAFTS, &question).await?;
    read(who, &question, &signed)
}

fn read(
    who: &Identity,
    question: &Question,
    signed: &SignedDocument,
) -> Result<Vec<Offered>, AgentError> {
    let document = who.opened(PREFIX, signed).ok_or(AgentError::Unsigned)?;
    let offer: Offer = serde_json::from_slice(&document)
        .map_err(|error| AgentError::Garbled(error.to_string()))?;
    if offer.site != who.joined.site || offer.question != *question {
        return Err(AgentError::Unsigned);
    }
    Ok(offer.drafts)
}

/// Tells what the host's owner answered.
///
/// # Errors
/// Why Muster did not hear it.
pub async fn answer(who: &Identity, answer: Answer) -> Result<(), AgentError> {
    let _: Told = Line::of(who)?.ask(wire::DRAFT, &answer).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use serde_json::json;

    use super::*;
    use crate::domain::agent::wire::Joined;
    use crate::domain::id::SiteId;
    use crate::secrets::AgentKey;

    #[test]
    fn only_what_its_muster_signed_for_this_question_is_read() {
        let (muster, other) = (AgentKey::random().unwrap(), AgentKey::random().unwrap());
        let site = SiteId(uuid::Uuid::nil());
        let order_key = URL_SAFE_NO_PAD.encode(muster.public());
        let joined = Joined { site, name: "db1".to_owned(), order_key };
        let key = AgentKey::random().unwrap();
        let who =
            Identity { server: "https://m.example".to_owned(), certificate: None, joined, key };
        let asked = |word: &str| Question { challenge: word.to_owned() };
        let signed = |key: &AgentKey, offer: &serde_json::Value| {
            let document = serde_json::to_vec(offer).unwrap();
            SignedDocument::of(&document, &key.sign(&[PREFIX, &document].concat()))
        };
        let offer = json!({"site": site, "question": {"challenge": "c"}, "drafts": []});

        let read = |question: &str, signed: &SignedDocument| read(&who, &asked(question), signed);
        assert!(read("c", &signed(&muster, &offer)).unwrap().is_empty());
        assert!(matches!(read("c", &signed(&other, &offer)), Err(AgentError::Unsigned)));
        let again = read("d", &signed(&muster, &offer));
        assert!(matches!(again, Err(AgentError::Unsigned)), "an answer to another question");
        let elsewhere =
            json!({"site": uuid::Uuid::max(), "question": {"challenge": "c"}, "drafts": []});
        assert!(matches!(read("c", &signed(&muster, &elsewhere)), Err(AgentError::Unsigned)));
        let more = json!({"id": uuid::Uuid::nil(), "made_by": "Ada", "draft": {"database": {"name": "main",
            "data_dir": "/d", "port": 5432, "socket": "/s", "user": "u", "stop": ["/bin/sh"]}}});
        let more = json!({"site": site, "question": {"challenge": "c"}, "drafts": [more]});
        let said = read("c", &signed(&muster, &more)).unwrap_err().to_string();
        assert!(said.contains("stop") && said.contains("as new as Muster"), "{said}");
    }
}
