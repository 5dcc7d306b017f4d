"""The folder of a version that Assay trained, in the hands of strangers: mlflow.pyfunc and onnxruntime, raw columns in.

model_folder.py FOLDER ROWS: ROWS is what the run keeps of its model's own answers to adversarial rows (missing values,
unseen categories, extreme numbers among them).
"""

import json
import sys
from pathlib import Path

import mlflow
import numpy
import onnxruntime
import pandas

TOLERANCE = 1e-5
folder = Path(sys.argv[1])
loaded = mlflow.pyfunc.load_model(str(folder))
session = onnxruntime.InferenceSession(str(folder / "model.onnx"), providers=["CPUExecutionProvider"])
takes_text = {port.name: port.type == "tensor(string)" for port in session.get_inputs()}


def through_pyfunc(frame):
    return loaded.predict(frame)


def through_onnxruntime(frame):
    feed = {
        name: numpy.array(["" if pandas.isna(value) else value for value in frame[name]], dtype=object)
        if is_text
        else frame[name].to_numpy(dtype=numpy.float64)
        for name, is_text in takes_text.items()
    }
    return dict(zip([port.name for port in session.get_outputs()], session.run(None, feed), strict=True))


def same(found, wanted):
    assert set(found) == set(wanted), (set(found), set(wanted))
    for name, values in wanted.items():
        if name == "label":
            labels = [str(label) for label in numpy.asarray(found[name]).ravel()]
            assert labels == [str(value) for value in values], (labels, values)
            continue
        wanted_values = numpy.array(values, dtype=numpy.float64)
        found_values = numpy.asarray(found[name], dtype=numpy.float64).reshape(wanted_values.shape)
        apart = numpy.abs(wanted_values - found_values) / numpy.maximum(1.0, numpy.abs(wanted_values))
        assert apart.max() <= TOLERANCE, (name, apart.max())


def frame_of(columns):
    """A missing text is NaN: mlflow does not take None or pandas' NA in the first row."""
    table = {}
    for name, values in columns.items():
        if takes_text[name]:
            values = pandas.Series([numpy.nan if value is None else value for value in values], dtype=object)
        else:
            values = pandas.Series([numpy.nan if value is None else value for value in values], dtype=numpy.float64)
        table[name] = values
    return pandas.DataFrame(table)


request = json.loads((folder / "sample_request.json").read_text())["dataframe_split"]
answer = json.loads((folder / "sample_answer.json").read_text())["predictions"]
names = [name for name in request["columns"] if name in takes_text]
sample = frame_of({name: [row[request["columns"].index(name)] for row in request["data"]] for name in names})
same(through_pyfunc(sample), answer)
same(through_onnxruntime(sample), answer)

kept = json.loads(Path(sys.argv[2]).read_text())
for kind in ("missing", "all_missing", "unseen_category", "extreme_number"):
    assert kind in kept["kinds"], kind
columns = {column["name"]: next(iter(column["values"].values())) for column in kept["columns"]}
rows = frame_of(columns)
own = kept["answers"]
if own["width"]:
    names = json.loads(session.get_modelmeta().custom_metadata_map["assay.classes"])
    values = numpy.array(own["values"]).reshape(-1, own["width"])
    wanted = {"label": [names[index] for index in own["indices"]], "probabilities": values}
else:
    wanted = {"value": own["values"]}
assert len(rows) > 20, len(rows)
same(through_pyfunc(rows), wanted)
same(through_onnxruntime(rows), wanted)
