//! A form of one thing changes that thing and nothing else.

use std::sync::OnceLock;

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::RngSeed;

use super::labitory;
use crate::domain::plan::document::PlanFile;
use crate::domain::plan::edit::{Address, Deed, Edited, Gone, POSITION, Typed, apply, form};
use crate::domain::plan::shape::{Count, THINGS};
use crate::domain::plan::{difference, parse};

fn address(text: &str) -> Address {
    text.parse().unwrap()
}

/// What the form of a thing sends when nothing is touched.
fn untouched(file: &PlanFile, address: &Address) -> Vec<(String, String)> {
    let form = form(file, address).unwrap();
    let position = form.order.map(|(at, _)| (POSITION.to_owned(), at.to_string()));
    let fields = form
        .fields
        .into_iter()
        .flat_map(|(field, values)| values.into_iter().map(|value| (field.key.to_owned(), value)));
    fields.chain(position).collect()
}

/// The same with some fields' values replaced.
fn typed(file: &PlanFile, thing: &str, fields: &[(&str, &str)]) -> Typed {
    let mut pairs = untouched(file, &address(thing));
    pairs.retain(|(key, _)| fields.iter().all(|(other, _)| other != key));
    pairs.extend(fields.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())));
    pairs.into_iter().collect()
}

fn changed(file: &PlanFile, thing: &str, fields: &[(&str, &str)]) -> Deed {
    Deed::Change(typed(file, thing, fields))
}

fn done(thing: &str, deed: &Deed, base: &PlanFile, file: &PlanFile) -> (Edited, PlanFile) {
    let edited = apply(&address(thing), deed, base, file).unwrap();
    let read = parse(&edited.text).unwrap_or_else(|found| panic!("{thing}: {found:#?}"));
    (edited, read.0)
}

fn changes(old: &PlanFile, new: &PlanFile) -> Vec<String> {
    difference(Some(old), new).iter().map(ToString::to_string).collect()
}

/// The first and last thing of each list of the example plan, and every list that more can be
/// added to.
fn everything(file: &PlanFile) -> (Vec<Address>, Vec<Address>) {
    let whole = serde_json::to_value(&file.plan).unwrap();
    let name =
        |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let (mut things, mut lists) = (Vec::new(), Vec::new());
    for thing in THINGS {
        let list = address(thing.list);
        if thing.count == Count::Once {
            things.push(list);
            continue;
        }
        let all = whole[thing.list].as_array().unwrap();
        for one in [all.first(), all.last()].into_iter().flatten() {
            let names: Vec<String> = thing.names.iter().map(|key| name(&one[key])).collect();
            things.push(list.named(names.join(".")));
        }
        lists.push(list);
    }
    for (list, named) in things.clone().iter().flat_map(|thing| form(file, thing).unwrap().parts) {
        things.extend(named.into_iter().map(|(address, _)| address).take(2));
        lists.push(list);
    }
    (things, lists)
}

#[test]
fn a_form_that_is_sent_back_as_it_came_changes_nothing() {
    let file = labitory();
    let (things, _) = everything(&file);
    assert!(things.len() > 40, "{}", things.len());

    for address in things {
        let deed = Deed::Change(untouched(&file, &address).into_iter().collect());
        let (edited, after) = done(&address.to_string(), &deed, &file, &file);
        assert_eq!(after, file, "{address}");
        assert!(edited.meanwhile.is_empty(), "{address}");
    }
}

#[test]
fn a_thing_that_goes_and_comes_again_is_the_same_plan() {
    let file = labitory();

    for (thing, list) in [
        ("provider/cloud", "provider"),
        ("appendix/time-estimates", "appendix"),
        ("notify/2.management", "notify"),
        ("escalate/2", "escalate"),
        ("runbook/redis/step/2", "runbook/redis/step"),
        ("database/labitory/check/users", "database/labitory/check"),
        ("post_mortem/section/7", "post_mortem/section"),
        ("follow_up/long-term", "follow_up"),
    ] {
        let (mut pairs, names) = (untouched(&file, &address(thing)), address(thing).thing().names);
        let name = thing.rsplit('/').next().unwrap();
        pairs.extend(
            names.iter().zip(name.split('.')).map(|(k, v)| ((*k).to_owned(), v.to_owned())),
        );
        let (_, without) = done(thing, &Deed::Remove, &file, &file);
        assert_eq!(changes(&file, &without).len(), 1, "{thing}: {:?}", changes(&file, &without));

        let deed = Deed::Add(pairs.into_iter().collect());
        let (edited, again) = done(list, &deed, &without, &without);

        assert_eq!(changes(&file, &again), [""; 0], "{thing}");
        assert_eq!(edited.about, thing.replace('/', "."));
    }
}

#[test]
fn a_new_thing_without_a_key_is_given_one_that_is_free() {
    let file = labitory();
    let fields =
        [("service", "Hosting"), ("name", "Cloud")].map(|(k, v)| (k.to_owned(), v.to_owned()));

    let (edited, after) = done("provider", &Deed::Add(fields.into_iter().collect()), &file, &file);

    assert_eq!(edited.about, "provider.cloud-2");
    assert_eq!(changes(&file, &after), ["+ provider.cloud-2: Cloud"]);
}

