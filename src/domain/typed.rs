//! What people type, made fit to be kept: without what no reader can see.

/// Lines of text: one kind of line break, no control characters, nothing blank around it.
#[must_use]
pub fn lines(typed: &str) -> String {
    let breaks = typed.replace("\r\n", "\n").replace('\r', "\n");
    let kept: String =
        breaks.chars().filter(|c| *c == '\n' || *c == '\t' || !c.is_control()).collect();
    kept.trim().to_owned()
}

/// One line: whatever is blank becomes one space.
#[must_use]
pub fn line(typed: &str) -> String {
    lines(typed).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_breaks_are_of_one_kind_and_what_nobody_sees_is_dropped() {
        assert_eq!(lines(" a\r\nb\rc\n\n\td\0\u{1b}[1m\u{85} "), "a\nb\nc\n\n\td[1m");
        assert_eq!(lines("\r\n \u{7} "), "");
        assert_eq!(line(" Sign-in\r\nand \t bookings\0 "), "Sign-in and bookings");
    }

    #[test]
    fn marks_that_writing_needs_stay() {
        for text in ["שלום \u{200f}(1)", "👩\u{200d}🔧 at work", "e\u{301}"] {
            assert_eq!(lines(text), text);
            assert_eq!(line(text), text);
        }
    }
}
