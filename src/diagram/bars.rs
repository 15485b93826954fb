//! Bars on one scale, as read: the shares of a pie chart, the tasks of a Gantt chart.

/// Sections of bars. All share one scale.
#[derive(Clone, Debug, PartialEq)]
pub struct Bars {
    pub kind: BarsKind,
    pub title: String,
    pub sections: Vec<Section>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BarsKind {
    Pie,
    Gantt,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Section {
    /// Empty where the author named none.
    pub title: String,
    pub bars: Vec<Bar>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    pub label: String,
    /// From where to where it reaches: 0 to the value in a pie, days since 1970 in a plan. Finite, in this order.
    pub start: f64,
    pub end: f64,
    /// What the bar amounts to, in words and numbers.
    pub note: String,
}

impl Bars {
    pub(super) fn bars(&self) -> impl Iterator<Item = &Bar> {
        self.sections.iter().flat_map(|section| &section.bars)
    }
}
