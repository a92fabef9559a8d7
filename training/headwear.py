"""Draws hats, caps, scarves, hoods and the like on bare heads, on the aligned patch of the whole head."""

import cv2
import numpy as np

import data
from patches import HEAD, cut, size
from spectacles import spectacles

WIDTH, HEIGHT = size(HEAD)
SHIFT = 4
CLOTH = [
    (18, 18, 20), (40, 40, 46), (90, 90, 96), (150, 150, 152), (235, 235, 232), (215, 205, 185), (150, 115, 80), (95, 65, 45),
    (140, 25, 30), (205, 40, 60), (235, 110, 150), (220, 120, 40), (240, 200, 60), (30, 90, 60), (110, 140, 80), (25, 45, 95),
    (60, 110, 190), (150, 200, 235), (95, 60, 130), (70, 80, 60),
]


# Share of heads, bare and covered alike, that wear glasses, so that glasses say nothing about hats.
GLASSES_SHARE = 0.3


def pixels(x, y):
    return np.c_[(np.asarray(x) - HEAD.left) * HEAD.ied, (np.asarray(y) - HEAD.top) * HEAD.ied]


def filled(points):
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    cv2.fillPoly(mask, [np.round(points * 2**SHIFT).astype(np.int32)], 255, cv2.LINE_AA, SHIFT)
    return mask.astype(np.float32) / 255


def cloth(rng):
    """A piece of stuff: a tone with shade, weave, stripes, folds, fur or a pattern."""
    base = np.array(CLOTH[rng.integers(len(CLOTH))], np.float32) + rng.normal(0, 12, 3)
    ys, xs = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    stuff = np.broadcast_to(base, (HEIGHT, WIDTH, 3)).copy()
    kind = rng.choice(["plain", "plain", "knit", "stripes", "folds", "fur", "pattern", "camouflage"])
    if kind == "knit":
        wave = np.sin(xs * rng.uniform(0.9, 2.2) + rng.normal(0, 0.4)) * np.cos(ys * rng.uniform(0.3, 1.4))
        stuff *= 1 + rng.uniform(0.05, 0.25) * wave[..., None]
    elif kind == "stripes":
        angle, step = rng.uniform(0, np.pi), rng.uniform(0.15, 0.9)
        band = np.sin((xs * np.cos(angle) + ys * np.sin(angle)) * step) > rng.uniform(-0.5, 0.6)
        stuff = np.where(band[..., None], stuff, np.array(CLOTH[rng.integers(len(CLOTH))], np.float32))
    elif kind == "folds":
        angle = rng.uniform(0, np.pi)
        bent = xs * np.cos(angle) + ys * np.sin(angle) + 6 * np.sin(ys / rng.uniform(8, 25))
        stuff *= 1 + rng.uniform(0.1, 0.35) * np.sin(bent * rng.uniform(0.15, 0.5))[..., None]
    elif kind == "fur":
        grain = cv2.GaussianBlur(rng.normal(0, 1, (HEIGHT, WIDTH)).astype(np.float32), (0, 0), rng.uniform(0.6, 1.8))
        stuff *= 1 + 0.5 * (grain / max(grain.std(), 1e-6) * 0.5)[..., None]
    elif kind in ("pattern", "camouflage"):
        blot = cv2.GaussianBlur(rng.normal(0, 1, (HEIGHT, WIDTH)).astype(np.float32), (0, 0), rng.uniform(1.2, 5))
        other = np.array(CLOTH[rng.integers(len(CLOTH))], np.float32)
        stuff = np.where((blot > blot.std() * rng.uniform(-0.3, 1))[..., None], stuff, other)
    soft = cv2.GaussianBlur(rng.normal(0, 1, (HEIGHT, WIDTH)).astype(np.float32), (0, 0), rng.uniform(4, 12))
    stuff *= 1 + rng.uniform(0.02, 0.18) * (soft / max(soft.std(), 1e-6))[..., None]
    # Round things are darker at their sides.
    middle, reach = WIDTH / 2 + rng.normal(0, 12), WIDTH * rng.uniform(0.4, 0.7)
    round_shade = 1 - rng.uniform(0.1, 0.6) * np.clip(np.abs(xs - middle) / reach, 0, 1) ** 2
    top_light = 1 + rng.uniform(-0.15, 0.3) * (0.5 - ys / HEIGHT)
    return np.clip(stuff * round_shade[..., None] * top_light[..., None], 0, 255)


def laid(patch, mask, stuff):
    return patch * (1 - mask[..., None]) + stuff * mask[..., None]


def shadow_below(patch, mask, rng):
    moved = cv2.warpAffine(mask, np.array([[1, 0, rng.normal(0, 2)], [0, 1, rng.uniform(1, 7)]]), (WIDTH, HEIGHT))
    moved = cv2.GaussianBlur(moved, (0, 0), rng.uniform(1, 4))
    return patch * (1 - (moved * rng.uniform(0.1, 0.6))[..., None])


