"""Trains a network on drawn spectacles, headwear or earrings and writes it as ONNX. See README.md.

    python train.py glasses --faces DIR --labels labels.csv --out ../assets/models/glasses.onnx [--minutes 10]
"""

import argparse
import os
import time
from concurrent.futures import ProcessPoolExecutor

import jax
import jax.numpy as jnp
import numpy as np
import optax

import data
from headwear import head_sample
from jewellery import ear_sample, ear_views
from patches import EAR, EYES, HEAD, cut, size


def and_mirrored(frame):
    def views(face):
        patch = cut(face["picture"], face["axes"], frame)
        return [patch, patch[:, ::-1]]

    return views


# What is looked for: the patch, how one is drawn, which label says that a person wears it, and which patches of a photo are
# looked at, and how their answers are put together.
TASKS = {
    "glasses": (EYES, data.eyes_sample, "glasses", {"none": False, "clear": True, "sun": True}, and_mirrored(EYES), np.mean),
    "covering": (HEAD, head_sample, "head_covering", {"n": False, "y": True}, and_mirrored(HEAD), np.mean),
    "earrings": (EAR, ear_sample, "earring", {"n": False, "y": True}, ear_views, np.max),
}

# Kernel size, stride, channels of each layer; all are followed by a rectifier.
LAYERS = [(5, 2, 12), (3, 2, 24), (3, 1, 32), (3, 2, 40), (3, 1, 48)]
BATCH = 64
# The program's engine wants every attribute of a convolution said.
PLAIN = {"dilations": [1, 1], "pads": [0, 0, 0, 0], "group": 1}


def initial(key):
    params, before = [], 3
    for kernel, _, channels in LAYERS:
        key, here = jax.random.split(key)
        scale = np.sqrt(2 / (kernel * kernel * before))
        params.append((jax.random.normal(here, (kernel, kernel, before, channels)) * scale, jnp.zeros(channels)))
        before = channels
    key, here = jax.random.split(key)
    params.append((jax.random.normal(here, (2 * before * 3, 1)) * 0.05, jnp.zeros(1)))
    return params


def thirds(features):
    """Left, middle and right third of the patch, each by its greatest and its mean activity."""
    width = features.shape[2]
    a, b = width // 3, width - width // 3
    parts = [features[:, :, :a], features[:, :, a:b], features[:, :, b:]]
    return jnp.concatenate([f(part, axis=(1, 2)) for part in parts for f in (jnp.max, jnp.mean)], axis=1)


def logits(params, patches, key=None):
    values = patches
    for (weights, bias), (_, stride, _) in zip(params, LAYERS):
        values = jax.lax.conv_general_dilated(values, weights, (stride, stride), "VALID", dimension_numbers=("NHWC", "HWIO", "NHWC"))
        values = jax.nn.relu(values + bias)
    pooled = thirds(values)
    if key is not None:
        pooled = pooled * jax.random.bernoulli(key, 0.7, pooled.shape) / 0.7
    weights, bias = params[-1]
    return (pooled @ weights + bias)[:, 0]


def make(job):
    """A block of training patches; run in another process."""
    faces, seed, count = job
    rng = np.random.default_rng(seed)
    patches, worn = [], []
    for _ in range(count):
        face = faces[int(rng.choice(len(faces), p=WEIGHTS))]
        wears = bool(rng.random() < 0.5)
        patches.append(DRAW(face, wears, rng))
        worn.append(wears)
    return np.stack(patches), np.array(worn, np.float32)


FACES, WEIGHTS, DRAW = None, None, None


def start(faces, weights, draw):
    global FACES, WEIGHTS, DRAW
    FACES, WEIGHTS, DRAW = faces, weights, draw


def block(job):
    return make((FACES, *job))


def train(faces, draw, minutes, seed=1, real_share=0.55, begin=None):
    """Fits the network for so many minutes; photos of people and drawn sitters weigh as `real_share` says."""
    real = np.array([face["label"] is not None for face in faces], float)
    weights = real / max(real.sum(), 1) * real_share + (1 - real) / max((1 - real).sum(), 1) * (1 - real_share)
    weights = weights / weights.sum()
    start(faces, weights, draw)
    params = begin or initial(jax.random.PRNGKey(seed))
    begun, total = time.time(), minutes * 60
    # The rate falls with the time used, so that any machine ends at a low one.
    optimiser = optax.inject_hyperparams(optax.adamw)(learning_rate=2e-3, weight_decay=1e-4)
    state = optimiser.init(params)

    @jax.jit
    def step(params, state, patches, worn, key):
        def loss(params):
            target = worn * 0.96 + 0.02
            return optax.sigmoid_binary_cross_entropy(logits(params, patches, key), target).mean()

        value, slopes = jax.value_and_grad(loss)(params)
        updates, state = optimiser.update(slopes, state, params)
        return optax.apply_updates(params, updates), state, value

    key, steps, losses, pool_patches, pool_worn = jax.random.PRNGKey(seed + 1), 0, [], None, None
    with ProcessPoolExecutor(1, initializer=start, initargs=(faces, weights, draw)) as workers:
        jobs = [workers.submit(block, (seed * 1_000_003 + i, 256)) for i in range(3)]
        index = 3
        rng = np.random.default_rng(seed)
        while time.time() - begun < total:
            fresh = None
            if pool_patches is None or jobs[0].done():
                fresh = jobs.pop(0).result()
                jobs.append(workers.submit(block, (seed * 1_000_003 + index, 256)))
                index += 1
            if fresh is not None:
                patches, worn = fresh
                pool_patches = patches if pool_patches is None else np.concatenate([pool_patches, patches])[-12_000:]
                pool_worn = worn if pool_worn is None else np.concatenate([pool_worn, worn])[-12_000:]
            pick = rng.integers(0, len(pool_worn), BATCH)
            state.hyperparams["learning_rate"] = 2e-3 * 0.5 * (1 + np.cos(np.pi * min(1, (time.time() - begun) / total))) + 1e-5
            key, here = jax.random.split(key)
            params, state, value = step(params, state, data.normalised(pool_patches[pick]), pool_worn[pick], here)
            losses.append(float(value))
            steps += 1
            if steps % 200 == 0:
                print(f"{time.time() - begun:5.0f} s, {steps} steps, {index * 256} drawn, loss {np.mean(losses[-200:]):.3f}", flush=True)
    return params