#[test]
fn a_step_is_moved_to_where_it_is_wanted() {
    let file = labitory();

    let (edited, after) = done(
        "runbook/redis/step/4",
        &changed(&file, "runbook/redis/step/4", &[(POSITION, "0")]),
        &file,
        &file,
    );

    let steps: Vec<&str> =
        after.plan.runbook[6].step.iter().map(|step| step.title.as_str()).collect();
    assert!(steps[0].starts_with("If data was lost") && steps[1].starts_with("Check Redis"));
    assert_eq!(changes(&file, &after).len(), 1);
    assert_eq!(edited.about, "runbook.redis.step.1");
}

#[test]
fn two_who_change_different_fields_of_one_thing_both_keep_theirs() {
    let base = labitory();
    let (mine, theirs) = (
        changed(&base, "role/dba", &[("authority", "Mine")]),
        changed(&base, "role/dba", &[("duties", "Theirs")]),
    );
    let (_, now) = done("role/dba", &theirs, &base, &base);

    let (edited, both) = done("role/dba", &mine, &base, &now);

    assert!(edited.meanwhile.is_empty());
    assert_eq!(both.plan.role[2].authority, "Mine");
    assert_eq!(both.plan.role[2].duties, ["Theirs"]);
}

#[test]
fn a_field_that_another_changed_meanwhile_is_named() {
    let base = labitory();
    let deed = |words| changed(&base, "role/dba", &[("authority", words)]);
    let (_, now) = done("role/dba", &deed("Theirs"), &base, &base);

    let (edited, _) = done("role/dba", &deed("Mine"), &base, &now);
    let (same, _) = done("role/dba", &deed("Theirs"), &base, &now);

    assert_eq!(edited.meanwhile, ["authority"]);
    assert_eq!(same.meanwhile, ["authority"]);
}

#[test]
fn a_step_is_found_where_another_put_it_meanwhile() {
    let base = labitory();
    let first = [("title", "First"), (POSITION, "0")].map(|(k, v)| (k.to_owned(), v.to_owned()));
    let (_, now) =
        done("runbook/redis/step", &Deed::Add(first.into_iter().collect()), &base, &base);
    let deed = changed(&base, "runbook/redis/step/2", &[("note", "Mine")]);

    let (edited, after) = done("runbook/redis/step/2", &deed, &base, &now);
    let (_, without) = done("runbook/redis/step/2", &Deed::Remove, &base, &now);

    assert_eq!(after.plan.runbook[6].step[2].note, "Mine");
    assert_eq!(edited.about, "runbook.redis.step.3");
    assert!(without.plan.runbook[6].step.iter().all(|step| step.title != "Restart Redis"));
}

#[test]
fn what_another_took_away_meanwhile_is_gone() {
    let base = labitory();
    let (_, now) = done("provider/cloud", &Deed::Remove, &base, &base);
    let (_, shorter) = done("runbook/redis/step/2", &Deed::Remove, &base, &base);
    let deed = |thing| changed(&base, thing, &[("note", "Mine"), ("name", "Mine")]);

    for (thing, deed, now) in [
        ("provider/cloud", deed("provider/cloud"), &now),
        ("provider/cloud", Deed::Remove, &now),
        ("runbook/redis/step/2", deed("runbook/redis/step/2"), &shorter),
        ("runbook/redis/step/2", Deed::Remove, &shorter),
    ] {
        assert_eq!(apply(&address(thing), &deed, &base, now).err(), Some(Gone), "{thing}");
    }
    let step = Deed::Add(typed(&base, "runbook/redis/step/2", &[]));
    let (_, no_runbook) = done("runbook/redis", &Deed::Remove, &base, &base);
    assert_eq!(apply(&address("runbook/redis/step"), &step, &base, &no_runbook).err(), Some(Gone));
}

#[test]
fn findings_name_the_thing_that_was_typed() {
    let file = labitory();
    let bad = [("role", "Cook"), ("rpo_target", "soon"), ("components", "x")];
    let edited = apply(
        &address("database/labitory"),
        &changed(&file, "database/labitory", &bad),
        &file,
        &file,
    );
    let edited = edited.unwrap();

    let found = parse(&edited.text).unwrap_err();

    let paths: Vec<&str> = found.iter().map(|one| one.path.as_str()).collect();
    for field in ["role", "rpo_target", "components.1"] {
        assert!(
            paths.contains(&format!("{}.{field}", edited.about).as_str()),
            "{field}: {paths:?}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 64,
        rng_seed: RngSeed::Fixed(28),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn whatever_is_typed_into_whatever_form_is_answered(
        at in any::<Index>(),
        adds in any::<bool>(),
        values in prop::collection::vec((any::<Index>(), any::<String>()), 1..8),
    ) {
        static ALL: OnceLock<(PlanFile, Vec<Address>, Vec<Address>)> = OnceLock::new();
        let (file, things, lists) = ALL.get_or_init(|| {
            let file = labitory();
            let (things, lists) = everything(&file);
            (file, things, lists)
        });
        let among = if adds { lists } else { things };
        let address = &among[at.index(among.len())];
        let fields = address.thing().fields;
        let mut pairs: Vec<_> = values
            .into_iter()
            .map(|(field, value)| (fields[field.index(fields.len())].key.to_owned(), value))
            .collect();
        pairs.push((POSITION.to_owned(), "99".to_owned()));
        let typed = pairs.into_iter().collect();
        let deed = if adds { Deed::Add(typed) } else { Deed::Change(typed) };

        let edited = apply(address, &deed, file, file).unwrap();

        prop_assert!(edited.about.starts_with(address.thing().list) || edited.about.contains('.'));
        if let Ok((after, _)) = parse(&edited.text) {
            prop_assert!(changes(file, &after).len() <= fields.len() + 1);
        }
    }
}
