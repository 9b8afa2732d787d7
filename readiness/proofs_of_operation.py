"""What a stack proves of its operation: backups, tests of them, alarms that reach somebody, and drills."""

from collections.abc import Iterator
from typing import Final

from readiness.proofs import ATLAS_CLUSTER, CLUSTER, DR, INSTANCE, TABLE, Answer, Evidence, place_of
from readiness.situation import Resource, Situation
from stacks.application import BucketStore, RedisStore, Store

GROUP: Final = "aws:elasticache/replicationGroup:ReplicationGroup"
PLAN: Final = "aws:backup/plan:Plan"
SUBSCRIPTION: Final = "aws:sns/topicSubscription:TopicSubscription"
TESTED: Final = "aws:backup/restoreTestingSelection:RestoreTestingSelection"
TESTS: Final = "aws:backup/restoreTestingPlan:RestoreTestingPlan"
VERSIONING: Final = "aws:s3/bucketVersioning:BucketVersioning"


def backed_up(situation: Situation) -> Answer:
    """Every store that is more than a cache has backups of its own, and AWS Backup has a plan."""
    parts = [one for store in situation.stores for one in _backups(situation, store)]
    plans = [Evidence(what="plan of AWS Backup", where=place_of(one)) for one in situation.of(PLAN)]
    lacking = [part for part in parts if isinstance(part, str)]
    return Answer(
        evidence=[*(part for part in parts if isinstance(part, Evidence)), *plans],
        lacking=[*lacking, *([] if plans else ["the stack has no plan of AWS Backup"])],
    )


def _backups(situation: Situation, store: Store) -> Iterator[Evidence | str]:
    if isinstance(store, RedisStore) and store.use == "cache":
        return  # what a cache holds can be computed again
    types = (VERSIONING,) if isinstance(store, BucketStore) else (INSTANCE, CLUSTER, TABLE, GROUP, ATLAS_CLUSTER)
    found = [one for type_ in types for one in situation.of(type_, store.name) if DR not in one["name"]]
    own = [(one, kept) for one in found if (kept := _kept(one))]
    if not own:
        yield f"{store.name} has no backups"
    yield from (Evidence(what=f"{store.name}: {kept}", where=place_of(one)) for one, kept in own)


def _kept(one: Resource) -> str:
    """Say what a resource keeps to be restored from; empty: nothing."""
    inputs = one["inputs"]
    if one["type"] in {INSTANCE, CLUSTER} and inputs.get("backupRetentionPeriod"):
        return f"point-in-time recovery, {inputs['backupRetentionPeriod']} days"
    if one["type"] == TABLE and inputs.get("pointInTimeRecovery", {}).get("enabled") is True:
        return "point-in-time recovery"
    if one["type"] == GROUP and inputs.get("snapshotRetentionLimit"):
        return f"snapshots, {inputs['snapshotRetentionLimit']} days"
    if one["type"] == ATLAS_CLUSTER and inputs.get("backupEnabled") is True:
        return "backups of Atlas"
    if one["type"] == VERSIONING:
        return "versions of its objects"
    return ""


def tests_planned(situation: Situation) -> Answer:
    """AWS Backup restores the newest backup every so often."""
    evidence = [Evidence(what="restore tests", where=place_of(one)) for one in situation.of(TESTS)]
    tested = [Evidence(what="what they restore", where=place_of(one)) for one in situation.of(TESTED)]
    lacking: list[str] = []
    if not evidence:
        lacking = [f"the phase {situation.phase} plans no restore tests (test_every_days is 0)"]
    elif not tested:
        lacking = ["the restore tests restore nothing: the stack has no store that AWS Backup can test"]
    return Answer(evidence=[*evidence, *tested], lacking=lacking)


def heard(situation: Situation) -> Answer:
    """Alarms reach somebody."""
    evidence = [
        Evidence(what=f"alarms go to {one['inputs'].get('endpoint')}", where=place_of(one))
        for one in situation.of(SUBSCRIPTION)
    ]
    return Answer(evidence=evidence, lacking=[] if evidence else ["datastores:alarmEmail is not set: nobody is told"])


def drilled(situation: Situation) -> Answer:
    """Show a restore: every store came back in a drill, none failed to since, and that is not too long ago."""
    drill = situation.drill
    if drill is None:
        return Answer(lacking=["no drill is recorded"])
    if drill.unknown:
        return Answer(lacking=list(drill.unknown))
    if not drill.passed:
        return Answer(lacking=[f"the drill of {drill.on} failed: {drill.source}"], refuted=True)
    return Answer(evidence=[Evidence(what=f"drill of {drill.on}", where=drill.source)])
