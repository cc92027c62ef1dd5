//! Five cron fields: minute, hour, day of the month, month, day of the week.

/// Name, least and greatest value of each field.
const FIELDS: [(&str, u8, u8); 5] =
    [("minute", 0, 59), ("hour", 0, 23), ("day", 1, 31), ("month", 1, 12), ("weekday", 0, 7)];

/// What is wrong with a cron text, if anything.
pub(super) fn fault(text: &str) -> Option<String> {
    let fields: Vec<&str> = text.split_whitespace().collect();
    if fields.len() != FIELDS.len() {
        return Some(format!(
            "“{text}” has {} fields; cron wants five: minute, hour, day, month, weekday",
            fields.len()
        ));
    }
    let mut pairs = fields.into_iter().zip(FIELDS);
    pairs.find_map(|(field, (name, least, most))| {
        let wrong = field.split(',').any(|part| !is_part(part, least, most));
        wrong.then(|| format!("“{field}” is no {name}; write {least} to {most}, *, 1-5 or */15"))
    })
}

/// `*`, `3`, `1-5`, `*/15`, `1-5/2`.
fn is_part(part: &str, least: u8, most: u8) -> bool {
    let number = |text: &str| -> Option<u8> {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|number| digits && (least..=most).contains(number))
    };
    let (range, step) = match part.split_once('/') {
        Some((range, step)) => (range, Some(step)),
        None => (part, None),
    };
    let step_fits = step.is_none_or(|step| number(step).is_some_and(|step| step > 0));
    let range_fits = match range.split_once('-') {
        Some((from, until)) => number(from).zip(number(until)).is_some_and(|(a, b)| a <= b),
        None => range == "*" || (step.is_none() && number(range).is_some()),
    };
    step_fits && range_fits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_fields_within_their_bounds_are_cron() {
        for text in ["0 2 * * *", "*/15 * * * *", "0 */6 * * *", "30 9 1-7 * 1", "0 9 1 1,4,7,10 *"]
        {
            assert_eq!(fault(text), None, "{text}");
        }
        for text in
            ["", "0 2 * *", "60 2 * * *", "0 2 0 * *", "a * * * *", "*/0 * * * *", "5-1 * * * *"]
        {
            assert!(fault(text).is_some(), "{text}");
        }
    }
}
