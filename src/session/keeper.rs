//! The thread that keeps progress: effects in, replies out.
//!
//! Of drafts and positions that wait in a row only the newest is written; attempts are all written, in order. Dropping
//! the keeper waits until everything is on the disk.

use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};

use super::Event;
use crate::app::{Action, Effect};
use crate::store::Store;

pub(super) struct Keeper {
    inbox: Option<Sender<Effect>>,
    thread: Option<JoinHandle<()>>,
}

impl Keeper {
    pub(super) fn start(store: Store, events: Sender<Event>) -> Self {
        let (inbox, effects) = mpsc::channel();
        let thread = thread::spawn(move || keep(store, &effects, &events));
        Self { inbox: Some(inbox), thread: Some(thread) }
    }

    pub(super) fn send(&self, effect: Effect) {
        if let Some(inbox) = &self.inbox {
            // It ends only with the session; what it could not write it has said.
            let _ = inbox.send(effect);
        }
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.inbox = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn keep(mut store: Store, effects: &Receiver<Effect>, events: &Sender<Event>) {
    while let Ok(first) = effects.recv() {
        let mut waiting = vec![first];
        waiting.extend(effects.try_iter());
        for index in 0..waiting.len() {
            let (done, later) = waiting.split_at(index + 1);
            let effect = &done[index];
            if later.iter().any(|newer| supersedes(newer, effect)) {
                continue;
            }
            if let Some(action) = write(&mut store, effect) {
                let _ = events.send(Event::Done(action));
            }
        }
    }
}

fn supersedes(newer: &Effect, older: &Effect) -> bool {
    match (newer, older) {
        (Effect::SaveDraft { exercise: a, .. }, Effect::SaveDraft { exercise: b, .. }) => a == b,
        (Effect::SavePosition(_), Effect::SavePosition(_)) => true,
        _ => false,
    }
}

fn write(store: &mut Store, effect: &Effect) -> Option<Action> {
    let at_ms = jiff::Timestamp::now().as_millisecond();
    match effect {
        Effect::Keep { question, deed } => Some(match store.keep(at_ms, deed.clone()) {
            Ok(attempt) => Action::Kept { question: *question, attempt },
            Err(error) => Action::NotKept { question: *question, why: error.to_string() },
        }),
        Effect::SaveDraft { exercise, answer } => {
            let saved = store.save_draft(at_ms, exercise, answer);
            saved.err().map(|error| Action::NotSaved { why: error.to_string() })
        }
        Effect::SavePosition(position) => {
            let saved = store.save_position(at_ms, position);
            saved.err().map(|error| Action::NotSaved { why: error.to_string() })
        }
        _ => None,
    }
}
