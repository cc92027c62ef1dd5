//! What the plan asks of a database once it is restored: by the schedule that Muster signed, in which
//! database of the cluster, and as whom. One answer for the live cluster, where the role is made, and
//! for the restored one, where it counts.

use sqlx::postgres::PgConnectOptions;

use super::Protected;
use super::joined;
use super::settings::CHECK_ROLE;
use crate::domain::agent::asked::Asked;
use crate::domain::cut::line;
use crate::recovery::{self, Role, databases, quoted};

/// Databases that every server has.
const SYSTEM: [&str; 2] = ["postgres", "template1"];
/// Letters of a name that are shown.
const LONGEST: usize = 200;

/// What the plan asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Planned {
    /// The host has joined no Muster.
    Alone,
    /// Its Muster has sent no schedule yet.
    Untold,
    /// The plan has no database called so; it has these.
    Unknown(Vec<String>),
    /// These checks, if any.
    Asked(Asked),
}

/// Why checks do not run, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hindrance {
    pub(super) words: String,
    pub(super) mend: String,
}

impl Planned {
    pub(super) fn of(protected: &Protected<'_>) -> Planned {
        let schedule = match joined::kept_schedule(protected.host.home()) {
            Ok(Some(schedule)) => schedule,
            Ok(None) => return Planned::Untold,
            Err(_) => return Planned::Alone,
        };
        let mut all = schedule.databases;
        match all.iter().position(|asked| asked.is_called(protected.name())) {
            Some(at) => Planned::Asked(all.swap_remove(at)),
            None => Planned::Unknown(all.into_iter().map(|asked| asked.key).collect()),
        }
    }

    /// Why no check of the plan's runs.
    pub(super) fn why_none(&self, name: &str) -> String {
        match self {
            Planned::Alone => "this host has joined no Muster, which has the plan".to_owned(),
            Planned::Untold => "Muster has not sent the plan’s checks yet".to_owned(),
            Planned::Unknown(known) if known.is_empty() => "the plan names no database".to_owned(),
            Planned::Unknown(known) => format!(
                "the plan has no database of the key or name “{name}”; it has {}",
                line(&known.join(", "), LONGEST)
            ),
            Planned::Asked(_) => "the plan has none for this database".to_owned(),
        }
    }
}

/// The database of a cluster in which checks run, if there is one and the role may be trusted with it.
pub(super) async fn ready(
    options: &PgConnectOptions,
    asked: &Asked,
    role: &str,
) -> Result<Result<String, Hindrance>, recovery::Error> {
    let found = databases(options).await?;
    let database = match place(asked, &found) {
        Ok(database) => database.to_owned(),
        Err(hindrance) => return Ok(Err(hindrance)),
    };
    let look = Role::look(options, role, &database).await?;
    Ok(hindrance(&look, role, &database).map_or(Ok(database), Err))
}

/// In which database of a cluster: the one that the plan names, else the only one that is nobody's but
/// the user's.
fn place<'a>(asked: &Asked, databases: &'a [String]) -> Result<&'a str, Hindrance> {
    if let Some(name) = databases.iter().find(|name| **name == asked.name) {
        return Ok(name);
    }
    let own: Vec<&String> =
        databases.iter().filter(|name| !SYSTEM.contains(&name.as_str())).collect();
    let [only] = own[..] else {
        let wanted = line(&asked.name, LONGEST);
        return Err(Hindrance {
            words: format!("it is not known where to run them: no database is called “{wanted}”"),
            mend: "write its name in the server into the plan, as the database’s name".to_owned(),
        });
    };
    Ok(only)
}