def dome(edge, half, top, lean, power, sag):
    """Outline of a crown of cloth: a lower edge over the forehead and a round top."""
    t = np.linspace(np.pi, 2 * np.pi, 40)
    x = np.sign(np.cos(t)) * np.abs(np.cos(t)) ** (2 / power) * half + lean * (-np.sin(t))
    y = edge + np.sign(np.sin(t)) * np.abs(np.sin(t)) ** (2 / power) * (edge - top)
    b = np.linspace(1, -1, 20)
    return np.r_[np.c_[x, y], np.c_[b * half, edge + sag * (1 - b**2)]]


def worn(patch, rng):
    """The patch with something on the head."""
    kind = rng.choice(
        ["cap", "beanie", "brimmed", "scarf", "hood", "turban", "beret", "helmet", "bandana"],
        p=[0.26, 0.15, 0.13, 0.15, 0.08, 0.07, 0.06, 0.05, 0.05],
    )
    patch = patch.astype(np.float32)
    stuff = cloth(rng) * np.clip(patch.mean() / 120, 0.45, 1.35)
    edge, half = rng.uniform(-0.95, -0.45), rng.uniform(0.98, 1.3)
    turn = rng.normal(0, 0.12)

    def put(outline, what, patch):
        outline = outline + np.c_[np.zeros(len(outline)), turn * outline[:, 0]]
        mask = filled(pixels(outline[:, 0], outline[:, 1]))
        if rng.random() < 0.2:
            rough = cv2.GaussianBlur(rng.normal(0, 1, mask.shape).astype(np.float32), (0, 0), 1.2)
            mask = np.clip(cv2.GaussianBlur(mask, (0, 0), 1.5) + 0.4 * rough * (mask > 0.01) * (mask < 0.99), 0, 1)
        patch = shadow_below(patch, mask, rng)
        return laid(patch, mask, what), mask

    if kind in ("scarf", "hood"):
        inner = rng.uniform(0.95, 1.12) if kind == "scarf" else rng.uniform(1.05, 1.3)
        outer, top = inner + rng.uniform(0.25, 0.6), rng.uniform(-2.3, -1.6)
        t = np.linspace(0, 2 * np.pi, 60)
        opening_top, opening_bottom = edge, rng.uniform(1.7, 2.2)
        centre = (opening_top + opening_bottom) / 2
        hole = filled(pixels(inner * np.cos(t), centre + np.sin(t) * (opening_bottom - opening_top) / 2))
        u = np.linspace(np.pi, 2 * np.pi, 30)
        body = np.r_[np.c_[outer * np.cos(u), -0.2 + np.sin(u) * (-0.2 - top)], np.array([[outer * 1.15, 1.0], [-outer * 1.15, 1.0]])]
        mask = np.clip(filled(pixels(body[:, 0], body[:, 1])) - hole, 0, 1)
        patch = shadow_below(patch, mask, rng)
        if kind == "hood":
            rim = np.clip(cv2.dilate(hole, np.ones((3, 3))) - hole, 0, 1)
            stuff = stuff * (1 - 0.5 * cv2.GaussianBlur(rim, (0, 0), 2)[..., None])
        return laid(patch, mask, stuff)
    top = edge - rng.uniform(0.75, 1.35)
    if kind == "turban":
        half, top = rng.uniform(1.15, 1.55), edge - rng.uniform(1.0, 1.6)
    if kind == "helmet":
        half, top = rng.uniform(1.2, 1.7), edge - rng.uniform(1.1, 1.7)
    if kind == "bandana":
        top = edge - rng.uniform(0.55, 0.9)
    lean = rng.normal(0, 0.5) if kind == "beret" else rng.normal(0, 0.08)
    if kind == "beret":
        half, top = rng.uniform(1.15, 1.5), edge - rng.uniform(0.6, 0.95)
    if kind == "brimmed":
        reach, high = rng.uniform(1.45, 2.3), rng.uniform(0.12, 0.4)
        t = np.linspace(0, 2 * np.pi, 50)
        bend = rng.uniform(-0.35, 0.35)
        brim = np.c_[reach * np.cos(t), edge - 0.05 + high * np.sin(t) - bend * np.cos(t) ** 2]
        patch, _ = put(brim, stuff * rng.uniform(0.55, 1.0), patch)
    patch, mask = put(dome(edge, half, top, lean, rng.uniform(1.9, 3.2), rng.uniform(-0.25, 0.12)), stuff, patch)
    if kind == "brimmed" and rng.random() < 0.6:
        band = dome(edge, half * 1.01, edge - rng.uniform(0.1, 0.3), 0, 5.0, -0.05)
        patch, _ = put(band, cloth(rng), patch)
        front = np.c_[np.linspace(-1, 1, 20) * half * 1.3, edge - 0.02 + rng.uniform(0.08, 0.3) * (1 - np.linspace(-1, 1, 20) ** 2)]
        patch, _ = put(np.r_[front, front[::-1] - [0, 0.12]], stuff * 0.8, patch)
    if kind == "beanie":
        band = dome(edge, half * 1.03, edge - rng.uniform(0.25, 0.45), 0, 6.0, rng.uniform(-0.1, 0.05))
        patch, _ = put(band, stuff * rng.uniform(0.75, 1.15), patch)
    if kind == "cap":
        # The peak: a crescent below the edge, seen from the front or a little from the side.
        aside, reach, deep = rng.normal(0, 0.25), rng.uniform(0.75, 1.2), rng.uniform(0.1, 0.5)
        b = np.linspace(-1, 1, 30)
        upper = np.c_[aside + reach * b, edge + rng.uniform(-0.25, 0.05) * (1 - b**2)]
        lower = np.c_[aside + reach * b[::-1] * rng.uniform(0.95, 1.1), edge + deep * (1 - np.abs(b[::-1]) ** rng.uniform(2, 4)) + 0.02]
        peak = stuff * rng.uniform(0.4, 1.1) if rng.random() < 0.8 else cloth(rng)
        patch, _ = put(np.r_[upper, lower], peak, patch)
    if kind in ("cap", "beanie", "helmet") and rng.random() < 0.5:
        x, y, w, h = rng.normal(0, 0.15), edge - rng.uniform(0.35, 0.7), rng.uniform(0.1, 0.4), rng.uniform(0.08, 0.3)
        logo = np.array([[x - w, y - h], [x + w, y - h], [x + w, y + h], [x - w, y + h]])
        patch, _ = put(logo, cloth(rng), patch)
    if kind == "helmet":
        spot = filled(pixels(rng.normal(-0.3, 0.3) + 0.3 * np.cos(np.linspace(0, 6.28, 20)), top + 0.45 + 0.2 * np.sin(np.linspace(0, 6.28, 20))))
        patch = laid(patch, cv2.GaussianBlur(spot, (0, 0), 2) * rng.uniform(0.3, 0.9), np.full_like(patch, 245))
    return patch


