"""Claims about the pack over gRPC, as the engine drives it."""

from typing import Any

import grpc
import pytest
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import analyzer_pb2 as pb
from pulumi.runtime.proto.analyzer_pb2_grpc import AnalyzerStub

from policies.control import Control, Level, Scope
from policies.controls import CONTROLS
from policies.exemptions import CONTROLS as ABOUT_EXEMPTIONS
from policies.exemptions import LEVELS as OWN_LEVELS
from policies.levels import Place, level_of, place_of
from policies.values import Resource
from tests.policies.driver import (
    FEW,
    LEVELS_ON_WIRE,
    PROD,
    UNKNOWN,
    made_control,
    member,
    placed,
    reasons,
    request,
    secret,
    serving,
    struct,
    told,
    urn,
)
from tests.policies.examples import resources_of

INSTANCE, PARAMETERS = "aws:rds/instance:Instance", "aws:rds/parameterGroup:ParameterGroup"
KEY, TABLE = "aws:kms/key:Key", "aws:dynamodb/table:Table"
ENCRYPT = "RDS instances must encrypt their storage: set storage_encrypted=True."


def configured(stub: AnalyzerStub, **config: pb.PolicyConfig) -> None:
    stub.Configure(
        pb.ConfigureAnalyzerRequest(policyConfig={slug.replace("_", "-"): one for slug, one in config.items()})
    )


def test_every_control_is_a_policy_of_its_own(pack: AnalyzerStub) -> None:
    policies = {policy.name: policy for policy in pack.GetAnalyzerInfo(Empty()).policies}
    retention = policies["rds-backup-retention-min"]

    assert set(policies) == {control.slug for control in [*CONTROLS, *ABOUT_EXEMPTIONS]}
    assert (retention.severity, retention.policy_type) == (pb.POLICY_SEVERITY_MEDIUM, pb.POLICY_TYPE_RESOURCE)
    assert retention.configSchema.properties["days"]["default"] == 7
    assert policies["rds-force-ssl"].policy_type == pb.POLICY_TYPE_STACK
    assert (policies["rds-storage-encrypted"].description, policies["rds-storage-encrypted"].remediation_steps) == (
        ENCRYPT,
        "set storage_encrypted=True.",
    )


def test_a_policy_tells_the_frameworks(pack: AnalyzerStub) -> None:
    """One as its framework, as the protocol has room for one, all as tags."""
    (policy,) = (one for one in pack.GetAnalyzerInfo(Empty()).policies if one.name == "rds-storage-encrypted")

    assert (policy.framework.name, policy.framework.version, policy.framework.reference) == (
        "CIS AWS Foundations Benchmark",
        "5.0",
        "2.2.1",
    )
    assert {"encryption", "cis-aws-5.0:2.2.1", "pci-dss-4.0:3.5.1", "nist-800-53-r5:SC-28(1)"} <= set(policy.tags)


@pytest.mark.parametrize("stack", ["clubapp-dev", "clubapp-staging", "clubapp-prod", "clubapp"])
@pytest.mark.parametrize("phase", ["mvp", "growth", "enterprise", ""])
def test_the_levels_are_those_of_the_stack(pack: AnalyzerStub, stack: str, phase: str) -> None:
    config = {"datastores:phase": phase}
    policies = placed(pack, stack, config)

    assert {slug: policy.enforcementLevel for slug, policy in policies.items()} == {
        **{control.slug: LEVELS_ON_WIRE[level_of(control, place_of(stack, config))] for control in CONTROLS},
        **{slug: LEVELS_ON_WIRE[level] for slug, level in OWN_LEVELS.items()},
    }


@pytest.mark.parametrize(("stack", "level"), [("clubapp-dev", pb.ADVISORY), ("clubapp-prod", pb.MANDATORY)])
def test_a_finding_has_the_level_of_the_stack(pack: AnalyzerStub, stack: str, level: int) -> None:
    placed(pack, stack)

    assert told(pack.Analyze(request(INSTANCE, {})))["rds-deletion-protection"] == (
        level,
        "RDS instances must be protected from deletion: set deletion_protection=True.",
    )


