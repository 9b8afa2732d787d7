"""Obtaining the pulumi CLI: from PATH, by Go, by the installer, or an error that helps."""

import io
import shutil
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from localcloud.engine import obtain as obtaining
from localcloud.engine.obtain import obtain
from localcloud.errors import SetupError
from localcloud.install import install
from localcloud.paths import Paths
from tests.localcloud.checkout import executable

# Of Go: answers for its version, lists three packages, and "builds" a CLI after naming two of them.
GO = """\
#!/bin/sh
echo "$PWD: $@" >> "{calls}"
case $1 in
version) echo "go version go{version} linux/amd64" ;;
list) echo "go: downloading example.com/a v1.0.0" >&2; echo fmt; echo os; echo example.com/a ;;
build)
    echo os >&2
    echo example.com/a >&2
    {build}
    while [ "$1" != -o ]; do shift; done
    printf '#!/bin/sh\\necho v3.259.0\\n' > "$2"
    /bin/chmod +x "$2" ;;
esac
"""

# Of curl: writes an installer that notes how it was called and "installs" a CLI.
CURL = """\
#!/bin/sh
echo "curl $@" >> "{calls}"
while [ "$1" != --output ]; do shift; done
/bin/cat > "$2" <<'SCRIPT'
echo "installer $@" >> "{calls}"
while [ "$1" != --install-root ]; do shift; done
/bin/mkdir -p "$2/bin"
printf '#!/bin/sh\\necho v3.259.0\\n' > "$2/bin/pulumi"
/bin/chmod +x "$2/bin/pulumi"
SCRIPT
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Machine:
    """A machine with only what a test puts on PATH."""

    paths: Paths
    tools: Path
    calls: Path

    def has_pulumi(self, version: str) -> Path:
        return executable(self.tools / "pulumi", f"#!/bin/sh\necho v{version}\n")

    def has_go(self, version: str = "1.26.8", build: str = "") -> None:
        text = GO.format(calls=self.calls, version=version, build=build)
        executable(self.tools / "go", text)

    def has_curl(self) -> None:
        executable(self.tools / "curl", CURL.format(calls=self.calls))

    def obtain(self) -> str:
        """Obtain the CLI and give what was said."""
        said = io.StringIO()
        obtain(self.paths, err=said)
        return said.getvalue()

    def called(self) -> str:
        return self.calls.read_text(encoding="utf-8") if self.calls.exists() else ""


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """Give a machine with a shell and nothing else."""
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "sh").symlink_to("/bin/sh")
    monkeypatch.setenv("PATH", str(tools))
    return Machine(paths=Paths(root=tmp_path, local=tmp_path / ".local"), tools=tools, calls=tmp_path / "calls")


def test_a_supported_pulumi_on_path_is_taken(machine: Machine):
    original = machine.has_pulumi("3.260.1")
    machine.has_go()
    said = machine.obtain()

    assert said == f"pulumi: taking {original}\npulumi 3.260.1: taken from PATH\n"
    assert machine.paths.pulumi.read_bytes() == original.read_bytes()
    assert machine.called() == ""


@pytest.mark.parametrize("version", ["3.258.9", "2.300.0", "4.0.0"])
def test_another_version_is_named_and_the_next_way_tried(machine: Machine, version: str):
    original = machine.has_pulumi(version)
    machine.has_go()
    said = machine.obtain()

    assert f"not taken from PATH: {original} is {version}, but 3.259.0 or newer and before 4 is needed\n" in said
    assert said.endswith("pulumi 3.259.0: built with Go\n")


def test_our_own_shim_is_no_cli(machine: Machine):
    install(machine.paths)
    shutil.copy(machine.paths.bin / "pulumi", machine.tools / "pulumi")
    machine.has_go()

    assert "pulumi: not taken from PATH: no pulumi on PATH\n" in machine.obtain()


def test_go_builds_the_pinned_module_with_its_version(machine: Machine):
    machine.has_go()
    machine.obtain()
    build = machine.called().splitlines()[-1]

    assert build.startswith(
        f"{obtaining.MODULE}: build -v -mod=readonly -trimpath -tags osusergo,grpcnotrace -ldflags -s -w"
    )
    assert " -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v3.259.0 -o " in build
    assert build.endswith(" github.com/pulumi/pulumi/pkg/v3/cmd/pulumi")


def test_a_build_tells_how_far_it_is(machine: Machine, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("localcloud.engine.build._PLAIN_LINE_SECONDS", 0)
    machine.has_go(build="/bin/sleep 1.2")
    said = machine.obtain()

    assert "pulumi: 2 of at most 3 packages compiled, 0 min 0" in said
    assert "\x1b" not in said


class Terminal(io.StringIO):
    """A stream that is a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_build_on_a_terminal_rewrites_one_line(machine: Machine, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("localcloud.engine.build._TICK_SECONDS", 0.1)
    monkeypatch.setenv("TERM", "xterm")
    machine.has_go(build="/bin/sleep 0.5")
    said = Terminal()
    obtain(machine.paths, err=said)

    assert "\rpulumi: 2 of at most 3 packages compiled, 0 min 00 s\x1b[K" in said.getvalue()
    assert said.getvalue().endswith("\npulumi 3.259.0: built with Go\n")


def test_an_old_go_is_named(machine: Machine):
    machine.has_go(version="1.20.1")
    machine.has_curl()

    assert "not built with Go: go is 1.20, but 1.26 or newer is needed\n" in machine.obtain()


def test_a_failed_build_says_why_and_leaves_nothing(machine: Machine):
    machine.has_go(build="echo 'example.com/a: no space left' >&2; exit 1")

    with pytest.raises(SetupError, match=r"built with Go: go build failed: .*example\.com/a: no space left"):
        machine.obtain()
    assert sorted(file.name for file in machine.paths.engine.iterdir()) == ["lock"]


def test_a_build_that_does_not_work_is_not_kept(machine: Machine):
    machine.has_go(build="exit 0")

    with pytest.raises(SetupError, match="built with Go: what came of it does not work"):
        machine.obtain()


def test_without_go_the_pinned_version_is_installed(machine: Machine):
    machine.has_curl()
    said = machine.obtain()
    fetched, installed = machine.called().splitlines()

    assert said.endswith("pulumi 3.259.0: installed by Pulumi's installer\n")
    assert fetched.startswith("curl --fail --silent --show-error --location https://get.pulumi.com --output ")
    assert installed.startswith("installer --version 3.259.0 --install-root ")
    assert installed.endswith(" --no-edit-path")


def test_a_failed_download_says_why(machine: Machine):
    executable(machine.tools / "curl", "#!/bin/sh\necho 'curl: (6) no such host' >&2\nexit 6\n")

    with pytest.raises(SetupError, match=r"installer: curl ended with code 6: curl: \(6\) no such host"):
        machine.obtain()


def test_a_machine_with_nothing_is_told_what_to_install(machine: Machine):
    with pytest.raises(SetupError) as refused:  # the whole text is looked at
        machine.obtain()

    assert str(refused.value) == (
        "no pulumi CLI can be had here:\n"
        "  taken from PATH: no pulumi on PATH\n"
        "  built with Go: no go on PATH\n"
        "  installed by Pulumi's installer: no curl on PATH to fetch it with\n"
        "install Go 1.26 or newer (https://go.dev/dl), or pulumi 3.259.0 or newer "
        "(https://www.pulumi.com/docs/install), and try again"
    )


def test_a_second_call_does_nothing(machine: Machine):
    machine.has_go()
    machine.obtain()
    before = machine.called()

    assert machine.obtain() == ""
    assert machine.called() == before


def test_a_new_pin_builds_again(machine: Machine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    machine.has_go()
    machine.obtain()
    module = tmp_path / "module"
    shutil.copytree(obtaining.MODULE, module)
    with (module / "go.mod").open("a", encoding="utf-8") as file:
        file.write("// another pin\n")
    monkeypatch.setattr(obtaining, "MODULE", module)

    assert machine.obtain().endswith("pulumi 3.259.0: built with Go\n")


def test_a_cli_that_was_replaced_by_hand_is_looked_at_again(machine: Machine):
    machine.has_go()
    machine.obtain()
    executable(machine.paths.pulumi, "#!/bin/sh\necho v3.1.0\n")

    assert machine.obtain().endswith("pulumi 3.259.0: built with Go\n")


def test_a_cli_without_a_marker_is_kept_if_it_works(machine: Machine):
    executable(machine.paths.pulumi, "#!/bin/sh\necho v3.259.0\n")

    assert machine.obtain() == ""
    assert machine.obtain() == ""


def test_two_calls_at_once_build_once(machine: Machine):
    machine.has_go(build="/bin/sleep 0.5")
    first = threading.Thread(target=machine.obtain)
    first.start()
    while "build" not in machine.called():
        time.sleep(0.01)
    said = machine.obtain()
    first.join()

    assert said == "pulumi: another process is obtaining it: waiting\n"
    assert machine.called().count(": build ") == 1
