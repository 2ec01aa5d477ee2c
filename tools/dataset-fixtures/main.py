"""Writes arrays with numpy and pictures with PIL, each beside the numbers that its own library reads from it.

    python3 tools/dataset-fixtures/main.py packages/validation/test/dataset/fixtures

Needs numpy 1.24 and PIL 9.4 (Debian: python3-numpy, python3-pil). Files and expected bytes are base64 inside JSON, so that a
fixture is one readable file.
"""

import base64
import io
import json
import pathlib
import struct
import sys
import zlib

import numpy
from PIL import Image

NUMBERS = ["b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8"]


def encoded(content):
    return base64.b64encode(content).decode()


def saved(array, version=None):
    stream = io.BytesIO()
    numpy.lib.format.write_array(stream, array, version=version)
    return stream.getvalue()


def sample(kind, shape):
    count = int(numpy.prod(shape))
    if kind == "b1":
        return (numpy.arange(count) % 3 == 0).reshape(shape)
    values = numpy.arange(count).reshape(shape)
    if kind.startswith("f"):
        return values / 8 - 1
    return values - 3 if kind.startswith("i") else values


def number_arrays():
    for kind in NUMBERS:
        for order in "<>":
            for layout in "CF":
                array = numpy.array(sample(kind, (3, 2, 4)), dtype=f"{order}{kind}", order=layout)
                yield f"{order}{kind} {layout}", array, None
    yield "one axis", numpy.arange(5, dtype="<f4"), None
    yield "two axes, Fortran order", numpy.asfortranarray(numpy.arange(12, dtype="<f8").reshape(4, 3)), None
    yield "four axes, Fortran order", numpy.asfortranarray(sample("i4", (3, 2, 4, 5)).astype("<i4")), None
    for version in [(2, 0), (3, 0)]:
        yield f"version {version[0]}", numpy.arange(6, dtype="<f4").reshape(2, 3), version
    halves = numpy.array([[65504, -65504, 6e-8, -6e-8, 6.1e-5, 0.333, -0.0, 1]], dtype="<f2")
    yield "extremes of half precision", halves, None


def arrays():
    made = []
    for name, array, version in number_arrays():
        expected = numpy.ascontiguousarray(array).astype("<f8")
        made.append(
            {"name": name, "shape": array.shape, "file": encoded(saved(array, version)), "values": encoded(expected.tobytes())}
        )
    refused = {
        "objects": numpy.array([{"a": 1}, None], dtype=object),
        "complex": numpy.zeros(3, dtype="<c8"),
        "text": numpy.array(["a", "bc"]),
        "bytes": numpy.array([b"a", b"bc"]),
        "time": numpy.array(["2020-01-01"], dtype="datetime64[D]"),
        "structured": numpy.zeros(2, dtype=[("a", "<f4"), ("b", "<i4")]),
        "long double": numpy.zeros(2, dtype=numpy.longdouble),
        "nothing": numpy.zeros((0, 3), dtype="<f4"),
        "no axis": numpy.float32(1),
    }
    wrong = []
    for name, array in refused.items():
        stream = io.BytesIO()
        numpy.save(stream, array, allow_pickle=True)
        wrong.append({"name": name, "file": encoded(stream.getvalue())})
    return {"arrays": made, "refused": wrong, "archives": list(archives())}


