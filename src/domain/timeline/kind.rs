//! What sort of thing an entry says.

use std::fmt;
use std::str::FromStr;

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $name:literal,)*) => {
        /// The kind of an entry; its name is hashed, so a name once used never changes.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind {
            $($(#[$doc])* $kind,)*
        }

        impl Kind {
            /// Every kind there is.
            pub const ALL: &'static [Kind] = &[$(Kind::$kind,)*];

            /// Its name in the database, in exports and under the hash.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Kind::$kind => $name,)*
                }
            }
        }
    };
}

kinds! {
    /// The incident was declared.
    Declared = "declared",
    /// Somebody wrote down what they saw.
    Note = "note",
    /// Somebody decided, and why.
    Decision = "decision",
    /// Somebody is to do something.
    Task = "task",
    /// An earlier entry was wrong.
    Correction = "correction",
    /// People were paged, or the sends of a page ended.
    Page = "page",
    /// A message to an audience was made, or its sends ended.
    Notice = "notice",
    /// A paged person answered.
    Answer = "answer",
    /// Somebody was called by telephone.
    Call = "call",
    /// The level was raised or lowered.
    Level = "level",
    /// Recovering, stable, closed, reopened, false alarm.
    Phase = "phase",
    /// Command was taken or handed over.
    Command = "command",
    /// A role was given or left.
    Role = "role",
    /// Words went out to the public.
    Public = "public",
    /// An audience was told by hand.
    Told = "told",
    /// A function or component is down, or restored.
    Affected = "affected",
    /// Title, times or the like were changed in place.
    Edited = "edited",
    /// Somebody joined.
    Joined = "joined",
    /// A declaration or a raise was undone before anything left.
    Undone = "undone",
    /// It was merged into another incident, another into it, or that was undone.
    Merged = "merged",
    /// A step or checklist item was ticked.
    Tick = "tick",
    /// A clock ran out.
    Clock = "clock",
    /// Something needs a person and said so.
    Alarm = "alarm",
    /// Sign-ins, sign-outs, refused ones.
    SignIn = "sign-in",
    /// Rights were given or taken.
    Rights = "rights",
    /// The roster changed.
    People = "people",
    /// A plan came into force.
    Plan = "plan",
    /// Settings changed.
    Settings = "settings",
    /// Muster itself: set up, started, key ring, restored from a copy.
    Installation = "installation",
    /// A body was erased by rule.
    Erased = "erased",
}

/// A name that is no kind this release knows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is no kind of entry that this release knows")]
pub struct UnknownKind(pub String);

impl FromStr for Kind {
    type Err = UnknownKind;

    fn from_str(name: &str) -> Result<Kind, UnknownKind> {
        Kind::ALL
            .iter()
            .copied()
            .find(|kind| kind.name() == name)
            .ok_or_else(|| UnknownKind(name.to_owned()))
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_reads_back_from_its_name() {
        for kind in Kind::ALL {
            assert_eq!(kind.name().parse(), Ok(*kind));
        }
        assert_eq!("gossip".parse::<Kind>(), Err(UnknownKind("gossip".to_owned())));
    }
}
