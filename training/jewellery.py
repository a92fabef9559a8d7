"""Draws jewellery at bare ears: studs, pearls, hoops, drops and sticks on the aligned patch beside the jaw.

The patch of the left ear is looked at mirrored, so that there is one kind of patch. Lengths are eye distances.
"""

import cv2
import numpy as np

import data
from patches import EAR, cut, size, to_patch

WIDTH, HEIGHT = size(EAR)
FINER = 3
SHIFT = 4
# Where a lobe hangs in the face's own space, and how far from there one may be.
LOBE, ABOUT = (1.13, 0.72, 0.95), (0.07, 0.10, 0.12)
METALS = [(212, 170, 90), (225, 195, 130), (190, 140, 80), (205, 205, 210), (150, 152, 158), (235, 235, 238), (40, 38, 40), (198, 140, 120)]
STONES = [(240, 238, 232), (250, 248, 240), (225, 222, 225), (25, 22, 24), (180, 20, 40), (30, 70, 160), (20, 120, 80), (240, 200, 60), (90, 200, 220), (230, 120, 160), (150, 70, 30)]


def mirrored(frame):
    return frame._replace(left=-frame.right, right=-frame.left)


def ear_patch(picture, axes, side, shake=(0.0, 0.0, 0.0, 1.0)):
    """The patch beside the right (+1) or left (-1) jaw, the left one mirrored."""
    if side > 0:
        return cut(picture, axes, EAR, shake)
    return cut(picture, axes, mirrored(EAR), shake)[:, ::-1].copy()


def lobe(axes, side, shake, rng):
    """Pixels of a place where an earring can hang."""
    x, y, z = np.array(LOBE) + rng.normal(0, 1, 3) * ABOUT
    place = to_patch([[side * x, y, z]], axes, EAR if side > 0 else mirrored(EAR), shake)[0]
    return place if side > 0 else np.array([WIDTH - 1 - place[0], place[1]])


def mask_of(draw):
    mask = np.zeros((HEIGHT * FINER, WIDTH * FINER), np.uint8)
    draw(mask)
    return mask.astype(np.float32) / 255


def fixed(points):
    return np.round(np.asarray(points) * FINER * 2**SHIFT).astype(np.int32)


def filled(points):
    return mask_of(lambda mask: cv2.fillPoly(mask, [fixed(points)], 255, cv2.LINE_AA, SHIFT))


def stroke(points, width, closed=False):
    return mask_of(lambda mask: cv2.polylines(mask, [fixed(points)], closed, 255, max(1, int(round(width * FINER))), cv2.LINE_AA, SHIFT))


def ring(centre, a, b, turn=0.0, count=48):
    t = np.linspace(0, 2 * np.pi, count, endpoint=False)
    x, y = a * np.cos(t), b * np.sin(t)
    return centre + np.c_[x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn)]


