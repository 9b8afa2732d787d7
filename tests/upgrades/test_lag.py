"""How far copies are behind, as CloudWatch says it of the instances that copy."""

from datetime import UTC, datetime
from typing import Any

import pytest

from upgrades.cloud import CLUSTER, INSTANCE, MEMBER, Cloud
from upgrades.duties import LAG

PREFIX = "urn:pulumi:devmentor-prod::datastores"


class Watched(Cloud):
    """A cloud whose metrics are what the test says, by name and instance."""

    def __init__(self, **lags: dict[str, float]) -> None:
        super().__init__("eu-central-1")
        self.lags = lags

    def client(self, service: str, region: str | None = None) -> Any:  # noqa: ARG002  as Cloud has it
        assert service == "cloudwatch"
        return self

    def get_metric_statistics(self, *, MetricName: str, Dimensions: list[dict[str, str]], **_: Any) -> Any:  # noqa: N803  as boto3 has them
        (dimension,) = Dimensions
        found = self.lags.get(MetricName, {}).get(dimension["Value"])
        known = found is not None and dimension["Name"] == "DBInstanceIdentifier"
        return {"Datapoints": [{"Timestamp": datetime.now(tz=UTC), "Maximum": found}] if known else []}


def resource(type_: str, name: str, inputs: dict[str, Any], **outputs: Any) -> dict[str, Any]:
    return {"urn": f"{PREFIX}::{type_}::{name}", "type": type_, "inputs": inputs, "outputs": outputs}


COPY = resource(CLUSTER, "main-cluster", {"replicationSourceIdentifier": "arn"}, clusterIdentifier="c")
MEMBERS = [resource(MEMBER, f"main-member-{name}", {}, identifier=name, clusterIdentifier="c") for name in ("m1", "m2")]
OTHER = resource(MEMBER, "other-member-1", {}, identifier="o1", clusterIdentifier="o")
REPLICA = resource(INSTANCE, "main-replica-api", {"replicateSourceDb": "main"}, identifier="r1")


@pytest.mark.parametrize(
    ("lags", "behind"),
    [
        ({"m1": 0.0, "m2": 0.0}, []),
        ({"m1": 0.0, "m2": 4.5, "o1": 9.0}, ["main-cluster is behind by 4.5 seconds"]),
        ({"m1": 0.0}, ["main-cluster is behind by an unknown time"]),
        ({"m1": 0.0, "m2": -1.0}, ["main-cluster is behind by an unknown time"]),
    ],
)
def test_a_cluster_is_behind_by_what_its_members_are(lags: dict[str, float], behind: list[str]):
    cloud = Watched(**{LAG: lags})

    assert list(cloud.behind([COPY, *MEMBERS, OTHER], "main", moving=True)) == behind


def test_a_cluster_without_members_says_nothing_of_its_lag():
    assert list(Watched().behind([COPY], "main", moving=True)) == ["main-cluster is behind by an unknown time"]


def test_a_cluster_is_no_matter_where_nothing_moves():
    assert list(Watched().behind([COPY, *MEMBERS], "main", moving=False)) == []


@pytest.mark.parametrize(
    ("lag", "behind"),
    [
        (0.0, []),
        (300.0, []),  # as it is where nobody writes
        (301.0, ["main-replica-api is behind by 301 seconds"]),
        (-1.0, ["main-replica-api is behind by an unknown time"]),
    ],
)
def test_a_replica_is_behind_by_its_own_lag(lag: float, behind: list[str]):
    assert list(Watched(ReplicaLag={"r1": lag}).behind([REPLICA], "main", moving=False)) == behind
