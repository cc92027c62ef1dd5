//! Why a bucket, or a container, can't be used, in words that say what to mend.

use std::fmt;

use super::store::Words;

/// What is wrong with one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What its owner calls what belongs to it.
    pub(super) of: &'static Words,
    /// Why it can't be used.
    pub what: What,
}

/// Why one can't be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// Nobody answers there.
    Away(String),
    /// Whoever answers is not vouched for.
    Untrusted,
    /// There is none of that name.
    Missing,
    /// The credentials don't open it.
    Refused(String),
    /// Something else, in the engine's words.
    Other(String),
}

impl What {
    pub(super) fn of(said: &str, complaint: String) -> What {
        let says = |words: &[&str]| words.iter().any(|word| said.contains(word));
        if says(&["unable to verify certificate", "unable to find hostname", "CryptoError"]) {
            What::Untrusted
        } else if says(&["NoSuchBucket", "ContainerNotFound", "ResourceNotFound"]) {
            What::Missing
        } else if says(&[
            " failed with 403 ",
            "SignatureDoesNotMatch",
            "InvalidAccessKeyId",
            "AccessDenied",
        ]) {
            What::Refused(code(said).unwrap_or("403").to_owned())
        } else if says(&["HostConnectError", "unable to get address", "timeout", "ServiceError"]) {
            What::Away(complaint)
        } else {
            What::Other(complaint)
        }
    }
}

/// The store's own word for it: in what it answers, or, where that has no body, at its head.
fn code(said: &str) -> Option<&str> {
    let within = |from: &str, to: &str| Some(said.split_once(from)?.1.split_once(to)?.0);
    within("<Code>", "</Code>").or_else(|| within("x-ms-error-code: ", "\n")).map(str::trim)
}

impl Fault {
    /// How to mend it.
    #[must_use]
    pub fn mend(&self) -> String {
        let Words { address, names, credentials, .. } = self.of;
        match &self.what {
            What::Away(_) => format!(
                "look whether {address} in agent.toml are right, and whether this host may reach them"
            ),
            What::Untrusted => {
                "name the certificate of who vouches for it as ca_file; if nobody should have to, somebody else answers"
                    .to_owned()
            }
            What::Missing => format!("make it, or mend {names} in agent.toml"),
            What::Refused(_) => format!(
                "mend its {credentials} in the file of secrets beside agent.toml; whoever has that must be allowed to \
                 list, read, write and delete there"
            ),
            What::Other(_) => {
                "compare its block in agent.toml with what the store's owner says of it".to_owned()
            }
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Words { noun, wrong, .. } = self.of;
        match &self.what {
            What::Away(said) => write!(f, "it can't be reached: {said}"),
            What::Untrusted => f.write_str("the certificate of whoever answers is not trusted"),
            What::Missing => write!(f, "there is no such {noun}"),
            What::Refused(code) => write!(f, "its {wrong} is wrong, or not allowed there ({code})"),
            What::Other(said) => f.write_str(said),
        }
    }
}
