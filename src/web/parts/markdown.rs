//! Markdown as people write it in a report, drawn safely: HTML in it is shown as the text it is,
//! pictures are their words, and links lead to the web or a mailbox and tell nobody whence.

use std::fmt;

use askama::filters::HtmlSafe;
use pulldown_cmark::{CowStr, Event, HeadingLevel, LinkType, Parser, Tag, TagEnd, html};

/// A text to be drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Markdown(pub String);

/// What `Display` writes is safe by its own making.
impl HtmlSafe for Markdown {}

impl fmt::Display for Markdown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut links = Vec::new();
        let events = Parser::new(&self.0).filter_map(|event| safe(event, &mut links));
        let mut text = String::new();
        html::push_html(&mut text, events);
        f.write_str(&text)
    }
}

/// The event as it may be drawn; `links` remembers which of the open ones lead somewhere.
fn safe<'a>(event: Event<'a>, links: &mut Vec<bool>) -> Option<Event<'a>> {
    match event {
        Event::Html(text) | Event::InlineHtml(text) => Some(Event::Text(text)),
        Event::Start(Tag::HtmlBlock) => Some(Event::Start(Tag::Paragraph)),
        Event::End(TagEnd::HtmlBlock) => Some(Event::End(TagEnd::Paragraph)),
        Event::Start(Tag::Heading { level, id, classes, attrs }) => {
            Some(Event::Start(Tag::Heading { level: below(level), id, classes, attrs }))
        }
        Event::End(TagEnd::Heading(level)) => Some(Event::End(TagEnd::Heading(below(level)))),
        Event::Start(Tag::Link { link_type, dest_url, .. }) => {
            let href = match link_type {
                LinkType::Email => format!("mailto:{dest_url}"),
                _ => dest_url.to_string(),
            };
            let leads = leads(&href);
            links.push(leads);
            leads.then(|| Event::InlineHtml(opening(&href)))
        }
        Event::End(TagEnd::Link) => {
            let leads = links.pop().unwrap_or(false);
            leads.then_some(Event::InlineHtml(CowStr::Borrowed("</a>")))
        }
        Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => None,
        other => Some(other),
    }
}

/// Headings stand below those of the page and of the chapter.
fn below(level: HeadingLevel) -> HeadingLevel {
    match level {
        HeadingLevel::H1 => HeadingLevel::H3,
        HeadingLevel::H2 => HeadingLevel::H4,
        HeadingLevel::H3 => HeadingLevel::H5,
        HeadingLevel::H4 | HeadingLevel::H5 | HeadingLevel::H6 => HeadingLevel::H6,
    }
}

/// Whether a link may be followed.
fn leads(href: &str) -> bool {
    let scheme = href.split(':').next().unwrap_or_default().to_ascii_lowercase();
    let rest = href.get(scheme.len()..).unwrap_or_default();
    match scheme.as_str() {
        "http" | "https" => rest.starts_with("://"),
        "mailto" => rest.starts_with(':'),
        _ => false,
    }
}

fn opening(href: &str) -> CowStr<'static> {
    let safe: String = href
        .chars()
        .map(|c| match c {
            '"' => "&#34;".to_owned(),
            '<' => "&#60;".to_owned(),
            '>' => "&#62;".to_owned(),
            '&' => "&#38;".to_owned(),
            '\'' => "&#39;".to_owned(),
            c => c.to_string(),
        })
        .collect();
    CowStr::from(format!("<a href=\"{safe}\" rel=\"noreferrer\">"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn drawn(text: &str) -> String {
        Markdown(text.to_owned()).to_string()
    }

    #[test]
    fn what_people_write_is_drawn_below_the_chapters_heading() {
        let html = drawn("# Cause\n\n- a **full** disk\n- `df -h`");

        assert_eq!(
            html,
            "<h3>Cause</h3>\n<ul>\n<li>a <strong>full</strong> disk</li>\n\
             <li><code>df -h</code></li>\n</ul>\n"
        );
    }

    #[test]
    fn html_is_shown_as_text_and_pictures_as_their_words() {
        for (text, wanted) in [
            ("a <b onclick=x>b</b>", "<p>a &lt;b onclick=x&gt;b&lt;/b&gt;</p>\n"),
            ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n"),
            ("![a graph](https://x.test/a.png)", "<p>a graph</p>\n"),
        ] {
            assert_eq!(drawn(text), wanted);
        }
    }

    #[test]
    fn links_lead_to_the_web_or_a_mailbox_alone() {
        let link = drawn("[a](https://x.test/?a=1&b=\"2)");
        assert!(
            link.contains("href=\"https://x.test/?a=1&#38;b=&#34;2\" rel=\"noreferrer\""),
            "{link}"
        );
        assert!(drawn("<ops@x.test>").contains("href=\"mailto:ops@x.test\""));
        for bad in
            ["javascript:alert(1)", "data:text/html,x", "JaVaScRiPt:x", "//x.test", "/settings"]
        {
            assert_eq!(drawn(&format!("[a]({bad})")), "<p>a</p>\n", "{bad}");
        }
    }

    proptest! {
        #[test]
        fn no_text_brings_a_tag_of_its_own(text in "[ -~\n]{0,80}") {
            let html = drawn(&text);
            for (at, _) in html.match_indices('<') {
                let tag: String = html[at + 1..].chars().take_while(|c| c.is_alphanumeric() || *c == '/').collect();
                let known = ["p", "ul", "ol", "li", "em", "strong", "code", "pre", "blockquote", "hr", "br", "a", "h3", "h4", "h5", "h6"];
                prop_assert!(known.contains(&tag.trim_matches('/')), "{tag} in {html}");
            }
            prop_assert!(!html.contains("href=\"javascript"), "{html}");
        }
    }
}
