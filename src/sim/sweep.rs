//! A row of runs: `key=from..to:step` → one assignment for each value.

use super::document::Problem;

/// More runs than this are not one table.
const MOST: f64 = 10_000.0;

/// The assignments of a sweep, for [`Scenario::set`](super::Scenario::set), in rising order. The end is included when a
/// step meets it. `platform.keep_alive.s=0..600:60` gives eleven.
pub fn sweep(text: &str) -> Result<Vec<String>, Problem> {
    let refused = |why: &str| Problem::new(0, format!("`{text}` is no sweep: {why}; write key=from..to:step"));
    let (key, range) = text.split_once('=').ok_or_else(|| refused("there is no `=`"))?;
    let (from, rest) = range.split_once("..").ok_or_else(|| refused("there is no `..`"))?;
    let (to, step) = rest.split_once(':').unwrap_or((rest, "1"));
    let number = |text: &str| {
        let plain = text.trim().replace('_', "");
        plain
            .parse::<f64>()
            .ok()
            .filter(|it| it.is_finite())
            .ok_or_else(|| refused(&format!("`{}` is no number", text.trim())))
    };
    let (from, to, step) = (number(from)?, number(to)?, number(step)?);
    if step <= 0.0 || to < from {
        return Err(refused("the values must rise"));
    }
    // A hair more, so that 0..1:0.1 reaches 1.
    let steps = ((to - from) / step + 1e-9).floor();
    if steps >= MOST {
        return Err(refused("these are too many runs"));
    }
    let decimals = [from, step].map(|it| it.to_string().split_once('.').map_or(0, |(_, digits)| digits.len()));
    let decimals = decimals[0].max(decimals[1]);
    Ok((0..=steps as u32).map(|i| format!("{}={:.decimals$}", key.trim(), from + f64::from(i) * step)).collect())
}

#[cfg(test)]
mod tests {
    use super::sweep;

    #[test]
    fn a_range_becomes_its_values() {
        assert_eq!(sweep("a.b=1..3").unwrap(), ["a.b=1", "a.b=2", "a.b=3"]);
        assert_eq!(sweep("a=0..0.3:0.1").unwrap(), ["a=0.0", "a=0.1", "a=0.2", "a=0.3"]);
        assert_eq!(sweep("a=1_000..2500:1000").unwrap(), ["a=1000", "a=2000"]);
        for bad in ["a", "a=1", "a=1..", "a=2..1", "a=1..2:0", "a=1..2:-1", "a=0..1e9:1", "a=nan..1", "a=0..inf"] {
            assert!(sweep(bad).is_err(), "{bad}");
        }
    }
}
