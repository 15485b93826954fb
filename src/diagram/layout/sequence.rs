//! A sequence diagram to cells: participants side by side, time downwards.
//!
//! Lifelines stand as close as the labels between them allow. A message's label lies over its line; a block is a frame
//! around the lifelines it concerns.

use std::collections::BTreeMap;

use crate::diagram::chart::{Line, Shape};
use crate::diagram::placed::{Placed, PlacedEdge, PlacedFrame, PlacedNode, Rect, Stroke, Text};
use crate::diagram::sequence::{Message, Sequence, Side, Step};
use crate::diagram::text::{width, wrap};

/// Wraps labels ever narrower until the width is enough.
pub(super) fn placed(sequence: &Sequence, width_cols: i32) -> Placed {
    let mut narrowest: Option<Placed> = None;
    for measure in [44, 32, 24, 18, 13, 9, 7] {
        let it = Scene::new(sequence, measure).lay_out(width_cols);
        let fits = it.width as i32 <= width_cols;
        if narrowest.as_ref().is_none_or(|narrow| it.width < narrow.width) {
            narrowest = Some(it);
        }
        if fits {
            break;
        }
    }
    narrowest.unwrap_or_default()
}

/// Columns between a lifeline and the border of a block around it, and between the borders of nested blocks.
const BLOCK_PAD: i32 = 3;
const NEST_PAD: i32 = 2;
/// Columns a self message reaches to the right of its lifeline, before its label.
const LOOP_COLS: i32 = 4;

struct Scene<'a> {
    sequence: &'a Sequence,
    measure: usize,
    breaks_words: bool,
    heads: Vec<Head>,
    /// The column of each lifeline.
    columns: Vec<i32>,
    blocks: Vec<Block>,
    placed: Placed,
    /// The next free row.
    y: i32,
    /// Where each lifeline goes on from, and how many times it is active.
    alive: Vec<Option<i32>>,
    active: Vec<u32>,
    creates: Option<usize>,
    destroys: Option<usize>,
}

struct Head {
    lines: Vec<String>,
    w: i32,
    h: i32,
}

/// A block of steps: which lifelines it concerns, how deeply blocks lie in it, and how far it reaches beyond them.
#[derive(Clone, Copy)]
struct Block {
    first: usize,
    last: usize,
    height: i32,
    /// Columns that what lies inside takes left of the first lifeline and right of the last.
    before: i32,
    behind: i32,
    frame: usize,
}

impl Block {
    /// Takes in what concerns the lifelines from `first` to `last` and reaches out beyond them.
    fn include(&mut self, first: usize, last: usize, before: i32, behind: i32) {
        // What reaches out from an inner lifeline ends before the next one.
        if self.first == usize::MAX || first < self.first {
            (self.first, self.before) = (first, before);
        } else if first == self.first {
            self.before = self.before.max(before);
        }
        if last > self.last || self.behind < 0 {
            (self.last, self.behind) = (last, behind);
        } else if last == self.last {
            self.behind = self.behind.max(behind);
        }
    }

    /// Columns from the border to the first lifeline, and from the last lifeline to the border.
    fn margins(&self) -> (i32, i32) {
        let nested = NEST_PAD * self.height;
        (nested + BLOCK_PAD.max(self.before + 2), nested + BLOCK_PAD.max(self.behind + 2))
    }
}

impl<'a> Scene<'a> {
    fn new(sequence: &'a Sequence, measure: usize) -> Self {
        // The last rung: long words are broken, and heads have no air.
        let is_last = measure <= 7;
        let head = |label: &str, surround: Option<usize>| {
            let lines = wrap(label, measure.min(24), is_last);
            let (cols, rows) = extent(&lines);
            let w = cols.max(1) + if is_last { 2 } else { 4 };
            let alone = surround
                .filter(|&it| sequence.participants.iter().filter(|other| other.surround == Some(it)).count() == 1);
            let title = alone.map_or(0, |it| width(&sequence.boxes[it].title) as i32 + 4);
            Head { lines, w: w.max(title), h: rows + 2 }
        };
        let heads: Vec<Head> = sequence.participants.iter().map(|it| head(&it.label, it.surround)).collect();
        let count = heads.len();
        let created =
            sequence.steps.iter().filter_map(|step| if let Step::Create(it) = step { Some(*it) } else { None });
        let mut alive = vec![Some(0); count];
        for it in created {
            alive[it] = None;
        }
        Self {
            sequence,
            measure,
            breaks_words: is_last,
            heads,
            columns: vec![0; count],
            blocks: Vec::new(),
            placed: Placed { kind: "sequence", title: sequence.title.clone(), ..Placed::default() },
            y: 0,
            alive,
            active: vec![0; count],
            creates: None,
            destroys: None,
        }
    }

