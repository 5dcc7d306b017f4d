"""Writes split.json: which rows scikit-learn's splitters choose. Run: python make_split.py"""

import json

import numpy as np
import sklearn
from sklearn.model_selection import GroupKFold, StratifiedGroupKFold, TimeSeriesSplit

random = np.random.default_rng(20261121)


def time(n, k, gap=0, max_train_rows=None):
    splitter = TimeSeriesSplit(n_splits=k, gap=gap, max_train_size=max_train_rows)
    folds = [(a.tolist(), b.tolist()) for a, b in splitter.split(np.zeros((n, 1)))]
    return {"n": n, "k": k, "gap": gap, "max_train_rows": max_train_rows, "folds": folds}


def groups(n, n_groups, k):
    codes = random.integers(0, n_groups, n)
    sizes = sorted(len(b) for _, b in GroupKFold(k).split(np.zeros((n, 1)), groups=codes))
    return {"k": k, "groups": codes.tolist(), "sizes": sizes}


def stratified_groups(n, n_groups, n_classes, k):
    # Groups of uneven sizes: among equally good folds scikit-learn lets rounding decide.
    codes = np.floor(n_groups * random.random(n) ** 2).astype(int)
    classes = random.integers(0, n_classes, n)
    folds = [b.tolist() for _, b in StratifiedGroupKFold(k).split(np.zeros((n, 1)), classes, codes)]
    return {"k": k, "groups": codes.tolist(), "classes": classes.tolist(), "folds": folds}


document = {
    "made_with": f"scikit-learn {sklearn.__version__}, numpy {np.__version__}",
    "script": "make_split.py",
    "time": [time(12, 3), time(13, 5), time(30, 4, gap=2), time(30, 4, max_train_rows=7), time(41, 5, 3, 6)],
    "groups": [groups(40, 9, 3), groups(100, 12, 5), groups(57, 30, 4)],
    "stratified_groups": [
        stratified_groups(60, 12, 2, 3),
        stratified_groups(90, 17, 3, 4),
        stratified_groups(150, 25, 2, 5),
    ],
}
with open("split.json", "w") as file:
    json.dump(document, file)
    file.write("\n")
