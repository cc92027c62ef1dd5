//! One mail as the sink received it, decoded so that tests read what a person reads.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

/// A received mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mail {
    /// Its number among all the sink ever received, from 1.
    pub order: usize,
    /// The envelope's sender.
    pub from: String,
    /// The envelope's recipients.
    pub to: Vec<String>,
    /// The decoded subject.
    pub subject: String,
    /// The decoded body.
    pub text: String,
    /// All headers in order, unfolded and decoded.
    pub headers: Vec<(String, String)>,
    /// Everything between DATA and the final dot.
    pub raw: String,
}

impl Mail {
    /// Reads what came between DATA and the final dot.
    pub fn read(from: String, to: Vec<String>, raw: &[u8]) -> Mail {
        let raw = String::from_utf8_lossy(raw).into_owned();
        let (head, body) = raw.split_once("\r\n\r\n").unwrap_or((raw.as_str(), ""));
        let headers = headers(head);
        let find = |name| find(&headers, name).unwrap_or_default().to_owned();
        let text = match find("Content-Transfer-Encoding").to_lowercase().as_str() {
            "base64" => from_base64(body),
            "quoted-printable" => from_quoted_printable(body),
            _ => body.as_bytes().to_vec(),
        };
        let text = String::from_utf8_lossy(&text).replace("\r\n", "\n").trim_end().to_owned();
        Mail { order: 0, from, to, subject: find("Subject"), text, headers, raw }
    }

    /// The first header of that name.
    pub fn header(&self, name: &str) -> Option<&str> {
        find(&self.headers, name)
    }

    /// The first link in the body that contains `part`.
    pub fn link(&self, part: &str) -> Option<&str> {
        self.text.split_whitespace().find(|word| word.starts_with("http") && word.contains(part))
    }
}

fn find<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

fn headers(head: &str) -> Vec<(String, String)> {
    let unfolded = head.replace("\r\n ", " ").replace("\r\n\t", " ");
    unfolded
        .split("\r\n")
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_owned(), decoded_words(value.trim())))
        .collect()
}

/// `=?utf-8?b?…?=` and `=?utf-8?q?…?=` as text; white space between two of them goes.
fn decoded_words(value: &str) -> String {
    let mut text = String::new();
    let mut after_encoded = false;
    for word in value.split(' ') {
        let decoded = encoded_word(word);
        let joined = after_encoded && decoded.is_some();
        if !text.is_empty() && !joined {
            text.push(' ');
        }
        after_encoded = decoded.is_some();
        text.push_str(decoded.as_deref().unwrap_or(word));
    }
    text
}

fn encoded_word(word: &str) -> Option<String> {
    let inner = word.strip_prefix("=?")?.strip_suffix("?=")?;
    let (_charset, rest) = inner.split_once('?')?;
    let (encoding, text) = rest.split_once('?')?;
    let bytes = match encoding {
        "b" | "B" => STANDARD.decode(text).ok()?,
        "q" | "Q" => from_quoted_printable(&text.replace('_', " ")),
        _ => return None,
    };
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

fn from_base64(body: &str) -> Vec<u8> {
    let body: String = body.split_whitespace().collect();
    STANDARD.decode(body).unwrap_or_default()
}

fn from_quoted_printable(body: &str) -> Vec<u8> {
    let joined = body.replace("=\r\n", "");
    let mut bytes = Vec::with_capacity(joined.len());
    let mut rest = joined.as_bytes();
    while let [first, after @ ..] = rest {
        let code = after.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) if *first == b'=' => {
                bytes.push(byte);
                rest = &after[2..];
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    bytes
}

#[test]
fn a_mail_reads_as_a_person_reads_it() {
    let raw = b"Subject: =?utf-8?b?TGV2ZWwg?= =?utf-8?q?3=3A_d=C3=BCster?= now\r\n \
        folded\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nZ=C3=BCrich =\r\nis down =3D\r\n";

    let mail = Mail::read("a@example.org".to_owned(), Vec::new(), raw);

    assert_eq!(mail.subject, "Level 3: düster now folded");
    assert_eq!(mail.text, "Zürich is down =");
}