def archives():
    inputs = numpy.arange(4000, dtype="<f4").reshape(500, 2, 4) / 4000
    labels = (numpy.arange(500) % 7).astype("<i8")
    fortran = numpy.asfortranarray(inputs)
    for name, save in [("stored", numpy.savez), ("deflated", numpy.savez_compressed)]:
        stream = io.BytesIO()
        save(stream, x=inputs, y=labels, fortran=fortran)
        yield {"name": name, "file": encoded(stream.getvalue())}


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(width, height, depth, colour, rows, interlaced=0):
    """PIL writes neither 16 bits of colour nor Adam7."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlaced)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def adam7(pixels):
    height, width, _ = pixels.shape
    rows = b""
    for x, y, dx, dy in [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]:
        for line in pixels[y::dy, x::dx]:
            if line.size:
                rows += b"\0" + line.tobytes()
    return png(width, height, 8, 2, rows, 1)


def pixels(height, width):
    """Smooth, so that JPEG changes little, with an edge, so that turning it shows."""
    y, x = numpy.mgrid[0:height, 0:width]
    red = 10 + 220 * x / width
    green = 240 - 200 * y / height
    blue = numpy.where((x < width // 3) & (y < height // 2), 200, 60)
    return numpy.stack([red, green, blue], 2).astype(numpy.uint8)


def pictures():
    colours = Image.fromarray(pixels(12, 18))
    alpha = colours.copy()
    alpha.putalpha(Image.fromarray((numpy.arange(12 * 18).reshape(12, 18) % 256).astype(numpy.uint8)))
    palette = colours.quantize(16)
    see_through = palette.copy()
    see_through.info["transparency"] = 3
    sixteen = pixels(12, 18).astype(">u2") * 257
    grey16 = sixteen[:, :, 0]

    def file(picture, kind, **options):
        stream = io.BytesIO()
        picture.save(stream, kind, **options)
        return stream.getvalue()

    exif = Image.Exif()
    files = {
        "rgb.png": (file(colours, "PNG"), 0),
        "grey.png": (file(colours.convert("L"), "PNG"), 0),
        "bilevel.png": (file(colours.convert("1"), "PNG"), 0),
        "palette.png": (file(palette, "PNG"), 0),
        "palette-transparent.png": (file(see_through, "PNG", transparency=3), 0),
        "alpha.png": (file(alpha, "PNG"), 0),
        "grey-alpha.png": (file(alpha.convert("LA"), "PNG"), 0),
        "interlaced.png": (adam7(pixels(12, 18)), 0),
        "rgb-16-bit.png": (png(18, 12, 16, 2, b"".join(b"\0" + row.tobytes() for row in sixteen)), 0),
        "grey-16-bit.png": (png(18, 12, 16, 0, b"".join(b"\0" + row.tobytes() for row in grey16)), 0),
        "rgb.jpg": (file(colours, "JPEG", quality=95, subsampling=0), 2),
        "grey.jpg": (file(colours.convert("L"), "JPEG", quality=95), 2),
        "progressive.jpg": (file(colours, "JPEG", quality=95, subsampling=0, progressive=True), 2),
        "cmyk.jpg": (file(colours.convert("CMYK"), "JPEG", quality=95), 8),
    }
    for orientation in [3, 6, 8]:
        exif[0x0112] = orientation
        files[f"turned-{orientation}.jpg"] = (file(colours, "JPEG", quality=95, subsampling=0, exif=exif), 2)
    made = []
    for name, (content, tolerance) in files.items():
        opened = Image.open(io.BytesIO(content))
        turns = {3: Image.ROTATE_180, 6: Image.ROTATE_270, 8: Image.ROTATE_90}
        turn = turns.get(opened.getexif().get(0x0112))
        if opened.mode.startswith("I"):
            # PIL cuts 16 bits of grey to 255 instead of scaling them.
            opened = Image.fromarray((numpy.asarray(opened) // 257).astype(numpy.uint8))
        upright = opened.convert("RGB") if turn is None else opened.convert("RGB").transpose(turn)
        made.append(
            {
                "name": name,
                "width": upright.width,
                "height": upright.height,
                "tolerance": tolerance,
                "file": encoded(content),
                "rgb": encoded(upright.tobytes()),
                "grey": encoded(upright.convert("L").tobytes()),
            }
        )
    photo = Image.fromarray(pixels(40, 60))
    resized = [
        {"width": width, "height": height, "rgb": encoded(photo.resize((width, height), Image.BILINEAR).tobytes())}
        for width, height in [(30, 20), (15, 40), (60, 40)]
    ]
    others = {kind: encoded(file(colours, kind.upper())) for kind in ["webp", "gif", "bmp", "tiff"]}
    return {"pictures": made, "photo": encoded(file(photo, "PNG")), "resized": resized, "others": others}


def main():
    folder = pathlib.Path(sys.argv[1])
    for name, content in [("arrays", arrays()), ("pictures", pictures())]:
        (folder / f"{name}.json").write_text(json.dumps(content, indent=1) + "\n")


main()
