"""The JSON Schema of stack files says what their checks say."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from cli.schema import schema
from stacks.keys import StackKeys
from stacks.settings import Settings

STACKS = Path(__file__).parents[2] / "stacks"
RIGHT: dict[str, Any] = {
    "aws:region": "eu-central-1",
    "datastores:phase": "mvp",
    "datastores:drRegion": "eu-west-1",
    "datastores:owner": "clubapp-team",
    "datastores:costCentre": "clubapp",
}


def printed() -> dict[str, Any]:
    """Give what the command prints."""
    out = io.StringIO()
    assert schema(out=out) == 0
    return json.loads(out.getvalue())


def mistakes(document: Any) -> list[str]:
    """Give what an editor would underline."""
    return [error.message for error in Draft202012Validator(printed()).iter_errors(document)]


def test_it_is_a_schema_of_its_dialect():
    whole = printed()

    assert whole["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(whole)


@pytest.mark.parametrize(
    "stack", ["clubapp-dev", "clubapp-staging", "clubapp-prod", "devora-dev", "devora-prod", "heka-staging"]
)
def test_our_own_stack_files_pass(stack: str):
    assert mistakes(yaml.safe_load((STACKS / f"Pulumi.{stack}.yaml").read_text())) == []


def test_what_pulumi_writes_into_a_stack_file_passes():
    assert (
        mistakes({"config": {**RIGHT, "pulumi:tags": {"a": "b"}}, "encryptionsalt": "v1:x", "secretsprovider": "x"})
        == []
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"datastores:phase": "grwth"},
        {"datastores:pahse": "mvp"},
        {"other:thing": 1},
        {"aws:region": "eu-centrl-1"},
        {"aws:allowedAccountIds": [123456789012]},
        {"aws:allowedAccountIds": []},
        {"datastores:network": {"vpcId": "vpc-12345678"}},
        {"datastores:network": None},
        {"datastores:owner": {"secure": "AAAB"}},
        {"datastores:monthlyBudget": 0},
        {"datastores:sizes": {"presense": {}}},
        {"datastores:sizes": {"main": {"instanceClass": "db.t4g.mikro"}}},
        {"datastores:sizes": {"presence": {"billing": {"maxReadUnits": "x"}}}},
        {"datastores:hop": {"to": "growth", "step": 1, "sizes": {"cache": {"shards": 1}}}},
        {"datastores:hop": {"to": "growth", "step": 0, "sizes": {}}},
        {"datastores:unlock": ["cach"]},
        {"datastores:choices": {"databases": "dynamodb"}},
        {"datastores:atlas": {}},
        {"datastores:atlas": {"organizationId": "0123"}},
        {"datastores:sizes": {"documents": {"tier": "M11"}}},
        {"datastores:irreversible": ["valt-lock"]},
    ],
    ids=str,
)
def test_a_broken_setting_is_underlined(wrong: dict[str, Any]):
    assert mistakes({"config": {**RIGHT, **wrong}}) != []


def test_a_file_without_settings_is_underlined():
    assert mistakes({}) == ["'config' is a required property"]


def test_every_key_is_described():
    described = {key for key, value in printed()["properties"]["config"]["properties"].items() if value["description"]}

    assert described == set(StackKeys.names())


EXAMPLES = [
    (key, example)
    for key, value in printed()["properties"]["config"]["properties"].items()
    for example in value.get("examples", ())
]


def test_every_key_that_is_accepted_has_an_example():
    assert set(StackKeys.names()) == {key for key, _ in EXAMPLES}


@pytest.mark.parametrize(("key", "example"), EXAMPLES)
def test_every_example_is_right(key: str, example: object):
    plain = str(example) if isinstance(example, int) else example

    stack = "devora-dev" if key == "datastores:atlas" else "clubapp-dev"
    assert Settings.parse(stack, {**RIGHT, key: plain}).stack == stack


@pytest.mark.parametrize(
    "row",
    [
        *("PostgresSize", "AuroraSize", "TableSizeDeviation", "RedisSize", "ServerlessRedisSize", "BucketSize"),
        *("AtlasSize", "SharedAtlasSizeDeviation", "OnDemand"),
    ],
)
def test_every_field_of_a_size_is_described(row: str):
    assert all(field.get("description") for field in printed()["$defs"][row]["properties"].values())
