"""Fit the headline model: `fit_headline.py CLICKBAIT.txt PLAIN.txt OUT.yaml`, one headline a line.

Logistic regression with an L2 penalty, by plain gradient descent over cues seen often enough, on
four fifths of the lines; the AUC printed is that of the last fifth.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from zlib import crc32

import numpy as np
import numpy.typing as npt

from newsloom.curate.headline import list_cues

_SEEN = 25  # headlines a cue must be in
_STEPS = 600
_RATE = 4.0
_PENALTY = 2e-4
Matrix = npt.NDArray[np.float64]


def _read(path: str) -> list[str]:
    return [line.strip() for line in Path(path).read_text(encoding="utf-8").splitlines() if line.strip()]


def _encode(titles: list[str], vocabulary: dict[str, int]) -> Matrix:
    matrix = np.zeros((len(titles), len(vocabulary)))
    for row, title in enumerate(titles):
        for cue in list_cues(title):
            if cue in vocabulary:
                matrix[row, vocabulary[cue]] = 1.0
    return matrix


def _fit(matrix: Matrix, labels: Matrix) -> tuple[Matrix, float]:
    weights, bias = np.zeros(matrix.shape[1]), 0.0
    for _ in range(_STEPS):
        error = 1 / (1 + np.exp(-(matrix @ weights + bias))) - labels
        weights -= _RATE * (matrix.T @ error / len(labels) + _PENALTY * weights)
        bias -= _RATE * float(error.mean())
    return weights, bias


def _measure_auc(scores: Matrix, labels: Matrix) -> float:
    ranks = np.empty(len(scores))
    ranks[scores.argsort()] = np.arange(1, len(scores) + 1)
    positive = labels == 1
    count, rest = positive.sum(), (~positive).sum()
    return float((ranks[positive].sum() - count * (count + 1) / 2) / (count * rest))


def main(clickbait: str, plain: str, out: str) -> None:
    """Fit, print the AUC on the part held out, and write the weights."""
    pairs = [(title, 1.0) for title in _read(clickbait)] + [(title, 0.0) for title in _read(plain)]
    held = [crc32(title.encode()) % 5 == 0 for title, _ in pairs]
    train = [pair for pair, out_ in zip(pairs, held, strict=True) if not out_]
    test = [pair for pair, out_ in zip(pairs, held, strict=True) if out_]
    counts = Counter(cue for title, _ in train for cue in list_cues(title))
    vocabulary = {cue: n for n, cue in enumerate(sorted(cue for cue, n in counts.items() if n >= _SEEN))}
    weights, bias = _fit(_encode([t for t, _ in train], vocabulary), np.array([y for _, y in train]))
    labels = np.array([y for _, y in test])
    auc = _measure_auc(_encode([t for t, _ in test], vocabulary) @ weights + bias, labels)
    print(f"{len(train)} headlines fitted, {len(test)} held out, {len(vocabulary)} cues, AUC {auc:.4f}")
    lines = [f"formula: headline-1\nbias: {bias:.3f}\ncues:"]
    fitted = {cue: float(weights[column]) for cue, column in vocabulary.items()}
    ordered = sorted(fitted, key=lambda cue: (-abs(fitted[cue]), cue))
    lines += [f'  "{cue}": {fitted[cue]:.2f}' for cue in ordered if abs(fitted[cue]) >= 0.05]
    Path(out).write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:4])
