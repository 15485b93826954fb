//! The next value of a short series: what came so far → what an ARIMA model expects.
//!
//! All models of a small grid are fitted and the one with the least corrected Akaike information criterion forecasts, as
//! the `auto_arima` does that the paper in `keep_alive` used. Each is fitted by least squares in two steps (Hannan and
//! Rissanen 1982): a long autoregression gives the shocks, then the series is regressed on its past and on theirs. So a
//! fit takes no iteration and a bounded number of operations. Absent: seasons, for which such series are too short.

/// A model of the grid: ARIMA(p, d, q), with a constant or without.
#[derive(Clone, Copy, Debug)]
struct Order {
    /// Past values, and past shocks, that a value hangs on.
    p: usize,
    q: usize,
    /// Of the values themselves, or of their differences.
    differenced: bool,
    constant: bool,
}

impl Order {
    const MOST_P: usize = 2;
    const MOST_Q: usize = 1;

    fn all() -> impl Iterator<Item = Self> {
        // Values without a constant would return to zero, which no pause does.
        [(false, true), (true, false), (true, true)].into_iter().flat_map(|(differenced, constant)| {
            (0..=Self::MOST_P).flat_map(move |p| (0..=Self::MOST_Q).map(move |q| Self { p, q, differenced, constant }))
        })
    }

    fn parameters(self) -> usize {
        usize::from(self.constant) + self.p + self.q
    }
}

/// Values at the beginning of which every model only looks back, so that all are judged by the same ones.
const LOOK_BACK: usize = Order::MOST_P + 1 + Order::MOST_Q;
/// Three more are the least that the smallest model can be judged by.
const LEAST: usize = LOOK_BACK + 3;
/// The most coefficients of a regression.
const MOST: usize = 1 + Order::MOST_P + Order::MOST_Q;

/// The value that follows `series`, positive as all of the series must be.
///
/// None when the series is too short for any model, or the best of them leads below zero.
pub(super) fn next(series: &[f64]) -> Option<f64> {
    if series.len() < LEAST {
        return None;
    }
    let mean = series.iter().sum::<f64>() / series.len() as f64;
    // In units of the mean, so that sums of squares neither drown nor overflow.
    let values: Vec<f64> = series.iter().map(|value| value / mean).collect();
    let fits = Order::all().filter_map(|order| fit(&values, order));
    let (_, next) = fits.min_by(|a, b| a.0.total_cmp(&b.0))?;
    (next.is_finite() && next > 0.0).then_some(next * mean)
}

/// The criterion of the model, less is better, and its forecast.
fn fit(values: &[f64], order: Order) -> Option<(f64, f64)> {
    let changes: Vec<f64> = values.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let (of, first) = if order.differenced { (&changes[..], LOOK_BACK - 1) } else { (values, LOOK_BACK) };
    let shocks = if order.q == 0 { Vec::new() } else { shocks(of, order)? };
    let shocks = shocks.as_slice();
    let row = |t: usize| {
        let past = (1..=order.p).map(move |lag| of[t - lag]);
        let past_shocks = (1..=order.q).map(move |lag| shocks[t - lag]);
        order.constant.then_some(1.0).into_iter().chain(past).chain(past_shocks)
    };
    let regression = Regression::fit((first..of.len()).map(|t| (row(t), of[t])), order.parameters())?;
    let n = (of.len() - first) as f64;
    // The variance is a parameter too.
    let k = order.parameters() as f64 + 1.0;
    if n <= k + 1.0 {
        return None;
    }
    let squares: f64 = (first..of.len()).map(|t| of[t] - regression.at(row(t))).map(|error| error * error).sum();
    // A series that is exactly regular would have no least: a thousandth of the mean is as good as none.
    let variance = (squares / n).max(1e-6);
    let criterion = n * libm::log(variance) + 2.0 * k + 2.0 * k * (k + 1.0) / (n - k - 1.0);
    let expected = regression.at(row(of.len()));
    Some((criterion, if order.differenced { values[values.len() - 1] + expected } else { expected }))
}

