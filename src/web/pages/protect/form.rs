//! The second step: what the database is called, and where its backups go. What opens a bucket is never asked here.

pub(super) mod places;

use askama::Template;
use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;
use time::OffsetDateTime;

use self::places::Places;
use crate::actions::drafts::{self, Wanted};
use crate::actions::sites::{self, Seen};
use crate::actions::{ActionError, Wrong};
use crate::domain::agent::draft::{Bucket, Container, Repository, Store};
use crate::domain::agent::facts::{Cluster, Facts};
use crate::domain::agent::rules;
use crate::domain::id::{DraftId, SiteId};
use crate::web::error::PageError;
use crate::web::frame::Frame;
use crate::web::links;
use crate::web::parts::act::{Act, Look};
use crate::web::parts::csrf::Csrf;
use crate::web::parts::field::{Choice, Field};
use crate::web::parts::nav::Tab;
use crate::web::parts::page::Page;
use crate::web::parts::state::State as Badge;
use crate::web::parts::words::capital;
use crate::web::state::AppState;

/// What is typed.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Typed {
    pub(super) id: Option<DraftId>,
    cluster: String,
    name: String,
    user: String,
    service: Option<String>,
    pub(super) r#where: String,
    folder: String,
    endpoint: String,
    port: String,
    region: String,
    bucket: String,
    account: String,
    container: String,
    blob_endpoint: String,
    pub(super) path: String,
    ca_file: String,
}

#[derive(Template)]
#[template(path = "recovery/protect_form.html")]
pub(super) struct FormPage {
    pub(super) page: Page,
    pub(super) csrf: Csrf,
    pub(super) heading: String,
    pub(super) action: String,
    pub(super) back: Act,
    pub(super) id: DraftId,
    pub(super) cluster: String,
    pub(super) wrong: Vec<Badge>,
    pub(super) names: Vec<Field>,
    pub(super) standing: Option<String>,
    pub(super) places: Option<Places>,
}

impl Typed {
    /// What fits most hosts, until somebody types something else.
    pub(super) fn suggested(facts: &Facts, cluster: &Cluster, now: OffsetDateTime) -> Typed {
        let folder = cluster.data_dir.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
        let taken = |name: &str| facts.protects.iter().flatten().any(|it| it == name);
        let fits = |name: &str| rules::name(name).is_ok() && name != "data" && !taken(name);
        let name = [folder.as_str(), "main"].into_iter().find(|name| fits(name));
        let path = format!("/{}", facts.host);
        Typed {
            id: Some(DraftId::new(now)),
            cluster: cluster.data_dir.clone(),
            name: name.unwrap_or_default().to_owned(),
            user: cluster.owner.clone(),
            r#where: "folder".to_owned(),
            folder: "/backup/muster".to_owned(),
            path: if rules::path(&path).is_ok() { path } else { String::new() },
            ..Typed::default()
        }
    }

    fn wanted(&self, standing: bool) -> Wanted {
        let text = |text: &str| text.trim().to_owned();
        Wanted {
            data_dir: self.cluster.clone(),
            name: text(&self.name),
            user: text(&self.user),
            service: self.service.is_some(),
            repository: if standing { None } else { self.repository() },
        }
    }

    /// Under the name that the first of its kind gets.
    pub(super) fn repository(&self) -> Option<Repository> {
        let text = |text: &str| text.trim().to_owned();
        let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let port = given(&self.port).map(|port| port.parse().unwrap_or(0)); // which is none
        let ca_file = given(&self.ca_file);
        let (name, path, store) = match self.r#where.as_str() {
            "folder" => ("disk", &self.folder, None),
            "s3" => {
                let (endpoint, name) = (text(&self.endpoint), text(&self.bucket));
                let region = text(&self.region);
                let bucket = Bucket { endpoint, name, region, port, ca_file };
                ("bucket", &self.path, Some(Store::S3(bucket)))
            }
            "azure" => {
                let (account, name) = (text(&self.account), text(&self.container));
                let endpoint = given(&self.blob_endpoint);
                let container = Container { account, name, endpoint, port, ca_file };
                ("container", &self.path, Some(Store::Azure(container)))
            }
            _ => return None,
        };
        Some(Repository { name: name.to_owned(), path: text(path), store })
    }

    /// Whether that kind of place was chosen.
    fn is_at(&self, kind: &str) -> bool {
        self.r#where == kind
    }
}

