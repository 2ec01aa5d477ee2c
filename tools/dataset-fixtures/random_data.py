"""Writes random arrays with numpy and random pictures with PIL into a folder, and beside each what it reads from it.

    python3 tools/dataset-fixtures/random_data.py FOLDER SEED

`arrays/N.npy` has the shape `arrays/N.json` and, in C order and float64, the values `arrays/N.bin`; `pictures/N/picture.*`
has the size `pictures/N.json` and the RGB values `pictures/N.bin`.
"""

import json
import pathlib
import sys

import numpy
from PIL import Image

NUMBERS = ["b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8"]
MODES = ["RGB", "RGBA", "L", "LA", "P", "1", "CMYK"]


def main(folder, seed):
    random = numpy.random.RandomState(seed)
    arrays, pictures = folder / "arrays", folder / "pictures"
    arrays.mkdir()
    pictures.mkdir()
    for index in range(150):
        shape = random.randint(1, 7, size=random.randint(1, 6)).tolist()
        values = random.randint(0, 2 if index % 12 == 0 else 100, size=shape)
        array = numpy.array(values, dtype=random.choice(["<", ">"]) + NUMBERS[index % 12], order=random.choice(["C", "F"]))
        numpy.save(arrays / f"{index}.npy", array)
        (arrays / f"{index}.json").write_text(json.dumps({"shape": shape}))
        (arrays / f"{index}.bin").write_bytes(numpy.ascontiguousarray(array).astype("<f8").tobytes())
    for index in range(100):
        height, width = random.randint(1, 40, size=2)
        mode = MODES[index % len(MODES)]
        coarse = Image.fromarray(random.randint(0, 256, size=(4, 4, 3)).astype("u1"))
        picture = coarse.resize((width, height), Image.BICUBIC).convert(mode)
        isJpeg = mode in ("CMYK", "RGB", "L") and (mode == "CMYK" or index % 2 == 0)
        (pictures / str(index)).mkdir()
        file = pictures / str(index) / ("picture.jpg" if isJpeg else "picture.png")
        options = {"quality": 95, "subsampling": 0, "progressive": bool(index % 3 == 0)} if isJpeg else {}
        picture.save(file, **options)
        content = {"width": int(width), "height": int(height), "isJpeg": isJpeg}
        (pictures / f"{index}.json").write_text(json.dumps(content))
        (pictures / f"{index}.bin").write_bytes(Image.open(file).convert("RGB").tobytes())


main(pathlib.Path(sys.argv[1]), int(sys.argv[2]))
