"""The documentation is true: its commands run, its links lead somewhere, its figures are the tables'."""

import re
import subprocess
from pathlib import Path

import pytest

from localcloud.paths import CODE
from sizes.redis import ClusterMode
from stacks.applications.clubapp import CACHE, MAIN, TABLES
from stacks.phases import Phase
from tests.engine.local import Local

PAGES = [CODE / "README.md", *sorted((CODE / "docs").rglob("*.md"))]
RUN = [page for page in PAGES if "```sh\n" in page.read_text(encoding="utf-8")]
_BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)
_LINK = re.compile(r"\]\((?!https?:)([^)#]+)")


def named(pages: list[Path]) -> list[str]:
    return [str(page.relative_to(CODE)) for page in pages]


@pytest.mark.parametrize("page", PAGES, ids=named(PAGES))
def test_every_link_leads_to_a_file(page: Path):
    text = page.read_text(encoding="utf-8")

    assert [link for link in _LINK.findall(text) if not (page.parent / link).exists()] == []


@pytest.fixture(scope="module")
def dev(local: Local) -> Local:
    """Bring clubapp-dev up, as `make up` does."""
    local.init("clubapp-dev")
    local.up("clubapp-dev")
    return local


@pytest.mark.engine
@pytest.mark.xdist_group("docs")
@pytest.mark.parametrize("page", RUN, ids=named(RUN))
def test_every_command_of_a_page_runs(dev: Local, page: Path):
    """`make` is left out: it is what runs this test."""
    blocks = _BLOCK.findall(page.read_text(encoding="utf-8"))
    script = "\n".join(["set -eu", *(re.sub(r"^make .*$", ":", block, flags=re.MULTILINE) for block in blocks)])
    environment = {**dev.environment, "DATASTORES_LOCAL": str(dev.paths.local)}

    done = subprocess.run(["sh", "-c", script], env=environment, cwd=CODE, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.engine
@pytest.mark.xdist_group("docs")
def test_the_first_success_of_the_readme_finds_who_is_there(dev: Local):
    block = _BLOCK.findall((CODE / "README.md").read_text(encoding="utf-8"))[1]
    environment = {**dev.environment, "DATASTORES_LOCAL": str(dev.paths.local)}

    done = subprocess.run(["sh", "-c", block], env=environment, cwd=CODE, capture_output=True, text=True, check=True)

    assert "'userId': 'ada'" in done.stdout


def row(title: str) -> list[str]:
    """Give the cells of a row of the README's phase table."""
    lines = (CODE / "README.md").read_text(encoding="utf-8").splitlines()
    line = next(line for line in lines if line.startswith(f"| {title}"))
    return [cell.strip() for cell in line.strip("|").split("|")][1:]


def test_the_phase_table_says_what_the_phases_decide():
    def nodes(phase: Phase) -> str:
        size = CACHE[phase]
        shards = f" in {size.shards} shards" if size.cluster_mode is ClusterMode.ENABLED else ""
        return f"{size.shards * (1 + size.replicas_per_shard)} x {size.node_type}{shards}"

    caps = [TABLES[phase].billing for phase in Phase]
    assert row("PostgreSQL") == [f"{MAIN[one].instance_class}, {MAIN[one].storage_gib} GiB" for one in Phase]
    assert row("standby") == ["yes" if MAIN[one].multi_az else "no" for one in Phase]
    assert row("read replicas") == [str(len(MAIN[one].replicas)) for one in Phase]
    assert row("point-in-time") == [f"{MAIN[one].backup_days} days" for one in Phase]
    assert row("DynamoDB") == [f"{cap.max_read_units:,} / {cap.max_write_units:,}" for cap in caps]
    assert row("Redis") == [nodes(phase) for phase in Phase]
