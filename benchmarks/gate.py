# ruff: noqa: INP001  scripts are run by their path
"""
What the gate costs beyond parsing.

Judges a preview of 5,000 steps, made of a recorded one by repeating its steps under other names, and parses the same
text with json.loads. CPU seconds of this process, in turns. Exit code 1 where the gate takes more than three times as
long, parsing included.
"""

import argparse
import gc
import json
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from io import StringIO
from pathlib import Path
from typing import Any, Final

from rounds import interleaved, machine, table

from cli.gate import Form, gate_preview

BOUND: Final = 3.0
RECORDED: Final = Path(__file__).parent.parent / "tests" / "upgrades" / "previews" / "growth-prod.json"


def preview(steps: int) -> str:
    """Give a preview with so many steps, each of which changes something."""
    document: dict[str, Any] = json.loads(RECORDED.read_text(encoding="utf-8"))
    recorded = [step for step in document["steps"] if step["op"] != "same"]
    document["steps"] = [_renamed(recorded[number % len(recorded)], number) for number in range(steps)]
    document["changeSummary"] = {}
    return json.dumps(document)


def _renamed(step: Mapping[str, Any], number: int) -> dict[str, Any]:
    return {**step, "urn": f"{step['urn']}-{number}"}


def gate(file: Path) -> None:
    """Judge a file as `datastores gate --preview` does."""
    gate_preview(file, form=Form.TEXT, out=StringIO(), err=StringIO())


def parse(file: Path) -> None:
    """Only parse it."""
    json.loads(file.read_bytes())


def cpu(work: Callable[[Path], None], file: Path) -> float:
    """Give the CPU seconds that a piece of work takes."""
    gc.collect()
    begin = time.process_time()
    work(file)
    return time.process_time() - begin


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="Example: python benchmarks/gate.py --rounds 9 --json",
    )
    parser.add_argument("--steps", type=int, default=5000, help="how many steps the preview has (default: 5000)")
    parser.add_argument("--rounds", type=int, default=7, help="how often each is run (default: 7)")
    parser.add_argument("--json", action="store_true", help="the same as JSON")
    options = parser.parse_args()
    written = preview(options.steps)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "preview.json"
        file.write_text(written, encoding="utf-8")
        found = interleaved(
            {"json.loads": lambda: cpu(parse, file), "the gate": lambda: cpu(gate, file)}, options.rounds
        )
    ratio = found["the gate"].median / found["json.loads"].median
    said = {
        "steps": options.steps,
        "megabytes": round(len(written) / 1e6, 1),
        "seconds": {name: one.plain() for name, one in found.items()},
        "ratio": round(ratio, 2),
        "bound": BOUND,
        "machine": machine(),
    }
    lines = [
        f"{options.steps} steps, {len(written) / 1e6:.1f} MB: CPU seconds, medians of {options.rounds} rounds",
        *table(found),
        f"ratio {ratio:.2f}, at most {BOUND:.0f} is wanted",
    ]
    sys.stdout.write(json.dumps(said, indent=2) + "\n" if options.json else "\n".join(lines) + "\n")
    return int(ratio > BOUND)


if __name__ == "__main__":
    sys.exit(main())
