//! Why a request does not reach its handler, in words for the person who sent it.

use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

/// A request that is turned away at the door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// It does not say, or says twice, which host it is for.
    HostUnclear,
    /// It is for a host that this is not.
    HostUnknown(String),
    /// A form that another site's page sent.
    OtherSite,
    /// A form without this session's token.
    StaleForm,
    /// A body beyond its limit in bytes.
    TooLarge(usize),
    /// A body for which there is no room beside all the others that are on their way.
    Crowded,
    /// A body that broke off.
    BrokenOff,
    /// A field with a zero byte, which no keyboard types and Postgres can't keep.
    ZeroByte,
    /// An answer that took too long.
    TooSlow,
}

impl Refusal {
    /// The status of its page.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Refusal::HostUnclear | Refusal::BrokenOff => StatusCode::BAD_REQUEST,
            Refusal::HostUnknown(_) => StatusCode::MISDIRECTED_REQUEST,
            Refusal::OtherSite | Refusal::StaleForm => StatusCode::FORBIDDEN,
            Refusal::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Refusal::ZeroByte => StatusCode::UNPROCESSABLE_ENTITY,
            Refusal::TooSlow | Refusal::Crowded => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// The page's heading: what happened.
    #[must_use]
    pub fn heading(&self) -> &'static str {
        match self {
            Refusal::HostUnclear => "The address of this request is unclear",
            Refusal::HostUnknown(_) => "Muster does not answer to this address",
            Refusal::OtherSite => "This form came from another site",
            Refusal::StaleForm => "This form is out of date",
            Refusal::TooLarge(_) => "This is too large",
            Refusal::Crowded => "Too much is being sent at once",
            Refusal::BrokenOff => "This did not arrive whole",
            Refusal::ZeroByte => "This holds a character that can’t be kept",
            Refusal::TooSlow => "This took too long",
        }
    }

    /// What it means and what to do.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Refusal::HostUnclear => {
                "It must name one host. Open Muster by the address you were given.".to_owned()
            }
            Refusal::HostUnknown(host) => format!(
                "You asked for {host}. Open Muster by the address you were given; if this one is \
                 right, its owner adds it to MUSTER_HOSTS."
            ),
            Refusal::OtherSite => "Nothing was changed. Open the page in Muster itself and press \
                                   there. If you did, your browser reaches Muster by an address \
                                   that differs from MUSTER_PUBLIC_URL, or through a proxy that \
                                   is not among MUSTER_TRUSTED_PROXIES."
                .to_owned(),
            Refusal::StaleForm => "Nothing was changed. You have signed in or out since this page \
                                   was opened, or it is very old. Go back, reload the page, and \
                                   press again."
                .to_owned(),
            Refusal::TooLarge(limit) => {
                format!("Nothing was changed. At most {} kB can be sent here.", limit / 1024)
            }
            Refusal::Crowded => {
                "Nothing was changed. Wait a few seconds, and send it again.".to_owned()
            }
            Refusal::BrokenOff => {
                "Nothing was changed. The connection broke off; send it again.".to_owned()
            }
            Refusal::ZeroByte => {
                "Nothing was changed. A field holds a zero byte, which is no text. \
                                  Go back, take it out, and send it again."
                    .to_owned()
            }
            Refusal::TooSlow => "Whether what you sent was saved is unknown. Pressing again is \
                                 safe: it is never done twice."
                .to_owned(),
        }
    }

    /// The barest page, for a server that has no better one.
    #[must_use]
    pub fn bare_page(&self) -> Response {
        let (heading, words) = (self.heading(), self.words());
        let page = format!(
            "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
             <title>{heading} – Muster</title><main><h1>{heading}</h1><p>{words}</p>\
             <p><a href=\"/\">To the front page</a></p></main></html>"
        );
        (self.status(), Html(page)).into_response()
    }
}