/// What each value was off an autoregression of it; none before that can look back.
fn shocks(of: &[f64], order: Order) -> Option<Vec<f64>> {
    let lags = Order::MOST_P;
    let row = |t: usize| order.constant.then_some(1.0).into_iter().chain((1..=lags).map(move |lag| of[t - lag]));
    let regression = Regression::fit((lags..of.len()).map(|t| (row(t), of[t])), usize::from(order.constant) + lags)?;
    Some((0..of.len()).map(|t| if t < lags { 0.0 } else { of[t] - regression.at(row(t)) }).collect())
}

/// The coefficients of a linear regression.
struct Regression {
    coefficients: [f64; MOST],
}

impl Regression {
    /// Least squares over (what is given, what it led to), by the normal equations. None when they do not determine it.
    fn fit<Row: Iterator<Item = f64>>(rows: impl Iterator<Item = (Row, f64)>, n: usize) -> Option<Self> {
        let mut equations = [[0.0; MOST + 1]; MOST];
        for (row, value) in rows {
            let mut given = [0.0; MOST + 1];
            given[..n].iter_mut().zip(row).for_each(|(to, from)| *to = from);
            given[MOST] = value;
            for (equation, factor) in equations.iter_mut().zip(given).take(n) {
                equation.iter_mut().zip(given).for_each(|(sum, other)| *sum += factor * other);
            }
        }
        for pivot in 0..n {
            let largest =
                (pivot..n).max_by(|a, b| equations[*a][pivot].abs().total_cmp(&equations[*b][pivot].abs()))?;
            equations.swap(pivot, largest);
            let chosen = equations[pivot];
            if chosen[pivot].abs() < 1e-9 {
                return None;
            }
            for (_, equation) in equations.iter_mut().take(n).enumerate().filter(|(at, _)| *at != pivot) {
                let factor = equation[pivot] / chosen[pivot];
                equation.iter_mut().zip(chosen).for_each(|(to, from)| *to -= factor * from);
            }
        }
        let mut coefficients = [0.0; MOST];
        for (at, coefficient) in coefficients.iter_mut().enumerate().take(n) {
            *coefficient = equations[at][MOST] / equations[at][at];
        }
        Some(Self { coefficients })
    }

    fn at(&self, row: impl Iterator<Item = f64>) -> f64 {
        self.coefficients.iter().zip(row).map(|(coefficient, given)| coefficient * given).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::next;
    use crate::sim::random::{Purpose, Stream, normal};

    fn noise(i: usize) -> f64 {
        normal(Stream::new(11, Purpose::Delay).at(i as u64))
    }

    #[test]
    fn each_kind_of_series_goes_on_as_it_went() {
        let of = |n: usize, value: fn(usize) -> f64| (0..n).map(value).collect::<Vec<f64>>();
        for (name, series, expected, room) in [
            ("always the same", of(12, |_| 18_000.0), 18_000.0, 1e-6),
            ("about the same", of(32, |i| 18_000.0 + 300.0 * noise(i)), 18_000.0, 300.0),
            ("short and long by turns", of(24, |i| if i % 2 == 0 { 15_000.0 } else { 25_000.0 }), 15_000.0, 200.0),
            ("by turns, not quite", of(31, |i| if i % 2 == 0 { 15e3 } else { 25e3 } + 400.0 * noise(i)), 25e3, 1500.0),
            ("ever longer", of(20, |i| 15_000.0 + 500.0 * i as f64), 25_000.0, 200.0),
            ("another level", of(30, |i| if i < 15 { 15_000.0 } else { 30_000.0 }), 30_000.0, 1000.0),
        ] {
            let found = next(&series).expect(name);
            assert!((found - expected).abs() <= room, "{name}: {found}, not {expected}");
        }
    }

    #[test]
    fn what_is_too_short_or_leads_below_zero_is_not_forecast() {
        assert_eq!(next(&[]), None);
        assert_eq!(next(&[5.0; 6]), None);
        let falling: Vec<f64> = (0..20).map(|i| 20.0 - f64::from(i)).collect();
        assert_eq!(next(&falling), None);
    }
}
