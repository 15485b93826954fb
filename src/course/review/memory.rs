//! FSRS-6: how a memory fades with the days, and what a review makes of it.
//!
//! In: a rating and the days since the review before. Out: the memory after it, the probability of recall at any time,
//! and how long to wait for a given one. Absent: exercises, deeds, clocks.
//!
//! Source of the formulas and of the 21 weights: "The Algorithm", wiki of the project open-spaced-repetition/fsrs4anki,
//! section FSRS-6; the weights are the defaults, fitted there to some hundred million reviews. Held against the
//! reference crate `fsrs` 6.6 in `tests/it/review.rs`.

/// How a review went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rating {
    /// Not recalled.
    Again = 1,
    /// Recalled in part, or with help.
    Hard = 2,
    Good = 3,
    Easy = 4,
}

/// What is remembered of one thing, as of its last review.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Memory {
    /// Days until the probability of recall has fallen to 0.9.
    pub stability_days: f64,
    /// 1 (easy) to 10.
    pub difficulty: f64,
}

/// Weights of FSRS-6 by their number in the formulas.
const W: [f64; 21] = [
    0.212, 1.2931, 2.3065, 8.2956, // stability after the first review, by rating
    6.4133, 0.8334, 3.0194, 0.001, // difficulty
    1.8722, 0.1666, 0.796, // stability after success
    1.4835, 0.0614, 0.2629, 1.6483, // stability after failure
    0.6014, 1.8729, // hard penalty, easy bonus
    0.5425, 0.0912, 0.0658, // reviews of the same day
    0.1542, // decay
];

const STABILITY_DAYS: std::ops::RangeInclusive<f64> = 0.001..=36_500.0;
const DIFFICULTY: std::ops::RangeInclusive<f64> = 1.0..=10.0;

impl Rating {
    fn number(self) -> f64 {
        f64::from(self as u8)
    }

    /// One grade lower for each of `steps`, but no answer that recalled something becomes one that did not.
    #[must_use]
    pub fn lowered(self, steps: usize) -> Self {
        match (self, steps) {
            (_, 0) | (Self::Again | Self::Hard, _) => self,
            (Self::Easy, 1) => Self::Good,
            _ => Self::Hard,
        }
    }
}

impl Memory {
    /// After the first review ever.
    ///
    /// `S₀(G) = w[G−1]`, `D₀(G) = w4 − exp(w5·(G−1)) + 1`.
    pub fn first(rating: Rating) -> Self {
        Self { stability_days: W[rating as usize - 1], difficulty: within(first_difficulty(rating), &DIFFICULTY) }
    }

    /// After another review, `elapsed_days` after the one before. Below one day the two are of the same day.
    #[must_use]
    pub fn after(self, rating: Rating, elapsed_days: f64) -> Self {
        let stability_days = match rating {
            _ if elapsed_days < 1.0 => self.stability_after_same_day(rating),
            Rating::Again => self.stability_after_failure(elapsed_days),
            _ => self.stability_after_success(rating, elapsed_days),
        };
        Self {
            stability_days: within(stability_days, &STABILITY_DAYS),
            difficulty: within(self.difficulty_after(rating), &DIFFICULTY),
        }
    }

    /// Probability of recall `elapsed_days` after the last review, in 0..=1.
    ///
    /// `R(t, S) = (1 + F·t/S)^−w20` with `F = 0.9^(−1/w20) − 1`, so that `R(S, S) = 0.9`.
    pub fn retrievability(self, elapsed_days: f64) -> f64 {
        libm::pow(1.0 + factor() * elapsed_days.max(0.0) / self.stability_days, -W[20])
    }

    /// Days after which the probability of recall has fallen to `retention`, more than 0 and at most 1.
    ///
    /// `I(r, S) = S/F·(r^(−1/w20) − 1)`, the inverse of [`Self::retrievability`].
    pub fn interval_days(self, retention: f64) -> f64 {
        self.stability_days / factor() * (libm::pow(retention, -1.0 / W[20]) - 1.0)
    }

    /// `D′ = w7·D₀(Easy) + (1 − w7)·(D − w6·(G − 3)·(10 − D)/9)`
    fn difficulty_after(self, rating: Rating) -> f64 {
        let change = -W[6] * (rating.number() - 3.0);
        let damped = self.difficulty + change * (10.0 - self.difficulty) / 9.0;
        W[7] * first_difficulty(Rating::Easy) + (1.0 - W[7]) * damped
    }

