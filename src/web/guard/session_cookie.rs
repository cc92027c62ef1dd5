//! The session cookie's name, and finding it: the guard binds forms to it, sign-in sets it.

use axum::http::HeaderMap;
use axum::http::header::COOKIE;

/// Where the browser keeps secrets safe (TLS, or this very machine) a name that nobody else can
/// set a cookie for; over plain http on a private network a plain one.
#[must_use]
pub fn name(secure: bool) -> &'static str {
    if secure { "__Host-muster" } else { "muster" }
}

/// The name of the mark that a browser keeps after it has signed in.
#[must_use]
pub fn mark_name(secure: bool) -> &'static str {
    if secure { "__Host-muster-known" } else { "muster-known" }
}

/// The session's token as the browser sent it.
#[must_use]
pub fn value(headers: &HeaderMap, secure: bool) -> Option<&str> {
    cookie(headers, name(secure))
}

/// The mark of a browser that has signed in before.
#[must_use]
pub fn mark(headers: &HeaderMap, secure: bool) -> Option<&str> {
    cookie(headers, mark_name(secure))
}

fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let lines = headers.get_all(COOKIE).into_iter().filter_map(|line| line.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.split_once('='));
    let mut values = pairs.filter(|(key, _)| key.trim() == name).map(|(_, value)| value);
    values.next().map(str::trim).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn only_the_cookie_of_the_right_name_counts() {
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, HeaderValue::from_static("a=b; muster=plain; muster2=c"));
        headers.append(COOKIE, HeaderValue::from_static("__Host-muster=safe"));

        assert_eq!(value(&headers, true), Some("safe"));
        assert_eq!(value(&headers, false), Some("plain"));
        headers.remove(COOKIE);
        assert_eq!(value(&headers, true), None);
    }
}
