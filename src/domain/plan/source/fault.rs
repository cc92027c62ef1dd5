//! A mistake in a value, in words for the person who wrote it.

use std::fmt;

use serde::de::{self, Expected, Unexpected};

use super::place::Place;

/// Why a value could not be read.
#[derive(Debug)]
pub(super) struct Fault {
    /// Where, once somebody knows.
    pub(super) place: Option<Place>,
    /// What to do.
    pub(super) says: String,
    missing: Option<&'static str>,
}

impl Fault {
    pub(super) fn new(says: impl Into<String>) -> Fault {
        Fault { place: None, says: says.into(), missing: None }
    }

    /// Fills in the place, unless something deeper has.
    pub(super) fn at(mut self, place: &Place) -> Fault {
        if self.place.is_none() {
            self.place = Some(match self.missing {
                Some(key) => place.at(key),
                None => place.clone(),
            });
        }
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.says)
    }
}

impl std::error::Error for Fault {}

impl de::Error for Fault {
    fn custom<T: fmt::Display>(says: T) -> Fault {
        Fault::new(says.to_string())
    }

    fn invalid_type(found: Unexpected<'_>, wanted: &dyn Expected) -> Fault {
        Fault::new(format!("this is {found}; it must be {}", plain(wanted)))
    }

    fn invalid_value(found: Unexpected<'_>, wanted: &dyn Expected) -> Fault {
        Fault::new(format!("this is {found}; it must be {}", plain(wanted)))
    }

    fn unknown_variant(found: &str, known: &'static [&'static str]) -> Fault {
        Fault::new(format!("“{found}” is not known here; write one of {}", known.join(", ")))
    }

    fn missing_field(key: &'static str) -> Fault {
        let says = format!("the key “{key}” is missing; add it");
        Fault { place: None, says, missing: Some(key) }
    }
}

fn plain(wanted: &dyn Expected) -> String {
    match wanted.to_string().as_str() {
        "a string" => "text in quotation marks".to_owned(),
        "a boolean" => "true or false".to_owned(),
        "u8" => "a whole number from 0 to 255".to_owned(),
        "u32" => "a whole number from 0".to_owned(),
        other => other.to_owned(),
    }
}
