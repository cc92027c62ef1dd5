//! Migrations tolerate the previous release: they only add, so it runs on, and restarts, beside them.

use std::path::Path;

/// When the tables were new to everybody.
const BEGINNING: &str = "20261126200000";

/// What a migration makes.
struct New {
    tables: Vec<String>,
    columns: Vec<String>,
}

impl New {
    fn of(statements: &[String]) -> New {
        let named = |words: &str| {
            let parts = statements.iter().flat_map(|one| one.split(words).skip(1));
            parts.filter_map(|part| part.split_whitespace().next()).map(str::to_owned).collect()
        };
        New { tables: named("create table "), columns: named("add column ") }
    }
}

/// What a statement of a migration may be: a release that knows nothing of it must still be able to
/// read and write what it knows.
fn is_additive(statement: &str, new: &New) -> Result<(), &'static str> {
    let words = statement.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let of_new =
        |words: &str| new.tables.iter().any(|table| words.contains(&format!(" on {table} ")));
    let into_new = |words: &str| {
        new.tables.iter().any(|table| words.starts_with(&format!("insert into {table} ")))
    };
    if words.starts_with("create table ") || words.starts_with("create index ") {
        Ok(())
    } else if words.starts_with("create unique index ") {
        of_new(&words).then_some(()).ok_or("the previous release may write what it forbids")
    } else if words.starts_with("insert ") {
        into_new(&words).then_some(()).ok_or("rows may be put into new tables alone")
    } else if let Some(change) = words.strip_prefix("alter table ") {
        alters(change, &new.columns)
    } else {
        Err("only tables, indexes and columns may be added")
    }
}

fn alters(change: &str, columns: &[String]) -> Result<(), &'static str> {
    let (_, changes) = change.split_once(' ').unwrap_or_default();
    for change in split_outside_brackets(changes) {
        let change = change.trim();
        let asks_nothing = |column| change.contains(&format!(" check ({column} is null or "));
        if change.starts_with("add constraint ") && columns.iter().any(asks_nothing) {
            continue; // of rows in which the column is empty, as the previous release leaves it
        }
        if !change.starts_with("add column ") {
            return Err("a table may gain columns, and nothing else");
        }
        if change.contains(" not null") && !change.contains(" default ") {
            return Err("the previous release can't fill a column that must not be empty");
        }
        if change.contains(" unique") || change.contains(" primary key") {
            return Err("the previous release may write what it forbids");
        }
    }
    Ok(())
}

/// Parts between commas that stand in no brackets.
fn split_outside_brackets(text: &str) -> Vec<String> {
    let (mut parts, mut depth) = (vec![String::new()], 0);
    for c in text.chars() {
        depth += i32::from(c == '(') - i32::from(c == ')');
        match c {
            ',' if depth == 0 => parts.push(String::new()),
            c => parts.last_mut().unwrap().push(c),
        }
    }
    parts
}

fn statements(sql: &str) -> Vec<String> {
    let lines = sql.lines().map(|line| line.split("--").next().unwrap_or_default());
    let code = lines.collect::<Vec<_>>().join("\n");
    code.split(';').map(str::trim).filter(|one| !one.is_empty()).map(str::to_owned).collect()
}

#[test]
fn every_migration_only_adds() {
    let mut files: Vec<_> =
        std::fs::read_dir("migrations").unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    files.retain(|path| path.file_name().unwrap().to_string_lossy().as_ref() >= BEGINNING);
    assert!(!files.is_empty());
    files.iter().for_each(|path| judge(path));
}

fn judge(path: &Path) {
    let all = statements(&std::fs::read_to_string(path).unwrap());
    let new = New::of(&all);
    for statement in &all {
        if let Err(why) = is_additive(statement, &new) {
            panic!("{}: {why}: {statement}", path.display());
        }
    }
}

#[test]
fn what_the_previous_release_could_not_live_with_is_found() {
    let new = New { tables: vec!["other".to_owned()], columns: vec!["fresh".to_owned()] };
    for statement in [
        "drop table jobs",
        "alter table jobs drop column kind",
        "alter table jobs rename column kind to what",
        "alter table jobs alter column kind type varchar(9)",
        "alter table jobs add column what text not null",
        "alter table jobs add column a text, add column b text not null",
        "alter table jobs add constraint jobs_few check (attempt < 9)",
        "alter table jobs add column what text unique",
        "create unique index jobs_kind on jobs (kind)",
        "update jobs set kind = 'x'",
        "insert into jobs (kind) values ('x')",
        "create trigger t after insert on jobs execute function f()",
    ] {
        assert!(is_additive(statement, &new).is_err(), "{statement}");
    }
    for statement in [
        "create table more (id uuid primary key, what text not null unique)",
        "alter table jobs add column what text not null default 'x' check (what in ('x', 'y'))",
        "alter table jobs\n add column a numeric(9, 2),\n add column b text",
        "alter table jobs add constraint jobs_fresh check (fresh is null or kind = 'x')",
        "create unique index other_kind on other (kind)",
        "insert into other select kind from jobs",
    ] {
        assert_eq!(is_additive(statement, &new), Ok(()), "{statement}");
    }
}
