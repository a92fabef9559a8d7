"""Draws spectacles on bare faces: parametric frames, lenses, reflections and shadows, placed in space by the face mesh.

Lengths are eye distances (one is some 63 mm). Everything is drawn on the aligned eye patch at twice its size and then
averaged down, so that thin wire keeps its true share of a pixel.
"""

import cv2
import numpy as np

from patches import EYES, size, to_patch

FINER = 2

SHIFT = 4


def fixed(points):
    return np.round(np.asarray(points) * 2**SHIFT).astype(np.int32)


def lines(mask, points, width, closed):
    cv2.polylines(mask, [fixed(points)], closed, 255, max(1, int(round(width))), cv2.LINE_AA, SHIFT)


def layer(shape):
    return np.zeros(shape, np.uint8)


def lens_outline(rng, style):
    """Closed outline of the right-hand lens about its own middle."""
    half_width = rng.uniform(0.33, 0.47)
    half_height = half_width * rng.uniform(0.58, 1.0)
    if style["dark"]:
        half_height *= rng.uniform(1.0, 1.15)
    power = rng.choice([2.0, 2.3, 2.8, 3.6, 5.0])
    angle = np.linspace(0, 2 * np.pi, 72, endpoint=False)
    c, s = np.cos(angle), np.sin(angle)
    x = np.sign(c) * np.abs(c) ** (2 / power) * half_width
    y = np.sign(s) * np.abs(s) ** (2 / power) * half_height
    kind = rng.choice(["plain", "plain", "plain", "aviator", "cat", "trapeze"])
    if kind == "aviator":
        x = x * (1 - 0.25 * np.clip(y / half_height, 0, 1)) + 0.08 * np.clip(y / half_height, 0, 1)
    elif kind == "cat":
        y = y - rng.uniform(0.03, 0.10) * np.clip(x / half_width, 0, 1) * np.clip(-y / half_height, 0, 1)
    elif kind == "trapeze":
        x = x * (1 - 0.12 * y / half_height)
    return x, y, half_width, half_height


def random_style(rng):
    kind = rng.choice(["full", "half", "rimless", "browline", "wire", "thick"], p=[0.26, 0.12, 0.13, 0.09, 0.25, 0.15])
    dark = rng.random() < 0.13
    palette = [
        (18, 17, 18), (30, 26, 24), (60, 42, 30), (90, 58, 36), (120, 90, 70), (150, 150, 155), (190, 190, 195),
        (180, 150, 90), (140, 110, 70), (110, 30, 35), (35, 45, 90), (200, 190, 180), (80, 80, 85), (225, 215, 205),
    ]
    weights = np.array([6, 4, 3, 2, 1, 3, 2, 3, 2, 1, 1, 1, 3, 0.5])
    colour = np.array(palette[rng.choice(len(palette), p=weights / weights.sum())], float)
    width = {
        "full": rng.uniform(0.022, 0.055),
        "half": rng.uniform(0.015, 0.04),
        "rimless": 0.010,
        "browline": rng.uniform(0.03, 0.08),
        "wire": rng.uniform(0.010, 0.024),
        "thick": rng.uniform(0.055, 0.11),
    }[kind]
    return {"kind": kind, "dark": dark, "colour": np.clip(colour + rng.normal(0, 8, 3), 0, 255), "width": width}


