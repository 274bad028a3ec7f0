//! The program: everything is in the library; this passes on what the command line says.

use std::process::ExitCode;

fn main() -> ExitCode {
    hotwash::cli::main()
}
