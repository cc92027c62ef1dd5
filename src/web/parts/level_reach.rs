//! What keeps a level from reaching its people, in words.

use super::state::State;
use crate::domain::plan::ways::{LevelReach, Reach};

/// In red what has to be mended, worst first; empty where every role is reached.
#[must_use]
pub fn troubles(level: &LevelReach<'_>) -> Vec<State> {
    let mut said = Vec::new();
    if level.is_call_list_only() {
        said.push(State::bad("call list only"));
    }
    for (role, reach) in &level.roles {
        let name = &role.name;
        let words = match reach {
            Reach::Empty => format!("{name} is empty"),
            Reach::Nobody => format!("{name}: nobody can be reached"),
            Reach::CallList if !level.is_call_list_only() => format!("{name}: call list only"),
            Reach::CallList | Reach::Paged => continue,
        };
        said.push(State::bad(words));
    }
    said
}
