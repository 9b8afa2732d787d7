"""What holds for every guard and every change."""

import pulumi_aws as aws
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from stacks.phases import STATEFUL, Environment
from tests.upgrades.change import edit
from tests.upgrades.rows import IMPOSSIBLE, INSTANCE, OUTAGES, SAME_OR_STRONGER, UNCLEAR, UNKNOWN, WEAKER
from upgrades.edits import PROTECT, Edit, Operation
from upgrades.effects import WORST
from upgrades.facts.fact import EffectKind
from upgrades.gate import CANNOT_TELL, REFUSED, SAFE, judge
from upgrades.guards import GUARDS
from upgrades.plan_changes import changed, worst

BETTER_TO_WORSE = (SAFE, CANNOT_TELL, REFUSED)


def how_bad(*edits: Edit, environment: Environment | None) -> int:
    return BETTER_TO_WORSE.index(judge(edits, stack="clubapp-prod", environment=environment).exit_code)


def test_every_guard_is_on_a_property_that_the_provider_has():
    modules = {"rds": aws.rds, "dynamodb": aws.dynamodb, "elasticache": aws.elasticache, "kms": aws.kms}
    modules |= {"s3": aws.s3, "secretsmanager": aws.secretsmanager, "backup": aws.backup, "cloudwatch": aws.cloudwatch}
    missing = [
        (type_, guard.path)
        for guard in GUARDS
        for type_ in guard.types
        if type_.startswith("aws:") and guard.path.isalnum()
        for _, module, class_ in [type_.split(":")]
        if not hasattr(getattr(modules[module.partition("/")[0]], f"{class_}Args"), _snake(guard.path))
    ]

    assert missing == []


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


# Changes that mean something, whatever else happens to the same resource.
ROWS = [
    *WEAKER,
    *IMPOSSIBLE,
    *OUTAGES,
    *SAME_OR_STRONGER,
    *UNCLEAR,
    *((INSTANCE, PROTECT, before, not before) for before in (True, False)),
    *((type_, path, 1, 2) for type_ in sorted(STATEFUL) for path in ("", "port")),
    ("aws:cloudwatch/logGroup:LogGroup", "kmsKeyId", "arn", UNKNOWN),
]
EDITS = st.builds(
    lambda row, **facts: edit(*row[1:], type=row[0], **facts),
    st.sampled_from(ROWS),
    urn=st.sampled_from(["one", "two"]),
    operation=st.sampled_from(Operation),
    replaces=st.booleans(),
    holds_data=st.booleans(),
)


@settings(max_examples=300)
@given(
    edits=st.lists(EDITS, max_size=5),
    more=EDITS,
    position=st.integers(0, 5),
    environment=st.sampled_from([None, *Environment]),
)
def test_a_verdict_never_gets_better_by_one_more_edit(
    edits: list[Edit], more: Edit, position: int, environment: Environment | None
):
    with_more = [*edits[:position], more, *edits[position:]]

    assert how_bad(*with_more, environment=environment) >= how_bad(*edits, environment=environment)


@pytest.mark.parametrize("environment", [None, *Environment])
@pytest.mark.parametrize("operation", Operation)
def test_nothing_that_happens_to_a_resource_excuses_another_change_of_it(
    operation: Operation, environment: Environment | None
):
    """Every pair that matters, where the law above tries some."""
    others = [edit(path, 1, 2, urn="one", operation=operation, replaces=bool(path)) for path in ("", "port")]
    excused = [
        (type_, path, before, after)
        for type_, path, before, after in ROWS
        for other in others
        for one in [edit(path, before, after, type=type_, urn="one")]
        if how_bad(one, other, environment=environment) < how_bad(one, environment=environment)
    ]

    assert excused == []


SPECS = ("mongodbatlas:index/advancedCluster:AdvancedCluster", "replicationSpecs")
"""A block in which one thing may be told and another one not."""
HALF_TOLD = edit(
    SPECS[1],
    [{"regionConfigs": [{"providerName": "AWS", "priority": 7, "electableSpecs": {"diskSizeGb": 10}}]}],
    [{"regionConfigs": [{"providerName": "AWS", "priority": 6, "electableSpecs": {"diskSizeGb": UNKNOWN}}]}],
    type=SPECS[0],
)


@example([HALF_TOLD])
@given(st.lists(EDITS, max_size=4))
def test_a_plan_never_says_less_of_an_update_than_the_gate(edits: list[Edit]):
    found = worst(changed(edits))

    judged = [seen.effect.kind for seen in judge(edits, stack="clubapp-prod", environment=Environment.PROD).effects]
    said = found.kind if found and found.kind else EffectKind.ONLINE
    assert [kind for kind in judged if WORST.index(kind) > WORST.index(said)] == []
