//! The rule by which the agent's user may start and stop the clusters' units, and no other. It is polkit's
//! and not sudo's: under the agent's unit no program gains rights, and nearly all that shuts it in would
//! have to go for sudo to work.

/// The rule's text; none where there is nothing to allow.
pub(super) fn rule(user: &str, units: &[&str]) -> Option<String> {
    if units.is_empty() {
        return None;
    }
    let (user, units) = (literal(user), units.iter().map(|unit| literal(unit)));
    let units = units.collect::<Vec<_>>().join(", ");
    Some(format!(
        r#"// Muster's agent may start and stop these services, and do nothing else to them.
polkit.addRule(function (action, subject) {{
    if (action.id == "org.freedesktop.systemd1.manage-units" && subject.user == {user} &&
        ["start", "stop"].indexOf(action.lookup("verb")) >= 0 &&
        [{units}].indexOf(action.lookup("unit")) >= 0) {{
        return polkit.Result.YES;
    }}
}});
"#
    ))
}

/// JSON's strings are JavaScript's.
fn literal(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