class Piece:
    """Layers of one piece of jewellery, each a mask with its tone, drawn finer than the patch."""

    def __init__(self, scene):
        self.scene, self.layers = scene, []

    def lay(self, mask, tone, rng, gleam=True):
        tone = np.clip(np.array(tone, np.float32) + rng.normal(0, 10, 3), 0, 255) * self.scene
        colour = np.ones((*mask.shape, 3), np.float32) * tone
        grain = cv2.resize(rng.random((9, 7)).astype(np.float32), mask.shape[::-1], interpolation=cv2.INTER_CUBIC)
        colour *= (0.65 + 0.7 * grain)[..., None]
        if gleam:
            light = cv2.resize(rng.random((28, 18)).astype(np.float32), mask.shape[::-1], interpolation=cv2.INTER_CUBIC)
            light = np.clip((light - rng.uniform(0.5, 0.85)) * 4, 0, 1) * rng.uniform(0.3, 1.0)
            colour += light[..., None] * (245 * self.scene - colour)
        self.layers.append((mask, colour))

    def ball(self, centre, radius, tone, rng):
        """Round and lit from above, with a spot of light and a darker rim."""
        mask = filled(ring(centre, radius, radius))
        ys, xs = np.mgrid[0 : HEIGHT * FINER, 0 : WIDTH * FINER] / FINER
        far = np.hypot(xs - centre[0], ys - centre[1]) / radius
        spot = np.exp(-((xs - centre[0] + 0.3 * radius) ** 2 + (ys - centre[1] + 0.35 * radius) ** 2) / (0.25 * radius) ** 2)
        tone = np.clip(np.array(tone, np.float32) + rng.normal(0, 8, 3), 0, 255) * self.scene
        colour = tone * (1 - rng.uniform(0.25, 0.6) * np.clip(far, 0, 1) ** 3)[..., None]
        colour = colour + (rng.uniform(0.2, 1.0) * spot)[..., None] * (250 * self.scene - colour)
        self.layers.append((mask, colour.astype(np.float32)))

    def onto(self, patch, rng):
        fine = cv2.resize(patch.astype(np.float32), (WIDTH * FINER, HEIGHT * FINER), interpolation=cv2.INTER_CUBIC)
        everything = np.max([mask for mask, _ in self.layers], axis=0)
        if rng.random() < 0.7:
            moved = cv2.warpAffine(everything, np.array([[1, 0, rng.normal(0, 4)], [0, 1, rng.uniform(0, 9)]]), everything.shape[::-1])
            moved = cv2.GaussianBlur(moved, (0, 0), rng.uniform(1.5, 8))
            fine *= 1 - (moved * rng.uniform(0.1, 0.5))[..., None]
        for mask, colour in self.layers:
            share = mask[..., None]
            fine = fine * (1 - share) + colour * share
        return np.clip(cv2.resize(fine, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA), 0, 255)


def of(tones, rng):
    return tones[rng.integers(len(tones))]


def earring(patch, at, rng):
    """The patch with one earring that hangs at `at`, pixels."""
    ied = EAR.ied
    piece = Piece(float(np.clip(patch.mean() / 125, 0.35, 1.25)))
    kind = rng.choice(["stud", "pearl", "hoop", "drop", "stick", "cluster", "plate"], p=[0.24, 0.16, 0.24, 0.14, 0.07, 0.09, 0.06])
    metal = of(METALS, rng)
    if kind == "stud":
        radius = rng.uniform(0.025, 0.065) * ied
        corners = rng.choice([3, 4, 4, 6, 40])
        t = np.linspace(0, 2 * np.pi, corners, endpoint=False) + rng.uniform(0, 6)
        piece.lay(filled(at + radius * np.c_[np.cos(t), np.sin(t)]), metal if rng.random() < 0.6 else of(STONES, rng), rng)
    elif kind == "pearl":
        piece.ball(at, rng.uniform(0.03, 0.08) * ied, of(STONES if rng.random() < 0.75 else METALS, rng), rng)
    elif kind == "hoop":
        tall = rng.uniform(0.06, 0.32) * ied
        wide = tall * rng.uniform(0.25, 1.0)
        outline = ring(at + [0, tall * rng.uniform(0.6, 0.95)], wide, tall, rng.normal(0, 0.12))
        for _ in range(rng.choice([1, 1, 1, 2, 3])):
            piece.lay(stroke(outline, rng.uniform(0.014, 0.05) * ied, True), metal, rng)
            outline = outline + rng.normal(0, 0.03, 2) * ied
    elif kind == "drop":
        end, here = at + [rng.normal(0, 0.02) * ied, 0], at
        for _ in range(rng.integers(1, 4)):
            end = here + np.array([rng.normal(0, 0.01), rng.uniform(0.06, 0.25)]) * ied
            piece.lay(stroke([here, end], rng.uniform(0.008, 0.025) * ied), metal, rng)
            if rng.random() < 0.6:
                piece.ball(end, rng.uniform(0.025, 0.09) * ied, of(STONES, rng), rng)
            else:
                high = rng.uniform(0.04, 0.14) * ied
                piece.lay(filled(ring(end + [0, high], high * rng.uniform(0.3, 0.8), high)), of(STONES + METALS, rng), rng)
            here = end
    elif kind == "stick":
        end = at + np.array([rng.normal(0, 0.03), rng.uniform(0.15, 0.6)]) * ied
        piece.lay(stroke([at, end], rng.uniform(0.02, 0.07) * ied), of(METALS + STONES, rng), rng)
    elif kind == "cluster":
        for _ in range(rng.integers(2, 7)):
            piece.ball(at + np.array([rng.normal(0, 0.05), rng.uniform(-0.25, 0.12)]) * ied, rng.uniform(0.015, 0.05) * ied, of(STONES + METALS, rng), rng)
    else:
        high, t = rng.uniform(0.1, 0.35) * ied, np.linspace(0, 2 * np.pi, 24, endpoint=False)
        outline = at + [0, high * 0.9] + np.c_[np.cos(t) * high * rng.uniform(0.3, 0.8), np.sin(t) * high] * (1 + rng.uniform(0, 0.25) * np.cos(t * rng.integers(2, 6)))[:, None]
        piece.lay(filled(outline), of(METALS + STONES, rng), rng)
    return piece.onto(patch, rng)


