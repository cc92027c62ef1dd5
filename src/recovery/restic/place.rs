//! How restic is told of a repository's place: dumps lie in a folder of their own in it.

use std::ffi::OsString;

use crate::domain::agent::rules;
use crate::recovery::{Bucket, Place, Store};

const FOLDER: &str = "dumps";

/// Whether it can be told of that place at all: of a container it takes account and name, and goes to Azure's own
/// cloud, whatever it is told besides.
pub(super) fn is_reached(place: &Place) -> bool {
    match place {
        Place::Bucket(Bucket { store: Store::Azure { .. }, endpoint, port, in_path, .. }) => {
            endpoint == rules::AZURE && port.is_none_or(|port| port == 443) && !in_path
        }
        _ => true,
    }
}

/// Where it is.
pub(super) fn address(place: &Place) -> OsString {
    let bucket = match place {
        Place::Folder(path) => return path.join(FOLDER).into_os_string(),
        Place::Bucket(bucket) => bucket,
    };
    let path = bucket.path.join(FOLDER).display().to_string();
    let path = path.trim_start_matches('/');
    match &bucket.store {
        Store::S3 { bucket: name, .. } => {
            let port = bucket.port.map(|port| format!(":{port}")).unwrap_or_default();
            format!("s3:https://{}{port}/{name}/{path}", bucket.endpoint).into()
        }
        Store::Azure { container, .. } => format!("azure:{container}:/{path}").into(),
    }
}

/// How it is to be spoken to.
pub(super) fn options(place: &Place) -> Vec<OsString> {
    let Place::Bucket(bucket) = place else { return Vec::new() };
    let mut all = Vec::new();
    if let Store::S3 { region, .. } = &bucket.store {
        let lookup = if bucket.in_path { "path" } else { "dns" };
        all.push(OsString::from(format!("--option=s3.bucket-lookup={lookup}")));
        all.push(format!("--option=s3.region={region}").into());
    }
    if let Some(file) = &bucket.ca_file {
        let mut option = OsString::from("--cacert=");
        option.push(file);
        all.push(option);
    }
    all
}

/// What opens it, for the environment alone.
pub(super) fn secrets(place: &Place) -> Vec<(&'static str, &str)> {
    let Place::Bucket(bucket) = place else { return Vec::new() };
    match &bucket.store {
        Store::S3 { key, secret, .. } => {
            vec![("AWS_ACCESS_KEY_ID", key), ("AWS_SECRET_ACCESS_KEY", secret)]
        }
        Store::Azure { account, key, .. } => {
            vec![("AZURE_ACCOUNT_NAME", account), ("AZURE_ACCOUNT_KEY", key)]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place((endpoint, port): (&str, Option<u32>), in_path: bool, store: Store) -> Place {
        Place::Bucket(Bucket {
            endpoint: endpoint.to_owned(),
            port,
            path: "/hosts/db1".into(),
            in_path,
            ca_file: Some("/etc/ca.pem".into()),
            store,
        })
    }

    #[test]
    fn dumps_lie_beside_the_backups_and_no_secret_stands_in_an_address_or_an_option() {
        let bucket = Store::S3 {
            bucket: "b".to_owned(),
            region: "r".to_owned(),
            key: "KEY".to_owned(),
            secret: "SECRET".to_owned(),
        };
        let place = place(("store.example", Some(9000)), true, bucket);

        assert_eq!(address(&Place::Folder("/backup".into())), "/backup/dumps");
        assert_eq!(address(&place), "s3:https://store.example:9000/b/hosts/db1/dumps");
        assert_eq!(
            options(&place),
            ["--option=s3.bucket-lookup=path", "--option=s3.region=r", "--cacert=/etc/ca.pem"]
        );
        assert_eq!(secrets(&place)[1], ("AWS_SECRET_ACCESS_KEY", "SECRET"));
        assert!(is_reached(&place));
    }

    #[test]
    fn a_container_is_reached_in_azures_own_cloud_alone() {
        let container = || Store::Azure {
            account: "ours".to_owned(),
            container: "c".to_owned(),
            key: "S0VZ".to_owned(),
        };
        let at = |store, in_path| place(store, in_path, container());
        let own = |port| at((rules::AZURE, port), false);

        assert_eq!(address(&own(None)), "azure:c:/hosts/db1/dumps");
        assert_eq!(options(&own(None)), ["--cacert=/etc/ca.pem"]);
        let opens = [("AZURE_ACCOUNT_NAME", "ours"), ("AZURE_ACCOUNT_KEY", "S0VZ")];
        assert_eq!(secrets(&own(None)), opens);
        assert!(is_reached(&own(None)) && is_reached(&own(Some(443))));
        assert!(!is_reached(&own(Some(10_000))));
        assert!(!is_reached(&at((rules::AZURE, None), true)));
        for elsewhere in ["localhost", "blob.core.chinacloudapi.cn"] {
            assert!(!is_reached(&at((elsewhere, None), false)), "{elsewhere}");
        }
    }
}
