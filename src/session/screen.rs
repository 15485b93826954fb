//! The terminal: entered, drawn on, lent to another program, and always given back as it was.
//!
//! Bytes go out on a thread of their own: a terminal that has stopped reading blocks whoever writes to it, and that must
//! not be the thread that owns the model. While it has not taken the last frame, no new one is drawn.

use std::io::{self, Write};
use std::panic;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Sender};
use std::thread;
use std::time::{Duration, Instant};

use crossterm::clipboard::CopyToClipboard;
use crossterm::event::{
    DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture, KeyboardEnhancementFlags,
    PopKeyboardEnhancementFlags, PushKeyboardEnhancementFlags,
};
use crossterm::terminal::{
    BeginSynchronizedUpdate, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode,
    enable_raw_mode,
};
use crossterm::{cursor, queue};
use ratatui::backend::CrosstermBackend;
use ratatui::layout::Rect;
use ratatui::{Frame, Terminal, TerminalOptions, Viewport};

use super::Event;
use crate::app::Size;

/// How long a terminal that has stopped reading is waited for when we leave it.
const PATIENCE: Duration = Duration::from_millis(500);

pub(super) struct Screen {
    terminal: Terminal<CrosstermBackend<Output>>,
    output: Output,
    size: Size,
    entered: bool,
}

/// A size that can be drawn on: some terminals say 0 × 0 before they know better.
pub(super) fn usable(cols: u16, rows: u16) -> Size {
    if cols == 0 || rows == 0 { Size { cols: 80, rows: 24 } } else { Size { cols, rows } }
}

impl Screen {
    pub(super) fn enter(events: Sender<Event>) -> io::Result<Self> {
        let output = Output::start(events);
        let (cols, rows) = crossterm::terminal::size().unwrap_or((0, 0));
        let size = usable(cols, rows);
        let options = TerminalOptions { viewport: Viewport::Fixed(Rect::new(0, 0, size.cols, size.rows)) };
        let terminal = Terminal::with_options(CrosstermBackend::new(output.clone()), options)?;
        restore_on_panic();
        let mut screen = Self { terminal, output, size, entered: false };
        screen.take()?;
        Ok(screen)
    }

    pub(super) fn size(&self) -> Size {
        self.size
    }

    fn take(&mut self) -> io::Result<()> {
        enable_raw_mode()?;
        self.entered = true;
        queue!(
            self.output,
            EnterAlternateScreen,
            EnableBracketedPaste,
            EnableMouseCapture,
            // Asked for without asking whether: a terminal that does not know it ignores it, and no reply is waited for.
            PushKeyboardEnhancementFlags(KeyboardEnhancementFlags::DISAMBIGUATE_ESCAPE_CODES),
            cursor::Hide,
        )?;
        self.output.flush()?;
        // Clears, and forgets what was drawn. `Terminal::clear` would ask where the cursor is, and not every terminal answers.
        self.terminal.resize(Rect::new(0, 0, self.size.cols, self.size.rows))
    }

    /// Gives the terminal back. Does nothing when it is given back already.
    pub(super) fn leave(&mut self) {
        if !self.entered {
            return;
        }
        self.entered = false;
        let _ = give_back(&mut self.output);
        self.output.wait_until_taken();
        let _ = disable_raw_mode();
    }

    pub(super) fn resize(&mut self, size: Size) {
        self.size = size;
        // An error here is the terminal's going away, which the reader of keys will say.
        let _ = self.terminal.resize(Rect::new(0, 0, size.cols, size.rows));
    }

    /// Draws a frame, unless the terminal has not taken the last one yet. Returns whether it drew.
    pub(super) fn draw(&mut self, view: impl FnOnce(&mut Frame<'_>)) -> io::Result<bool> {
        if !self.output.is_taken() {
            return Ok(false);
        }
        self.terminal.draw(view)?;
        Ok(true)
    }

    /// Copies through the terminal (OSC 52), which works over ssh too.
    pub(super) fn copy(&mut self, text: &str) {
        let _ = queue!(self.output, CopyToClipboard::to_clipboard_from(text));
        let _ = self.output.flush();
    }

    /// Stops the process as Ctrl-Z does elsewhere, and takes the terminal again when it goes on.
    pub(super) fn suspend(&mut self) {
        self.leave();
        let _ = signal_hook::low_level::emulate_default_handler(signal_hook::consts::SIGTSTP);
        self.come_back();
    }

    /// Lends the terminal to another program.
    pub(super) fn lend<T>(&mut self, other: impl FnOnce() -> T) -> T {
        self.leave();
        let result = other();
        self.come_back();
        result
    }

    fn come_back(&mut self) {
        let _ = self.take();
        if let Ok((cols, rows)) = crossterm::terminal::size() {
            let size = usable(cols, rows);
            if size != self.size {
                let _ = self.output.events.send(Event::Resize(size));
            }
        }
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        self.leave();
    }
}

fn give_back(out: &mut impl Write) -> io::Result<()> {
    queue!(
        out,
        PopKeyboardEnhancementFlags,
        DisableMouseCapture,
        DisableBracketedPaste,
        LeaveAlternateScreen,
        cursor::Show
    )?;
    out.flush()
}

/// A panic's message must land on a terminal that can show it.
fn restore_on_panic() {
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        // A worker's panic is caught and told in words; the screen stays.
        if thread::current().name() == Some("main") {
            let _ = give_back(&mut io::stdout());
            let _ = disable_raw_mode();
            before(info);
        }
    }));
}

/// Collects the bytes of a frame and gives them to the writing thread on `flush`.
#[derive(Clone)]
struct Output {
    frame: Vec<u8>,
    writer: Sender<Vec<u8>>,
    /// Frames given to the thread and not yet taken by the terminal.
    waiting: Arc<AtomicUsize>,
    events: Sender<Event>,
}

impl Output {
    fn start(events: Sender<Event>) -> Self {
        let (writer, frames) = mpsc::channel::<Vec<u8>>();
        let waiting = Arc::new(AtomicUsize::new(0));
        let (left, done) = (Arc::clone(&waiting), events.clone());
        thread::spawn(move || {
            let mut out = io::stdout();
            for frame in frames {
                let written = out.write_all(&frame).and_then(|()| out.flush());
                if left.fetch_sub(1, Ordering::AcqRel) == 1 {
                    let _ = done.send(Event::Drained);
                }
                if written.is_err() {
                    let _ = done.send(Event::HungUp);
                    return;
                }
            }
        });
        Self { frame: Vec::new(), writer, waiting, events }
    }

    fn is_taken(&self) -> bool {
        self.waiting.load(Ordering::Acquire) == 0
    }

    fn wait_until_taken(&self) {
        let until = Instant::now() + PATIENCE;
        while !self.is_taken() && Instant::now() < until {
            thread::sleep(Duration::from_millis(1));
        }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.frame.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.frame.is_empty() {
            return Ok(());
        }
        // The terminal shows the frame whole or not at all.
        let mut whole = Vec::with_capacity(self.frame.len() + 32);
        queue!(whole, BeginSynchronizedUpdate)?;
        whole.append(&mut self.frame);
        queue!(whole, EndSynchronizedUpdate)?;
        self.waiting.fetch_add(1, Ordering::AcqRel);
        if self.writer.send(whole).is_err() {
            self.waiting.store(0, Ordering::Release);
        }
        Ok(())
    }
}
