//! A TFLite graph as plain data: tensors with their constants, and operators in order.

use anyhow::{Context, Result, bail};

use crate::flatbuffer::Table;

/// What a constant tensor holds, 16-bit floats widened.
#[derive(Clone, Debug)]
pub enum Constant {
    Floats(Vec<f32>),
    Ints(Vec<i64>),
}

/// A tensor, named by its index in the graph.
#[derive(Clone, Debug)]
pub struct TensorInfo {
    /// Dimensions in TFLite's order: batch, height, width, channels where there are four.
    pub shape: Vec<i64>,
    pub constant: Option<Constant>,
}

/// One operator with its raw option table.
pub struct Operator<'a> {
    pub code: Code,
    pub inputs: Vec<i64>,
    pub output: usize,
    pub options: Option<Table<'a>>,
    pub custom_options: &'a [u8],
}

/// The operators that occur in the vendored graphs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    Add,
    AveragePool,
    Concat,
    Conv,
    DepthwiseConv,
    Dequantize,
    Sigmoid,
    MaxPool,
    Mul,
    Relu,
    Reshape,
    ResizeBilinear,
    Pad,
    Mean,
    Sub,
    PRelu,
    Abs,
    HardSwish,
    /// MediaPipe's transposed convolution whose stride equals its kernel, with a bias.
    TransposeConvBias,
    /// Known to stay outside every cut that is converted.
    Other(i64),
}

/// The first (only) sub-graph of a file.
pub struct Graph<'a> {
    pub tensors: Vec<TensorInfo>,
    pub operators: Vec<Operator<'a>>,
    pub inputs: Vec<i64>,
}

// Field numbers of the TFLite schema (tensorflow/lite/schema/schema.fbs).
mod field {
    pub const MODEL_CODES: usize = 1;
    pub const MODEL_GRAPHS: usize = 2;
    pub const MODEL_BUFFERS: usize = 4;
    pub const GRAPH_TENSORS: usize = 0;
    pub const GRAPH_INPUTS: usize = 1;
    pub const GRAPH_OPERATORS: usize = 3;
    pub const TENSOR_SHAPE: usize = 0;
    pub const TENSOR_TYPE: usize = 1;
    pub const TENSOR_BUFFER: usize = 2;
    pub const TENSOR_SPARSITY: usize = 6;
    pub const CODE_OLD: usize = 0;
    pub const CODE_CUSTOM: usize = 1;
    pub const CODE_NEW: usize = 3;
    pub const OPERATOR_CODE: usize = 0;
    pub const OPERATOR_INPUTS: usize = 1;
    pub const OPERATOR_OUTPUTS: usize = 2;
    pub const OPERATOR_OPTIONS: usize = 4;
    pub const OPERATOR_CUSTOM: usize = 5;
}

/// Reads a TFLite file.
pub fn read(file: &[u8]) -> Result<Graph<'_>> {
    let model = Table::root(file)?;
    let graph = *model.tables(field::MODEL_GRAPHS)?.first().context("the file holds no graph")?;
    let buffers = model.tables(field::MODEL_BUFFERS)?;
    let codes = model.tables(field::MODEL_CODES)?;
    let tensors = graph.tables(field::GRAPH_TENSORS)?;
    let operators = graph.tables(field::GRAPH_OPERATORS)?;
    Ok(Graph {
        tensors: tensors.iter().map(|tensor| read_tensor(tensor, &buffers)).collect::<Result<_>>()?,
        operators: operators.iter().map(|operator| read_operator(operator, &codes)).collect::<Result<_>>()?,
        inputs: graph.ints(field::GRAPH_INPUTS)?,
    })
}

fn read_tensor(tensor: &Table<'_>, buffers: &[Table<'_>]) -> Result<TensorInfo> {
    let buffer = tensor.int(field::TENSOR_BUFFER)? as usize;
    let data = buffers.get(buffer).context("a tensor names a buffer that is not there")?.bytes(0)?;
    let constant = if data.is_empty() { None } else { Some(read_constant(tensor, data)?) };
    Ok(TensorInfo { shape: tensor.ints(field::TENSOR_SHAPE)?, constant })
}

