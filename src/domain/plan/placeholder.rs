//! `{{name}}` in prepared words: plain substitution from a fixed list, all of it fit for the
//! public.

/// Every name that a template may use.
pub const PLACEHOLDERS: [&str; 11] = [
    "hotline",      // number that is answered day and night
    "level",        // 1 to 4
    "level_name",   // its name in the plan
    "next_update",  // when the next word comes
    "organisation", // as the public knows it
    "resolution",   // when it is thought to be over
    "service",      // what the plan recovers
    "since",        // when the impact began
    "status",       // what is known and being done
    "status_page",  // where to look
    "title",        // the incident's public title
];

/// A piece of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece<'t> {
    Text(&'t str),
    Name(&'t str),
}

/// Fills a template; what `value` does not know stays as it is written.
#[must_use]
pub fn fill(template: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let filled = pieces(template).into_iter().map(|piece| match piece {
        Piece::Text(text) => text.to_owned(),
        Piece::Name(name) => value(name).unwrap_or_else(|| format!("{{{{{name}}}}}")),
    });
    filled.collect()
}

/// The names that still stand in a text, each once, in order.
#[must_use]
pub fn unfilled(text: &str) -> Vec<&str> {
    let mut names = Vec::new();
    for piece in pieces(text) {
        if let Piece::Name(name) = piece
            && !names.contains(&name)
        {
            names.push(name);
        }
    }
    names
}

/// The names that a template uses and that are not on the list.
pub(super) fn unknown(template: &str) -> Vec<&str> {
    unfilled(template).into_iter().filter(|name| !PLACEHOLDERS.contains(name)).collect()
}

/// Whether a name begins that never ends.
pub(super) fn is_left_open(template: &str) -> bool {
    let is_open = |piece: Piece<'_>| matches!(piece, Piece::Text(text) if text.contains("{{"));
    pieces(template).into_iter().any(is_open)
}

fn pieces(template: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = template;
    while let Some((text, behind)) = rest.split_once("{{") {
        let name = behind.split_once("}}").filter(|(name, _)| !name.contains(['\n', '{']));
        if let Some((name, after)) = name {
            pieces.extend([Piece::Text(text), Piece::Name(name.trim())]);
            rest = after;
        } else {
            pieces.push(Piece::Text(&rest[..text.len() + "{{".len()]));
            rest = behind;
        }
    }
    pieces.push(Piece::Text(rest));
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_filled_by_plain_substitution() {
        let value = |name: &str| (name == "status").then(|| "{{title}} <b>".to_owned());

        assert_eq!(
            fill("Now: {{status}}; {{ status }}.", value),
            "Now: {{title}} <b>; {{title}} <b>."
        );
        assert_eq!(fill("{{level}} {{ open", value), "{{level}} {{ open");
        assert_eq!(fill("{{status\n{{status}}", value), "{{status\n{{title}} <b>");
    }

    #[test]
    fn names_off_the_list_are_found() {
        assert_eq!(unknown("{{title}} {{meeting}} {{}} {{"), ["meeting", ""]);
        assert!(is_left_open("{{title}} {{status"));
        assert!(is_left_open("{{title\n{{status}}"));
        assert!(!is_left_open("{{title}} }} {"));
    }

    #[test]
    fn what_is_left_to_fill_in_is_named_once() {
        assert_eq!(unfilled("{{status}}, {{ status }}, {{title}} }} {{"), ["status", "title"]);
    }
}
