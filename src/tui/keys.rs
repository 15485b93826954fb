//! Which key does what, where: one table that answers presses, fills the footer and the help.

use std::ops::Range;

use unicode_width::UnicodeWidthStr;

use crate::app::exercise::{Input, Stage};
use crate::app::function::Deed as Call;
use crate::app::key::{Code, Key};
use crate::app::lab::Deed;
use crate::app::overlay::Overlay;
use crate::app::present::{Poll, Role};
use crate::app::queue;
use crate::app::{Action, Model, Motion, Screen};
use crate::course::Task;

/// Some keys that do one thing.
pub struct Binding {
    /// Names separated by blanks, as they are shown: `↓ j`, `Ctrl-d`.
    pub keys: &'static str,
    pub action: Action,
    pub does: &'static str,
    /// What the footer says; empty for keys that stand only in the help.
    foot: &'static str,
}

const fn key(keys: &'static str, action: Action, does: &'static str, foot: &'static str) -> Binding {
    Binding { keys, action, does, foot }
}

const fn lines(n: i32) -> Action {
    Action::Scroll(Motion::Lines(n))
}

/// From a page, or from where pages are chosen, to another.
static JUMPS: [Binding; 3] = [
    key("t o", Action::Contents, "contents, filtered as you type", "contents"),
    key("w", Action::Glossary, "the words of the course: what a term means, and the page that teaches it", ""),
    key(":", Action::GoTo, "go to a page by its number", ""),
];

static PAGE: [Binding; 26] = [
    key("Space PgDn", Action::Scroll(Motion::Pages(1)), "a screen down", "scroll"),
    key("→ l n", Action::TurnPage(1), "next page", "next page"),
    key("← h p", Action::TurnPage(-1), "previous page", ""),
    key("Tab", Action::NextThing(1), "next thing that responds: diagram, simulation, question, link", "what responds"),
    key("Shift-Tab", Action::NextThing(-1), "previous thing that responds", ""),
    key("Enter", Action::Open, "open it", "open"),
    key("↓ j", lines(1), "a line down", ""),
    key("↑ k", lines(-1), "a line up", ""),
    key("b PgUp", Action::Scroll(Motion::Pages(-1)), "a screen up", ""),
    key("d Ctrl-d", Action::Scroll(Motion::HalfPages(1)), "half a screen down", ""),
    key("u Ctrl-u", Action::Scroll(Motion::HalfPages(-1)), "half a screen up", ""),
    key("g Home", Action::Scroll(Motion::Top), "to the top of the page", ""),
    key("G End", Action::Scroll(Motion::Bottom), "to the end of the page", ""),
    key("/", Action::Search, "search the page, then the course; n and N go to the next and previous match", ""),
    key("[ Alt-←", Action::Revisit(-1), "back to where you were before a jump", ""),
    key("] Alt-→", Action::Revisit(1), "forth again", ""),
    key("y", Action::Copy, "copy the code on screen", ""),
    key("Shift-→", Action::Pan(1), "move code that is wider than the screen", ""),
    key("Shift-←", Action::Pan(-1), "move it back", ""),
    key("#", Action::NumberLines, "number the lines of all code; again: only where the page asks for it", ""),
    key("z", Action::BreakLines, "break long lines of code instead of moving them; again: whole lines", ""),
    key("m", Action::Bookmark, "set a bookmark here, or take it off; the contents list them", ""),
    key("f", Action::Number, "a number beside all that responds here: type one to open it", ""),
    key("a", Action::Annotate, "a note of your own on a line or paragraph; the contents list them", ""),
    key("e", Action::ExternalEditor, "edit the page in your own editor (of a course opened with --course)", ""),
    key("r", Action::Reload, "read the course files again", ""),
];

/// A jump led here.
static JUMPED: [Binding; 1] =
    [key("Esc", Action::Back, "back to where you were before the jump, as [ does", "back where you were")];

/// Something is selected by the mouse.
static SELECTED: [Binding; 2] = [
    key("y", Action::Copy, "copy what is selected once more", "copy again"),
    key("Esc", Action::Back, "end the selection", "end the selection"),
];

/// Told in the help of every screen; the session reads the mouse.
static MOUSE: [Binding; 2] = [
    key("Drag", Action::Nothing, "select text: letting go copies it, y copies it again, Esc ends it", ""),
    key("Double-click", Action::Nothing, "on a page: select and copy a word, or open what responds", ""),
];

/// A line is chosen for a note.
static LINE: [Binding; 6] = [
    key("Enter a", Action::Annotate, "write the note on this line, or change it", "write"),
    key("↓ j", lines(1), "the line below", "choose the line"),
    key("↑ k", lines(-1), "the line above", ""),
    key("m", Action::Bookmark, "set a bookmark on this line, or take it off", "bookmark"),
    key("x Delete", Action::Unmark, "take the note off, else the bookmark", "take off"),
    key("Esc", Action::Back, "leave it", "leave it"),
];

static NOTE: [Binding; 4] = [
    key("Esc", Action::Back, "keep the note and close it; an empty one is taken off", "keep it"),
    key("F5 Ctrl-Enter Alt-Enter", Action::Submit, "the same", ""),
    key("Ctrl-e", Action::ExternalEditor, "write in your own editor ($VISUAL, $EDITOR)", "your editor"),
    key("Ctrl-c", Action::Quit, "quit; the note is kept", ""),
];

