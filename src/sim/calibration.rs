//! The measured cold starts: runtime, package kind, architecture and memory → the distribution of the initialisation.
//!
//! The table is `assets/sim/cold_starts.csv`, embedded; its head says where it comes from. A distribution between the
//! measured percentiles is a log-normal one piece by piece: the logarithm of the time is linear in the normal deviate.
//! The measurements say that memory hardly matters here; each memory size keeps its own row all the same, so that what
//! is drawn is what was measured.

use std::collections::BTreeMap;
use std::sync::{LazyLock, OnceLock};

use super::random::normal_quantile;

const TABLE: &str = include_str!("../../assets/sim/cold_starts.csv");
/// The package kind whose rows are restores of a snapshot.
pub(super) const SNAPSHOT: &str = "snapshot";
/// When the rows were measured, for the provenance.
pub(super) const SOURCE: &str = "github.com/maxday/lambda-perf";
pub(super) const AS_OF: &str = "2026-05-25 to 2026-08-22";
pub(super) const AS_OF_SNAPSHOT: &str = "2025-07-21 to 2025-10-18";

const KNOTS: usize = 10;
/// The shares of the columns between the smallest and the largest value.
const SHARES: [f64; KNOTS - 2] = [0.01, 0.05, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99];

/// A distribution known by its smallest value, eight percentiles and its largest value.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Quantiles {
    /// Normal deviate and logarithm of milliseconds, both rising.
    knots: [(f64, f64); KNOTS],
}

impl Quantiles {
    /// The number of samples, then the milliseconds at each knot.
    fn read(numbers: &str) -> Option<Self> {
        let mut cells = numbers.split(',');
        let samples: f64 = cells.next()?.parse().ok()?;
        let mut knots = [(0.0, 0.0); KNOTS];
        // The extremes stand where the first and the last of so many samples are expected.
        let edge = 0.5 / samples;
        let shares = std::iter::once(edge).chain(SHARES).chain(std::iter::once(1.0 - edge));
        for (knot, share) in knots.iter_mut().zip(shares) {
            let ms: f64 = cells.next()?.parse().ok()?;
            *knot = (normal_quantile(share), libm::log(ms));
        }
        Some(Self { knots })
    }

    /// The milliseconds at the normal deviate `z`; never beyond the smallest and the largest measured.
    pub(super) fn at(&self, z: f64) -> f64 {
        let upper = self.knots.iter().position(|(knot, _)| z < *knot).unwrap_or(KNOTS);
        let ln_ms = match upper {
            0 => self.knots[0].1,
            KNOTS => self.knots[KNOTS - 1].1,
            _ => {
                let ((z0, y0), (z1, y1)) = (self.knots[upper - 1], self.knots[upper]);
                y0 + (y1 - y0) * (z - z0) / (z1 - z0)
            }
        };
        libm::exp(ln_ms)
    }
}

/// Runtime, package kind and architecture; below, memory in MB.
type Key = (&'static str, &'static str, &'static str);

static ROWS: LazyLock<BTreeMap<Key, BTreeMap<u32, Row>>> = LazyLock::new(|| {
    let mut rows: BTreeMap<Key, BTreeMap<u32, Row>> = BTreeMap::new();
    for line in TABLE.lines().filter(|line| !line.starts_with('#')).skip(1) {
        let (key, memory_mb, row) = row(line).expect("the embedded table begins its lines with what was measured");
        rows.entry(key).or_default().insert(memory_mb, row);
    }
    rows
});

/// A line of the table. Its numbers are read when they are asked for: a course asks for a handful of the hundreds.
struct Row {
    numbers: &'static str,
    quantiles: OnceLock<Quantiles>,
}

fn row(line: &'static str) -> Option<(Key, u32, Row)> {
    let mut cells = line.splitn(5, ',');
    let key = (cells.next()?, cells.next()?, cells.next()?);
    let memory_mb = cells.next()?.parse().ok()?;
    Some((key, memory_mb, Row { numbers: cells.next()?, quantiles: OnceLock::new() }))
}

impl Row {
    fn quantiles(&self) -> &Quantiles {
        let read = || Quantiles::read(self.numbers).expect("the embedded table has eleven numbers or more in a line");
        self.quantiles.get_or_init(read)
    }
}

/// The measured initialisation at the memory size nearest to `memory_mb`, by ratio.
pub(super) fn initialisation(
    runtime: &str,
    package: &str,
    architecture: &str,
    memory_mb: u32,
) -> Option<&'static Quantiles> {
    let (_, sizes) = ROWS.iter().find(|((r, p, a), _)| *r == runtime && *p == package && *a == architecture)?;
    let distance = |size: u32| {
        let (small, large) = (size.min(memory_mb), size.max(memory_mb));
        f64::from(large) / f64::from(small.max(1))
    };
    let nearest = sizes.iter().min_by(|(a, _), (b, _)| distance(**a).total_cmp(&distance(**b)));
    nearest.map(|(_, row)| row.quantiles())
}

