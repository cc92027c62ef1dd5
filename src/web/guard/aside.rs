//! What a form may carry beside its own fields: the password typed again, and the way back from
//! the page that asked for it. No handler sees either.

use axum::http::HeaderMap;

use super::parts;
use crate::secrets::Hidden;

/// The field with the password that is asked for again.
pub const PASSWORD: &str = "fresh_password";
/// The field with the page that the form stands on.
pub const BACK: &str = "fresh_back";
/// What these may add to a form that is as large as forms may be: the longest password and the
/// longest path, each of their bytes encoded.
pub(super) const ROOM: usize = 16 * 1024;

/// A form, taken apart.
#[derive(Debug)]
pub struct Aside {
    /// The form as its own page sent it.
    pub own: Vec<u8>,
    /// The password typed again.
    pub password: Option<Hidden<String>>,
    /// The page that the form stands on.
    pub back: Option<String>,
    boundary: Option<Vec<u8>>,
}

impl Aside {
    /// Takes a form apart; its own fields stay byte by byte as they came.
    #[must_use]
    pub fn take(headers: &HeaderMap, body: &[u8]) -> Aside {
        let boundary = parts::boundary(headers);
        let mut aside = Aside { own: Vec::new(), password: None, back: None, boundary };
        aside.own = match &aside.boundary.clone() {
            None => aside.take_fields(body),
            Some(boundary) => aside.take_parts(boundary, body),
        };
        aside
    }

    /// Whether it was sent in parts, as forms with files are.
    #[must_use]
    pub fn is_in_parts(&self) -> bool {
        self.boundary.is_some()
    }

    /// The form's own fields but its token, for a page that sends them again. None where it is not
    /// whole, or holds a file: no page can hand a file on.
    #[must_use]
    pub fn fields(&self) -> Option<Vec<(String, String)>> {
        let mut fields = match &self.boundary {
            None => plain_fields(&self.own),
            Some(boundary) => fields_in_parts(boundary, &self.own)?,
        };
        fields.retain(|(name, _)| name != "csrf");
        Some(fields)
    }

    fn take_fields(&mut self, body: &[u8]) -> Vec<u8> {
        let own = body.split(|byte| *byte == b'&').filter(|field| {
            let decoded = form_urlencoded::parse(field).next();
            decoded.is_none_or(|(name, value)| !self.keeps(&name, || value.into_owned()))
        });
        own.collect::<Vec<_>>().join(&b'&')
    }

    fn take_parts(&mut self, boundary: &[u8], body: &[u8]) -> Vec<u8> {
        let Some(mut own) = parts::split(boundary, body) else { return body.to_vec() };
        own.retain(|part| !self.keeps(&part.name(), || text(part.value)));
        parts::join(boundary, &own)
    }

    /// Keeps a field that is not the form's own.
    fn keeps(&mut self, name: &str, value: impl FnOnce() -> String) -> bool {
        match name {
            PASSWORD => self.password = Some(Hidden::new(value())),
            BACK => self.back = Some(value()),
            _ => return false,
        }
        true
    }
}

fn plain_fields(body: &[u8]) -> Vec<(String, String)> {
    let fields = form_urlencoded::parse(body);
    fields.map(|(name, value)| (name.into_owned(), value.into_owned())).collect()
}

/// A file field in which none was chosen is left out.
fn fields_in_parts(boundary: &[u8], body: &[u8]) -> Option<Vec<(String, String)>> {
    let parts = parts::split(boundary, body)?;
    let (files, fields): (Vec<_>, Vec<_>) = parts.into_iter().partition(parts::Part::is_file);
    let nothing_chosen = files.iter().all(|file| file.value.is_empty());
    nothing_chosen.then(|| fields.iter().map(|part| (part.name(), text(part.value))).collect())
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use axum::http::header::CONTENT_TYPE;

    use super::*;

    fn plain(body: &[u8]) -> Aside {
        Aside::take(&HeaderMap::new(), body)
    }

    fn in_parts(fields: &[(&str, &str)]) -> Aside {
        let part = |(name, value): &(&str, &str)| {
            format!("--b\r\nContent-Disposition: form-data; name=\"{name}\r\n\r\n{value}\r\n")
        };
        let body = fields.iter().map(part).collect::<String>() + "--b--\r\n";
        let kind = "multipart/form-data; boundary=b".parse().unwrap();
        Aside::take(&HeaderMap::from_iter([(CONTENT_TYPE, kind)]), body.as_bytes())
    }

    fn pairs(aside: &Aside) -> Vec<(String, String)> {
        aside.fields().unwrap()
    }

    #[test]
    fn the_password_is_taken_out_however_its_name_is_written() {
        for name in ["fresh_password", "fresh%5Fpassword", "%66resh_password"] {
            let form = format!("csrf=t&a=1+2&{name}=my+own%21&b=%E4&a=3&fresh_back=/people");

            let aside = plain(form.as_bytes());

            assert_eq!(aside.own, b"csrf=t&a=1+2&b=%E4&a=3", "{name}");
            assert_eq!(aside.password.as_ref().unwrap().expose(), "my own!");
            assert_eq!(aside.back.as_deref(), Some("/people"));
            assert!(!format!("{aside:?}").contains("my own"));
        }
    }

    #[test]
    fn a_forms_own_fields_are_kept_in_order_and_twice_where_they_stand_twice() {
        let aside = plain(b"rights=view&csrf=t&rights=own&note=%26+%3D%0D%0A");
        let fields = pairs(&aside);
        let fields: Vec<_> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();

        assert_eq!(fields, [("rights", "view"), ("rights", "own"), ("note", "& =\r\n")]);
        assert!(aside.password.is_none() && aside.back.is_none());
    }

    #[test]
    fn from_a_form_in_parts_it_is_taken_out_too() {
        let aside = in_parts(&[
            ("csrf\"", "t"),
            ("plan\"", "é\r\nb"),
            ("fresh_password\"", "my own!"),
            ("fresh_back\"", "/plan"),
            ("file\"; filename=\"\"", ""),
        ]);

        assert_eq!(aside.password.as_ref().unwrap().expose(), "my own!");
        assert_eq!(aside.back.as_deref(), Some("/plan"));
        assert_eq!(pairs(&aside), [("plan".to_owned(), "é\r\nb".to_owned())]);
        let own = String::from_utf8(aside.own).unwrap();
        assert!(own.contains("name=\"csrf\"") && own.ends_with("--b--\r\n"), "{own}");
        assert!(!own.contains("fresh_") && !own.contains("my own"), "{own}");
    }

    #[test]
    fn a_file_can_not_be_handed_on() {
        assert!(in_parts(&[("csrf\"", "t"), ("a\"; filename=\"x\"", "y")]).fields().is_none());
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_come_back_whole(
            body in proptest::collection::vec(proptest::num::u8::ANY, 0..200),
        ) {
            proptest::prop_assert_eq!(plain(&body).own, body);
        }
    }
}
