"""The samples of make_drift_methods.py, made by arithmetic that is exact in every language, so that they need not be
stored: splitmix64, then sums, products and quotients of its numbers. tests/core/shapes.rs makes the same ones."""

import math

MASK = (1 << 64) - 1


class Stream:
    def __init__(self, seed):
        self.state = seed

    def uniform(self):
        """A multiple of 2^-32 from 0 to 1."""
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return ((z ^ (z >> 31)) >> 32) / 4294967296.0

    def normal(self):
        return sum(self.uniform() for _ in range(12)) - 6.0


def number(shape, stream):
    if shape == "normal":
        return stream.normal()
    if shape == "heavy":
        z = stream.normal()
        return z / (stream.uniform() + 0.05)
    if shape == "lognormal":
        x = 1.0 + stream.normal() / 16.0
        for _ in range(4):
            x = x * x
        return x
    if shape == "whole":
        return float(math.floor(10.0 + 3.0 * stream.normal()))
    if shape == "zeros":
        z = stream.normal()
        return 0.0 if stream.uniform() < 0.6 else abs(z)
    if shape == "constant":
        return 0.003467
    if shape == "few":
        return float(math.floor(stream.uniform() * 4.0))
    if shape == "binary":
        return 1.0 if stream.uniform() < 0.3 else 0.0
    raise ValueError(shape)


def numbers(shape, seed, n, shift=0.0, scale=1.0, missing=0.0):
    stream = Stream(seed)
    values = []
    for _ in range(n):
        value = shift + scale * number(shape, stream)
        values.append(float("nan") if stream.uniform() < missing else value)
    return values


def categories(seed, n, n_categories=6, power=2, missing=0.0):
    """Skewed: category floor(u^power * n_categories), a letter; the larger the power, the more a."""
    stream = Stream(seed)
    values = []
    for _ in range(n):
        u = stream.uniform()
        x = 1.0
        for _ in range(power):
            x = x * u
        value = chr(ord("a") + int(math.floor(x * n_categories)))
        values.append(None if stream.uniform() < missing else value)
    return values
