//! Turns the face-recognition weights of face-api (TensorFlow.js shards) into an ONNX file that stays quantised.
//!
//! The network is the ResNet of dlib's face recognition with 29 layers: 150 x 150 x 3 in, 128 numbers out.

use std::collections::HashMap;

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;

use crate::onnx_write::{Attribute, GraphBuilder};

/// The network's own normalisation: `(value - mean) / 255`, for red, green and blue.
const MEAN: [f32; 3] = [122.782, 117.001, 104.298];
const INPUT_PX: usize = 150;
const OUTPUTS: usize = 128;

/// The manifest: groups of shards, each with the tensors that lie in them one after the other.
#[derive(Deserialize)]
struct Group {
    weights: Vec<Tensor>,
}

#[derive(Deserialize)]
struct Tensor {
    name: String,
    shape: Vec<usize>,
    dtype: String,
    quantization: Option<Quantization>,
}

#[derive(Deserialize)]
struct Quantization {
    dtype: String,
    scale: f64,
    min: f64,
}

/// One tensor.
struct Weights<'a> {
    shape: Vec<usize>,
    data: Data<'a>,
}

enum Data<'a> {
    /// `value = byte * scale + min`.
    Bytes {
        bytes: &'a [u8],
        scale: f64,
        min: f64,
    },
    Floats(Vec<f32>),
}

impl Weights<'_> {
    fn values(&self) -> Vec<f64> {
        match &self.data {
            Data::Bytes { bytes, scale, min } => {
                bytes.iter().map(|byte| f64::from(*byte) * scale + min).collect()
            }
            Data::Floats(floats) => floats.iter().map(|float| f64::from(*float)).collect(),
        }
    }
}

/// The byte that means zero; the shards are quantised so that it is whole for every filter.
fn zero_point(scale: f64, min: f64) -> Result<u8> {
    let zero = -min / scale;
    ensure!((zero - zero.round()).abs() < 1e-3 && (0.0..=255.0).contains(&zero), "no byte means zero");
    Ok(zero.round() as u8)
}

/// Converts manifest and shard and returns the ONNX file.
pub fn convert(manifest: &[u8], shard: &[u8]) -> Result<Vec<u8>> {
    let mut network =
        Network { weights: read(manifest, shard)?, onnx: GraphBuilder::default(), side: INPUT_PX };
    let mut x = network.first("conv32_down")?;
    for layer in ["conv32_1", "conv32_2", "conv32_3"] {
        x = network.residual(&x, layer)?;
    }
    for (down, layers) in [
        ("conv64_down", &["conv64_1", "conv64_2", "conv64_3"][..]),
        ("conv128_down", &["conv128_1", "conv128_2"][..]),
        ("conv256_down", &["conv256_1", "conv256_2"][..]),
        ("conv256_down_out", &[][..]),
    ] {
        x = network.residual_down(&x, down)?;
        for layer in layers {
            x = network.residual(&x, layer)?;
        }
    }
    network.last(&x, "fc")?;
    let side = INPUT_PX as i64;
    let inputs = [("input".to_owned(), vec![1, 3, side, side])];
    let outputs = [("descriptor".to_owned(), vec![1, OUTPUTS as i64, 1, 1])];
    Ok(network.onnx.finish(&inputs, &outputs))
}

fn read<'a>(manifest: &[u8], shard: &'a [u8]) -> Result<HashMap<String, Weights<'a>>> {
    let groups: Vec<Group> = serde_json::from_slice(manifest).context("the manifest is not as expected")?;
    let mut rest = shard;
    let mut take = |length: usize| {
        let (taken, after) =
            rest.split_at_checked(length).context("the shard is shorter than its manifest")?;
        rest = after;
        anyhow::Ok(taken)
    };
    let mut weights = HashMap::new();
    for tensor in groups.into_iter().flat_map(|group| group.weights) {
        let length: usize = tensor.shape.iter().product();
        let data = match tensor.quantization {
            Some(Quantization { dtype, scale, min }) if dtype == "uint8" => {
                Data::Bytes { bytes: take(length)?, scale, min }
            }
            None if tensor.dtype == "float32" => Data::Floats(floats(take(4 * length)?)),
            _ => bail!("{}: how it is stored is not known", tensor.name),
        };
        weights.insert(tensor.name, Weights { shape: tensor.shape, data });
    }
    ensure!(rest.is_empty(), "the shard is longer than its manifest");
    Ok(weights)
}

struct Network<'a> {
    weights: HashMap<String, Weights<'a>>,
    onnx: GraphBuilder,
    /// Side of the current feature map.
    side: usize,
}

/// How a convolution moves over its input.
#[derive(Clone, Copy)]
struct Step {
    stride: usize,
    /// Keep the size by a border of zeros.
    padded: bool,
}

