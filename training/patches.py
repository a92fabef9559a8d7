"""Where a face stands in space, and the aligned patches networks look at. Lengths are eye distances (some 63 mm)."""

from collections import namedtuple

import cv2
import numpy as np

# A patch: eye distances from the point between the irises, and its pixels per eye distance.
Frame = namedtuple("Frame", "left top right bottom ied")
EYES = Frame(-1.2, -0.6, 1.2, 0.75, 64)
HEAD = Frame(-1.7, -2.5, 1.7, 0.6, 32)
EAR = Frame(0.7, 0.1, 1.7, 1.7, 64)


def size(frame):
    """Width and height of a frame's patch in pixels."""
    return round((frame.right - frame.left) * frame.ied), round((frame.bottom - frame.top) * frame.ied)


class Axes:
    """Origin, turn and scale of a face in picture pixels, with its directions in space."""

    def __init__(self, mesh):
        left, right = mesh[468], mesh[473]
        self.origin = (left[:2] + right[:2]) / 2
        across = right[:2] - left[:2]
        self.ied = float(np.hypot(*across))
        self.roll = float(np.arctan2(across[1], across[0]))
        # Directions in space from symmetric pairs and from forehead to chin, as the program's pose measure takes them.
        pairs = [(33, 263), (133, 362), (127, 356), (234, 454), (93, 323), (132, 361), (58, 288), (172, 397)]
        x = sum(mesh[b] - mesh[a] for a, b in pairs)
        x = x / np.linalg.norm(x)
        y = mesh[152] - mesh[10]
        y = y - (y @ x) * x
        y = y / np.linalg.norm(y)
        self.space = np.stack([x, y, np.cross(x, y)])

    def patch_map(self, frame, jitter=(0.0, 0.0, 0.0, 1.0)):
        """Affine map from patch pixels to picture pixels; `jitter` is a shift (IED), turn (rad) and zoom."""
        turn, scale = self.roll + jitter[2], self.ied * jitter[3] / frame.ied
        c, s = np.cos(turn) * scale, np.sin(turn) * scale
        x0 = (frame.left + jitter[0]) * frame.ied + 0.5
        y0 = (frame.top + jitter[1]) * frame.ied + 0.5
        return np.array(
            [
                [c, -s, self.origin[0] + c * x0 - s * y0 - 0.5],
                [s, c, self.origin[1] + s * x0 + c * y0 - 0.5],
            ]
        )


def cut(picture, axes, frame, jitter=(0.0, 0.0, 0.0, 1.0)):
    """The aligned patch; the picture is averaged down first where it is finer than the patch."""
    factor = axes.ied * jitter[3] / frame.ied
    source, share = picture, 1.0
    if factor > 1.3:
        source = cv2.resize(picture, None, fx=1 / factor, fy=1 / factor, interpolation=cv2.INTER_AREA)
        share = source.shape[1] / picture.shape[1]
    matrix = axes.patch_map(frame, jitter)
    matrix[:, 2] += 0.5
    matrix = matrix * share
    matrix[:, 2] -= 0.5
    return cv2.warpAffine(
        source, matrix, size(frame), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE
    )


def to_patch(points, axes, frame, jitter):
    """Points of the face's own space (IED) in pixels of the patch."""
    space = np.asarray(points, float) @ axes.space * axes.ied
    flat = space[:, :2] + axes.origin
    matrix = np.vstack([axes.patch_map(frame, jitter), [0, 0, 1]])
    inverse = np.linalg.inv(matrix)
    return (np.c_[flat, np.ones(len(flat))] @ inverse.T)[:, :2]
