//! An outside watch on a port of this machine.

use std::sync::{Arc, Mutex};

use muster::config::HeartbeatUrl;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What it does when it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answers {
    Well,
    Refuses,
    HangsUp,
    Never,
}

/// A watch, and what it was asked.
pub(super) struct Watch {
    address: std::net::SocketAddr,
    asked: watch::Receiver<usize>,
    last: Arc<Mutex<String>>,
}

impl Watch {
    pub(super) async fn start(answers: Answers) -> Watch {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (count, asked) = watch::channel(0);
        let last = Arc::new(Mutex::new(String::new()));
        let heard = Arc::clone(&last);
        tokio::spawn(async move {
            let mut held = Vec::new();
            while let Ok((mut tcp, _)) = listener.accept().await {
                let request = read_head(&mut tcp).await;
                if !request.starts_with("GET ") {
                    continue;
                }
                *heard.lock().unwrap() = request;
                count.send_modify(|count| *count += 1);
                match answers {
                    Answers::Well => say(&mut tcp, "200 OK").await,
                    Answers::Refuses => say(&mut tcp, "404 Not Found").await,
                    Answers::HangsUp => {}
                    Answers::Never => held.push(tcp),
                }
            }
        });
        Watch { address, asked, last }
    }

    pub(super) fn url(&self) -> HeartbeatUrl {
        format!("http://{}/ping/hidden", self.address).parse().unwrap()
    }

    pub(super) fn asked(&self) -> usize {
        *self.asked.borrow()
    }

    pub(super) async fn asked_more_than(&self, count: usize) {
        self.asked.clone().wait_for(|asked| *asked > count).await.unwrap();
    }

    /// The last request, as it came.
    pub(super) fn last(&self) -> String {
        self.last.lock().unwrap().clone()
    }
}

async fn read_head(tcp: &mut TcpStream) -> String {
    let mut read = Vec::new();
    let mut piece = [0; 1024];
    while !read.windows(4).any(|end| end == b"\r\n\r\n") {
        match tcp.read(&mut piece).await {
            Ok(0) | Err(_) => break,
            Ok(count) => read.extend_from_slice(&piece[..count]),
        }
        if !read.starts_with(b"GET") {
            break; // such as the first bytes of TLS
        }
    }
    String::from_utf8_lossy(&read).into_owned()
}

async fn say(tcp: &mut TcpStream, status: &str) {
    let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok");
    let _ = tcp.write_all(answer.as_bytes()).await; // the other may have gone
}
