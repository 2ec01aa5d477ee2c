"""The corruptions that draw random numbers, with the numbers that nootropic draws, by numpy and scipy.

Frost is left out, whose texture is nootropic's own, as is shot noise, whose method of drawing is; so is spatter with water.
"""

import math

import numpy as np
from scipy import ndimage

from reference import LUMA, clipped_zoom, gaussian_blur

MASK = 0xFFFFFFFF


class Random:
    """sfc32 (Doty-Humphrey, PractRand), seeded as `createSeededRandom` of nootropic."""

    def __init__(self, seed):
        self.state = [0x9E3779B9, 0x243F6A88, seed & MASK, 1]
        for _ in range(12):
            self.uniform()

    def uniform(self):
        a, b, c, counter = self.state
        result = (a + b + counter) & MASK
        rotated = ((c << 21) | (c >> 11)) & MASK
        self.state = [b ^ (b >> 9), (c + (c << 3)) & MASK, (rotated + result) & MASK, (counter + 1) & MASK]
        return result / 4294967296

    def normal(self):
        length = math.sqrt(-2 * math.log(1 - self.uniform()))
        return length * math.cos(2 * math.pi * self.uniform())

    def normals(self, shape):
        return np.array([self.normal() for _ in range(math.prod(shape))]).reshape(shape)

    def centred(self, shape):
        return np.array([2 * self.uniform() - 1 for _ in range(math.prod(shape))]).reshape(shape)


def by_channel(random, picture):
    """Normal numbers in the order in which channels lie one after the other."""
    height, width, channels = picture.shape
    return random.normals((channels, height, width)).transpose(1, 2, 0)


def gaussian_noise(random, picture, deviation):
    return picture + deviation * by_channel(random, picture)


def speckle_noise(random, picture, deviation):
    return picture + picture * deviation * by_channel(random, picture)


def impulse_noise(random, picture, share):
    noisy = picture.transpose(2, 0, 1).copy()
    for place in np.ndindex(noisy.shape):
        if random.uniform() < share:
            noisy[place] = 1 if random.uniform() < 0.5 else 0
    return noisy.transpose(1, 2, 0)


def glass_blur(random, picture, deviation, reach, iterations):
    height, width = picture.shape[:2]
    shuffled = np.floor(gaussian_blur(picture, deviation) * 255) / 255
    for _ in range(iterations):
        for row in range(height - reach, reach, -1):
            for column in range(width - reach, reach, -1):
                down = int(random.uniform() * 2 * reach) - reach
                right = int(random.uniform() * 2 * reach) - reach
                # Exchanged in one statement, as the original writes it, views of one array are copied one way.
                here, there = (row, column), (row + down, column + right)
                shuffled[here], shuffled[there] = shuffled[there], shuffled[here]
    return gaussian_blur(shuffled, deviation)


def moved(picture, radius, deviation, angle):
    taps = np.arange(2 * math.ceil(radius) + 1)
    weights = np.exp(-(taps**2) / (2 * deviation**2))
    weights /= weights.sum()
    pad = len(taps)
    padded = np.pad(picture, ((pad, pad), (pad, pad), (0, 0)), mode="edge")
    height, width = picture.shape[:2]
    total = np.zeros_like(picture)
    for tap, weight in zip(taps, weights):
        right = math.ceil(tap * math.cos(math.radians(angle)) - 0.5) + pad
        down = math.ceil(tap * math.sin(math.radians(angle)) - 0.5) + pad
        total += weight * padded[down : down + height, right : right + width]
    return total


def motion_blur(random, picture, radius, deviation):
    return moved(picture, radius, deviation, 90 * random.uniform() - 45)


def snow(random, picture, mean, deviation, zoom, threshold, radius, spread, kept):
    layer = clipped_zoom(mean + deviation * random.normals(picture.shape[:2])[..., None], zoom)
    layer[layer < threshold] = 0
    layer = np.floor(np.clip(layer, 0, 1) * 255) / 255
    layer = moved(layer, radius, spread, -135 + 90 * random.uniform())
    grey = picture if picture.shape[2] == 1 else (picture @ LUMA)[..., None]
    whitened = kept * picture + (1 - kept) * np.maximum(picture, grey * 1.5 + 0.5)
    return whitened + layer + np.rot90(layer, 2)


