//! The real binary on a pseudo-terminal, with a terminal emulator that reads its screen.

use std::io::{Read, Write};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};

pub struct Pty {
    master: Box<dyn MasterPty + Send>,
    child: Box<dyn Child + Send + Sync>,
    writer: Box<dyn Write + Send>,
    emulator: Arc<Mutex<vt100::Parser>>,
    raw: Arc<Mutex<Vec<u8>>>,
}

/// How long a screen may take to show what is waited for; a loaded machine is slow, a broken program never gets there.
const PATIENCE: Duration = Duration::from_secs(20);

impl Pty {
    pub fn open(data: &Path, cols: u16, rows: u16) -> Self {
        Self::run(&["--data", &data.to_string_lossy()], &[], cols, rows)
    }

    pub fn run(arguments: &[&str], environment: &[(&str, &str)], cols: u16, rows: u16) -> Self {
        let size = PtySize { rows, cols, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).expect("a pseudo-terminal");
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_coldstart"));
        command.args(arguments);
        command.env("TERM", "xterm-256color");
        for (name, value) in environment {
            command.env(name, value);
        }
        let child = pair.slave.spawn_command(command).expect("the program starts");
        let mut reader = pair.master.try_clone_reader().expect("a reader");
        let writer = pair.master.take_writer().expect("a writer");
        let emulator = Arc::new(Mutex::new(vt100::Parser::new(non_zero(rows), non_zero(cols), 0)));
        let raw = Arc::new(Mutex::new(Vec::new()));
        let (screen, bytes) = (Arc::clone(&emulator), Arc::clone(&raw));
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(n) = reader.read(&mut buffer) {
                if n == 0 {
                    break;
                }
                bytes.lock().expect("no reader panicked").extend_from_slice(&buffer[..n]);
                screen.lock().expect("no reader panicked").process(&buffer[..n]);
            }
        });
        Self { master: pair.master, child, writer, emulator, raw }
    }

    /// The cells of the screen, row by row: what stands there, and the colours of letter and ground.
    pub fn cells(&self) -> Vec<(String, vt100::Color, vt100::Color)> {
        let emulator = self.emulator.lock().expect("no reader panicked");
        let screen = emulator.screen();
        let (rows, cols) = (screen.size().0.get(), screen.size().1.get());
        let places = (0..rows).flat_map(|row| (0..cols).map(move |col| (row, col)));
        let cells = places.filter_map(|(row, col)| screen.cell(row, col));
        cells.map(|cell| (cell.contents().to_owned(), cell.fgcolor(), cell.bgcolor())).collect()
    }

    pub fn send(&mut self, bytes: &str) -> &mut Self {
        self.writer.write_all(bytes.as_bytes()).expect("the program reads its keys");
        self.writer.flush().expect("the program reads its keys");
        self
    }

    pub fn screen(&self) -> String {
        self.emulator.lock().expect("no reader panicked").screen().contents()
    }

    /// Everything the program has written to the terminal.
    pub fn raw(&self) -> Vec<u8> {
        self.raw.lock().expect("no reader panicked").clone()
    }

    pub fn is_restored(&self) -> bool {
        let emulator = self.emulator.lock().expect("no reader panicked");
        let screen = emulator.screen();
        !screen.alternate_screen() && !screen.hide_cursor() && !screen.bracketed_paste()
    }

    pub fn resize(&mut self, cols: u16, rows: u16) -> &mut Self {
        self.emulator.lock().expect("no reader panicked").set_size(non_zero(rows), non_zero(cols));
        self.master.resize(PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }).expect("resized");
        self
    }

    #[track_caller]
    pub fn sees(&mut self, text: &str) -> &mut Self {
        self.waits_for(text, |screen| screen.contains(text))
    }

    #[track_caller]
    pub fn waits_for(&mut self, what: &str, holds: impl Fn(&str) -> bool) -> &mut Self {
        self.waits_until(what, |pty| holds(&pty.screen()))
    }

    #[track_caller]
    pub fn waits_until(&mut self, what: &str, holds: impl Fn(&Self) -> bool) -> &mut Self {
        let until = Instant::now() + PATIENCE;
        while !holds(self) {
            assert!(Instant::now() < until, "never saw `{what}`; the screen was:\n{}", self.screen());
            thread::sleep(Duration::from_millis(5));
        }
        self
    }

    pub fn pid(&self) -> i32 {
        self.child.process_id().and_then(|pid| i32::try_from(pid).ok()).expect("a child that runs has a number")
    }

    pub fn signal(&mut self, name: &str) -> &mut Self {
        let done = std::process::Command::new("kill").args([&format!("-{name}"), &self.pid().to_string()]).status();
        assert!(done.is_ok_and(|status| status.success()), "the signal {name} could not be sent");
        self
    }

    #[track_caller]
    pub fn ends(&mut self) -> ExitStatus {
        let until = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().expect("the child can be asked") {
                // What was written last may still be on its way through the reader.
                thread::sleep(Duration::from_millis(50));
                return status;
            }
            assert!(Instant::now() < until, "the program does not end; the screen was:\n{}", self.screen());
            thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}

fn non_zero(n: u16) -> std::num::NonZeroU16 {
    std::num::NonZeroU16::new(n).expect("no screen of the tests is empty")
}
