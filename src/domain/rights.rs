//! What an account may do: a set of rights, none implying another but `view`, which all imply.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

/// One right of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Right {
    /// Reads everything that is not sealed.
    View,
    /// Declares, joins, answers, notes, ticks.
    Respond,
    /// Levels, phases, public words, closing.
    Command,
    /// Approves what touches live data.
    Approve,
    /// People, plan, settings, sites.
    Own,
}

impl Right {
    /// All rights, in the order pages show them.
    pub const ALL: [Right; 5] =
        [Right::View, Right::Respond, Right::Command, Right::Approve, Right::Own];

    /// Its name in forms, on the command line and in the database.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Right::View => "view",
            Right::Respond => "respond",
            Right::Command => "command",
            Right::Approve => "approve",
            Right::Own => "own",
        }
    }

    /// What it allows, in words for the People page.
    #[must_use]
    pub fn allows(self) -> &'static str {
        match self {
            Right::View => "reads incidents, plan and people",
            Right::Respond => "declares, joins, answers, writes to the timeline",
            Right::Command => "levels, phases, public words, closing",
            Right::Approve => "approves what touches live data",
            Right::Own => "people, plan, settings",
        }
    }
}

/// The rights of one account.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rights(BTreeSet<Right>);

impl Rights {
    /// Every right there is: what the first owner gets.
    #[must_use]
    pub fn all() -> Rights {
        Rights(Right::ALL.into())
    }

    /// Whether this set allows what needs `right`.
    #[must_use]
    pub fn allow(&self, right: Right) -> bool {
        self.0.contains(&right) || (right == Right::View && !self.0.is_empty())
    }

    /// Each right in it.
    pub fn iter(&self) -> impl Iterator<Item = Right> + '_ {
        self.0.iter().copied()
    }

    /// The names, as the database keeps them.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.iter().map(|right| right.name().to_owned()).collect()
    }

    /// Reads names from a form or the database; the first unknown one is the error.
    ///
    /// # Errors
    /// [`UnknownRight`] with the name that is no right.
    pub fn from_names<S: AsRef<str>>(
        names: impl IntoIterator<Item = S>,
    ) -> Result<Rights, UnknownRight> {
        names.into_iter().map(|name| name.as_ref().parse()).collect()
    }
}

impl FromIterator<Right> for Rights {
    fn from_iter<I: IntoIterator<Item = Right>>(rights: I) -> Rights {
        Rights(rights.into_iter().collect())
    }
}

/// A name that is no right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is no right; there are view, respond, command, approve and own")]
pub struct UnknownRight(pub String);

impl FromStr for Right {
    type Err = UnknownRight;

    fn from_str(name: &str) -> Result<Right, UnknownRight> {
        Right::ALL
            .into_iter()
            .find(|right| right.name() == name)
            .ok_or_else(|| UnknownRight(name.to_owned()))
    }
}

impl fmt::Display for Rights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.names().join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_right_lets_its_holder_read() {
        for right in Right::ALL {
            assert!(Rights::from_iter([right]).allow(Right::View), "{right:?}");
        }
        assert!(!Rights::default().allow(Right::View));
    }

    #[test]
    fn owning_is_not_commanding() {
        let owner = Rights::from_iter([Right::Own]);

        assert!(!owner.allow(Right::Command));
        assert!(!owner.allow(Right::Approve));
    }

    #[test]
    fn an_unknown_right_is_named() {
        assert_eq!(Rights::from_names(["own", "root"]), Err(UnknownRight("root".to_owned())));
    }
}
