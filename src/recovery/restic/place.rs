//! How restic is told of a repository's place: dumps lie in a folder of their own in it.

use std::ffi::OsString;

use crate::recovery::Place;

const FOLDER: &str = "dumps";

/// Where it is.
pub(super) fn address(place: &Place) -> OsString {
    match place {
        Place::Folder(path) => path.join(FOLDER).into_os_string(),
        Place::Bucket(bucket) => {
            let port = bucket.port.map(|port| format!(":{port}")).unwrap_or_default();
            let path = bucket.path.join(FOLDER);
            let path = path.display().to_string();
            let path = path.trim_start_matches('/');
            format!("s3:https://{}{port}/{}/{path}", bucket.endpoint, bucket.name).into()
        }
    }
}

/// How it is to be spoken to.
pub(super) fn options(place: &Place) -> Vec<OsString> {
    let Place::Bucket(bucket) = place else { return Vec::new() };
    let lookup = if bucket.in_path { "path" } else { "dns" };
    let mut all: Vec<OsString> = vec![
        format!("--option=s3.bucket-lookup={lookup}").into(),
        format!("--option=s3.region={}", bucket.region).into(),
    ];
    if let Some(file) = &bucket.ca_file {
        let mut option = OsString::from("--cacert=");
        option.push(file);
        all.push(option);
    }
    all
}

/// What opens it, for the environment alone.
pub(super) fn secrets(place: &Place) -> Vec<(&'static str, &str)> {
    match place {
        Place::Folder(_) => Vec::new(),
        Place::Bucket(bucket) => {
            vec![("AWS_ACCESS_KEY_ID", &bucket.key), ("AWS_SECRET_ACCESS_KEY", &bucket.secret)]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recovery::Bucket;

    #[test]
    fn dumps_lie_beside_the_backups_and_no_secret_stands_in_an_address_or_an_option() {
        let bucket = Bucket {
            endpoint: "store.example".to_owned(),
            port: Some(9000),
            name: "b".to_owned(),
            region: "r".to_owned(),
            path: "/hosts/db1".into(),
            in_path: true,
            ca_file: Some("/etc/ca.pem".into()),
            key: "KEY".to_owned(),
            secret: "SECRET".to_owned(),
        };
        let place = Place::Bucket(bucket);

        assert_eq!(address(&Place::Folder("/backup".into())), "/backup/dumps");
        assert_eq!(address(&place), "s3:https://store.example:9000/b/hosts/db1/dumps");
        assert_eq!(
            options(&place),
            ["--option=s3.bucket-lookup=path", "--option=s3.region=r", "--cacert=/etc/ca.pem"]
        );
        assert_eq!(secrets(&place)[1], ("AWS_SECRET_ACCESS_KEY", "SECRET"));
    }
}
