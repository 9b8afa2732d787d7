"""A real browser without a window: what a page measures in it, and how it looks."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any, Final

import pytest

PROGRAMS: Final = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
"""What a Chromium may be called; Debian's package is the first."""
# Runs in the page, which otherwise may run nothing.
MEASURE: Final = Path(__file__).with_name("measure.js")
_CSP: Final = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
_MEASURED: Final = re.compile(r'data-measured="([^"]*)"')
PHONE: Final = 360
"""Width of the narrowest phone that is asked for, in CSS pixels."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Browser:
    """A Chromium, and a folder of its own for what it keeps."""

    program: str
    home: Path

    def measured(self, page: str, *, width: int, dark: bool = False) -> dict[str, Any]:
        """Open a page, and give what the script finds there."""
        assert _CSP.search(page)
        script = f"<script>{MEASURE.read_text(encoding='utf-8')}</script></body>"
        file = self.home / f"page-{width}-{dark}.html"
        file.write_text(_CSP.sub("", page).replace("</body>", script), encoding="utf-8")
        shown = self._run(file, ["--dump-dom"], width=width, height=800, dark=dark)
        found = _MEASURED.search(shown)
        assert found, "the page was not measured"
        return json.loads(unescape(found[1]))

    def screenshot(self, page: str, into: Path, *, width: int, height: int = 800, dark: bool = False) -> bytes:
        """Draw a page as it is, and give the PNG."""
        file = into.with_suffix(".html")
        file.write_text(page, encoding="utf-8")
        self._run(file, [f"--screenshot={into}"], width=width, height=height, dark=dark)
        return into.read_bytes()

    def _run(self, file: Path, arguments: Sequence[str], *, width: int, height: int, dark: bool) -> str:
        command = [
            self.program,
            "--headless",
            "--no-sandbox",  # it opens our own file only, and a container's root has no sandbox
            "--disable-gpu",
            "--hide-scrollbars",  # as on a phone, where they take no room
            "--disable-background-networking",
            "--host-resolver-rules=MAP * ~NOTFOUND",
            f"--user-data-dir={self.home / 'profile'}",
            f"--window-size={width},{height}",
            f"--blink-settings=preferredColorScheme={0 if dark else 1}",
            *arguments,
            file.as_uri(),
        ]
        environment = {**os.environ, "HOME": str(self.home)}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout


def browser(home: Path) -> Browser:
    """Give the browser of this machine; the test fails where there is none."""
    program = next((found for name in PROGRAMS if (found := shutil.which(name))), None)
    if program is None:
        pytest.fail("these tests need a browser: apt-get install chromium-headless-shell (.ci/run does)", pytrace=False)
    return Browser(program=program, home=home)
