//! Standard output of a command: plain when piped, with colours on a terminal, never with a stranger's control characters.

use std::io::{self, BufWriter, IsTerminal, Stdout, Write};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use ratatui::backend::IntoCrossterm;
use ratatui::style::Style;

use super::Colour;
use crate::app::row::{Row, fit};
use crate::content::visible;
use crate::tui::{Depth, Theme, hyperlink};

/// What people expect of a pipe, and of a terminal that does not say.
const USUAL_COLS: usize = 80;

pub(super) struct Output {
    out: BufWriter<Stdout>,
    theme: Theme,
}

impl Output {
    pub(super) fn new(theme: Theme) -> Self {
        Self { out: BufWriter::new(io::stdout()), theme }
    }

    pub(super) fn is_terminal() -> bool {
        io::stdout().is_terminal()
    }

    /// Whether lines that were written can be written over: not in a pipe, nor on a terminal that can only print, nor where
    /// nothing may move.
    pub(super) fn can_be_rewritten() -> bool {
        !is_still()
            && Self::is_terminal()
            && std::env::var_os("TERM").is_some_and(|term| term != "dumb" && !term.is_empty())
    }

    /// Whether the words of a link lead there by themselves.
    pub(super) fn shows_hyperlinks(&self) -> bool {
        self.theme.hyperlinks && self.theme.depth != Depth::None
    }

    /// Columns to write in; what people expect of a pipe where there is no terminal.
    pub(super) fn width() -> usize {
        if !Self::is_terminal() {
            return USUAL_COLS;
        }
        // A terminal that knows nothing of its size says 0.
        let cols = crossterm::terminal::size().ok().map(|(cols, _)| usize::from(cols)).filter(|cols| *cols > 0);
        cols.map_or(USUAL_COLS, |cols| cols.max(20))
    }

    pub(super) fn has_colours(&self) -> bool {
        self.theme.depth != Depth::None
    }

