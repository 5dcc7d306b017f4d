"""An exported model in ONNX Runtime's own package, asked about every row of a log: one JSON line.

`seconds` is from the reading of the log to the last answer; `call_seconds` is the call of the model alone.
"""
import json
import sys
import time

import numpy
import onnxruntime
import pandas

model, log = sys.argv[1], sys.argv[2]
session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
started = time.perf_counter()
rows = pandas.read_parquet(log)


def column(wanted):
    values = rows[wanted.name]
    if wanted.type == "tensor(string)":
        return values.astype(object).where(values.notna(), "").to_numpy()
    return values.to_numpy(numpy.int64 if wanted.type == "tensor(int64)" else numpy.float64)


columns = {wanted.name: column(wanted) for wanted in session.get_inputs()}
called = time.perf_counter()
session.run(None, columns)
ended = time.perf_counter()
print(json.dumps({"seconds": ended - started, "call_seconds": ended - called, "version": onnxruntime.__version__}))
