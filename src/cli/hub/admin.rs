//! `photodesk hub admin`.

mod erase;
mod life;
mod moving;
mod notices;
mod rules;
mod sweep;

use std::io::Write;
use std::path::PathBuf;

use super::elsewhere::ElsewhereArgs;
use super::link;
use crate::cli::{DeskPlace, Outcome, wrong_use};
use crate::hub::{Hub, admin};
use crate::standard::Catalogue;
use crate::store::devices::Role;
use crate::store::{Store, StoreError};
use crate::submission::Batch;
use crate::sync::limits::HubLimits;
use crate::sync::protocol::{PaymentRecord, Refund};
use rules::RuleArgs;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Verb {
    /// Devices, batches and proof, beside the running hub or without it.
    #[command(subcommand)]
    Admin(Admin),
}

#[derive(Debug, clap::Subcommand)]
pub(super) enum Admin {
    /// A one-time code with which a desk becomes a device of this hub.
    Enrol {
        /// What the device is called, for example "desk 3".
        name: String,
        /// reviewer claims, decides and exports; senior also gives approved photos back to review; print_operator only
        /// exports; on_site brings photos in; administrator may do everything.
        #[arg(long, value_name = "ROLE", default_value = "reviewer", value_parser = role)]
        role: Role,
    },
    /// Gives a device another role from now on.
    Role {
        /// Id of the device, as `devices` shows it.
        device: String,
        /// reviewer, senior, print_operator, on_site or administrator.
        #[arg(value_name = "ROLE", value_parser = role)]
        role: Role,
    },
    /// The devices, with their ids.
    Devices,
    /// Shuts a device out at once and frees what it holds.
    Revoke {
        /// Id of the device, as `devices` shows it.
        device: String,
    },
    /// Opens a batch.
    Batch {
        /// Signature code, six characters A–Z 0–9.
        code: String,
        #[arg(long, value_name = "NAME", default_value = "")]
        school: String,
        #[arg(long, value_name = "TITLE", default_value = "")]
        title: String,
        #[arg(long, value_name = "ID", default_value = "chsi_centre")]
        standard: String,
        /// Background of the final photo (default: the standard's first).
        #[arg(long, value_name = "ID")]
        background: Option<String>,
        /// Layout offered; may be given more than once.
        #[arg(long, value_name = "EXPR", default_values_t = ["1寸×8+2寸×4".to_owned(), "2寸×8".to_owned()])]
        layout: Vec<String>,
        #[arg(long, value_name = "N", default_value_t = 3)]
        max_attempts: u32,
        #[command(flatten)]
        rules: Box<RuleArgs>,
    },
    /// Sets what a batch asks of its students anew, as a whole.
    Rules {
        /// Signature code of the batch.
        code: String,
        #[arg(long, value_name = "N", default_value_t = 3)]
        max_attempts: u32,
        #[command(flatten)]
        rules: Box<RuleArgs>,
    },
    /// Closes a batch: confirms for whoever has not, closes what was rejected or never paid for.
    Close {
        /// Signature code of the batch.
        code: String,
        /// Only list whom it concerns.
        #[arg(long)]
        dry_run: bool,
    },
    /// Records that a member of the staff has taken what an order owes.
    Paid {
        /// Number of the order.
        order: String,
        /// The amount taken, in yuan.
        #[arg(long, value_name = "YUAN", value_parser = rules::fen)]
        amount: u32,
        /// Who took it.
        #[arg(long, value_name = "NAME")]
        by: String,
    },
    /// Gives back what was paid for an order, before its production.
    Refund {
        /// Number of the order.
        order: String,
        /// Who gives it back.
        #[arg(long, value_name = "NAME")]
        by: String,
    },
    /// The link of a batch's page for students, with its code: in the terminal, or drawn for a notice.
    Link {
        /// Signature code of the batch.
        code: String,
        /// Address at which students reach this hub.
        #[arg(long, value_name = "URL")]
        url: String,
        /// Draw the code into this SVG file instead.
        #[arg(long, value_name = "FILE")]
        svg: Option<PathBuf>,
    },
    /// Gives out tickets for students without a collection code.
    Tickets {
        /// Signature code of the batch.
        code: String,
        #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1000))]
        count: u32,
    },
    /// The batches with their counts.
    Batches,
    /// What students were told, and what did not reach them.
    Notices(notices::NoticeArgs),
    /// Brings what lies in SQLite in --data to the empty PostgreSQL database named by --database, photos in --data to the bucket
    /// named by --photos, and proves it. Only while no hub runs; asked for again after a break, it goes on.
    Move,
    /// Lists photos that nothing names: sent and never submitted, or stored and never noted. Deletes them with --delete. Beside
    /// the running hub or without it.
    Sweep(sweep::SweepArgs),
    /// Erases photos and personal data of submissions whose time is over; the hub does so by itself once a day. Lists what
    /// stays and why. Beside the running hub or without it.
    Erase(erase::EraseArgs),
    /// Proves the journal's chain, every photo, and that what was erased is gone, in the folder or in the object store.
    Verify,
}

