"""A controller by which threadpoolctl knows posdef: threadpool_limits(1) also limits posdef's threads."""

import importlib
import os
import sys

from . import _core

_NAME = "threadpoolctl"


def register_controller():
    """Makes posdef known to threadpoolctl, now or when the program imports it.

    posdef does not import it, because that takes some milliseconds and most programs do not use it.
    """
    if sys.modules.get(_NAME) is not None:
        _register(importlib.import_module(_NAME))  # waits for another thread that is importing it
    else:
        sys.meta_path.insert(0, _Finder())


class _Finder:
    """Finds threadpoolctl like Python itself, and registers the controller once it has been executed."""

    def find_spec(self, name, path=None, target=None):
        if name != _NAME:
            return None
        others = [f for f in sys.meta_path if hasattr(f, "find_spec") and not isinstance(f, _Finder)]
        spec = next(filter(None, (f.find_spec(name, path, target) for f in others)), None)
        if spec is not None and hasattr(spec.loader, "exec_module"):
            execute = spec.loader.exec_module

            def exec_module(module):
                execute(module)
                _register(module)

            spec.loader.exec_module = exec_module
        return spec


def _register(threadpoolctl):
    if not hasattr(threadpoolctl, "register"):  # before its version 3.2
        return

    class PosdefController(threadpoolctl.LibController):
        user_api = "blas"
        internal_api = "posdef"
        filename_prefixes = (os.path.basename(_core.__file__).partition(".")[0],)
        check_symbols = ("posdef_python_module",)

        def get_num_threads(self):
            return _core._get_num_threads()

        def set_num_threads(self, num_threads):
            _core._set_num_threads("set_num_threads", num_threads)

        def get_version(self):
            return _core.__version__

    threadpoolctl.register(PosdefController)
