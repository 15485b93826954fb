//! Instances as tiles: what each does in a word or a letter, an idle one with its keep-alive draining, and for a moment
//! those that are gone; as counts when they are too many.

use super::chart::AXIS_COLS;
use super::look::Part;
use super::scope::Id;
use super::surface::{Target, View};
use super::{Lab, detail};
use crate::app::row::{Row, Span, Ui};
use crate::sim::{InstanceState, InstanceView};

/// A tile with its state in a word, and one with a letter.
const WORDED_COLS: usize = 16;
const SMALL_COLS: usize = 3;
/// How long a gone instance is still seen, as a part of the whole run.
const SEEN_GONE: f64 = 1.0 / 80.0;
/// Of very many that went at once, the last.
const MOST_GONE: usize = 6;
/// Eighths of a cell.
const LEVELS: [char; 9] = [' ', '▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'];
const RISING: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// An instance as it is to be seen.
struct Tile {
    id: Id,
    mark: char,
    word: &'static str,
    role: Ui,
    /// How much is left of its keep-alive; for ever when infinite.
    left: Option<f64>,
}

impl Lab {
    /// The instances that are looked at, in exactly `rows` rows.
    pub(super) fn tiles(&self, view: &mut View, width: usize, rows: usize) {
        let room = width.saturating_sub(AXIS_COLS + 1);
        let end = view.rows.len() + rows;
        let n = self.scope.n_instances(&self.watched.sim);
        if n * SMALL_COLS > room * rows {
            self.counts(view, n, width, rows);
            return;
        }
        let seen_since_s = self.watched.clock_s - self.watched.total_s * SEEN_GONE;
        let gone: Vec<_> = self.scope.gone(&self.watched.sim, seen_since_s).collect();
        let gone = gone.iter().rev().take(MOST_GONE).rev();
        let gone = gone.map(|it| Tile::gone(Id { function: it.function, id: it.instance }));
        let room_for_gone = room * rows / SMALL_COLS - n;
        let there = self.scope.instances(&self.watched.sim);
        let tiles: Vec<Tile> = there.map(|it| self.tile(&it)).chain(gone.take(room_for_gone)).collect();
        if tiles.is_empty() {
            let text = "none: nothing runs and nothing costs";
            view.push(Row::of([lead(true), Span::ui(Ui::Muted, text)]).cut(width));
        } else if tiles.len() * WORDED_COLS <= room * rows && room >= WORDED_COLS {
            self.tile_rows(view, &tiles, room / WORDED_COLS, WORDED_COLS, Tile::worded);
        } else {
            self.tile_rows(view, &tiles, room / SMALL_COLS, SMALL_COLS, Tile::small);
        }
        while view.rows.len() < end {
            view.push(Row::default());
        }
    }

    fn tile_rows(&self, view: &mut View, tiles: &[Tile], in_a_row: usize, cols: usize, text: fn(&Tile) -> String) {
        let chosen = match self.part {
            Part::Instances { chosen } => chosen,
            _ => None,
        };
        for (index, chunk) in tiles.chunks(in_a_row.max(1)).enumerate() {
            let mut spans = vec![lead(index == 0)];
            for (place, tile) in chunk.iter().enumerate() {
                let role = if chosen == Some(tile.id) { Ui::Chosen } else { tile.role };
                let text = text(tile);
                let blank = cols.saturating_sub(text.chars().count());
                spans.extend([Span::ui(role, text), Span::ui(Ui::Text, " ".repeat(blank))]);
                let from = AXIS_COLS + 1 + place * cols;
                view.target(from..from + cols - 1, view.rows.len(), Target::Instance(tile.id));
            }
            view.push(Row::of(spans));
        }
    }

