//! `/verification/{token}`: somebody shows that a mail reached them. Looking verifies nothing:
//! mail scanners open links too.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{Html, IntoResponse, Response};

use crate::actions::{ActionError, people};
use crate::secrets::Token;
use crate::store::people::{Method, Person};
use crate::web::error::PageError;
use crate::web::guard::Csrf;
use crate::web::links;
use crate::web::parts::bare::Bare;
use crate::web::parts::csrf;
use crate::web::state::AppState;

#[derive(Template)]
#[template(path = "account/verification.html")]
struct VerificationPage {
    page: Bare,
    heading: String,
    words: String,
    action: Option<String>,
}

/// `GET /verification/{token}`
pub(in crate::web) async fn show(
    State(state): State<AppState>,
    Path(token): Path<String>,
    Csrf(form): Csrf,
) -> Result<Response, PageError> {
    let (_, who, method) = read(&state, &token).await?;
    if method.verified_at.is_some() {
        return done(&state, &who, &method);
    }
    let page = Bare::new("Does mail reach you?", state.clock.now()).without_brand();
    let html = VerificationPage {
        page: page.csrf(csrf::Csrf::new(form)),
        heading: format!("{}, does mail reach you at {}?", who.name, method.address),
        words: "Muster will page you there before it tries what nobody has verified. If you are \
                not this person, close this page."
            .to_owned(),
        action: Some(links::verification(&token)),
    };
    Ok(Html(html.render()?).into_response())
}

/// `POST /verification/{token}`
pub(in crate::web) async fn create(
    State(state): State<AppState>,
    Path(token): Path<String>,
) -> Result<Response, PageError> {
    let (link, who, method) = read(&state, &token).await?;
    people::verify(&state.db, &link, state.clock.now()).await?;
    done(&state, &who, &method)
}

fn done(state: &AppState, who: &Person, method: &Method) -> Result<Response, PageError> {
    let html = VerificationPage {
        page: Bare::new("Mail reaches you", state.clock.now()).without_brand(),
        heading: format!("Mail reaches {} at {}", who.name, method.address),
        words: "It is written down. There is nothing left to do.".to_owned(),
        action: None,
    };
    Ok(Html(html.render()?).into_response())
}

async fn read(state: &AppState, text: &str) -> Result<(Token, Person, Method), PageError> {
    let spent =
        || ActionError::refused("this link was used, or it is too old; ask for another one");
    let link: Token = text.parse().map_err(|_| spent())?;
    let found = people::verifiable(&state.db, &link, state.clock.now()).await?;
    let (who, method) = found.ok_or_else(spent)?;
    Ok((link, who, method))
}
