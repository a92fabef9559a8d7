//! The same fifty desks on PostgreSQL, beside what `pgbench` reaches on the same cluster with a transaction of the same
//! statements from as many clients; and how fast a hub's rows are brought there.

use std::process::Command;
use std::time::Instant;

use photodesk::store::keys::KeyFileStore;
use photodesk::store::moving::to_server;
use photodesk::store::server::Address;

use super::Outcome;
use super::cluster::{Cluster, program};
use super::desks::{CLAIM, DESKS, RUSH, rush};
use super::place::{Place, SUBMISSIONS, fill};

/// The statements of one decision, as the hub sends them.
const DECISION: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/hub/decision.sql");
const LEAST_SHARE: f64 = 0.5;

pub fn run() -> Outcome<()> {
    let cluster = Cluster::durable();
    let address = cluster.address("postgres");
    let folder = tempfile::tempdir()?;
    fill(folder.path())?;
    let begun = Instant::now();
    let keys = KeyFileStore::new(folder.path().join("key"));
    let moved = to_server(&folder.path().join("hub"), &keys, Address::parse(&address)?)?;
    println!(
        "| rows brought from SQLite to PostgreSQL a second | ≥ 5,000 | {:.0} | {} rows, copied, compared at both ends, journal walked |",
        moved.rows as f64 / begun.elapsed().as_secs_f64(),
        moved.rows
    );
    let place = Place::on(folder, Some(&address))?;
    let desks = place.desks(DESKS)?;
    let decisions = rush(&desks, &format!("PostgreSQL, {DESKS} desks as fast as they can"));
    drop(place);
    let alone = pgbench(&address)?;
    println!(
        "| durable decisions a second, PostgreSQL | ≥ {:.0} % of pgbench | {decisions:.0}, {:.0} % | {SUBMISSIONS} submissions, claims of {CLAIM} among them; \
         pgbench from {DESKS} clients: {alone:.0} |",
        LEAST_SHARE * 100.0,
        decisions / alone * 100.0
    );
    Ok(())
}

/// Transactions a second.
fn pgbench(address: &str) -> Outcome<f64> {
    let (clients, seconds) = (DESKS.to_string(), RUSH.as_secs().to_string());
    let words = ["--no-vacuum", "--protocol=prepared", "--jobs=2", "--client", &clients, "--time", &seconds];
    let output = Command::new(program("pgbench")).args(words).args(["--file", DECISION, address]).output()?;
    let said = String::from_utf8_lossy(&output.stdout);
    let found = said.lines().find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse().ok());
    found.ok_or_else(|| format!("pgbench says {said}{}", String::from_utf8_lossy(&output.stderr)).into())
}
