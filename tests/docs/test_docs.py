"""The documentation is true: its commands run, its links lead somewhere, its figures are the tables'."""

import io
import re
import subprocess
from datetime import date
from pathlib import Path

import pytest

from cli.plan import Form, plan
from localcloud.paths import CODE
from sizes.atlas import HOME_NODES, AtlasSize
from sizes.aurora import AuroraSize, Instances
from sizes.bucket import BucketSize
from sizes.postgres import PostgresSize
from sizes.redis import ClusterMode, RedisSize
from sizes.table import OnDemand, TableSize
from stacks.aim import aim
from stacks.application import Size
from stacks.applications import APPLICATIONS
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


def cells(application: str, store: str) -> list[str]:
    """Give the cells of a store in the README's phase table."""
    lines = (CODE / "README.md").read_text(encoding="utf-8").splitlines()
    below = lines[next(number for number, line in enumerate(lines) if line.startswith(f"| **[{application}]")) :]
    line = next(line for line in below if f"`{store}`" in line)
    return [cell.strip() for cell in line.strip("|").split("|")][1:]


def figures(size: Size | None) -> list[str]:
    """Give what the README must say of a size."""
    match size:
        case PostgresSize():
            said = [size.instance_class, f"{size.storage_gib:,} GiB", f"{size.backup_days} days"]
            said += ["standby"] if size.multi_az else []
            said += [f"{len(size.replicas)} replica"] if size.replicas else []
        case AuroraSize(capacity=Instances(instance_class=name)):
            said = ["Aurora", f"{1 + size.readers} x {name}", f"{size.backup_days} days"]
        case TableSize(billing=OnDemand(max_read_units=reads, max_write_units=writes)):
            said = [f"{reads:,} / {writes:,}"]
        case RedisSize():
            said = [f"{size.shards * (1 + size.replicas_per_shard)} x {size.node_type}"]
            said += [f"{size.shards} shards"] if size.cluster_mode is ClusterMode.ENABLED else []
        case BucketSize():
            said = [f"{size.expire_after_days:,} days"]
        case AtlasSize():
            nodes = size.specs * (HOME_NODES + size.dr_nodes + size.analytics_nodes + size.read_only_nodes)
            said = [f"{nodes} x {size.tier}", f"{size.disk_gib:,} GB", f"{size.recovery_days} days"]
            said += [f"{size.specs} shard"] if size.sharded else []
        case None:
            said = ["–"]  # noqa: RUF001 # the dash of an empty cell
        case _:
            raise AssertionError(f"say here what the README must say of {size}")
    return said


@pytest.mark.parametrize("name", sorted(APPLICATIONS))
def test_the_phase_table_says_what_the_phases_decide(name: str):
    missing = [
        (store.name, phase, figure)
        for store in APPLICATIONS[name].stores
        for phase, cell in zip(Phase, cells(name, store.name), strict=True)
        for figure in figures(store.sizes.get(phase))
        if figure not in cell
    ]

    assert missing == []


_PLANNED = re.compile(r"```\n\$ datastores plan (\S+) --from (\S+) --to (\S+) --at (\S+)\n(.*?)```", re.DOTALL)


def test_the_plan_of_the_upgrades_page_is_what_the_command_prints():
    (stack, start, to, at, said) = _PLANNED.findall((CODE / "docs" / "upgrades.md").read_text(encoding="utf-8"))[0]
    now, aimed = aim(stack, to=to, start=start)
    out = io.StringIO()

    plan(now, aimed, form=Form.TEXT, today=date(2026, 11, 26), at=at, out=out)

    assert [line for line in said.splitlines() if line not in out.getvalue().splitlines()] == []
