//! Writes an ONNX file: a protobuf encoder and a builder for one graph.

use std::collections::BTreeMap;

/// ONNX operator set and file format the written files declare.
const OPSET: i64 = 14;
const IR_VERSION: i64 = 8;

/// A protobuf message being written.
#[derive(Clone, Default)]
struct Message(Vec<u8>);

impl Message {
    fn int(mut self, field: u64, value: i64) -> Self {
        self.varint(field << 3);
        self.varint(value as u64);
        self
    }

    fn bytes(mut self, field: u64, data: &[u8]) -> Self {
        self.varint(field << 3 | 2);
        self.varint(data.len() as u64);
        self.0.extend_from_slice(data);
        self
    }

    fn text(self, field: u64, text: &str) -> Self {
        self.bytes(field, text.as_bytes())
    }

    fn message(self, field: u64, message: &Message) -> Self {
        self.bytes(field, &message.0)
    }

    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }
}

/// A node's attribute value.
pub enum Attribute<'a> {
    Int(i64),
    Ints(&'a [i64]),
    Text(&'a str),
}

/// A graph under construction: nodes in running order, constants by name.
#[derive(Default)]
pub struct GraphBuilder {
    nodes: Vec<Message>,
    constants: BTreeMap<String, Message>,
    fresh: usize,
}

impl GraphBuilder {
    pub fn node(
        &mut self,
        operator: &str,
        inputs: &[&str],
        output: &str,
        attributes: &[(&str, Attribute<'_>)],
    ) {
        let node = inputs.iter().fold(Message::default(), |node, input| node.text(1, input));
        let node = node.text(2, output).text(4, operator);
        let node =
            attributes.iter().fold(node, |node, (name, value)| node.message(5, &attribute(name, value)));
        self.nodes.push(node);
    }

    /// A name not used before.
    pub fn fresh_name(&mut self) -> String {
        self.fresh += 1;
        format!("x{}", self.fresh)
    }

    /// Adds (or replaces with the same) float constant and returns its name.
    pub fn floats(&mut self, name: String, shape: &[usize], values: &[f32]) -> String {
        const FLOAT: i64 = 1;
        let raw: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.constant(name, shape, FLOAT, &raw)
    }

    /// Adds (or replaces with the same) constant of unsigned bytes and returns its name.
    pub fn bytes(&mut self, name: String, shape: &[usize], values: &[u8]) -> String {
        const UINT8: i64 = 2;
        self.constant(name, shape, UINT8, values)
    }

    /// Adds a vector of integers under a fresh name.
    pub fn ints(&mut self, values: &[i64]) -> String {
        const INT64: i64 = 7;
        let name = self.fresh_name();
        let raw: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.constant(name, &[values.len()], INT64, &raw)
    }

    /// The finished file; inputs and outputs are f32 tensors by name and shape.
    pub fn finish(self, inputs: &[(String, Vec<i64>)], outputs: &[(String, Vec<i64>)]) -> Vec<u8> {
        let graph = self.nodes.iter().fold(Message::default(), |graph, node| graph.message(1, node));
        let graph = graph.text(2, "photodesk");
        let graph = self.constants.values().fold(graph, |graph, constant| graph.message(5, constant));
        let graph = inputs.iter().fold(graph, |graph, (name, shape)| graph.message(11, &value(name, shape)));
        let graph = outputs.iter().fold(graph, |graph, (name, shape)| graph.message(12, &value(name, shape)));
        let opset = Message::default().text(1, "").int(2, OPSET);
        Message::default()
            .int(1, IR_VERSION)
            .text(2, "photodesk xtask")
            .message(7, &graph)
            .message(8, &opset)
            .0
    }

    fn constant(&mut self, name: String, shape: &[usize], kind: i64, raw: &[u8]) -> String {
        let tensor = shape.iter().fold(Message::default(), |tensor, size| tensor.int(1, *size as i64));
        let tensor = tensor.int(2, kind).text(8, &name).bytes(9, raw);
        self.constants.insert(name.clone(), tensor);
        name
    }
}

fn attribute(name: &str, value: &Attribute<'_>) -> Message {
    let message = Message::default().text(1, name);
    match value {
        Attribute::Int(int) => message.int(3, *int).int(20, 2),
        Attribute::Text(text) => message.text(4, text).int(20, 3),
        Attribute::Ints(ints) => ints.iter().fold(message, |message, int| message.int(8, *int)).int(20, 7),
    }
}

fn value(name: &str, shape: &[i64]) -> Message {
    let shape = shape
        .iter()
        .fold(Message::default(), |shape, size| shape.message(1, &Message::default().int(1, *size)));
    let tensor = Message::default().int(1, 1).message(2, &shape);
    Message::default().text(1, name).message(2, &Message::default().message(1, &tensor))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_written_as_varints() {
        assert_eq!(Message::default().int(1, 300).0, [0x08, 0xac, 0x02]);
    }

    #[test]
    fn a_file_names_its_nodes_and_values() {
        let mut graph = GraphBuilder::default();
        graph.node("Relu", &["in"], "out", &[]);
        let file = graph.finish(&[("in".into(), vec![1])], &[("out".into(), vec![1])]);
        assert!(file.windows(4).any(|window| window == b"Relu"));
        assert_eq!(file[..2], [0x08, IR_VERSION as u8]);
    }
}