def test_a_stack_that_does_not_say_what_it_is_is_judged_strictly_and_told_so(pack: AnalyzerStub) -> None:
    placed(pack, "clubapp", PROD)

    assert told(pack.Analyze(request(INSTANCE, {})))["rds-storage-encrypted"] == (
        pb.MANDATORY,
        (
            f"{ENCRYPT} Judged at the strictest level, because "
            "the stack's name 'clubapp' ends in none of -dev, -staging, -prod."
        ),
    )


def test_before_the_stack_is_told_everything_is_strict() -> None:
    with serving(CONTROLS) as stub:
        policies = stub.GetAnalyzerInfo(Empty()).policies

    levels = {policy.name: policy.enforcementLevel for policy in policies if policy.name not in OWN_LEVELS}
    assert levels == {control.slug: LEVELS_ON_WIRE[level_of(control, Place())] for control in CONTROLS}


def test_only_the_controls_of_the_type_are_asked_and_the_others_reported(few: AnalyzerStub) -> None:
    """What is not reported as not applicable would count as passed."""
    response = few.Analyze(request(KEY, {"enableKeyRotation": True}))

    assert told(response) == {}
    assert reasons(response) == {
        control.slug: f"only for {', '.join(control.types)}"
        for control in [*FEW, *ABOUT_EXEMPTIONS]
        if control.scope is Scope.RESOURCE and KEY not in control.types
    }


def test_a_type_that_no_control_is_about_is_left_alone(pack: AnalyzerStub) -> None:
    response = pack.Analyze(request("random:index/randomId:RandomId", {"byteLength": 4}))

    everything = [*CONTROLS, *ABOUT_EXEMPTIONS]
    asked = [one for one in everything if one.scope is Scope.RESOURCE and level_of(one, Place()) is not Level.OFF]
    assert (told(response), len(reasons(response))) == ({}, len(asked))


def test_a_resource_that_a_control_leaves_out_is_told_why(pack: AnalyzerStub) -> None:
    response = pack.Analyze(request(INSTANCE, {"replicateSourceDb": "main"}))

    assert reasons(response)["rds-storage-encrypted"] == "Leave out read replicas: they inherit this from their source."


def test_an_unknown_value_is_no_finding_of_the_resource_and_no_pass(pack: AnalyzerStub) -> None:
    response = pack.Analyze(request(INSTANCE, {"storageEncrypted": UNKNOWN}))

    assert "rds-storage-encrypted" not in told(response)
    assert reasons(response)["rds-storage-encrypted"] == f"Cannot tell yet, storageEncrypted is not known: {ENCRYPT}"


def test_what_stays_unknown_is_summed_up_once_per_control(few: AnalyzerStub) -> None:
    for number in range(7):
        few.Analyze(request(INSTANCE, {"storageEncrypted": UNKNOWN}, name=f"db{number}"))
    response = few.AnalyzeStack(pb.AnalyzeStackRequest())

    assert [(one.policyName, one.urn) for one in response.diagnostics] == [("rds-storage-encrypted", "")]
    assert told(response)["rds-storage-encrypted"] == (
        pb.ADVISORY,
        (
            "Cannot tell yet for db0 (storageEncrypted), db1 (storageEncrypted), db2 (storageEncrypted), "
            f"db3 (storageEncrypted), db4 (storageEncrypted) and 2 more: known only when it is deployed. {ENCRYPT}"
        ),
    )


def test_a_summary_is_given_once(pack: AnalyzerStub) -> None:
    pack.Analyze(request(INSTANCE, {"storageEncrypted": UNKNOWN}))
    pack.AnalyzeStack(pb.AnalyzeStackRequest())

    assert told(pack.AnalyzeStack(pb.AnalyzeStackRequest())) == {}


@pytest.mark.parametrize(("origin", "settled"), [(KEY, True), ("aws:ssm/parameter:Parameter", False)])
def test_the_whole_stack_settles_where_an_unknown_key_comes_from(
    pack: AnalyzerStub, origin: str, settled: bool
) -> None:
    """A single request has no dependencies, the stack's has: a key made in the same run is a key of ours."""
    encryption = {"serverSideEncryption": {"enabled": True, "kmsKeyArn": UNKNOWN}}
    needs = {"serverSideEncryption": [urn(origin, "main")]}
    pack.Analyze(request(TABLE, encryption))
    response = pack.AnalyzeStack(pb.AnalyzeStackRequest(resources=[member(TABLE, encryption, needs=needs)]))

    assert ("dynamodb-cmk" not in told(response)) is settled


