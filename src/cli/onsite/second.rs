//! `photodesk onsite sign-in` and `onsite countersign`: a colleague's own code, and their word beside another's.

use std::io::Write;
use std::path::PathBuf;

use serde_json::json;

use super::secret::first_line;
use super::{BatchArg, DeskPlace, Outcome, line};
use crate::workflow::{countersign, sign_in};

#[derive(Debug, clap::Args)]
pub(super) struct SignIn {
    /// Whose code it is.
    #[arg(long, value_name = "NAME")]
    name: String,
    /// File whose first line is the code.
    #[arg(long, value_name = "FILE")]
    code_file: PathBuf,
    /// File whose first line is the code from now on; the other file then holds the one so far.
    #[arg(long, value_name = "FILE", conflicts_with = "forget")]
    new_code_file: Option<PathBuf>,
    /// Forget this colleague's code, so that they can set another; --name is a senior then, and the code the senior's own.
    #[arg(long, value_name = "NAME")]
    forget: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(super) struct Countersign {
    #[command(flatten)]
    batch: BatchArg,
    /// Numbers of what was looked at; without one, what waits is listed.
    #[arg(value_name = "SEQ", requires = "signer", requires = "code_file")]
    seqs: Vec<u64>,
    /// Who has looked: a colleague with an own code, and not whoever said it.
    #[arg(long = "as", id = "signer", value_name = "NAME")]
    signer: Option<String>,
    /// File whose first line is their code.
    #[arg(long, value_name = "FILE")]
    code_file: Option<PathBuf>,
    /// It is not so: a code is taken away again, a photo must be given to its person anew.
    #[arg(long)]
    refuse: bool,
}

/// Sets, changes or forgets a code, or tells whether it is right.
pub(super) fn sign_in(args: &SignIn, place: &DeskPlace, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let desk = place.open()?;
    let code = first_line(&args.code_file)?;
    let signed = match (&args.new_code_file, &args.forget) {
        (Some(new), _) => sign_in::set(&desk, &args.name, &first_line(new)?, Some(&code))?,
        (None, None) if !sign_in::is_known(&desk, &args.name)? => {
            sign_in::set(&desk, &args.name, &code, None)?
        }
        (None, forget) => {
            let signed = sign_in::sign_in(&desk, &args.name, &code)?;
            if let Some(name) = forget {
                let forgotten = sign_in::forget(&desk, name, &signed)?;
                line(out, &json!({ "forgotten": forgotten }))?;
                return Ok(if forgotten { Outcome::Done } else { Outcome::SomeFailed });
            }
            signed
        }
    };
    line(out, &json!({ "signed_in": signed.name() }))?;
    Ok(Outcome::Done)
}

/// Lists what waits, or settles what was looked at.
pub(super) fn countersign(
    args: &Countersign,
    place: &DeskPlace,
    out: &mut dyn Write,
) -> anyhow::Result<Outcome> {
    let desk = place.open()?;
    let (Some(name), Some(code_file)) = (&args.signer, &args.code_file) else {
        for waiting in countersign::waiting(&desk, &args.batch.signature)? {
            line(out, &waiting)?;
        }
        return Ok(Outcome::Done);
    };
    let signed = sign_in::sign_in(&desk, name, &first_line(code_file)?)?;
    let mut outcome = Outcome::Done;
    for seq in &args.seqs {
        match countersign::settle(&desk, *seq, !args.refuse, &signed) {
            Ok(settled) => line(out, &json!({ "seq": seq, "outcome": settled }))?,
            Err(error) => {
                let error = json!({ "code": error.code(), "message": error.to_string() });
                line(out, &json!({ "seq": seq, "error": error }))?;
                outcome = Outcome::SomeFailed;
            }
        }
    }
    Ok(outcome)
}
