use super::*;

#[test]
fn a_refused_field_keeps_what_was_typed_and_is_tied_to_its_words() {
    let html = Field::text("impact", "Impact began", "05:58 \"x\"")
        .hint("Europe/Berlin.")
        .error(Some("This is later than now."))
        .to_string();

    assert!(html.contains("value=\"05:58 &#34;x&#34;\""), "{html}");
    assert!(html.contains("aria-describedby=\"impact-hint impact-error\""), "{html}");
    assert!(html.contains("aria-invalid=\"true\""), "{html}");
    assert!(html.contains("<label for=\"impact\">"), "{html}");
}

#[test]
fn a_field_that_is_well_names_no_words_that_are_not_there() {
    let html = Field::email("email", "Mail address", "").error(None::<String>).to_string();

    assert!(!html.contains("aria-"), "{html}");
}

#[test]
fn choices_are_a_named_group_and_keep_what_was_chosen() {
    let choices = vec![Choice::new("real", "Real", false), Choice::new("drill", "Drill", true)];
    let html = Field::radios("kind", "Kind", choices).to_string();

    assert!(html.contains("<fieldset class=\"field\"") && html.contains("<legend>"), "{html}");
    assert!(html.contains("value=\"drill\" checked"), "{html}");
    assert!(!html.contains("value=\"real\" checked"), "{html}");
}

#[test]
fn a_first_empty_line_survives_in_an_area() {
    let html = Field::area("text", "Words", 3, "\nsecond").to_string();

    assert!(html.contains(">\n\nsecond</textarea>"), "{html}");
}

#[test]
fn a_ranked_field_names_each_of_its_places() {
    let nobody = |chosen| Choice::new("", "Nobody", chosen);
    let ranks = vec![vec![nobody(false), Choice::new("ada", "Ada", true)], vec![nobody(true)]];
    let html = Field::ranked("holders", "Holders", ranks).to_string();

    assert_eq!(html.matches("<select name=\"holders\"").count(), 2, "{html}");
    assert!(html.contains("aria-label=\"Holders, 2\""), "{html}");
    assert!(html.contains("value=\"ada\" selected"), "{html}");
}

#[test]
fn a_warning_is_read_with_its_field_and_refuses_nothing() {
    let html = Field::text("name", "Name", "x").warning(Some("Is it meant?")).to_string();

    assert!(html.contains("aria-describedby=\"name-warning\""), "{html}");
    assert!(!html.contains("aria-invalid"), "{html}");
}
