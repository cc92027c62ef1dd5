//! What others say, within bounds.

/// Keeps so many letters of a text at most, and no zero byte, which no database takes.
pub fn cut(text: &mut String, most: usize) {
    *text = text.chars().filter(|letter| *letter != '\0').take(most).collect();
}
