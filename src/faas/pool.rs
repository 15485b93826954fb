//! The warm environments of one function: found, lent, taken back, expired.
//!
//! Knows nothing of what an environment is, and ends none: those that expire are handed to the caller.

use std::time::{Duration, Instant};

struct Idle<E> {
    environment: E,
    since: Instant,
}

/// What a request finds.
pub(super) enum Found<E> {
    Warm(E),
    /// None is idle, and one more may be made.
    Room,
    /// All that there may be are busy.
    Full,
}

pub(super) struct Pool<E> {
    /// The one idle for the shortest time last.
    idle: Vec<Idle<E>>,
    n_busy: usize,
    limit: usize,
    keep_alive: Duration,
}

impl<E> Pool<E> {
    pub(super) fn new(limit: usize, keep_alive: Duration) -> Self {
        Self { idle: Vec::new(), n_busy: 0, limit, keep_alive }
    }

    /// Finds a place for a request. What is not [`Found::Full`] is busy until it is given back.
    pub(super) fn take(&mut self) -> Found<E> {
        // The environment idle for the shortest time serves first, so that the others can expire.
        if let Some(idle) = self.idle.pop() {
            self.n_busy += 1;
            return Found::Warm(idle.environment);
        }
        if self.n_busy < self.limit {
            self.n_busy += 1;
            return Found::Room;
        }
        Found::Full
    }

    /// Ends a loan. `None`: the environment is gone, or never came to be.
    pub(super) fn give_back(&mut self, environment: Option<E>) {
        self.n_busy -= 1;
        if let Some(environment) = environment {
            self.idle.push(Idle { environment, since: Instant::now() });
        }
    }

    /// Takes out those idle for longer than they are kept.
    pub(super) fn expire(&mut self) -> Vec<E> {
        let kept_from = self.idle.partition_point(|idle| idle.since.elapsed() > self.keep_alive);
        self.idle.drain(..kept_from).map(|idle| idle.environment).collect()
    }

    pub(super) fn n_idle(&self) -> usize {
        self.idle.len()
    }

    pub(super) fn n_busy(&self) -> usize {
        self.n_busy
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is found, as a letter and the environment.
    fn take(pool: &mut Pool<u32>) -> String {
        match pool.take() {
            Found::Warm(environment) => format!("warm {environment}"),
            Found::Room => "room".to_owned(),
            Found::Full => "full".to_owned(),
        }
    }

    #[test]
    fn the_last_one_used_serves_first_and_the_limit_counts_busy_ones() {
        let mut pool = Pool::new(2, Duration::from_secs(60));
        assert_eq!([take(&mut pool), take(&mut pool), take(&mut pool)], ["room", "room", "full"]);
        pool.give_back(Some(1));
        pool.give_back(Some(2));
        assert_eq!([take(&mut pool), take(&mut pool), take(&mut pool)], ["warm 2", "warm 1", "full"]);
        pool.give_back(None);
        assert_eq!(take(&mut pool), "room", "a place is free again when an environment is lost");
    }

    #[test]
    fn those_idle_for_too_long_expire_and_the_others_stay() {
        let mut pool = Pool::new(2, Duration::from_millis(30));
        assert_eq!([take(&mut pool), take(&mut pool)], ["room", "room"]);
        pool.give_back(Some(1));
        std::thread::sleep(Duration::from_millis(40));
        pool.give_back(Some(2));
        assert_eq!((pool.expire(), pool.n_idle()), (vec![1], 1));
    }
}
