"""What KMS refuses, said before anything is made."""

import json

import pytest

from localcloud.documents import ROOT, same_document
from localcloud.resources.kms import ALIAS, KEY, KEY_POLICY
from localcloud.resources.kms_calls import DEFAULT_POLICY
from localcloud.wire import Props
from tests.localcloud.scene import Scene


def _document(*statements: Props) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def _allow(principal: object, action: object = "kms:*", **more: object) -> Props:
    return {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": "*", **more}


LOCKED = "MalformedPolicyDocumentException: The new key policy will not allow you to update the key policy"
KEY_RULES = {
    "three days": ({"deletionWindowInDays": 3}, "deletionWindowInDays to be in the range (7 - 30), got 3"),
    "31 days": ({"deletionWindowInDays": 31}, "deletionWindowInDays to be in the range (7 - 30), got 31"),
    "rotation": ({"rotationPeriodInDays": 30}, "rotationPeriodInDays to be in the range (90 - 2560), got 30"),
    "usage": ({"keyUsage": "WRAP"}, "expected keyUsage to be one of ENCRYPT_DECRYPT"),
    "rotating pair": (
        {"enableKeyRotation": True, "customerMasterKeySpec": "RSA_2048"},
        "automatic rotation is for symmetric keys only, got RSA_2048",
    ),
    "no JSON": ({"policy": "{"}, "MalformedPolicyDocumentException: the key policy is no JSON object, got '{'"),
    "a list": ({"policy": "[]"}, "MalformedPolicyDocumentException: the key policy is no JSON object"),
    "empty": ({"policy": "{}"}, "MalformedPolicyDocumentException: a key policy must have a Statement"),
    "no effect": (
        {"policy": _document({"Principal": "*", "Action": "kms:*", "Resource": "*"})},
        "the Effect of a statement must be Allow or Deny",
    ),
    "no principal": (
        {"policy": _document({"Effect": "Allow", "Action": "kms:*", "Resource": "*"})},
        "a statement of a key policy must have Principal or NotPrincipal",
    ),
    "root locked out": ({"policy": _document(_allow({"AWS": "arn:aws:iam::123456789012:role/app"}))}, LOCKED),
    "service only": ({"policy": _document(_allow({"Service": "rds.amazonaws.com"}))}, LOCKED),
    "reading only": ({"policy": _document(_allow({"AWS": ROOT}, ["kms:Decrypt", "kms:Describe*"]))}, LOCKED),
    "conditional": (
        {"policy": _document(_allow({"AWS": ROOT}, Condition={"Bool": {"aws:SecureTransport": "true"}}))},
        LOCKED,
    ),
    "denied": (
        {"policy": _document(_allow({"AWS": ROOT}), {**_allow({"AWS": ROOT}, "kms:Put*"), "Effect": "Deny"})},
        LOCKED,
    ),
}
GOOD_POLICIES = {
    "default": DEFAULT_POLICY,
    "account number": _document(_allow({"AWS": ["123456789012"]})),
    "everybody": _document(_allow("*")),
    "just enough": _document(_allow({"AWS": ROOT}, ["kms:Put*", "kms:Get*"])),
}
SAME = {
    "spaces": (DEFAULT_POLICY, json.dumps(json.loads(DEFAULT_POLICY), indent=4)),
    "one or a list": (_document(_allow({"AWS": ROOT})), _document(_allow({"AWS": [ROOT]}, ["kms:*"]))),
    "order": (_document(_allow("*", ["a:b", "c:d"])), _document(_allow("*", ["c:d", "a:b"]))),
    "account": (_document(_allow({"AWS": "123456789012"})), _document(_allow({"AWS": ROOT}))),
    "everybody": (_document(_allow("*")), _document(_allow({"AWS": "*"}))),
    "booleans": (
        _document(_allow("*", Condition={"Bool": {"a:b": True, "c:d": "false"}})),
        _document(_allow("*", Condition={"Bool": {"c:d": ["false"], "a:b": "true"}})),
    ),
}
DIFFERENT = {
    "principal": (_document(_allow("*")), _document(_allow({"AWS": ROOT}))),
    "action": (_document(_allow("*", "a:b")), _document(_allow("*", "a:c"))),
    "second variable": (
        _document(_allow("*", Condition={"Bool": {"a:b": True, "c:d": "false"}})),
        _document(_allow("*", Condition={"Bool": {"a:b": False, "c:d": "false"}})),
    ),
    "no JSON": ("{", "["),
}


@pytest.mark.parametrize(("inputs", "said"), KEY_RULES.values(), ids=KEY_RULES)
def test_a_key_that_kms_would_refuse_is_refused(scene: Scene, inputs: Props, said: str):
    _, failures = scene.check(KEY.type, "stores", inputs)

    assert [failure for failure in failures if said in failure]


@pytest.mark.parametrize("policy", GOOD_POLICIES.values(), ids=GOOD_POLICIES)
def test_a_policy_that_its_owner_can_change_is_accepted(scene: Scene, policy: str):
    _, failures = scene.check(KEY.type, "stores", {"policy": policy})

    assert failures == []


def test_the_safety_check_may_be_bypassed(scene: Scene):
    policy = _document(_allow({"AWS": "arn:aws:iam::123456789012:role/app"}))

    _, failures = scene.check(KEY.type, "stores", {"policy": policy, "bypassPolicyLockoutSafetyCheck": True})

    assert failures == []


def test_a_policy_of_its_own_is_judged_like_one_inside_the_key(scene: Scene):
    _, failures = scene.check(KEY_POLICY.type, "stores", {"keyId": "k", "policy": "{}"})

    assert failures == [": local cloud: MalformedPolicyDocumentException: a key policy must have a Statement"]


@pytest.mark.parametrize("name", ["stores", "alias/", "alias/a b", "alias/aws/rds"])
def test_an_alias_needs_its_beginning_and_leaves_aws_its_own(scene: Scene, name: str):
    _, failures = scene.check(ALIAS.type, "stores", {"name": name, "targetKeyId": "k"})

    assert len(failures) == 1


def test_an_alias_without_a_name_gets_one_that_kms_accepts(scene: Scene):
    inputs, failures = scene.check(ALIAS.type, "stores", {"targetKeyId": "k"})

    assert (inputs["name"].startswith("alias/stores-"), failures) == (True, [])


def test_an_alias_names_the_same_key_by_its_id_and_by_its_arn(scene: Scene):
    key = scene.make(KEY.type, "stores", {})
    alias = scene.make(ALIAS.type, "stores", {"targetKeyId": key.id})

    difference = scene.diff(alias, {**alias.inputs, "targetKeyId": key.outputs["arn"]})

    assert list(difference.diffs) == []


def test_a_deleted_key_waits_as_long_as_it_was_told(scene: Scene):
    key = scene.make(KEY.type, "stores", {"deletionWindowInDays": 9})
    scene.delete(key)

    waiting = scene.aws("kms").describe_key(KeyId=key.id)["KeyMetadata"]

    assert (waiting["KeyState"], (waiting["DeletionDate"] - waiting["CreationDate"]).days) == ("PendingDeletion", 9)


def test_giving_a_policy_up_leaves_the_key_with_the_default_one(scene: Scene):
    key = scene.make(KEY.type, "stores", {})
    policy = scene.make(KEY_POLICY.type, "stores", {"keyId": key.id, "policy": GOOD_POLICIES["everybody"]})
    scene.delete(policy)

    left = scene.aws("kms").get_key_policy(KeyId=key.id, PolicyName="default")["Policy"]

    assert same_document(left, DEFAULT_POLICY)


@pytest.mark.parametrize(("one", "other"), SAME.values(), ids=SAME)
def test_documents_that_are_worded_differently_mean_the_same(one: str, other: str):
    assert same_document(one, other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT.values(), ids=DIFFERENT)
def test_documents_that_allow_something_else_are_not_the_same(one: str, other: str):
    assert not same_document(one, other)
