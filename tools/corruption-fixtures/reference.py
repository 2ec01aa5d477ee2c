"""The corruptions of arXiv 1903.12261 that draw no random numbers, by numpy, scipy and Pillow.

Pictures are [height, width, channels] of whole numbers from 0 to 255, as data sets hold them. Results are not rounded where
the original does not round before its last step.
"""

import colorsys
import io

import numpy as np
from PIL import Image
from scipy import ndimage

SCALES = ("cifar", "tiny-imagenet", "imagenet")
LUMA = np.array([0.299, 0.587, 0.114])


def soft_disk(radius, softness):
    reach, taps = (8, 3) if radius <= 8 else (radius, 5)
    line = np.arange(-reach, reach + 1)
    across, down = np.meshgrid(line, line)
    kernel = (across**2 + down**2 <= radius**2).astype(np.float64)
    kernel /= kernel.sum()
    places = np.arange(taps) - (taps - 1) / 2
    gaussian = np.exp(-(places**2) / (2 * softness**2))
    gaussian /= gaussian.sum()
    for axis in (0, 1):
        kernel = ndimage.correlate1d(kernel, gaussian, axis=axis, mode="mirror")
    return kernel


def defocus_blur(picture, radius, softness):
    kernel = soft_disk(radius, softness)
    planes = [ndimage.correlate(picture[..., channel], kernel, mode="mirror") for channel in range(picture.shape[2])]
    return np.stack(planes, axis=2)


def clipped_zoom(picture, factor):
    height, width = picture.shape[:2]
    rows, columns = int(np.ceil(height / factor)), int(np.ceil(width / factor))
    top, left = (height - rows) // 2, (width - columns) // 2
    cropped = picture[top : top + rows, left : left + columns]
    # "nearest": rounding may put the last column a hair beyond the border, where zoom would otherwise see black.
    zoomed = ndimage.zoom(cropped, (factor, factor, 1), order=1, mode="nearest")
    top, left = (zoomed.shape[0] - height) // 2, (zoomed.shape[1] - width) // 2
    return zoomed[top : top + height, left : left + width]


def zoom_blur(picture, *stops):
    factors = np.arange(*stops)
    return (picture + sum(clipped_zoom(picture, factor) for factor in factors)) / (len(factors) + 1)


def through_hsv(picture, change):
    def convert(pixel):
        return colorsys.hsv_to_rgb(*change(*colorsys.rgb_to_hsv(*pixel)))

    if picture.shape[2] == 1:
        colours = np.apply_along_axis(convert, 2, np.repeat(picture, 3, axis=2))
        return (colours @ LUMA)[..., None]
    return np.apply_along_axis(convert, 2, picture)


def brightness(picture, more):
    return through_hsv(picture, lambda hue, saturation, value: (hue, saturation, min(1, value + more)))


def saturate(picture, factor, more):
    return through_hsv(picture, lambda hue, saturation, value: (hue, min(1, max(0, saturation * factor + more)), value))


def contrast(picture, kept):
    means = picture.mean(axis=(0, 1), keepdims=True)
    return (picture - means) * kept + means


def gaussian_blur(picture, deviation):
    planes = [
        ndimage.gaussian_filter(picture[..., channel], deviation, mode="nearest", truncate=4)
        for channel in range(picture.shape[2])
    ]
    return np.stack(planes, axis=2)


def as_image(picture):
    whole = np.uint8(np.round(picture * 255))
    return Image.fromarray(whole[..., 0] if whole.shape[2] == 1 else whole)


def as_picture(image):
    values = np.asarray(image, dtype=np.float64) / 255
    return values[..., None] if values.ndim == 2 else values


def pixelate(picture, share):
    height, width = picture.shape[:2]
    small = as_image(picture).resize((int(width * share), int(height * share)), Image.BOX)
    return as_picture(small.resize((width, height), Image.BOX))


def jpeg_compression(picture, quality):
    file = io.BytesIO()
    as_image(picture).save(file, "JPEG", quality=quality)
    return as_picture(Image.open(file))


SINGLE = {
    "brightness": ((0.05, 0.1, 0.15, 0.2, 0.3), (0.1, 0.2, 0.3, 0.4, 0.5), (0.1, 0.2, 0.3, 0.4, 0.5)),
    "contrast": ((0.75, 0.5, 0.4, 0.3, 0.15), (0.4, 0.3, 0.2, 0.1, 0.05), (0.4, 0.3, 0.2, 0.1, 0.05)),
    "gaussian-blur": ((0.4, 0.6, 0.7, 0.8, 1), (0.5, 0.75, 1, 1.25, 1.5), (1, 2, 3, 4, 6)),
    "jpeg-compression": ((80, 65, 58, 50, 40), (65, 58, 50, 40, 25), (25, 18, 15, 10, 7)),
    "pixelate": ((0.95, 0.9, 0.85, 0.75, 0.65), (0.9, 0.8, 0.7, 0.6, 0.5), (0.6, 0.5, 0.4, 0.3, 0.25)),
}
SMALL_ZOOMS = [(1, 1.06, 0.01), (1, 1.11, 0.01), (1, 1.16, 0.01), (1, 1.21, 0.01), (1, 1.26, 0.01)]
STRENGTHS = {
    **{name: tuple([(value,) for value in values] for values in sets) for name, sets in SINGLE.items()},
    "defocus-blur": (
        [(0.3, 0.4), (0.4, 0.5), (0.5, 0.6), (1, 0.2), (1.5, 0.1)],
        [(0.5, 0.6), (1, 0.1), (1.5, 0.1), (2.5, 0.01), (3, 0.1)],
        [(3, 0.1), (4, 0.5), (6, 0.5), (8, 0.5), (10, 0.5)],
    ),
    "saturate": (
        [(0.3, 0), (0.1, 0), (1.5, 0), (2, 0.1), (2.5, 0.2)],
        [(0.3, 0), (0.1, 0), (2, 0), (5, 0.1), (30, 0.2)],
        [(0.3, 0), (0.1, 0), (2, 0), (5, 0.1), (20, 0.2)],
    ),
    "zoom-blur": (
        SMALL_ZOOMS,
        SMALL_ZOOMS,
        [(1, 1.11, 0.01), (1, 1.16, 0.01), (1, 1.21, 0.02), (1, 1.26, 0.02), (1, 1.31, 0.03)],
    ),
}
FUNCTIONS = {
    "brightness": brightness,
    "contrast": contrast,
    "defocus-blur": defocus_blur,
    "gaussian-blur": gaussian_blur,
    "jpeg-compression": jpeg_compression,
    "pixelate": pixelate,
    "saturate": saturate,
    "zoom-blur": zoom_blur,
}


def corrupted(name, picture, scale, severity):
    strength = STRENGTHS[name][SCALES.index(scale)][severity - 1]
    return np.clip(FUNCTIONS[name](picture / 255.0, *strength), 0, 1)
