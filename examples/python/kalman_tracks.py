#!/usr/bin/env python3
"""A Kalman filter over 10,000 tracks at once, with NumPy arrays.

Targets move in the plane with nearly constant acceleration: state (x, y, vx, vy, ax, ay). A sensor measures position and
velocity, each track with its own noise R. One step for all tracks, with the stack P of covariances:

    predict  P ← F·P·Fᵀ + Q
    update   S = H·P·Hᵀ + R = L·Lᵀ,   V = L⁻¹·H·P,   m ← m + Vᵀ·(L⁻¹·(z − H·m)),   P ← P − Vᵀ·V.

With correct factors |L⁻¹·(z − H·m)|² has the χ² distribution of four degrees of freedom: the second picture.

usage: kalman_tracks.py [--output FOLDER] [--tracks N]       writes kalman_tracks.png
"""

import argparse
import pathlib
import time

import matplotlib
import numpy as np

import posdef

matplotlib.use("Agg")
import matplotlib.pyplot as plt

STEPS, DT = 60, 0.5
OBSERVED = np.eye(4, 6)


def motion():
    """F and Q of the Wiener-process acceleration model, for x and for y."""
    eye = np.eye(2)
    f = np.kron([[1, DT, DT**2 / 2], [0, 1, DT], [0, 0, 1]], eye)
    g = np.array([DT**2 / 2, DT, 1])
    return f, np.kron(np.outer(g, g) * 0.05 + np.eye(3) * 1e-6, eye)


def simulate(rng, tracks, f, q, r):
    """True states (steps, tracks, 6) and measurements (steps, tracks, 4)."""
    root_q, root_r = posdef.cholesky(q), posdef.cholesky(r)
    state = rng.standard_normal((tracks, 6)) * [50, 50, 5, 5, 0.3, 0.3]
    states, seen = [], []
    for _ in range(STEPS):
        state = state @ f.T + rng.standard_normal((tracks, 6)) @ root_q.T
        states.append(state)
        seen.append(state[:, :4] + np.squeeze(root_r @ rng.standard_normal((tracks, 4, 1)), -1))
    return np.array(states), np.array(seen)


def update(mean, p, z, r):
    """One measurement of every track. Also the squared length of each whitened innovation."""
    l = posdef.cholesky(OBSERVED @ p @ OBSERVED.T + r)
    v = posdef.solve_triangular(l, np.ascontiguousarray(p[:, :4, :]))
    whitened = posdef.solve_triangular(l, (z - mean[:, :4])[..., None])
    vt = np.swapaxes(v, 1, 2)
    return mean + np.squeeze(vt @ whitened, -1), p - vt @ v, (whitened**2).sum((1, 2))


def main():
    options = argparse.ArgumentParser(description="Kalman filter over many tracks")
    options.add_argument("--output", type=pathlib.Path, default=pathlib.Path("."))
    options.add_argument("--tracks", type=int, default=10_000)
    given = options.parse_args()
    rng = np.random.default_rng(5)
    f, q = motion()
    spread = rng.uniform(0.5, 2, (given.tracks, 1, 1))
    root = np.tril(rng.standard_normal((given.tracks, 4, 4)) * 0.5) + 2 * np.eye(4)
    r = spread * root @ np.swapaxes(root, 1, 2)
    states, seen = simulate(rng, given.tracks, f, q, r)

    mean = np.zeros((given.tracks, 6))
    p = np.broadcast_to(np.diag([2500.0, 2500, 25, 25, 0.1, 0.1]), (given.tracks, 6, 6)).copy()
    means, errors, innovations = [], [], []
    begin = time.perf_counter()
    for step in range(STEPS):
        mean, p = mean @ f.T, f @ p @ f.T + q
        mean, p, squares = update(mean, p, seen[step], r)
        means.append(mean)
        innovations.append(squares)
        errors.append(np.sqrt(((mean[:, :2] - states[step, :, :2]) ** 2).sum(-1).mean()))
    seconds = time.perf_counter() - begin
    means, innovations = np.array(means), np.array(innovations)
    raw = np.sqrt(((seen[..., :2] - states[..., :2]) ** 2).sum(-1).mean())
    print(f"{given.tracks} tracks, {STEPS} steps: {seconds:.2f} s, {seconds / STEPS / given.tracks * 1e6:.2f} µs each")
    print(f"position error {errors[-1]:.2f} m filtered, {raw:.2f} m measured; mean χ² {innovations[5:].mean():.3f} (4)")

    figure, axes = plt.subplots(1, 3, figsize=(16, 4.5))
    for track in range(5):
        line = axes[0].plot(*means[:, track, :2].T, lw=2)[0]
        axes[0].plot(*states[:, track, :2].T, "k--", lw=0.8)
        axes[0].plot(*seen[:, track, :2].T, ".", ms=4, alpha=0.5, color=line.get_color())
    axes[0].set(title="five tracks: measured, filtered, true (dashed)", xlabel="x, m", ylabel="y, m")
    axes[1].hist(innovations[5:].ravel(), bins=120, range=(0, 20), density=True, alpha=0.4, label="innovations")
    x = np.linspace(0, 20, 300)
    axes[1].plot(x, x * np.exp(-x / 2) / 4, "k", label="χ², 4 degrees of freedom")
    axes[1].set(title="squared length of the whitened innovations")
    axes[1].legend()
    axes[2].plot(np.arange(STEPS) * DT, errors, label="filtered")
    axes[2].axhline(raw, color="k", ls="--", label="measured")
    axes[2].set(title="position error over all tracks", xlabel="time, s", ylabel="m", ylim=(0, None))
    axes[2].legend()
    given.output.mkdir(parents=True, exist_ok=True)
    figure.tight_layout()
    figure.savefig(given.output / "kalman_tracks.png", dpi=100)
    print(f"wrote {given.output / 'kalman_tracks.png'}")


main()
