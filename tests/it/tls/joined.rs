//! An agent knows the certificate of its Muster by the join code, where no authority knows it.

use std::net::SocketAddr;
use std::path::Path;

use http_body_util::BodyExt as _;
use hyper::Request;
use hyper_util::rt::TokioIo;
use muster::agent::joined::{self as agent, AgentError, Identity};
use muster::domain::agent::code::JoinCode;
use muster::tls::{Kept, Look};

use crate::support::app::TestApp;
use crate::support::browser::Browser;
use crate::support::certificate::{Authority, CertificateFiles, Issued, shake_hands};
use crate::support::sites::add;

/// Muster over TLS, with a site.
struct Muster {
    app: TestApp,
    ada: Browser,
    files: CertificateFiles,
    kept: Kept,
    address: SocketAddr,
    site: String,
}

impl Muster {
    async fn shows(issued: &Issued) -> Muster {
        let (app, ada) = TestApp::on_plan().await;
        let files = CertificateFiles::of(issued);
        let kept = files.kept();
        let address = app.served_over_tls(&kept).await;
        let site = add(&ada, "db1").await;
        Muster { app, ada, files, kept, address, site }
    }

    /// The page with a new code, as a browser sees it that lets this certificate pass.
    async fn page(&self, trusted: &Issued) -> String {
        let stream = shake_hands(self.address, trusted, "localhost", &[]).await.unwrap();
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        let (host, path) =
            (format!("localhost:{}", self.address.port()), format!("{}/code", self.site));
        let request = Request::post(&path)
            .header("host", &host)
            .header("origin", format!("https://{host}"))
            .header("cookie", format!("__Host-muster={}", self.ada.session.as_ref().unwrap()))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(self.ada.form(&path, &[]))
            .unwrap();
        let answer =
            sender.send_request(request).await.unwrap().into_body().collect().await.unwrap();
        String::from_utf8(answer.to_bytes().into()).unwrap()
    }

    fn renews(&self, by: &Issued) {
        self.files.renew(by);
        assert!(matches!(self.kept.look(), Look::Taken));
    }
}

fn code(page: &str) -> JoinCode {
    let rest = page.split_once("muster agent join ").unwrap_or_else(|| panic!("{page}")).1;
    rest.split('<').next().unwrap().parse().unwrap()
}

/// Whether the agent of this folder is heard.
async fn asks(state: &Path) -> Result<(), AgentError> {
    agent::drafts(&Identity::load(state).unwrap()).await.map(drop)
}

#[tokio::test]
async fn an_agent_trusts_the_key_that_its_code_told_of_through_renewals_and_no_other() {
    let issued = Issued::new();
    let muster = Muster::shows(&issued).await;
    let state = tempfile::tempdir().unwrap();
    let page = muster.page(&issued).await;
    assert!(page.contains("muster agent join mj2."), "{page}");
    let (told, untold) = (code(&page), JoinCode { certificate: None, ..code(&page) });

    let error = agent::join(&untold, state.path()).await.unwrap_err();
    assert!(matches!(error, AgentError::Untrusted(..)), "{error}");
    assert!(error.to_string().contains("make a join code on the page"), "{error}");
    agent::join(&told, state.path()).await.unwrap();
    asks(state.path()).await.unwrap();

    muster.renews(&issued.renewed());
    asks(state.path()).await.expect("the key is the same");

    let other = Issued::new();
    muster.renews(&other);
    let error = asks(state.path()).await.unwrap_err();
    assert!(matches!(error, AgentError::OtherCertificate(_)), "{error}");
    assert!(error.to_string().contains("make a new join code"), "{error}");
    let (told, fresh) = (code(&muster.page(&other).await), tempfile::tempdir().unwrap());
    muster.renews(&issued);
    let error = agent::join(&told, fresh.path()).await.unwrap_err();
    assert!(matches!(error, AgentError::OtherCertificate(_)), "{error}");
    assert!(Identity::load(fresh.path()).is_err(), "nothing was kept");
    asks(state.path()).await.expect("an agent that has joined before goes on");
    muster.app.end().await;
}

#[tokio::test]
async fn of_an_authority_of_ones_own_whatever_it_signs_for_this_name_is_trusted() {
    let (ours, others) = (Authority::new(), Authority::new());
    let issued = ours.issues("localhost");
    let muster = Muster::shows(&issued).await;
    let state = tempfile::tempdir().unwrap();
    let told = code(&muster.page(&Issued { der: ours.der(), ..issued }).await);

    agent::join(&told, state.path()).await.unwrap();
    muster.renews(&ours.issues("localhost"));
    asks(state.path()).await.expect("another key, the same authority");

    muster.renews(&ours.issues("elsewhere.example.org"));
    let error = asks(state.path()).await.unwrap_err();
    assert!(matches!(error, AgentError::Untrusted(..)), "it is for another name: {error}");
    muster.renews(&others.issues("localhost"));
    let error = asks(state.path()).await.unwrap_err();
    assert!(matches!(error, AgentError::OtherCertificate(_)), "another authority: {error}");
    muster.app.end().await;
}
