//! Starts the desk or one command-line verb.

fn main() {}
