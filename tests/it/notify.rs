//! Mail over a real connection: what the server does, and what the sender makes of it.

use std::time::Duration;

use muster::notify::{Mail, Mailer, SendError};
use time::macros::datetime;
use tokio::time::timeout;

use crate::support::smtp::{Behaviour, Options, Security, Sink};

const SENDER: &str = "Muster <muster@example.org>";
const ADA: &str = "ada@example.org";
/// Long enough for a conversation on a busy machine, short enough to wait for.
const PATIENCE: Duration = Duration::from_secs(2);

#[tokio::test]
async fn a_mail_arrives_with_its_words_and_says_that_a_machine_wrote_it() {
    let sink = Sink::start().await;

    let sent = mailer(&sink).send(&mail()).await.unwrap();

    assert_eq!(sent.words, "250 2.0.0 kept");
    let arrived = sink.wait_for(1).await.remove(0);
    assert_eq!(arrived.from, "muster@example.org");
    assert_eq!(arrived.to, [ADA]);
    assert_eq!(
        arrived.subject,
        "Level 3: Zürich doesn’t answer – since 03:12 CET, all bookings refused"
    );
    assert_eq!(arrived.text, mail().text);
    assert_eq!(arrived.header("Message-ID"), Some("<7f3a@muster.example.org>"));
    assert_eq!(arrived.header("Date"), Some("Sat, 14 Nov 2026 02:12:00 +0000"));
    assert_eq!(arrived.header("Auto-Submitted"), Some("auto-generated"));
    assert_eq!(arrived.header("From"), Some("Muster <muster@example.org>"));
    assert_eq!(arrived.header("Reply-To"), Some("hotline@example.org"));
    assert_eq!(arrived.header("MIME-Version"), Some("1.0"));
}

#[tokio::test]
async fn mail_goes_encrypted_from_the_start_or_from_starttls_on_and_signed_in() {
    for security in [Security::StartTls, Security::Implicit] {
        let login = Some(("muster@example.org".to_owned(), "p:ss/w%rd".to_owned()));
        let sink = Sink::start_with(Options { security, login }).await;
        let mailer = Mailer::from_url(&sink.url(), SENDER, Some(sink.root_pem())).unwrap();

        mailer.check().await.unwrap();
        assert_eq!(sink.mails(), []);
        mailer.send(&mail()).await.unwrap();
        assert_eq!(sink.mails().len(), 1, "{security:?}");
    }
}

#[tokio::test]
async fn a_certificate_nobody_vouches_for_is_refused() {
    for security in [Security::StartTls, Security::Implicit] {
        let sink = Sink::start_with(Options { security, login: None }).await;

        let error = mailer(&sink).send(&mail()).await.unwrap_err();

        assert!(
            matches!(&error, SendError::Unreachable { words } if words.contains("certificate")),
            "{error}"
        );
        assert_eq!(sink.mails(), []);
    }
}

#[tokio::test]
async fn a_server_without_starttls_gets_neither_password_nor_mail() {
    let sink = Sink::start().await;
    let url = format!("{}?tls=starttls", sink.url()).replace("://", "://name:word@");

    let error = Mailer::from_url(&url, SENDER, None).unwrap().send(&mail()).await.unwrap_err();

    assert!(
        matches!(&error, SendError::Unreachable { words } if words.contains("?tls=none")),
        "{error}"
    );
    assert_eq!(sink.tries(ADA), 0);
}

#[tokio::test]
async fn a_wrong_password_is_found_by_the_check() {
    let login = Some(("muster".to_owned(), "right".to_owned()));
    let sink = Sink::start_with(Options { security: Security::Plain, login }).await;
    let url = sink.url().replace("right", "wrong");

    let error = Mailer::from_url(&url, SENDER, None).unwrap().check().await.unwrap_err();

    assert_eq!(error.code(), Some(535), "{error}");
    assert!(!format!("{error} {error:?}").contains("wrong:"));
}

#[tokio::test]
async fn later_is_temporary_and_goes_through_the_next_time() {
    let sink = Sink::start().await;
    sink.behave(ADA, Behaviour::Greylist { times: 1 });

    let error = mailer(&sink).send(&mail()).await.unwrap_err();

    assert_eq!(
        error,
        SendError::Temporary { code: 451, words: "4.7.1 come back later".to_owned() }
    );
    assert!(error.may_pass());
    mailer(&sink).send(&mail()).await.unwrap();
    assert_eq!((sink.tries(ADA), sink.mails().len()), (2, 1));
}

