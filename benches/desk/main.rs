//! How long the desk lets a reviewer wait, and what it costs; prints the rows of the desk's table in BENCHMARKS.md.
//!
//! `cargo bench --bench desk -- cold review overhead queue soak window` runs the parts named, all without a name.
//! Everything but `window` runs the desk's own frames without a screen: layout, actions, store, decoding and textures as
//! in the product, without the graphics driver. `window` starts the program itself on the display there is.
#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::panic, reason = "a bench reports and may stop")]

mod hand;
mod long_queue;
mod place;
mod real_window;
mod review;
mod soak;

fn main() {
    let parts: [(&str, fn()); 6] = [
        ("cold", review::cold),
        ("review", review::prefetched),
        ("overhead", review::overhead),
        ("queue", long_queue::run),
        ("soak", soak::run),
        ("window", real_window::run),
    ];
    let named: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    println!("| what | bar | figure | how |\n|---|---|---|---|");
    for (name, part) in parts {
        if named.is_empty() || named.iter().any(|wanted| wanted == name) {
            part();
        }
    }
}
