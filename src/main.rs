//! The command `khung`.

use std::process::ExitCode;

fn main() -> ExitCode {
    khung::cli::main()
}