def noise(rng, grain):
    small = (max(2, int(HEIGHT / grain)), max(2, int(WIDTH / grain)))
    return cv2.resize(rng.normal(0, 1, (*small, 3)).astype(np.float32), (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)


def wall_of(patch):
    """Share of each pixel that is the even wall at the patch's outer edge."""
    edge = np.median(patch[:, -3:].reshape(-1, 3), axis=0)
    if np.abs(patch[:, -3:] - edge).mean() > 12:
        return None
    near = (np.abs(patch - edge).max(2) < 14).astype(np.uint8)
    count, parts = cv2.connectedComponents(near)
    outer = np.unique(parts[:, -1])
    mask = np.isin(parts, outer[outer > 0]).astype(np.float32) if count > 1 else near.astype(np.float32)
    return cv2.GaussianBlur(mask, (0, 0), 0.8)


def room(patch, rng):
    """Another place behind the sitter, with lamps, edges and things of any kind."""
    wall = wall_of(patch)
    if wall is None:
        return patch
    scene = np.ones_like(patch) * rng.uniform(10, 245, 3)
    for grain in (30, 12, 5, 2):
        scene = scene + noise(rng, grain) * rng.uniform(0, 35)
    for _ in range(rng.integers(0, 8)):
        one = np.zeros((HEIGHT, WIDTH), np.float32)
        centre = (int(rng.uniform(0, WIDTH)), int(rng.uniform(0, HEIGHT)))
        if rng.random() < 0.5:
            cv2.ellipse(one, centre, (int(rng.uniform(1, 14)), int(rng.uniform(1, 14))), rng.uniform(0, 180), 0, 360, 1.0, -1, cv2.LINE_AA)
        else:
            reach = rng.normal(0, 40, 2)
            cv2.line(one, centre, (int(centre[0] + reach[0]), int(centre[1] + reach[1])), 1.0, int(rng.integers(1, 9)), cv2.LINE_AA)
        one = cv2.GaussianBlur(one, (0, 0), rng.uniform(0.3, 3))[..., None]
        scene = scene * (1 - one) + rng.uniform(0, 255, 3) * one
    grey = scene.mean(2, keepdims=True)
    scene = grey + (scene - grey) * rng.uniform(0, 0.6)
    scene = cv2.GaussianBlur(np.clip(scene, 0, 255).astype(np.float32), (0, 0), rng.uniform(0.3, 4))
    return patch * (1 - wall[..., None]) + scene * wall[..., None]


def hair(patch, rng):
    """Hair that falls beside the jaw, over the ear or behind it, in locks with their own light."""
    from_x, lean = rng.uniform(0.1, 0.8) * WIDTH, rng.normal(0, 0.15)
    ys, xs = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    edge = from_x + lean * ys + 5 * np.sin(ys / rng.uniform(6, 40) + rng.uniform(0, 6))
    width = rng.uniform(0.2, 1.2) * WIDTH
    mask = ((xs > edge) & (xs < edge + width)).astype(np.float32)
    if rng.random() < 0.5:
        mask *= ys < rng.uniform(0.2, 1.2) * HEIGHT
    mask = cv2.GaussianBlur(mask, (0, 0), rng.uniform(0.5, 2))
    base = np.array([(22, 20, 20), (50, 36, 28), (110, 80, 55), (170, 140, 100), (190, 100, 60), (200, 150, 165), (60, 40, 80)][rng.integers(7)], np.float32)
    along = xs - edge + 3 * np.sin(ys / rng.uniform(4, 20) + rng.uniform(0, 6))
    lock = np.interp(along, np.linspace(-80, 160, 240), cv2.GaussianBlur(rng.normal(0, 1, (1, 240)), (0, 0), rng.uniform(0.6, 3))[0])
    lock = lock / max(float(np.abs(lock).max()), 1e-6)
    sheen = np.exp(-(((ys - rng.uniform(0, HEIGHT)) / rng.uniform(5, 30)) ** 2)) * rng.uniform(0, 0.8)
    stuff = base * (1 + rng.uniform(0.1, 0.7) * lock + sheen)[..., None]
    return patch * (1 - mask[..., None]) + np.clip(stuff, 0, 255) * mask[..., None]


def wisps(patch, rng):
    """Single hairs."""
    colour = rng.uniform(10, 200) * np.array([1.0, rng.uniform(0.6, 1), rng.uniform(0.4, 1)])
    for _ in range(rng.integers(1, 8)):
        start, end = np.array([rng.uniform(0, WIDTH), -4.0]), np.array([rng.uniform(0, WIDTH), rng.uniform(0.3, 1.1) * HEIGHT])
        t = np.linspace(0, 1, 12)[:, None]
        line = start * (1 - t) ** 2 + 2 * t * (1 - t) * ((start + end) / 2 + rng.normal(0, 14, 2)) + end * t**2
        mask = cv2.resize(stroke(line, rng.uniform(0.3, 1.2)), (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)[..., None] * rng.uniform(0.2, 0.9)
        patch = patch * (1 - mask) + colour * mask
    return patch


def marks(patch, rng):
    """Moles, spots and soft gleams on skin."""
    for _ in range(rng.integers(1, 5)):
        one = np.zeros((HEIGHT, WIDTH), np.float32)
        cv2.circle(one, (int(rng.uniform(0, WIDTH)), int(rng.uniform(0, HEIGHT))), int(rng.integers(1, 3)), 1.0, -1, cv2.LINE_AA)
        one = cv2.GaussianBlur(one, (0, 0), rng.uniform(0.5, 3))[..., None]
        patch = patch * (1 - one * rng.uniform(0.1, 0.6)) if rng.random() < 0.6 else patch + one * rng.uniform(10, 60)
    return patch


def beard(patch, rng):
    """Stubble or a beard along the jaw: short dark or grey strokes on what is not the wall."""
    grain = rng.normal(0, 1, (HEIGHT, WIDTH)).astype(np.float32)
    grain = cv2.GaussianBlur(grain, (0, 0), rng.uniform(0.5, 1.4))
    grain = grain / max(float(grain.std()), 1e-6)
    ys, xs = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    edge = rng.uniform(0.2, 0.7) * WIDTH - rng.uniform(0, 0.3) * ys + 2 * np.sin(ys / rng.uniform(5, 15))
    share = 1 / (1 + np.exp(np.clip((xs - edge) / rng.uniform(0.5, 3), -30, 30)))
    share *= ys > rng.uniform(-0.2, 0.4) * HEIGHT
    tone = rng.choice([25.0, 45.0, 80.0, 150.0, 200.0])
    dense = np.clip(rng.uniform(0.1, 0.7) + 0.3 * grain, 0, 1) * share
    return patch * (1 - dense[..., None]) + tone * np.clip(1 + 0.3 * grain, 0, 2)[..., None] * dense[..., None]


def collar(patch, rng):
    """Clothes that reach up to the jaw: a shirt's edge, a knitted neck, a cord."""
    ys, xs = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    edge = rng.uniform(0.55, 1.0) * HEIGHT + rng.uniform(-0.6, 0.3) * xs
    mask = cv2.GaussianBlur((ys > edge).astype(np.float32), (0, 0), rng.uniform(0.4, 1.5))[..., None]
    stuff = rng.uniform(5, 245, 3) * (1 + rng.uniform(0, 0.3) * np.sin((xs + ys * rng.normal(0, 1)) * rng.uniform(0.2, 1.8)))[..., None]
    return patch * (1 - mask) + np.clip(stuff, 0, 255) * mask


def fingers(patch, rng):
    """A hand at the jaw."""
    tone = np.median(patch[:, : WIDTH // 4].reshape(-1, 3), axis=0)
    start, lean = np.array([rng.uniform(0.1, 0.9) * WIDTH, HEIGHT + 5.0]), rng.normal(0, 0.4)
    for _ in range(rng.integers(1, 5)):
        start = start + [rng.uniform(7, 14), rng.uniform(-6, 6)]
        end = start + rng.uniform(0.3, 1.0) * HEIGHT * np.array([lean + rng.normal(0, 0.1), -1.0])
        mask = cv2.resize(stroke([start, end], rng.uniform(7, 13)), (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
        edge = mask - cv2.GaussianBlur(mask, (0, 0), 2)
        colour = tone * rng.uniform(0.85, 1.1) + rng.normal(0, 4, 3)
        patch = patch * (1 - mask[..., None]) + np.clip(colour - 90 * np.abs(edge)[..., None], 0, 255) * mask[..., None]
    return patch


def cut_off(patch, rng):
    """The picture ends below or beside the ear: its last line is repeated."""
    patch = patch.copy()
    if rng.random() < 0.6:
        row = int(rng.uniform(0.6, 0.95) * HEIGHT)
        patch[row:] = patch[row]
    else:
        column = int(rng.uniform(0.5, 0.95) * WIDTH)
        patch[:, column:] = patch[:, column : column + 1]
    return patch


def softened(patch, rng):
    """What lens, sensor and JPEG do where a stud must still be seen."""
    height, width = patch.shape[:2]
    patch = np.clip(patch, 0, 255).astype(np.uint8)
    if rng.random() < 0.5:
        small = rng.uniform(0.45, 1.0)
        less = (int(width * small), int(height * small))
        patch = cv2.resize(cv2.resize(patch, less, interpolation=cv2.INTER_AREA), (width, height), interpolation=cv2.INTER_LINEAR)
    elif rng.random() < 0.3:
        patch = cv2.GaussianBlur(patch, (0, 0), rng.uniform(0.3, 0.9))
    patch = 255 * (patch.astype(np.float32) / 255) ** np.exp(rng.normal(0, 0.2))
    patch = patch * np.exp(rng.normal(0, 0.06, 3)) * np.exp(rng.normal(0, 0.15)) + rng.normal(0, 5)
    if rng.random() < 0.1:
        patch = np.repeat(patch.mean(2, keepdims=True), 3, 2)
    patch = np.clip(patch + rng.normal(0, rng.uniform(0, 4), patch.shape), 0, 255).astype(np.uint8)
    if rng.random() < 0.5:
        patch = cv2.imdecode(cv2.imencode(".jpg", patch, [cv2.IMWRITE_JPEG_QUALITY, int(rng.uniform(50, 95))])[1], 1)
    return patch


def ear_sample(face, wears, rng):
    """One training patch beside the jaw, with or without an earring."""
    side = rng.choice([-1, 1])
    shake = (rng.normal(0, 0.05), rng.normal(0, 0.05), rng.normal(0, 0.05), np.exp(rng.normal(0, 0.06)))
    patch = ear_patch(face["picture"], face["axes"], side, shake).astype(np.float32)
    at = lobe(face["axes"], side, shake, rng)
    if rng.random() < 0.6:
        patch = room(patch, rng)
    behind = rng.random() < 0.3
    if behind:
        patch = hair(patch, rng)
    if rng.random() < 0.2:
        patch = collar(patch, rng)
    if rng.random() < 0.25:
        patch = beard(patch, rng)
    if rng.random() < 0.3:
        patch = marks(patch, rng)
    if wears:
        patch = earring(patch, at, rng)
    elif not behind and rng.random() < 0.25:
        patch = hair(patch, rng)
    if rng.random() < 0.25:
        patch = wisps(patch, rng)
    if rng.random() < 0.3:
        patch = data.side_light(patch, rng, 20, 0.6)
    if rng.random() < 0.12:
        patch = fingers(patch, rng)
    if rng.random() < 0.2:
        patch = cut_off(patch, rng)
    return softened(patch, rng)


def ear_views(face):
    """The patches that are looked at in a photo; the greater answer counts."""
    return [ear_patch(face["picture"], face["axes"], side) for side in (-1, 1)]
