//! Turns a TFLite graph (height, width, channels) into an ONNX one (channels, height, width), all in f32.

use std::collections::{HashMap, HashSet};

use anyhow::{Context, Result, bail, ensure};

use crate::flatbuffer::Table;
use crate::onnx_write::{Attribute, GraphBuilder};
use crate::tflite::{Code, Constant, Graph, Operator, TensorInfo};

/// The part of a graph that becomes one ONNX file.
pub struct Cut {
    /// Tensor that takes the input; the graph's own input when `None`.
    pub input: Option<usize>,
    /// Tensors that become outputs, with their names in the ONNX file.
    pub outputs: &'static [(usize, &'static str)],
}

/// Order of the axes when batch, height, width, channels becomes batch, channels, height, width.
const TO_NCHW: [usize; 4] = [0, 3, 1, 2];

/// Converts one cut of a graph and returns the ONNX file.
pub fn lower(graph: &Graph<'_>, cut: &Cut) -> Result<Vec<u8>> {
    let input = match cut.input {
        Some(input) => input,
        None => *graph.inputs.first().context("the graph has no input")? as usize,
    };
    let needed = needed_operators(graph, input, cut.outputs);
    let mut lowering = Lowering {
        tensors: graph.tensors.clone(),
        channels_first: HashSet::from([input]),
        onnx: GraphBuilder::default(),
    };
    for (index, operator) in graph.operators.iter().enumerate() {
        if needed.contains(&index) {
            lowering.operator(operator).with_context(|| format!("operator {index}, {:?}", operator.code))?;
        }
    }
    let mut outputs = vec![];
    for &(tensor, output) in cut.outputs {
        lowering.onnx.node("Identity", &[&name(tensor)], output, &[]);
        outputs.push((output.to_owned(), lowering.onnx_shape(tensor)));
    }
    let inputs = [(name(input), lowering.onnx_shape(input))];
    Ok(lowering.onnx.finish(&inputs, &outputs))
}

/// The operators between the input and the outputs, found from the outputs backwards.
fn needed_operators(graph: &Graph<'_>, input: usize, outputs: &[(usize, &str)]) -> HashSet<usize> {
    let producer: HashMap<usize, usize> =
        graph.operators.iter().enumerate().map(|(index, operator)| (operator.output, index)).collect();
    let mut needed = HashSet::new();
    let mut open: Vec<usize> = outputs.iter().map(|(tensor, _)| *tensor).collect();
    while let Some(tensor) = open.pop() {
        if tensor == input {
            continue;
        }
        if let Some(&index) = producer.get(&tensor)
            && needed.insert(index)
        {
            open.extend(
                graph.operators[index].inputs.iter().filter_map(|&tensor| usize::try_from(tensor).ok()),
            );
        }
    }
    needed
}

struct Lowering {
    tensors: Vec<TensorInfo>,
    /// Four-dimensional tensors whose ONNX twin has the channels in front.
    channels_first: HashSet<usize>,
    onnx: GraphBuilder,
}

impl Lowering {
    fn operator(&mut self, operator: &Operator<'_>) -> Result<()> {
        let output = operator.output;
        self.channels_first.insert(output);
        match operator.code {
            Code::Dequantize => self.dequantize(operator),
            Code::Conv => self.convolution(operator, false),
            Code::DepthwiseConv => self.convolution(operator, true),
            Code::TransposeConvBias => self.transposed_convolution(operator),
            Code::Add => self.arithmetic(operator, "Add"),
            Code::Mul => self.arithmetic(operator, "Mul"),
            Code::Sub => self.arithmetic(operator, "Sub"),
            Code::PRelu => self.prelu(operator),
            Code::Pad => self.pad(operator),
            Code::MaxPool => self.pool(operator, "MaxPool"),
            Code::AveragePool => self.pool(operator, "AveragePool"),
            Code::Reshape => self.reshape(operator),
            Code::Concat => self.concat(operator),
            Code::ResizeBilinear => self.resize(operator),
            Code::Mean => self.unary(operator, "GlobalAveragePool"),
            Code::HardSwish => self.unary(operator, "HardSwish"),
            Code::Relu => self.unary(operator, "Relu"),
            Code::Sigmoid => self.unary(operator, "Sigmoid"),
            Code::Abs => self.unary(operator, "Abs"),
            Code::Other(number) => bail!("TFLite operator {number} is not supported"),
        }
    }

