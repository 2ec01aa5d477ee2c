"""Writes pictures and what corruptions make of them.

    python3 tools/corruption-fixtures/main.py small > packages/validation/test/corruptions/fixtures/reference.json
    python3 tools/corruption-fixtures/main.py large

`small` is what is committed: small pictures and three severities, and one of the corruptions that draw. `large` is pictures
of the size that each set of constants was published for, and all severities. Needs numpy, scipy and Pillow (Debian:
python3-numpy, python3-scipy, python3-pil).
"""

import base64
import json
import sys

import numpy as np
from scipy import ndimage

from reference import FUNCTIONS, SCALES, corrupted
from seeded import SEEDED, SEEDED_SEVERITY, seeded

SETS = {
    "small": ([("cifar", 28, 28, 1), ("tiny-imagenet", 17, 22, 3), ("imagenet", 20, 24, 3)], (1, 3, 5)),
    "large": (
        [
            ("cifar", 28, 28, 1),
            ("cifar", 32, 32, 3),
            ("cifar", 8, 9, 3),
            ("tiny-imagenet", 64, 71, 3),
            ("imagenet", 128, 131, 3),
        ],
        (1, 2, 3, 4, 5),
    ),
}


# What the tests seed nootropic's corruptions with.
SEED = 1


def drawing(index, height, width, channels):
    """Smooth shapes, sharp edges, flat ground and noise: what each filter does differently."""
    random = np.random.RandomState(index)
    picture = ndimage.gaussian_filter(random.uniform(size=(height, width, channels)), (height / 8, width / 8, 0.3))
    picture = (picture - picture.min()) / (picture.max() - picture.min())
    picture[: height // 3, : width // 2] = random.uniform(size=channels)
    picture[height // 2 :, width // 2 :] = np.round(picture[height // 2 :, width // 2 :])
    picture[-2:, :, :] = random.uniform(size=(2, width, channels))
    picture[height // 2, :, :] = 0
    return np.uint8(np.round(picture * 255))


def encoded(values):
    return base64.b64encode(values.transpose(2, 0, 1).astype("<u2").tobytes()).decode()


def main():
    pictures, severities = SETS[sys.argv[1]]
    cases = []
    for index, (scale, height, width, channels) in enumerate(pictures):
        picture = drawing(index, height, width, channels)
        results = {
            name: [encoded(np.round(corrupted(name, picture, scale, severity) * 65535)) for severity in severities]
            for name in FUNCTIONS
        }
        case = {"scale": scale, "dims": [channels, height, width], "picture": encoded(picture)}
        cases.append({**case, "severities": severities, "results": results})
        if sys.argv[1] == "small":
            drawn = {
                name: [encoded(np.round(seeded(name, picture, SCALES.index(scale), SEED) * 65535))] for name in SEEDED
            }
            cases.append({**case, "severities": [SEEDED_SEVERITY], "results": drawn})
    print(json.dumps(cases, indent=2))


main()