def cloud(random, side, decay):
    plane = np.zeros((side, side))
    step, roughness = side, 100.0
    while step >= 2:
        half = step // 2

        def fill(row, column, neighbours):
            mean = sum(plane[y % side, x % side] for y, x in neighbours) / 4
            plane[row, column] = mean + roughness**2 * (2 * random.uniform() - 1)

        for row in range(half, side, step):
            for column in range(half, side, step):
                fill(row, column, [(row + y, column + x) for y in (-half, half) for x in (-half, half)])
        for row in range(0, side, half):
            for column in range(half if row % step == 0 else 0, side, step):
                beside = [(row - half, column), (row + half, column), (row, column - half), (row, column + half)]
                fill(row, column, beside)
        step, roughness = half, roughness / decay
    plane -= plane.min()
    return plane / plane.max()


def fog(random, picture, amount, decay):
    height, width = picture.shape[:2]
    side = 2 ** math.ceil(math.log2(max(height, width)))
    density = cloud(random, side, decay)[:height, :width, None]
    return (picture + amount * density) * picture.max() / (picture.max() + amount)


def warped(picture, rows, columns, mode):
    planes = [
        ndimage.map_coordinates(picture[..., channel], (rows, columns), order=1, mode=mode)
        for channel in range(picture.shape[2])
    ]
    return np.stack(planes, axis=2)


def elastic_transform(random, picture, amount, smoothness, reach):
    height, width = picture.shape[:2]
    shorter = min(height, width)
    x, y, side = width // 2, height // 2, shorter // 3
    corners = np.array([[x + side, y + side], [x + side, y - side], [x - side, y - side]], dtype=float)
    targets = corners + reach * shorter * random.centred((3, 2))
    back = np.linalg.solve(np.column_stack([targets, np.ones(3)]), corners)
    rows, columns = np.mgrid[:height, :width].astype(float)
    places = np.stack([columns, rows, np.ones_like(rows)], axis=2) @ back
    stretched = warped(picture, places[..., 1], places[..., 0], "mirror")
    if amount == 0:
        return stretched

    def field():
        drawn = random.centred((height, width))
        return amount * shorter * ndimage.gaussian_filter(drawn, smoothness * shorter, mode="reflect", truncate=3)

    across = field()
    return warped(stretched, rows + field(), columns + across, "reflect")


def mud(random, picture, mean, deviation, smoothness, threshold, amount):
    layer = mean + deviation * random.normals(picture.shape[:2])
    layer = ndimage.gaussian_filter(layer, smoothness, mode="nearest", truncate=4)
    depth = ndimage.gaussian_filter((layer > threshold).astype(float), amount, mode="nearest", truncate=4)
    depth[depth < 0.8] = 0
    brown = np.array([63, 42, 20]) / 255
    colour = brown if picture.shape[2] == 3 else np.array([brown @ LUMA])
    return picture * (1 - depth[..., None]) + depth[..., None] * colour


# The strength of severity 4 in CIFAR-10-C, Tiny ImageNet-C and ImageNet-C.
STRETCHES = [(0.1, 0.04, 0.05), (0.1, 0.03, 0.03), tuple(share * 244 / 224 for share in (0.07, 0.01, 0.02))]
SEEDED = {
    "gaussian-noise": (gaussian_noise, [(0.09,), (0.15,), (0.26,)]),
    "speckle-noise": (speckle_noise, [(0.16,), (0.3,), (0.45,)]),
    "impulse-noise": (impulse_noise, [(0.05,), (0.08,), (0.17,)]),
    "glass-blur": (glass_blur, [(0.25, 1, 2), (0.7, 2, 1), (1.1, 3, 2)]),
    "motion-blur": (motion_blur, [(8, 2), (10, 2.5), (15, 12)]),
    "snow": (
        snow,
        [
            (0.25, 0.3, 2.25, 0.6, 12, 6, 0.85),
            (0.25, 0.3, 2.25, 0.6, 12, 6, 0.65),
            (0.55, 0.3, 4.5, 0.85, 12, 8, 0.65),
        ],
    ),
    "fog": (fog, [(1, 2), (1.5, 2), (2.5, 1.5)]),
    "elastic-transform": (elastic_transform, STRETCHES),
    "spatter": (mud, [(0.65, 0.1, 0.7, 0.69, 0.6), (0.65, 0.1, 0.7, 0.68, 0.6), (0.65, 0.3, 1, 0.65, 1.5)]),
}
SEEDED_SEVERITY = 4


def seeded(name, picture, scale_index, seed):
    function, strengths = SEEDED[name]
    return np.clip(function(Random(seed), picture / 255.0, *strengths[scale_index]), 0, 1)
