//! A value that is never printed by accident.

use std::fmt;

/// A value whose `Debug` says nothing; it has no `Display`.
#[derive(Clone, PartialEq, Eq)]
pub struct Hidden<T>(T);

impl<T> Hidden<T> {
    /// Hides a value.
    pub fn new(value: T) -> Hidden<T> {
        Hidden(value)
    }

    /// The value, for whoever has a reason.
    pub fn expose(&self) -> &T {
        &self.0
    }
}

impl<T> From<T> for Hidden<T> {
    fn from(value: T) -> Hidden<T> {
        Hidden(value)
    }
}

impl<T> fmt::Debug for Hidden<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_hidden_is_not_printed() {
        let secret = Hidden::new("swordfish");

        assert_eq!(format!("{secret:?}"), "(hidden)");
        assert_eq!(*secret.expose(), "swordfish");
    }
}
