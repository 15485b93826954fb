//! Arguments in, exit code out.

use std::process::ExitCode;

use coldstart::{cli, faas};

fn main() -> ExitCode {
    // The platform starts this program again for each environment; that process runs a function and nothing else.
    if std::env::args().nth(1).as_deref() == Some(faas::ENVIRONMENT_ARGUMENT) {
        return faas::serve_environment();
    }
    cli::main()
}
