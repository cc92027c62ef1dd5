//! How far a host's clock is from Muster's. Its times are taken over by Muster's clock, but what is typed or named by
//! time on the host itself is not.

use time::Duration;

use crate::domain::civil;
use crate::domain::finding::Finding;

/// A clock that is off by less disturbs nothing.
pub const TRUE_ENOUGH: Duration = Duration::seconds(2);
/// One that is off by more names recovery targets wrongly.
pub const FAR_OFF: Duration = Duration::seconds(30);

/// `1 h ahead`, `40 s behind`.
#[must_use]
pub fn words(ahead: Duration) -> String {
    let way = if ahead.is_negative() { "behind" } else { "ahead" };
    format!("{} {way}", span(ahead))
}

/// An hour that a message takes a moment to tell of is an hour.
fn span(ahead: Duration) -> String {
    let off = ahead.abs();
    civil::span(if off < Duration::MINUTE { off } else { off + Duration::seconds(30) })
}

/// What is wrong with a clock that is ahead by so much; nothing where it names recovery targets well.
#[must_use]
pub fn finding(ahead: Duration) -> Option<Finding> {
    if ahead.abs() < FAR_OFF {
        return None;
    }
    let way = if ahead.is_negative() { "behind" } else { "ahead of" };
    let words = format!("the host’s clock is {} {way} Muster’s", span(ahead));
    let mend = "have both hosts keep time by NTP; on each: timedatectl. What Muster shows is by its own clock; a time that \
                is typed on the host would restore to another moment";
    Some(Finding::bad("clock", words, mend))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_clock_that_is_far_off_is_named_with_its_direction() {
        for (ahead, wanted) in [
            (Duration::seconds(29), None),
            (Duration::seconds(-29), None),
            (Duration::seconds(30), Some("the host’s clock is 30 s ahead of Muster’s")),
            (Duration::HOUR, Some("the host’s clock is 1 h ahead of Muster’s")),
            (-Duration::HOUR, Some("the host’s clock is 1 h behind Muster’s")),
            (Duration::seconds(3_599), Some("the host’s clock is 1 h ahead of Muster’s")),
        ] {
            let found = finding(ahead).map(|finding| finding.words);
            assert_eq!(found.as_deref(), wanted, "{ahead}");
        }
        assert_eq!(words(-Duration::MINUTE), "1 min behind");
    }
}
