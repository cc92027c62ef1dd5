//! What the page will show of one incident, drawn of the same parts before it is published.

use askama::Template;
use askama::filters::HtmlSafe;
use time::OffsetDateTime;

use super::incident::Section;
use super::page::Part;
use super::view::View;

/// The incidents and parts of a view, to stand within a page of ours.
#[derive(Debug, Template)]
#[template(path = "status/_preview.html")]
pub struct Preview<'v> {
    sections: Vec<Section<'v>>,
    components: Vec<Part<'v>>,
}

impl HtmlSafe for Preview<'_> {}

impl<'v> Preview<'v> {
    /// What the page shows of this view at `now`.
    #[must_use]
    pub fn of(view: &'v View, now: OffsetDateTime) -> Preview<'v> {
        let sections = view.incidents().map(|one| Section::whole(view, one, now)).collect();
        Preview { sections, components: Part::now(view) }
    }
}