def stack_of_two(forced: str, *, value: str, needs: bool) -> pb.AnalyzeStackRequest:
    parameters = {"name": "pg-1", "arn": UNKNOWN, "parameters": [{"name": "rds.force_ssl", "value": forced}]}
    wants = {"parameterGroupName": [urn(PARAMETERS, "pg")]} if needs else None
    return pb.AnalyzeStackRequest(
        resources=[
            member(INSTANCE, {"parameterGroupName": value, "engine": "postgres"}, "main", wants),
            member(PARAMETERS, parameters, "pg"),
        ]
    )


@pytest.mark.parametrize(("value", "needs"), [(UNKNOWN, True), ("pg-1", True), ("pg-1", False)])
@pytest.mark.parametrize(("forced", "found"), [("1", []), ("0", [("rds-force-ssl", urn(INSTANCE, "main"))])])
def test_a_stack_control_follows_dependencies_and_equal_values_and_names_the_culprit(
    few: AnalyzerStub, value: str, needs: bool, forced: str, found: list[Any]
) -> None:
    response = few.AnalyzeStack(stack_of_two(forced, value=value, needs=needs))

    assert [(one.policyName, one.urn) for one in response.diagnostics] == found


@pytest.mark.parametrize("value", [UNKNOWN, "pg-1"])
def test_a_dependency_that_is_missing_from_the_request_cannot_be_told(pack: AnalyzerStub, value: str) -> None:
    whole = stack_of_two("0", value=value, needs=True)
    response = pack.AnalyzeStack(pb.AnalyzeStackRequest(resources=whole.resources[:1]))

    assert told(response)["rds-force-ssl"][0] == pb.ADVISORY
    assert told(response)["rds-force-ssl"][1].startswith("Cannot tell yet for main (parameterGroupName):")


def test_a_stack_control_without_a_resource_does_not_apply(few: AnalyzerStub) -> None:
    assert reasons(few.AnalyzeStack(pb.AnalyzeStackRequest())) == {"rds-force-ssl": f"none of {INSTANCE}"}


def test_a_configured_level_and_setting_count(pack: AnalyzerStub) -> None:
    config = pb.PolicyConfig(enforcementLevel=pb.ADVISORY, properties=struct({"days": 14}))
    configured(pack, rds_backup_retention_min=config)

    assert told(pack.Analyze(request(INSTANCE, {"backupRetentionPeriod": 13})))["rds-backup-retention-min"] == (
        pb.ADVISORY,
        "RDS instances must keep backups for 14 to 35 days: set backup_retention_period=14 or more.",
    )


def test_a_control_that_is_switched_off_says_nothing(pack: AnalyzerStub) -> None:
    configured(pack, rds_storage_encrypted=pb.PolicyConfig(enforcementLevel=pb.DISABLED))
    response = pack.Analyze(request(INSTANCE, {}))

    assert "rds-storage-encrypted" not in told(response)
    assert "rds-not-public" not in reasons(response)


def test_a_level_that_was_configured_is_not_called_the_strictest(pack: AnalyzerStub) -> None:
    placed(pack, "clubapp", {})
    configured(pack, rds_storage_encrypted=pb.PolicyConfig(enforcementLevel=pb.ADVISORY))

    assert told(pack.Analyze(request(INSTANCE, {})))["rds-storage-encrypted"] == (pb.ADVISORY, ENCRYPT)


def test_all_mistakes_of_a_configuration_are_told_at_once(pack: AnalyzerStub) -> None:
    wrong = pb.PolicyConfig(enforcementLevel=pb.MANDATORY, properties=struct({"dayz": 1}))
    with pytest.raises(grpc.RpcError) as error:
        configured(
            pack,
            all=wrong,
            rds_publik=wrong,
            rds_backup_retention_min=wrong,
            rds_not_public=wrong,
            kms_rotation=pb.PolicyConfig(enforcementLevel=pb.REMEDIATE),
        )

    answer: Any = error.value
    assert (answer.code(), answer.details()) == (
        grpc.StatusCode.INVALID_ARGUMENT,
        (
            "kms-rotation cannot remediate: write mandatory, advisory or disabled; no such control: rds-publik; "
            "no such setting: rds-backup-retention-min.dayz, it has days; "
            "no such setting: rds-not-public.dayz, it has none"
        ),
    )