static SEARCHING: [Binding; 2] = [
    key("n", Action::NextMatch(1), "next match", "next match"),
    key("N", Action::NextMatch(-1), "previous match", "previous"),
];

static SIMULATION_IN_PAGE: [Binding; 2] = [
    key("Space", Action::Lab(Deed::Play), "run or pause the simulation here", "run here"),
    key("Enter", Action::Open, "open it with its knobs", "open"),
];

static FUNCTION_IN_PAGE: [Binding; 3] = [
    key("Enter", Action::Open, "run it here", "run here"),
    key("e", Action::Function(Call::Open), "open it: change the code, choose events, measure, serve", "change it"),
    key("Space", Action::Function(Call::RunTen), "run it ten times", "run 10"),
];

static FUNCTION: [Binding; 15] = [
    key("Enter F5", Action::Function(Call::Run), "invoke it, once", "invoke"),
    key("Space", Action::Function(Call::RunTen), "invoke it ten times", "10 times"),
    key("e", Action::Function(Call::EditCode), "change the code", "edit"),
    key("↓ j", Action::Function(Call::Choose(1)), "the next event", "event"),
    key("↑ k", Action::Function(Call::Choose(-1)), "the event before", ""),
    key("v", Action::Function(Call::EditEvent), "write an event of your own", ""),
    key("m", Action::Function(Call::Measure), "measure it, beside the simulation and the cloud", "measure"),
    key("s", Action::Function(Call::Serve), "serve it over HTTP on this machine; again to stop", "serve"),
    key("Tab", Action::Function(Call::OtherVersion), "look at the other version", "other version"),
    key("c", Action::Function(Call::RunCold), "throw the environments away, and invoke", ""),
    key("r", Action::Function(Call::Restore), "the code as the page has it", ""),
    key("PgDn d", Action::Scroll(Motion::HalfPages(1)), "half a screen down", ""),
    key("PgUp u b", Action::Scroll(Motion::HalfPages(-1)), "half a screen up", ""),
    key("g Home", Action::Scroll(Motion::Top), "to the top", ""),
    key("y", Action::Copy, "copy the command that runs it without this screen", ""),
];

static FUNCTION_EDITOR: [Binding; 4] = [
    key("F5 Ctrl-Enter Alt-Enter", Action::Submit, "invoke it as it is", "invoke"),
    key("Esc", Action::Back, "leave the editor", "done"),
    key("Ctrl-e", Action::ExternalEditor, "write in your own editor ($VISUAL, $EDITOR)", "your editor"),
    key("Ctrl-c", Action::Quit, "quit", ""),
];

static HOME: [Binding; 7] = [
    key("Enter", Action::Open, "open the page", "open"),
    key("↓ j Tab →", lines(1), "next page of the map", "choose"),
    key("↑ k Shift-Tab ←", lines(-1), "previous page of the map", ""),
    key("Space PgDn", Action::Scroll(Motion::Pages(1)), "further down", ""),
    key("b PgUp", Action::Scroll(Motion::Pages(-1)), "further up", ""),
    key("g Home", Action::Scroll(Motion::Top), "to the first", ""),
    key("G End", Action::Scroll(Motion::Bottom), "to the last", ""),
];

static HOME_MORE: [Binding; 3] = [
    key("s", Action::Goals, "what I have shown of each goal, and what I can skip", "shown, skip"),
    key("/", Action::Search, "search the course; n and N go on from match to match", ""),
    key("r", Action::Reload, "read the course files again", ""),
];

/// A question of a round that was answered.
static ROUND_ANSWER: [Binding; 1] = [key("Enter", Action::Open, "on with the round", "go on")];

static ROUND_OVER: [Binding; 1] = [key("Enter", Action::Open, "back: all were asked", "back")];

static ROUND: [Binding; 3] = [
    key("Enter", Action::Open, "the next question", "next question"),
    key("↓ j", lines(1), "a line down", ""),
    key("↑ k", lines(-1), "a line up", ""),
];

static SHOW: [Binding; 15] = [
    key("→ l n", Action::TurnPage(1), "next step, and from the last one the next page", "next step"),
    key("← h p", Action::TurnPage(-1), "previous step", "back"),
    key("Space PgDn", Action::Scroll(Motion::Pages(1)), "further down; the next step where there is nothing more", ""),
    key("b PgUp", Action::Scroll(Motion::Pages(-1)), "further up, or the previous step", ""),
    key("Tab", Action::NextThing(1), "next thing that responds", "what responds"),
    key("Shift-Tab", Action::NextThing(-1), "previous thing that responds", ""),
    key("Enter", Action::Open, "open it: a simulation, a diagram, a question to count hands", "open, count hands"),
    key("↓ j", lines(1), "a line down", ""),
    key("↑ k", lines(-1), "a line up", ""),
    key("/", Action::Search, "search the page", ""),
    key("Shift-→", Action::Pan(1), "move code that is wider than the screen", ""),
    key("Shift-←", Action::Pan(-1), "move it back", ""),
    key("#", Action::NumberLines, "number the lines of all code; again: only where the page asks for it", ""),
    key("z", Action::BreakLines, "break long lines of code instead of moving them; again: whole lines", ""),
    key("r", Action::Reload, "read the course files again", ""),
];