#[tokio::test]
async fn never_is_permanent_before_the_mail_and_after_it() {
    let sink = Sink::start().await;
    let words = "5.1.1 nobody of that name".to_owned();
    sink.behave(ADA, Behaviour::Refuse { code: 550, words: words.clone() });

    let error = mailer(&sink).send(&mail()).await.unwrap_err();
    assert_eq!(error, SendError::Permanent { code: 550, words: words.clone() });
    assert!(!error.may_pass());

    sink.behave(ADA, Behaviour::RefuseAfterDot { code: 554, words: words.clone() });
    let error = mailer(&sink).send(&mail()).await.unwrap_err();
    assert_eq!(error, SendError::Permanent { code: 554, words });
    assert_eq!(sink.mails(), []);
}

#[tokio::test]
async fn a_hung_server_frees_its_sender() {
    let sink = Sink::start().await;
    sink.behave("*", Behaviour::Hang);

    let mailer = mailer(&sink).within(PATIENCE);
    let answer = timeout(PATIENCE * 2, mailer.send(&mail())).await.expect("its own limit holds");
    let error = answer.unwrap_err();

    assert!(matches!(error, SendError::Unreachable { .. }), "{error}");
    assert!(error.may_pass());
    assert_eq!(sink.tries(ADA), 1);
}

#[tokio::test]
async fn an_answer_lost_after_the_dot_is_told_apart_from_a_mail_that_never_left() {
    let sink = Sink::start().await;
    for behaviour in [Behaviour::DropAfterDot, Behaviour::HangAfterDot] {
        sink.behave(ADA, behaviour);

        let error = mailer(&sink).within(PATIENCE).send(&mail()).await.unwrap_err();

        assert!(matches!(error, SendError::Unknown { .. }), "{error}");
        assert!(error.may_pass());
        assert_eq!(sink.take_mails().len(), 1, "it did arrive");
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unreachable() {
    let sink = Sink::start().await;
    let mailer = mailer(&sink);
    drop(sink);
    tokio::task::yield_now().await; // the listener closes with its task

    let error = mailer.send(&mail()).await.unwrap_err();

    assert!(matches!(error, SendError::Unreachable { .. }), "{error}");
}

#[tokio::test]
async fn no_text_can_add_a_header_or_a_recipient() {
    let sink = Sink::start().await;
    let injection = "\r\nBcc: eve@example.org\r\n\r\nnew body";
    let bad = |change: fn(&mut Mail, String)| {
        let mut mail = mail();
        change(&mut mail, injection.to_owned());
        mail
    };

    mailer(&sink).send(&bad(|mail, text| mail.subject += &text)).await.unwrap();

    let arrived = sink.take_mails().remove(0);
    assert_eq!(arrived.to, [ADA]);
    assert_eq!(arrived.header("Bcc"), None, "{}", arrived.raw);
    assert!(arrived.subject.ends_with("refused Bcc: eve@example.org new body"));
    assert_eq!(arrived.text, mail().text);
    for mail in [
        bad(|mail, text| mail.to += &text),
        bad(|mail, text| mail.message_id += &text),
        bad(|mail, text| mail.reply_to = Some(text)),
    ] {
        let error = mailer(&sink).send(&mail).await.unwrap_err();
        assert!(matches!(error, SendError::Unsendable { .. }), "{error}");
    }
    assert_eq!(sink.mails(), []);
}

#[tokio::test]
async fn a_mailer_shows_no_password() {
    let mailer = Mailer::from_url("smtps://muster:hidden@mail.example.org", SENDER, None).unwrap();

    assert!(!format!("{mailer:?}").contains("hidden"));
}

fn mailer(sink: &Sink) -> Mailer {
    Mailer::from_url(&sink.url(), SENDER, None).unwrap()
}

fn mail() -> Mail {
    Mail {
        message_id: "7f3a@muster.example.org".to_owned(),
        at: datetime!(2026-11-14 02:12 UTC),
        to: ADA.to_owned(),
        subject: "Level 3: Zürich doesn’t answer – since 03:12 CET, all bookings refused"
            .to_owned(),
        text: "The booking database doesn’t answer.\n.a line that begins with a dot\n\n\
               https://muster.example.org/answer/k7Qm2vk7Qm2vk7Qm2vk7Qm2vk7Qm2vk7Qm2vk7Qm2v=1"
            .to_owned(),
        reply_to: Some("hotline@example.org".to_owned()),
    }
}
