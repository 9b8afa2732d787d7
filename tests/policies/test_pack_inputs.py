"""Claims about the end of a run: outputs tell what AWS made up, and what the program says is judged."""

import importlib
import inspect
from collections.abc import Mapping
from typing import Any

import pytest
from pulumi.runtime.proto import analyzer_pb2 as pb
from pulumi.runtime.proto.analyzer_pb2_grpc import AnalyzerStub

from policies.controls import CONTROLS
from policies.values import Resource, Secret
from policies.wire import MADE_UP, TOLD_OF, in_stack
from tests.policies.driver import UNKNOWN, member, placed, reasons, request, secret, serving, told, urn
from tests.policies.examples import resources_of

KEY, INSTANCE, GROUP = "aws:kms/key:Key", "aws:rds/instance:Instance", "aws:ec2/securityGroup:SecurityGroup"
PASSWORD = "random:index/randomPassword:RandomPassword"  # noqa: S105  a type, not a password
FILLED = '{"Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::1:root"}, "Action": "kms:*"}]}'


def read(inputs: Mapping[str, Any] | None, outputs: Mapping[str, Any], type_: str = INSTANCE) -> Resource:
    return in_stack(member(type_, outputs), None if inputs is None else request(type_, inputs))


def test_what_aws_fills_in_is_not_the_program_s() -> None:
    resource = read({"a": 1}, {"a": 2, "policy": FILLED, "arn": "arn:x", "id": "i"})

    assert {key: resource[key] for key in resource} == {"a": 1, "arn": "arn:x", "id": "i"}


def test_what_the_program_names_is_not_renamed() -> None:
    assert read({"name": "mine"}, {"name": "theirs"})["name"] == "mine"


@pytest.mark.parametrize(
    ("said", "shown", "expected"),
    [
        (UNKNOWN, "now", "now"),
        (UNKNOWN, None, None),
        ([UNKNOWN, "b"], ["a", "x"], ["a", "b"]),
        ([UNKNOWN, "b"], ["a"], [None, "b"]),
        ({"k": UNKNOWN, "own": 1}, {"k": "v", "own": 2, "filled": 3}, {"k": "v", "own": 1}),
        ({"k": UNKNOWN}, "other", {"k": None}),
    ],
)
def test_an_output_tells_what_was_not_known(said: Any, shown: Any, expected: Any) -> None:
    def plain(value: Any) -> Any:
        """Give None for what is unknown still."""
        if hasattr(value, "raw") and hasattr(value, "keys"):
            return {key: plain(value.raw(key)) for key in value}
        if hasattr(value, "raw"):
            return [plain(one) for one in value.raw()]
        return value if isinstance(value, str | int) else None

    assert plain(read({"x": said}, {"x": shown}).raw("x")) == expected


def test_what_is_hidden_after_it_was_written_is_judged_as_written() -> None:
    resource = read({"passwordWo": secret("hunter2"), "x": secret(UNKNOWN)}, {"passwordWo": None, "x": secret("y")})

    assert [isinstance(resource.raw(key), Secret) for key in ("passwordWo", "x")] == [True, True]
    assert (resource["passwordWo"], resource["x"], "hunter2" in repr(resource.raw("passwordWo"))) == (
        "hunter2",
        "y",
        False,
    )


def test_without_inputs_the_outputs_are_all_there_is() -> None:
    assert read(None, {"policy": FILLED})["policy"] == FILLED


def at_the_end(pack: AnalyzerStub, type_: str, inputs: Any, outputs: Any) -> pb.AnalyzeResponse:
    pack.Analyze(request(type_, inputs))
    return pack.AnalyzeStack(pb.AnalyzeStackRequest(resources=[member(type_, outputs)]))


def test_a_policy_that_only_aws_wrote_is_none(pack: AnalyzerStub) -> None:
    assert "kms-policy-defined" in told(at_the_end(pack, KEY, {}, {"policy": FILLED, "arn": "arn:x"}))


def test_a_policy_that_the_program_wrote_is_one(pack: AnalyzerStub) -> None:
    assert "kms-policy-defined" not in told(at_the_end(pack, KEY, {"policy": FILLED}, {"policy": FILLED}))


def test_the_inputs_of_one_run_are_not_those_of_the_next(pack: AnalyzerStub) -> None:
    at_the_end(pack, KEY, {}, {"policy": FILLED})

    again = pack.AnalyzeStack(pb.AnalyzeStackRequest(resources=[member(KEY, {"policy": FILLED})]))

    assert "kms-policy-defined" not in told(again)


def test_a_password_that_was_unknown_still_comes_from_where_it_comes(pack: AnalyzerStub) -> None:
    pack.Analyze(request(INSTANCE, {"password": secret("generated")}))
    shown = member(INSTANCE, {"password": secret("generated")}, needs={"password": [urn(PASSWORD, "db")]})
    end = pack.AnalyzeStack(pb.AnalyzeStackRequest(resources=[shown]))

    assert "rds-no-plaintext-credentials" not in told(end)
    assert "rds-no-plaintext-credentials" not in reasons(end)


def test_the_last_inputs_of_a_resource_count() -> None:
    """The engine asks again where a dependency has to be replaced first."""
    (control,) = (one for one in CONTROLS if one.slug == "kms-policy-defined")
    with serving([control]) as stub:
        placed(stub)
        stub.Analyze(request(KEY, {"policy": FILLED}))
        end = at_the_end(stub, KEY, {}, {"policy": FILLED})

    assert set(told(end)) == {"kms-policy-defined"}


def camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.title() for part in rest)


def settable(type_: str) -> set[str]:
    """Give the properties of a type of AWS that a program can set."""
    _, path, name = type_.split(":")
    service = path.split("/")[0]
    cls = getattr(importlib.import_module(f"pulumi_aws.{'lambda_' if service == 'lambda' else service}"), name)
    return {camel(one) for one in inspect.signature(cls._internal_init).parameters}


def test_whatever_a_control_reads_that_no_program_can_set_is_taken_from_outputs() -> None:
    """Held to the examples: what none of them has, no control reads."""
    resources = [
        one
        for control in CONTROLS
        for example in (*control.good, *control.bad, *control.skipped)
        for one in resources_of(control, example)
        if one["type"].startswith("aws:")
    ]
    of_type = {one["type"]: settable(one["type"]) for one in resources if "s3/" not in one["type"]}
    untold = {
        (one["type"], key)
        for one in resources
        for key in one["inputs"]
        if one["type"] in of_type and key not in {*of_type[one["type"]], *MADE_UP, *TOLD_OF.get(one["type"], ())}
    }

    assert untold == set()
