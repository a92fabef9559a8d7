//! Mixes channels before a picture is enlarged instead of after: the same values for a quarter of the work.
//!
//! A 1 × 1 convolution treats every place alike, and what lies between two places is a weighted mean of them with weights that
//! add up to one. Therefore the order of the two does not matter, but the number of places does.

use anyhow::Result;

use crate::lower::{operand, options};
use crate::tflite::{Code, Graph, Operator};

/// Exchanges every bilinear enlargement with the 1 × 1 convolution that is its only reader.
pub fn mix_before_enlarging(graph: &mut Graph<'_>) -> Result<()> {
    let mut at = 0;
    while at < graph.operators.len() {
        match only_mixer(graph, at)? {
            Some(mixer) => exchange(graph, at, mixer),
            None => at += 1,
        }
    }
    Ok(())
}

/// The convolution after the enlargement at `at`, when the two can change places.
fn only_mixer(graph: &Graph<'_>, at: usize) -> Result<Option<usize>> {
    let enlarging = &graph.operators[at];
    let between = enlarging.output as i64;
    let mut readers = graph.operators.iter().enumerate().filter(|(_, one)| one.inputs.contains(&between));
    match (readers.next(), readers.next()) {
        (Some((index, reader)), None) if enlarging.code == Code::ResizeBilinear => {
            Ok(mixes(graph, reader)?.then_some(index))
        }
        _ => Ok(None),
    }
}

/// Whether an operator is a 1 × 1 convolution at every place without an activation.
fn mixes(graph: &Graph<'_>, operator: &Operator<'_>) -> Result<bool> {
    if operator.code != Code::Conv {
        return Ok(false);
    }
    let kernel = &graph.tensors[operand(operator, 1)?].shape[1..3];
    let options = options(operator)?;
    let strides = [options.int(2)?, options.int(1)?];
    Ok(kernel == [1, 1] && strides == [1, 1] && options.byte(3)? == 0)
}

fn exchange(graph: &mut Graph<'_>, enlarging: usize, mixing: usize) {
    let mut enlarger = graph.operators.remove(enlarging);
    let mixer = &mut graph.operators[mixing - 1];
    let (between, result) = (enlarger.output, mixer.output);
    let mixed = &graph.tensors[result].shape;
    let mut small = graph.tensors[enlarger.inputs[0] as usize].shape.clone();
    small[3] = mixed[3];
    graph.tensors[between].shape = small;
    mixer.inputs[0] = enlarger.inputs[0];
    mixer.output = between;
    enlarger.inputs[0] = between as i64;
    enlarger.output = result;
    graph.operators.insert(mixing, enlarger);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tflite::TensorInfo;

    fn operator(code: Code, inputs: &[i64], output: usize) -> Operator<'static> {
        Operator { code, inputs: inputs.to_vec(), output, options: None, custom_options: &[] }
    }

    #[test]
    fn channels_are_mixed_where_there_are_fewer_places() {
        let shapes = [[1, 16, 16, 128], [1, 32, 32, 128], [24, 1, 1, 128], [1, 32, 32, 24]];
        let tensors = shapes.map(|shape| TensorInfo { shape: shape.to_vec(), constant: None }).to_vec();
        let operators = vec![
            operator(Code::ResizeBilinear, &[0], 1),
            operator(Code::Dequantize, &[9], 2),
            operator(Code::Conv, &[1, 2], 3),
        ];
        let mut graph = Graph { tensors, operators, inputs: vec![0] };
        exchange(&mut graph, 0, 2);
        let order: Vec<_> =
            graph.operators.iter().map(|one| (one.code, one.inputs.clone(), one.output)).collect();
        let expected =
            [(Code::Dequantize, vec![9], 2), (Code::Conv, vec![0, 2], 1), (Code::ResizeBilinear, vec![1], 3)];
        assert_eq!(order, expected);
        assert_eq!(graph.tensors[1].shape, [1, 16, 16, 24]);
    }
}
