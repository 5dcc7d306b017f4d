"""Triton's stock HTTP client against `assay serve`: what it finds, and answers in JSON and in bytes."""

import sys

import numpy as np
import tritonclient.http as triton
from tritonclient.utils import InferenceServerException

client = triton.InferenceServerClient(url=sys.argv[1])
assert client.is_server_live() and client.is_server_ready()
assert client.is_model_ready("birds") and client.is_model_ready("birds", "1")
assert not client.is_model_ready("birds", "9")
assert "binary_tensor_data" in client.get_server_metadata()["extensions"]
metadata = client.get_model_metadata("birds", "1")
assert metadata["name"] == "birds" and metadata["versions"] == ["1"]
types = {tensor["name"]: tensor["datatype"] for tensor in metadata["inputs"]}
assert types["island"] == "BYTES" and types["body_mass_g"] == "FP64", types
assert {tensor["name"] for tensor in metadata["outputs"]} == {"label", "probabilities"}

ROWS = {
    "island": np.array(["Torgersen", "Biscoe", "Dream"], dtype=object),
    "bill_length_mm": np.array([39.1, 46.1, 46.5]),
    "bill_depth_mm": np.array([18.7, 13.2, 17.9]),
    "flipper_length_mm": np.array([181, 211, 192], dtype=np.int64),
    "body_mass_g": np.array([3750, 4500, 3500], dtype=np.float32),
    "sex": np.array(["MALE", "FEMALE", ""], dtype=object),
}
TYPES = {"O": "BYTES", "d": "FP64", "l": "INT64", "q": "INT64", "f": "FP32"}


def ask(binary, shape, version="", outputs=None, **more):
    inputs = []
    for name, values in ROWS.items():
        tensor = triton.InferInput(name, shape, TYPES[values.dtype.char])
        tensor.set_data_from_numpy(values.reshape(shape), binary_data=binary)
        inputs.append(tensor)
    return client.infer("birds", inputs, model_version=version, outputs=outputs, **more)


def labels(result):
    found = result.as_numpy("label").tolist()
    return [text.decode() if isinstance(text, bytes) else text for text in found]


for version in ["1", "2"]:
    plain = ask(False, [3], version, [triton.InferRequestedOutput("label", binary_data=False),
                                      triton.InferRequestedOutput("probabilities", binary_data=False)])
    wanted = labels(plain)
    assert wanted[0] == "Adelie" and wanted[1] == "Gentoo", wanted
    assert plain.get_response()["model_version"] == version
    probabilities = plain.as_numpy("probabilities")
    assert probabilities.shape == (3, 3) and probabilities.dtype == np.float32
    for binary in [False, True]:
        for shape in [[3], [3, 1]]:
            # Without named outputs this client asks for all of them as bytes.
            answer = ask(binary, shape, version, request_id="mine")
            assert answer.get_response()["id"] == "mine"
            assert labels(answer) == wanted
            assert (answer.as_numpy("probabilities") == probabilities).all()
    packed = ask(True, [3], version, request_compression_algorithm="gzip")
    assert labels(packed) == wanted

only = ask(True, [3], "1", [triton.InferRequestedOutput("probabilities")])
assert [output["name"] for output in only.get_response()["outputs"]] == ["probabilities"]

for spoil, part in [
    (lambda: ask(True, [3], "1", [triton.InferRequestedOutput("nothing")]), "no output"),
    (lambda: ask(True, [3], "9"), "no version 9"),
    (lambda: client.infer("nobody", []), "no model"),
    (lambda: client.infer("birds", []), "missing"),
]:
    try:
        spoil()
    except InferenceServerException as error:
        assert part in error.message(), error
    else:
        raise AssertionError(part)
