# ruff: noqa: INP001  scripts are run by their path
"""
What `datastores render` costs beyond importing Pulumi.

Times `datastores render STACK --json` beside a process that only imports the Pulumi modules which that render imports
(asked of a render itself, so that the list is always true). Exit code 1 where the render takes more than twice as long.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Final

from rounds import interleaved, machine, table, timed

BOUND: Final = 2.0

# pulumi_aws puts a lazy stand-in for each sub-package into sys.modules: only what is a plain module was really loaded.
_LOADED: Final = """
loaded = [name for name, module in sys.modules.items()
          if type(module) is types.ModuleType and name.split(".")[0] in {"pulumi", "pulumi_aws", "pulumi_random"}]
"""
_ASK: Final = f"""
import contextlib, io, json, sys, types
from cli.main import main
with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
    main()
{_LOADED}
print(json.dumps(loaded))
"""
# A stand-in loads what it stands for at the first look at an attribute.
_IMPORT: Final = """
import importlib, json, sys
for name in json.loads(sys.argv[1]):
    getattr(importlib.import_module(name), "__all__", None)
"""
_CHECK: Final = f"""
import types
{_LOADED}
sys.exit(set(loaded) != set(json.loads(sys.argv[1])))
"""


def imported(arguments: list[str]) -> list[str]:
    """Give the Pulumi modules that a render loads, in order, and make sure that importing them loads exactly these."""
    ask = [sys.executable, "-c", _ASK, *arguments]
    names = json.loads(subprocess.run(ask, capture_output=True, text=True, check=True).stdout)  # noqa: S603  # ours
    subprocess.run([sys.executable, "-c", _IMPORT + _CHECK, json.dumps(names)], check=True)  # noqa: S603  # ours
    return names


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="Example: python benchmarks/render.py --rounds 9 --json",
    )
    parser.add_argument("--stack", default="clubapp-prod", help="what is rendered (default: clubapp-prod)")
    parser.add_argument("--rounds", type=int, default=7, help="how often each is run (default: 7)")
    parser.add_argument("--json", action="store_true", help="the same as JSON")
    options = parser.parse_args()
    arguments = ["render", options.stack, "--json"]
    names = imported(arguments)
    found = interleaved(
        {
            "only importing": lambda: timed([sys.executable, "-c", _IMPORT, json.dumps(names)]),
            "datastores render": lambda: timed([str(Path(sys.executable).with_name("datastores")), *arguments]),
        },
        options.rounds,
    )
    ratio = found["datastores render"].median / found["only importing"].median
    said = {
        "stack": options.stack,
        "modules": len(names),
        "seconds": {name: one.plain() for name, one in found.items()},
        "ratio": round(ratio, 2),
        "bound": BOUND,
        "machine": machine(),
    }
    lines = [
        f"render of {options.stack}: {len(names)} Pulumi modules, medians of {options.rounds} rounds",
        *table(found),
        f"ratio {ratio:.2f}, at most {BOUND:.0f} is wanted",
    ]
    sys.stdout.write(json.dumps(said, indent=2) + "\n" if options.json else "\n".join(lines) + "\n")
    return int(ratio > BOUND)


if __name__ == "__main__":
    sys.exit(main())