    fn label(&self, message: &Message) -> Vec<String> {
        let text = match message.number {
            Some(number) if message.text.is_empty() => format!("{number}."),
            Some(number) => format!("{number}. {}", message.text),
            None => message.text.clone(),
        };
        if text.is_empty() { Vec::new() } else { wrap(&text, self.measure, self.breaks_words) }
    }

    fn note(&self, text: &str) -> Vec<String> {
        wrap(text, self.measure.max(10), self.breaks_words)
    }

    fn lay_out(mut self, width_cols: i32) -> Placed {
        self.measure_blocks();
        self.set_columns();
        self.begin(width_cols);
        let mut open: Vec<usize> = Vec::new();
        let mut next_block = 0;
        for step in &self.sequence.steps {
            match step {
                Step::Message(message) => self.message(message),
                Step::Note { from, to, side, text } => self.place_note(*from, *to, *side, text),
                Step::Open { keyword, title } => {
                    self.open(next_block, keyword, title);
                    open.push(next_block);
                    next_block += 1;
                }
                Step::Branch { title } => {
                    if let Some(&block) = open.last() {
                        self.branch(block, title);
                    }
                }
                Step::Close => {
                    if let Some(block) = open.pop() {
                        let frame = self.blocks[block].frame;
                        let rect = &mut self.placed.frames[frame].rect;
                        rect.h = self.y - rect.y + 1;
                        self.y += 1;
                    }
                }
                Step::Activate(it) => {
                    self.change(*it, 1);
                }
                Step::Deactivate(it) => {
                    self.change(*it, -1);
                }
                Step::Create(it) => self.creates = Some(*it),
                Step::Destroy(it) => self.destroys = Some(*it),
            }
        }
        self.finish()
    }

    /// Which lifelines each block concerns. Blocks that concern none lie around all.
    fn measure_blocks(&mut self) {
        let all = self.heads.len().saturating_sub(1);
        let mut open: Vec<usize> = Vec::new();
        let mut created = None;
        for step in &self.sequence.steps {
            let (first, last, before, behind) = match step {
                Step::Open { .. } => {
                    open.push(self.blocks.len());
                    self.blocks.push(Block { first: usize::MAX, last: 0, height: 0, before: 0, behind: -1, frame: 0 });
                    continue;
                }
                Step::Close => {
                    let Some(block) = open.pop() else { continue };
                    let inner = &mut self.blocks[block];
                    if inner.first == usize::MAX {
                        inner.include(0, all, 0, 0);
                    }
                    let inner = *inner;
                    if let Some(&outer) = open.last() {
                        let outer = &mut self.blocks[outer];
                        outer.include(inner.first, inner.last, inner.before, inner.behind);
                        outer.height = outer.height.max(inner.height + 1);
                    }
                    continue;
                }
                Step::Create(it) => {
                    created = Some(*it);
                    continue;
                }
                Step::Message(Message { from, to, .. }) if from != to => {
                    let head = if created.take() == Some(*to) { self.heads[*to].w / 2 } else { 0 };
                    if from < to { (*from, *to, 0, head) } else { (*to, *from, head, 0) }
                }
                Step::Message(message) => (message.from, message.to, 0, LOOP_COLS + extent(&self.label(message)).0),
                Step::Note { from, to, side, text } => {
                    let w = extent(&self.note(text)).0 + 4;
                    let (before, behind) = match side {
                        Side::Right => (0, w + 1),
                        Side::Left => (w + 1, 0),
                        Side::Over if from == to => (w / 2, (w - 1) / 2),
                        Side::Over => (3, 3),
                    };
                    (*from, *to, before, behind)
                }
                _ => continue,
            };
            if let Some(&block) = open.last() {
                self.blocks[block].include(first, last, before, behind);
            }
        }
    }

