"""Writes recipes.json: what scikit-learn's transformers learn and make of small columns.

Run in this folder: python recipes.py  (scikit-learn 1.9.1, scipy 1.17.1; the versions are stored in recipes.json)
"""

import json

import numpy as np
import scipy
import sklearn
from sklearn.decomposition import PCA
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.preprocessing import KBinsDiscretizer, MinMaxScaler, PowerTransformer, RobustScaler, TargetEncoder

draw = np.random.default_rng(5)
columns = {
    "skewed": draw.lognormal(1.0, 0.8, 60),
    "negative": -draw.gamma(2.0, 3.0, 60),
    "mixed": draw.normal(0.5, 4.0, 60) ** 3 / 50.0,
    "whole": draw.integers(0, 6, 60).astype(float),
}
columns = {name: np.round(values, 6) for name, values in columns.items()}
towns = [str(town) for town in draw.choice(["Rome", "Oslo", "Bern", "Bonn"], 60, p=[0.5, 0.3, 0.15, 0.05])]
towns[7] = "Once"
price = np.round(draw.normal(3.0, 1.0, 60) + np.array([len(t) == 4 and t[0] == "R" for t in towns]) * 2.0, 6)
sold = (price > 3.7).astype(int)
kind = draw.integers(0, 3, 60)


def numeric(values):
    x = values.reshape(-1, 1)
    power = PowerTransformer().fit(x)
    bins = {
        method: KBinsDiscretizer(5, encode="ordinal", strategy=method, quantile_method="linear", subsample=None).fit(x)
        for method in ["quantile", "uniform"]
    }
    return {
        "values": values.tolist(),
        "lambda": float(power.lambdas_[0]),
        "power": power.transform(x)[:, 0].tolist(),
        "robust": RobustScaler().fit_transform(x)[:, 0].tolist(),
        "min_max": MinMaxScaler().fit_transform(x)[:, 0].tolist(),
        "bins": {method: of.transform(x)[:, 0].tolist() for method, of in bins.items()},
    }


def target(y, kind, smooth):
    encoder = TargetEncoder(target_type=kind, smooth=smooth).fit(np.array(towns, dtype=object).reshape(-1, 1), y)
    return {
        "categories": encoder.categories_[0].tolist(),
        "encodings": [list(map(float, of)) for of in encoder.encodings_],
        "otherwise": np.atleast_1d(encoder.target_mean_).tolist(),
    }


words = ["the", "The", "a", "cat", "dog", "Cats", "runs", "RUNS", "fast.", "slow", "über", "Über", "not", "and", "good"]
weights = 1.0 / np.arange(1, len(words) + 1)
texts = [" ".join(draw.choice(words, draw.integers(0, 12), p=weights / weights.sum())) for _ in range(40)]


def tfidf(max_features, min_df):
    of = TfidfVectorizer(token_pattern=r"[^ ]+", max_features=max_features, min_df=min_df).fit(texts)
    return {
        "words": of.get_feature_names_out().tolist(),
        "weights": of.idf_.tolist(),
        "features": of.transform(texts).toarray().tolist(),
    }


def components(n_components):
    x = np.column_stack(list(columns.values()))
    of = PCA(n_components, svd_solver="full").fit(x)
    return {
        "components": of.components_.tolist(),
        "shares": of.explained_variance_ratio_.tolist(),
        "features": of.transform(x).tolist(),
    }


golden = {
    "made_with": {"scikit-learn": sklearn.__version__, "scipy": scipy.__version__, "numpy": np.__version__},
    "numeric": {name: numeric(values) for name, values in columns.items()},
    "texts": texts,
    "tfidf": {"all": tfidf(None, 1), "4": tfidf(4, 1), "9 in 4": tfidf(9, 4)},
    "pca": {"all": components(None), "2": components(2), "0.9": components(0.9)},
    "towns": towns,
    "price": price.tolist(),
    "sold": sold.tolist(),
    "kind": kind.tolist(),
    "target": {
        "price, auto": target(price, "continuous", "auto"),
        "price, 10": target(price, "continuous", 10.0),
        "sold, auto": target(sold, "binary", "auto"),
        "kind, auto": target(kind, "multiclass", "auto"),
    },
}
with open("recipes.json", "w") as file:
    json.dump(golden, file, indent=1)
    file.write("\n")
