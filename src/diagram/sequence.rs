//! A sequence diagram as read: who takes part, and what happens, in order.

use super::chart::{Line, Tip};

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sequence {
    pub title: String,
    pub participants: Vec<Participant>,
    pub steps: Vec<Step>,
    /// Boxes around neighbouring participants.
    pub boxes: Vec<Surround>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Participant {
    pub id: String,
    pub label: String,
    pub is_actor: bool,
    /// Index into the boxes.
    pub surround: Option<usize>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Surround {
    pub title: String,
}

/// One thing that happens. Participants are indices.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    Message(Message),
    Note {
        from: usize,
        to: usize,
        side: Side,
        text: String,
    },
    /// A loop, alternative or the like begins; `keyword` is the author's word.
    Open {
        keyword: String,
        title: String,
    },
    /// The next branch of the innermost block.
    Branch {
        title: String,
    },
    Close,
    Activate(usize),
    Deactivate(usize),
    /// The next message brings this participant into being.
    Create(usize),
    /// The next message ends it.
    Destroy(usize),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    pub from: usize,
    pub to: usize,
    pub text: String,
    pub line: Line,
    pub tail: Tip,
    pub head: Tip,
    /// Where the author asked for numbers.
    pub number: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Left,
    Right,
    Over,
}