    fn tile(&self, instance: &InstanceView) -> Tile {
        let (mark, word) = match instance.state {
            InstanceState::Provisioning => ('P', "provisioning"),
            InstanceState::Fetching => ('F', "fetching"),
            InstanceState::LoadingRuntime => ('R', "runtime"),
            InstanceState::Initialising => ('I', "initialising"),
            InstanceState::Connecting => ('C', "connecting"),
            InstanceState::Busy => ('●', "busy"),
            InstanceState::Idle => ('○', "idle"),
        };
        let left = (instance.state == InstanceState::Idle).then(|| {
            instance.until_s.map_or(f64::INFINITY, |until_s| {
                let span_s = until_s - instance.since_s;
                if span_s > 0.0 { ((until_s - self.watched.clock_s) / span_s).clamp(0.0, 1.0) } else { 0.0 }
            })
        });
        Tile { id: Id::of_instance(instance), mark, word, role: detail::state(instance.state).1, left }
    }

    /// How many of `n` start, work and are idle, and with a second row their shares as a bar.
    fn counts(&self, view: &mut View, n: usize, width: usize, rows: usize) {
        let (mut busy, mut idle) = (0, 0);
        for instance in self.scope.instances(&self.watched.sim) {
            busy += usize::from(instance.state == InstanceState::Busy);
            idle += usize::from(instance.state == InstanceState::Idle);
        }
        let starting = n.saturating_sub(busy + idle);
        let spans = [
            lead(true),
            Span::ui(Ui::Cold, format!("▒ starting × {starting}  ")),
            Span::ui(Ui::Busy, format!("█ busy × {busy}  ")),
            Span::ui(Ui::Idle, format!("░ idle × {idle}  ")),
        ];
        view.push(Row::of(spans).cut(width));
        if rows > 1 {
            let room = width.saturating_sub(AXIS_COLS + 1).max(1);
            let mut spans = vec![lead(false)];
            for (some, mark, role) in [(starting, "▒", Ui::Cold), (busy, "█", Ui::Busy), (idle, "░", Ui::Idle)] {
                spans.push(Span::ui(role, mark.repeat(some * room / n.max(1))));
            }
            view.push(Row::of(spans));
        }
    }
}

impl Tile {
    fn gone(id: Id) -> Self {
        Self { id, mark: '·', word: "gone", role: Ui::Muted, left: None }
    }

    /// `○ idle ██████▌`: the bar is what is left of the keep-alive.
    fn worded(&self) -> String {
        const BAR_COLS: usize = 7;
        let bar = match self.left {
            None => String::new(),
            Some(f64::INFINITY) => "∞".to_owned(),
            Some(left) => {
                let eighths = (left * (BAR_COLS * 8) as f64).ceil() as usize;
                "█".repeat(eighths / 8) + LEVELS[eighths % 8].to_string().trim_end()
            }
        };
        format!("{} {} {bar}", self.mark, self.word).trim_end().to_owned()
    }

    fn small(&self) -> String {
        let level = match self.left {
            None => ' ',
            Some(f64::INFINITY) => '∞',
            Some(left) => RISING[(left * 8.0).ceil() as usize],
        };
        format!("{}{level}", self.mark)
    }
}

fn lead(is_first: bool) -> Span {
    let label = if is_first { "instances" } else { "" };
    Span::ui(Ui::Muted, format!("{label:>AXIS_COLS$} "))
}

#[cfg(test)]
mod tests {
    use super::{Id, Tile, Ui};

    #[test]
    fn a_keep_alive_drains_and_no_tile_outgrows_its_place() {
        let tile = |left| Tile { id: Id { function: 0, id: 0 }, mark: '○', word: "idle", role: Ui::Idle, left };
        let worded =
            [Some(1.0), Some(0.5), Some(0.01), Some(0.0), Some(f64::INFINITY), None].map(|it| tile(it).worded());
        assert_eq!(worded, ["○ idle ███████", "○ idle ███▌", "○ idle ▏", "○ idle", "○ idle ∞", "○ idle"]);
        assert_eq!([Some(1.0), Some(0.3), Some(0.0)].map(|it| tile(it).small()), ["○█", "○▃", "○ "]);
        assert!(worded.iter().all(|it| it.chars().count() < super::WORDED_COLS));
    }
}
