//! Turns what the public may see into bytes and files.

mod feed;
mod files;
mod handle;
mod history;
mod incident;
mod json;
mod page;
mod past;
mod preview;
mod site;
mod view;

pub use handle::Published;
pub use page::render;
pub use preview::Preview;
pub use site::{FEED, File, HISTORY, HOME, ICON, INCIDENTS, JSON, STYLESHEET, Site};
pub use view::{Component, Disturbance, Incident, Post, State, View};

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