/// The measured initialisation of a function that does nothing, from a zip package, in milliseconds at 5, 25, 50, 75 and
/// 95 %. `runtime` is a name of the table, such as `nodejs22.x`, and `architecture` is `x86_64` or `arm64`.
pub fn measured_init_ms(runtime: &str, architecture: &str, memory_mb: u32) -> Option<[f64; 5]> {
    let quantiles = initialisation(runtime, "zip", architecture, memory_mb)?;
    Some([0.05, 0.25, 0.5, 0.75, 0.95].map(|share| quantiles.at(normal_quantile(share))))
}

/// Every runtime of the table, in alphabetical order.
pub(super) fn runtimes() -> Vec<&'static str> {
    let mut names: Vec<&str> = ROWS.keys().map(|(runtime, ..)| *runtime).collect();
    names.dedup();
    names
}

/// The runtime meant by `name`: exactly that, or the newest platform of a language, `rust` for `rust (prov.al2023)`.
pub(super) fn runtime(name: &str) -> Option<&'static str> {
    let names = runtimes();
    names
        .iter()
        .find(|known| **known == name)
        .or_else(|| names.iter().rfind(|known| known.split_once(" (").is_some_and(|(family, _)| family == name)))
        .copied()
}

#[cfg(test)]
mod tests {
    use super::{ROWS, SHARES, TABLE, initialisation, runtime};
    use crate::sim::law::Law;
    use crate::sim::sketch::Sketch;

    #[test]
    fn what_is_drawn_has_the_measured_percentiles() {
        // Evenly spread numbers in place of random ones: what is left is the error of the distribution and the sketch.
        let draws = 5000;
        // One row in five, so that the unoptimised test stays short; each is of another size, runtime or package.
        for line in TABLE.lines().filter(|line| !line.starts_with('#')).skip(1).step_by(5) {
            let cells: Vec<&str> = line.split(',').collect();
            let memory_mb = cells[3].parse().expect("a number");
            let quantiles = initialisation(cells[0], cells[1], cells[2], memory_mb).expect("it is in the table");
            let law = Law::Measured(quantiles);
            let mut sketch = Sketch::default();
            (0..draws).for_each(|i| sketch.record(law.draw_ms(u64::MAX / draws * i + u64::MAX / draws / 2)));
            for (i, found) in sketch.percentiles(SHARES).into_iter().enumerate() {
                let measured: f64 = cells[6 + i].parse().expect("a number");
                assert!((found / measured - 1.0).abs() < 0.03, "{line}: share {}: {found}", SHARES[i]);
            }
        }
    }

    #[test]
    fn a_runtime_is_found_by_its_family_and_a_size_by_its_neighbour() {
        assert_eq!(runtime("rust"), Some("rust (prov.al2023)"));
        assert_eq!(runtime("nodejs22.x"), Some("nodejs22.x"));
        assert_eq!(runtime("cobol"), None);
        let at = |memory_mb| initialisation("java21", "zip", "x86_64", memory_mb).map(std::ptr::from_ref);
        assert_eq!(at(300), at(256));
        assert_eq!(at(10_240), at(1024));
        assert!(ROWS.len() > 140);
    }
}
