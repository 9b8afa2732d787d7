"""Lives of CloudWatch Logs' types."""

from localcloud.resources.cloudwatch_logs import LOG_GROUP
from tests.localcloud.lives.life import Life
from tests.localcloud.scene import Scene

_KEY = "arn:aws:kms:eu-central-1:123456789012:key/k"


def _kept(scene: Scene, id_: str) -> None:
    scene.aws("logs").put_retention_policy(logGroupName=id_, retentionInDays=3653)


LIVES = (
    Life(
        kind=LOG_GROUP,
        inputs=lambda _: {"retentionInDays": 30, "logGroupClass": "STANDARD", "kmsKeyId": _KEY, "tags": {"owner": "a"}},
        changed={"retentionInDays": 365, "kmsKeyId": f"{_KEY}2", "tags": {"owner": "b"}},
        replaced={"name": "other", "logGroupClass": "INFREQUENT_ACCESS", "namePrefix": "other-"},
        drift=_kept,
        drifted=frozenset({"retentionInDays"}),
    ),
)