static POLL: [Binding; 9] = [
    key(
        "↓ Tab",
        lines(1),
        "next answer; a letter chooses at once, digits say how many hands, + and - one more or less",
        "choose",
    ),
    key("↑ Shift-Tab", lines(-1), "previous answer", ""),
    key("S Enter", Action::Solution, "show what is right, and why; hide it again", "what is right"),
    key(
        "r",
        Action::CountAgain,
        "count again, beside what was counted: after the class has talked, or another class",
        "count again",
    ),
    key("Esc", Action::Back, "back to the page; the counts are kept", "back"),
    key("→", Action::TurnPage(1), "the question's next vote, then the next step", "go on"),
    key("←", Action::TurnPage(-1), "the vote before, then the previous step", ""),
    key("PgDn Space", Action::Scroll(Motion::Pages(1)), "further down", ""),
    key("PgUp", Action::Scroll(Motion::Pages(-1)), "further up", ""),
];

static CALLED: [Binding; 1] =
    [key("Enter", Action::Open, "take down an answer that the class calls out, or one hand more for it", "an answer")];

static GUESSED: [Binding; 1] = [key("S Enter", Action::Solution, "run it: the guess of most is the class's", "run it")];

static NOTES: [Binding; 9] = [
    key("→ l n Space", Action::TurnPage(1), "next step, here and before the class", "next step"),
    key("← h p", Action::TurnPage(-1), "previous step", "back"),
    key("Tab", Action::NextThing(1), "the next question of the step", ""),
    key("Shift-Tab", Action::NextThing(-1), "the question before", ""),
    key("Enter", Action::Open, "count hands on the step's question", "count hands"),
    key("↓ j", lines(1), "a line down", "scroll"),
    key("↑ k", lines(-1), "a line up", ""),
    key("PgDn", Action::Scroll(Motion::Pages(1)), "further down", ""),
    key("PgUp b", Action::Scroll(Motion::Pages(-1)), "further up", ""),
];

static GOALS: [Binding; 8] = [
    key("p", Action::Prove, "prove the page: its questions, without help", "prove it"),
    key("Enter", Action::Open, "read the page", "read it"),
    key("↓ j Tab →", lines(1), "next page", "choose"),
    key("↑ k Shift-Tab ←", lines(-1), "previous page", ""),
    key("Space PgDn", Action::Scroll(Motion::Pages(1)), "further down", ""),
    key("b PgUp", Action::Scroll(Motion::Pages(-1)), "further up", ""),
    key("g Home", Action::Scroll(Motion::Top), "to the first", ""),
    key("G End", Action::Scroll(Motion::Bottom), "to the last", ""),
];

static EDITOR: [Binding; 4] = [
    key("F5 Ctrl-Enter Alt-Enter", Action::Submit, "submit the answer", "submit"),
    key(
        "Esc",
        Action::Back,
        "leave the editor; the draft is kept, and H, S and ? are keys again",
        "leave, then H hint, ? keys",
    ),
    key("Ctrl-e", Action::ExternalEditor, "write in your own editor ($VISUAL, $EDITOR)", "your editor"),
    key("Ctrl-c", Action::Quit, "quit; the draft is kept", ""),
];

static NUMBER: [Binding; 5] = [
    key("Enter F5", Action::Submit, "submit the answer", "submit"),
    key("H", Action::Hint, "next hint: a nudge, the passage, a similar case", "hint"),
    key("S", Action::Solution, "the solution (says what it costs, and asks)", "solution"),
    key("P", Action::Passage, "to the passage it is about, once a hint has named it; Esc comes back", ""),
    key("Esc", Action::Back, "back to the page", "back"),
];

static MATCHING: [Binding; 7] = [
    key("Space", Action::Toggle, "the next choice for this line; a letter chooses at once", "next choice"),
    key("Enter F5", Action::Submit, "submit the answer", "submit"),
    key("↓ j Tab", Action::NextThing(1), "next line", "line"),
    key("↑ k Shift-Tab", Action::NextThing(-1), "previous line", ""),
    key("H", Action::Hint, "next hint: a nudge, the passage, a similar case", "hint"),
    key("S", Action::Solution, "the solution (says what it costs, and asks)", "solution"),
    key("P", Action::Passage, "to the passage it is about, once a hint has named it; Esc comes back", ""),
];

static FILLING: [Binding; 5] = [
    key("Enter", Action::Open, "next empty gap; submits when none is empty", "next gap, submit"),
    key("Tab ↓", Action::NextThing(1), "next gap", ""),
    key("Shift-Tab ↑", Action::NextThing(-1), "previous gap", ""),
    key("F5", Action::Submit, "submit the answer as it is", "submit"),
    key("Esc", Action::Back, "leave the gaps; the draft is kept", "leave, draft kept"),
];

static CHOOSING: [Binding; 7] = [
    key("Space", Action::Toggle, "choose the line, or pick it up and put it down", "choose"),
    key("Enter F5", Action::Submit, "submit the answer", "submit"),
    key("↓ j", lines(1), "next line", ""),
    key("↑ k", lines(-1), "previous line", ""),
    key("H", Action::Hint, "next hint: a nudge, the passage, a similar case", "hint"),
    key("S", Action::Solution, "the solution (says what it costs, and asks)", "solution"),
    key("P", Action::Passage, "to the passage it is about, once a hint has named it; Esc comes back", ""),
];

