//! The spaced review schedules as the reference implementation of FSRS-6 does.

use coldstart::course::review::{Memory, Rating, recalls};
use coldstart::course::{Answer, Attempt, Course, Deed, ExerciseId};
use coldstart::grade::Verdict;
use fsrs::{FSRS, FSRSItem, FSRSReview};
use proptest::prelude::*;

const DAY_MS: i64 = 86_400_000;

fn oracle(history: &[(Rating, u32)]) -> fsrs::MemoryState {
    let reviews = history.iter().map(|(rating, days)| FSRSReview { rating: *rating as u32, delta_t: *days }).collect();
    FSRS::default().memory_state(FSRSItem { reviews }, None).expect("the history has a review")
}

/// The reference counts in single precision.
fn near(ours: f64, theirs: f32) -> bool {
    (ours - f64::from(theirs)).abs() <= 2e-4 * ours.abs().max(1.0)
}

fn ratings() -> impl Strategy<Value = Rating> {
    prop::sample::select(vec![Rating::Again, Rating::Hard, Rating::Good, Rating::Easy])
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_history_gives_the_memory_of_the_reference(
        first in ratings(),
        later in prop::collection::vec((ratings(), 0_u32..400), 0..12),
    ) {
        let mut history = vec![(first, 0)];
        let mut memory = Memory::first(first);
        for (rating, days) in later {
            history.push((rating, days));
            memory = memory.after(rating, f64::from(days));
            let theirs = oracle(&history);
            prop_assert!(near(memory.stability_days, theirs.stability), "{history:?}: {memory:?} {theirs:?}");
            prop_assert!(near(memory.difficulty, theirs.difficulty), "{history:?}: {memory:?} {theirs:?}");
            for retention in [0.8_f32, 0.9, 0.95] {
                let interval = FSRS::default().next_interval(Some(theirs.stability), retention, 3);
                prop_assert!(near(memory.interval_days(f64::from(retention)), interval));
            }
            let recall = fsrs::current_retrievability(theirs, 30.0, fsrs::FSRS6_DEFAULT_DECAY);
            prop_assert!(near(memory.retrievability(30.0), recall));
        }
    }
}

#[test]
fn answers_kept_over_weeks_are_due_when_the_reference_says() {
    let days = [0, 8, 30, 31, 90];
    let scores = [1.0, 0.9, 0.6, 0.1, 0.85];
    let ratings = [Rating::Easy, Rating::Good, Rating::Hard, Rating::Again, Rating::Good];
    let attempts: Vec<Attempt> = days.iter().zip(scores).map(|(day, score)| answered(day * DAY_MS, score)).collect();
    let recall = recalls(&Course::default(), &attempts).into_values().next().expect("it was answered");
    let pauses = std::iter::once(0).chain(days.windows(2).map(|pair| (pair[1] - pair[0]) as u32));
    let history: Vec<(Rating, u32)> = ratings.into_iter().zip(pauses).collect();
    let theirs = oracle(&history);
    let due_days = (recall.due_ms - 90 * DAY_MS) as f64 / DAY_MS as f64;
    assert!(near(due_days, theirs.stability), "due after {due_days} days, {} by the reference", theirs.stability);
}

fn answered(at_ms: i64, score: f64) -> Attempt {
    let verdict = Verdict {
        score,
        max: 1.0,
        items: Vec::new(),
        needs_review: false,
        review_reason: None,
        feedback: String::new(),
    };
    let answer = Answer::Text("words".into());
    Attempt { at_ms, deed: Deed::Answered { exercise: ExerciseId("steps".into()), answer, verdict } }
}
