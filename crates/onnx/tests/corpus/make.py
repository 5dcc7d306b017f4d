"""Makes the ONNX files of this folder with the libraries that people use, and what onnxruntime says of a few rows.

Run it with Python and the packages of `versions.json`:  python make.py
"""

import json
import sys
import warnings
from importlib.metadata import version
from pathlib import Path

import lightgbm
import numpy as np
import onnx
import onnxmltools
import onnxruntime
import pandas as pd
import xgboost
from onnx import TensorProto, helper, numpy_helper
from onnxmltools.convert.common.data_types import FloatTensorType as ToolsFloat
from skl2onnx import to_onnx
from skl2onnx.common.data_types import DoubleTensorType, FloatTensorType, StringTensorType
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_diabetes, load_iris
from sklearn.ensemble import (
    GradientBoostingClassifier,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import SVC

warnings.filterwarnings("ignore")
HERE = Path(__file__).parent
N_ROWS = 12
OPSET = {"": 17, "ai.onnx.ml": 3}
PACKAGES = ["lightgbm", "numpy", "onnx", "onnxmltools", "onnxruntime", "pandas", "scikit-learn", "skl2onnx", "xgboost"]


def save(name, model):
    path = HERE / f"{name}.onnx"
    model = onnx.shape_inference.infer_shapes(model) if name == "cnn" else model
    path.write_bytes(model.SerializeToString())
    assert path.stat().st_size < 100_000, name
    return path


def plain(value):
    """A list of Python's own numbers and texts."""
    return np.asarray(value).tolist()


def feed_of(session, rows):
    """The inputs of a graph from a table, as a user of Python would feed them."""
    feed, columns = {}, list(rows.columns)
    for port in session.get_inputs():
        kind = {"tensor(float)": np.float32, "tensor(double)": np.float64, "tensor(int64)": np.int64,
                "tensor(bool)": bool, "tensor(string)": object}[port.type]
        if port.name in rows:
            values = rows[[port.name]].to_numpy().astype(kind)
            feed[port.name] = values if len(port.shape) == 2 else values[:, 0]
        else:
            feed[port.name] = rows[columns].to_numpy().astype(kind)
    return feed


def expect(name, rows, classes=None, scores=False):
    """Writes the rows and what onnxruntime answers beside the file."""
    session = onnxruntime.InferenceSession(HERE / f"{name}.onnx")
    outputs = session.run(None, feed_of(session, rows))
    expected = {"columns": list(rows.columns), "rows": plain(rows.to_numpy())}
    if classes is None:
        expected["values"] = [float(value) for value in np.asarray(outputs[0]).reshape(-1)]
    else:
        expected["classes"] = [str(label) for label in classes]
        expected["labels"] = [str(label) for label in outputs[0]]
        if len(outputs) > 1 and not scores:
            given = outputs[1]
            if isinstance(given, list):
                given = [[row[label] for label in classes] for row in given]
            expected["probabilities"] = [[float(p) for p in row] for row in given]
    (HERE / f"{name}.json").write_text(json.dumps(expected) + "\n")


def people():
    """Rows with numbers and texts, and a text to predict."""
    draw = np.random.default_rng(7)
    rows = pd.DataFrame({
        "age": draw.integers(18, 80, 300).astype(float),
        "fare": draw.gamma(2.0, 20.0, 300).round(2),
        "city": draw.choice(["Cork", "Dublin", "Galway"], 300),
    })
    likely = rows["fare"] / 40 + (rows["city"] == "Dublin") - rows["age"] / 60
    return rows, np.where(likely + draw.normal(0, 0.3, 300) > 0.5, "stays", "leaves")


def scikit_learn():
    rows, label = people()
    pipeline = make_pipeline(
        ColumnTransformer([("numbers", StandardScaler(), ["age", "fare"]), ("texts", OneHotEncoder(handle_unknown="ignore"), ["city"])]),
        LogisticRegression(),
    ).fit(rows, label)
    types = [("age", FloatTensorType([None, 1])), ("fare", FloatTensorType([None, 1])), ("city", StringTensorType([None, 1]))]
    for name, zipmap in [("pipeline", False), ("pipeline_zipmap", True)]:
        save(name, to_onnx(pipeline, initial_types=types, target_opset=OPSET, options={id(pipeline): {"zipmap": zipmap}}))
        expect(name, rows.head(N_ROWS), pipeline.classes_)

    data, label = load_iris(return_X_y=True, as_frame=True)
    data.columns = [f"f{place}" for place in range(4)]
    binary = (label == 2).astype(int)
    shown = data.iloc[::13].head(N_ROWS)
    for name, model, zipmap, target in [
        ("forest", RandomForestClassifier(8, max_depth=4, random_state=1), False, label),
        ("forest_zipmap", RandomForestClassifier(4, max_depth=3, random_state=1), True, label),
        ("logistic", LogisticRegression(max_iter=500), False, label),
        ("gradient_boosting", GradientBoostingClassifier(n_estimators=8, random_state=1), False, binary),
        ("network", MLPClassifier((6,), max_iter=300, random_state=1), False, label),
        ("svc", SVC(), "scores", label),
    ]:
        model.fit(data.to_numpy(), target)
        options = {"zipmap": zipmap} if zipmap != "scores" else {"zipmap": False}
        converted = to_onnx(model, initial_types=[("X", FloatTensorType([None, 4]))], target_opset=OPSET, options={id(model): options})
        if name == "forest":
            # As tools do that tell whoever comes later what the columns are.
            names = ["sepal length", "sepal width", "petal length", "petal width"]
            converted.metadata_props.add(key="feature_names", value=json.dumps(names))
            converted.metadata_props.add(key="author", value="somebody else")
        save(name, converted)
        expect(name, shown if name != "forest" else shown.set_axis(names, axis=1), model.classes_, zipmap == "scores")

    data, value = load_diabetes(return_X_y=True)
    data = pd.DataFrame(data[:, :5], columns=[f"f{place}" for place in range(5)])
    shown = data.head(N_ROWS)
    forest = RandomForestRegressor(5, max_depth=4, random_state=1).fit(data.to_numpy(), value)
    save("forest_regressor", to_onnx(forest, initial_types=[("X", FloatTensorType([None, 5]))], target_opset=OPSET))
    expect("forest_regressor", shown)
    ridge = Ridge().fit(data.to_numpy(), value)
    save("ridge_double", to_onnx(ridge, initial_types=[("X", DoubleTensorType([None, 5]))], target_opset=OPSET))
    expect("ridge_double", shown)
    return data, value


def boosting(data, value):
    iris, label = load_iris(return_X_y=True)
    table = pd.DataFrame(iris, columns=[f"f{place}" for place in range(4)])
    shown = table.iloc[::13].head(N_ROWS)
    kind = [("input", ToolsFloat([None, 4]))]
    model = lightgbm.LGBMClassifier(n_estimators=4, num_leaves=5, verbose=-1, random_state=1).fit(iris, label)
    save("lightgbm_classifier", onnxmltools.convert_lightgbm(model, initial_types=kind, target_opset=15))
    expect("lightgbm_classifier", shown, model.classes_)
    model = xgboost.XGBClassifier(n_estimators=4, max_depth=3, random_state=1).fit(iris, label)
    save("xgboost_classifier", onnxmltools.convert_xgboost(model, initial_types=kind, target_opset=15))
    expect("xgboost_classifier", shown, model.classes_)
    kind = [("input", ToolsFloat([None, 5]))]
    model = lightgbm.LGBMRegressor(n_estimators=6, num_leaves=6, verbose=-1, random_state=1).fit(data.to_numpy(), value)
    save("lightgbm_regressor", onnxmltools.convert_lightgbm(model, initial_types=kind, target_opset=15))
    expect("lightgbm_regressor", data.head(N_ROWS))
    model = xgboost.XGBRegressor(n_estimators=6, max_depth=3, random_state=1).fit(data.to_numpy(), value)
    save("xgboost_regressor", onnxmltools.convert_xgboost(model, initial_types=kind, target_opset=15))
    expect("xgboost_regressor", data.head(N_ROWS))


def graph_model(graph, extra=(), **more):
    opsets = [helper.make_opsetid("", 17), *[helper.make_opsetid(*entry) for entry in extra]]
    return helper.make_model(graph, producer_name="make.py", ir_version=8, opset_imports=opsets, **more)


def by_hand():
    draw = np.random.default_rng(3)
    tensor = lambda name, *shape: numpy_helper.from_array(draw.normal(0, 0.4, shape).astype(np.float32), name)
    port = helper.make_tensor_value_info
    nodes = [
        helper.make_node("Conv", ["image", "conv.weight", "conv.bias"], ["c"], "conv", pads=[1, 1, 1, 1]),
        helper.make_node("Relu", ["c"], ["r"], "relu"),
        helper.make_node("MaxPool", ["r"], ["p"], "pool", kernel_shape=[2, 2], strides=[2, 2]),
        helper.make_node("Flatten", ["p"], ["f"], "flatten"),
        helper.make_node("Gemm", ["f", "fc.weight", "fc.bias"], ["logits"], "fc"),
        helper.make_node("Softmax", ["logits"], ["probabilities"], "softmax"),
    ]
    weights = [tensor("conv.weight", 4, 1, 3, 3), tensor("conv.bias", 4), tensor("fc.weight", 64, 3), tensor("fc.bias", 3)]
    ends = [port("image", TensorProto.FLOAT, ["N", 1, 8, 8])], [port("probabilities", TensorProto.FLOAT, ["N", 3])]
    cnn = graph_model(helper.make_graph(nodes, "cnn", *ends, weights))
    save("cnn", cnn)
    image = (np.arange(64) % 17 / 8.0).astype(np.float32).reshape(1, 1, 8, 8)
    session = onnxruntime.InferenceSession(HERE / "cnn.onnx")
    answer = session.run(None, {"image": image})[0]
    (HERE / "cnn.json").write_text(json.dumps({"image": plain(image.reshape(-1)), "probabilities": plain(answer[0])}) + "\n")

    # The same network with other weights of its last layer, to be compared with it.
    changed = onnx.ModelProto()
    changed.CopyFrom(cnn)
    bias = numpy_helper.to_array(changed.graph.initializer[3]) + np.float32(0.5)
    changed.graph.initializer[3].CopyFrom(numpy_helper.from_array(bias.astype(np.float32), "fc.bias"))
    changed.graph.node[2].attribute.append(helper.make_attribute("ceil_mode", 1))
    changed.graph.node.insert(5, helper.make_node("Identity", ["logits"], ["same"], "added"))
    changed.graph.node[6].input[0] = "same"
    save("cnn_changed", changed)

    # y = x W, with W in another file.
    weight = numpy_helper.from_array(np.array([[1.0], [2.0], [3.0]], np.float32), "W")
    ends = [port("X", TensorProto.FLOAT, ["N", 3])], [port("y", TensorProto.FLOAT, ["N", 1])]
    external = graph_model(helper.make_graph([helper.make_node("MatMul", ["X", "W"], ["y"], "mul")], "external", *ends, [weight]))
    save("inside", external)
    held = external.graph.initializer[0]
    (HERE / "external.weights").write_bytes(held.raw_data)
    onnx.external_data_helper.set_external_data(held, "external.weights", 0, len(held.raw_data))
    held.ClearField("raw_data")
    save("external", external)

    custom = helper.make_node("Sharpen", ["X"], ["y"], "sharpen", domain="com.example")
    save("custom_operator", graph_model(helper.make_graph([custom], "custom", *ends), [("com.example", 1)]))

    # A custom operator that the file itself defines.
    twice = helper.make_function("com.example", "Twice", ["x"], ["out"], [helper.make_node("Add", ["x", "x"], ["out"])], [helper.make_opsetid("", 17)])
    call = helper.make_node("Twice", ["x"], ["y"], "twice", domain="com.example")
    one = [port("x", TensorProto.FLOAT, ["N"])], [port("y", TensorProto.FLOAT, ["N"])]
    save("own_function", graph_model(helper.make_graph([call], "own", *one), [("com.example", 1)], functions=[twice]))
    expect("own_function", pd.DataFrame({"x": [1.0, 2.5]}))

    # Graphs within graphs, and inputs of whole numbers and booleans.
    branch = lambda name, op: helper.make_graph([helper.make_node(op, ["wide", "wide"], [f"{name}_out"], name)], name, [], [port(f"{name}_out", TensorProto.FLOAT, ["N"])])
    nodes = [
        helper.make_node("Cast", ["n"], ["wide"], "cast", to=TensorProto.FLOAT),
        helper.make_node("ReduceMax", ["wide"], ["most"], "most", keepdims=0),
        helper.make_node("Greater", ["most", "limit"], ["is_large"], "greater"),
        helper.make_node("If", ["is_large"], ["chosen"], "choose", then_branch=branch("double", "Add"), else_branch=branch("square", "Mul")),
        helper.make_node("Cast", ["flag"], ["as_number"], "flag_cast", to=TensorProto.FLOAT),
        helper.make_node("Add", ["chosen", "as_number"], ["y"], "sum"),
    ]
    ends = [port("n", TensorProto.INT64, ["N"]), port("flag", TensorProto.BOOL, ["N"])], [port("y", TensorProto.FLOAT, ["N"])]
    limit = numpy_helper.from_array(np.float32(100.0), "limit")
    save("branches", graph_model(helper.make_graph(nodes, "branches", *ends, [limit])))
    expect("branches", pd.DataFrame({"n": [1, 2, 300], "flag": [1, 0, 1]}))

    # Runs as good as for ever: a loop of 2^40 rounds.
    step = helper.make_graph(
        [helper.make_node("Identity", ["go"], ["go_on"]), helper.make_node("Add", ["sum", "sum"], ["more"])], "step",
        [port("i", TensorProto.INT64, []), port("go", TensorProto.BOOL, []), port("sum", TensorProto.FLOAT, ["N"])],
        [port("go_on", TensorProto.BOOL, []), port("more", TensorProto.FLOAT, ["N"])])
    endless = helper.make_node("Loop", ["rounds", "", "x"], ["y"], "endless", body=step)
    rounds = numpy_helper.from_array(np.int64(2**40), "rounds")
    save("endless", graph_model(helper.make_graph([endless], "endless", *one, [rounds])))

    # Asks for 2^40 numbers at once.
    bomb = [helper.make_node("ConstantOfShape", ["huge"], ["zeros"], "bomb"), helper.make_node("ReduceSum", ["zeros"], ["s"], "sum", keepdims=0), helper.make_node("Add", ["x", "s"], ["y"], "add")]
    huge = numpy_helper.from_array(np.array([2**20, 2**20], np.int64), "huge")
    save("memory", graph_model(helper.make_graph(bomb, "memory", *one, [huge])))


if __name__ == "__main__":
    by_hand()
    boosting(*scikit_learn())
    versions = {"python": sys.version.split()[0], **{name: version(name) for name in PACKAGES}}
    (HERE / "versions.json").write_text(json.dumps(versions, indent=2) + "\n")