/// `POST /recovery/sites/{id}/protect`
pub(in crate::web) async fn create(
    State(state): State<AppState>,
    frame: Frame,
    Path(site): Path<SiteId>,
    Form(typed): Form<Typed>,
) -> Result<Response, PageError> {
    let seen = sites::read(&state.db, site, frame.now).await?;
    let facts = seen.site.found.as_ref().map(|(facts, _)| facts);
    let standing = facts.is_some_and(|facts| !facts.repositories.is_empty());
    let id = typed.id.unwrap_or_else(|| DraftId::new(frame.now));
    let wanted = typed.wanted(standing);
    match drafts::make(&state.db, &frame.who, (site, id), &wanted, frame.now).await {
        Ok(()) => Ok(Redirect::to(&links::draft(site, id)).into_response()),
        Err(ActionError::Invalid(wrong)) => draw(frame, &seen, typed, &wrong),
        Err(error) => Err(error.into()),
    }
}

pub(super) fn draw(
    frame: Frame,
    seen: &Seen,
    typed: Typed,
    wrong: &[Wrong],
) -> Result<Response, PageError> {
    let site = &seen.site;
    let facts = site.found.as_ref().map(|(facts, _)| facts.clone()).unwrap_or_default();
    let heading = format!("Protect a database on {}", site.name);
    let page = frame.page.titled(&heading).at(Tab::Recovery);
    let repositories = standing(&facts);
    let html = FormPage {
        csrf: page.csrf.clone(),
        page: if wrong.is_empty() { page } else { page.refused() },
        heading,
        action: links::protect(site.id),
        back: Act::go("Choose another cluster", links::protect(site.id)).look(Look::Quiet),
        id: typed.id.unwrap_or_else(|| DraftId::new(frame.now)),
        wrong: ["cluster", "service", "repository"]
            .into_iter()
            .filter_map(|field| said(field, wrong))
            .map(Badge::bad)
            .collect(),
        names: names(&facts, &typed, wrong),
        places: repositories.is_none().then(|| Places::of(&typed, wrong)),
        standing: repositories
            .map(|all| format!("To where agent.toml of this host sends them already: {all}.")),
        cluster: typed.cluster,
    };
    let status = if wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, Html(html.render()?)).into_response())
}

/// Where `agent.toml` sends backups already.
pub(super) fn standing(facts: &Facts) -> Option<String> {
    let all = facts.repositories.iter().map(|it| format!("{} ({})", it.name, it.place));
    let all: Vec<_> = all.collect();
    (!all.is_empty()).then(|| all.join(", "))
}

/// The words beside a field; those of `agent.toml`'s own rules begin small.
pub(super) fn said(field: &str, wrong: &[Wrong]) -> Option<String> {
    Wrong::beside(field, wrong).map(|words| capital(&words))
}

fn names(facts: &Facts, typed: &Typed, wrong: &[Wrong]) -> Vec<Field> {
    let name = Field::text("name", "Name", &typed.name)
        .hint("What Muster calls it: small letters, digits and dashes. The plan’s checks run where its database has this key or name.")
        .required()
        .error(said("name", wrong));
    let user = Field::text("user", "Database role to work as", &typed.user)
        .hint("A superuser of this cluster that the agent’s user may log in as through the socket.")
        .required()
        .error(said("user", wrong));
    let cluster = facts.clusters.iter().find(|one| one.data_dir == typed.cluster);
    let service = cluster.and_then(|cluster| cluster.unit.as_ref()).map(|unit| {
        let words = format!("Muster may start and stop {unit}");
        Field::checkboxes("service", "Service", vec![Choice::new("yes", words, typed.service.is_some())])
            .hint("Wanted for restores in its place, which are not there yet; backups and proofs need it not.")
    });
    [name, user].into_iter().chain(service).collect()
}