    /// Lifelines as close as everything between them allows.
    fn set_columns(&mut self) {
        let count = self.heads.len();
        // Least distances between pairs of lifelines, and what is needed left of the first and right of the last.
        let mut least: BTreeMap<(usize, usize), i32> = BTreeMap::new();
        let mut before_first = 0;
        for at in 1..count {
            let gap = if self.breaks_words { 2 } else { 3 };
            let heads = (self.heads[at - 1].w - 1) / 2 + self.heads[at].w / 2 + gap;
            least.insert((at - 1, at), heads);
        }
        let mut need = |from: usize, to: usize, distance: i32| {
            let it = least.entry((from, to)).or_insert(distance);
            *it = (*it).max(distance);
        };
        let mut created = None;
        for step in &self.sequence.steps {
            match step {
                Step::Message(message) => {
                    let (cols, _) = extent(&self.label(message));
                    let (low, high) = (message.from.min(message.to), message.from.max(message.to));
                    // The head of a new participant stands at the end of its first line.
                    let head = if created.take() == Some(message.to) { self.heads[message.to].w / 2 + 2 } else { 0 };
                    if low < high {
                        need(low, high, (cols + 3 + head).max(5));
                    } else if low + 1 < count {
                        need(low, low + 1, LOOP_COLS + cols + 3);
                    }
                }
                Step::Note { from, to, side, text } => {
                    let w = extent(&self.note(text)).0 + 4;
                    match side {
                        Side::Right if *to + 1 < count => need(*to, *to + 1, w + 4),
                        Side::Left if *from > 0 => need(*from - 1, *from, w + 4),
                        Side::Left => before_first = before_first.max(w + 2),
                        Side::Over if from < to => need(*from, *to, w - 4),
                        Side::Over => {
                            if *from > 0 {
                                need(*from - 1, *from, w / 2 + 2);
                            } else {
                                before_first = before_first.max(w / 2);
                            }
                            if *from + 1 < count {
                                need(*from, *from + 1, (w - 1) / 2 + 2);
                            }
                        }
                        Side::Right => {}
                    }
                }
                Step::Create(it) => created = Some(*it),
                _ => {}
            }
        }
        for (index, surround) in self.sequence.boxes.iter().enumerate() {
            let mut members = (0..count).filter(|&it| self.sequence.participants[it].surround == Some(index));
            if let (Some(first), Some(last)) = (members.next(), members.next_back()) {
                let heads = self.heads[first].w / 2 + self.heads[last].w / 2;
                need(first, last, width(&surround.title) as i32 + 6 - heads);
            }
        }
        for block in &self.blocks {
            let (left, right) = block.margins();
            if block.first > 0 {
                need(block.first - 1, block.first, left + 2);
            } else {
                before_first = before_first.max(left);
            }
            if block.last + 1 < count {
                need(block.last, block.last + 1, right + 2);
            }
        }
        if count == 0 {
            return;
        }
        self.columns[0] = (self.heads[0].w / 2).max(before_first);
        for at in 1..count {
            let from = least.range((0, 0)..).filter(|((_, to), _)| *to == at);
            let column = from.map(|(&(from, _), &distance)| self.columns[from] + distance).max();
            self.columns[at] = column.unwrap_or(self.columns[at - 1] + 4);
        }
    }

