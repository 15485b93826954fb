//! The recorded trace that ships with the course: one hundred real functions, their invocations minute by minute.
//!
//! `assets/sim/azure_2019.csv`, embedded; its head names source and licence.

use std::sync::{Arc, LazyLock};

const FILE: &str = include_str!("../../assets/sim/azure_2019.csv");
pub(super) const SOURCE: &str = "Azure Functions 2019, CC-BY 4.0, Shahrad et al., USENIX ATC 2020";
pub(super) const AS_OF: &str = "2019";

/// One function of the trace.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Recorded {
    /// Invocations in each minute.
    pub counts: Arc<[u64]>,
}

static FUNCTIONS: LazyLock<Vec<Recorded>> = LazyLock::new(|| {
    let lines = FILE.lines().filter(|line| !line.starts_with('#')).skip(1);
    lines.map(|line| read(line).expect("the embedded trace has five columns, the last of counts")).collect()
});

/// The functions of the trace, the most often called first.
pub(super) fn functions() -> &'static [Recorded] {
    &FUNCTIONS
}

fn read(line: &str) -> Option<Recorded> {
    let mut counts = Vec::new();
    for run in line.split(',').nth(4)?.split(' ') {
        let (count, minutes) = run.split_once('*').unwrap_or((run, "1"));
        let count: u64 = count.parse().ok()?;
        counts.extend(std::iter::repeat_n(count, minutes.parse().ok()?));
    }
    Some(Recorded { counts: Arc::from(counts) })
}

#[cfg(test)]
mod tests {
    use super::functions;

    #[test]
    fn every_function_has_eight_hours_and_they_are_sorted() {
        let totals: Vec<u64> = functions().iter().map(|it| it.counts.iter().sum()).collect();
        assert!(functions().iter().all(|it| it.counts.len() == 480));
        assert!(totals.is_sorted_by(|a, b| a >= b) && totals[totals.len() - 1] > 0);
    }
}
