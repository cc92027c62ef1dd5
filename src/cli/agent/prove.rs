//! `muster agent prove`.

use super::words::Printer;
use crate::agent::Protected;
use crate::agent::dump;
use crate::agent::prove::prove;

pub(super) async fn run(protected: &Protected<'_>, of_dump: bool) -> anyhow::Result<bool> {
    let printer = Printer::new();
    let proof = match of_dump {
        true => dump::prove(protected, &|news| printer.print(news)).await?,
        false => prove(protected, &|news| printer.print(news)).await?,
    };
    let evidence = &proof.evidence;
    let took =
        evidence.recovery_time_s.map(|s| format!(", open after {s:.1} s")).unwrap_or_default();
    if evidence.holds {
        println!("\nVerified: {} until {}{took}", evidence.label, evidence.asked.lsn);
    } else {
        println!(
            "\nThe proof of {} does NOT hold; what is BAD or FAIL above says why",
            evidence.label
        );
    }
    let signed = if proof.signed { "signed by this agent" } else { "not signed" };
    println!("Evidence ({signed}): {}", proof.file.display());
    Ok(evidence.holds)
}
