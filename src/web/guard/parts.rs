//! A form in parts, as one with files is sent: taken apart without copying.

use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;

use super::body::{is_upload, split_at};

/// One part: what is said of it, and what is in it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part<'a> {
    whole: &'a [u8],
    head: &'a [u8],
    /// What is in it.
    pub(super) value: &'a [u8],
}

/// What stands between the parts of a form; none where it has none.
pub(super) fn boundary(headers: &HeaderMap) -> Option<Vec<u8>> {
    let kind = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    let (_, rest) = kind.split_once("boundary=").filter(|_| is_upload(headers))?;
    let named = rest.split(';').next().unwrap_or_default().trim().trim_matches('"');
    (!named.is_empty()).then(|| named.as_bytes().to_vec())
}

/// The parts of a body in order; none where it is not whole.
pub(super) fn split<'a>(boundary: &[u8], body: &'a [u8]) -> Option<Vec<Part<'a>>> {
    let mark = [b"\r\n--", boundary].concat();
    let mut rest = body.strip_prefix(&mark[2..])?;
    let mut parts = Vec::new();
    while !rest.starts_with(b"--") {
        let (whole, after) = split_at(rest.strip_prefix(b"\r\n")?, &mark)?;
        let (head, value) = split_at(whole, b"\r\n\r\n")?;
        parts.push(Part { whole, head, value });
        rest = after;
    }
    Some(parts)
}

/// The body of these parts alone.
pub(super) fn join(boundary: &[u8], parts: &[Part<'_>]) -> Vec<u8> {
    let mut body = Vec::new();
    for part in parts {
        body.extend([b"--", boundary, b"\r\n", part.whole, b"\r\n"].concat());
    }
    body.extend([b"--", boundary, b"--\r\n"].concat());
    body
}

impl Part<'_> {
    /// The field's name.
    pub(super) fn name(&self) -> String {
        let named = split_at(self.head, b" name=\"").map(|(_, rest)| rest).unwrap_or_default();
        let name = named.split(|byte| *byte == b'"').next().unwrap_or_default();
        String::from_utf8_lossy(name).into_owned()
    }

    /// Whether it is a file, chosen or not.
    pub(super) fn is_file(&self) -> bool {
        split_at(self.head, b" filename=").is_some()
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::extract::{FromRequest, Multipart, Request};

    use super::*;

    const KIND: &str = "multipart/form-data; boundary=\"--x\"";

    fn body(parts: &[(&str, &str, &str)]) -> Vec<u8> {
        let part = |(name, more, value): &(&str, &str, &str)| {
            let head = format!("Content-Disposition: form-data; name=\"{name}\"{more}");
            format!("----x\r\n{head}\r\n\r\n{value}\r\n")
        };
        (parts.iter().map(part).collect::<String>() + "----x--\r\n").into_bytes()
    }

    #[test]
    fn parts_are_named_and_told_from_files() {
        let body = body(&[("csrf", "", "t"), ("plan", "; filename=\"a.toml\"", "a\r\n----\r\nb")]);
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, KIND.parse().unwrap())]);
        let boundary = boundary(&headers).unwrap();
        assert_eq!(boundary, b"--x");

        let parts = split(&boundary, &body).unwrap();

        let seen: Vec<_> = parts.iter().map(|p| (p.name(), p.is_file(), p.value)).collect();
        let wanted: [(String, bool, &[u8]); 2] =
            [("csrf".into(), false, b"t"), ("plan".into(), true, b"a\r\n----\r\nb")];
        assert_eq!(seen, wanted);
    }

    #[test]
    fn a_body_that_breaks_off_has_no_parts() {
        let whole = body(&[("a", "", "1"), ("b", "", "2")]);

        for end in 0..whole.len() - 4 {
            assert!(split(b"--x", &whole[..end]).is_none(), "{end}");
        }
        assert!(split(b"--y", &whole).is_none());
    }

    #[tokio::test]
    async fn what_is_joined_is_read_as_it_was() {
        let whole = body(&[("a", "", "1"), ("b", "", "2"), ("c", "", "é\r\n3")]);
        let mut parts = split(b"--x", &whole).unwrap();
        assert_eq!(join(b"--x", &parts), whole);
        parts.remove(1);

        let joined = Body::from(join(b"--x", &parts));
        let request = Request::post("/").header(CONTENT_TYPE, KIND).body(joined).unwrap();
        let mut read = Multipart::from_request(request, &()).await.unwrap();

        for (name, value) in [("a", "1"), ("c", "é\r\n3")] {
            let field = read.next_field().await.unwrap().unwrap();
            assert_eq!(field.name(), Some(name));
            assert_eq!(field.text().await.unwrap(), value);
        }
        assert!(read.next_field().await.unwrap().is_none());
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_taken_apart_without_harm(
            bytes in proptest::collection::vec(proptest::sample::select(b"\r\n-x;=\" a".to_vec()), 0..80),
        ) {
            let body = [b"--x".as_slice(), &bytes].concat();
            if let Some(parts) = split(b"x", &body) {
                parts.iter().for_each(|part| drop((part.name(), part.is_file())));
            }
        }
    }
}
