"""The KMS key that a restored store gets: which one it is, and whether it can be used."""

from collections.abc import Sequence
from typing import Any, Final

from botocore.exceptions import ClientError

from restores.reading import State
from stacks.application import Store
from stacks.generations import Generation
from stacks.places import kind_of
from upgrades.stopping import StopError

OWN: Final = "own"
"""What asks for the stack's own key of that kind of store."""
KEY: Final = "aws:kms/key:Key"
_UNKNOWN: Final = ("NotFoundException", "InvalidArnException")


def next_key(deployed: Generation, asked: str | None, own: str) -> str | None:
    """
    Give the key of the generation after *deployed*, None: the stack's own, whose ARN is *own*.

    *asked* is the ARN of a key, OWN, or None: that of the generation that it comes from.
    """
    if asked is None:
        return deployed.key
    return None if asked in (OWN, own) else asked


def arn_of(key: str | None, resources: Sequence[State], store: Store) -> str:
    """Give the ARN of a generation's *key*; the stack's own, for None, is looked up in its state."""
    if key is not None:
        return key
    name = f"{kind_of(store)}-key"
    found = [one for one in resources if one["type"] == KEY and one["urn"].rpartition("::")[2] == name]
    if not found or not found[0].get("outputs"):
        raise StopError(f"the stack has no key {name}: deploy it (pulumi up), then try again")
    return str(found[0]["outputs"]["arn"])


def unusable(kms: Any, arn: str) -> str | None:
    """Say why a key cannot encrypt a store, as a sentence without its subject; None: it can, as far as KMS says."""
    try:
        key = kms.describe_key(KeyId=arn)["KeyMetadata"]
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        if code in _UNKNOWN:
            return f"must be a key that there is, got {arn}: KMS knows none of that ARN"
        return f"must be a key that may be described (kms:DescribeKey in its policy and yours), got {arn}: {error}"
    if key["KeyState"] != "Enabled":
        state = {"PendingDeletion": "is about to be deleted: cancel that", "Disabled": "is disabled: enable it"}
        what = state.get(key["KeyState"], f"is {key['KeyState']}: wait for it, or mend it")
        return f"must be a key that is enabled, got {arn}, which {what}, or name another one"
    if (usage := key["KeyUsage"]) != "ENCRYPT_DECRYPT" or key.get(
        "KeySpec", "SYMMETRIC_DEFAULT"
    ) != "SYMMETRIC_DEFAULT":
        return f"must be a symmetric key that encrypts and decrypts, got {arn} ({key.get('KeySpec')}, {usage})"
    if key.get("KeyManager") == "AWS":
        return f"must be a key that a customer manages, got {arn}, which is AWS's own"
    return None
