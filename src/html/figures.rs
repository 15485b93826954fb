//! Numbers as people say them.

/// Milliseconds as people say them.
pub(super) fn duration(ms: f64) -> String {
    match ms {
        ms if ms >= 1000.0 => format!("{} s", three_figures(ms / 1000.0)),
        ms => format!("{} ms", three_figures(ms)),
    }
}

/// `value` with three figures, or all before its point.
pub(super) fn three_figures(value: f64) -> String {
    match value.abs() {
        size if size >= 100.0 || size == 0.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        size if size >= 1.0 => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    }
}

#[cfg(test)]
mod tests {
    use super::duration;

    #[test]
    fn durations_read_as_people_say_them() {
        for (ms, said) in [(0.0, "0 ms"), (0.5, "0.500 ms"), (12.34, "12.3 ms"), (456.7, "457 ms"), (1234.0, "1.23 s")]
        {
            assert_eq!(duration(ms), said);
        }
    }
}