fn read_constant(tensor: &Table<'_>, data: &[u8]) -> Result<Constant> {
    if tensor.has(field::TENSOR_SPARSITY)? {
        bail!("sparse tensors are not supported");
    }
    Ok(match tensor.byte(field::TENSOR_TYPE)? {
        0 => Constant::Floats(words(data).map(f32::from_le_bytes).collect()),
        1 => Constant::Floats(words(data).map(|half| widen_half(u16::from_le_bytes(half))).collect()),
        2 => Constant::Ints(words(data).map(|int| i64::from(i32::from_le_bytes(int))).collect()),
        other => bail!("constants of TFLite type {other} are not supported"),
    })
}

fn read_operator<'a>(operator: &Table<'a>, codes: &[Table<'a>]) -> Result<Operator<'a>> {
    let code = codes
        .get(operator.int(field::OPERATOR_CODE)? as usize)
        .context("an operator names a code that is not there")?;
    let options = match operator.has(field::OPERATOR_OPTIONS)? {
        true => Some(operator.table(field::OPERATOR_OPTIONS)?),
        false => None,
    };
    let output = *operator.ints(field::OPERATOR_OUTPUTS)?.first().context("an operator without output")?;
    Ok(Operator {
        code: read_code(code)?,
        inputs: operator.ints(field::OPERATOR_INPUTS)?,
        output: output as usize,
        options,
        custom_options: operator.bytes(field::OPERATOR_CUSTOM)?,
    })
}

fn read_code(code: &Table<'_>) -> Result<Code> {
    // Codes below 128 stand in the old byte field, later ones in the new field; the larger is meant.
    let number = code.byte(field::CODE_OLD)?.max(code.int(field::CODE_NEW)?);
    Ok(match number {
        0 => Code::Add,
        1 => Code::AveragePool,
        2 => Code::Concat,
        3 => Code::Conv,
        4 => Code::DepthwiseConv,
        6 => Code::Dequantize,
        14 => Code::Sigmoid,
        17 => Code::MaxPool,
        18 => Code::Mul,
        19 => Code::Relu,
        22 => Code::Reshape,
        23 => Code::ResizeBilinear,
        32 if code.bytes(field::CODE_CUSTOM)? == b"Convolution2DTransposeBias" => Code::TransposeConvBias,
        34 => Code::Pad,
        40 => Code::Mean,
        41 => Code::Sub,
        54 => Code::PRelu,
        101 => Code::Abs,
        117 => Code::HardSwish,
        other => Code::Other(other),
    })
}

fn words<const N: usize>(data: &[u8]) -> impl Iterator<Item = [u8; N]> {
    data.as_chunks::<N>().0.iter().copied()
}

/// An IEEE half as a single, exactly.
fn widen_half(half: u16) -> f32 {
    let sign = if half >> 15 == 1 { -1.0 } else { 1.0 };
    let exponent = i32::from(half >> 10 & 0x1f);
    let fraction = f32::from(half & 0x3ff) / 1024.0;
    match exponent {
        0 => sign * fraction * 2f32.powi(-14),
        31 if fraction == 0.0 => sign * f32::INFINITY,
        31 => f32::NAN,
        _ => sign * (1.0 + fraction) * 2f32.powi(exponent - 15),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_widen_exactly() {
        fn check(half: u16, expect: f32) {
            assert_eq!(widen_half(half), expect, "{half:#06x}");
        }
        check(0x0000, 0.0);
        check(0x3c00, 1.0);
        check(0xc000, -2.0);
        check(0x3555, 0.333_251_95);
        check(0x0001, 2f32.powi(-24));
        check(0x7bff, 65504.0);
        check(0x7c00, f32::INFINITY);
    }
}
