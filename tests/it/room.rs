//! A class at the command line: files in a folder, commands of the real program, and what they leave.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Write};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use coldstart::gradebook::Class;
use coldstart::store::class::ClassFile;
use serde_json::Value;
use tempfile::TempDir;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::databases;

/// A class in a folder of its own.
pub struct Room {
    pub folder: TempDir,
    pub class: PathBuf,
}

impl Room {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let class = databases::new_class(folder.path());
        Self { folder, class }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("in the folder")).expect("made");
        fs::write(&path, bytes).expect("written");
        path.to_string_lossy().into_owned()
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_coldstart"));
        command.arg("gradebook").arg("--class").arg(&self.class).args(arguments);
        command.env_remove("CLICOLOR_FORCE").env("USER", "ada").stdin(Stdio::null());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("the program starts")
    }

    /// Runs a command that must succeed, and gives what it said.
    pub fn ok(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let (out, err) = (text(&output.stdout), text(&output.stderr));
        assert!(output.status.success(), "{arguments:?}: {out}{err}");
        out
    }

    /// The import's report.
    pub fn import(&self, arguments: &[&str]) -> Value {
        let output = self.run(&[&["import", "--format", "json"], arguments].concat());
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", text(&output.stderr)))
    }

    pub fn class(&self) -> Class {
        Class::read(&ClassFile::open(&self.class).expect("the class")).expect("a class")
    }

    /// Every mark, by exercise and student.
    pub fn marks(&self) -> BTreeMap<(String, String), Option<f64>> {
        self.class().standings().map(|(e, s, _, standing)| ((e.0.clone(), s.0.clone()), standing.points)).collect()
    }
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("the program writes text")
}

/// Names and bytes.
pub type Files<'a> = &'a [(&'a str, &'a [u8])];

pub fn zip(files: Files<'_>) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(*name, SimpleFileOptions::default()).expect("started");
        zip.write_all(bytes).expect("written");
    }
    zip.finish().expect("finished").into_inner()
}
