"""Writes estimates.json: what NannyML estimates without labels (CBPE, DLE) and of reconstruction. Run: python make_estimates.py

Samples are made by exact arithmetic on both sides (a 64-bit linear congruential generator), so that they need not be
stored; only what a LightGBM model predicts is.
"""

import json
import os

os.environ["NML_DISABLE_USAGE_LOGGING"] = "1"

import nannyml
import numpy as np
import pandas as pd

N_REFERENCE, N_WINDOW, N_CHUNK = 4_000, 1_000, 500
WORTH = {2: [[1.0, -2.0], [-3.0, 5.0]], 3: [[1.0, -1.0, -2.0], [-3.0, 2.0, 0.5], [-4.0, -0.5, 3.0]]}


class Uniform:
    def __init__(self, seed):
        self.state = seed * 0x9E3779B97F4A7C15 % 2**64

    def draw(self):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 11) / 2**53


def binary(seed, n, shifted):
    uniform = Uniform(seed)
    rows = []
    for _ in range(n):
        p = uniform.draw()
        if shifted:
            p = p * p
        truth = 1 if uniform.draw() < 0.1 + 0.8 * p * p else 0
        rows.append((p, 1 if p >= 0.5 else 0, truth))
    return pd.DataFrame(rows, columns=["score", "predicted", "truth"])


def multiclass(seed, n, shifted):
    uniform = Uniform(seed)
    rows = []
    for _ in range(n):
        a = [uniform.draw() for _ in range(3)]
        if shifted:
            a[2] = a[2] * 2.0
        total = a[0] + a[1] + a[2]
        p = [x / total for x in a]
        squares = p[0] * p[0] + p[1] * p[1] + p[2] * p[2]
        at = uniform.draw() * squares
        truth = 0 if at < p[0] * p[0] else 1 if at < p[0] * p[0] + p[1] * p[1] else 2
        rows.append((*p, int(np.argmax(p)), truth))
    frame = pd.DataFrame(rows, columns=["p0", "p1", "p2", "predicted", "truth"])
    for name in ("predicted", "truth"):
        frame[name] = frame[name].map({0: "a", 1: "b", 2: "c"})
    return frame


def regression(seed, n, shifted):
    uniform = Uniform(seed)
    rows = []
    for _ in range(n):
        x = uniform.draw()
        if shifted:
            x = 0.5 + 0.5 * x
        truth = 1.0 + 3.0 * x + (uniform.draw() - 0.5) * x
        rows.append((x, 1.0 + 3.0 * x, truth))
    return pd.DataFrame(rows, columns=["x", "predicted", "truth"])


def mixed(seed, n, shifted):
    uniform = Uniform(seed)
    rows = []
    for _ in range(n):
        a, b, c = uniform.draw(), uniform.draw(), uniform.draw()
        if shifted:
            second = 1.0 - a + 0.2 * b
        else:
            second = a + 0.2 * b
        third = 100.0 * c
        if uniform.draw() < 0.05:
            third = np.nan
        color = uniform.draw()
        color = "red" if color < 0.5 else "green" if color < 0.8 else "blue"
        if shifted and uniform.draw() < 0.1:
            color = "mauve"
        size = uniform.draw()
        size = None if size < 0.1 else "large" if size < 0.4 else "small"
        rows.append((a, second, third, color, size))
    return pd.DataFrame(rows, columns=["a", "b", "c", "color", "size"])


def cases(result, metrics):
    frame = result.filter(period="analysis").to_df()
    found = []
    for index in range(len(frame)):
        chunk = {}
        for metric in metrics:
            record = {}
            for name in ("value", "sampling_error", "upper_confidence_boundary", "lower_confidence_boundary",
                         "upper_threshold", "lower_threshold"):
                value = frame[(metric, name)].iloc[index]
                record[name] = None if value is None or np.isnan(value) else float(value)
            record["alert"] = bool(frame[(metric, "alert")].iloc[index])
            chunk[metric] = record
        found.append(chunk)
    return found


