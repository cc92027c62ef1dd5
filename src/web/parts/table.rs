//! A table that scrolls sideways where it must; what matters stands in the second column.

use askama::Template;
use askama::filters::HtmlSafe;

use super::words::Words;

/// A table, named by the heading whose id it is given.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "parts/_table.html")]
pub struct Table {
    named_by: String,
    caption: Option<String>,
    columns: Vec<Column>,
    rows: Vec<Vec<Words>>,
    small: bool,
}

impl HtmlSafe for Table {}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Column {
    name: String,
    class: Option<&'static str>,
}

impl Table {
    /// An empty table; `named_by` is the id of the heading above it.
    #[must_use]
    pub fn new(named_by: impl Into<String>) -> Table {
        let named_by = named_by.into();
        Table { named_by, caption: None, columns: Vec::new(), rows: Vec::new(), small: false }
    }

    /// A line above it.
    #[must_use]
    pub fn caption(mut self, caption: impl Into<String>) -> Table {
        self.caption = Some(caption.into());
        self
    }

    /// One more column, of words; the first one's cells head their rows.
    #[must_use]
    pub fn column(self, name: impl Into<String>) -> Table {
        self.with(name, None)
    }

    /// One more column, of figures, to the right.
    #[must_use]
    pub fn number(self, name: impl Into<String>) -> Table {
        self.with(name, Some("num"))
    }

    /// One more column whose cells are never wrapped.
    #[must_use]
    pub fn short(self, name: impl Into<String>) -> Table {
        self.with(name, Some("short"))
    }

    /// One more row, a cell a column.
    #[must_use]
    pub fn row<W: Into<Words>>(mut self, cells: impl IntoIterator<Item = W>) -> Table {
        self.rows.push(cells.into_iter().map(Into::into).collect());
        self
    }

    /// Whether it has no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// In small print.
    #[must_use]
    pub fn small(mut self) -> Table {
        self.small = true;
        self
    }

    fn with(mut self, name: impl Into<String>, class: Option<&'static str>) -> Table {
        self.columns.push(Column { name: name.into(), class });
        self
    }

    fn cells<'a>(&'a self, row: &'a [Words]) -> impl Iterator<Item = (&'a Column, &'a Words)> {
        self.columns.iter().zip(row)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::parts::state::State;

    #[test]
    fn a_row_is_headed_by_its_first_cell_and_figures_stand_right() {
        let html = Table::new("checks")
            .column("Check")
            .number("Restored")
            .row([Words::from("Users"), State::good("18,204").into()])
            .to_string();

        assert!(html.contains("<th scope=\"row\">Users</th><td class=\"num\">"), "{html}");
        assert!(html.contains("aria-labelledby=\"checks\""), "{html}");
    }
}
