//! The hub as a process of its own under the load of a full centre, over loopback: claims, decisions, withdrawals that
//! arrive, photos that come in at once. Prints the rows of the hub's table in BENCHMARKS.md; `cargo bench --bench hub -- upload`
//! runs the parts named, all without a name. Decisions are flushed to disk before they are answered.
#![allow(clippy::print_stdout, reason = "a bench reports on standard output")]

#[cfg(target_os = "linux")]
#[allow(dead_code, clippy::unwrap_used, clippy::panic, reason = "made for the tests of the hub")]
#[path = "../../tests/hub/cluster.rs"]
mod cluster;
mod desks;
mod place;
#[cfg(target_os = "linux")]
mod postgres;
mod upload;
mod withdraw;

use std::time::Duration;

pub type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

type Part = fn() -> Outcome<()>;

const PARTS: &[(&str, Part)] = &[
    ("desks", desks::run),
    ("withdraw", withdraw::run),
    ("upload", upload::run),
    #[cfg(target_os = "linux")]
    ("postgres", postgres::run),
];

fn main() -> Outcome<()> {
    let named: Vec<String> = std::env::args().skip(1).filter(|name| !name.starts_with("--")).collect();
    println!("| work | bar | figure | how |\n|---|---|---|---|");
    for (name, part) in PARTS {
        if named.is_empty() || named.iter().any(|wanted| wanted == name) {
            part()?;
        }
    }
    Ok(())
}

/// One row: median, p95, p99 and most of these times.
fn times(work: &str, bar: &str, mut times: Vec<Duration>, how: &str) {
    times.sort();
    let at = |share: f64| {
        let place = ((times.len() as f64 * share) as usize).min(times.len().saturating_sub(1));
        times.get(place).map_or(0.0, |time| time.as_secs_f64() * 1e3)
    };
    let [median, p95, p99, most] = [0.5, 0.95, 0.99, 1.0].map(at);
    println!(
        "| {work} | {bar} | median {median:.1} ms, p95 {p95:.1} ms, p99 {p99:.1} ms, most {most:.1} ms | {} times; {how} |",
        times.len()
    );
}
