"""Which keys a store may be restored with: what KMS says of one decides, before anything is changed."""

import pytest

from restores.encryption import arn_of, unusable
from stacks.applications import APPLICATIONS
from tests.localcloud.scene import Scene
from upgrades.stopping import StopError

MISSING = "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"


def key(scene: Scene, **more: str) -> str:
    return scene.aws("kms").create_key(**more)["KeyMetadata"]["Arn"]


def test_an_enabled_symmetric_key_will_do(scene: Scene):
    assert unusable(scene.aws("kms"), key(scene)) is None


def test_a_key_that_is_not_there_is_refused(scene: Scene):
    assert (
        unusable(scene.aws("kms"), MISSING) == f"must be a key that there is, got {MISSING}: KMS knows none of that ARN"
    )


def test_a_disabled_key_is_refused_with_what_to_do(scene: Scene):
    arn = key(scene)
    scene.aws("kms").disable_key(KeyId=arn)

    assert str(unusable(scene.aws("kms"), arn)).endswith("which is disabled: enable it, or name another one")


def test_a_key_that_is_about_to_go_is_refused(scene: Scene):
    arn = key(scene)
    scene.aws("kms").schedule_key_deletion(KeyId=arn, PendingWindowInDays=7)

    assert "which is about to be deleted: cancel that" in str(unusable(scene.aws("kms"), arn))


@pytest.mark.parametrize(
    ("spec", "usage"),
    [("RSA_2048", "ENCRYPT_DECRYPT"), ("RSA_2048", "SIGN_VERIFY"), ("HMAC_256", "GENERATE_VERIFY_MAC")],
)
def test_a_key_that_is_not_symmetric_or_does_not_encrypt_is_refused(scene: Scene, spec: str, usage: str):
    arn = key(scene, KeySpec=spec, KeyUsage=usage)

    assert unusable(scene.aws("kms"), arn) == (
        f"must be a symmetric key that encrypts and decrypts, got {arn} ({spec}, {usage})"
    )


class Told:
    """KMS, where it says so of every key."""

    def __init__(self, **metadata: str) -> None:
        self.metadata = {
            "KeyState": "Enabled",
            "KeyUsage": "ENCRYPT_DECRYPT",
            "KeySpec": "SYMMETRIC_DEFAULT",
            **metadata,
        }

    def describe_key(self, **_: str) -> dict[str, dict[str, str]]:
        return {"KeyMetadata": self.metadata}


@pytest.mark.parametrize(
    ("metadata", "words"),
    [
        ({"KeyManager": "AWS"}, "must be a key that a customer manages"),
        ({"KeyState": "PendingImport"}, "which is PendingImport: wait for it, or mend it"),
    ],
)
def test_a_key_of_amazons_and_one_in_another_state_are_refused(metadata: dict[str, str], words: str):
    assert words in str(unusable(Told(**metadata), MISSING))


# The stack's own


STORES = {store.name: store for store in APPLICATIONS["clubapp"].stores}
OWN = {
    "type": "aws:kms/key:Key",
    "urn": "urn:pulumi:clubapp-dev::datastores::aws:kms/key:Key::dynamodb-key",
    "outputs": {"arn": "arn:of:tables"},
}


def test_the_stacks_own_key_is_that_of_the_kind_of_store():
    assert arn_of(None, [OWN], STORES["presence"]) == "arn:of:tables"
    assert arn_of(MISSING, [OWN], STORES["presence"]) == MISSING


def test_a_stack_without_a_key_for_the_store_is_deployed_first():
    with pytest.raises(StopError, match="the stack has no key redis-key: deploy it"):
        arn_of(None, [OWN], STORES["cache"])