    /// A line of text.
    pub(super) fn line(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "{}", visible(text))
    }

    /// Text as it is: what this program itself has made, such as completions.
    pub(super) fn raw(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.out.write_all(bytes)
    }

    pub(super) fn rows<'a>(&mut self, rows: impl IntoIterator<Item = &'a Row>) -> io::Result<()> {
        self.linked_rows(rows, |_| None)
    }

    /// Rows whose links lead to what `target` says.
    pub(super) fn linked_rows<'a>(
        &mut self,
        rows: impl IntoIterator<Item = &'a Row>,
        target: impl Fn(usize) -> Option<&'a str>,
    ) -> io::Result<()> {
        let ground = self.theme.ground_style();
        // A theme with a ground of its own is readable only on it, up to the end of the line.
        let ground_cols = if ground.bg.is_some() { Self::width() } else { 0 };
        for row in rows {
            if !self.has_colours() {
                writeln!(self.out, "{}", visible(in_letters(row).trim_end()))?;
                continue;
            }
            for span in &row.spans {
                let style: Style = ground.patch(self.theme.span_style(span));
                let link = span.link.filter(|_| self.theme.hyperlinks);
                let link = link.and_then(|link| hyperlink::around(target(link)?, link));
                let (before, after) = link.unwrap_or_default();
                write!(self.out, "{before}{}{after}", style.into_crossterm().apply(visible(&span.text)))?;
            }
            let missing = ground_cols.saturating_sub(row.width());
            if missing > 0 {
                write!(self.out, "{}", ground.into_crossterm().apply(" ".repeat(missing)))?;
            }
            writeln!(self.out)?;
        }
        Ok(())
    }

    /// One JSON document. Control characters that JSON allows in a string are escaped all the same.
    pub(super) fn json(&mut self, value: &impl serde::Serialize) -> io::Result<()> {
        let text = serde_json::to_string_pretty(value).map_err(io::Error::other)?;
        for part in text.split_inclusive(|c: char| {
            c != '\n' && (visible(c.encode_utf8(&mut [0; 4])) != *c.encode_utf8(&mut [0; 4]))
        }) {
            match part.chars().next_back() {
                Some(last)
                    if last != '\n' && visible(last.encode_utf8(&mut [0; 4])) != *last.encode_utf8(&mut [0; 4]) =>
                {
                    write!(self.out, "{}\\u{:04x}", &part[..part.len() - last.len_utf8()], last as u32)?;
                }
                _ => self.out.write_all(part.as_bytes())?,
            }
        }
        writeln!(self.out)
    }

    pub(super) fn finish(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Colours as asked for: `--color`, then `NO_COLOR`, then `CLICOLOR_FORCE`, then whether it is a terminal.
pub(super) fn theme(colour: Colour) -> Theme {
    let get = |name: &str| std::env::var(name).ok();
    let found = Theme::from_environment(get);
    let set = |name| get(name).is_some_and(|value| !value.is_empty() && value != "0");
    let forced = if found.depth == Depth::None { Depth::Sixteen } else { found.depth };
    let depth = match colour {
        Colour::Never => Depth::None,
        Colour::Always => forced,
        Colour::Auto if get("NO_COLOR").is_some_and(|value| !value.is_empty()) => found.depth,
        Colour::Auto if set("CLICOLOR_FORCE") => forced,
        Colour::Auto if io::stdout().is_terminal() => found.depth,
        Colour::Auto => Depth::None,
    };
    Theme { depth, hyperlinks: found.hyperlinks && io::stdout().is_terminal(), ..found }
}

/// The text of a row where letters are all there is: what is struck out must not read as if it were not.
fn in_letters(row: &Row) -> String {
    let mut text = String::new();
    for struck in row.spans.chunk_by(|a, b| a.style.strike == b.style.strike) {
        let tilde = if struck[0].style.strike { "~~" } else { "" };
        text += tilde;
        text.extend(struck.iter().map(|span| span.text.as_str()));
        text += tilde;
    }
    text
}

/// A sentence on standard error, as every failure is told.
pub(super) fn complain(what: &str) {
    let _ = writeln!(io::stderr(), "error: {}", visible(what));
}

/// Something to know that does not stop the work.
pub(super) fn remark(what: &str) {
    let _ = writeln!(io::stderr(), "note: {}", visible(what));
}

/// A line on standard error that the next one overwrites; nothing when standard error is no terminal. Where nothing may
/// move, a line of its own now and then.
pub(super) fn progress(text: &str) {
    static LAST_LINE: Mutex<Option<Instant>> = Mutex::new(None);
    /// Work that takes less needs no word on the way.
    const BETWEEN_LINES: Duration = Duration::from_secs(3);
    let mut error = io::stderr();
    if !error.is_terminal() {
        return;
    }
    if is_still() {
        let mut last = LAST_LINE.lock().unwrap_or_else(PoisonError::into_inner);
        if last.get_or_insert_with(Instant::now).elapsed() >= BETWEEN_LINES && !text.is_empty() {
            *last = Some(Instant::now());
            let _ = writeln!(error, "{text}");
        }
        return;
    }
    // A line that breaks in two could not be written over.
    let width_cols = crossterm::terminal::size().map_or(USUAL_COLS, |(cols, _)| usize::from(cols.max(20))) - 1;
    let _ = write!(error, "\r{}\x1b[K", fit(text, width_cols));
    let _ = error.flush();
}

static STILL: OnceLock<bool> = OnceLock::new();

/// Decides, once for the process, that nothing moves: by `--no-motion`, or by `NO_MOTION` in the environment.
pub(super) fn decide_motion(no_motion: bool) {
    let is_set = std::env::var("NO_MOTION").is_ok_and(|value| !matches!(value.as_str(), "" | "0"));
    let _ = STILL.set(no_motion || is_set);
}

/// Whether what would move changes in steps instead.
pub(super) fn is_still() -> bool {
    STILL.get().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::in_letters;
    use crate::app::row::Row;
    use crate::markdown;

    #[test]
    fn struck_words_are_struck_without_colours_too() {
        let text = |source| markdown::wrap(&markdown::parse(source), 80, &[]).lines.into_iter().map(Row::from).next();
        let row = text("It costs ~~two *cents*~~ one.").expect("a line");
        assert_eq!(in_letters(&row), "It costs ~~two cents~~ one.");
    }
}
