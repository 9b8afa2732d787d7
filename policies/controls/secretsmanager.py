"""Controls of Secrets Manager."""

from typing import Final

from policies.control import Controls, Group, Severity
from policies.controls.customer_key import is_customer_key
from policies.values import Resource

CONTROLS: Final = Controls()
control = CONTROLS.add
SECRET: Final = "aws:secretsmanager/secret:Secret"  # noqa: S105  a resource type


@control(
    SECRET,
    group=Group.ENCRYPTION,
    severity=Severity.LOW,
    good=[{"kmsKeyId": "ref:aws:kms/key:Key::secrets::arn"}, {"kmsKeyId": "alias/clubapp"}],
    bad=[{}, {"kmsKeyId": "alias/aws/secretsmanager"}],
)
def secret_cmk(secret: Resource) -> bool:
    """Secrets must be encrypted with a customer key: set kms_key_id to a key of this stack."""
    return is_customer_key(secret, "kmsKeyId")
