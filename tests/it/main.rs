//! The promises of the product, in one binary: each file below reads like a page of a manual.

mod learner;
mod pty;

mod architecture;
mod commands;
mod course_files;
mod diagrams;
mod grader;
mod markdown_pages;
mod screens;
mod simulator;
mod terminal;
