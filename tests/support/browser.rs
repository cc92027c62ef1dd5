//! A browser for tests, as far as HTTP goes: keeps its cookie, and posts forms as our pages would.

use std::fmt::{self, Write};
use std::net::SocketAddr;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::header::{CONTENT_TYPE, COOKIE, HOST, LOCATION, ORIGIN, REFERER, SET_COOKIE};
use hyper::http::request::Builder;
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use muster::secrets::{KeyRing, Label};
use muster::web::guard::{Csrf, CsrfKey};
use tokio::net::TcpStream;

/// Why nothing whole came back.
pub type Broken = Box<dyn std::error::Error + Send + Sync>;

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub location: String,
    pub cookie: Option<String>,
    /// The mark of a browser that has signed in.
    pub mark: Option<String>,
    pub headers: hyper::HeaderMap,
    pub body: String,
    pub bytes: Bytes,
}

/// A browser of somebody: keeps its cookie.
#[derive(Clone)]
pub struct Browser {
    address: SocketAddr,
    key: CsrfKey,
    pub session: Option<String>,
    /// That it has signed in before.
    pub mark: Option<String>,
}

impl Browser {
    /// A browser of nobody; `key` makes the token that our own pages hold.
    pub fn new(address: SocketAddr, key: CsrfKey) -> Browser {
        Browser { address, key, session: None, mark: None }
    }

    /// A browser of nobody, with the token that pages sealed by this ring hold.
    pub fn of(address: SocketAddr, ring: &KeyRing) -> Browser {
        Browser::new(address, CsrfKey::new(&ring.mac(Label::Links, &[b"csrf v1"])))
    }

    /// The browser, once somebody has signed in there.
    pub async fn sign_in(mut self, email: &str, password: &str) -> Browser {
        let answer = self.post("/session", &[("email", email), ("password", password)]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        self.session = answer.cookie;
        self
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path), Bytes::new()).await
    }

    /// Posts a form, with the token that our own page would hold.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.post_raw(path, self.form(path, fields)).await
    }

    /// The body of a form, with the token that our own page would hold.
    pub fn form(&self, path: &str, fields: &[(&str, &str)]) -> String {
        let Csrf(csrf) = self.token(path);
        encode(&[fields, &[("csrf", csrf.as_str())]].concat())
    }

    fn token(&self, path: &str) -> Csrf {
        let links = ["/set-up/", "/invitation/", "/verification/", "/answer/"];
        let open = path == "/session" || links.iter().any(|link| path.starts_with(link));
        self.key.token(self.session.as_deref().filter(|_| !open))
    }

    /// Posts any bytes behind the token that our own page would hold.
    pub async fn post_bytes(&self, path: &str, bytes: Vec<u8>) -> Answer {
        let Csrf(csrf) = self.token(path);
        let body = [format!("csrf={csrf}&").as_bytes(), &bytes].concat();
        self.post_raw(path, body).await
    }

    /// Posts any bytes as a form.
    pub async fn post_raw(&self, path: &str, body: impl Into<Bytes>) -> Answer {
        self.post_from("/", path, body).await
    }

    /// Posts the first form of a page that was shown with all its hidden fields as they stand, and
    /// with what is typed into it.
    pub async fn post_shown(&self, shown: &str, typed: &[(&str, &str)]) -> Answer {
        let form = shown.split("<form").nth(1).expect("a form");
        let form = form.split("</form>").next().unwrap_or_default();
        let action = value(form, "action").expect("an address");
        let hidden = form.split("<input type=\"hidden\"").skip(1);
        let hidden: Vec<_> =
            hidden.map(|one| (value(one, "name").unwrap(), value(one, "value").unwrap())).collect();
        let mut fields: Vec<_> = hidden.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        fields.extend(typed);
        if value(form, "enctype").is_some() {
            return self.send_parts(&action, &fields).await;
        }
        self.post_raw(&action, encode(&fields)).await
    }

    /// Posts a form in parts, as those with files are, with the token that our own page would hold.
    pub async fn post_parts(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let Csrf(csrf) = self.token(path);
        self.send_parts(path, &[&[("csrf", csrf.as_str())], fields].concat()).await
    }

    async fn send_parts(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let part = |(name, value): &(&str, &str)| {
            format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        };
        let body = fields.iter().map(part).collect::<String>() + "--b--\r\n";
        let request = Request::post(path)
            .header(CONTENT_TYPE, "multipart/form-data; boundary=b")
            .header(ORIGIN, format!("http://{}", self.address));
        self.send(request, body).await
    }

    /// Posts any bytes as a form that stands on the page `from`.
    pub async fn post_from(&self, from: &str, path: &str, body: impl Into<Bytes>) -> Answer {
        self.send(self.form_from(from, path), body).await
    }

    /// Posts a form to a server that may die meanwhile.
    pub async fn try_post(&self, path: &str, fields: &[(&str, &str)]) -> Result<Answer, Broken> {
        self.try_send(self.form_from("/", path), self.form(path, fields)).await
    }

    fn form_from(&self, from: &str, path: &str) -> Builder {
        let origin = format!("http://{}", self.address);
        Request::post(path)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(REFERER, format!("{origin}{from}"))
            .header(ORIGIN, origin)
    }

    /// Posts a form with files, with the token that our own page would hold. A part is a field's
    /// name, the name of a file if it is one, and what is in it.
    pub async fn upload(&self, path: &str, parts: &[(&str, Option<&str>, &[u8])]) -> Answer {
        let Csrf(csrf) = self.token(path);
        let mut body = Vec::new();
        for (name, file, bytes) in [&[("csrf", None, csrf.as_bytes())], parts].concat() {
            let file = file.map(|file| format!("; filename=\"{file}\"")).unwrap_or_default();
            let head =
                format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n");
            body.extend([head.as_bytes(), bytes, b"\r\n"].concat());
        }
        body.extend(b"--b--\r\n");
        let request = Request::post(path)
            .header(CONTENT_TYPE, "multipart/form-data; boundary=b")
            .header(ORIGIN, format!("http://{}", self.address));
        self.send(request, body).await
    }

    /// Sends any request as this browser.
    pub async fn send(&self, request: Builder, body: impl Into<Bytes>) -> Answer {
        self.try_send(request, body).await.unwrap()
    }

    /// The same, to a server that may die meanwhile.
    pub async fn try_send(
        &self,
        request: Builder,
        body: impl Into<Bytes>,
    ) -> Result<Answer, Broken> {
        let stream = TcpStream::connect(self.address).await?;
        let (mut sender, conn) =
            hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(conn);
        let mut request = request.header(HOST, self.address.to_string());
        if let Some(session) = &self.session {
            request = request.header(COOKIE, format!("__Host-muster={session}"));
        }
        if let Some(mark) = &self.mark {
            request = request.header(COOKIE, format!("__Host-muster-known={mark}"));
        }
        let request = request.body(Full::new(body.into()))?;
        Answer::read(sender.send_request(request).await?).await
    }
}

