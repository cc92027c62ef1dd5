//! What every answer tells the browser: run and show nothing but our own, keep nothing, tell
//! nobody.

use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderMap, HeaderName, HeaderValue, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};

/// Everything from here, nothing inline, nobody's frame.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
                      connect-src 'self'; form-action 'self'; base-uri 'none'; \
                      frame-ancestors 'none'";

/// A year, this host alone: what runs beneath its name is not ours to decide.
const ONLY_TLS: &str = "max-age=31536000";

/// Sets them on an answer; of these a handler can choose `Cache-Control` alone.
pub fn set(headers: &mut HeaderMap, https: bool) {
    let always = [
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // Not `no-referrer`: with it browsers send forms under the origin "null", which the guard
        // must refuse. Links that carry a secret are told to our own pages alone.
        (REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ];
    for (name, value) in always {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if https {
        headers.insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(ONLY_TLS));
    }
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_inline_or_foreign_is_allowed() {
        let mut headers = HeaderMap::new();

        set(&mut headers, false);

        let policy = headers[CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src 'self'; "), "{policy}");
        assert!(policy.ends_with("frame-ancestors 'none'"), "{policy}");
        for word in ["unsafe", "*", "data:", "http"] {
            assert!(!policy.contains(word), "{policy}");
        }
        assert_eq!(headers[X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert_eq!(headers[REFERRER_POLICY], "same-origin");
        assert_eq!(headers["cross-origin-opener-policy"], "same-origin");
    }

    #[test]
    fn nothing_is_stored_unless_a_handler_says_so() {
        let mut private = HeaderMap::new();
        let mut public = HeaderMap::new();
        public.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=30"));

        set(&mut private, false);
        set(&mut public, false);

        assert_eq!(private[CACHE_CONTROL], "no-store");
        assert_eq!(public[CACHE_CONTROL], "public, max-age=30");
    }

    #[test]
    fn only_an_answer_over_tls_asks_for_tls() {
        for https in [true, false] {
            let mut headers = HeaderMap::new();
            set(&mut headers, https);
            assert_eq!(headers.contains_key(STRICT_TRANSPORT_SECURITY), https);
        }
    }
}
