"""Tests bench/arrays.py, found through PYTHONPATH, with the libraries of this interpreter and without them."""

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import unittest

SCRIPT = next(path for path in (os.path.join(folder, "arrays.py") for folder in sys.path) if os.path.exists(path))
CELLS = [{"dtype": "c64", "batch": 3, "n": 20}, {"dtype": "f64", "batch": 1, "n": 33}, {"dtype": "f32", "batch": 2, "n": 1}]
LIBRARIES = {"NumPy": "numpy", "SciPy": "scipy", "PyTorch": "torch"}


def answer(hidden=()):
    """What the script says if the modules `hidden` cannot be imported."""
    with tempfile.TemporaryDirectory() as folder:
        for name in hidden:
            with open(os.path.join(folder, name + ".py"), "w", encoding="utf-8") as file:
                file.write("raise ImportError('hidden')\n")
        request = json.dumps({"threads": 1, "seconds": 0.001, "cells": CELLS})
        run = subprocess.run([sys.executable, SCRIPT], input=request, capture_output=True, text=True, check=True,
                             env=dict(os.environ, PYTHONPATH=folder))
    return json.loads(run.stdout)


class Arrays(unittest.TestCase):
    def test_every_library_factors_every_cell(self):
        found = answer()
        for name, module in LIBRARIES.items():
            self.assertEqual(name in found["versions"], importlib.util.find_spec(module) is not None, name)
            self.assertNotEqual(name in found["versions"], name in found["missing"], name)
        self.assertEqual(len(found["results"]), len(CELLS))
        for cell, results in zip(CELLS, found["results"]):
            self.assertEqual(set(results), set(found["versions"]))
            for name, entry in results.items():
                self.assertGreater(entry["seconds"], 0)
                self.assertLess(entry["residual"], 3, f"{name}, {cell}")
                self.assertGreaterEqual(entry["repetitions"], 1)

    @unittest.skipUnless(importlib.util.find_spec("numpy"), "no NumPy")
    def test_a_missing_library_leaves_the_others(self):
        found = answer(hidden=("scipy", "torch"))
        self.assertEqual(found["missing"], {"SciPy": "hidden", "PyTorch": "hidden"})
        self.assertEqual([list(results) for results in found["results"]], [["NumPy"]] * len(CELLS))

    def test_without_any_library(self):
        found = answer(hidden=LIBRARIES.values())
        self.assertEqual(set(found["missing"]), set(LIBRARIES))
        self.assertEqual(found["results"], [{}] * len(CELLS))


if __name__ == "__main__":
    unittest.main()
