//! `/style`: every part, once, with awkward content on purpose.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Html;
use time::OffsetDateTime;
use time::macros::datetime;

use crate::domain::rights::Rights;
use crate::web::parts::act::{Act, Look};
use crate::web::parts::clock::Clock;
use crate::web::parts::csrf::Csrf;
use crate::web::parts::due::Due;
use crate::web::parts::empty::Empty;
use crate::web::parts::entry::Entry;
use crate::web::parts::facts::Facts;
use crate::web::parts::field::Field;
use crate::web::parts::functions::Functions;
use crate::web::parts::level::Level;
use crate::web::parts::page::{Footing, Page, Viewer};
use crate::web::parts::person::Person;
use crate::web::parts::progress::Progress;
use crate::web::parts::reach::Reach;
use crate::web::parts::state::{Badge, State, Tone};
use crate::web::parts::steps::Steps;
use crate::web::parts::strip::{Banner, Strip};
use crate::web::parts::table::Table;
use crate::web::parts::words::Words;

mod samples;

/// The instant the samples stand at, so that the page looks the same each time.
const THEN: OffsetDateTime = datetime!(2026-11-14 02:26:07 UTC);

#[derive(Template)]
#[template(path = "style.html")]
struct StylePage {
    page: Page,
    levels: Vec<Level>,
    states: Vec<State>,
    badges: Vec<Badge>,
    clocks: Vec<Clock>,
    dues: Vec<Due>,
    entries: Vec<Entry>,
    table: Table,
    empty: Empty,
    acts: Vec<Act>,
    fields: Vec<Field>,
    people: Vec<Person>,
    reach: Reach,
    progress: Progress,
    steps: Steps,
    facts: Facts,
    functions: Functions,
}

/// `GET /style`
///
/// # Errors
/// 500, when the page can't be drawn.
pub async fn show() -> Result<Html<String>, StatusCode> {
    let page = style_page(sample_page());
    page.render().map(Html).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}

fn style_page(page: Page) -> StylePage {
    StylePage {
        page,
        levels: samples::levels(),
        states: samples::states(),
        badges: samples::badges(),
        clocks: samples::clocks(THEN),
        dues: samples::dues(THEN),
        entries: samples::entries(),
        table: samples::table(),
        empty: samples::empty(),
        acts: samples::acts(),
        fields: samples::fields(),
        people: samples::people(),
        reach: samples::reach(),
        progress: samples::progress(),
        steps: samples::steps(),
        facts: samples::facts(),
        functions: samples::functions(THEN),
    }
}

fn sample_page() -> Page {
    let viewer = Viewer { name: "Priya Raghunathan".to_owned(), rights: Rights::all() };
    let zone = "Europe/Berlin (CET)".to_owned();
    let revision = "Plan revision 12, in force since 2 November 2026.".to_owned();
    let quarantine = Words::new()
        .bold("Banner, bad.")
        .plain(" Muster came back from an old copy. Nothing is sent until an owner has looked. ")
        .link("#", "Look now");
    Page::new(viewer, Csrf::default(), Footing { zone, revision }, THEN)
        .titled("Style")
        .banner(Banner::plain_http())
        .banner(Banner::new(Tone::Bad, quarantine))
        .strips(vec![samples::strip()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_part_is_drawn_and_nothing_is_inline() {
        let Html(html) = show().await.unwrap();

        assert!(html.contains("Style: every part, once"));
        for forbidden in ["style=", "onclick", "<style", "javascript:", "<script>"] {
            assert!(!html.contains(forbidden), "{forbidden}");
        }
    }
}
