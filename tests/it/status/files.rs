//! A web server that knows nothing but files.

use std::net::SocketAddr;
use std::path::PathBuf;

use axum::Router;
use axum::http::{StatusCode, Uri};
use tokio::net::TcpListener;

/// Serves a folder; of a folder within, its `index.html`.
pub(super) async fn serve(folder: PathBuf) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let app = Router::new().fallback(move |uri: Uri| {
        let mut path = folder.join(uri.path().trim_start_matches('/'));
        if path.is_dir() {
            path.push("index.html");
        }
        async move { std::fs::read(path).map_err(|_| StatusCode::NOT_FOUND) }
    });
    let stop = tokio_util::sync::CancellationToken::new();
    tokio::spawn(muster::web::server::serve(listener, app, stop, Default::default()));
    address
}
