//! Making a page: one message, and a delivery for each address it goes to.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use time::OffsetDateTime;

use super::super::ActionResult;
use crate::domain::id::{DeliveryId, IncidentId, MessageId, MethodId, PersonId, TaskId};
use crate::domain::incident::Incident;
use crate::domain::message::{DeliveryState, Kind};
use crate::fail;
use crate::queue::{self, Job, Urgency};
use crate::store;
use crate::store::deliveries::Delivery;
use crate::store::messages::Message;
use crate::store::people::{Method, Person};

/// Why a person hears from Muster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Call {
    First,
    Repeated,
    InTurn { before: Vec<String> },
    AskedAgain { answered: String },
    Nobody { role: String, asked: Vec<String> },
    Outlasted { usual: String, next_level: u8 },
    StandDown { by: String },
    TaskOverdue { task: TaskId, what: String, who: String },
    ReportDue { due: String },
}

/// One person of a message: the keys of their roles, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Paged {
    pub roles: Vec<String>,
    pub call: Call,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<After>,
}

/// A digest after nobody worked for long: from when to when, and what else it tells the person of
/// this incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct After {
    pub since: OffsetDateTime,
    pub until: OffsetDateTime,
    pub also: Vec<Call>,
}

impl Call {
    /// What is asked of a person comes before what they are told.
    pub(super) fn rank(&self) -> u8 {
        match self {
            Call::First | Call::Repeated | Call::InTurn { .. } => 0,
            Call::AskedAgain { .. } => 1,
            Call::Nobody { .. } => 2,
            Call::Outlasted { .. } => 3,
            Call::TaskOverdue { .. } => 4,
            Call::ReportDue { .. } => 5,
            Call::StandDown { .. } => 6,
        }
    }

    /// Whether it asks somebody in the turn of a role.
    pub(super) fn is_page(&self) -> bool {
        self.rank() == 0
    }

    /// Whether it asks for an answer as one of the person's own roles.
    pub(super) fn is_own(&self) -> bool {
        self.rank() <= 1
    }
}

impl Paged {
    pub(super) fn new(roles: Vec<String>, call: Call) -> Paged {
        Paged { roles, call, after: None }
    }

    /// Keeps that the person is asked for their roles from then on.
    pub(super) async fn ask(
        &self,
        conn: &mut PgConnection,
        incident: IncidentId,
        person: PersonId,
        send_at: OffsetDateTime,
    ) -> ActionResult<()> {
        if !self.roles.is_empty() {
            store::responders::page(conn, incident, person, self.own_roles(), send_at).await?;
        }
        Ok(())
    }

    /// The roles that are theirs to answer for: those of others, which nobody answered for, become
    /// theirs only when they say so to this very page.
    fn own_roles(&self) -> &[String] {
        match self.call {
            Call::Nobody { .. } => &[],
            _ => &self.roles,
        }
    }
}

/// The roles that a message asks somebody for because nobody answered for them.
pub(in crate::actions) fn asked_in_need(message: &Message, person: PersonId) -> Vec<String> {
    let whom: Whom = serde_json::from_value(message.facts.clone()).unwrap_or_default();
    match whom.get(&person) {
        Some(Paged { roles, call: Call::Nobody { .. }, .. }) => roles.clone(),
        _ => Vec::new(),
    }
}

/// Everybody a message goes to.
pub(super) type Whom = BTreeMap<PersonId, Paged>;

/// The roster, read once for a deed.
pub(super) struct Roster {
    people: Vec<Person>,
    on_call: Vec<PersonId>,
    methods: Vec<Method>,
}

impl Roster {
    pub(super) async fn read(conn: &mut PgConnection) -> ActionResult<Roster> {
        let people = store::people::all(&mut *conn).await?;
        let on_call = store::people::on_call(&mut *conn).await?;
        let on_call = on_call.into_iter().map(|person| person.id).collect();
        Ok(Roster { people, on_call, methods: store::people::methods(conn).await? })
    }

    pub(super) fn by_key(&self, key: &str) -> Option<&Person> {
        let is_called = |person: &&Person| self.on_call.contains(&person.id);
        self.people.iter().filter(is_called).find(|person| person.key == key)
    }

    pub(super) fn name(&self, id: PersonId) -> &str {
        let person = self.people.iter().find(|person| person.id == id);
        person.map_or("somebody", |person| &person.name)
    }

