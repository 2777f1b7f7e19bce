#!/usr/bin/env python3
"""Whitening of correlated data, and a second-order optimizer whose steps are Cholesky solves, with MLX arrays.

Whitening: with the covariance C = L·Lᵀ of the data x, L⁻¹·(x − mean) has the covariance I.

Newton's method for logistic regression with weights w, features X and probabilities p = σ(X·w):

    gradient  g = Xᵀ·(p − y)/m + λ·w,   Hessian  H = Xᵀ·diag(p·(1 − p))·X/m + λ·I,   w ← w − H⁻¹·g.

The features have very different scales, which make gradient descent slow; Newton's method compensates for them by H.

usage: whitening_newton.py [--output FOLDER]       writes whitening_newton.png
"""

import argparse
import pathlib

import matplotlib
import numpy as np

try:
    import mlx.core as mx

    import posdef.mlx
except ImportError as e:
    raise SystemExit(f"whitening_newton.py: skipped, {e}") from None

matplotlib.use("Agg")
import matplotlib.pyplot as plt

RIDGE = 1e-4


def whiten(x):
    centred = x - x.mean(0)
    l = posdef.mlx.cholesky(centred.T @ centred / x.shape[0])
    return posdef.mlx.solve_triangular(l, centred.T).T, l


def loss(w, x, y):
    z = x @ w
    return (mx.logaddexp(mx.zeros_like(z), z) - y * z).mean() + RIDGE / 2 * (w**2).sum()


def newton_step(w, x, y):
    p = mx.sigmoid(x @ w)
    gradient = x.T @ (p - y) / x.shape[0] + RIDGE * w
    hessian = (x * (p * (1 - p))[:, None]).T @ x / x.shape[0] + RIDGE * mx.eye(x.shape[1])
    return w - posdef.mlx.cholesky_solve(posdef.mlx.cholesky(hessian), gradient)


def descend(step, x, y, steps):
    w, values = mx.zeros(x.shape[1]), []
    for _ in range(steps):
        values.append(loss(w, x, y).item())
        w = step(w, x, y)
    return w, values


def main():
    options = argparse.ArgumentParser(description="Whitening and Newton's method")
    options.add_argument("--output", type=pathlib.Path, default=pathlib.Path("."))
    folder = options.parse_args().output

    mx.random.seed(2)
    cloud = mx.random.normal((2000, 2)) @ mx.array([[2.0, 1.6], [0.0, 0.5]]) + mx.array([3.0, -1.0])
    white, l = whiten(cloud)
    covariance = white.T @ white / white.shape[0]
    print(f"covariance of the whitened data: I to within {mx.abs(covariance - mx.eye(2)).max().item():.1e}")

    scales = mx.array(np.geomspace(0.1, 5, 40).astype(np.float32))
    x = mx.random.normal((3000, 40)) * scales
    weights = mx.random.normal((40,)) / scales
    y = (mx.random.uniform(shape=(3000,)) < mx.sigmoid(x @ weights)).astype(mx.float32)
    slope = mx.grad(loss)
    _, first_order = descend(lambda w, x, y: w - 0.1 * slope(w, x, y), x, y, 200)
    w, second_order = descend(newton_step, x, y, 10)
    right = ((x @ w > 0) == (y > 0.5)).astype(mx.float32).mean().item()
    print(f"loss {second_order[-1]:.5f} after 9 Newton steps, {first_order[-1]:.5f} after 199 gradient steps")
    print(f"{right:.1%} classified correctly")

    figure, axes = plt.subplots(1, 3, figsize=(16, 4.8))
    circle = np.stack([np.cos(np.linspace(0, 2 * np.pi, 100)), np.sin(np.linspace(0, 2 * np.pi, 100))])
    for axis, points, root, name in (
        (axes[0], cloud, np.array(l), "correlated data, with 2σ"),
        (axes[1], white, np.eye(2), "whitened by the Cholesky factor"),
    ):
        points = np.array(points)
        axis.plot(*points.T, ".", ms=2, alpha=0.5)
        axis.plot(*(2 * root @ circle + points.mean(0)[:, None]), "k", lw=1.5)
        axis.set(title=name, aspect="equal")
    best = min(second_order + first_order)
    axes[2].semilogy(np.array(first_order) - best + 1e-8, label="gradient descent")
    axes[2].semilogy(np.array(second_order) - best + 1e-8, "o-", label="Newton, by Cholesky solves")
    axes[2].set(title="logistic regression: loss above the best", xlabel="step", xlim=(0, 60))
    axes[2].legend()
    folder.mkdir(parents=True, exist_ok=True)
    figure.tight_layout()
    figure.savefig(folder / "whitening_newton.png", dpi=100)
    print(f"wrote {folder / 'whitening_newton.png'}")


main()