    /// The title, the boxes around participants, and the heads.
    fn begin(&mut self, width_cols: i32) {
        if !self.sequence.title.is_empty() {
            for line in wrap(&self.sequence.title, width_cols.max(8) as usize, false) {
                self.placed.texts.push(Text { x: 0, y: self.y, text: line, is_title: true });
                self.y += 1;
            }
            self.y += 1;
        }
        let has_boxes = self.sequence.participants.iter().any(|it| it.surround.is_some());
        let top = self.y;
        self.y += i32::from(has_boxes);
        let tallest =
            (0..self.heads.len()).filter(|&it| self.alive[it].is_some()).map(|it| self.heads[it].h).max().unwrap_or(0);
        self.placed.nodes = self
            .sequence
            .participants
            .iter()
            .zip(&self.heads)
            .zip(&self.columns)
            .map(|((it, head), column)| PlacedNode {
                id: it.id.clone(),
                label: it.label.clone(),
                lines: head.lines.clone(),
                compartments: Vec::new(),
                shape: if it.is_actor { Shape::Rounded } else { Shape::Rectangle },
                rect: Rect { x: column - head.w / 2, y: self.y + tallest - head.h, w: head.w, h: head.h },
                link: None,
                accent: None,
            })
            .collect();
        self.y += tallest;
        for alive in self.alive.iter_mut().flatten() {
            *alive = self.y - 1;
        }
        if !has_boxes {
            return;
        }
        for (index, surround) in self.sequence.boxes.iter().enumerate() {
            let inside =
                self.sequence.participants.iter().zip(&self.placed.nodes).filter(|(it, _)| it.surround == Some(index));
            let spans = inside.map(|(_, node)| (node.rect.x, node.rect.right()));
            let Some((left, right)) = spans.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1))) else { continue };
            self.placed.frames.push(PlacedFrame {
                id: format!("box {}", index + 1),
                title: surround.title.clone(),
                title_lines: Vec::new(),
                rect: Rect { x: left - 1, y: top, w: right - left + 2, h: tallest + 2 },
                title_box: None,
                dividers: Vec::new(),
                accent: None,
            });
        }
        self.y += 1;
    }

    fn message(&mut self, message: &Message) {
        let label = self.label(message);
        let (cols, rows) = extent(&label);
        let (from, to) = (self.columns[message.from], self.columns[message.to]);
        let created = self.creates.take().filter(|&it| it == message.to && self.alive[it].is_none());
        let (points, label_box);
        if message.from == message.to {
            self.y += 1;
            let top = self.y - 1;
            label_box = Rect { x: from + LOOP_COLS + 1, y: top, w: cols, h: rows };
            points = vec![(from, top), (from + 3, top), (from + 3, top + 1), (from, top + 1)];
            self.y = top + rows.max(2);
        } else {
            let at = self.y;
            let mut row = at + rows;
            let mut end = to;
            self.y = row + 1;
            if let Some(it) = created {
                let rect = &mut self.placed.nodes[it].rect;
                row = row.max(at + rect.h / 2);
                rect.y = row - rect.h / 2;
                end = if to > from { rect.x } else { rect.right() - 1 };
                self.alive[it] = Some(rect.bottom() - 1);
                self.y = rect.bottom();
            }
            let (left, right) = (from.min(end), from.max(end));
            label_box = Rect { x: left + 1 + (right - left - cols) / 2, y: row - rows, w: cols, h: rows };
            points = vec![(from, row), (end, row)];
        }
        self.placed.edges.push(PlacedEdge {
            from: self.sequence.participants[message.from].id.clone(),
            to: self.sequence.participants[message.to].id.clone(),
            label: message.text.clone(),
            label_box: (!label.is_empty()).then_some(label_box),
            label_lines: label,
            line: message.line,
            tail: message.tail,
            head: message.head,
            points,
            accent: None,
        });
        if let Some(it) = self.destroys.take() {
            self.end_lifeline(it);
            self.placed.texts.push(Text { x: self.columns[it], y: self.y, text: "×".into(), is_title: false });
            self.y += 1;
        }
    }

    /// A lifeline becomes active, or no longer is: drawn heavy in between.
    fn change(&mut self, participant: usize, by: i32) {
        let was_active = self.active[participant] > 0;
        self.active[participant] = self.active[participant].saturating_add_signed(by);
        if was_active == (self.active[participant] > 0) {
            return;
        }
        let Some(from) = self.alive[participant] else { return };
        // From the row of the message that made the change.
        let row = (self.y - 1).max(from);
        self.stroke(participant, from, row, was_active);
        self.alive[participant] = Some(row);
    }

    fn stroke(&mut self, participant: usize, from: i32, to: i32, is_active: bool) {
        if to > from {
            let x = self.columns[participant];
            let line = if is_active { Line::Thick } else { Line::Solid };
            self.placed.strokes.push(Stroke { from: (x, from), to: (x, to), line });
        }
    }

    fn end_lifeline(&mut self, participant: usize) {
        if let Some(from) = self.alive[participant].take() {
            self.stroke(participant, from, self.y, self.active[participant] > 0);
        }
    }

    fn place_note(&mut self, from: usize, to: usize, side: Side, text: &str) {
        let lines = self.note(text);
        let (cols, rows) = extent(&lines);
        let w = cols + 4;
        let (left, right) = (self.columns[from], self.columns[to]);
        let rect = match side {
            Side::Right => Rect { x: right + 2, y: self.y, w, h: rows + 2 },
            Side::Left => Rect { x: left - 1 - w, y: self.y, w, h: rows + 2 },
            Side::Over if from < to => {
                let w = w.max(right - left + 5);
                Rect { x: left + (right - left) / 2 - w / 2, y: self.y, w, h: rows + 2 }
            }
            Side::Over => Rect { x: left - w / 2, y: self.y, w, h: rows + 2 },
        };
        self.y += rows + 2;
        self.placed.nodes.push(PlacedNode {
            id: format!("note {}", self.placed.nodes.len() + 1 - self.heads.len()),
            label: text.to_owned(),
            lines,
            compartments: Vec::new(),
            shape: Shape::Note,
            rect,
            link: None,
            accent: None,
        });
    }

    fn open(&mut self, block: usize, keyword: &str, title: &str) {
        let it = self.blocks[block];
        let (before, behind) = it.margins();
        let left = self.columns.get(it.first).copied().unwrap_or(0) - before;
        let right = self.columns.get(it.last).copied().unwrap_or(0) + behind;
        let words = match (keyword, title) {
            ("", _) => String::new(),
            (keyword, "") => keyword.to_owned(),
            (keyword, title) => format!("{keyword} [{title}]"),
        };
        let mut frame = PlacedFrame {
            id: format!("block {}", block + 1),
            title: words,
            title_lines: Vec::new(),
            rect: Rect { x: left, y: self.y, w: right - left + 1, h: 2 },
            title_box: None,
            dividers: Vec::new(),
            accent: None,
        };
        self.y += 1 + Self::title(&mut frame);
        self.blocks[block].frame = self.placed.frames.len();
        self.placed.frames.push(frame);
    }

    /// Puts the title of a frame on its border, wrapped where it is long; returns the rows below the border it takes.
    fn title(frame: &mut PlacedFrame) -> i32 {
        if frame.title.is_empty() {
            return 0;
        }
        let room = (frame.rect.w - 6).max(8);
        frame.title_lines = wrap(&frame.title, room as usize, true);
        let (cols, rows) = extent(&frame.title_lines);
        frame.title_box = Some(Rect { x: frame.rect.x + 3, y: frame.rect.y, w: cols, h: rows });
        rows - 1
    }

    /// The next branch of a block, below a line across.
    fn branch(&mut self, block: usize, title: &str) {
        let frame = self.blocks[block].frame;
        self.placed.frames[frame].dividers.push(self.y);
        let rect = self.placed.frames[frame].rect;
        let lines =
            if title.is_empty() { Vec::new() } else { wrap(&format!("[{title}]"), (rect.w - 6).max(8) as usize, true) };
        for line in &lines {
            self.placed.texts.push(Text { x: rect.x + 3, y: self.y, text: format!(" {line} "), is_title: true });
            self.y += 1;
        }
        self.y += i32::from(lines.is_empty());
    }

    fn finish(mut self) -> Placed {
        for participant in 0..self.heads.len() {
            self.end_lifeline(participant);
        }
        let mut placed = self.placed;
        for frame in &mut placed.frames {
            if frame.title_box.is_none() && !frame.title.is_empty() {
                // The box around participants: its title on the border, as much of it as there is room for.
                let lines = wrap(&frame.title, 60, false);
                let cols = extent(&lines).0;
                let middle = frame.rect.x + frame.rect.w / 2;
                if frame.rect.w < cols + 6 {
                    frame.rect = Rect { x: middle - cols / 2 - 3, w: cols + 6, ..frame.rect };
                }
                frame.title_box = Some(Rect { x: frame.rect.x + 3, y: frame.rect.y, w: cols, h: 1 });
                frame.title_lines = lines.into_iter().take(1).collect();
            }
        }
        // Everything to the right of column 0, and the size of it all.
        let mut low = 0;
        let mut high = 0;
        let rects = placed.nodes.iter().map(|it| it.rect).chain(placed.frames.iter().map(|it| it.rect));
        let labels = placed.edges.iter().filter_map(|it| it.label_box);
        for rect in rects.chain(labels) {
            low = low.min(rect.x);
            high = high.max(rect.right());
        }
        for (x, _) in placed.edges.iter().flat_map(|it| &it.points) {
            high = high.max(x + 1);
        }
        for text in &placed.texts {
            high = high.max(text.x + width(&text.text) as i32);
        }
        let by = -low;
        placed.nodes.iter_mut().for_each(|it| it.rect.x += by);
        for frame in &mut placed.frames {
            frame.rect.x += by;
            if let Some(title) = &mut frame.title_box {
                title.x += by;
            }
        }
        for edge in &mut placed.edges {
            edge.points.iter_mut().for_each(|it| it.0 += by);
            if let Some(label) = &mut edge.label_box {
                label.x += by;
            }
        }
        for stroke in &mut placed.strokes {
            stroke.from.0 += by;
            stroke.to.0 += by;
        }
        placed.texts.iter_mut().filter(|it| !(it.is_title && it.x == 0)).for_each(|it| it.x += by);
        placed.width = (high - low).max(0) as usize;
        placed.height = if placed.nodes.is_empty() { self.y.max(0) as usize } else { self.y as usize + 1 };
        placed
    }
}

fn extent(lines: &[String]) -> (i32, i32) {
    (lines.iter().map(|line| width(line)).max().unwrap_or(0) as i32, lines.len() as i32)
}
