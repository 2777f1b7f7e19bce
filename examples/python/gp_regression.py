#!/usr/bin/env python3
"""Gaussian-process regression with hyperparameters trained by gradients, with PyTorch and posdef.torch.

For observations y at times t, covariance K = a²·k(t, t'; ℓ) + s²·I and factor L of K, the evidence is

    log p(y) = −½·yᵀ·K⁻¹·y − ½·log det K − n/2·log 2π,

and its gradient with respect to amplitude a, length scale ℓ and noise s is computed through the factorization. It has
several maxima, so 8 starts are trained at once: K is a stack of 8 matrices, and every call processes all of them.

usage: gp_regression.py [--output FOLDER]       writes gp_regression.png
"""

import argparse
import math
import pathlib

try:
    import torch

    import posdef.torch
except ImportError as e:
    raise SystemExit(f"gp_regression.py: skipped, {e}") from None
import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt


def truth(t):
    return torch.sin(2 * t) + 0.4 * torch.sin(5.3 * t + 1)


def observations():
    """Noisy values on [0, 10], none between 4.5 and 6."""
    generator = torch.Generator().manual_seed(3)
    t = 10 * torch.rand(90, generator=generator, dtype=torch.float64)
    t = t[(t < 4.5) | (t > 6)].sort().values
    return t, truth(t) + 0.25 * torch.randn(t.shape, generator=generator, dtype=torch.float64)


def kernel(t, u, amplitude, length):
    """The stack of a²·exp(−(t−u)²/2ℓ²), one matrix for each start."""
    distance = (t[:, None] - u[None, :]) / length[:, None, None]
    return amplitude[:, None, None] ** 2 * torch.exp(-(distance**2) / 2)


def factor(t, parameters):
    amplitude, length, noise = parameters.exp().unbind(-1)
    eye = torch.eye(len(t), dtype=t.dtype)
    return posdef.torch.cholesky(kernel(t, t, amplitude, length) + noise[:, None, None] ** 2 * eye)


def negative_evidence(t, y, parameters):
    l = factor(t, parameters)
    whitened = posdef.torch.solve_triangular(l, y)
    return ((whitened**2).sum(-1) + posdef.torch.cholesky_logdet(l) + len(t) * math.log(2 * math.pi)) / 2


def predict(t, y, parameters, u):
    """Mean and standard deviation of the function at u, for each start."""
    l = factor(t, parameters)
    amplitude, length, _ = parameters.exp().unbind(-1)
    across = posdef.torch.solve_triangular(l, kernel(t, u, amplitude, length))
    mean = (posdef.torch.solve_triangular(l, y)[:, None, :] @ across)[:, 0]
    return mean, (amplitude[:, None] ** 2 - (across**2).sum(-2)).clamp(min=0).sqrt()


def main():
    options = argparse.ArgumentParser(description="Gaussian-process regression")
    options.add_argument("--output", type=pathlib.Path, default=pathlib.Path("."))
    folder = options.parse_args().output
    torch.set_num_threads(1)  # for such small matrices, more threads only add overhead
    t, y = observations()

    generator = torch.Generator().manual_seed(1)
    start = torch.randn(8, 3, generator=generator, dtype=torch.float64) - torch.tensor([0.0, 0.0, 1.0])
    parameters = start.clone().requires_grad_()
    optimizer = torch.optim.Adam([parameters], lr=0.1)
    history = []
    for _ in range(120):
        optimizer.zero_grad()
        values = negative_evidence(t, y, parameters)
        values.sum().backward()
        optimizer.step()
        history.append(values.detach())
    history = torch.stack(history)
    # Of the starts that reach the best maximum, the one with the worst initial value.
    good = history[-1] < history[-1].min() + 0.5
    best = torch.where(good, history[0], -torch.inf).argmax()
    trained = parameters.detach()
    amplitude, length, noise = trained[best].exp().tolist()
    print(f"{len(t)} observations, 8 starts, {good.sum()} reach the best maximum")
    print(f"-log evidence of the plotted start: {history[0, best]:.1f} before, {history[-1, best]:.1f} after training")
    print(f"amplitude {amplitude:.2f}, length scale {length:.2f}, noise {noise:.3f} (0.25 was used)")

    u = torch.linspace(0, 10, 400, dtype=torch.float64)
    figure, axes = plt.subplots(1, 3, figsize=(16, 4.5), width_ratios=[3, 3, 2])
    for axis, name, p in ((axes[0], "before", start), (axes[1], "after training", trained)):
        mean, deviation = (x[best] for x in predict(t, y, p, u))
        axis.fill_between(u, mean - 2 * deviation, mean + 2 * deviation, alpha=0.25, label="mean ± 2σ")
        axis.plot(u, mean)
        axis.plot(u, truth(u), "k--", lw=1, label="truth")
        axis.plot(t, y, "k.", ms=4, label="observations")
        axis.set(title=name, xlabel="t", ylim=(-2.5, 2.5))
    axes[0].legend(loc="lower left")
    axes[2].plot(history, lw=0.8, color="0.6")
    axes[2].plot(history[:, best], lw=2)
    axes[2].set(title="−log evidence, 8 starts", xlabel="step of Adam", ylim=(0, 300))
    folder.mkdir(parents=True, exist_ok=True)
    figure.tight_layout()
    figure.savefig(folder / "gp_regression.png", dpi=100)
    print(f"wrote {folder / 'gp_regression.png'}")


main()
