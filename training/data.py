"""Faces to draw on, and everything that makes an eye patch hard without spectacles being there."""

import csv
import glob
import json
import os

import cv2
import numpy as np

from patches import EYES, Axes, cut, size
from spectacles import spectacles

LEFT, TOP, IED_PX = EYES.left, EYES.top, EYES.ied
WIDTH, HEIGHT = size(EYES)


def read_faces(folder, labels):
    """Every face written by `cargo xtask evaluate --faces`, with its label row; drawn sitters have none."""
    rows = {row["file"]: row for row in csv.DictReader(open(labels))} if labels else {}
    faces = []
    for path in sorted(glob.glob(os.path.join(folder, "*.json"))):
        record = json.load(open(path))
        label = rows.get(record.get("file"))
        picture, mesh = surroundings(cv2.imread(record["path"])[:, :, ::-1], np.array(record["mesh"]))
        faces.append({"name": os.path.basename(path), "label": label, "picture": picture, "axes": Axes(mesh)})
    return faces


def surroundings(picture, mesh):
    """The part of a picture any patch may need, no finer than twice a patch, with the mesh in its pixels."""
    axes = Axes(mesh)
    reach = 3.3 * axes.ied
    left, top = (np.maximum(axes.origin - reach, 0)).astype(int)
    right, bottom = np.ceil(axes.origin + reach).astype(int)
    part = picture[top:bottom, left:right]
    mesh = mesh - np.array([left, top, 0.0])
    factor = min(1.0, 2 * IED_PX / axes.ied)
    if factor < 1:
        part = cv2.resize(part, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        mesh = mesh * factor
    return np.ascontiguousarray(part), mesh


def may_train(face, column, wears):
    """Our own sitters, and people's photos that are openly licensed (CC BY 4.0, CC0) and show nothing worn there."""
    label = face["label"]
    return label is None or (label["licence"].startswith("CC") and wears.get(label[column]) is False)


def jitter(rng):
    return (rng.normal(0, 0.025), rng.normal(0, 0.025), rng.normal(0, 0.03), np.exp(rng.normal(0, 0.04)))


def strands(patch, rng):
    """Loose hair over forehead and temples."""
    patch = patch.astype(np.float32)
    colour = np.array([(20, 18, 18), (60, 42, 30), (120, 90, 60), (170, 140, 100)][rng.integers(4)], np.float32)
    for _ in range(rng.integers(1, 14)):
        side = rng.choice([-1, 1])
        start = np.array([WIDTH / 2 + side * rng.uniform(0.1, 0.5) * WIDTH, -5.0])
        end = np.array([WIDTH / 2 + side * rng.uniform(0.25, 0.55) * WIDTH, rng.uniform(0.1, 1.1) * HEIGHT])
        bend = rng.normal(0, 12, 2)
        t = np.linspace(0, 1, 12)[:, None]
        line = start * (1 - t) ** 2 + 2 * t * (1 - t) * ((start + end) / 2 + bend) + end * t**2
        mask = np.zeros((HEIGHT, WIDTH), np.uint8)
        cv2.polylines(mask, [np.round(line * 16).astype(np.int32)], False, 255, int(rng.integers(1, 3)), cv2.LINE_AA, 4)
        share = (mask / 255.0 * rng.uniform(0.2, 0.9))[..., None]
        patch = patch * (1 - share) + colour * share
    return patch


def row(y):
    return (y - TOP) * IED_PX


def column(x):
    return (x - LEFT) * IED_PX


def fringe(patch, rng):
    """Hair down to or over the brows, with a ragged edge."""
    edge = rng.uniform(-0.55, -0.12)
    xs = np.arange(WIDTH)
    ragged = row(edge) + cv2.GaussianBlur(rng.normal(0, 14, (1, WIDTH)).astype(np.float32), (0, 0), rng.uniform(1, 5))[0]
    ragged += rng.uniform(-0.25, 0.25) * (xs - WIDTH / 2) * 0.4
    mask = (np.arange(HEIGHT)[:, None] < ragged[None]).astype(np.float32)
    mask = cv2.GaussianBlur(mask, (0, 0), rng.uniform(0.5, 2))[..., None]
    base = np.array([(22, 20, 20), (50, 36, 28), (110, 80, 55), (160, 130, 95)][rng.integers(4)], np.float32)
    grain = cv2.GaussianBlur(rng.normal(0, 40, (1, WIDTH)).astype(np.float32), (0, 0), 1.0)
    return patch * (1 - mask) + np.clip(base + grain[..., None], 0, 255) * mask


def face_mask(patch, rng):
    """A mask over nose and mouth, whose upper edge crosses the bridge."""
    xs = np.linspace(LEFT, LEFT + WIDTH / IED_PX, WIDTH)
    top, drop = rng.uniform(0.15, 0.6), rng.uniform(0.0, 0.35)
    edge = row(top + drop * np.abs(xs) ** rng.uniform(0.8, 2) + rng.normal(0, 0.08) * xs)
    mask = (np.arange(HEIGHT)[:, None] > edge[None]).astype(np.float32)
    mask = cv2.GaussianBlur(mask, (0, 0), rng.uniform(0.4, 1.5))[..., None]
    colour = np.array([(235, 238, 240), (120, 170, 205), (30, 30, 34), (200, 215, 225), (60, 70, 80)][rng.integers(5)], np.float32)
    shade = 1 - 0.25 * np.abs(xs)[None, :, None] + rng.normal(0, 0.03, (HEIGHT, 1, 1))
    return patch * (1 - mask) + np.clip(colour * shade, 0, 255) * mask


def hat(patch, rng):
    """A cap, scarf or band over the forehead: one tone with a straight or bent lower edge."""
    xs = np.linspace(LEFT, LEFT + WIDTH / IED_PX, WIDTH)
    edge = row(rng.uniform(-0.58, -0.3) + rng.uniform(-0.15, 0.25) * xs**2 + rng.normal(0, 0.08) * xs)
    mask = (np.arange(HEIGHT)[:, None] < edge[None]).astype(np.float32)
    mask = cv2.GaussianBlur(mask, (0, 0), rng.uniform(0.4, 1.2))[..., None]
    return patch * (1 - mask) + rng.uniform(10, 240, 3) * mask


def wrinkles(patch, rng):
    """Folds and bags under the eyes, crow's feet, a crease over the bridge."""
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    for side in (-1, 1):
        for _ in range(rng.integers(1, 4)):
            width, depth = rng.uniform(0.2, 0.42), rng.uniform(0.14, 0.4)
            t = np.linspace(-1, 1, 12) * rng.uniform(0.4, 1)
            x = side * (0.5 + rng.normal(0, 0.05)) + t * width
            y = depth - rng.uniform(0.05, 0.18) * t**2
            points = np.c_[column(x), row(y)]
            cv2.polylines(mask, [np.round(points * 16).astype(np.int32)], False, 255, int(rng.integers(1, 4)), cv2.LINE_AA, 4)
    if rng.random() < 0.4:
        y = rng.uniform(-0.2, 0.15)
        points = np.array([[column(-0.1), row(y)], [column(0.1), row(y + rng.normal(0, 0.03))]])
        cv2.polylines(mask, [np.round(points * 16).astype(np.int32)], False, 255, int(rng.integers(1, 3)), cv2.LINE_AA, 4)
    soft = cv2.GaussianBlur(mask, (0, 0), rng.uniform(0.8, 3)).astype(np.float32)[..., None] / 255
    return patch * (1 - soft * rng.uniform(0.1, 0.45)) + soft * rng.uniform(-5, 25)


def makeup(patch, rng):
    """Dark lids, strong brows, heavy lashes."""
    patch = patch.astype(np.float32)
    for side in (-1, 1):
        mask = np.zeros((HEIGHT, WIDTH), np.float32)
        centre = (int(column(side * 0.5)), int(row(rng.uniform(-0.12, 0.0))))
        cv2.ellipse(mask, centre, (int(rng.uniform(0.2, 0.32) * IED_PX), int(rng.uniform(0.06, 0.14) * IED_PX)), 0, 0, 360, 1.0, -1)
        mask = cv2.GaussianBlur(mask, (0, 0), rng.uniform(2, 5))[..., None]
        patch = patch * (1 - mask * rng.uniform(0.1, 0.5))
        brow = np.zeros((HEIGHT, WIDTH), np.uint8)
        t = np.linspace(-0.28, 0.28, 9)
        points = np.c_[column(side * (0.5 + t)), row(rng.uniform(-0.42, -0.26) + 0.5 * (t - 0.05) ** 2)]
        cv2.polylines(brow, [np.round(points * 16).astype(np.int32)], False, 255, int(rng.integers(2, 8)), cv2.LINE_AA, 4)
        soft = cv2.GaussianBlur(brow, (0, 0), rng.uniform(0.8, 2)).astype(np.float32)[..., None] / 255
        patch = patch * (1 - soft * rng.uniform(0.2, 0.75))
    return patch


def side_light(patch, rng, hardest=30, darkest=0.7):
    """Hard or soft shade across the face, also the straight shadow of the nose or of a hat's brim."""
    height, width = patch.shape[:2]
    angle, offset = rng.uniform(0, 2 * np.pi), rng.normal(0, 0.4)
    ys, xs = np.mgrid[0:height, 0:width]
    along = ((xs / width - 0.5) * np.cos(angle) + (ys / height - 0.5) * np.sin(angle) + offset) * rng.uniform(2, hardest)
    shade = 1 / (1 + np.exp(-np.clip(along, -30, 30)))
    return patch * (1 - rng.uniform(0.1, darkest) * shade[..., None])


DISTRACTIONS = [(strands, 0.3), (fringe, 0.18), (face_mask, 0.2), (hat, 0.1), (wrinkles, 0.45), (makeup, 0.3), (side_light, 0.3)]
# What lies over spectacles, and what lies beneath.
OVER = {"strands", "fringe", "face_mask", "hat"}


def film(patch, rng):
    """What lens, sensor and JPEG do."""
    patch = np.clip(patch, 0, 255).astype(np.uint8)
    height, width = patch.shape[:2]
    if rng.random() < 0.45:
        small = rng.uniform(0.35, 1.0)
        less = (max(24, int(width * small)), max(14, int(height * small)))
        patch = cv2.resize(cv2.resize(patch, less, interpolation=cv2.INTER_AREA), (width, height), interpolation=cv2.INTER_LINEAR)
    if rng.random() < 0.35:
        patch = cv2.GaussianBlur(patch, (0, 0), rng.uniform(0.3, 1.2))
    elif rng.random() < 0.25:
        soft = cv2.GaussianBlur(patch, (0, 0), 1.2)
        patch = np.clip(patch.astype(np.float32) * 1.6 - soft * 0.6, 0, 255).astype(np.uint8)
    patch = patch.astype(np.float32)
    patch = 255 * np.clip(patch / 255, 0, 1) ** np.exp(rng.normal(0, 0.25))
    patch = patch * np.exp(rng.normal(0, 0.08, 3)) * np.exp(rng.normal(0, 0.2)) + rng.normal(0, 6)
    if rng.random() < 0.15:
        patch = np.repeat(patch.mean(2, keepdims=True), 3, 2)
    patch += rng.normal(0, rng.uniform(0, 6), patch.shape)
    patch = np.clip(patch, 0, 255).astype(np.uint8)
    if rng.random() < 0.5:
        patch = cv2.imdecode(cv2.imencode(".jpg", patch, [cv2.IMWRITE_JPEG_QUALITY, int(rng.uniform(30, 95))])[1], 1)
    return patch


def eyes_sample(face, worn, rng):
    """One training patch of a bare face, with or without spectacles."""
    shake = jitter(rng)
    patch = cut(face["picture"], face["axes"], EYES, shake)
    chosen = [step for step, share in DISTRACTIONS if rng.random() < share]
    for step in chosen:
        if step.__name__ not in OVER:
            patch = np.clip(step(patch, rng), 0, 255).astype(np.uint8)
    if worn:
        patch = spectacles(patch, face["axes"], shake, rng)
    for step in chosen:
        # Nothing may hide the frame altogether.
        if step.__name__ in OVER and (not worn or step is not fringe):
            patch = np.clip(step(patch, rng), 0, 255).astype(np.uint8)
    if rng.random() < 0.5:
        patch = patch[:, ::-1]
    return film(patch, rng)


def normalised(patches):
    """What the network sees: the patch less its mean, over its spread, by all three channels together."""
    patches = patches.astype(np.float32)
    mean = patches.mean((-3, -2, -1), keepdims=True)
    spread = patches.std((-3, -2, -1), keepdims=True)
    return (patches - mean) / np.maximum(spread, 8.0)
