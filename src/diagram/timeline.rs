//! A timeline as read: periods in the author's order, and what happened in each.

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Timeline {
    pub title: String,
    pub eras: Vec<Era>,
}

/// Periods under one heading.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Era {
    /// Empty where the author named none.
    pub title: String,
    pub periods: Vec<Period>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Period {
    pub name: String,
    pub events: Vec<String>,
}
