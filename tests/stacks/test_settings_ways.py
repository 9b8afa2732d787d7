"""Settings come from a file or from the engine, and mean the same either way."""

import json
import os
import subprocess
from collections.abc import Callable, Mapping
from contextvars import copy_context
from pathlib import Path
from typing import Any

import pulumi
import pytest
from hypothesis import given
from hypothesis import strategies as st

import stacks.settings
from localcloud.paths import here
from stacks.keys import StackKeys
from stacks.mistakes import SettingsError
from stacks.settings import Settings
from stacks.stackfile import canonical, config_of, decoded, read_yaml

ROOT = Path(__file__).parents[2]
RIGHT = {
    "aws:region": "eu-central-1",
    "datastores:phase": "mvp",
    "datastores:drRegion": "eu-west-1",
    "datastores:owner": "clubapp-team",
    "datastores:costCentre": "clubapp",
}
# What is written in a stack file, and what pulumi 3.259.0 gives for it (`pulumi config --json`).
AS_THE_ENGINE_READS = [
    ("1", "1"),
    ("1.50", "1.5"),
    ("true", "true"),
    ("True", "true"),
    ("FALSE", "false"),
    ("yes", "yes"),
    ("~", ""),
    ("", ""),
    ("'true'", "true"),
    ("+5", "5"),
    ("-0", "0"),
    ("010", "8"),
    ("0777", "511"),
    ("08", "8"),
    ("0x10", "16"),
    ("5.", "5"),
    ("1e3", "1000"),
    ("1e-7", "1e-7"),
    ("1e400", "1e400"),
    ("1_000", "1000"),
    ("012345678901", "12345678901"),
    ("200000000.50", "200000000.5"),
    ("1000000000000000000", "1000000000000000000"),
    ("18446744073709551615", "18446744073709551615"),
    ("123456789012345678901234567890", "1.2345678901234568e+29"),
    ("2024-01-01", "2024-01-01 00:00:00 +0000 UTC"),
    ("2024-01-01 10:20:30.5", "2024-01-01 10:20:30.5 +0000 UTC"),
    ("2024-13-01", "2024-13-01"),
    ('"2024-01-01"', "2024-01-01"),
    ("[]", "[]"),
    ("{}", "{}"),
    ("'[\"x\"]'", '["x"]'),
    ('[1, "1", true, null, 1.50]', '[1,"1",true,null,1.5]'),
    ("[.5, 5., 1e-7, 0b11, 010, 08, 1_0.5, +1, -1.0]", "[0.5,5,1e-7,3,8,8,10.5,1,-1]"),
    ("[1e21, 1e20, 123456789.123456789]", "[1e+21,100000000000000000000,123456789.12345679]"),
    ("[~, Null, 1:30, !!str 5, -0.0]", '[null,null,"1:30","5",0]'),
    ("[12345678901234567890123, 18446744073709551615]", "[1.2345678901234568e+22,18446744073709552000]"),
    ("[_1, 1_, 0x, 0x_1f, 1_0e1_0, 0o8, .e1, 0O17, 0B1, -0x1F]", '["_1",1,"0x",31,100000000000,"0o8",".e1",15,1,-31]'),
    ("[2024-01-01T10:20:30Z, 2024-1-2]", '["2024-01-01 10:20:30 +0000 UTC","2024-01-02 00:00:00 +0000 UTC"]'),
    ("{<<: {a: 1, b: 2}, b: 3}", '{"a":1,"b":3}'),
    ("{1: x, true: y, null: z}", r'{"1":"x","\u003cnil\u003e":"z","true":"y"}'),
    ("{a: &x [1], b: *x}", '{"a":[1],"b":[1]}'),
]


@pytest.mark.parametrize(("written", "given_by_engine"), AS_THE_ENGINE_READS)
def test_a_value_in_a_file_is_what_the_engine_makes_of_it(written: str, given_by_engine: str):
    assert canonical(read_yaml(written)) == decoded(given_by_engine)


@pytest.mark.engine
def test_the_engine_still_reads_values_so(tmp_path: Path):
    (tmp_path / "state").mkdir()
    (tmp_path / "Pulumi.yaml").write_text("name: datastores\nruntime: python\n")
    keys = [f"datastores:v{at}" for at in range(len(AS_THE_ENGINE_READS))]
    lines = [f"  {key}: {written}\n" for key, (written, _) in zip(keys, AS_THE_ENGINE_READS, strict=True)]
    environment = {
        # Not those of local mode: they name another project.
        **{name: value for name, value in os.environ.items() if not name.startswith("PULUMI_")},
        "PULUMI_BACKEND_URL": f"file://{tmp_path / 'state'}",
        "PULUMI_HOME": str(tmp_path / "home"),
        "PULUMI_CONFIG_PASSPHRASE": "",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }

    def run(*command: str) -> str:
        ran = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    run(str(here().pulumi), "stack", "init", "clubapp-dev", "--non-interactive")
    file = tmp_path / "Pulumi.clubapp-dev.yaml"
    salt = file.read_text() if file.exists() else ""
    file.write_text("config:\n" + "".join(lines) + salt)
    config = json.loads(run(str(here().pulumi), "config", "--json", "--non-interactive"))

    assert [config[key].get("value") for key in keys] == [value for _, value in AS_THE_ENGINE_READS]


