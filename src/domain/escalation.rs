//! Who is paged at which step of a role's chain. Each paged role is a chain of its own.

/// Before the first step: nobody was asked in turn, as when somebody took or was given the role.
pub const NOBODY_ASKED: i16 = -1;
/// The step of the first page.
pub const FIRST: i16 = 0;
/// The step at which everybody hears that nobody answered.
pub const LAST: i16 = 3;

/// Why somebody's turn has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// They hold the role first.
    First,
    /// They were asked before.
    Repeated,
    /// Those before them did not answer, or can't.
    InTurn,
}

/// What one step does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step<'a> {
    /// Pages these people, by key.
    Page(Vec<(&'a str, Turn)>),
    /// Nobody answered: everybody of the level is paged, and the plan's owner.
    Nobody,
}

/// What a role's step does, and which one it is: a step that would page nobody is passed over.
/// `cannot` are those who said so.
#[must_use]
pub fn step<'a>(holders: &'a [String], cannot: &[&str], number: i16) -> (i16, Step<'a>) {
    for step in number..LAST {
        let mut people = turns(holders, step);
        people.retain(|(person, _)| !cannot.contains(person));
        if !people.is_empty() {
            return (step, Step::Page(people));
        }
    }
    (LAST, Step::Nobody)
}

fn turns(holders: &[String], step: i16) -> Vec<(&str, Turn)> {
    let holder = |at: usize, turn| holders.get(at).map(|person| (person.as_str(), turn));
    let again = || holders.iter().take(2).map(|person| (person.as_str(), Turn::Repeated));
    match step {
        0 => holder(0, Turn::First).into_iter().collect(),
        1 => [holder(0, Turn::Repeated), holder(1, Turn::InTurn)].into_iter().flatten().collect(),
        _ => holder(2, Turn::InTurn).map_or_else(|| again().collect(), |next| vec![next]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_step_asks_whom_the_plan_names() {
        let four = ["a", "b", "c", "d"].map(str::to_owned);
        let (first, again, turn) = (Turn::First, Turn::Repeated, Turn::InTurn);
        for (holders, cannot, number, wanted) in [
            (&four[..], &[][..], 0, (0, Step::Page(vec![("a", first)]))),
            (&four[..], &[], 1, (1, Step::Page(vec![("a", again), ("b", turn)]))),
            (&four[..], &[], 2, (2, Step::Page(vec![("c", turn)]))),
            (&four[..], &[], 3, (3, Step::Nobody)),
            (&four[..2], &[], 2, (2, Step::Page(vec![("a", again), ("b", again)]))),
            (&four[..1], &[], 1, (1, Step::Page(vec![("a", again)]))),
            (&four[..], &["a"], 1, (1, Step::Page(vec![("b", turn)]))),
            (&four[..], &["a", "b"], 1, (2, Step::Page(vec![("c", turn)]))),
            (&four[..1], &["a"], 1, (3, Step::Nobody)),
            (&[], &[], 0, (3, Step::Nobody)),
        ] {
            assert_eq!(step(holders, cannot, number), wanted, "{cannot:?} at step {number}");
        }
    }
}
