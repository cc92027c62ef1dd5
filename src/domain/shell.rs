//! Words of a shell's command line.

/// One word, whatever stands in it: nothing within single quotes means anything to a shell.
#[must_use]
pub fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
