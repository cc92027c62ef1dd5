//! What was measured, in the words it is printed in.

/// Some measurements of one thing.
pub(crate) struct Figures(Vec<f64>);

impl Figures {
    pub(crate) fn new(mut values: Vec<f64>) -> Figures {
        values.sort_by(f64::total_cmp);
        Figures(values)
    }

    /// The value that so large a part (0 to 1) is at or below.
    pub(crate) fn part(&self, part: f64) -> f64 {
        let last = self.0.len() - 1;
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "an index"
        )]
        let at = (part * last as f64).round() as usize;
        self.0[at.min(last)]
    }

    pub(crate) fn median(&self) -> f64 {
        self.part(0.5)
    }

    /// `1234 (1200 to 1300)`: the median, and the spread.
    pub(crate) fn words(&self, digits: usize) -> String {
        let (low, high) = (self.part(0.0), self.part(1.0));
        format!("{:.digits$} ({low:.digits$} to {high:.digits$})", self.median())
    }
}

/// Prints how ours stands to theirs, round by round.
pub(crate) fn compare(what: &str, unit: &str, (ours, theirs): (&[f64], (&str, &[f64]))) {
    let (name, theirs) = theirs;
    let ratios = ours.iter().zip(theirs).map(|(ours, theirs)| ours / theirs).collect();
    say(what, &format!("{} of {name}", Figures::new(ratios).words(2)));
    say("", &format!("Muster {} {unit}", Figures::new(ours.to_vec()).words(0)));
    say("", &format!("{name} {} {unit}", Figures::new(theirs.to_vec()).words(0)));
}

/// Prints one figure.
pub(crate) fn say(what: &str, figure: &str) {
    println!("{what:<44} {figure}");
}
