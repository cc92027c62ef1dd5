//! What a form may carry beside its own fields: the password typed again, and the way back from
//! the page that asked for it. No handler sees either.

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
}

impl Aside {
    /// Takes a plain form apart; its own fields stay byte by byte as they came.
    #[must_use]
    pub fn take(body: &[u8]) -> Aside {
        let (mut own, mut password, mut back) = (Vec::new(), None, None);
        for field in body.split(|byte| *byte == b'&') {
            match form_urlencoded::parse(field).next() {
                Some((name, value)) if name == PASSWORD => {
                    password = Some(Hidden::new(value.into_owned()));
                }
                Some((name, value)) if name == BACK => back = Some(value.into_owned()),
                _ => own.push(field),
            }
        }
        Aside { own: own.join(&b'&'), password, back }
    }

    /// The form's own fields but its token, decoded.
    #[must_use]
    pub fn fields(&self) -> Vec<(String, String)> {
        let fields = form_urlencoded::parse(&self.own).filter(|(name, _)| name != "csrf");
        fields.map(|(name, value)| (name.into_owned(), value.into_owned())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_is_taken_out_however_its_name_is_written() {
        for name in ["fresh_password", "fresh%5Fpassword", "%66resh_password"] {
            let form = format!("csrf=t&a=1+2&{name}=my+own%21&b=%E4&a=3&fresh_back=/people");

            let aside = Aside::take(form.as_bytes());

            assert_eq!(aside.own, b"csrf=t&a=1+2&b=%E4&a=3", "{name}");
            assert_eq!(aside.password.as_ref().unwrap().expose(), "my own!");
            assert_eq!(aside.back.as_deref(), Some("/people"));
            assert!(!format!("{aside:?}").contains("my own"));
        }
    }

    #[test]
    fn a_forms_own_fields_are_kept_in_order_and_twice_where_they_stand_twice() {
        let aside = Aside::take(b"rights=view&csrf=t&rights=own&note=%26+%3D%0D%0A");
        let fields = aside.fields();
        let fields: Vec<_> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();

        assert_eq!(fields, [("rights", "view"), ("rights", "own"), ("note", "& =\r\n")]);
        assert!(aside.password.is_none() && aside.back.is_none());
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_come_back_whole(
            body in proptest::collection::vec(proptest::num::u8::ANY, 0..200),
        ) {
            proptest::prop_assert_eq!(Aside::take(&body).own, body);
        }
    }
}