    /// The widened constant simply takes the place of the result.
    fn dequantize(&mut self, operator: &Operator<'_>) -> Result<()> {
        let source = operand(operator, 0)?;
        self.tensors[operator.output].constant = self.tensors[source].constant.clone();
        self.channels_first.remove(&operator.output);
        Ok(())
    }

    fn unary(&mut self, operator: &Operator<'_>, onnx: &str) -> Result<()> {
        self.onnx.node(onnx, &[&name(operand(operator, 0)?)], &name(operator.output), &[]);
        Ok(())
    }

    fn convolution(&mut self, operator: &Operator<'_>, depthwise: bool) -> Result<()> {
        let options = options(operator)?;
        let input = operand(operator, 0)?;
        let size = self.tensors[input].shape.clone();
        // Filters come as out, height, width, in; depthwise ones as 1, height, width, out.
        let (weights, shape) =
            self.filter(operand(operator, 1)?, if depthwise { [3, 0, 1, 2] } else { TO_NCHW })?;
        let kernel = [shape[2] as i64, shape[3] as i64];
        let strides = [options.int(2)?, options.int(1)?];
        let pads = padding(options, &size, kernel, strides)?;
        let mut inputs = vec![name(input), weights];
        if let Some(&bias) = operator.inputs.get(2)
            && bias >= 0
        {
            inputs.push(self.bias(bias as usize)?);
        }
        let inputs: Vec<&str> = inputs.iter().map(String::as_str).collect();
        let group = if depthwise { size[3] } else { 1 };
        let activation = options.byte(if depthwise { 4 } else { 3 })?;
        let target = self.before_activation(activation, operator.output);
        self.onnx.node(
            "Conv",
            &inputs,
            &target,
            &[
                ("kernel_shape", Attribute::Ints(&kernel)),
                ("strides", Attribute::Ints(&strides)),
                ("pads", Attribute::Ints(&pads)),
                ("group", Attribute::Int(group)),
            ],
        );
        self.activation(activation, &target, operator.output)
    }

    fn transposed_convolution(&mut self, operator: &Operator<'_>) -> Result<()> {
        // The custom options are padding, stride width, stride height as 32-bit integers.
        let stride = |at: usize| -> Result<i64> {
            let bytes = operator.custom_options.get(at..).and_then(|rest| rest.first_chunk::<4>());
            Ok(i64::from(i32::from_le_bytes(*bytes.context("the custom options are cut short")?)))
        };
        let strides = [stride(8)?, stride(4)?];
        let (weights, shape) = self.filter(operand(operator, 1)?, [3, 0, 1, 2])?;
        let kernel = [shape[2] as i64, shape[3] as i64];
        ensure!(kernel == strides, "only a stride equal to the kernel needs no cropping");
        let bias = self.bias(operand(operator, 2)?)?;
        self.onnx.node(
            "ConvTranspose",
            &[&name(operand(operator, 0)?), &weights, &bias],
            &name(operator.output),
            &[("kernel_shape", Attribute::Ints(&kernel)), ("strides", Attribute::Ints(&strides))],
        );
        Ok(())
    }

    fn arithmetic(&mut self, operator: &Operator<'_>, onnx: &str) -> Result<()> {
        let left = self.broadcastable(operand(operator, 0)?)?;
        let right = self.broadcastable(operand(operator, 1)?)?;
        let activation = match &operator.options {
            Some(options) => options.byte(0)?,
            None => 0,
        };
        let target = self.before_activation(activation, operator.output);
        self.onnx.node(onnx, &[&left, &right], &target, &[]);
        self.activation(activation, &target, operator.output)
    }

    fn prelu(&mut self, operator: &Operator<'_>) -> Result<()> {
        let slope = self.broadcastable(operand(operator, 1)?)?;
        self.onnx.node("PRelu", &[&name(operand(operator, 0)?), &slope], &name(operator.output), &[]);
        Ok(())
    }

    fn pad(&mut self, operator: &Operator<'_>) -> Result<()> {
        let pairs = match &self.tensors[operand(operator, 1)?].constant {
            Some(Constant::Ints(pairs)) if pairs.len() == 8 => pairs.clone(),
            _ => bail!("padding must be a constant of four pairs"),
        };
        let before = TO_NCHW.iter().map(|axis| pairs[2 * axis]);
        let after = TO_NCHW.iter().map(|axis| pairs[2 * axis + 1]);
        let amounts = self.onnx.ints(&before.chain(after).collect::<Vec<_>>());
        let mode = [("mode", Attribute::Text("constant"))];
        self.onnx.node("Pad", &[&name(operand(operator, 0)?), &amounts], &name(operator.output), &mode);
        Ok(())
    }

