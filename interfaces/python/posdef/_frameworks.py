"""What is different for each array framework. Only frameworks that the caller has imported are imported here."""

import sys

from ._errors import UnavailableError

# Names of DLPack's device types, for messages.
_DEVICES = {1: "cpu", 2: "cuda", 3: "pinned host memory", 4: "opencl", 7: "vulkan", 8: "metal", 10: "rocm", 13: "cuda"}
_READABLE = (1, 3)  # memory that the processor reads
# The differentiable function for each method of Factor, which has no gradient.
_DIFFERENTIABLE = {
    "Factor": "cholesky",
    "Factor.from_factor": "cholesky_solve",
    "Factor.solve": "cholesky_solve",
    "Factor.solve_triangular": "solve_triangular",
}


def framework(array):
    """The first name in the module of the array's type: 'torch', 'jax', ..."""
    name = type(array).__module__.partition(".")[0]
    return "jax" if name == "jaxlib" else name


def prepare(array, function, name, write):
    """(array to read by DLPack, whether it may be written). Raises if it cannot be read, or written if `write`."""
    where = f"posdef.{function}: {name}"
    kind = framework(array)
    if kind == "jax" and _is_tracer(array):
        other = _DIFFERENTIABLE.get(function, function)
        raise TypeError(f"{where} is traced by JAX; posdef.jax.{other} works inside jit, vmap and grad")
    if not hasattr(array, "__dlpack__"):
        raise TypeError(f"{where} is {_described(array)}; expected an array of NumPy, PyTorch, JAX, CuPy or MLX")
    if kind == "torch":
        if array.requires_grad:
            other = _DIFFERENTIABLE.get(function, function)
            raise TypeError(f"{where} requires a gradient; posdef.torch.{other} has one, else detach the tensor")
        if str(array.layout) != "torch.strided":
            raise TypeError(f"{where} is a sparse tensor; expected a dense one")
    if kind == "mlx" and not _is_evaluated(array):
        raise TypeError(f"{where} is traced by mx.vmap or mx.compile; posdef takes stacks of matrices, outside of both")
    device = _device(array)
    if device not in _READABLE:
        raise UnavailableError(f"{where} is on a {_named(device, array)} device, for which this build has no engine")
    mutable = kind not in ("jax", "mlx", "tensorflow")
    if write and not mutable:
        raise ValueError(f"{where} is an array of {kind}, whose arrays cannot be changed in place")
    if kind == "torch" and (array.is_conj() or array.is_neg()):
        if write:
            raise ValueError(f"{where} is a lazy conjugate or negative, whose memory holds other numbers")
        return array.resolve_conj().resolve_neg(), False
    return array, mutable


def check_subclass(array, function, name):
    """Raises for a masked array of NumPy, whose missing elements are numbers in memory. Other subclasses are read."""
    masked = sys.modules.get("numpy.ma")
    if masked is not None and isinstance(array, masked.MaskedArray):
        raise TypeError(f"posdef.{function}: {name} is a masked array; expected one without missing elements")


def adopt(like, finished, dtype):
    """`finished`, memory of this dtype with DLPack's methods, as an array of the framework of `like`."""
    kind = framework(like)
    if kind == "torch":
        import torch

        return torch.from_dlpack(finished)
    if kind == "jax":
        import jax.dlpack

        return jax.dlpack.from_dlpack(finished)
    if kind == "mlx":
        import mlx.core

        if dtype == "float64":  # from_dlpack would convert it to float32
            return mlx.core.array(finished, dtype=mlx.core.float64)
        return mlx.core.from_dlpack(finished)
    if kind == "cupy":
        import cupy

        return cupy.from_dlpack(finished)
    if hasattr(like, "__array_namespace__"):
        return like.__array_namespace__().from_dlpack(finished)
    module = sys.modules.get(type(like).__module__.partition(".")[0])
    if hasattr(module, "from_dlpack"):
        return module.from_dlpack(finished)
    raise TypeError(f"posdef: {_described(like)} has no from_dlpack to make a result of the same kind")


def _is_tracer(array):
    import jax.core

    return isinstance(array, jax.core.Tracer)


def _is_evaluated(array):
    """Whether an MLX array has data. A lazy array is evaluated; one inside a transformation cannot be."""
    import mlx.core

    try:
        mlx.core.eval(array)
    except ValueError:
        return False
    return True


def _device(array):
    """DLPack's number of the kind of device, 0 for a device without a number."""
    if framework(array) == "mlx":
        return 1  # all devices of MLX share one memory
    try:
        return int(array.__dlpack_device__()[0])
    except (BufferError, ValueError):
        return 0


def _named(device, array):
    return _DEVICES.get(device, str(getattr(array, "device", "foreign")))


def _described(value):
    kind = type(value)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
