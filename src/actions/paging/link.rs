//! The link in a page: derived from its delivery under the key ring, and stored nowhere.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::config::PublicUrl;
use crate::domain::id::{DeliveryId, IncidentId};
use crate::secrets::{KeyRing, Label, Token};

/// Makes and reads links in pages.
#[derive(Debug, Clone)]
pub struct Links {
    ring: KeyRing,
    base: String,
}

const PURPOSE: &[u8] = b"answer";

impl Links {
    /// Links below this public address.
    #[must_use]
    pub fn new(ring: KeyRing, base: &str) -> Links {
        Links { ring, base: base.trim_end_matches('/').to_owned() }
    }

    /// Muster's own address, as others reach it.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Where the person of a delivery answers.
    #[must_use]
    pub fn answer(&self, delivery: DeliveryId) -> String {
        format!("{}/answer/{}", self.base, self.token(delivery))
    }

    /// Where an incident stands.
    #[must_use]
    pub fn incident(&self, incident: IncidentId) -> String {
        format!("{}/incidents/{incident}", self.base)
    }

    /// Where its tasks stand.
    #[must_use]
    pub fn tasks(&self, incident: IncidentId) -> String {
        format!("{}/incidents/{incident}/tasks", self.base)
    }

    /// Where its report is written.
    #[must_use]
    pub fn post_mortem(&self, incident: IncidentId) -> String {
        format!("{}/postmortems/{incident}", self.base)
    }

    /// Where sites and recovery points stand.
    #[must_use]
    pub fn recovery(&self) -> String {
        format!("{}/recovery", self.base)
    }

    /// Where somebody of the roster chooses a password.
    #[must_use]
    pub fn invitation(&self, token: &Token) -> String {
        format!("{}/invitation/{}", self.base, token.expose())
    }

    /// Where somebody shows that a mail reached them.
    #[must_use]
    pub fn verification(&self, token: &Token) -> String {
        format!("{}/verification/{}", self.base, token.expose())
    }

    /// The delivery whose token this is; none: nobody made it here.
    #[must_use]
    pub fn read(&self, token: &str) -> Option<DeliveryId> {
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (id, code) = bytes.split_first_chunk::<16>()?;
        self.ring.check_mac(Label::Links, &[PURPOSE, id], code).then_some(())?;
        Some(DeliveryId(uuid::Uuid::from_bytes(*id)))
    }

    /// Whether they lead to this machine alone.
    #[must_use]
    pub fn stay_here(&self) -> bool {
        self.base.parse::<PublicUrl>().is_ok_and(|url| url.is_loopback())
    }

    /// The host that stands in identities of mails.
    #[must_use]
    pub fn host(&self) -> &str {
        let rest = self.base.split_once("://").map_or(self.base.as_str(), |(_, rest)| rest);
        rest.split([':', '/']).next().unwrap_or("muster")
    }

    fn token(&self, delivery: DeliveryId) -> String {
        let id = delivery.0.into_bytes();
        let code = self.ring.mac(Label::Links, &[PURPOSE, &id]);
        URL_SAFE_NO_PAD.encode([&id[..], &code[..]].concat())
    }
}
