//! The promises of the product, in one binary: each file below reads like a page of a manual.
#![allow(unreachable_pub, reason = "the files of this binary share their helpers")]

mod databases;
mod learner;
mod pty;
mod room;

mod architecture;
mod authoring;
mod blocks;
mod code_exercises;
mod commands;
mod course_files;
mod diagrams;
mod function_screen;
mod functions;
mod gradebook;
mod grader;
mod html;
mod lab;
mod markdown_pages;
mod plain;
mod platforms;
mod pointer;
mod present;
mod queue;
mod reading;
mod reference;
mod review;
mod screens;
mod simulator;
mod strangers;
mod terminal;
