//! Whether the browser says that a form came from a page of ours. It answers before the body is
//! read; the token in the body is the second lock.

use axum::http::header::{HeaderMap, ORIGIN};
use axum::http::{HeaderValue, Method};

use crate::config::PublicUrl;

const FETCH_SITE: &str = "sec-fetch-site";

/// Whether a request may change something.
pub(super) fn is_unsafe(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Whether nothing that the browser says speaks against our own pages. Scripts on a command line
/// say nothing, and browsers older than these headers neither.
pub(super) fn is_ours(headers: &HeaderMap, own: &[&PublicUrl]) -> bool {
    let origin = all(headers, ORIGIN.as_str(), |value| {
        own.iter().any(|own| own.to_string().as_bytes() == value.as_bytes())
    });
    let site = all(headers, FETCH_SITE, |value| value == "same-origin" || value == "none");
    origin && site
}

/// Whether a header, given once or not at all, is right.
fn all(headers: &HeaderMap, name: &str, right: impl Fn(&HeaderValue) -> bool) -> bool {
    let mut values = headers.get_all(name).into_iter();
    let first = values.next();
    first.is_none_or(right) && values.next().is_none()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderName;

    use super::*;

    fn ours(pairs: &[(&'static str, &'static str)]) -> bool {
        let here: PublicUrl = "http://127.0.0.1:8080".parse().unwrap();
        let public: PublicUrl = "https://muster.example.org".parse().unwrap();
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        is_ours(&headers, &[&here, &public])
    }

    #[test]
    fn only_our_own_origins_pass() {
        let table = [
            ("https://muster.example.org", true),
            ("http://127.0.0.1:8080", true),
            ("http://muster.example.org", false),
            ("https://muster.example.org:8443", false),
            ("https://muster.example.org/", false),
            ("https://evil.example", false),
            ("https://muster.example.org.evil.example", false),
            ("http://127.0.0.1", false),
            ("http://localhost:8080", false),
            ("null", false),
            ("", false),
        ];
        for (origin, passes) in table {
            assert_eq!(ours(&[("origin", origin)]), passes, "{origin}");
        }
        let own = ("origin", "https://muster.example.org");
        assert!(!ours(&[own, own]), "twice is not once");
    }

    #[test]
    fn the_browsers_word_for_another_site_is_heeded() {
        let table = [
            ("same-origin", true),
            ("none", true),
            ("same-site", false),
            ("cross-site", false),
            ("", false),
            ("Same-Origin", false),
        ];
        let own = ("origin", "https://muster.example.org");
        for (site, passes) in table {
            assert_eq!(ours(&[(FETCH_SITE, site)]), passes, "{site}");
            assert_eq!(ours(&[own, (FETCH_SITE, site)]), passes, "{site}");
        }
        assert!(!ours(&[("origin", "https://evil.example"), (FETCH_SITE, "same-origin")]));
        assert!(ours(&[]), "a script that says nothing still needs the token");
    }

    #[test]
    fn whatever_is_not_known_to_be_safe_is_unsafe() {
        for method in ["POST", "PUT", "PATCH", "DELETE", "CONNECT", "TRACE", "BREW", "get"] {
            assert!(is_unsafe(&Method::from_bytes(method.as_bytes()).unwrap()), "{method}");
        }
        for method in [Method::GET, Method::HEAD, Method::OPTIONS] {
            assert!(!is_unsafe(&method));
        }
    }
}
