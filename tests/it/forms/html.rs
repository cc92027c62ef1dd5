//! The forms of a page, as far as our own templates write them.

/// A form: where it is sent, and what it may hold.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Form {
    pub(super) action: String,
    /// Each field with the values that it offers; a typed one offers what stands in it.
    pub(super) fields: Vec<(String, Vec<String>)>,
}

/// The forms of a page that are posted.
pub(super) fn forms(html: &str) -> Vec<Form> {
    let forms = html.split("<form ").skip(1).map(|rest| rest.split("</form>").next().unwrap());
    let posted = forms.filter(|form| form.split('>').next().unwrap().contains("method=\"post\""));
    posted.map(form).collect()
}

fn form(html: &str) -> Form {
    let action = attribute(html.split('>').next().unwrap(), "action").unwrap().to_owned();
    let mut fields: Vec<(String, Vec<String>)> = Vec::new();
    for tag in html.split('<').skip(1) {
        let (tag, inside) = tag.split_once('>').unwrap_or((tag, ""));
        let value = attribute(tag, "value").unwrap_or(inside.trim()).to_owned();
        if tag.starts_with("option") {
            fields.last_mut().unwrap().1.push(value);
            continue;
        }
        let Some(name) = attribute(tag, "name").filter(|name| *name != "csrf") else { continue };
        let values = if tag.starts_with("select") { Vec::new() } else { vec![value] };
        match fields.iter_mut().find(|(known, _)| known == name) {
            Some((_, offered)) => offered.extend(values),
            None => fields.push((name.to_owned(), values)),
        }
    }
    Form { action, fields }
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    tag.split(&format!(" {name}=\"")).nth(1)?.split('"').next()
}

#[test]
fn a_form_is_read_with_what_it_offers() {
    let page = "<form method=\"post\" action=\"/a\"><input name=\"csrf\" value=\"x\">
        <input name=\"id\" value=\"7\"><textarea name=\"text\">\nold</textarea><select name=\"who\">
        <option value=\"ada\">Ada</option><option value=\"bob\">Bob</option></select>
        <input type=\"radio\" name=\"kind\" value=\"a\"><input type=\"radio\" name=\"kind\" value=\"b\">
        </form><form method=\"get\" action=\"/b\"></form>";
    let fields: [(&str, &[&str]); 4] =
        [("id", &["7"]), ("text", &["old"]), ("who", &["ada", "bob"]), ("kind", &["a", "b"])];
    let own = |values: &[&str]| values.iter().map(ToString::to_string).collect();
    let fields = fields.map(|(name, values)| (name.to_owned(), own(values))).to_vec();

    assert_eq!(forms(page), [Form { action: "/a".to_owned(), fields }]);
}
