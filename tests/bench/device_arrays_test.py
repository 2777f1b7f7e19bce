"""Tests bench/device_arrays.py, found through PYTHONPATH, with a library that factors in host memory."""

import json
import subprocess
import sys
import unittest

import device_arrays

try:
    import numpy
except ImportError:
    numpy = None


class Host:
    """A fake library: the device's cache holds two buffers, and a call takes two seconds of device time."""
    version = "1.0"
    cache = 0

    def __init__(self, device):
        if device != 0:
            raise RuntimeError(f"no device {device}")
        self.calls, self.clock = [], 0

    def put(self, array):
        return array.copy()

    def get(self, array):
        return array

    def call(self, array):
        self.clock += 2
        self.calls.append(id(array))
        return numpy.linalg.cholesky(array)

    def wait(self, result):
        assert result is not None

    def device_seconds(self, run):
        before = self.clock
        run()
        return self.clock - before


class Eventless(Host):
    def device_seconds(self, run):
        return None


class Wrong(Host):
    def call(self, array):
        return array


class Small(Host):
    def call(self, array):
        raise MemoryError


def ask(libraries, cells=(("f32", 1, 8), ("c128", 3, 5)), device=0):
    first, *others = device_arrays.answers({"device": device, "seconds": 0.01, "libraries": libraries,
                                            "cells": [{"dtype": t, "batch": b, "n": n} for t, b, n in cells]})
    return dict(first, results=[part["results"] for part in others])


@unittest.skipUnless(numpy, "no NumPy")
class DeviceArrays(unittest.TestCase):
    def setUp(self):
        before = dict(device_arrays.LIBRARIES)
        self.addCleanup(lambda: device_arrays.LIBRARIES.update(before))
        device_arrays.LIBRARIES.update(Host=Host, Eventless=Eventless, Wrong=Wrong, Small=Small)

    def test_both_times_and_the_residual(self):
        got = ask(["Host", "Eventless"])
        self.assertEqual(got["versions"], {"Host": "1.0", "Eventless": "1.0"})
        self.assertEqual(len(got["results"]), 2)
        for entry in got["results"]:
            self.assertEqual(entry["Host"]["device_seconds"], 2)
            self.assertGreater(entry["Host"]["seconds"], 0)
            self.assertGreaterEqual(entry["Host"]["repetitions"], 3)
            self.assertTrue(0 < entry["Host"]["residual"] < 3, entry)
            self.assertIsNone(entry["Eventless"]["device_seconds"])
            self.assertGreater(entry["Eventless"]["seconds"], 0)
        json.dumps(got)

    def test_a_wrong_factor_has_a_large_residual(self):
        self.assertGreater(ask(["Wrong"])["results"][0]["Wrong"]["residual"], 30)

    def test_detects_one_wrong_matrix_of_a_batch_and_nan(self):
        a = device_arrays.matrices("f64", 3, 6, 1)
        right = numpy.linalg.cholesky(a)
        self.assertLess(device_arrays.residual(a, right.__getitem__), 3)
        right[2, 3, 3] *= 1.01
        self.assertGreater(device_arrays.residual(a, right.__getitem__), 30)
        right[2, 3, 3] = numpy.nan
        self.assertIsNone(device_arrays.residual(a, right.__getitem__))

    def test_ignores_the_other_triangle(self):
        a = device_arrays.matrices("c64", 1, 6, 1)
        factor = numpy.linalg.cholesky(a) + numpy.triu(numpy.ones((6, 6)), 1)
        self.assertLess(device_arrays.residual(a, lambda b: factor), 3)

    def test_checks_orders_above_a_block_of_rows(self):
        a = device_arrays.matrices("f32", 1, 700, 1)
        factor = numpy.linalg.cholesky(a.astype("float64")).astype("float32")
        self.assertLess(device_arrays.residual(a, lambda b: factor), 3)
        for i, j in ((3, 2), (600, 3), (699, 690), (512, 512)):
            wrong = factor.copy()
            wrong[i, j] += 0.5
            self.assertGreater(device_arrays.residual(a, lambda b: wrong), 30, (i, j))

    def test_samples_a_large_batch(self):
        before = device_arrays.LARGE
        self.addCleanup(lambda: setattr(device_arrays, "LARGE", before))
        device_arrays.LARGE = 1000
        for batch, expected in ((1, [0]), (9, [0, 4, 8])):
            cell = {"dtype": "f64", "batch": batch, "n": 12}
            some = device_arrays.inputs(cell)
            self.assertEqual(len(some), 1)
            self.assertEqual(device_arrays.sampled(some[0]), expected)
            library = Host(0)
            library.get = lambda array: self.assertEqual(array.shape, (12, 12)) or array
            self.assertLess(device_arrays.measure(library, some, 0.01)["residual"], 3)
        device_arrays.LARGE = before
        self.assertEqual(len(device_arrays.inputs(cell)), 2)
        self.assertEqual(device_arrays.sampled(some[0]), list(range(9)))

    def test_reports_each_cell_when_it_is_finished(self):
        calls = []

        class Counting(Host):
            def call(self, array):
                calls.append(array.shape)
                return super().call(array)

        device_arrays.LIBRARIES["Counting"] = Counting
        self.addCleanup(device_arrays.LIBRARIES.pop, "Counting")
        parts = device_arrays.answers({"device": 0, "seconds": 0.01, "libraries": ["Counting"],
                                       "cells": [{"dtype": "f32", "batch": 1, "n": n} for n in (4, 5)]})
        self.assertEqual(next(parts)["versions"], {"Counting": "1.0"})
        self.assertIn("Counting", next(parts)["results"])
        self.assertEqual(set(calls), {(4, 4)})

    def test_rotates_arrays_larger_than_the_cache(self):
        library = Host(0)
        library.cache = 10 * 8 * 8 * 4
        device_arrays.measure(library, [device_arrays.matrices("f32", 1, 8, seed) for seed in (1, 2)], 0.2)
        self.assertEqual(len(set(library.calls)), 21)

    def test_reports_failures_and_missing_libraries(self):
        got = ask(["Small", "Host"])
        self.assertEqual(got["results"][0]["Small"], {"left_out": "MemoryError"})
        self.assertIn("seconds", got["results"][0]["Host"])
        self.assertEqual(ask(["Host"], device=3), {"versions": {}, "missing": {"Host": "no device 3"}, "results": [{}, {}]})

    def test_runs_as_a_script(self):
        request = {"device": 1000, "seconds": 0.01, "libraries": ["PyTorch", "JAX", "CuPy"],
                   "cells": [{"dtype": "f32", "batch": 1, "n": 4}]}
        done = subprocess.run([sys.executable, device_arrays.__file__], input=json.dumps(request), text=True,
                              capture_output=True, check=True)
        first, *others = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual(sorted(first["missing"]), ["CuPy", "JAX", "PyTorch"])  # no machine has a thousand devices
        self.assertTrue(all(first["missing"].values()))
        self.assertEqual(others, [{"results": {}}])


if __name__ == "__main__":
    unittest.main()