    fn pool(&mut self, operator: &Operator<'_>, onnx: &str) -> Result<()> {
        let options = options(operator)?;
        let input = operand(operator, 0)?;
        let size = &self.tensors[input].shape;
        let strides = [options.int(2)?, options.int(1)?];
        let kernel = [options.int(4)?, options.int(3)?];
        let pads = padding(options, size, kernel, strides)?;
        let whole = kernel[..] == size[1..3] && pads == [0; 4];
        if onnx == "AveragePool" && whole {
            return self.unary(operator, "GlobalAveragePool");
        }
        self.onnx.node(
            onnx,
            &[&name(input)],
            &name(operator.output),
            &[
                ("kernel_shape", Attribute::Ints(&kernel)),
                ("strides", Attribute::Ints(&strides)),
                ("pads", Attribute::Ints(&pads)),
            ],
        );
        Ok(())
    }

    /// A reshape means TFLite's order of elements, so the channels go back to the end first.
    fn reshape(&mut self, operator: &Operator<'_>) -> Result<()> {
        let input = operand(operator, 0)?;
        let mut source = name(input);
        if self.channels_first.contains(&input) && self.tensors[input].shape.len() == 4 {
            let turned = self.onnx.fresh_name();
            let order = [("perm", Attribute::Ints(&[0, 2, 3, 1]))];
            self.onnx.node("Transpose", &[&source], &turned, &order);
            source = turned;
        }
        let shape = self.onnx.ints(&self.tensors[operator.output].shape);
        self.onnx.node("Reshape", &[&source, &shape], &name(operator.output), &[]);
        self.channels_first.remove(&operator.output);
        Ok(())
    }

    fn concat(&mut self, operator: &Operator<'_>) -> Result<()> {
        ensure!(self.tensors[operator.output].shape.len() == 3, "only flattened tensors are joined");
        let names: Vec<String> = operator.inputs.iter().map(|&tensor| name(tensor as usize)).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let axis = options(operator)?.int(0)?;
        self.onnx.node("Concat", &names, &name(operator.output), &[("axis", Attribute::Int(axis))]);
        self.channels_first.remove(&operator.output);
        Ok(())
    }

    fn resize(&mut self, operator: &Operator<'_>) -> Result<()> {
        let options = options(operator)?;
        let (align_corners, half_pixel) = (options.byte(2)? != 0, options.byte(3)? != 0);
        let mode = match (align_corners, half_pixel) {
            (true, _) => "align_corners",
            (_, true) => "half_pixel",
            _ => "asymmetric",
        };
        let input = operand(operator, 0)?;
        let (from, to) = (&self.tensors[input].shape, &self.tensors[operator.output].shape);
        let factors = [1.0, 1.0, to[1] as f32 / from[1] as f32, to[2] as f32 / from[2] as f32];
        let scales = self.onnx.fresh_name();
        let scales = self.onnx.floats(scales, &[4], &factors);
        self.onnx.node(
            "Resize",
            &[&name(input), "", &scales],
            &name(operator.output),
            &[("mode", Attribute::Text("linear")), ("coordinate_transformation_mode", Attribute::Text(mode))],
        );
        Ok(())
    }

    /// Where an operator writes: its output, or a scratch name when an activation follows.
    fn before_activation(&mut self, activation: i64, output: usize) -> String {
        if activation == 0 { name(output) } else { self.onnx.fresh_name() }
    }

    fn activation(&mut self, activation: i64, source: &str, output: usize) -> Result<()> {
        match activation {
            0 => {}
            1 => self.onnx.node("Relu", &[source], &name(output), &[]),
            3 => {
                let low = self.onnx.floats("zero".into(), &[], &[0.0]);
                let high = self.onnx.floats("six".into(), &[], &[6.0]);
                self.onnx.node("Clip", &[source, &low, &high], &name(output), &[]);
            }
            other => bail!("fused activation {other} is not supported"),
        }
        Ok(())
    }

    fn filter(&mut self, tensor: usize, order: [usize; 4]) -> Result<(String, Vec<usize>)> {
        let (values, shape) = permuted(&self.float_constant(tensor)?, &self.shape4(tensor)?, order);
        Ok((self.onnx.floats(format!("w{tensor}"), &shape, &values), shape))
    }

    fn bias(&mut self, tensor: usize) -> Result<String> {
        let values = self.float_constant(tensor)?;
        Ok(self.onnx.floats(format!("b{tensor}"), &[values.len()], &values))
    }

