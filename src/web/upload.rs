//! A form with a file in it, read whole. The guard has bounded it and found its token before.

use axum::body::Bytes;
use axum::extract::{FromRequest, Multipart, Request};
use axum::response::{IntoResponse, Response};

/// What was sent, part by part.
pub struct Upload(Vec<Part>);

/// One part: a field, or a file.
pub struct Part {
    name: String,
    /// The file's name; none: it is a field.
    pub file: Option<String>,
    /// What is in it.
    pub bytes: Bytes,
}

impl Upload {
    /// A field's text; empty where it is missing or no text. Pages are UTF-8, and so is what
    /// browsers send from them.
    #[must_use]
    pub fn text(&self, name: &str) -> String {
        let field = self.0.iter().find(|part| part.name == name && part.file.is_none());
        let text = field.and_then(|field| std::str::from_utf8(&field.bytes).ok());
        text.unwrap_or_default().replace("\r\n", "\n")
    }

    /// A file that was chosen; an untouched field sends one without name and content.
    #[must_use]
    pub fn file(&self, name: &str) -> Option<&Part> {
        let chosen = |part: &&Part| {
            let named = part.file.as_ref().is_some_and(|file| !file.is_empty());
            part.name == name && part.file.is_some() && (named || !part.bytes.is_empty())
        };
        self.0.iter().find(chosen)
    }
}

impl<S: Send + Sync> FromRequest<S> for Upload {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Upload, Response> {
        let multipart = Multipart::from_request(request, state).await;
        let mut multipart = multipart.map_err(IntoResponse::into_response)?;
        let mut parts = Vec::new();
        while let Some(field) = multipart.next_field().await.map_err(IntoResponse::into_response)? {
            let name = field.name().unwrap_or_default().to_owned();
            let file = field.file_name().map(str::to_owned);
            let bytes = field.bytes().await.map_err(IntoResponse::into_response)?;
            parts.push(Part { name, file, bytes });
        }
        Ok(Upload(parts))
    }
}
