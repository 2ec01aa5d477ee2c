"""Writes the models of ONNX's own node tests: python3 generate.py DIRECTORY (needs the package onnx and numpy).

Every model that is written is sound: onnx checks its own operators with it. The test beside this file scans them all.
"""

import os
import sys
import warnings

warnings.filterwarnings("ignore")

import numpy

# onnx 1.12 names types that numpy 1.24 has removed.
for name, kind in {"float": float, "int": int, "bool": bool, "object": object, "str": str, "complex": complex}.items():
    if not hasattr(numpy, name):
        setattr(numpy, name, kind)

import onnx.backend.test.case.model as models
import onnx.backend.test.case.node as nodes

for case in [*nodes.collect_testcases(None), *models.collect_testcases()]:
    if case.model is not None:
        with open(os.path.join(sys.argv[1], f"{case.name}.onnx"), "wb") as file:
            file.write(case.model.SerializeToString())