def spectacles(patch, axes, jitter, rng, frame_of=EYES):
    """The patch with spectacles on it; `frame_of` is what the patch shows."""
    ied_px = frame_of.ied
    width, height = size(frame_of)
    style = random_style(rng)
    x, y, half_width, half_height = lens_outline(rng, style)
    gap = rng.uniform(0.12, 0.17)
    middle_x = gap + half_width if rng.random() < 0.8 else rng.uniform(0.47, 0.60)
    inner = middle_x - half_width
    middle_y = rng.uniform(0.0, 0.20)
    ahead = rng.uniform(-0.38, -0.18)
    wrap = rng.uniform(0.0, 0.25)
    shape = (height * FINER, width * FINER)

    def place(px, py, pz):
        return (to_patch(np.c_[px, py, pz], axes, frame_of, jitter) + 0.5) * FINER - 0.5

    def lens(side):
        depth = ahead + wrap * np.abs(x + half_width) * 0.5
        return place(side * (middle_x + x), middle_y + y, depth)

    outlines = [lens(-1), lens(1)]
    glass = layer(shape)
    for outline in outlines:
        cv2.fillPoly(glass, [fixed(outline)], 255, cv2.LINE_AA, SHIFT)
    frame = layer(shape)
    stroke = style["width"] * ied_px * FINER
    upper = y < 0.15 * half_height
    for outline in outlines:
        if style["kind"] in ("half", "browline"):
            order = np.argsort(x[upper])
            lines(frame, outline[upper][order], stroke, False)
        elif style["kind"] != "rimless":
            lines(frame, outline, stroke, True)
    rim = layer(shape)
    if style["kind"] in ("rimless", "half", "browline"):
        for outline in outlines:
            lines(rim, outline, max(1, 0.012 * ied_px * FINER), True)
    # Bridge, nose pads and temples.
    bridge_y = middle_y - half_height * rng.uniform(0.1, 0.75)
    t = np.linspace(-1, 1, 15)
    bridge = place(t * (inner + 0.02), bridge_y - rng.uniform(0, 0.06) * (1 - t**2), np.full(15, ahead - 0.03))
    bridge_stroke = max(stroke * rng.uniform(0.7, 1.2), 0.014 * ied_px * FINER)
    lines(frame, bridge, bridge_stroke, False)
    if rng.random() < 0.15:
        second = place(t * (inner + 0.06), np.full(15, bridge_y - 0.12), np.full(15, ahead - 0.03))
        lines(frame, second, bridge_stroke, False)
    if rng.random() < 0.5 and style["kind"] != "thick":
        for side in (-1, 1):
            pad = place(side * np.array([inner - 0.01, inner - 0.05, inner - 0.06]), middle_y + np.array([0.0, 0.05, 0.12]), np.array([ahead, ahead + 0.08, ahead + 0.1]))
            lines(frame, pad, max(1, 0.014 * ied_px * FINER), False)
    hinge_y = middle_y - half_height * rng.uniform(0.2, 0.8)
    temple_stroke = max(rng.uniform(0.02, 0.07) if style["kind"] in ("full", "thick", "browline") else rng.uniform(0.012, 0.035), 0.012) * ied_px * FINER
    ear_x, ear_z = rng.uniform(1.08, 1.22), rng.uniform(1.0, 1.4)
    hidden = rng.random() < 0.2
    for side in (-1, 1):
        outer = middle_x + half_width
        temple = place(
            side * np.array([outer - 0.02, outer + 0.05, outer + 0.08, ear_x]),
            np.array([hinge_y, hinge_y, hinge_y, hinge_y + rng.uniform(-0.05, 0.08)]),
            np.array([ahead + wrap * half_width, ahead + 0.1, ahead + 0.2, ear_z * 0.35 if hidden else ear_z]),
        )
        # What lies behind the cheek's edge is not seen; the mesh's edge is near x = 1.05.
        lines(frame, temple, temple_stroke, False)

    fine = cv2.resize(patch, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC).astype(np.float32)
    # Lenses bend what is behind them: most make it smaller.
    if rng.random() < 0.6:
        for outline in outlines:
            centre = outline.mean(0)
            power = rng.uniform(0.90, 1.04)
            matrix = np.array([[1 / power, 0, centre[0] * (1 - 1 / power)], [0, 1 / power, centre[1] * (1 - 1 / power)]])
            bent = cv2.warpAffine(fine, matrix, (shape[1], shape[0]), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE)
            one = layer(shape)
            cv2.fillPoly(one, [fixed(outline)], 255, cv2.LINE_AA, SHIFT)
            share = (one / 255.0)[..., None]
            fine = fine * (1 - share) + bent * share
    # The frame's shadow on the skin.
    if rng.random() < 0.7:
        dx, dy = rng.normal(0, 0.05) * ied_px * FINER, rng.uniform(0.02, 0.16) * ied_px * FINER
        shadow = cv2.warpAffine(np.maximum(frame, rim // 3), np.array([[1, 0, dx], [0, 1, dy]]), (shape[1], shape[0]))
        shadow = cv2.GaussianBlur(shadow, (0, 0), rng.uniform(1.0, 6.0)).astype(np.float32) / 255
        fine *= 1 - (shadow * rng.uniform(0.1, 0.5))[..., None]
    share = (glass / 255.0)[..., None].astype(np.float32)
    if style["dark"]:
        rows = np.linspace(0, 1, shape[0], dtype=np.float32)[:, None, None]
        through = rng.uniform(0.03, 0.30) + rng.uniform(0, 0.25) * rows
        tone = np.array(rng.choice([(20, 18, 16), (45, 30, 20), (25, 30, 40), (15, 15, 15)]), np.float32)
        fine = fine * (1 - share) + (fine * through + tone * (1 - through) * rng.uniform(0.5, 1.3)) * share
    else:
        tint = 1 - rng.uniform(0, 0.10) * rng.uniform(0.3, 1, 3).astype(np.float32)
        fine = fine * (1 - share + share * tint)
    # Reflections: soft fields and windows, in a coating's colour.
    for outline in outlines:
        if rng.random() < 0.45:
            one = layer(shape)
            cv2.fillPoly(one, [fixed(outline)], 255, cv2.LINE_AA, SHIFT)
            field = layer(shape)
            centre = outline.mean(0) + rng.normal(0, 0.2, 2) * ied_px * FINER
            extent = np.abs(rng.normal(0.15, 0.12, 2)) * ied_px * FINER + 2
            box = cv2.boxPoints((tuple(map(float, centre)), tuple(map(float, extent * 2)), float(rng.uniform(0, 90))))
            cv2.fillPoly(field, [fixed(box)], 255, cv2.LINE_AA, SHIFT)
            field = cv2.GaussianBlur(field, (0, 0), rng.uniform(1, 14))
            strength = (one / 255.0 * field / 255.0 * rng.uniform(0.1, 0.9))[..., None].astype(np.float32)
            light = np.array(rng.choice([(255, 255, 255), (190, 230, 255), (200, 255, 210), (225, 200, 255)]), np.float32)
            fine = fine * (1 - strength) + light * strength
    if rim.any():
        edge = (rim / 255.0 * rng.uniform(0.15, 0.5))[..., None]
        tone = rng.choice([40.0, 90.0, 235.0])
        fine = fine * (1 - edge) + tone * edge
    # The frame itself, lit by the face's own light, with a gleam along metal.
    scene = np.clip(patch.mean() / 130.0, 0.35, 1.4)
    colour = np.ones_like(fine) * (style["colour"] * scene).astype(np.float32)
    if rng.random() < 0.5:
        inner_line = cv2.erode(frame, np.ones((2, 2), np.uint8), iterations=int(rng.integers(0, 2)))
        gleam = cv2.GaussianBlur(cv2.resize(rng.random((9, 16)).astype(np.float32), (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC), (0, 0), 2)
        gleam = np.clip((gleam - 0.6) * 3, 0, 1) * (inner_line / 255.0) * rng.uniform(0.2, 0.9)
        colour += gleam[..., None] * (235 * scene - colour)
    if style["kind"] in ("full", "thick") and rng.random() < 0.25:
        spots = cv2.GaussianBlur(cv2.resize(rng.random((20, 34)).astype(np.float32), (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC), (0, 0), 1)
        colour += (np.clip(spots, 0, 1)[..., None] - 0.5) * np.array([110, 70, 30], np.float32)
    opaque = (frame / 255.0)[..., None].astype(np.float32)
    if rng.random() < 0.06:
        opaque = opaque * rng.uniform(0.35, 0.7)
    fine = fine * (1 - opaque) + colour * opaque
    return np.clip(cv2.resize(fine, (width, height), interpolation=cv2.INTER_AREA), 0, 255).astype(np.uint8)