def test_a_wrong_configuration_changes_nothing(pack: AnalyzerStub) -> None:
    off = pb.PolicyConfig(enforcementLevel=pb.DISABLED)
    with pytest.raises(grpc.RpcError, match="no such control: typo"):
        configured(pack, typo=off, rds_storage_encrypted=off)

    assert "rds-storage-encrypted" in told(pack.Analyze(request(INSTANCE, {})))


def test_the_key_for_all_controls_is_the_engines_business(pack: AnalyzerStub) -> None:
    """The engine has spread it over all controls already."""
    configured(pack, all=pb.PolicyConfig(enforcementLevel=pb.DISABLED))

    assert "rds-storage-encrypted" in told(pack.Analyze(request(INSTANCE, {})))


def breaks(resource: Resource) -> bool:
    raise ValueError(resource["password"])


def test_a_broken_control_blocks_at_its_own_level_and_the_others_go_on() -> None:
    broken = made_control(breaks, INSTANCE, slug="broken")
    with serving([broken, *CONTROLS]) as stub:
        placed(stub)
        response = stub.Analyze(request(INSTANCE, {"password": secret("hunter2")}))

    level, message = told(response)["broken"]
    assert (level, message.partition(", line ")[0]) == (
        pb.MANDATORY,
        "Not judged, the control broken is broken: ValueError in breaks",
    )
    assert "rds-storage-encrypted" in told(response)
    assert b"hunter2" not in response.SerializeToString()


SECRETIVE: list[Any] = ["hunter2", ["hunter2"], {"hunter2": "hunter2"}, {"hunter2": [UNKNOWN]}]


@pytest.mark.parametrize("value", SECRETIVE, ids=["text", "list", "object", "unknown-inside"])
@pytest.mark.parametrize("control", CONTROLS, ids=lambda one: one.slug)
def test_no_answer_holds_anything_of_a_secret(pack: AnalyzerStub, control: Control, value: Any) -> None:
    """Whatever property is secret, and whatever a control makes of a value that it does not expect."""
    examples = [*control.good, *control.bad]
    names = {name for example in examples for one in resources_of(control, example) for name in one["inputs"]}
    inputs = {name: secret(value) for name in names}
    alone = pack.Analyze(request(control.types[0], inputs))
    whole = pack.AnalyzeStack(pb.AnalyzeStackRequest(resources=[member(control.types[0], inputs)]))

    assert "hunter2" not in f"{alone} {whole}"


def test_a_secret_is_judged_by_its_value(pack: AnalyzerStub) -> None:
    found = told(
        pack.Analyze(request(INSTANCE, {"storageEncrypted": secret(True), "deletionProtection": secret(False)}))
    )

    assert ("rds-storage-encrypted" in found, "rds-deletion-protection" in found) == (False, True)


@pytest.mark.parametrize(("phase", "days"), [("mvp", 7), ("scale", 14), ("", 30)])
def test_a_setting_is_told_as_it_is_at_the_place(pack: AnalyzerStub, phase: str, days: int) -> None:
    """The engine gives the default of the schema back as configuration."""
    about = placed(pack, config={"datastores:phase": phase})["recovery-days-by-phase"]
    schema: Any = about.configSchema.properties["days"]

    assert schema["default"] == days
    assert f"any time of {days} days in this phase" in about.description


def test_the_small_questions_are_answered(pack: AnalyzerStub) -> None:
    assert pack.Handshake(pb.AnalyzerHandshakeRequest(engine_address="x")) == pb.AnalyzerHandshakeResponse()
    assert pack.GetPluginInfo(Empty()).version == "1.2.3"
    assert pack.Cancel(Empty()) == Empty()


def test_a_cancelled_pack_still_answers(pack: AnalyzerStub) -> None:
    """The engine ends the process itself, and may still ask before."""
    pack.Cancel(Empty())

    assert "rds-storage-encrypted" in told(pack.Analyze(request(INSTANCE, {})))
