"""Start the pack: `python -u policies/__main__.py ENGINE_ADDRESS`, from any directory."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Python put this folder first on the path, where `policies` and `stacks` are not found.
sys.path.insert(0, str(ROOT))

from policies import exemptions  # noqa: E402  only the line above makes it importable
from policies.controls import CONTROLS  # noqa: E402  likewise
from policies.frameworks import FRAMEWORKS  # noqa: E402  likewise
from policies.levels import level_of  # noqa: E402  likewise
from policies.serve import Described, serve  # noqa: E402  likewise
from stacks.mistakes import SettingsError  # noqa: E402  likewise

NAME, VERSION = "datastores", "0.1.0"
BAD_INPUT = 2

if __name__ == "__main__":
    try:
        exempting = exemptions.read(control.slug for control in CONTROLS)
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(BAD_INPUT) from None
    serve(
        Described(
            name=NAME,
            version=VERSION,
            controls=CONTROLS,
            frameworks=FRAMEWORKS,
            level_of=level_of,
            exemptions=exempting,
        ),
        engine=sys.argv[-1],
    )
