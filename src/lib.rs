//! coldstart: a course about serverless architecture that lives in the terminal.
//!
//! ```text
//!   ── leaves: text or numbers in, values out; they do not know each other ──────────────────────
//!   markdown   &str → Document;  Document + width → lines with roles, and slots for what responds
//!   diagram    Mermaid text → Graph → Placed → Grid of cells with roles
//!   sim        Scenario → Report, and step by step for the live view
//!   grade      Rubric + answer → Verdict with the evidence for every point
//!
//!   ── trunk ─────────────────────────────────────────────────────────────────────────────────────
//!   course     lesson, page, exercise, attempt, progress: what is taught. Progress is a fold over attempts
//!
//!   ── hinge: decides, never acts ────────────────────────────────────────────────────────────────
//!   app        Model, Action, Effect, update; then one file per screen
//!
//!   ── shell: acts ───────────────────────────────────────────────────────────────────────────────
//!   tui        Key → Action, and Model → cells; one file per screen, with the same names as in app
//!   content    finds and reads lessons and exercises (embedded in the binary, or a folder instead)
//!   store      attempts, drafts and positions, append-only, in SQLite
//!   html       the course as static pages
//!   gradebook  submissions in, grades out; a class is a fold over its journal
//!   faas       the local function platform: serverless.yml, HTTP gateway, JavaScript sandboxes, warm pool
//!   marking    an answer to its verdict, also where code must run first
//!   session    one learner at one terminal: the loop, and `perform(Effect)`
//!   cli        one file per command: wiring only
//! ```
//!
//! Who may use whom stands as a table in `tests/it/architecture.rs`, which reads the `use` lines.
//! The invariants, each held by a test:
//!
//! - A leaf reads no file, asks no time, prints nothing and uses no other leaf.
//! - `app` does no input or output: what must happen in the world is an [`app::Effect`], plain data.
//! - Same scenario and seed, same report, on every machine.
//! - An attempt is written before the screen says so.
//! - No text from a file reaches the terminal with its control characters.

pub mod diagram;
pub mod grade;
pub mod markdown;
pub mod sim;

pub mod course;

pub mod app;

pub mod cli;
pub mod content;
pub mod faas;
pub mod gradebook;
pub mod html;
pub mod marking;
pub mod session;
pub mod store;
pub mod tui;