def as_engine(value: Any) -> str:
    """Print a plain value as the engine passes it."""
    match value:
        case None:
            return ""
        case bool() | list() | dict():
            return json.dumps(value)
        case _:
            return str(value)


def loaded(config: Mapping[str, object], stack: str = "clubapp-dev", secret: tuple[str, ...] = ()) -> Settings:
    """Load settings as the program does when the engine passes these values."""

    def run() -> Settings:
        pulumi.runtime.settings.reset_options(project="datastores", stack=stack)
        texts = {key: as_engine(value) for key, value in config.items()}
        pulumi.runtime.set_all_config(texts, list(secret))
        return Settings.load()

    return copy_context().run(run)


def outcome(way: Callable[[], Settings]) -> object:
    """Give the settings, or all that is wrong with them."""
    try:
        return way()
    except SettingsError as error:
        return sorted(str(mistake) for mistake in error.mistakes)


def both(config: Mapping[str, object], folder: Path, stack: str = "clubapp-dev") -> tuple[object, object]:
    """Give what comes of the same settings in a file and from the engine."""
    text = json.dumps({"config": config}, ensure_ascii=False)
    (folder / f"Pulumi.{stack}.yaml").write_text(text, encoding="utf-8")
    return outcome(lambda: Settings.read(stack, folder=folder)), outcome(lambda: loaded(config, stack))


SAME = [
    {},
    {"datastores:monthlyBudget": 60},
    {"datastores:monthlyBudget": "60"},
    {"datastores:monthlyBudget": 59.9},
    {"datastores:monthlyBudget": True},
    {"datastores:phase": "grwth"},
    {"datastores:phase": ["mvp"]},
    {"datastores:owner": 5},
    {"datastores:owner": None},
    {"datastores:sizes": {"presence": {"backupDays": 0, "billing": {"maxReadUnits": None}}}},
    {"datastores:sizes": {"presence": {"backupDays": "0"}}},
    {"datastores:sizes": '{"presence": {"backupDays": 0}}'},
    {"datastores:unlock": ["cache", 1]},
    {"datastores:hop": {"to": "growth", "step": 1, "sizes": {}}},
    {"datastores:hop": {"to": "growth", "step": "1", "sizes": {"cache": {}}}},
    {"aws:allowedAccountIds": ["123456789012", 123456789012]},
    {"datastores:network": {}},
    {"pulumi:tags": {"a": "b"}},
    {"datastores:pahse": "mvp", "other:x": 1, "aws:defaultTags": {}},
]


@pytest.mark.parametrize("settings", SAME, ids=map(str, SAME))
def test_a_table_of_settings_means_the_same_either_way(settings: dict[str, object], tmp_path: Path):
    from_file, from_engine = both({**RIGHT, **settings}, tmp_path)

    assert from_file == from_engine


TEXT = st.text(st.characters(categories=["L", "N", "P", "S"]), max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXT,
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(TEXT, inside, max_size=3),
    max_leaves=6,
)


@given(config=st.dictionaries(st.sampled_from(StackKeys.names()), VALUES, max_size=4))
def test_any_settings_mean_the_same_either_way(config: dict[str, object], tmp_path_factory: pytest.TempPathFactory):
    from_file, from_engine = both({**RIGHT, **config}, tmp_path_factory.mktemp("stacks"))

    assert from_file == from_engine


@pytest.mark.parametrize("stack", ["clubapp-dev", "clubapp-staging", "clubapp-prod"])
def test_our_own_stacks_are_the_same_either_way(stack: str):
    config, _ = config_of((ROOT / f"stacks/Pulumi.{stack}.yaml").read_text())

    assert loaded(config, stack) == Settings.read(stack)


def test_a_secret_of_the_engine_is_refused_as_one_in_a_file_is():
    with pytest.raises(SettingsError, match="datastores:owner must not be secret"):
        loaded(RIGHT, secret=("datastores:owner",))


def test_the_engine_prints_mistakes_without_a_traceback():
    """Pulumi prints the text of a RunError as it is, and ends the run as failed."""
    with pytest.raises(pulumi.RunError, match="datastores:phase must be one of") as caught:
        loaded({**RIGHT, "datastores:phase": "grwth"})

    assert str(caught.value) == (
        "stacks/Pulumi.clubapp-dev.yaml has 1 mistake:\n"
        "  datastores:phase must be one of mvp, growth, scale, enterprise, got 'grwth': did you mean 'growth'?"
    )


def test_mistakes_from_the_engine_are_in_the_order_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    config = {**RIGHT, "datastores:unlock": "x", "datastores:sizes": {"presence": 1, "cache": 1}, "aws:foo": "y"}
    (tmp_path / "Pulumi.clubapp-dev.yaml").write_text(json.dumps({"config": config}))
    monkeypatch.setattr(stacks.settings, "FOLDER", tmp_path)
    sorted_by_go = json.loads(json.dumps(config, sort_keys=True))

    with pytest.raises(SettingsError, match="has 4 mistakes") as caught:
        loaded(sorted_by_go)

    assert [".".join(map(str, mistake.where)) for mistake in caught.value.mistakes] == [
        "datastores:unlock",
        "datastores:sizes.presence",
        "datastores:sizes.cache",
        "aws:foo",
    ]


def test_settings_may_come_by_the_environment_of_the_process(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PULUMI_CONFIG", json.dumps({**RIGHT, "datastores:phase": "scale"}))

    assert loaded({}).phase == "scale"