static SHEET: [Binding; 12] = [
    key("Enter", Action::Open, "write, or try again; back to the page when all points are made", "write / again"),
    key("H", Action::Hint, "next hint: a nudge, the passage, a similar case", "hint"),
    key("S", Action::Solution, "the solution (says what it costs, and asks)", "solution"),
    key("P", Action::Passage, "to the passage it is about, once a hint has named it; Esc comes back", ""),
    key("↓ j", lines(1), "a line down", ""),
    key("↑ k", lines(-1), "a line up", ""),
    key("Space PgDn", Action::Scroll(Motion::Pages(1)), "a screen down", "scroll"),
    key("b PgUp", Action::Scroll(Motion::Pages(-1)), "a screen up", ""),
    key("g Home", Action::Scroll(Motion::Top), "to the top", ""),
    key("G End", Action::Scroll(Motion::Bottom), "to the end", ""),
    key("c", Action::SelfCheck, "tick the points yourself, beside the solution", "check yourself"),
    key("Ctrl-e", Action::ExternalEditor, "write in your own editor ($VISUAL, $EDITOR)", ""),
];

static CONFIRM: [Binding; 2] =
    [key("y", Action::Yes, "yes, show the solution", "show it"), key("n Esc", Action::Back, "no", "keep it closed")];

static WALKING: [Binding; 4] = [
    key("→", Action::Walk(1, 0), "to the box on the right, along the arrows", "walk"),
    key("←", Action::Walk(-1, 0), "to the box on the left", ""),
    key("↓", Action::Walk(0, 1), "to the box below", ""),
    key("↑", Action::Walk(0, -1), "to the box above", ""),
];

static CODE_IN_PAGE: [Binding; 3] = [
    key("Shift-→", Action::Pan(1), "move the code to the left, to see how its lines go on", "move"),
    key("Enter", Action::Open, "open it full screen", "full screen"),
    key("y", Action::Copy, "copy it", "copy"),
];

/// A code block or a table on the whole screen.
static BLOCK: [Binding; 17] = [
    key("→ l", Action::Pan(1), "to the right: the next column of a table", "move"),
    key("← h", Action::Pan(-1), "to the left", ""),
    key("Shift-→ n", Action::TurnPage(1), "half a screen to the right", ""),
    key("Shift-← p", Action::TurnPage(-1), "half a screen to the left", ""),
    key("↓ j", lines(1), "a line down", ""),
    key("↑ k", lines(-1), "a line up", ""),
    key("Space PgDn", Action::Scroll(Motion::Pages(1)), "a screen down", "scroll"),
    key("b PgUp", Action::Scroll(Motion::Pages(-1)), "a screen up", ""),
    key("d Ctrl-d", Action::Scroll(Motion::HalfPages(1)), "half a screen down", ""),
    key("u Ctrl-u", Action::Scroll(Motion::HalfPages(-1)), "half a screen up", ""),
    key("g Home", Action::Scroll(Motion::Top), "to the top", ""),
    key("G End", Action::Scroll(Motion::Bottom), "to the end", ""),
    key("/", Action::Search, "search it; n and N go to the next and previous match", "search"),
    key("+ =", Action::Zoom(1), "wider columns, for a table", ""),
    key("-", Action::Zoom(-1), "narrower columns", ""),
    key("y", Action::Copy, "copy it: code as it is written, a table with tabs", "copy"),
    key("Enter", Action::Open, "back to the page", "back"),
];

/// The same for code alone.
static LISTING: [Binding; 1] = [key("#", Action::NumberLines, "number the lines, or not", "numbers")];

static CANVAS: [Binding; 14] = [
    key("j", lines(1), "move the picture up", "move"),
    key("k", lines(-1), "move the picture down", ""),
    key("l n Shift-→", Action::TurnPage(1), "move it left", ""),
    key("h p Shift-←", Action::TurnPage(-1), "move it right", ""),
    key("/", Action::Search, "search its words; n and N go to the next and previous match", ""),
    key("d Ctrl-d", Action::Scroll(Motion::HalfPages(1)), "half a screen down", ""),
    key("u Ctrl-u", Action::Scroll(Motion::HalfPages(-1)), "half a screen up", ""),
    key("+ =", Action::Zoom(1), "more room: labels on fewer lines", "zoom"),
    key("-", Action::Zoom(-1), "less room: narrower", ""),
    key("Space PgDn", Action::Scroll(Motion::Pages(1)), "a screen down", ""),
    key("b PgUp", Action::Scroll(Motion::Pages(-1)), "a screen up", ""),
    key("g Home", Action::Scroll(Motion::Top), "to the top", ""),
    key("G End", Action::Scroll(Motion::Bottom), "to the end", ""),
    key("Enter", Action::Open, "back to the page", "back"),
];

static LAB: [Binding; 7] = [
    key("Space", Action::Lab(Deed::Play), "run, pause", "run / pause"),
    key("↓ j", Action::Lab(Deed::Choose(1)), "next knob, or the next cold request", "knob"),
    key("↑ k", Action::Lab(Deed::Choose(-1)), "previous knob, or the previous cold request", ""),
    key("→ l", Action::Lab(Deed::Turn(1)), "turn the knob up, or look at the next request or instance", "turn"),
    key("← h", Action::Lab(Deed::Turn(-1)), "turn the knob down, or look at the previous one", ""),
    key(
        "Tab",
        Action::Lab(Deed::NextPart(1)),
        "from the knobs to all totals, to the requests, to the instances, and back",
        "look closer",
    ),
    key("Shift-Tab", Action::Lab(Deed::NextPart(-1)), "the other way round", ""),
];

