//! `cargo xtask models`: converts the original models into assets/models and verifies what lies there.
#![allow(clippy::print_stdout, reason = "a command-line tool speaks on its standard streams")]

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::lower::{Cut, lower};
use crate::provenance::{Provenance, sha256};
use crate::tflite;

/// One ONNX file to make from an original.
struct Target {
    file: &'static str,
    cut: Cut,
}

/// An original and what is made of it; without targets it is vendored as it is.
struct Plan {
    original: &'static str,
    targets: &'static [Target],
}

const PLANS: &[Plan] = &[
    Plan {
        original: "face_detection_short_range.tflite",
        targets: &[Target {
            file: "face_detection_short_range.onnx",
            cut: Cut { input: None, outputs: &[(175, "boxes"), (174, "scores")] },
        }],
    },
    Plan {
        original: "face_detection_full_range.tflite",
        targets: &[Target {
            file: "face_detection_full_range.onnx",
            cut: Cut { input: None, outputs: &[(365, "boxes"), (364, "scores")] },
        }],
    },
    // The three custom operators between stem and heads (landmarks to a matrix, matrix applied to the
    // features, points back through the matrix) are done by the program; the graph is cut around them.
    Plan {
        original: "face_landmark_with_attention.tflite",
        targets: &[
            Target {
                file: "face_mesh_stem.onnx",
                cut: Cut { input: None, outputs: &[(35, "features"), (186, "points"), (710, "presence")] },
            },
            Target {
                file: "face_mesh_lips.onnx",
                cut: Cut { input: Some(199), outputs: &[(684, "points")] },
            },
            Target {
                file: "face_mesh_eye_left.onnx",
                cut: Cut { input: Some(200), outputs: &[(687, "points"), (690, "iris")] },
            },
            Target {
                file: "face_mesh_eye_right.onnx",
                cut: Cut { input: Some(201), outputs: &[(693, "points"), (696, "iris")] },
            },
        ],
    },
    Plan {
        original: "selfie_segmentation.tflite",
        targets: &[Target {
            file: "selfie_segmentation.onnx",
            cut: Cut { input: None, outputs: &[(249, "person")] },
        }],
    },
    Plan { original: "u2netp.onnx", targets: &[] },
];

/// Runs `models ARGUMENTS`.
pub fn run(arguments: &[&str]) -> Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/models");
    match arguments {
        ["convert", "--from", from] => convert(&PathBuf::from(from), &folder),
        ["verify"] => verify(&folder),
        _ => bail!("usage: cargo xtask models convert --from DIR | verify"),
    }
}

fn convert(from: &Path, folder: &Path) -> Result<()> {
    let provenance = Provenance::read(folder)?;
    let mut changed = vec![];
    for plan in PLANS {
        let source = provenance.source(plan.original)?;
        let path = from.join(plan.original);
        let original = std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        source.check_original(&original)?;
        for (file, bytes) in vendored(plan, &original).with_context(|| plan.original)? {
            let hash = sha256(&bytes);
            println!("{file}  {} bytes  {hash}", bytes.len());
            std::fs::write(folder.join(&file), &bytes).with_context(|| format!("cannot write {file}"))?;
            if source.vendored.get(&file) != Some(&hash) {
                changed.push(file);
            }
        }
    }
    if !changed.is_empty() {
        bail!("not as recorded: {}; put the hashes above into PROVENANCE.toml", changed.join(", "));
    }
    Ok(())
}

fn vendored(plan: &Plan, original: &[u8]) -> Result<Vec<(String, Vec<u8>)>> {
    if plan.targets.is_empty() {
        return Ok(vec![(plan.original.to_owned(), original.to_vec())]);
    }
    let graph = tflite::read(original)?;
    let convert = |target: &Target| Ok((target.file.to_owned(), lower(&graph, &target.cut)?));
    plan.targets.iter().map(convert).collect()
}

fn verify(folder: &Path) -> Result<()> {
    let provenance = Provenance::read(folder)?;
    let faults = provenance.faults(folder)?;
    if !faults.is_empty() {
        bail!("{}", faults.join("\n"));
    }
    let models: usize = provenance.source.iter().map(|source| source.vendored.len()).sum();
    println!("{models} models are as recorded");
    Ok(())
}
