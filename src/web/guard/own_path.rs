//! Where a person may be sent after signing in: to a page of ours and nowhere else.

/// Longer than any link of ours.
const LONGEST: usize = 2048;

/// Gives a `next=` back if it is a path of this installation, whatever a browser makes of it.
#[must_use]
pub fn own_path(next: &str) -> Option<&str> {
    let printable = next.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let ours = next.starts_with('/') && !next.contains("//");
    (ours && printable && next.len() <= LONGEST).then_some(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_paths_are_given_back_as_they_are() {
        let own = ["/", "/incidents/0190?since=7#entry-8", "/a/%2F", "/plan?q=a%20b", "/@x:y"];
        for next in own {
            assert_eq!(own_path(next), Some(next));
        }
    }

    #[test]
    fn what_a_browser_may_read_as_another_site_is_refused() {
        let foreign = [
            "",
            "incidents",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/\t/evil.example",
            "/\n/evil.example",
            "/\r\nlocation: https://evil.example",
            "/\0",
            " /incidents",
            "https://evil.example",
            "https:/evil.example",
            "javascript:alert(1)",
            "/.//evil.example",
            "/caf\u{e9}",
            "/a\u{2028}b",
            "/\u{7f}",
        ];
        for next in foreign {
            assert_eq!(own_path(next), None, "{next:?}");
        }
        assert_eq!(own_path(&format!("/{}", "a".repeat(LONGEST))), None);
    }

    proptest::proptest! {
        #[test]
        fn what_is_given_back_never_leaves_the_site(next in "[/\\\\a-z.:@\t\n ?#%]{0,12}") {
            if let Some(path) = own_path(&next) {
                let uri: axum::http::Uri = path.parse().unwrap();
                proptest::prop_assert!(uri.authority().is_none());
                proptest::prop_assert!(path.parse::<axum::http::HeaderValue>().is_ok());
            }
        }
    }
}
