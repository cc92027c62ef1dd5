//! The listener that metrics are served on, and who scrapes it.

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};

use muster::db::Db;
use muster::metrics::{self, Gauges, Inside};
use muster::pulse::Pulse;
use muster::web::server::{self, Limits};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::support::app::TestApp;
use crate::support::certificate::{CertificateFiles, Issued};

pub(super) struct Scene {
    address: SocketAddr,
    pub(super) inside: Inside,
}

impl Scene {
    pub(super) async fn of(app: &TestApp) -> Scene {
        Scene::with_database_at(app, &app.database_url()).await
    }

    /// Figures are read from another database than the web's.
    pub(super) async fn with_database_at(app: &TestApp, url: &str) -> Scene {
        let watch_db = Db::away();
        watch_db.reached(url.parse().unwrap(), 2);
        Scene::serve(app, (app.db.clone(), app.db.clone(), watch_db), true).await
    }

    /// Web and worker go by these.
    pub(super) async fn with_databases(app: &TestApp, (web, worker): (Db, Db)) -> Scene {
        Scene::serve(app, (web, worker, app.db.clone()), true).await
    }

    pub(super) async fn before_contact(app: &TestApp) -> Scene {
        Scene::serve(app, (Db::away(), Db::away(), Db::away()), false).await
    }

    async fn serve(app: &TestApp, dbs: (Db, Db, Db), contact: bool) -> Scene {
        let (db, worker_db, watch_db) = dbs;
        let inside = Inside {
            db,
            worker_db,
            watch_db,
            clock: app.clock.clone(),
            worker: Pulse::default(),
            heard: Some(Pulse::default()),
            mails: app.state.mail.tally(),
        };
        let known = Arc::new(OnceLock::new());
        if contact {
            let _ = known.set(inside.clone());
        }
        let published = app.state.published.clone();
        let certificate = Some(CertificateFiles::of(&Issued::new()).kept());
        let gauges = Gauges { published, certificate, inside: known };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = app.state.stop.clone();
        tokio::spawn(server::serve(listener, metrics::app(gauges), stop, Limits::default()));
        Scene { address, inside }
    }

    pub(super) async fn scrape(&self) -> String {
        let mut tcp = TcpStream::connect(self.address).await.unwrap();
        let request = "GET /metrics HTTP/1.1\r\nhost: m\r\nconnection: close\r\n\r\n";
        tcp.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        tcp.read_to_string(&mut answer).await.unwrap();
        assert!(answer.contains("text/plain; version=0.0.4"), "{answer}");
        answer.split_once("\r\n\r\n").unwrap().1.to_owned()
    }

    /// The value of one sample, by its name and labels as they are written.
    pub(super) async fn value(&self, sample: &str) -> f64 {
        let text = self.scrape().await;
        let mut lines =
            text.lines().filter_map(|line| line.strip_prefix(sample)?.strip_prefix(' '));
        let value = lines.next_back().unwrap_or_else(|| panic!("no {sample}: {text}"));
        value.parse().unwrap()
    }
}
