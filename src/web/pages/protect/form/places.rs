//! The form's part about where backups go.

use super::{Typed, said};
use crate::actions::Wrong;
use crate::web::parts::field::{Choice, Field};

/// Where backups may go.
pub(in crate::web::pages::protect) struct Places {
    pub(super) choice: Field,
    pub(super) folder: Field,
    pub(super) bucket: Vec<Field>,
    pub(super) container: Vec<Field>,
    pub(super) path: Field,
    pub(super) azure_like: Field,
    pub(super) own_store: Vec<Field>,
}

impl Places {
    pub(in crate::web::pages::protect) fn of(typed: &Typed, wrong: &[Wrong]) -> Places {
        let beside = |field: Field, name: &str| field.error(said(name, wrong));
        let choices = [
            ("folder", "A folder of that host, on another disk or a share"),
            ("s3", "A bucket that speaks S3"),
            ("azure", "A container of Azure Blob Storage"),
        ];
        let choices = choices.map(|(value, words)| Choice::new(value, words, typed.is_at(value)));
        let text = |name: &'static str, label: &str, value: &str, hint: &str| {
            beside(Field::text(name, label, value).hint(hint), name)
        };
        let folder =
            "A whole path. Where it is missing, the host’s owner is asked to have it made.";
        let ca_file = "Who vouches for the store, where the host does not know it.";
        Places {
            choice: beside(Field::radios("where", "Kind of place", choices.into()), "where"),
            folder: text("folder", "Folder", &typed.folder, folder),
            bucket: bucket(typed, wrong),
            container: vec![
                text("account", "Storage account", &typed.account, "Its name alone."),
                text("container", "Container", &typed.container, "It must exist."),
            ],
            path: text("path", "Path in it", &typed.path, "No two hosts share one."),
            azure_like: Field::text(
                "blob_endpoint",
                "Store in place of Azure’s",
                &typed.blob_endpoint,
            )
            .hint("Its host alone. Logical dumps reach Azure’s own cloud alone.")
            .error(said("endpoint", wrong).filter(|_| typed.is_at("azure"))),
            own_store: vec![
                text("port", "Port", &typed.port, "Where it is not 443."),
                text("ca_file", "Certificate file on the host", &typed.ca_file, ca_file),
            ],
        }
    }
}

fn bucket(typed: &Typed, wrong: &[Wrong]) -> Vec<Field> {
    let endpoint = said("endpoint", wrong).filter(|_| !typed.is_at("azure"));
    vec![
        Field::text("endpoint", "Store", &typed.endpoint)
            .hint("Its host alone: s3.eu-central-1.amazonaws.com")
            .error(endpoint),
        Field::text("bucket", "Bucket", &typed.bucket)
            .hint("It must exist.")
            .error(said("bucket", wrong)),
        Field::text("region", "Region", &typed.region)
            .hint("As the store calls it: eu-central-1")
            .error(said("region", wrong)),
    ]
}