/// What keeps the role from being asked by, or from being trusted with it.
fn hindrance(role: &Role, name: &str, database: &str) -> Option<Hindrance> {
    let is_called = if name == CHECK_ROLE { name.to_owned() } else { quoted(name) };
    let make = format!("create role {is_called} login; grant pg_read_all_data to {is_called};");
    let run = |sql: String| format!("as its superuser run: {sql}");
    let inside = quoted(database);
    let (words, mend) = if role.reads.is_none() {
        let words = "this server has no right to read everything and nothing else".to_owned();
        (words, "it came with Postgres 14".to_owned())
    } else if !role.exists {
        (format!("there is no role {name}"), run(make))
    } else if !role.powers.is_empty() {
        let words = format!("the role {name} can do more than read: {}", role.powers.join(", "));
        let other = "or name another as check_role in agent.toml, made like this:";
        (words, format!("take that from it, {other} {make}"))
    } else if !role.logs_in {
        (format!("the role {name} may not log in"), run(format!("alter role {is_called} login;")))
    } else if role.reads == Some(false) {
        let words = format!("the role {name} can't read everything");
        let sql = format!("alter role {is_called} inherit; grant pg_read_all_data to {is_called};");
        (words, run(sql))
    } else if !role.connects {
        let words = format!("the role {name} may not connect to database {database:?}");
        (words, run(format!("grant connect on database {inside} to {is_called};")))
    } else if let Some(loads) = &role.loads {
        let words =
            format!("the role {name} is told to load {loads}, and a restored copy loads nothing");
        let set = "set session_preload_libraries = '';";
        (words, run(format!("alter role {is_called} in database {inside} {set}")))
    } else {
        return None;
    };
    Some(Hindrance { words, mend })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(name: &str) -> Asked {
        let (key, name) = ("shop".to_owned(), name.to_owned());
        Asked { key, name, checks: Vec::new(), left_out: 0, spared: false }
    }

    #[test]
    fn checks_run_where_the_plan_says_else_in_the_only_database_there_is() {
        let names = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        let two = names(&["postgres", "shop", "shop_test", "template1"]);
        assert_eq!(place(&asked("shop"), &two), Ok("shop"));
        assert_eq!(place(&asked("postgres"), &two), Ok("postgres"));
        assert_eq!(place(&asked("other"), &names(&["postgres", "shop", "template1"])), Ok("shop"));
        for unclear in [two, names(&["postgres", "template1"])] {
            let said = place(&asked("other"), &unclear).unwrap_err().words;
            assert!(said.contains("no database is called “other”"), "{said}");
        }
    }

    #[test]
    fn what_keeps_the_role_from_it_is_said_with_the_statement_that_mends_it() {
        let fit = Role {
            exists: true,
            logs_in: true,
            connects: true,
            reads: Some(true),
            powers: Vec::new(),
            loads: None,
        };
        assert_eq!(hindrance(&fit, CHECK_ROLE, "shop"), None);
        let role = || fit.clone();
        let missing = Role { exists: false, logs_in: false, ..role() };
        for (role, words, mend) in [
            (
                missing,
                "there is no role",
                "create role muster_check login; grant pg_read_all_data to muster_check;",
            ),
            (Role { logs_in: false, ..role() }, "may not log in", "alter role muster_check login;"),
            (Role { reads: Some(false), ..role() }, "can't read", "grant pg_read_all_data to"),
            (Role { reads: None, ..role() }, "has no right to read", "Postgres 14"),
            (Role { connects: false, ..role() }, "may not connect", "on database \"s\"\"hop\" to"),
            (
                Role { powers: vec!["superuser".to_owned()], ..role() },
                "can do more than read: superuser",
                "name another as check_role",
            ),
            (
                Role { loads: Some("auto_explain".to_owned()), ..role() },
                "told to load auto_explain",
                "in database \"s\"\"hop\" set session_preload_libraries = '';",
            ),
        ] {
            let said = hindrance(&role, CHECK_ROLE, "s\"hop").unwrap();
            assert!(said.words.contains(words) && said.mend.contains(mend), "{said:?}");
        }
        let other = hindrance(&Role { logs_in: false, ..role() }, "user", "shop").unwrap();
        assert!(other.mend.contains("alter role \"user\" login;"), "{other:?}");
    }
}