    /// A person's mail methods whose turn is first, or next after a method that failed.
    pub(super) fn mails(&self, person: PersonId, failed: Option<MethodId>) -> Vec<&Method> {
        let failed = self.methods.iter().find(|method| Some(method.id) == failed).map(turn);
        let own = |m: &&Method| m.person == person && m.channel == "mail" && Some(turn(m)) > failed;
        let mut methods: Vec<_> = self.methods.iter().filter(own).collect();
        let next = methods.iter().map(|method| turn(method)).min();
        methods.retain(|method| Some(turn(method)) == next);
        methods
    }
}

/// What is known to reach its person comes before what was only given; then ranks count.
fn turn(method: &Method) -> (bool, i16) {
    (method.verified_at.is_none(), method.rank)
}

/// Adds a person to a message; in several roles they get one page that names them all.
pub(super) fn add(whom: &mut Whom, person: PersonId, role: &str, call: Call) {
    let paged = whom.entry(person).or_insert_with(|| Paged::new(Vec::new(), call));
    if !paged.roles.iter().any(|known| known == role) {
        paged.roles.push(role.to_owned());
    }
}

/// Makes the message, its deliveries and the jobs that send them.
pub(super) async fn make(
    conn: &mut PgConnection,
    incident: &Incident,
    roster: &Roster,
    (kind, reason): (Kind, &str),
    whom: &Whom,
    send_at: OffsetDateTime,
    now: OffsetDateTime,
) -> ActionResult<()> {
    if whom.is_empty() {
        return Ok(());
    }
    let message = Message {
        id: MessageId::new(now),
        incident: Some(incident.id),
        kind,
        reason: reason.to_owned(),
        facts: serde_json::to_value(whom).unwrap_or_default(),
        created_at: now,
    };
    store::messages::insert(conn, &message).await?;
    fail::point("page.message").await?;
    let urgency = urgency(kind, Some(incident));
    for (&person, paged) in whom {
        if kind == Kind::Page {
            paged.ask(conn, incident.id, person, send_at).await?;
        }
        deliver_first(conn, (message.id, urgency), (roster, person), send_at, now).await?;
    }
    fail::point("page.deliveries").await?;
    Ok(())
}

/// What goes first when more is due than leaves at once.
pub(super) fn urgency(kind: Kind, incident: Option<&Incident>) -> Urgency {
    match (kind, incident) {
        (Kind::Page, Some(incident)) => Urgency::Page(incident.level),
        (Kind::Alarm, _) => Urgency::Alarm,
        _ => Urgency::Notice,
    }
}

/// A delivery by each method of the person whose turn is first, or one that says that there is none.
pub(super) async fn deliver_first(
    conn: &mut PgConnection,
    message: (MessageId, Urgency),
    (roster, person): (&Roster, PersonId),
    send_at: OffsetDateTime,
    now: OffsetDateTime,
) -> ActionResult<()> {
    let methods = roster.mails(person, None);
    if methods.is_empty() {
        deliver(conn, message, person, None, send_at, now).await?;
    }
    for method in methods {
        deliver(conn, message, person, Some(method), send_at, now).await?;
    }
    Ok(())
}

/// One delivery and its job; without a method it fails when its turn to leave has come.
pub(super) async fn deliver(
    conn: &mut PgConnection,
    (message, urgency): (MessageId, Urgency),
    person: PersonId,
    method: Option<&Method>,
    send_at: OffsetDateTime,
    now: OffsetDateTime,
) -> ActionResult<()> {
    let delivery = to(message, person, method, send_at, now);
    store::deliveries::insert(conn, &delivery).await?;
    let job = Job::SendDelivery { delivery: delivery.id };
    Ok(queue::enqueue(conn, (&job, urgency), send_at, now).await?)
}

/// A delivery of this message to a person, by that method where there is one.
pub(super) fn to(
    message: MessageId,
    person: PersonId,
    method: Option<&Method>,
    send_at: OffsetDateTime,
    now: OffsetDateTime,
) -> Delivery {
    Delivery {
        id: DeliveryId::new(now),
        message,
        person: Some(person),
        method: method.map(|method| method.id),
        address: method.map(|method| method.address.clone()).unwrap_or_default(),
        rank: method.map_or(1, |method| method.rank),
        state: if send_at > now { DeliveryState::Held } else { DeliveryState::Waiting },
        send_at,
        settled_at: None,
        problem: None,
        digest: None,
    }
}
