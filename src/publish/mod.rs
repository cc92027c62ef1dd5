//! Turns what the public may see into bytes and files.

mod files;
mod handle;
mod json;
mod page;
mod view;

pub use handle::Published;
pub use page::{Pages, render};
pub use view::{Component, Ended, Open, Post, State, View};

/// The stylesheet that the public page links, a copy of its own.
pub const STYLESHEET: &[u8] = include_bytes!("../../static/app.css");
/// Its icon.
pub const ICON: &[u8] = include_bytes!("../../static/icon.svg");

/// Why the page could not be made or kept.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The template did not render.
    #[error("the status page could not be drawn")]
    Draw(#[from] askama::Error),
    /// The document could not be written as JSON.
    #[error("the status page's JSON could not be written")]
    Json(#[from] serde_json::Error),
    /// The folder or the compressor failed.
    #[error("the status page's files could not be written")]
    Files(#[from] std::io::Error),
}