def cbpe(problem, reference, window, probabilities, classes):
    metrics = ["roc_auc", "average_precision", "f1", "precision", "recall", "specificity", "accuracy",
               "confusion_matrix", "business_value"]
    np.random.seed(7)
    estimator = nannyml.CBPE(
        metrics=metrics,
        y_pred_proba=probabilities,
        y_pred="predicted",
        y_true="truth",
        problem_type=problem,
        chunk_size=N_CHUNK,
        business_value_matrix=WORTH[len(classes)],
    )
    estimator.fit(reference)
    result = estimator.estimate(window)
    columns = [name for metric in estimator.metrics for name in metric.column_names]
    calibrated = (
        bool(estimator.needs_calibration)
        if problem == "classification_binary"
        else [type(c).__name__ == "IsotonicCalibrator" for _, c in sorted(estimator._calibrators.items())]
    )
    return {"calibrated": calibrated, "chunks": cases(result, columns)}


def dle():
    reference, window = regression(5, N_REFERENCE, False), regression(6, N_WINDOW, True)
    metrics = ["mae", "mape", "mse", "msle", "rmse", "rmsle"]
    estimator = nannyml.DLE(
        feature_column_names=["x"], y_pred="predicted", y_true="truth", metrics=metrics, chunk_size=N_CHUNK,
        hyperparameters={"n_estimators": 5, "verbose": -1, "n_jobs": 1, "deterministic": True, "num_leaves": 4},
    )
    estimator.fit(reference)
    chunks = cases(estimator.estimate(window), metrics)
    losses = {}
    for metric in estimator.metrics:
        losses[metric.column_name] = [float(x) for x in metric._dee_model.predict(X=window[["x", "predicted"]])]
    # Few leaves: few values, stored once each.
    stored = {}
    for name, values in losses.items():
        levels = sorted(set(values))
        stored[name] = {"levels": levels, "rows": "".join(chr(ord("0") + levels.index(v)) for v in values)}
    return {"chunks": chunks, "losses": stored}


def reconstruction():
    reference, window = mixed(8, N_REFERENCE, False), mixed(9, N_WINDOW, True)
    same = mixed(10, N_WINDOW, False)
    calculator = nannyml.DataReconstructionDriftCalculator(column_names=list(reference), chunk_size=N_CHUNK)
    calculator.fit(reference)
    n_components = int(calculator._pca.n_components_)
    return {
        "n_components": n_components,
        "shifted": cases(calculator.calculate(window), ["reconstruction_error"]),
        "same": cases(calculator.calculate(same), ["reconstruction_error"]),
    }


def delong():
    """By the definition, over all pairs."""
    found = []
    for seed, n, digits in ((21, 300, 8), (22, 500, 1)):
        frame = binary(seed, n, False)
        # Half a digit never meets a sum of binary fractions: both sides round alike.
        score = np.floor(frame["score"].to_numpy() * 10**digits) / 10**digits
        truth = frame["truth"].to_numpy()
        x, y = score[truth == 1], score[truth == 0]
        wins = (x[:, None] > y[None, :]) + 0.5 * (x[:, None] == y[None, :])
        auc = wins.mean()
        variance = wins.mean(axis=1).var(ddof=1) / len(x) + wins.mean(axis=0).var(ddof=1) / len(y)
        found.append({"seed": seed, "n": n, "digits": digits, "auc": float(auc), "std": float(np.sqrt(variance))})
    return found


def main():
    golden = {
        "nannyml": nannyml.__version__,
        "numpy": np.__version__,
        "n_reference": N_REFERENCE,
        "n_window": N_WINDOW,
        "n_chunk": N_CHUNK,
        "binary": cbpe("classification_binary", binary(1, N_REFERENCE, False), binary(2, N_WINDOW, True), "score", "01"),
        "multiclass": cbpe(
            "classification_multiclass",
            multiclass(3, N_REFERENCE, False),
            multiclass(4, N_WINDOW, True),
            {"a": "p0", "b": "p1", "c": "p2"},
            "abc",
        ),
        "dle": dle(),
        "reconstruction": reconstruction(),
        "delong": delong(),
    }
    with open("estimates.json", "w") as file:
        json.dump(golden, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main()
