//! What others say, within bounds.

/// Keeps so many letters of a text at most, and no zero byte, which no database takes.
pub fn cut(text: &mut String, most: usize) {
    *text = text.chars().filter(|letter| *letter != '\0').take(most).collect();
}

/// The same on one line, as it is shown in a list or a terminal; what is left out leaves an ellipsis.
#[must_use]
pub fn line(text: &str, most: usize) -> String {
    let mut line: String = text.chars().take(most).collect();
    if line.len() < text.len() {
        line.push('…');
    }
    line.replace(char::is_control, " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_stays_one_and_says_that_something_is_left_out() {
        assert_eq!(line("a\nok\u{1b}[2J", 99), "a ok [2J");
        assert_eq!(line("üüü", 3), "üüü");
        assert_eq!(line("üüüü", 3), "üüü…");
    }
}
