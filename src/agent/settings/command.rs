//! A program and its arguments, as the host's owner writes them: no shell reads them, and nothing is added.

use std::path::Path;

use crate::domain::plan::source::Report;
use crate::domain::plan::source::place::Place;

/// Programs that read their arguments as commands: what runs must stand in `agent.toml` itself.
const SHELLS: [&str; 9] = ["sh", "bash", "dash", "zsh", "ksh", "fish", "busybox", "env", "xargs"];
/// Programs that gain rights, which none can under the agent's unit.
const CLIMBERS: [&str; 6] = ["sudo", "doas", "su", "pkexec", "runuser", "setpriv"];

/// Judges one; `example` is a program that could stand there.
pub(super) fn judge(command: &[String], example: &str, place: &Place, report: &mut Report) {
    let Some(program) = command.first() else {
        let says = format!("name a program and its arguments, such as [{example:?}]");
        return report.error(place.clone(), says);
    };
    if command.iter().any(|word| word.contains('\0')) {
        report.error(place.clone(), "no argument can hold a zero byte");
    }
    if !Path::new(program).is_absolute() {
        let says = "the program must be a whole path, beginning with /; no shell looks for it";
        return report.error(place.at(0), says);
    }
    let name = name(program);
    if SHELLS.contains(&name) {
        let says = "no shell is run; name the program itself, or a script of yours that root alone may change";
        report.error(place.at(0), says);
    } else if CLIMBERS.contains(&name) {
        let says = "the agent's unit lets no program gain rights; a service is started and stopped by unit = \
                    \"….service\" and the rule that muster agent install prints";
        report.error(place.at(0), says);
    }
}

/// What a program is called, wherever it lies.
pub(super) fn name(program: &str) -> &str {
    Path::new(program).file_name().and_then(|name| name.to_str()).unwrap_or_default()
}
