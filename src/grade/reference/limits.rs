//! Opinions on answers to limits: from which log-odds on an answer is accepted, or refused as a spoilt one.
//!
//! Chosen in training, from answers to questions that the opinions had not seen: among the limits that let few spoilt
//! answers through, those that judge best what people wrote.

use super::agreement::macro_f1;
use super::attacks::Attack;

/// Share of the spoilt answers that may be accepted, and of those alone that had a negation put in or taken out.
const MOST_SPOILT: f64 = 0.05;
const MOST_NEGATED: f64 = 0.07;

/// What is tried, in log-odds: first, last and step.
const LENIENCES: (f32, f32, f32) = (0.0, 0.5, 0.1);
const DISORDERS: (f32, f32, f32) = (0.0, 4.0, 0.2);
const TURNS: (f32, f32, f32) = (-1.0, 2.0, 0.2);

/// Log-odds of being turned round from which on an answer is refused that denies a word of every reference. It is refused
/// earlier than others: as many of those that are accepted are wrong as right.
const TURN_OF_DENIED: f32 = -1.6;

/// Log-odds of an answer: that it is correct, were it not spoilt; that it is one in disorder; that it is one turned round.
#[derive(Clone, Copy, Debug)]
pub(super) struct Opinions {
    pub(super) correct: f32,
    pub(super) disordered: f32,
    pub(super) turned: f32,
    /// It means a word of matter the other way than every reference.
    pub(super) is_denial: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Limits {
    /// Log-odds that make up for what is never gained by doubt.
    pub(super) lenience: f32,
    /// Log-odds of being spoilt from which on an answer is refused.
    pub(super) disorder: f32,
    pub(super) turn: f32,
}

/// Opinions on an answer whose question they had not seen, and what is true of it.
pub(super) struct Trial {
    pub(super) opinions: Opinions,
    pub(super) is_correct: bool,
    /// How it was spoilt, if it was.
    pub(super) attack: Option<Attack>,
}

impl Limits {
    /// Log-odds that an answer is correct and not a spoilt one. Above zero it counts as such.
    pub(super) fn score(&self, opinions: Opinions) -> f32 {
        self.guards(opinions).into_iter().fold(opinions.correct + self.lenience, f32::min)
    }

    /// The most that an answer's log-odds can be, by each thing that is suspected of it.
    pub(super) fn guards(&self, opinions: Opinions) -> [f32; 2] {
        let turn = if opinions.is_denial { self.turn.min(TURN_OF_DENIED) } else { self.turn };
        [self.disorder - opinions.disordered, turn - opinions.turned]
    }

    pub(super) fn choose(trials: &[Trial]) -> Self {
        let (written, spoilt): (Vec<&Trial>, Vec<&Trial>) = trials.iter().partition(|trial| trial.attack.is_none());
        let negated: Vec<&Trial> = spoilt.iter().filter(|it| it.attack == Some(Attack::Negated)).copied().collect();
        let mut best = (0.0, Self::default());
        for limits in Self::all() {
            let accepts = |trial: &&&Trial| limits.score(trial.opinions) > 0.0;
            let share = |of: &[&Trial]| of.iter().filter(accepts).count() as f64 / of.len().max(1) as f64;
            if share(&spoilt) > MOST_SPOILT || share(&negated) > MOST_NEGATED {
                continue;
            }
            let judged: Vec<(bool, bool)> = written.iter().map(|it| (it.is_correct, accepts(&it))).collect();
            let f1 = macro_f1(&judged);
            if f1 > best.0 {
                best = (f1, limits);
            }
        }
        best.1
    }

    fn all() -> impl Iterator<Item = Self> {
        let steps = |(first, last, step): (f32, f32, f32)| {
            (0..=((last - first) / step).round() as u16).map(move |n| first + f32::from(n) * step)
        };
        steps(LENIENCES).flat_map(move |lenience| {
            let with_disorder = move |disorder| steps(TURNS).map(move |turn| Self { lenience, disorder, turn });
            steps(DISORDERS).flat_map(with_disorder)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_let_few_spoilt_answers_through_and_right_ones_pass() {
        let trial = |correct: f32, disordered: f32, attack: Option<Attack>| Trial {
            opinions: Opinions { correct, disordered, turned: -5.0, is_denial: false },
            is_correct: correct > 0.0 && attack.is_none(),
            attack,
        };
        // A right answer is at most a little suspicious, a spoilt one is more so, but for one in fifty.
        let mut trials: Vec<Trial> = (0..100).map(|n| trial(2.0, f32::from(n % 2_u8), None)).collect();
        trials.extend((0..100).map(|_| trial(-2.0, 0.0, None)));
        trials.extend((0..100).map(|n| trial(2.0, if n % 50 == 0 { 0.0 } else { 3.0 }, Some(Attack::Shuffled))));
        let limits = Limits::choose(&trials);
        assert!(limits.disorder > 1.0 && limits.disorder <= 3.0, "{limits:?}");
        let accepts = |correct, disordered| limits.score(trial(correct, disordered, None).opinions) > 0.0;
        assert!(accepts(2.0, 1.0) && !accepts(2.0, 3.0) && !accepts(-2.0, 0.0));
    }

    #[test]
    fn a_denial_is_refused_on_less_suspicion() {
        let limits = Limits { lenience: 0.0, disorder: 1.0, turn: 1.0 };
        let score = |turned, is_denial| limits.score(Opinions { correct: 2.0, disordered: -5.0, turned, is_denial });
        assert!(score(-1.0, false) > 0.0 && score(-1.0, true) < 0.0 && score(-4.0, true) > 0.0);
    }
}