static LAB_MORE: [Binding; 15] = [
    key("G End", Action::Lab(Deed::Finish), "run to the end at once", "to the end"),
    key("c", Action::Lab(Deed::Compare), "compare with the run before; again: alone", "compare"),
    key("C", Action::Lab(Deed::Pin), "keep this run to compare with, whatever is turned; again: let it go", ""),
    key("r", Action::Lab(Deed::NewSeed), "another seed: the same setting, other chance", "new seed"),
    key(".", Action::Lab(Deed::Step(1)), "one event forward", ""),
    key(",", Action::Lab(Deed::Step(-1)), "one event back", ""),
    key(">", Action::Lab(Deed::Jump(1)), "a twentieth of the run forward", ""),
    key("<", Action::Lab(Deed::Jump(-1)), "a twentieth of the run back", ""),
    key("] +", Action::Lab(Deed::Speed(1)), "faster", ""),
    key("[ -", Action::Lab(Deed::Speed(-1)), "slower", ""),
    key("g Home", Action::Lab(Deed::Rewind), "back to the beginning", ""),
    key("0", Action::Lab(Deed::Reset), "all knobs as the page had them", ""),
    key(":", Action::Lab(Deed::TypeCode), "type a run's code (sparse-api:k60:s7), or a change to this one (k60)", ""),
    key("i", Action::Lab(Deed::Sources), "where the figures come from", ""),
    key("y", Action::Copy, "copy the command that makes this run again", ""),
];

/// Told in the help; the session reads the mouse.
static LAB_MOUSE: [Binding; 2] = [
    key(
        "Click",
        Action::Nothing,
        "knobs and their arrows, requests, instances, totals, the clock, its speed, the seed",
        "",
    ),
    key("Drag", Action::Nothing, "along the clock: through the run's time; elsewhere: select text and copy it", ""),
];

static LAB_OF_FUNCTIONS: [Binding; 2] = [
    key(
        "n",
        Action::Lab(Deed::Function(1)),
        "the next function of the flow: its requests, instances, totals",
        "function",
    ),
    key("N", Action::Lab(Deed::Function(-1)), "the function before", ""),
];

static LAB_WITH_FLOW: [Binding; 1] =
    [key("v", Action::Lab(Deed::OtherPicture), "from the flow to the chart, and back", "flow, chart")];

static RUN_CODE: [Binding; 2] =
    [key("Enter", Action::Submit, "make this run", "run it"), key("Esc", Action::Back, "leave it", "leave it")];

const fn mark(keys: &'static str, deed: queue::Deed, does: &'static str, foot: &'static str) -> Binding {
    key(keys, Action::Mark(deed), does, foot)
}

static MARKING: [Binding; 20] = [
    mark("Enter", queue::Deed::Keep, "keep the points as they stand, and go on", "keep, go on"),
    mark("c", queue::Deed::Comment, "a comment for the student, new or used before", "comment"),
    mark("u", queue::Deed::Undo, "take the last mark back", "undo"),
    mark("→ l n", queue::Deed::Turn(1), "the next answer; this one is not marked", "skip"),
    mark("← h p", queue::Deed::Turn(-1), "the answer before", ""),
    mark("↓ j Tab", queue::Deed::Choose(1), "the next item: its evidence stands out", "item"),
    mark("↑ k Shift-Tab", queue::Deed::Choose(-1), "the item before", ""),
    mark("Space", queue::Deed::GiveChosen, "all points of the chosen item, or none", ""),
    mark(".", queue::Deed::HalfChosen, "half of the chosen item's points", ""),
    mark("+ =", queue::Deed::Step(1), "a quarter of the chosen item's points more", ""),
    mark("-", queue::Deed::Step(-1), "a quarter less", ""),
    mark("o", queue::Deed::Alone, "this one only, not all that say the same; again: all", ""),
    mark("i", queue::Deed::Question, "the question and its solution", "question"),
    mark("N", queue::Deed::Names, "names or pseudonyms; the class keeps that you looked", ""),
    mark("T", queue::Deed::Lesson, "what the grader has learned from your marks", ""),
    key("PgDn", Action::Scroll(Motion::Pages(1)), "further down in the answer", ""),
    key("PgUp b", Action::Scroll(Motion::Pages(-1)), "further up", ""),
    key("Ctrl-d", Action::Scroll(Motion::HalfPages(1)), "half a screen down", ""),
    key("Ctrl-u", Action::Scroll(Motion::HalfPages(-1)), "half a screen up", ""),
    key("Esc", Action::Back, "back to the answer", ""),
];

/// Told in the help; `action` answers them.
static DIGITS: [Binding; 2] = [
    key("1…9", Action::Nothing, "all points of this item, or none", "give, take"),
    key("Shift-1…9", Action::Nothing, "half of this item's points (`.` does it for the chosen item)", ""),
];

static LEARNING: [Binding; 1] =
    [mark("y", queue::Deed::Apply, "grade again by what was learned; undo takes it back", "apply")];

static COMMENTING: [Binding; 4] = [
    key("Enter", Action::Submit, "take this comment", "take it"),
    key("↓", Action::NextThing(1), "a comment used before", "used before"),
    key("↑", Action::NextThing(-1), "back to what is typed", ""),
    key("Esc", Action::Back, "as it was", "leave it"),
];

/// Told in the help; the question itself answers them.
static GUESSES: [Binding; 1] = [key("a…", Action::Nothing, "choose an answer; also ↑ ↓ and 1…9", "choose")];

static PREDICTING: [Binding; 2] = [
    key("Enter", Action::Submit, "keep the guess and run", "run"),
    key("Esc", Action::Back, "back to the page", "back"),
];

