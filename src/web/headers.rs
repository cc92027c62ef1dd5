//! What every answer tells the browser: run and show nothing but our own, keep nothing, tell
//! nobody.
//!
//! It is not told to insist on TLS (HSTS). A browser that insists lets nobody past a certificate
//! that has ended, nor in by plain http, and in a disaster those are the ways that are left.

use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderMap, HeaderName, HeaderValue, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};

/// Everything from here, nothing inline, nobody's frame.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
                      connect-src 'self'; form-action 'self'; base-uri 'none'; \
                      frame-ancestors 'none'";

/// Sets them on an answer; of these a handler can choose `Cache-Control` alone.
pub fn set(headers: &mut HeaderMap) {
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
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_inline_or_foreign_is_allowed() {
        let mut headers = HeaderMap::new();

        set(&mut headers);

        let policy = headers[CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src 'self'; "), "{policy}");
        assert!(policy.ends_with("frame-ancestors 'none'"), "{policy}");
        for word in ["unsafe", "*", "data:", "http"] {
            assert!(!policy.contains(word), "{policy}");
        }
        assert_eq!(headers[X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert_eq!(headers[REFERRER_POLICY], "same-origin");
        assert_eq!(headers["cross-origin-opener-policy"], "same-origin");
        assert!(!headers.contains_key("strict-transport-security"), "it locks out who must get in");
    }

    #[test]
    fn nothing_is_stored_unless_a_handler_says_so() {
        let mut private = HeaderMap::new();
        let mut public = HeaderMap::new();
        public.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=30"));

        set(&mut private);
        set(&mut public);

        assert_eq!(private[CACHE_CONTROL], "no-store");
        assert_eq!(public[CACHE_CONTROL], "public, max-age=30");
    }
}