def clutter(patch, rng):
    """Something in the room behind or above the head: a lamp, a frame, a shelf."""
    x, y, w, h = rng.uniform(-1.7, 1.7), rng.uniform(-2.6, -1.9), rng.uniform(0.1, 1.2), rng.uniform(0.05, 0.5)
    mask = filled(pixels([x - w, x + w, x + w, x - w], [y - h, y - h, y + h, y + h]))
    return laid(patch, mask, cloth(rng))


def cut_off(patch, rng):
    """The picture ends above the brows: the last row is repeated upwards, as it is for a face cut tightly."""
    row = int((rng.uniform(-1.6, -0.7) - HEAD.top) * HEAD.ied)
    patch = patch.copy()
    patch[:row] = patch[row]
    return patch


def dyed(patch, rng):
    """Hair of any colour: what is dark above the brows is toned."""
    ys = np.arange(HEIGHT)[:, None] / HEAD.ied + HEAD.top
    grey = patch.mean(2)
    share = np.clip((110 - grey) / 60, 0, 1) * np.clip((-0.25 - ys) * 4, 0, 1)
    tone = np.array([(200, 160, 90), (150, 80, 50), (190, 190, 190), (180, 90, 130), (110, 70, 40)][rng.integers(5)], np.float32)
    lit = np.clip(grey[..., None] / 45.0, 0.2, 1.6) * tone * rng.uniform(0.5, 1)
    return patch * (1 - share[..., None]) + lit * share[..., None]


def hair_band(patch, rng):
    """A narrow band or a clip in the hair covers nothing."""
    y = rng.uniform(-1.6, -0.95)
    t = np.linspace(-1, 1, 20)
    width, thick = rng.uniform(0.6, 1.1), rng.uniform(0.02, 0.07)
    line = np.c_[t * width, y + 0.35 * t**2]
    mask = filled(pixels(*np.r_[line - [0, thick], line[::-1] + [0, thick]].T))
    return laid(patch, mask, cloth(rng))


def head_sample(face, wears, rng):
    """One training patch of a bare head, with or without something on it."""
    shake = (rng.normal(0, 0.04), rng.normal(0, 0.04), rng.normal(0, 0.05), np.exp(rng.normal(0, 0.06)))
    patch = cut(face["picture"], face["axes"], HEAD, shake).astype(np.float32)
    if rng.random() < 0.25:
        patch = clutter(patch, rng)
    if rng.random() < 0.25:
        patch = dyed(patch, rng)
    if rng.random() < 0.08:
        patch = hair_band(patch, rng)
    if rng.random() < GLASSES_SHARE:
        patch = spectacles(np.clip(patch, 0, 255).astype(np.uint8), face["axes"], shake, rng, HEAD).astype(np.float32)
    if wears:
        patch = worn(patch, rng)
    if rng.random() < 0.25:
        patch = data.side_light(patch, rng, 20, 0.6)
    if rng.random() < 0.3:
        patch = cut_off(patch, rng)
    if rng.random() < 0.5:
        patch = patch[:, ::-1]
    return data.film(patch, rng)
