//! A form as a browser would send it back: what stands in its fields, in their order.

/// The fields of the page's form that posts to `action`.
pub fn fields(html: &str, action: &str) -> Vec<(String, String)> {
    let form = html.split("<form").find(|form| {
        let tag = form.split('>').next().unwrap();
        attribute(tag, "action").as_deref() == Some(action)
    });
    let form = form.unwrap_or_else(|| panic!("no form for {action} in {html}"));
    let form = form.split("</form>").next().unwrap();
    form.split('<').skip(1).filter_map(|piece| field(piece, form)).collect()
}

fn field(piece: &str, form: &str) -> Option<(String, String)> {
    let (tag, text) = piece.split_once('>').unwrap();
    let name = attribute(tag, "name");
    match tag.split(' ').next().unwrap() {
        "input" => {
            let kind = attribute(tag, "type").unwrap();
            let is_choice = ["checkbox", "radio"].contains(&kind.as_str());
            let sent = !is_choice || tag.ends_with(" checked");
            sent.then(|| (name.unwrap(), attribute(tag, "value").unwrap_or_default()))
        }
        "textarea" => {
            let text = text.strip_prefix('\n').unwrap_or(text);
            Some((name.unwrap(), unescaped(text).replace('\n', "\r\n")))
        }
        "select" => {
            let (_, rest) = form.split_once(piece).unwrap();
            let options: Vec<&str> =
                rest.split("</select>").next().unwrap().split("<option").collect();
            let chosen = options.iter().find(|one| one.contains(" selected>"));
            let chosen = chosen.or(options.get(1)).unwrap();
            Some((name.unwrap(), attribute(chosen, "value").unwrap()))
        }
        _ => None,
    }
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    Some(unescaped(rest.split('"').next().unwrap()))
}

fn unescaped(text: &str) -> String {
    let pairs = [("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&#38;", "&")];
    pairs.iter().fold(text.to_owned(), |text, (safe, raw)| text.replace(safe, raw))
}