static CONTENTS: [Binding; 6] = [
    key("Enter", Action::Open, "go there", "go there"),
    key("↓", lines(1), "next", "choose"),
    key("↑", lines(-1), "previous", ""),
    key("PgDn", Action::Scroll(Motion::Pages(1)), "further down", ""),
    key("PgUp", Action::Scroll(Motion::Pages(-1)), "further up", ""),
    key("Esc", Action::Back, "close", "close"),
];

static HELP: [Binding; 5] = [
    key("↓ j", lines(1), "a line down", "scroll"),
    key("↑ k", lines(-1), "a line up", ""),
    key("Space PgDn", Action::Scroll(Motion::Pages(1)), "a screen down", ""),
    key("b PgUp", Action::Scroll(Motion::Pages(-1)), "a screen up", ""),
    key("Esc ? q Enter", Action::Back, "close", "close"),
];

static TYPING: [Binding; 2] =
    [key("Enter", Action::Submit, "done", "go"), key("Esc", Action::Back, "leave it", "leave it")];

static EVERYWHERE: [Binding; 5] = [
    key("Esc", Action::Back, "back: closes the pop-up, then the search, then the screen", "back"),
    key("?", Action::Help, "all keys", "keys"),
    key("q", Action::Quit, "quit; everything is kept", "quit"),
    key("Ctrl-c", Action::Quit, "quit from anywhere", ""),
    key("Ctrl-z", Action::Suspend, "suspend; `fg` comes back", ""),
];

/// What works while keys are typed into something: only what cannot be text.
static ALWAYS: [Binding; 2] = [
    key("Ctrl-c", Action::Quit, "quit from anywhere", ""),
    key("Ctrl-z", Action::Suspend, "suspend; `fg` comes back", ""),
];

/// The tables that hold now, the first match winning, and whether other keys are typed into something.
fn tables(model: &Model) -> (Vec<&'static [Binding]>, bool) {
    let (mut tables, typing) = tables_of_screen(model);
    // A question that `y` answers goes first.
    let asks = |binding: &Binding| binding.keys == "y" && !matches!(binding.action, Action::Copy);
    if !typing && model.selected().is_some() && !tables.iter().copied().flatten().any(asks) {
        tables.insert(0, &SELECTED);
    }
    (tables, typing)
}

fn tables_of_screen(model: &Model) -> (Vec<&'static [Binding]>, bool) {
    match &model.overlay {
        Some(Overlay::Help { .. }) => return (vec![&HELP, &ALWAYS], false),
        Some(Overlay::Contents(_) | Overlay::Words(_)) => return (vec![&CONTENTS, &ALWAYS], true),
        Some(Overlay::Note(_)) => return (vec![&NOTE], true),
        Some(Overlay::Prompt(_)) => return (vec![&TYPING, &ALWAYS], true),
        None => {}
    }
    match model.screen() {
        Screen::Home(_) => (vec![&HOME, &HOME_MORE, &JUMPS, &EVERYWHERE], false),
        Screen::Round(round) if round.goes_on() => (vec![&ROUND, &EVERYWHERE], false),
        Screen::Round(_) => (vec![&ROUND_OVER, &EVERYWHERE], false),
        Screen::Show(show) if show.is_typing() => (vec![&TYPING, &ALWAYS], true),
        Screen::Show(show) if show.poll().is_some() => {
            let is_called = show.poll().is_some_and(Poll::is_called);
            let is_guessed = show.poll().is_some_and(Poll::is_prediction);
            let mut tables: Vec<&'static [Binding]> = Vec::new();
            tables.extend(is_called.then_some(&CALLED as &[Binding]));
            tables.extend(is_guessed.then_some(&GUESSED as &[Binding]));
            tables.extend([&POLL as &[Binding], &EVERYWHERE]);
            (tables, false)
        }
        Screen::Show(show) if show.role == Role::Notes => (vec![&NOTES, &EVERYWHERE], false),
        Screen::Show(show) => {
            let mut tables: Vec<&'static [Binding]> = Vec::new();
            if show.reader.search.is_some() {
                tables.push(&SEARCHING);
            }
            if matches!(show.reader.focused_task(&model.course), Some(Task::Simulation(_))) {
                tables.push(&SIMULATION_IN_PAGE);
            }
            tables.extend([&SHOW as &[Binding], &JUMPS, &EVERYWHERE]);
            (tables, false)
        }
        Screen::Goals(_) => (vec![&GOALS, &JUMPS, &EVERYWHERE], false),
        Screen::Page(reader) if reader.is_typing() => (vec![&TYPING, &ALWAYS], true),
        Screen::Page(reader) => {
            let mut tables: Vec<&'static [Binding]> = Vec::new();
            if reader.came_by_jump() {
                tables.push(&JUMPED);
            }
            if reader.is_marking() {
                tables.push(&LINE);
            }
            if reader.search.is_some() {
                tables.push(&SEARCHING);
            }
            if matches!(reader.focused_task(&model.course), Some(Task::Simulation(_))) {
                tables.push(&SIMULATION_IN_PAGE);
            }
            if matches!(reader.focused_task(&model.course), Some(Task::Function(_))) {
                tables.push(&FUNCTION_IN_PAGE);
            }
            if matches!(reader.focused_task(&model.course), Some(Task::Diagram { .. })) {
                tables.push(&WALKING);
            }
            if reader.is_on_code() {
                tables.push(&CODE_IN_PAGE);
            }
            tables.extend([&PAGE as &[Binding], &JUMPS, &EVERYWHERE]);
            (tables, false)
        }
        Screen::Exercise(sheet) if sheet.asks_to_reveal => (vec![&CONFIRM, &ALWAYS], false),
        Screen::Exercise(sheet) => match (&sheet.stage, &sheet.input) {
            // Ctrl-Z takes a letter back here, as in every editor.
            (Stage::Answering, Input::Writing(_)) => (vec![&EDITOR], true),
            (Stage::Answering, Input::Number(_)) => (vec![&NUMBER, &ALWAYS], true),
            (Stage::Answering, Input::Filling(_)) => (vec![&FILLING, &ALWAYS], true),
            (Stage::Answering, Input::Matching(_)) => (vec![&MATCHING, &EVERYWHERE], false),
            (Stage::Answering | Stage::Checking { .. }, _) => (vec![&CHOOSING, &EVERYWHERE], false),
            _ if sheet.ends_here() => (vec![&ROUND_ANSWER, &SHEET, &EVERYWHERE], false),
            _ => (vec![&SHEET, &EVERYWHERE], false),
        },
        Screen::Zoomed(it) if it.is_typing() => (vec![&TYPING, &ALWAYS], true),
        Screen::Zoomed(it) => {
            let searching: &[Binding] = if it.search.is_some() { &SEARCHING } else { &[] };
            let listing: &[Binding] = if it.is_code() { &LISTING } else { &[] };
            if it.is_drawing() {
                (vec![searching, &WALKING, &CANVAS, &EVERYWHERE], false)
            } else {
                (vec![searching, listing, &BLOCK, &EVERYWHERE], false)
            }
        }
        Screen::Lab(lab) if lab.is_typing() => (vec![&RUN_CODE, &ALWAYS], true),
        Screen::Lab(lab) if lab.asks_to_choose() => (vec![&GUESSES, &PREDICTING, &ALWAYS], true),
        Screen::Lab(lab) if lab.asks_first() => (vec![&PREDICTING, &ALWAYS], true),
        Screen::Lab(lab) => {
            let mut tables: Vec<&'static [Binding]> = vec![&LAB];
            if lab.has_functions() {
                tables.push(&LAB_OF_FUNCTIONS);
            }
            if lab.has_flow() {
                tables.push(&LAB_WITH_FLOW);
            }
            tables.extend([&LAB_MORE as &[Binding], &LAB_MOUSE, &EVERYWHERE]);
            (tables, false)
        }
        Screen::Queue(it) if it.is_typing() => (vec![&COMMENTING, &ALWAYS], true),
        Screen::Queue(it) if it.is_learning() => (vec![&LEARNING, &MARKING, &EVERYWHERE], false),
        Screen::Queue(_) => (vec![&DIGITS, &MARKING, &EVERYWHERE], false),
        Screen::Function(bench) if bench.editing.is_some() => (vec![&FUNCTION_EDITOR], true),
        Screen::Function(_) => (vec![&FUNCTION, &EVERYWHERE], false),
    }
}

