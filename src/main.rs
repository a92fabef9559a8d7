//! Starts the desk or one command-line verb.

fn main() -> std::process::ExitCode {
    photodesk::cli::main()
}