pub(super) fn run(
    verb: &Verb,
    elsewhere: &ElsewhereArgs,
    place: &DeskPlace,
    out: &mut dyn Write,
) -> anyhow::Result<Outcome> {
    let Verb::Admin(verb) = verb;
    if let Admin::Move = verb {
        return moving::run(elsewhere, place, out);
    }
    let store = elsewhere.open_beside(place)?;
    // As the running hub reckons, whose time never falls behind what is on record.
    let now_ms = Hub::wall_ms(&store)?.max(Hub::on_record_ms(&store)?);
    match verb {
        Admin::Enrol { name, role } => {
            let seconds = HubLimits::built_in()?.enrolment.code_seconds;
            let code = admin::announce(&store, name, *role, now_ms, seconds)?;
            writeln!(out, "{code}")?;
            writeln!(out, "good once, for {} minutes, for {name} ({})", seconds / 60, role.as_str())?;
            Ok(Outcome::Done)
        }
        Admin::Devices => devices(&store, out),
        Admin::Revoke { device } => {
            if admin::revoke(&store, device, now_ms)? {
                writeln!(out, "{device} is shut out")?;
                Ok(Outcome::Done)
            } else {
                wrong_use(&format_args!("there is no device {device}; see `photodesk hub admin devices`"))
            }
        }
        Admin::Role { device, role } => {
            if admin::set_role(&store, device, *role, now_ms)? {
                writeln!(out, "{device} is {} from now on", role.as_str())?;
                Ok(Outcome::Done)
            } else {
                wrong_use(&format_args!("there is no device {device}; see `photodesk hub admin devices`"))
            }
        }
        Admin::Batch { .. } => add_batch(verb, &store, now_ms, out),
        Admin::Link { code, url, svg } => link::link(&store, code, url, svg.as_deref(), out),
        Admin::Tickets { code, count } => link::tickets(&store, code, *count, now_ms, out),
        Admin::Rules { code, max_attempts, rules } => {
            life::set_rules(&store, code, *max_attempts, rules, now_ms, out)
        }
        Admin::Close { code, dry_run } => life::close(&store, code, *dry_run, now_ms, out),
        Admin::Paid { order, amount, by } => {
            let asked = PaymentRecord { amount_fen: *amount, recorded_by: by.clone() };
            life::paid(&store, order, &asked, now_ms, out)
        }
        Admin::Refund { order, by } => {
            life::refund(&store, order, &Refund { recorded_by: by.clone() }, now_ms, out)
        }
        Admin::Batches => batches(&store, out),
        Admin::Notices(args) => notices::run(&store, args, now_ms, out),
        Admin::Sweep(args) => sweep::run(&store, args, now_ms, out),
        Admin::Erase(args) => erase::run(&store, args, now_ms, out),
        Admin::Verify => verify(&store, out),
        // Carried out above: it opens no store that is in service.
        Admin::Move => Ok(Outcome::Done),
    }
}

fn devices(store: &Store, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    for device in store.devices()? {
        let standing = match (device.enrolled_at_ms, device.revoked_at_ms) {
            (_, Some(_)) => "revoked",
            (Some(_), None) => "enrolled",
            (None, None) => "announced",
        };
        writeln!(out, "{} {} {standing} {}", device.id, device.role.as_str(), device.name)?;
    }
    Ok(Outcome::Done)
}

fn add_batch(verb: &Admin, store: &Store, now_ms: i64, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let Admin::Batch { code, school, title, standard, background, layout, max_attempts, rules } = verb else {
        return Ok(Outcome::Done);
    };
    let standards = Catalogue::built_in()?;
    let first = || Some(standards.get(standard).ok()?.backgrounds.first()?.id.clone());
    let batch = Batch {
        code: code.clone(),
        school: school.clone(),
        title: title.clone(),
        standard: standard.clone(),
        background: background.clone().or_else(first).unwrap_or_default(),
        layouts: layout.clone(),
        max_attempts: *max_attempts,
        rules: rules.rules(),
    };
    match admin::add_batch(store, &standards, batch, now_ms) {
        Ok(batch) => {
            writeln!(out, "batch {} is open; students come in by /s/{}", batch.code, batch.code)?;
            Ok(Outcome::Done)
        }
        Err(refused) if refused.status < 500 => {
            wrong_use(&format_args!("{}; {}", refused.fault.message, refused.fault.remedy))
        }
        Err(refused) => anyhow::bail!("{}; {}", refused.fault.message, refused.fault.remedy),
    }
}

fn batches(store: &Store, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    for summary in store.batches()? {
        writeln!(
            out,
            "{} {} {}: {} pending, {} approved, {} rejected, {} in production, {} completed",
            summary.batch.code,
            summary.batch.school,
            summary.batch.title,
            summary.pending,
            summary.approved,
            summary.rejected,
            summary.in_production,
            summary.completed
        )?;
    }
    Ok(Outcome::Done)
}

fn verify(store: &Store, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let journal: Result<u64, StoreError> = store.verify_journal();
    match &journal {
        Ok(entries) => writeln!(out, "journal: {entries} entries, chain verified")?,
        Err(error) => writeln!(out, "journal: {error}")?,
    }
    let photos = store.verify_photos()?;
    for (sha256, error) in &photos.faulty {
        writeln!(out, "{sha256}: {error}")?;
    }
    let (whole, erased, faulty) = (photos.whole, photos.erased, photos.faulty.len());
    writeln!(out, "photos: {whole} whole, {faulty} faulty; {erased} erased and gone")?;
    let is_whole = journal.is_ok() && photos.faulty.is_empty();
    Ok(if is_whole { Outcome::Done } else { Outcome::SomeFailed })
}

fn role(word: &str) -> Result<Role, String> {
    let known = Role::ALL.map(Role::as_str).join(", ");
    Role::from_word(word).ok_or_else(|| format!("{word} is no role; choose one of: {known}"))
}