    /// `S′ = S·(1 + exp(w8)·(11 − D)·S^−w9·(exp(w10·(1 − R)) − 1)·(w15 if Hard)·(w16 if Easy))`
    fn stability_after_success(self, rating: Rating, elapsed_days: f64) -> f64 {
        let scale = match rating {
            Rating::Hard => W[15],
            Rating::Easy => W[16],
            Rating::Good | Rating::Again => 1.0,
        };
        let forgotten = 1.0 - self.retrievability(elapsed_days);
        let growth = libm::exp(W[8])
            * (11.0 - self.difficulty)
            * libm::pow(self.stability_days, -W[9])
            * libm::expm1(W[10] * forgotten)
            * scale;
        self.stability_days * (1.0 + growth)
    }

    /// `S′ = w11·D^−w12·((S + 1)^w13 − 1)·exp(w14·(1 − R))`, and no more than `S/exp(w17·w18)`
    fn stability_after_failure(self, elapsed_days: f64) -> f64 {
        let forgotten = 1.0 - self.retrievability(elapsed_days);
        let left = W[11]
            * libm::pow(self.difficulty, -W[12])
            * (libm::pow(self.stability_days + 1.0, W[13]) - 1.0)
            * libm::exp(W[14] * forgotten);
        left.min(self.stability_days / libm::exp(W[17] * W[18]))
    }

    /// `S′ = S·exp(w17·(G − 3 + w18))·S^−w19`, and no less than `S` unless it was not recalled
    fn stability_after_same_day(self, rating: Rating) -> f64 {
        let change = libm::exp(W[17] * (rating.number() - 3.0 + W[18])) * libm::pow(self.stability_days, -W[19]);
        self.stability_days * if rating == Rating::Again { change } else { change.max(1.0) }
    }
}

fn first_difficulty(rating: Rating) -> f64 {
    W[4] - libm::exp(W[5] * (rating.number() - 1.0)) + 1.0
}

fn factor() -> f64 {
    libm::pow(0.9, -1.0 / W[20]) - 1.0
}

fn within(value: f64, range: &std::ops::RangeInclusive<f64>) -> f64 {
    value.clamp(*range.start(), *range.end())
}

#[cfg(test)]
mod tests {
    use super::{Memory, Rating};

    const RATINGS: [Rating; 4] = [Rating::Again, Rating::Hard, Rating::Good, Rating::Easy];

    #[test]
    fn recall_is_nine_in_ten_when_the_stability_is_over() {
        for rating in RATINGS {
            let memory = Memory::first(rating);
            assert!((memory.retrievability(memory.stability_days) - 0.9).abs() < 1e-12);
            assert_eq!(memory.retrievability(0.0), 1.0);
            for retention in [0.7, 0.9, 0.97] {
                let back = memory.retrievability(memory.interval_days(retention));
                assert!((back - retention).abs() < 1e-12, "{retention} came back as {back}");
            }
        }
    }

    #[test]
    fn a_better_review_is_remembered_for_longer_at_any_age() {
        for elapsed_days in [0.0, 0.2, 1.0, 3.0, 40.0, 1e9] {
            let after = RATINGS.map(|rating| Memory::first(Rating::Good).after(rating, elapsed_days).stability_days);
            assert!(after.is_sorted(), "{elapsed_days} days: {after:?}");
            assert!(after[0] < after[3], "{elapsed_days} days: {after:?}");
        }
    }

    #[test]
    fn whatever_happens_the_state_stays_in_its_range() {
        for rating in RATINGS {
            let mut memory = Memory::first(rating);
            for step in 0..2_000 {
                memory = memory.after(rating, f64::from(step % 7) * 1e4);
                assert!((0.001..=36_500.0).contains(&memory.stability_days), "{rating:?}: {memory:?}");
                assert!((1.0..=10.0).contains(&memory.difficulty), "{rating:?}: {memory:?}");
            }
        }
    }

    #[test]
    fn help_lowers_a_rating_but_never_to_a_failure() {
        let lowered = |steps| RATINGS.map(|rating| rating.lowered(steps));
        assert_eq!(lowered(0), RATINGS);
        assert_eq!(lowered(1), [Rating::Again, Rating::Hard, Rating::Hard, Rating::Good]);
        assert_eq!(lowered(9), [Rating::Again, Rating::Hard, Rating::Hard, Rating::Hard]);
    }
}
