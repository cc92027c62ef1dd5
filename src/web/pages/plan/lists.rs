//! What the plan lists: parts, runbooks, firms, ways to talk, what recurs, databases.

use crate::domain::plan::document::{Database, Plan};
use crate::web::links;
use crate::web::parts::table::Table;
use crate::web::parts::words::Words;

pub(super) fn components(plan: &Plan) -> Table {
    let table = Table::new("components").column("Component").column("Who sees it");
    plan.component.iter().fold(table, |table, one| {
        let seen = if one.public { "the public, on the status page" } else { "responders alone" };
        table.row([one.name.as_str(), seen])
    })
}

pub(super) fn runbooks(plan: &Plan) -> Table {
    let table = Table::new("runbooks").column("Runbook").column("When").number("Steps");
    plan.runbook.iter().fold(table, |table, one| {
        table.row([
            Words::new().link(links::runbook(&one.key), one.name.clone()),
            one.symptoms.join(", ").into(),
            one.step.len().to_string().into(),
        ])
    })
}

pub(super) fn providers(plan: &Plan) -> Table {
    let table = Table::new("providers").column("Provides").column("Firm").column("Support");
    plan.provider.iter().fold(table.column("Our account").column("Promised"), |table, one| {
        let (support, account) = (one.support.join(", "), one.account.join(", "));
        table.row([one.service.clone(), one.name.clone(), support, account, one.sla.clone()])
    })
}

pub(super) fn channels(plan: &Plan) -> Table {
    let table = Table::new("channels").column("Channel").column("Rank").column("Where");
    plan.channel.iter().fold(table, |table, one| {
        table.row([one.name.clone(), one.rank.clone(), one.addresses.join(", ")])
    })
}

pub(super) fn schedules(plan: &Plan) -> Table {
    let table = Table::new("schedules").column("What").column("When").column("Does");
    plan.schedule.iter().fold(table, |table, one| {
        let when = Words::new().mono(one.cron.clone()).plain(format!(" {}", one.note));
        table.row([Words::from(&*one.name), when, one.items.join(", ").into()])
    })
}

pub(super) fn databases(plan: &Plan) -> Table {
    let table = Table::new("databases").column("Database").column("Looked after by");
    plan.database.iter().fold(table.column("Checks of a restored copy"), |table, one| {
        let role = plan.role(&one.role).map_or(&one.role, |role| &role.name);
        table.row([Words::new().mono(one.name.clone()), Words::from(&**role), checks(one)])
    })
}

fn checks(database: &Database) -> Words {
    database.check.iter().enumerate().fold(Words::new(), |words, (index, check)| {
        let words = if index > 0 { words.line() } else { words };
        let asked = if check.sql.is_empty() { &check.action } else { &check.sql };
        let words = words.plain(format!("{}: ", check.name)).mono(asked.clone());
        words.plain(format!(" {}", check.expect))
    })
}
