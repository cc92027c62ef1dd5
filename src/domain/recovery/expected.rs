//! What the plan expects of the one value that a check of a restored database yields.

use std::fmt;
use std::str::FromStr;

/// What a value should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// Whatever it is; it is kept.
    Anything,
    /// A number that stands so to another.
    Number(Operator, i64),
}

/// How two numbers stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// The same.
    Equal,
    /// At least as large.
    AtLeast,
    /// At most as large.
    AtMost,
    /// Larger.
    Above,
    /// Smaller.
    Below,
}

use Operator::{Above, AtLeast, AtMost, Below, Equal};

/// Those of two letters come first, since they begin with one of the others.
const OPERATORS: [(&str, Operator); 5] =
    [(">=", AtLeast), ("<=", AtMost), ("=", Equal), (">", Above), ("<", Below)];

/// It can't be compared with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” can't be compared; write it like > 0 or = 0, or leave it out")]
pub struct Incomparable(String);

impl FromStr for Expected {
    type Err = Incomparable;

    fn from_str(text: &str) -> Result<Expected, Incomparable> {
        if text.is_empty() {
            return Ok(Expected::Anything);
        }
        let of = |(sign, operator): (&str, Operator)| Some((operator, text.strip_prefix(sign)?));
        let number = OPERATORS.into_iter().find_map(of).and_then(|(operator, rest)| {
            Some(Expected::Number(operator, rest.trim_start().parse().ok()?))
        });
        number.ok_or_else(|| Incomparable(text.to_owned()))
    }
}

impl Expected {
    /// Whether a value is as it should be; none is the database's null.
    #[must_use]
    pub fn fits(self, value: Option<&str>) -> bool {
        match self {
            Expected::Anything => true,
            Expected::Number(operator, wanted) => {
                value.is_some_and(|value| operator.holds(value.trim(), wanted))
            }
        }
    }
}

impl Operator {
    /// Whole numbers are compared to the last digit, others as near as a computer holds them.
    fn holds(self, value: &str, wanted: i64) -> bool {
        let order = match value.parse::<i128>() {
            Ok(whole) => Some(whole.cmp(&wanted.into())),
            Err(_) =>
            {
                #[expect(clippy::cast_precision_loss, reason = "as near as it gets")]
                value.parse::<f64>().ok().and_then(|value| value.partial_cmp(&(wanted as f64)))
            }
        };
        order.is_some_and(|order| match self {
            Equal => order.is_eq(),
            AtLeast => order.is_ge(),
            AtMost => order.is_le(),
            Above => order.is_gt(),
            Below => order.is_lt(),
        })
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Expected::Anything => f.write_str("any value, kept"),
            Expected::Number(operator, wanted) => {
                let sign = OPERATORS.iter().find(|(_, one)| one == operator);
                write!(f, "{} {wanted}", sign.map_or("", |(sign, _)| *sign))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expectation_is_read_as_it_is_written_and_says_itself_so() {
        for text in ["> 0", "= 0", ">= 12", "<= -3", "< 9223372036854775807"] {
            assert_eq!(text.parse::<Expected>().unwrap().to_string(), text);
        }
        assert_eq!(">0".parse::<Expected>(), "> 0".parse());
        assert_eq!("".parse(), Ok(Expected::Anything));
        for text in
            ["many", "=", "== 0", "=> 1", "> 1.5", "> 0 or 1", "0", " ", "> 99999999999999999999"]
        {
            let said = text.parse::<Expected>().unwrap_err().to_string();
            assert!(said.starts_with(&format!("“{text}” can't be compared")), "{said}");
        }
    }

    #[test]
    fn a_value_fits_by_its_number_and_what_is_no_number_fits_none() {
        let fits = |text: &str, value: &str| text.parse::<Expected>().unwrap().fits(Some(value));
        for (text, value) in [
            ("> 0", "1"),
            ("> 0", "0.5"),
            ("= 0", "0"),
            ("= 0", "0.00"),
            (">= 2", "2"),
            ("< 0", "-1e3"),
            ("> 9223372036854775806", "9223372036854775807"),
            ("> 0", "99999999999999999999999999"),
            ("<= 1", "1"),
        ] {
            assert!(fits(text, value), "{value} {text}");
        }
        for (text, value) in [
            ("> 0", "0"),
            ("= 9007199254740992", "9007199254740993"),
            ("= 0", "t"),
            ("= 0", ""),
            ("> 0", "NaN"),
            ("< 0", "2026-11-14"),
        ] {
            assert!(!fits(text, value), "{value} {text}");
        }
        assert!(!Expected::Number(Equal, 0).fits(None), "null is not nought");
        assert!(Expected::Anything.fits(None) && Expected::Anything.fits(Some("red")));
    }
}
