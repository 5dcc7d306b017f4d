"""Triton's stock client against imported graphs: an image as it is, and a matrix where the graph takes one."""

import json
import sys
from pathlib import Path

import numpy as np
import tritonclient.http as triton
from tritonclient.utils import InferenceServerException

client = triton.InferenceServerClient(url=sys.argv[1])
corpus = Path(sys.argv[2])

metadata = client.get_model_metadata("digits")
(image,) = metadata["inputs"]
assert image == {"name": "image", "datatype": "FP32", "shape": [-1, 1, 8, 8]}, image
assert client.is_model_ready("digits")
known = json.loads((corpus / "cnn.json").read_text())
values = np.array(known["image"], dtype=np.float32).reshape(1, 1, 8, 8)


def ask(name, tensor, values, binary, datatype="FP32"):
    given = triton.InferInput(tensor, list(values.shape), datatype)
    given.set_data_from_numpy(values, binary_data=binary)
    return client.infer(name, [given])


for binary in [False, True]:
    said = ask("digits", "image", values, binary).as_numpy("probabilities")
    assert said.shape == (1, 3) and said.dtype == np.float32, (said.shape, said.dtype)
    assert np.abs(said[0] - known["probabilities"]).max() < 1e-6, said
    two = ask("digits", "image", np.concatenate([values, values]), binary)
    assert (two.as_numpy("probabilities")[1] == said[0]).all()

try:
    ask("digits", "image", values.reshape(1, 8, 8), True)
    raise SystemExit("a tensor of another shape was taken")
except InferenceServerException as error:
    assert "[1, 8, 8]" in str(error), error

known = json.loads((corpus / "logistic.json").read_text())
rows = np.array(known["rows"], dtype=np.float32)
for binary in [False, True]:
    answer = ask("flowers", sys.argv[3], rows, binary)
    assert [str(label) for label in answer.as_numpy("label")] == known["labels"]
    assert np.abs(answer.as_numpy("probabilities") - known["probabilities"]).max() < 1e-6
