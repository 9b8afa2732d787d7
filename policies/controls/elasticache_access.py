"""Controls of ElastiCache users and of serverless caches."""

import re
from typing import Final

from policies.control import Controls, Group, Severity
from policies.controls.customer_key import is_customer_key
from policies.controls.elasticache import MOST_SNAPSHOT_DAYS, is_memcached
from policies.controls.relations import is_any
from policies.values import Resource

CONTROLS: Final = Controls()
control = CONTROLS.add
USER: Final = "aws:elasticache/user:User"
SERVERLESS: Final = "aws:elasticache/serverlessCache:ServerlessCache"
_WORDS: Final = re.compile(r"[^a-z]+")
_EVERY_KEY: Final = frozenset({"~*", "allkeys"})
_EVERY_COMMAND: Final = frozenset({"+@all", "allcommands"})


def is_not_memcached(cache: Resource) -> bool:
    """Leave out Memcached: it knows no users, and what is in it can be computed again."""
    return not is_memcached(cache)


def _is_off(user: Resource) -> bool:
    """Say whether nobody can log in as a user."""
    words = user.text("accessString").lower().split()
    return "off" in words and "on" not in words


def _may_everything(user: Resource) -> bool:
    """Say whether a user may use every command, with none taken away again, on every key."""
    if not isinstance(user.get("accessString"), str | None):
        return True  # nobody knows what it would come to
    words = user.text("accessString").lower().split()
    granted = max((place for place, word in enumerate(words) if word in _EVERY_COMMAND), default=None)
    if granted is None or not _EVERY_KEY & {*words}:
        return False
    return not any(word.startswith("-") or word == "nocommands" for word in words[granted:])


def _has_password(user: Resource) -> bool:
    way = user.record("authenticationMode")
    return is_any(
        (
            lambda: user.is_set("passwordsWo"),
            lambda: user.lists("passwords"),
            lambda: way.text("type") == "iam",
            lambda: way.text("type") == "password" and way.lists("passwords"),
        ),
        lambda one: one(),
    )


_SOME: Final = {"userName": "orders", "accessString": "on ~orders:* +@read"}
_SET: Final = "ref:random:index/randomPassword:RandomPassword::orders::result"


@control(
    USER,
    group=Group.ACCESS,
    severity=Severity.HIGH,
    good=[
        {**_SOME, "passwordsWo": _SET},
        {**_SOME, "passwords": [_SET]},
        {**_SOME, "authenticationMode": {"type": "iam"}},
        {**_SOME, "authenticationMode": {"type": "password", "passwords": [_SET]}},
        {**_SOME, "accessString": "on ~* &* +@all -@admin -@dangerous", "passwordsWo": _SET},
        {"userName": "admin", "accessString": "on ~* +@all", "passwordsWo": _SET},
        {"userName": "default", "accessString": "off ~* -@all", "noPasswordRequired": True},
    ],
    bad=[
        {},
        _SOME,
        {**_SOME, "passwords": []},
        {**_SOME, "passwordsWo": ""},
        {**_SOME, "authenticationMode": {"type": "no-password-required"}},
        {**_SOME, "authenticationMode": {"type": "password"}},
        {**_SOME, "authenticationMode": "iam"},
        {**_SOME, "passwordsWo": _SET, "noPasswordRequired": True},
        {**_SOME, "passwordsWo": _SET, "accessString": "on ~* +@all"},
        {**_SOME, "passwordsWo": _SET, "accessString": "on allkeys allcommands"},
        {**_SOME, "passwordsWo": _SET, "accessString": "on ~* -@all +@all"},
        {"userName": "default", "accessString": "on ~* -@all", "noPasswordRequired": True},
        {"userName": "other", "accessString": "off ~* -@all", "noPasswordRequired": True},
    ],
)
def elasticache_user_no_passwordless(user: Resource) -> bool:
    """ElastiCache users must log in and not be almighty: set passwords_wo and less than access_string="on ~* +@all"."""
    # Every server has a user `default`; off, it is no way in, with a password or without.
    if user.text("userName") == "default" and _is_off(user):
        return True
    if user.get("noPasswordRequired") not in (None, False) or not _has_password(user):
        return False
    return not _may_everything(user) or "admin" in _WORDS.split(user.text("userName").lower())


@control(
    SERVERLESS,
    group=Group.ENCRYPTION,
    severity=Severity.LOW,
    good=[{"kmsKeyId": "ref:aws:kms/key:Key::redis::arn"}, {"kmsKeyId": "arn:aws:kms:eu-west-1:1:key/k"}],
    bad=[{}, {"kmsKeyId": ""}, {"kmsKeyId": "alias/aws/elasticache"}],
)
def elasticache_serverless_cmk(cache: Resource) -> bool:
    """Serverless caches must be encrypted with a customer key: set kms_key_id to a key of this stack."""
    return is_customer_key(cache, "kmsKeyId")


@control(
    SERVERLESS,
    group=Group.BACKUPS,
    severity=Severity.MEDIUM,
    when=is_not_memcached,
    settings={"days": {"type": "integer", "minimum": 1, "maximum": MOST_SNAPSHOT_DAYS, "default": 15}},
    good=[{"engine": "valkey", "snapshotRetentionLimit": 15}],
    bad=[
        {"engine": "valkey"},
        {"engine": "valkey", "snapshotRetentionLimit": 14},
        {"engine": "valkey", "snapshotRetentionLimit": 0},
        {"engine": "valkey", "snapshotRetentionLimit": "15"},
    ],
    skipped=[{"engine": "memcached"}],
)
def elasticache_serverless_backup(cache: Resource, *, days: int) -> bool:
    """Serverless caches must keep snapshots for {days} days: set snapshot_retention_limit={days} or more."""
    return (cache.number("snapshotRetentionLimit") or 0) >= days


@control(
    SERVERLESS,
    group=Group.ACCESS,
    severity=Severity.HIGH,
    when=is_not_memcached,
    good=[
        {"engine": "valkey", "userGroupId": "applications"},
        {"engine": "redis", "userGroupId": "ref:aws:elasticache/userGroup:UserGroup::users::userGroupId"},
    ],
    bad=[{"engine": "valkey"}, {"engine": "valkey", "userGroupId": ""}, {"engine": "valkey", "userGroupId": True}],
    skipped=[{"engine": "memcached"}],
)
def elasticache_serverless_user_group(cache: Resource) -> bool:
    """Serverless caches must know who connects: set user_group_id to a UserGroup of this stack."""
    return cache.is_set("userGroupId")


@control(
    SERVERLESS,
    group=Group.NETWORK,
    severity=Severity.HIGH,
    good=[
        {"subnetIds": ["subnet-1", "subnet-2"], "securityGroupIds": ["sg-1"]},
        {
            "subnetIds": ["ref:aws:ec2/subnet:Subnet::a::id"],
            "securityGroupIds": ["ref:aws:ec2/securityGroup:SecurityGroup::redis::id"],
        },
    ],
    bad=[
        {},
        {"subnetIds": ["subnet-1"]},
        {"securityGroupIds": ["sg-1"]},
        {"subnetIds": [], "securityGroupIds": ["sg-1"]},
        {"subnetIds": ["subnet-1"], "securityGroupIds": {}},
    ],
)
def elasticache_serverless_network(cache: Resource) -> bool:
    """Serverless caches must be in a network that was chosen: set subnet_ids and security_group_ids."""
    # AWS: the default VPC and its default group are what is left out.
    return cache.lists("subnetIds") and cache.lists("securityGroupIds")
