//! `cargo xtask models`: converts the original models into assets/models and verifies what lies there.
#![allow(clippy::print_stdout, reason = "a command-line tool speaks on its standard streams")]

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::face_api;
use crate::lower::{Cut, lower};
use crate::provenance::{Provenance, sha256};
use crate::reorder::mix_before_enlarging;
use crate::tflite;

/// One ONNX file to make from an original.
struct Target {
    file: &'static str,
    cut: Cut,
}

/// An original and what is made of it.
struct Plan {
    original: &'static str,
    making: Making,
}

enum Making {
    /// Vendored as it is.
    AsItIs,
    /// A TFLite graph, cut into ONNX files.
    Cuts(&'static [Target]),
    /// A shard of TensorFlow.js weights that this manifest explains, made into one ONNX file.
    FaceApi { manifest: &'static str, file: &'static str },
}

const PLANS: &[Plan] = &[
    Plan {
        original: "face_detection_short_range.tflite",
        making: Making::Cuts(&[Target {
            file: "face_detection_short_range.onnx",
            cut: Cut { input: None, outputs: &[(175, "boxes"), (174, "scores")] },
        }]),
    },
    Plan {
        original: "face_detection_full_range.tflite",
        making: Making::Cuts(&[Target {
            file: "face_detection_full_range.onnx",
            cut: Cut { input: None, outputs: &[(365, "boxes"), (364, "scores")] },
        }]),
    },
    // The three custom operators between stem and heads (landmarks to a matrix, matrix applied to the
    // features, points back through the matrix) are done by the program; the graph is cut around them.
    Plan {
        original: "face_landmark_with_attention.tflite",
        making: Making::Cuts(&[
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
        ]),
    },
    Plan {
        original: "selfie_segmentation.tflite",
        making: Making::Cuts(&[Target {
            file: "selfie_segmentation.onnx",
            cut: Cut { input: None, outputs: &[(249, "person")] },
        }]),
    },
    Plan { original: "u2netp.onnx", making: Making::AsItIs },
    Plan {
        original: "face_recognition_model.bin",
        making: Making::FaceApi {
            manifest: "face_recognition_model-weights_manifest.json",
            file: "face_recognition.onnx",
        },
    },
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
        let original = checked(&provenance, from, plan.original)?;
        let files = match &plan.making {
            Making::AsItIs => vec![(plan.original.to_owned(), original)],
            Making::Cuts(targets) => cuts(targets, &original).with_context(|| plan.original)?,
            Making::FaceApi { manifest, file } => {
                let manifest = checked(&provenance, from, manifest)?;
                let bytes = face_api::convert(&manifest, &original).with_context(|| plan.original)?;
                vec![((*file).to_owned(), bytes)]
            }
        };
        for (file, bytes) in files {
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

fn cuts(targets: &[Target], original: &[u8]) -> Result<Vec<(String, Vec<u8>)>> {
    let mut graph = tflite::read(original)?;
    mix_before_enlarging(&mut graph)?;
    let convert = |target: &Target| Ok((target.file.to_owned(), lower(&graph, &target.cut)?));
    targets.iter().map(convert).collect()
}

/// An original's bytes, when they are those recorded.
fn checked(provenance: &Provenance, from: &Path, original: &str) -> Result<Vec<u8>> {
    let path = from.join(original);
    let bytes = std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
    provenance.source(original)?.check_original(&bytes)?;
    Ok(bytes)
}

fn verify(folder: &Path) -> Result<()> {
    let provenance = Provenance::read(folder)?;
    let faults = provenance.faults(folder)?;
    if !faults.is_empty() {
        bail!("{}", faults.join("\n"));
    }
    let models: usize = provenance.source.iter().map(|source| source.vendored.len()).sum::<usize>()
        + provenance.trained.len();
    println!("{models} models are as recorded");
    Ok(())
}