/// What a key does now.
pub fn action(model: &Model, key: Key) -> Action {
    let (tables, typing) = tables(model);
    for binding in tables.into_iter().flatten() {
        if binding.keys.split(' ').any(|name| is(name, key)) {
            return binding.action.clone();
        }
    }
    if typing {
        return Action::Type(key);
    }
    // Hands are counted with digits, and letters choose the answer that is counted.
    if let (Screen::Show(show), None) = (model.screen(), &model.overlay)
        && show.poll().is_some()
    {
        return match key.typed() {
            Some(c @ 'a'..='i') => Action::Choose(c as usize - 'a' as usize),
            _ => Action::Type(key),
        };
    }
    // 1–9 and a–i choose on a question's screen; above, only keys that do something else were taken out.
    if let Screen::Exercise(sheet) = model.screen() {
        let letters = matches!(sheet.input, Input::Choosing { .. } | Input::Ordering { .. } | Input::Matching(_))
            || matches!(sheet.stage, Stage::Checking { .. });
        if let (None, Some(c)) = (&model.overlay, key.typed()) {
            match c {
                '1'..='9' => return Action::Choose(c as usize - '1' as usize),
                'a'..='i' if letters => return Action::Choose(c as usize - 'a' as usize),
                _ => {}
            }
        }
    }
    if let (Screen::Queue(_), None, Some(c)) = (model.screen(), &model.overlay, key.typed()) {
        // What Shift and a digit type on most keyboards of programmers; others have `.`.
        if let Some(item) = "123456789".find(c) {
            return Action::Mark(queue::Deed::Give(item));
        }
        if let Some(item) = "!@#$%^&*(".find(c) {
            return Action::Mark(queue::Deed::Half(item));
        }
    }
    Action::Nothing
}

/// A key of the footer, where it stands there, and what it does.
pub struct Seat {
    pub cols: Range<u16>,
    pub key: &'static str,
    pub does: &'static str,
    action: &'static Action,
}

/// The keys of the footer of a screen of `cols` columns, the most useful first, as many as there is room for.
pub fn footer(model: &Model, cols: u16) -> Vec<Seat> {
    let (tables, _) = tables(model);
    let mut shown: Vec<Seat> = Vec::new();
    let mut from = 1;
    for binding in tables.into_iter().flatten() {
        let key = binding.keys.split(' ').next().unwrap_or_default();
        if binding.foot.is_empty() || is_refused(model, &binding.action) || shown.iter().any(|seat| seat.key == key) {
            continue;
        }
        let until = from + (key.width() + 1 + binding.foot.width()) as u16;
        if until > cols {
            break;
        }
        shown.push(Seat { cols: from..until, key, does: binding.foot, action: &binding.action });
        from = until + 2;
    }
    shown
}