impl Answer {
    async fn read(response: hyper::Response<hyper::body::Incoming>) -> Result<Answer, Broken> {
        let (parts, body) = response.into_parts();
        let header = |name| {
            parts.headers.get(name).map(|v: &hyper::header::HeaderValue| v.to_str().unwrap())
        };
        let cookie = |name: &str| {
            let lines = parts.headers.get_all(SET_COOKIE).iter().map(|line| line.to_str().unwrap());
            let mut values = lines.filter_map(|line| line.strip_prefix(name)?.strip_prefix('='));
            let value = values.next()?.split(';').next()?;
            (!value.is_empty()).then(|| value.to_owned())
        };
        let body = body.collect().await?.to_bytes();
        Ok(Answer {
            status: parts.status,
            location: header(LOCATION).unwrap_or_default().to_owned(),
            cookie: cookie("__Host-muster"),
            mark: cookie("__Host-muster-known"),
            body: String::from_utf8_lossy(&body).into_owned(),
            bytes: body,
            headers: parts.headers,
        })
    }
}

/// The value of an attribute, as a browser reads it.
fn value(html: &str, name: &str) -> Option<String> {
    let value = html.split_once(&format!("{name}=\""))?.1.split('"').next()?;
    let plain = [("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&#38;", "&")];
    Some(plain.iter().fold(value.to_owned(), |text, (coded, sign)| text.replace(coded, sign)))
}

fn encode(fields: &[(&str, &str)]) -> String {
    let pair = |(name, value): &(&str, &str)| format!("{}={}", Encoded(name), Encoded(value));
    fields.iter().map(pair).collect::<Vec<_>>().join("&")
}

/// A text as it stands in a form's body or a path.
pub struct Encoded<'a>(pub &'a str);

impl fmt::Display for Encoded<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.bytes().try_for_each(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
                f.write_char(char::from(byte))
            }
            _ => write!(f, "%{byte:02X}"),
        })
    }
}
