//! The sheet of ways to reach a person: best first, with what the reader may press about each.

use askama::Template;
use askama::filters::HtmlSafe;

use super::RANKS;
use crate::actions::people::Whole;
use crate::domain::id::MethodId;
use crate::domain::rights::Right;
use crate::store::people::Method;
use crate::web::frame::Frame;
use crate::web::links;
use crate::web::pages::people::{Said, words};
use crate::web::parts::act::{Act, Look};
use crate::web::parts::csrf::Csrf;
use crate::web::parts::field::{Choice, Field};
use crate::web::parts::person::tel;
use crate::web::parts::state::{Icon, State};

/// The last rank there is.
const LAST: i16 = 9;

/// The sheet.
#[derive(Template)]
#[template(path = "people/_methods.html")]
pub(in crate::web::pages) struct MethodsSheet {
    heading: String,
    rows: Vec<Row>,
    call_me: bool,
    undo: Option<(String, Act)>,
    order: Option<Order>,
    add: Option<Addition>,
    csrf: Csrf,
}

impl HtmlSafe for MethodsSheet {}

struct Row {
    address: String,
    how: String,
    state: State,
    call: Option<String>,
    acts: Vec<Act>,
}

/// The form that says which are tried first.
struct Order {
    action: String,
    version: i32,
    fields: Vec<Field>,
    open: bool,
}

/// The form for one more.
struct Addition {
    action: String,
    id: MethodId,
    channel: Field,
    address: Field,
    open: bool,
}

impl MethodsSheet {
    /// What the reader may do here depends on whose card it is, and on their rights.
    pub(in crate::web::pages) fn new(
        whole: &Whole,
        frame: &Frame,
        own: bool,
        said: &Said,
    ) -> MethodsSheet {
        let base = if own { links::ME.to_owned() } else { links::person(whole.card.person.id) };
        let edits = own || frame.who.rights.allow(Right::Own);
        let methods = &whole.card.methods;
        let csrf = &frame.page.csrf;
        let undo = whole.removed.as_ref().filter(|_| edits).map(|removed| {
            let path = links::method(&base, removed.id, "removal/undo");
            (format!("{} was removed.", removed.address), Act::post("undo", "Undo", path, csrf))
        });
        let order = (edits && methods.len() > 1).then(|| Order::new(whole, &base, said));
        MethodsSheet {
            heading: heading(methods, own),
            rows: methods.iter().map(|method| Row::new(method, whole, frame, own, &base)).collect(),
            call_me: own && methods.iter().any(|m| m.channel != "mail" && !is_known(m)),
            undo,
            order,
            add: edits.then(|| Addition::new(methods, &base, frame, said)),
            csrf: csrf.clone(),
        }
    }
}

impl Row {
    fn new(method: &Method, whole: &Whole, frame: &Frame, own: bool, base: &str) -> Row {
        let verifier = method.verified_by.and_then(|person| whole.names.get(&person));
        let is_mail = method.channel == "mail";
        let mut turns: Vec<_> = whole.card.methods.iter().map(turn).collect();
        turns.dedup(); // they come best first
        let turn = match turns.iter().position(|one| *one == turn(method)) {
            Some(0) | None => "tried first".to_owned(),
            Some(1) => "tried second".to_owned(),
            Some(later) => format!("tried as number {}", later + 1),
        };
        Row {
            address: method.address.clone(),
            how: format!("{}, {turn}", words::channel(&method.channel)),
            state: words::method(method, verifier.map(String::as_str), &frame.zone, frame.now),
            call: (!is_mail && !own).then(|| tel(&method.address)),
            acts: acts(method, frame, own, base),
        }
    }
}

/// What is verified comes before what is given; then ranks count.
fn turn(method: &Method) -> (bool, i16) {
    (method.verified_at.is_none(), method.rank)
}

fn is_known(method: &Method) -> bool {
    method.verified_at.is_some() && method.failing_since.is_none()
}

/// What the reader may press about a method.
fn acts(method: &Method, frame: &Frame, own: bool, base: &str) -> Vec<Act> {
    let (rights, csrf) = (&frame.who.rights, &frame.page.csrf);
    let edits = own || rights.allow(Right::Own);
    let known = is_known(method);
    let is_mail = method.channel == "mail";
    let post = |what: &str, words: &str, path: &str| {
        let form = format!("{what}-{}", method.id);
        Act::post(form, words, links::method(base, method.id, path), csrf)
    };
    let mail = (is_mail && !known && edits)
        .then(|| post("verify", "Mail a link to verify it", "verification"));
    let call = (!is_mail && !known && !own && rights.allow(Right::Respond))
        .then(|| post("called", "I called, they answered", "call"));
    let remove = edits.then(|| post("remove", "Remove", "removal").look(Look::Quiet));
    mail.into_iter().chain(call).chain(remove).collect()
}

impl Order {
    fn new(whole: &Whole, base: &str, said: &Said) -> Order {
        let methods = &whole.card.methods;
        let last = methods.iter().map(|method| method.rank).max().unwrap_or(1);
        let last = last.max(i16::try_from(methods.len()).unwrap_or(LAST)).min(LAST);
        let field = |method: &Method| {
            let name = format!("rank-{}", method.id);
            let rank = method.rank.to_string();
            let chosen = said.typed.or(&name, &rank).to_owned();
            let choice = |rank: i16| {
                let words = if rank == 1 { "1, tried first".to_owned() } else { rank.to_string() };
                Choice::new(rank.to_string(), words, chosen == rank.to_string())
            };
            let label = format!("{}, {}", method.address, words::channel(&method.channel));
            let field = Field::select(&name, label, (1..=last).map(choice).collect());
            let field = said.beside(field, &name, &rank);
            let is_rank = chosen.parse().is_ok_and(|rank: i16| (1..=LAST).contains(&rank));
            field.error((!is_rank).then_some(RANKS))
        };
        Order {
            action: format!("{base}/methods/order"),
            version: whole.card.person.version,
            fields: methods.iter().map(field).collect(),
            open: said.typed.named("rank-").next().is_some(),
        }
    }
}

impl Addition {
    fn new(methods: &[Method], base: &str, frame: &Frame, said: &Said) -> Addition {
        let typed = &said.typed;
        let chosen = typed.or("channel", "mail");
        let choices = [("mail", "Mail"), ("phone", "Telephone"), ("sms", "Text message")];
        let choices = choices.map(|(value, words)| Choice::new(value, words, value == chosen));
        Addition {
            action: format!("{base}/methods"),
            id: typed.get("method").parse().unwrap_or_else(|_| MethodId::new(frame.now)),
            channel: Field::radios("channel", "By", choices.into()).error(said.error("channel")),
            address: Field::text("address", "Address or number", typed.get("address"))
                .hint("Such as ada@example.org or +44 20 7946 0123.")
                .required()
                .error(said.error("address")),
            open: methods.is_empty() || typed.has("channel"),
        }
    }
}

fn heading(methods: &[Method], own: bool) -> String {
    let whom = if own { "you" } else { "them" };
    let known = methods.iter().filter(|method| is_known(method));
    match (methods.len(), known.count()) {
        (0, _) => format!("Nobody can reach {whom}"),
        (1, 0) => format!("1 way to reach {whom}, not verified"),
        (1, _) => format!("1 way to reach {whom}, verified"),
        (all, 0) => format!("{all} ways to reach {whom}, none verified"),
        (all, known) => format!("{all} ways to reach {whom}, {known} verified"),
    }
}
