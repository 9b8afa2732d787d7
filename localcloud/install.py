"""Put the two programs of local mode into `.local`: the `pulumi` shim and the language host."""

import shlex
import sys
from typing import Final

from localcloud.files import write_atomically
from localcloud.paths import CODE, Paths

MARK: Final = "# datastores: local cloud"
"""The second line of our own programs: this `pulumi` on PATH is no CLI."""

_SHIM: Final = """\
#!/bin/sh
{mark}
exec {python} -I -c 'import sys; sys.path.insert(0, sys.argv.pop(1)); from localcloud import shim; \
sys.exit(shim.main(sys.argv[1:]))' {code} {root} {local} "$@"
"""
# -S: it needs no package.
_LANGUAGE_HOST: Final = """\
#!/bin/sh
{mark}
exec {python} -I -S {code}/localcloud/warm_client.py {local} {code} "$@"
"""


def install(paths: Paths) -> None:
    """Write the programs where they are missing or old; they use the Python that runs this."""
    shim = paths.bin / "pulumi"
    # The host lies beside the CLI too: pulumi warns of a language host on PATH that is not the one it came with.
    host, link = paths.engine / "pulumi-language-python", paths.bin / "pulumi-language-python"
    words = {"python": sys.executable, "code": str(CODE), "root": str(paths.root), "local": str(paths.local)}
    quoted = {name: shlex.quote(word) for name, word in words.items()}
    for file, text in ((shim, _SHIM), (host, _LANGUAGE_HOST)):
        wanted = text.format(mark=MARK, **quoted)
        if not file.exists() or file.read_text(encoding="utf-8") != wanted:
            write_atomically(file, wanted, mode=0o755)
    if not link.is_symlink() or link.readlink() != host:
        link.unlink(missing_ok=True)
        link.symlink_to(host)