/// Whether the screen would only say that this is not for now.
fn is_refused(model: &Model, action: &Action) -> bool {
    let Screen::Exercise(sheet) = model.screen() else { return false };
    match action {
        Action::Hint | Action::Passage | Action::Solution => !sheet.gives_help(),
        Action::SelfCheck => !sheet.gives_help() || sheet.editor().is_none() || sheet.code.is_some(),
        _ => false,
    }
}

/// What a click means: on a key of the footer what the key does, elsewhere it is the screen's.
pub fn click(model: &Model, col: u16, row: u16) -> Action {
    if row + 1 == model.size.rows
        && let Some(seat) = footer(model, model.size.cols).into_iter().find(|seat| seat.cols.contains(&col))
    {
        return seat.action.clone();
    }
    Action::Click(col, row)
}

/// All keys that work on the screen under the help, for the help.
pub fn help(model: &Model) -> Vec<(&'static str, &'static str)> {
    let mut under = model.clone();
    under.overlay = None;
    let (mut tables, _) = tables(&under);
    tables.push(&MOUSE);
    tables.into_iter().flatten().map(|binding| (binding.keys, binding.does)).collect()
}

fn is(name: &str, key: Key) -> bool {
    let (ctrl, name) = name.strip_prefix("Ctrl-").map_or((false, name), |rest| (true, rest));
    let (alt, name) = name.strip_prefix("Alt-").map_or((false, name), |rest| (true, rest));
    // Shift is told apart on the arrows only: with a letter it is another letter, and Shift-Tab is a key of its own.
    let sideways = matches!(key.code, Code::Left | Code::Right);
    let (shift, name) = match name.strip_prefix("Shift-") {
        Some(rest) if sideways => (true, rest),
        _ => (false, name),
    };
    if (ctrl, alt, shift) != (key.ctrl, key.alt, key.shift && sideways) {
        return false;
    }
    let code = match name {
        "↑" => Code::Up,
        "↓" => Code::Down,
        "←" => Code::Left,
        "→" => Code::Right,
        "Enter" => Code::Enter,
        "Esc" => Code::Esc,
        "Tab" => Code::Tab,
        "Shift-Tab" => Code::BackTab,
        "Space" => Code::Char(' '),
        "Home" => Code::Home,
        "End" => Code::End,
        "PgUp" => Code::PageUp,
        "PgDn" => Code::PageDown,
        "Delete" => Code::Delete,
        "F5" => Code::F(5),
        name => {
            let mut letters = name.chars();
            match (letters.next(), letters.next()) {
                (Some(c), None) => Code::Char(c),
                _ => return false,
            }
        }
    };
    code == key.code
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each name in the tables is a key that `is` knows; a typing error would make a dead key.
    #[test]
    fn every_named_key_can_be_pressed() {
        let all: [&[Binding]; 47] = [
            &JUMPED,
            &SELECTED,
            &CALLED,
            &GUESSED,
            &JUMPS,
            &LINE,
            &NOTE,
            &CODE_IN_PAGE,
            &BLOCK,
            &LISTING,
            &SHOW,
            &POLL,
            &NOTES,
            &ROUND,
            &ROUND_ANSWER,
            &ROUND_OVER,
            &GOALS,
            &FUNCTION,
            &FUNCTION_IN_PAGE,
            &FUNCTION_EDITOR,
            &WALKING,
            &PAGE,
            &SEARCHING,
            &SIMULATION_IN_PAGE,
            &HOME,
            &HOME_MORE,
            &EDITOR,
            &NUMBER,
            &CHOOSING,
            &MATCHING,
            &FILLING,
            &SHEET,
            &CONFIRM,
            &CANVAS,
            &LAB,
            &LAB_MORE,
            &LAB_OF_FUNCTIONS,
            &LAB_WITH_FLOW,
            &RUN_CODE,
            &PREDICTING,
            &CONTENTS,
            &HELP,
            &TYPING,
            &EVERYWHERE,
            &MARKING,
            &LEARNING,
            &COMMENTING,
        ];
        let codes = [
            Code::Up,
            Code::Down,
            Code::Left,
            Code::Right,
            Code::Enter,
            Code::Esc,
            Code::Tab,
            Code::BackTab,
            Code::Home,
            Code::End,
            Code::PageUp,
            Code::PageDown,
            Code::Delete,
            Code::F(5),
        ];
        let chars = (' '..='~').map(Code::Char);
        let keys: Vec<Key> = codes
            .into_iter()
            .chain(chars)
            .flat_map(|code| {
                [(false, false, false), (true, false, false), (false, true, false), (false, false, true)]
                    .map(|(ctrl, alt, shift)| Key { code, ctrl, alt, shift })
            })
            // Elsewhere Shift is not told apart.
            .filter(|key| !key.shift || matches!(key.code, Code::Left | Code::Right))
            .collect();
        for name in all.into_iter().flatten().flat_map(|binding| binding.keys.split(' ')) {
            assert_eq!(keys.iter().filter(|key| is(name, **key)).count(), 1, "{name}");
        }
    }
}
