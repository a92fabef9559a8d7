//! One embedded neural network, ready to run: the only place where the inference engine is spoken to.

use std::cell::RefCell;
use std::sync::Arc;

use rten::{LoadError, Model, ModelOptions, NodeId, OpRegistry, RunOptions, ThreadPool, op_registry};
use rten_tensor::prelude::*;
use rten_tensor::{NdTensorView, Tensor};

use super::FaceError;

/// A picture (or feature map) as networks take it: channel by channel, row by row.
#[derive(Clone, Debug, PartialEq)]
pub struct Chw {
    pub channels: usize,
    pub height: usize,
    pub width: usize,
    pub values: Vec<f32>,
}

/// On which threads a network runs.
#[derive(Clone)]
pub enum Threads {
    /// One worker for each calling thread: best when a batch runs one photo per thread.
    OnePerCaller,
    /// A pool all callers share: shortens the wait for a single photo.
    Shared(Arc<ThreadPool>),
}

thread_local! {
    /// The pool of one worker that runs this thread's networks.
    static OWN: RefCell<Option<Arc<ThreadPool>>> = const { RefCell::new(None) };
}

/// Runs `work` on the thread that runs this caller's networks, so that no picture is handed from one core to another.
pub fn beside_networks<R: Send>(work: impl FnOnce() -> R + Send) -> R {
    let pool = Threads::OnePerCaller.pool();
    pool.run(|| {
        OWN.set(Some(Arc::clone(&pool)));
        let result = work();
        // Its worker must not keep the pool alive.
        OWN.set(None);
        result
    })
}

impl Threads {
    /// A shared pool of `count` threads.
    pub fn shared(count: usize) -> Self {
        Self::Shared(Arc::new(ThreadPool::with_num_threads(count)))
    }

    fn pool(&self) -> Arc<ThreadPool> {
        match self {
            Self::Shared(pool) => Arc::clone(pool),
            Self::OnePerCaller => OWN.with_borrow_mut(|own| {
                Arc::clone(own.get_or_insert_with(|| Arc::new(ThreadPool::with_num_threads(1))))
            }),
        }
    }
}

/// A loaded network with one input and chosen outputs.
pub struct Net {
    name: String,
    model: Model,
    input: NodeId,
    outputs: Vec<NodeId>,
    threads: Threads,
}

impl Net {
    /// Loads an ONNX file; `outputs` are the names of the results [`Net::run`] returns, in that order.
    pub fn load(
        name: &str,
        file: &'static [u8],
        outputs: &[&str],
        threads: &Threads,
    ) -> Result<Self, FaceError> {
        let mut options = ModelOptions::with_ops(operators());
        options.prepack_weights(true);
        Self::of(name, options.load_static_slice(file), outputs, threads)
    }

    /// Loads an ONNX file of the user's own, with whatever operators it has; without `output` its first one is meant.
    pub fn load_own(
        name: &str,
        file: Vec<u8>,
        output: Option<&str>,
        threads: &Threads,
    ) -> Result<Self, FaceError> {
        let mut options = ModelOptions::with_all_ops();
        options.prepack_weights(true);
        let model = options.load(file);
        match output {
            Some(output) => Self::of(name, model, &[output], threads),
            None => {
                let mut net = Self::of(name, model, &[], threads)?;
                net.outputs = net.model.output_ids().iter().take(1).copied().collect();
                Ok(net)
            }
        }
    }

    fn of(
        name: &str,
        model: Result<Model, LoadError>,
        outputs: &[&str],
        threads: &Threads,
    ) -> Result<Self, FaceError> {
        let failed = |cause: String| FaceError::Load { model: name.to_owned(), cause };
        let model = model.map_err(|error| failed(error.to_string()))?;
        let outputs = outputs.iter().map(|output| model.node_id(output)).collect::<Result<_, _>>();
        let outputs = outputs.map_err(|error| failed(error.to_string()))?;
        let input = *model.input_ids().first().ok_or_else(|| failed("it has no input".to_owned()))?;
        Ok(Self { name: name.to_owned(), model, input, outputs, threads: threads.clone() })
    }

    /// Runs the network on one picture and returns its outputs flattened.
    pub fn run(&self, picture: &Chw) -> Result<Vec<Vec<f32>>, FaceError> {
        let shape = [1, picture.channels, picture.height, picture.width];
        let input = NdTensorView::from_data(shape, picture.values.as_slice());
        let options = RunOptions::default().with_thread_pool(Some(self.threads.pool()));
        let values = self
            .model
            .run(vec![(self.input, input.into())], &self.outputs, Some(options))
            .map_err(|error| self.failed(error.to_string()))?;
        values
            .into_iter()
            .map(|value| {
                let tensor: Tensor<f32> =
                    value.try_into().map_err(|_| self.failed("an output is not of type f32".to_owned()))?;
                Ok(tensor.to_vec())
            })
            .collect()
    }

    /// As [`Net::run`], when the outputs' number and lengths are known.
    pub fn run_exactly<const N: usize>(
        &self,
        picture: &Chw,
        lengths: [usize; N],
    ) -> Result<[Vec<f32>; N], FaceError> {
        let outputs: [Vec<f32>; N] = self
            .run(picture)?
            .try_into()
            .map_err(|outputs: Vec<_>| self.failed(format!("it gave {} outputs, not {N}", outputs.len())))?;
        for (output, length) in outputs.iter().zip(lengths) {
            if output.len() != length {
                return Err(self.failed(format!("an output has {} values, not {length}", output.len())));
            }
        }
        Ok(outputs)
    }

    fn failed(&self, cause: String) -> FaceError {
        FaceError::Run { model: self.name.clone(), cause }
    }
}

/// The operators that occur in the vendored models; the others stay out of the program.
fn operators() -> OpRegistry {
    op_registry!(
        Abs,
        Add,
        AveragePool,
        Cast,
        Clip,
        Concat,
        Conv,
        ConvTranspose,
        DequantizeLinear,
        Gather,
        GlobalAveragePool,
        HardSwish,
        Identity,
        MaxPool,
        Mul,
        PRelu,
        Pad,
        Relu,
        Reshape,
        Resize,
        Shape,
        Sigmoid,
        Slice,
        Sub,
        Transpose,
        Unsqueeze
    )
}
