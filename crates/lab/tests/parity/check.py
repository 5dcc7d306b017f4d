"""Runs every model of a folder as a stranger would: onnx.checker, then onnxruntime on the raw columns.

check.py FOLDER: each folder inside holds model.onnx and rows.json ({"columns": {name: values}, "label": [...],
"scores": [[...]]}; a missing number is null, a missing text ""). Prints one JSON object with what was compared.
"""
import json
import sys
from pathlib import Path

import numpy
import onnx
import onnxruntime

TOLERANCE = 1e-5


def column(values, input_type):
    if input_type == "tensor(string)":
        return numpy.array(values, dtype=object)
    return numpy.array([numpy.nan if value is None else value for value in values], dtype=numpy.float64)


def check(folder):
    path = str(folder / "model.onnx")
    onnx.checker.check_model(onnx.load(path), full_check=True)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    rows = json.loads((folder / "rows.json").read_text())
    feed = {wanted.name: column(rows["columns"][wanted.name], wanted.type) for wanted in session.get_inputs()}
    answers = session.run(None, feed)
    n_flips = 0
    if len(answers) == 2:
        labels = [str(label) for label in answers[0]]
        n_flips = sum(mine != theirs for mine, theirs in zip(rows["label"], labels, strict=True))
    expected = numpy.array(rows["scores"], dtype=numpy.float64)
    found = numpy.asarray(answers[-1], dtype=numpy.float64).reshape(expected.shape)
    apart = numpy.abs(expected - found) / numpy.maximum(1.0, numpy.abs(expected))
    return n_flips, float(apart.max()), len(expected)


def main():
    folders = sorted(path for path in Path(sys.argv[1]).iterdir() if path.is_dir())
    report = {"n_models": 0, "n_rows": 0, "wrong": []}
    for folder in folders:
        n_flips, apart, n_rows = check(folder)
        report["n_models"] += 1
        report["n_rows"] += n_rows
        if n_flips or not apart <= TOLERANCE:
            report["wrong"].append(f"{folder.name}: {n_flips} labels flipped, {apart} apart")
    print(json.dumps(report))


main()