impl Network<'_> {
    fn weights(&self, name: &str) -> Result<&Weights<'_>> {
        self.weights.get(name).with_context(|| format!("the manifest has no {name}"))
    }

    /// The first convolution takes in the normalisation, which its border-free step allows, then halves.
    fn first(&mut self, name: &str) -> Result<String> {
        let x = self.convolution("input", name, Step { stride: 2, padded: false }, Some(MEAN))?;
        let x = self.apply("Relu", &[&x], &[]);
        self.side = (self.side - 3) / 2 + 1;
        Ok(self.apply(
            "MaxPool",
            &[&x],
            &[("kernel_shape", Attribute::Ints(&[3, 3])), ("strides", Attribute::Ints(&[2, 2]))],
        ))
    }

    fn residual(&mut self, x: &str, name: &str) -> Result<String> {
        let step = Step { stride: 1, padded: true };
        let y = self.convolution(x, &format!("{name}/conv1"), step, None)?;
        let y = self.apply("Relu", &[&y], &[]);
        let y = self.convolution(&y, &format!("{name}/conv2"), step, None)?;
        let sum = self.apply("Add", &[&y, x], &[]);
        Ok(self.apply("Relu", &[&sum], &[]))
    }

    /// Halves the map: the convolved way and the averaged way are brought to one size by zeros.
    fn residual_down(&mut self, x: &str, name: &str) -> Result<String> {
        let halved = self.side / 2;
        let channels_in = self.weights(&format!("{name}/conv1/conv/filters"))?.shape[2];
        let channels_out = self.weights(&format!("{name}/conv1/conv/filters"))?.shape[3];
        let y = self.convolution(x, &format!("{name}/conv1"), Step { stride: 2, padded: false }, None)?;
        let convolved = self.side;
        let y = self.apply("Relu", &[&y], &[]);
        let mut y = self.convolution(&y, &format!("{name}/conv2"), Step { stride: 1, padded: true }, None)?;
        if halved > convolved {
            let missing = (halved - convolved) as i64;
            y = self.padded(&y, [0, 0, missing, missing]);
        }
        let mut average = self.apply(
            "AveragePool",
            &[x],
            &[("kernel_shape", Attribute::Ints(&[2, 2])), ("strides", Attribute::Ints(&[2, 2]))],
        );
        if channels_out > channels_in {
            average = self.padded(&average, [0, (channels_out - channels_in) as i64, 0, 0]);
        }
        self.side = halved;
        let sum = self.apply("Add", &[&average, &y], &[]);
        Ok(self.apply("Relu", &[&sum], &[]))
    }

    /// Averages over the map, then the last matrix as a convolution of one pixel.
    fn last(&mut self, x: &str, name: &str) -> Result<()> {
        let x = self.apply("GlobalAveragePool", &[x], &[]);
        let matrix = self.weights(name)?;
        let (channels, outputs) = (matrix.shape[0], matrix.shape[1]);
        let filters = self.filters(name, name, [1, 1, channels, outputs], &vec![1.0; outputs])?;
        self.onnx.node("Conv", &[&x, &filters], "descriptor", &[("kernel_shape", Attribute::Ints(&[1, 1]))]);
        Ok(())
    }

    /// A convolution with the scale layer behind it folded into filters and bias.
    fn convolution(&mut self, x: &str, name: &str, step: Step, mean: Option<[f32; 3]>) -> Result<String> {
        let filters = self.weights(&format!("{name}/conv/filters"))?;
        let [height, width, channels, outputs] = filters.shape[..] else {
            bail!("{name} has no filters of four axes")
        };
        let gains = self.weights(&format!("{name}/scale/weights"))?.values();
        let offsets = self.weights(&format!("{name}/scale/biases"))?.values();
        let biases = self.weights(&format!("{name}/conv/bias"))?.values();
        let mut biases: Vec<f64> = biases
            .iter()
            .zip(offsets)
            .zip(&gains)
            .map(|((bias, offset), gain)| bias * gain + offset)
            .collect();
        let range = if mean.is_some() { 255.0 } else { 1.0 };
        if let Some(mean) = mean {
            for (index, weight) in filters.values().into_iter().enumerate() {
                let (output, channel) = (index % outputs, index / outputs % channels);
                biases[output] -= weight * gains[output] * f64::from(mean[channel]) / range;
            }
        }
        let gains: Vec<f64> = gains.iter().map(|gain| gain / range).collect();
        let biases: Vec<f32> = biases.into_iter().map(|bias| bias as f32).collect();
        let shape = [height, width, channels, outputs];
        let filters = self.filters(&format!("{name}/conv/filters"), name, shape, &gains)?;
        let bias = self.onnx.floats(format!("{name}/bias"), &[outputs], &biases);
        let border = if step.padded { height / 2 } else { 0 };
        self.side = (self.side + 2 * border - height) / step.stride + 1;
        let (stride, border) = (step.stride as i64, border as i64);
        Ok(self.apply(
            "Conv",
            &[x, &filters, &bias],
            &[
                ("kernel_shape", Attribute::Ints(&[height as i64, width as i64])),
                ("strides", Attribute::Ints(&[stride, stride])),
                ("pads", Attribute::Ints(&[border; 4])),
            ],
        ))
    }

    /// Filters of rows, columns, channels, outputs as ONNX wants them, each output multiplied by its gain.
    /// Bytes stay bytes with one scale for each output, so that nothing is rounded twice.
    fn filters(&mut self, tensor: &str, name: &str, shape: [usize; 4], gains: &[f64]) -> Result<String> {
        let [height, width, channels, outputs] = shape;
        let target = [outputs, channels, height, width];
        let weights = self.weights.get(tensor).with_context(|| format!("the manifest has no {tensor}"))?;
        match &weights.data {
            Data::Floats(floats) => {
                let floats = channels_first(floats, shape);
                let filters = floats.chunks_exact(height * width * channels).zip(gains);
                let floats: Vec<f32> = filters
                    .flat_map(|(filter, gain)| {
                        filter.iter().map(move |weight| (f64::from(*weight) * gain) as f32)
                    })
                    .collect();
                Ok(self.onnx.floats(format!("{name}/filters"), &target, &floats))
            }
            Data::Bytes { bytes, scale, min } => {
                let zero = zero_point(*scale, *min)?;
                let scales: Vec<f32> = gains.iter().map(|gain| (scale * gain) as f32).collect();
                let bytes = channels_first(bytes, shape);
                let filters = self.onnx.bytes(format!("{name}/filters"), &target, &bytes);
                let scales = self.onnx.floats(format!("{name}/scales"), &[outputs], &scales);
                let zeros = self.onnx.bytes(format!("{name}/zeros"), &[outputs], &vec![zero; outputs]);
                Ok(self.apply(
                    "DequantizeLinear",
                    &[&filters, &scales, &zeros],
                    &[("axis", Attribute::Int(0))],
                ))
            }
        }
    }

    /// Zeros after the last channel, row and column; `ends` in the order batch, channels, rows, columns.
    fn padded(&mut self, x: &str, ends: [i64; 4]) -> String {
        let pads = self.onnx.ints(&[&[0; 4][..], &ends].concat());
        self.apply("Pad", &[x, &pads], &[("mode", Attribute::Text("constant"))])
    }

    fn apply(&mut self, operator: &str, inputs: &[&str], attributes: &[(&str, Attribute<'_>)]) -> String {
        let output = self.onnx.fresh_name();
        self.onnx.node(operator, inputs, &output, attributes);
        output
    }
}

fn floats(bytes: &[u8]) -> Vec<f32> {
    bytes.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect()
}

/// From rows, columns, channels, outputs to outputs, channels, rows, columns.
fn channels_first<T: Copy>(filters: &[T], [height, width, channels, outputs]: [usize; 4]) -> Vec<T> {
    let mut result = Vec::with_capacity(filters.len());
    for output in 0..outputs {
        for channel in 0..channels {
            let of_place = |place: usize| filters[(place * channels + channel) * outputs + output];
            result.extend((0..height * width).map(of_place));
        }
    }
    result
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
    use super::*;

    const MANIFEST: &[u8] = br#"[{"weights":[{"name":"a","shape":[2,2],"dtype":"float32",
        "quantization":{"dtype":"uint8","scale":0.5,"min":-2.0}}]}]"#;

    #[test]
    fn bytes_mean_what_the_manifest_says() {
        let weights = read(MANIFEST, &[0, 4, 5, 255]).unwrap();
        assert_eq!(weights["a"].values(), [-2.0, 0.0, 0.5, 125.5]);
        assert_eq!(zero_point(0.5, -2.0).unwrap(), 4);
        assert!(zero_point(0.5, -2.2).is_err());
    }

    #[test]
    fn a_shard_of_another_length_is_refused() {
        assert!(read(MANIFEST, &[0; 3]).is_err());
        assert!(read(MANIFEST, &[0; 5]).is_err());
    }

    #[test]
    fn filters_change_their_order_of_axes() {
        // Two places, two channels, one output.
        assert_eq!(channels_first(&[1, 2, 3, 4], [1, 2, 2, 1]), [1, 3, 2, 4]);
        // One place, two channels, two outputs.
        assert_eq!(channels_first(&[1, 2, 3, 4], [1, 1, 2, 2]), [1, 3, 2, 4]);
    }
}
