//! The report as Markdown, in the plan's own order.

use super::{Section, State};

/// What the text is made of.
#[derive(Debug, Clone)]
pub struct Exported<'a> {
    /// What responders call the incident; a drill's begins with DRILL.
    pub title: &'a str,
    /// How far it is.
    pub state: State,
    /// The chapters, in order.
    pub sections: &'a [Section],
    /// What is to be done: the head of a table, then its rows.
    pub items: &'a [Vec<String>],
}

/// The whole text. Action items stand in the chapter that is about them, else in one of their own.
#[must_use]
pub fn markdown(report: &Exported<'_>) -> String {
    let mut parts =
        vec![format!("# Post-mortem: {}", cell(report.title)), format!("State: {}", report.state)];
    let table = table(report.items);
    for section in report.sections {
        parts.push(format!("## {}", cell(&section.heading)));
        parts.push(section.words.trim().to_owned());
        if section.holds_items() {
            parts.push(table.clone());
        }
    }
    if !report.sections.iter().any(Section::holds_items) && !table.is_empty() {
        parts.extend(["## Action items".to_owned(), table]);
    }
    parts.retain(|part| !part.is_empty());
    parts.join("\n\n") + "\n"
}

fn table(rows: &[Vec<String>]) -> String {
    let Some((head, rest)) = rows.split_first().filter(|(_, rest)| !rest.is_empty()) else {
        return String::new();
    };
    let line = |row: &Vec<String>| {
        let cells: Vec<String> = row.iter().map(|text| cell(text)).collect();
        format!("| {} |", cells.join(" | "))
    };
    let rule = format!("|{}", " --- |".repeat(head.len()));
    let lines = [line(head), rule].into_iter().chain(rest.iter().map(line));
    lines.collect::<Vec<_>>().join("\n")
}

/// Words on one line that break no table.
fn cell(words: &str) -> String {
    words.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(heading: &str, words: &str) -> Section {
        Section {
            place: 1,
            heading: heading.to_owned(),
            asks: Vec::new(),
            words: words.to_owned(),
            version: 1,
            edited_by: None,
        }
    }

    #[test]
    fn chapters_stand_in_their_order_and_items_where_they_belong() {
        let sections = [section("Root cause", "A disk."), section("Action Items", "")];
        let row = |cells: [&str; 2]| cells.map(str::to_owned).to_vec();
        let items = [row(["Action", "Owner"]), row(["Watch a|b", "Ada"])];
        let report = Exported {
            title: "Disk full",
            state: State::Draft,
            sections: &sections,
            items: &items,
        };

        let text = markdown(&report);

        let wanted = "# Post-mortem: Disk full\n\nState: draft\n\n## Root cause\n\nA disk.\n\n\
                      ## Action Items\n\n| Action | Owner |\n| --- | --- |\n| Watch a\\|b | Ada |\n";
        assert_eq!(text, wanted);
        let alone = Exported { sections: &sections[..1], ..report };
        assert!(markdown(&alone).contains("## Action items\n\n| Action"), "{}", markdown(&alone));
        let none = Exported { items: &items[..1], ..alone };
        assert!(!markdown(&none).contains("Action"), "{}", markdown(&none));
    }
}
