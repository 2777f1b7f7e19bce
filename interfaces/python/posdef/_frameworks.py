"""What each array framework wants said in its own way. Only frameworks that the caller has imported are touched."""

import sys

from ._errors import UnavailableError

# Names of DLPack's device types, for messages.
_DEVICES = {1: "cpu", 2: "cuda", 3: "pinned host memory", 4: "opencl", 7: "vulkan", 8: "metal", 10: "rocm", 13: "cuda"}
_READABLE = (1, 3)  # memory that the processor reads


def framework(array):
    """The first name in the module of the array's type: 'torch', 'jax', ..."""
    name = type(array).__module__.partition(".")[0]
    return "jax" if name == "jaxlib" else name


def check(array, function, name, write):
    """Refuses by name what cannot be read, or cannot be written if `write`. Returns whether it may be written."""
    where = f"posdef.{function}: {name}"
    kind = framework(array)
    if kind == "jax" and _is_tracer(array):
        raise TypeError(f"{where} is traced by JAX; posdef.jax.{function} works inside jit, vmap and grad")
    if not hasattr(array, "__dlpack__"):
        raise TypeError(f"{where} is {_described(array)}; expected an array of NumPy, PyTorch, JAX, CuPy or MLX")
    if kind == "torch" and array.requires_grad:
        raise TypeError(f"{where} requires a gradient; posdef.torch.{function} has one, else detach the tensor")
    device = _device(array)
    if device not in _READABLE:
        raise UnavailableError(
            f"{where} is on a {_DEVICES.get(device, f'DLPack type {device}')} device, for which this build has no engine"
        )
    mutable = kind not in ("jax", "mlx", "tensorflow")
    if write and not mutable:
        raise ValueError(f"{where} is an array of {kind}, whose arrays are never changed in place")
    return mutable


def adopt(like, finished):
    """`finished`, memory that speaks DLPack, as an array of the framework that `like` belongs to."""
    kind = framework(like)
    if kind == "torch":
        import torch

        return torch.from_dlpack(finished)
    if kind == "jax":
        import jax.dlpack

        return jax.dlpack.from_dlpack(finished)
    if kind == "mlx":
        import mlx.core

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


def _device(array):
    """DLPack's number of the device's kind. Frameworks differ in whether a host array says 1 or a one of their own."""
    if framework(array) == "mlx":
        return 1  # memory of an MLX array is one for all its devices
    return int(array.__dlpack_device__()[0])


def _described(value):
    kind = type(value)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