    /// The name of an operand; a constant is written so that it broadcasts over channels-first data.
    fn broadcastable(&mut self, tensor: usize) -> Result<String> {
        if self.tensors[tensor].constant.is_none() {
            return Ok(name(tensor));
        }
        let values = self.float_constant(tensor)?;
        let shape: Vec<usize> = self.tensors[tensor].shape.iter().map(|&size| size as usize).collect();
        let (values, shape) = match shape[..] {
            [n, h, w, c] => permuted(&values, &[n, h, w, c], TO_NCHW),
            [h, w, c] => {
                let (values, shape) = permuted(&values, &[1, h, w, c], TO_NCHW);
                (values, shape[1..].to_vec())
            }
            [c] => (values, vec![c, 1, 1]),
            _ => (values, shape),
        };
        Ok(self.onnx.floats(name(tensor), &shape, &values))
    }

    fn float_constant(&self, tensor: usize) -> Result<Vec<f32>> {
        match &self.tensors[tensor].constant {
            Some(Constant::Floats(values)) => Ok(values.clone()),
            _ => bail!("tensor {tensor} should be a constant of floats"),
        }
    }

    fn shape4(&self, tensor: usize) -> Result<[usize; 4]> {
        let shape: Vec<usize> = self.tensors[tensor].shape.iter().map(|&size| size as usize).collect();
        shape.try_into().map_err(|_| anyhow::anyhow!("tensor {tensor} should have four dimensions"))
    }

    fn onnx_shape(&self, tensor: usize) -> Vec<i64> {
        let shape = &self.tensors[tensor].shape;
        match shape[..] {
            [n, h, w, c] if self.channels_first.contains(&tensor) => vec![n, c, h, w],
            _ => shape.clone(),
        }
    }
}

fn name(tensor: usize) -> String {
    format!("t{tensor}")
}

pub fn operand(operator: &Operator<'_>, index: usize) -> Result<usize> {
    let tensor = operator.inputs.get(index).with_context(|| format!("operand {index} is missing"))?;
    usize::try_from(*tensor).with_context(|| format!("operand {index} is left out"))
}

pub fn options<'t, 'a>(operator: &'t Operator<'a>) -> Result<&'t Table<'a>> {
    operator.options.as_ref().context("the operator has no options")
}

/// Padding as top, left, bottom, right. Field 0 of the options says: 0 = same size, 1 = none.
fn padding(options: &Table<'_>, size: &[i64], kernel: [i64; 2], strides: [i64; 2]) -> Result<[i64; 4]> {
    if options.byte(0)? != 0 {
        return Ok([0; 4]);
    }
    let (top, bottom) = same_padding(size[1], kernel[0], strides[0]);
    let (left, right) = same_padding(size[2], kernel[1], strides[1]);
    Ok([top, left, bottom, right])
}

/// TensorFlow's SAME rule: the odd pixel goes to the far side.
fn same_padding(size: i64, kernel: i64, stride: i64) -> (i64, i64) {
    let total = ((size - 1) / stride * stride + kernel - size).max(0);
    (total / 2, total - total / 2)
}

/// Values with their axes in a new order: axis `i` of the result is axis `order[i]` of the source.
fn permuted(values: &[f32], shape: &[usize; 4], order: [usize; 4]) -> (Vec<f32>, Vec<usize>) {
    let steps = [shape[1] * shape[2] * shape[3], shape[2] * shape[3], shape[3], 1];
    let (size, step) = (order.map(|axis| shape[axis]), order.map(|axis| steps[axis]));
    let mut result = Vec::with_capacity(values.len());
    for a in 0..size[0] {
        for b in 0..size[1] {
            for c in 0..size[2] {
                let row = a * step[0] + b * step[1] + c * step[2];
                result.extend((0..size[3]).map(|d| values[row + d * step[3]]));
            }
        }
    }
    (result, size.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn same_padding_puts_the_odd_pixel_last() {
        assert_eq!(same_padding(128, 5, 2), (1, 2));
        assert_eq!(same_padding(128, 3, 1), (1, 1));
        assert_eq!(same_padding(5, 1, 2), (0, 0));
    }

    #[test]
    fn axes_are_reordered() {
        let values: Vec<f32> = (0..6u8).map(f32::from).collect();
        let (turned, shape) = permuted(&values, &[1, 1, 2, 3], TO_NCHW);
        assert_eq!(shape, [1, 3, 1, 2]);
        assert_eq!(turned, [0.0, 3.0, 1.0, 4.0, 2.0, 5.0]);
    }
}
