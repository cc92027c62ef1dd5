//! The right to approve, as it was granted once, and the fingerprint a host's owner writes down.

use time::OffsetDateTime;

use super::id::{GrantId, PersonId};
use super::timeline::Digest;

/// One granting of the right to approve.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// Its identity.
    pub id: GrantId,
    /// Who may approve.
    pub person: PersonId,
    /// Since when.
    pub granted_at: OffsetDateTime,
    /// Since when it is suspended: by a reset or a new address.
    pub suspended_at: Option<OffsetDateTime>,
}

impl Grant {
    /// The instant as it is kept, in whole microseconds.
    #[must_use]
    pub fn granted_micros(&self) -> [u8; 16] {
        (self.granted_at.unix_timestamp_nanos() / 1_000).to_be_bytes()
    }

    /// 16 hexadecimal digits that change only when the right is granted anew.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let parts: [&[u8]; 3] =
            [self.person.0.as_bytes(), self.id.0.as_bytes(), &self.granted_micros()];
        let digest = Digest::of(&parts);
        digest.0[..8].iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    const NOW: OffsetDateTime = datetime!(2026-11-14 02:12 UTC);

    #[test]
    fn a_fingerprint_changes_with_a_new_grant_and_not_with_a_suspension() {
        let person = PersonId::new(NOW);
        let grant = Grant { id: GrantId::new(NOW), person, granted_at: NOW, suspended_at: None };
        let suspended = Grant { suspended_at: Some(NOW), ..grant.clone() };
        let anew = Grant { id: GrantId::new(NOW), ..grant.clone() };

        assert_eq!(grant.fingerprint().len(), 16);
        assert_eq!(grant.fingerprint(), suspended.fingerprint());
        assert_ne!(grant.fingerprint(), anew.fingerprint());
    }
}
