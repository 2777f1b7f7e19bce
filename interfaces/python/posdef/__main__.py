"""python -m posdef program.py [argument...]    or    python -m posdef -m module [argument...]

Runs a program with posdef under NumPy's and SciPy's names (see posdef.patch_numpy).
"""

import runpy
import sys

import posdef


def main():
    arguments = sys.argv[1:]
    module = arguments[:1] == ["-m"]
    if module:
        arguments = arguments[1:]
    if not arguments or arguments[0] in ("-h", "--help"):
        print(__doc__.strip())
        return 0 if arguments else 2
    sys.argv = arguments
    posdef.patch_numpy()
    if module:
        runpy.run_module(arguments[0], run_name="__main__", alter_sys=True)
    else:
        runpy.run_path(arguments[0], run_name="__main__")
    return 0


sys.exit(main())