def answers(params, faces, views, together):
    """Log odds of each face."""
    run = jax.jit(lambda patches: logits(params, patches))
    return np.array([float(together(run(data.normalised(np.stack(views(face)))))) for face in faces])


def read_onnx(file):
    """The parameters of a network written before."""
    import onnx
    from onnx import numpy_helper

    tensors = {tensor.name: numpy_helper.to_array(tensor) for tensor in onnx.load(file).graph.initializer}
    layers = [(jnp.array(tensors[f"w{i}"].transpose(2, 3, 1, 0)), jnp.array(tensors[f"b{i}"])) for i in range(len(LAYERS))]
    return [*layers, (jnp.array(tensors["w"][:, :, 0, 0].T), jnp.array(tensors["b"]))]


def write_onnx(params, frame, name_of, file):
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    nodes, tensors, name = [], [], "patch"
    for index, ((weights, bias), (kernel, stride, _)) in enumerate(zip(params, LAYERS)):
        tensors.append(numpy_helper.from_array(np.asarray(weights, np.float32).transpose(3, 2, 0, 1).copy(), f"w{index}"))
        tensors.append(numpy_helper.from_array(np.asarray(bias, np.float32), f"b{index}"))
        nodes.append(helper.make_node("Conv", [name, f"w{index}", f"b{index}"], [f"c{index}"], kernel_shape=[kernel, kernel], strides=[stride, stride], **PLAIN))
        nodes.append(helper.make_node("Relu", [f"c{index}"], [f"r{index}"]))
        name = f"r{index}"
    width = shape_after(frame)[1]
    a, b = width // 3, width - width // 3
    parts = []
    for part, (start, end) in enumerate([(0, a), (a, b), (b, width)]):
        for tag, value in (("s", start), ("e", end)):
            tensors.append(numpy_helper.from_array(np.array([value], np.int64), f"{tag}{part}"))
        nodes.append(helper.make_node("Slice", [name, f"s{part}", f"e{part}", "axis"], [f"p{part}"]))
        nodes.append(helper.make_node("MaxPool", [f"p{part}"], [f"max{part}"], kernel_shape=[shape_after(frame)[0], end - start], strides=[1, 1], pads=[0, 0, 0, 0]))
        nodes.append(helper.make_node("GlobalAveragePool", [f"p{part}"], [f"mean{part}"]))
        parts += [f"max{part}", f"mean{part}"]
    tensors.append(numpy_helper.from_array(np.array([3], np.int64), "axis"))
    nodes.append(helper.make_node("Concat", parts, ["pooled"], axis=1))
    weights, bias = params[-1]
    tensors.append(numpy_helper.from_array(np.asarray(weights, np.float32).T[:, :, None, None].copy(), "w"))
    tensors.append(numpy_helper.from_array(np.asarray(bias, np.float32), "b"))
    nodes.append(helper.make_node("Conv", ["pooled", "w", "b"], ["log_odds"], kernel_shape=[1, 1], strides=[1, 1], **PLAIN))
    graph = helper.make_graph(
        nodes,
        name_of,
        [helper.make_tensor_value_info("patch", TensorProto.FLOAT, [1, 3, *size(frame)[::-1]])],
        [helper.make_tensor_value_info("log_odds", TensorProto.FLOAT, [1, 1, 1, 1])],
        tensors,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    model.ir_version = 8
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, file)


def shape_after(frame):
    width, height = size(frame)
    for kernel, stride, _ in LAYERS:
        height, width = (height - kernel) // stride + 1, (width - kernel) // stride + 1
    return height, width


def main():
    words = argparse.ArgumentParser()
    words.add_argument("task", choices=TASKS)
    words.add_argument("--faces", required=True)
    words.add_argument("--labels")
    words.add_argument("--out", required=True)
    words.add_argument("--minutes", type=float, default=10)
    words.add_argument("--begin", help="go on from this network")
    words.add_argument("--scores", help="CSV of every photo's log odds; stays outside the repository")
    words = words.parse_args()
    faces = data.read_faces(words.faces, words.labels)
    frame, draw, column, bare, views, together = TASKS[words.task]
    chosen = [face for face in faces if data.may_train(face, column, bare)]
    print(f"{len(chosen)} bare faces to draw on, {sum(face['label'] is not None for face in chosen)} of them photos")
    params = train(chosen, draw, words.minutes, begin=words.begin and read_onnx(words.begin))
    write_onnx(params, frame, words.task, words.out)
    if words.scores:
        photos = [face for face in faces if face["label"] is not None]
        with open(words.scores, "w") as out:
            for face, value in zip(photos, answers(params, photos, views, together)):
                out.write(f"{face['label']['file']},{value:.4f},{int(any(face is one for one in chosen))}\n")


if __name__ == "__main__":
    os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false")
    main()
