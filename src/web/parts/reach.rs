//! How many of the paged people answered: a bar of one piece a person, and the words that say it.

use askama::Template;
use askama::filters::HtmlSafe;

/// How one paged person stands; pieces stand in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Answer {
    /// Has it: full.
    Has,
    /// Can't: amber.
    Cannot,
    /// Paged, no answer yet: low.
    Waits,
    /// Didn't answer, or nothing could be sent: hollow and red.
    Silent,
}

/// The meter of answers.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "parts/_reach.html")]
pub struct Reach {
    answers: Vec<Answer>,
}

impl HtmlSafe for Reach {}

const WIDTH: usize = 900;
const GAP: usize = 10;

impl Reach {
    /// One answer a paged person, in any order.
    #[must_use]
    pub fn new(answers: impl IntoIterator<Item = Answer>) -> Reach {
        let mut answers: Vec<Answer> = answers.into_iter().collect();
        answers.sort();
        Reach { answers }
    }

    /// The same in words, for the heading above it: `6 of 9 people answered`.
    ///
    /// Who can't has answered, too.
    #[must_use]
    pub fn words(&self) -> String {
        let answered =
            self.answers.iter().filter(|a| matches!(a, Answer::Has | Answer::Cannot)).count();
        match self.answers.len() {
            0 => "nobody was paged".to_owned(),
            1 => format!("{answered} of 1 person answered"),
            paged => format!("{answered} of {paged} people answered"),
        }
    }

    fn pieces(&self) -> impl Iterator<Item = (&'static str, String)> {
        let paged = self.answers.len().max(1);
        let step = (WIDTH + GAP) / paged;
        self.answers.iter().enumerate().map(move |(place, answer)| {
            let (left, wide) = (place * step, step - GAP);
            let (top, high) = if *answer == Answer::Waits { (6, 4) } else { (0, 10) };
            (answer.class(), format!("M{left} {top}h{wide}v{high}H{left}z"))
        })
    }
}

impl Answer {
    fn class(self) -> &'static str {
        match self {
            Answer::Has => "good",
            Answer::Cannot => "warn",
            Answer::Waits => "waits",
            Answer::Silent => "bad",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_cannot_has_answered_too() {
        let reach = Reach::new([Answer::Silent, Answer::Has, Answer::Cannot, Answer::Waits]);

        assert_eq!(reach.words(), "2 of 4 people answered");
        assert_eq!(Reach::new([Answer::Waits]).words(), "0 of 1 person answered");
        assert_eq!(Reach::new([]).words(), "nobody was paged");
    }

    #[test]
    fn each_person_is_one_piece_from_best_to_worst() {
        let classes: Vec<_> = Reach::new([Answer::Silent, Answer::Waits, Answer::Has])
            .pieces()
            .map(|(class, _)| class)
            .collect();

        assert_eq!(classes, ["good", "waits", "bad"]);
    }

    #[test]
    fn many_people_still_fit_in_the_bar() {
        let html = Reach::new(vec![Answer::Has; 60]).to_string();

        assert_eq!(html.matches("<path").count(), 60);
    }
}
