//! The body of a form: read whole, within a limit, and searched for its token.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use tokio::sync::Semaphore;

use super::aside::{Aside, ROOM};
use super::refusal::Refusal;

/// Bytes a form may have.
pub const FORM_LIMIT: usize = 256 * 1024;
/// Bytes a form with files may have.
pub const UPLOAD_LIMIT: usize = 2 * 1024 * 1024;

const MULTIPART: &str = "multipart/form-data";
/// What every body may have, however many others come: nearly all forms are smaller.
const SMALL: usize = 16 * 1024;
/// What all that is larger may have together, while it comes.
const TOGETHER: usize = 64 * 1024 * 1024;

/// The memory for bodies that are on their way; clones share it.
#[derive(Clone)]
pub(super) struct Room(Arc<Semaphore>);

impl Room {
    pub(super) fn new() -> Room {
        Room(Arc::new(Semaphore::new(TOGETHER)))
    }
}

/// Reads a body to its end. What is carried aside does not count: a form that was as large as it
/// may be is still taken when the password comes along with it.
pub(super) async fn read(headers: &HeaderMap, body: Body, room: &Room) -> Result<Bytes, Refusal> {
    let limit = if is_upload(headers) { UPLOAD_LIMIT } else { FORM_LIMIT };
    let promised = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    if promised.is_some_and(|bytes: u64| bytes > (limit + ROOM) as u64) {
        return Err(Refusal::TooLarge(limit));
    }
    let whole = gather(Limited::new(body, limit + ROOM), limit, room).await?;
    if whole.len() > limit && Aside::take(headers, &whole).own.len() > limit {
        return Err(Refusal::TooLarge(limit));
    }
    Ok(whole)
}

async fn gather(mut body: Limited<Body>, limit: usize, room: &Room) -> Result<Bytes, Refusal> {
    let (mut whole, mut held) = (Vec::new(), None);
    while let Some(frame) = body.frame().await {
        let Ok(bytes) = frame
            .map_err(|error| match error.is::<LengthLimitError>() {
                true => Refusal::TooLarge(limit),
                false => Refusal::BrokenOff,
            })?
            .into_data()
        else {
            continue;
        };
        let more = (whole.len() + bytes.len()).saturating_sub(whole.len().max(SMALL));
        let more = room.0.try_acquire_many(u32::try_from(more).unwrap_or(u32::MAX));
        let more = more.map_err(|_| Refusal::Crowded)?;
        match &mut held {
            None => held = Some(more),
            Some(held) => held.merge(more),
        }
        whole.extend_from_slice(&bytes);
    }
    Ok(whole.into())
}

/// The token in the field `csrf`: of a plain form wherever it stands, of one with files in its
/// first part. Tokens consist of letters that no browser encodes.
pub(super) fn token<'a>(headers: &HeaderMap, body: &'a [u8]) -> Option<&'a [u8]> {
    if is_upload(headers) {
        return first_part(body);
    }
    body.split(|byte| *byte == b'&').find_map(|pair| pair.strip_prefix(b"csrf="))
}

/// Whether a field of a plain form holds a zero byte. What is uploaded is read by who takes it.
pub(super) fn has_zero_byte(headers: &HeaderMap, body: &[u8]) -> bool {
    !is_upload(headers) && (body.contains(&0) || split_at(body, b"%00").is_some())
}

/// Whether a form is sent in parts, as those with files are.
pub(super) fn is_upload(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.get(..MULTIPART.len()).is_some_and(|start| start.eq_ignore_ascii_case(MULTIPART))
}

fn first_part(body: &[u8]) -> Option<&[u8]> {
    let (head, rest) = split_at(body, b"\r\n\r\n")?;
    let named = split_at(head, b" name=\"csrf\"").is_some();
    let (value, _) = split_at(rest, b"\r\n")?;
    (named && head.starts_with(b"--")).then_some(value)
}

/// What stands before and after the first occurrence of a mark.
pub(super) fn split_at<'a>(bytes: &'a [u8], mark: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = bytes.windows(mark.len()).position(|window| window == mark)?;
    Some((&bytes[..at], &bytes[at + mark.len()..]))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn kind(kind: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(kind))])
    }

    #[test]
    fn a_plain_forms_token_stands_in_any_field_of_that_name() {
        let table: [(&[u8], Option<&[u8]>); 7] = [
            (b"csrf=abc", Some(b"abc")),
            (b"title=a&csrf=abc&b=c", Some(b"abc")),
            (b"csrf=&csrf=abc", Some(b"")),
            (b"xcsrf=abc", None),
            (b"title=csrf%3Dabc", None),
            (b"", None),
            (b"\xff&\x00=", None),
        ];
        for (body, wanted) in table {
            assert_eq!(token(&kind("application/x-www-form-urlencoded"), body), wanted, "{body:?}");
        }
    }

    #[test]
    fn a_zero_byte_is_found_however_it_is_written() {
        let plain = kind("application/x-www-form-urlencoded");
        for (body, found) in
            [(&b"a=b%00"[..], true), (b"a=\0", true), (b"a=%2500", false), (b"a=100%25", false)]
        {
            assert_eq!(has_zero_byte(&plain, body), found, "{body:?}");
        }
        assert!(!has_zero_byte(&kind("multipart/form-data; boundary=b"), b"\0"));
    }

    #[test]
    fn a_form_with_files_has_its_token_first() {
        let part = |name: &str, value: &str| {
            format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        };
        let headers = kind("Multipart/Form-Data; boundary=b");
        let first = part("csrf", "abc") + &part("plan", "x") + "--b--\r\n";
        let second = part("plan", "x") + &part("csrf", "abc") + "--b--\r\n";

        assert_eq!(token(&headers, first.as_bytes()), Some(&b"abc"[..]));
        assert_eq!(token(&headers, second.as_bytes()), None);
        for broken in ["", "--b", "--b\r\n\r\n", "--b name=\"csrf\"\r\n\r\nabc", "\r\n\r\n\r\n"] {
            assert_eq!(token(&headers, broken.as_bytes()), None, "{broken:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_searched_without_harm(
            body in proptest::collection::vec(proptest::num::u8::ANY, 0..200),
        ) {
            token(&kind("multipart/form-data; boundary=b"), &body);
            token(&kind("text/plain"), &body);
        }
    }

    #[tokio::test]
    async fn a_body_beyond_its_limit_is_refused() {
        let form = kind("application/x-www-form-urlencoded");
        let upload = kind("multipart/form-data; boundary=b");
        let room = Room::new();
        let long = || Body::from(vec![b'a'; FORM_LIMIT + 1]);

        assert_eq!(read(&form, long(), &room).await, Err(Refusal::TooLarge(FORM_LIMIT)));
        assert!(read(&upload, long(), &room).await.is_ok());
        let longer = Body::from(vec![b'a'; UPLOAD_LIMIT + 1]);
        assert_eq!(read(&upload, longer, &room).await, Err(Refusal::TooLarge(UPLOAD_LIMIT)));
        let mut promised = form;
        promised.insert(CONTENT_LENGTH, HeaderValue::from_static("99999999999999999999"));
        assert!(read(&promised, Body::empty(), &room).await.is_ok(), "no number, no promise");
        promised.insert(CONTENT_LENGTH, HeaderValue::from_static("999999999"));
        let refused = read(&promised, Body::empty(), &room).await;
        assert_eq!(refused, Err(Refusal::TooLarge(FORM_LIMIT)));
    }
}
