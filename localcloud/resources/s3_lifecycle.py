"""S3: how the objects of a bucket age."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from localcloud.cloud import Cloud
from localcloud.difference import agree
from localcloud.resource import ResourceType
from localcloud.resources.s3 import found
from localcloud.wire import Props

# Amazon S3 User Guide, "Transitioning objects", "Lifecycle configuration elements"; in the order that objects may go.
_CLASSES: Final = ("STANDARD_IA", "INTELLIGENT_TIERING", "ONEZONE_IA", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE")
_INFREQUENT: Final = ("STANDARD_IA", "ONEZONE_IA")
_INFREQUENT_DAYS: Final = 30
_MOST_RULES: Final = 1_000
_LONGEST_ID: Final = 255
_ACTIONS: Final = (
    *("transitions", "expiration", "noncurrentVersionTransitions", "noncurrentVersionExpiration"),
    "abortIncompleteMultipartUpload",
)
_EXPIRATION: Final[Mapping[str, str]] = {
    "days": "Days",
    "date": "Date",
    "expiredObjectDeleteMarker": "ExpiredObjectDeleteMarker",
}
_TRANSITION: Final[Mapping[str, str]] = {"days": "Days", "date": "Date", "storageClass": "StorageClass"}
_OLD_TRANSITION: Final[Mapping[str, str]] = {
    "noncurrentDays": "NoncurrentDays",
    "newerNoncurrentVersions": "NewerNoncurrentVersions",
    "storageClass": "StorageClass",
}
_SIZES: Final = ("transitionDefaultMinimumObjectSize", "varies_by_storage_class", "all_storage_classes_128K")


def _renamed(names: Mapping[str, str], said: Mapping[str, Any]) -> Props:
    return {theirs: said[ours] for ours, theirs in names.items() if said.get(ours)}


def _back(names: Mapping[str, str], given: Mapping[str, Any]) -> Props:
    return {ours: _plain(given[theirs]) for ours, theirs in names.items() if given.get(theirs)}


def _plain(value: Any) -> Any:
    return value.strftime("%Y-%m-%dT%H:%M:%SZ") if hasattr(value, "strftime") else value


def _rule_to_aws(said: Props) -> Props:
    rule: Props = {"ID": said["id"], "Status": said["status"], "Filter": _filter_to_aws(said)}
    if expiration := _renamed(_EXPIRATION, said.get("expiration") or {}):
        rule["Expiration"] = expiration
    if transitions := said.get("transitions"):
        rule["Transitions"] = [_transition_to_aws(one) for one in transitions]
    if old := said.get("noncurrentVersionExpiration"):
        rule["NoncurrentVersionExpiration"] = {"NoncurrentDays": old["noncurrentDays"]}
    if old := said.get("noncurrentVersionTransitions"):
        rule["NoncurrentVersionTransitions"] = [_renamed(_OLD_TRANSITION, one) for one in old]
    if abort := said.get("abortIncompleteMultipartUpload"):
        rule["AbortIncompleteMultipartUpload"] = {"DaysAfterInitiation": abort["daysAfterInitiation"]}
    return rule


def _transition_to_aws(said: Props) -> Props:
    # 0 days are a choice here: objects go as soon as they come.
    return {**({} if "date" in said else {"Days": 0}), **_renamed(_TRANSITION, said)}


def _filter_to_aws(said: Props) -> Props:
    where = said.get("filter") or {}
    if several := where.get("and"):
        tags = [{"Key": key, "Value": value} for key, value in sorted(several.get("tags", {}).items())]
        prefix = {"Prefix": several["prefix"]} if several.get("prefix") else {}
        return {"And": {**prefix, "Tags": tags}}
    if tag := where.get("tag"):
        return {"Tag": {"Key": tag["key"], "Value": tag["value"]}}
    return {"Prefix": where.get("prefix", said.get("prefix", ""))}


def _rule_from_aws(given: Props) -> Props:
    rule: Props = {"id": given["ID"], "status": given["Status"], "filter": _filter_from_aws(given.get("Filter", {}))}
    if expiration := _back(_EXPIRATION, given.get("Expiration", {})):
        rule["expiration"] = expiration
    if transitions := given.get("Transitions"):
        rule["transitions"] = [
            {**({"days": 0} if one.get("Days") == 0 else {}), **_back(_TRANSITION, one)} for one in transitions
        ]
    if old := given.get("NoncurrentVersionExpiration"):
        rule["noncurrentVersionExpiration"] = {"noncurrentDays": old["NoncurrentDays"]}
    if old := given.get("NoncurrentVersionTransitions"):
        rule["noncurrentVersionTransitions"] = [_back(_OLD_TRANSITION, one) for one in old]
    if abort := given.get("AbortIncompleteMultipartUpload"):
        rule["abortIncompleteMultipartUpload"] = {"daysAfterInitiation": abort["DaysAfterInitiation"]}
    return rule


def _filter_from_aws(given: Props) -> Props:
    if several := given.get("And"):
        tags = {one["Key"]: one["Value"] for one in several.get("Tags", [])}
        prefix = {"prefix": several["Prefix"]} if several.get("Prefix") else {}
        return {"and": {**prefix, "tags": tags}}
    if tag := given.get("Tag"):
        return {"tag": {"key": tag["Key"], "value": tag["Value"]}}
    return {"prefix": given.get("Prefix", "")}


def _put(cloud: Cloud, inputs: Props) -> str:
    rules = [_rule_to_aws(rule) for rule in inputs["rules"]]
    cloud.aws("s3").put_bucket_lifecycle_configuration(Bucket=inputs["bucket"], LifecycleConfiguration={"Rules": rules})
    return inputs["bucket"]


def _read(cloud: Cloud, id_: str) -> Props | None:
    look = cloud.aws("s3").get_bucket_lifecycle_configuration
    answer = found(look, "NoSuchLifecycleConfiguration", Bucket=id_)
    if answer is None:
        return None
    rules = [_rule_from_aws(rule) for rule in answer["Rules"]]
    return {"bucket": id_, "rules": rules, _SIZES[0]: _SIZES[2]}


def _update(cloud: Cloud, _: str, __: Props, news: Props) -> None:
    _put(cloud, news)


def _delete(cloud: Cloud, id_: str, _: Props) -> None:
    found(cloud.aws("s3").delete_bucket_lifecycle, Bucket=id_)


def _rules(inputs: Props) -> Iterator[str]:
    rules = inputs["rules"]
    if not 1 <= len(rules) <= _MOST_RULES:
        yield f"a lifecycle has 1 to {_MOST_RULES} rules, got {len(rules)}"
    ids = [rule["id"] for rule in rules]
    if len(set(ids)) < len(ids):
        yield f"InvalidArgument: Rule ID must be unique. Found same ID for more than one rule, got {', '.join(ids)}"
    for rule in rules:
        for problem in (*_shape_problems(rule), *_age_problems(rule), *_old_problems(rule), *_not_imitated(rule)):
            yield f"rule {rule['id']}: {problem}"
    if (size := inputs.get(_SIZES[0], _SIZES[1])) not in _SIZES[1:]:
        yield f"{_SIZES[0]} must be {_SIZES[1]} or {_SIZES[2]}, got {size!r}"


def _shape_problems(rule: Props) -> Iterator[str]:
    if len(rule["id"]) > _LONGEST_ID:
        yield f"id must have at most {_LONGEST_ID} characters"
    if rule["status"] not in ("Enabled", "Disabled"):
        yield f"status must be Enabled or Disabled, got {rule['status']!r}"
    if not any(rule.get(action) for action in _ACTIONS):
        yield f"at least one action needs to be specified, of {', '.join(_ACTIONS)}"
    where = rule.get("filter") or {}
    if len(where) > 1 or (where and "prefix" in rule):
        yield "a filter has one of prefix, tag and and, and there is no prefix beside it"


def _age_problems(rule: Props) -> Iterator[str]:
    days: dict[str, int] = {}
    for one in rule.get("transitions") or ():
        if (class_ := one["storageClass"]) not in _CLASSES:
            yield f"storageClass must be one of {', '.join(_CLASSES)}, got {class_!r}"
            continue
        if ("date" in one) == ("days" in one):
            yield f"the transition to {class_} needs either days or date"
        if "days" not in one:
            continue
        days[class_] = one["days"]
        if class_ in _INFREQUENT and one["days"] < _INFREQUENT_DAYS:
            yield (
                f"InvalidArgument: 'Days' in Transition action must be greater than or equal to {_INFREQUENT_DAYS} for "
                f"storageClass '{class_}', got {one['days']}"
            )
    ordered = [days[class_] for class_ in _CLASSES if class_ in days]
    if ordered != sorted(set(ordered)):
        yield f"transitions to colder classes must come later, got {days}"
    expiration = rule.get("expiration") or {}
    if expiration and sum(bool(expiration.get(key)) for key in _EXPIRATION) != 1:
        yield "expiration needs exactly one of days, date and expiredObjectDeleteMarker"
    if "days" in expiration and days and expiration["days"] <= max(days.values()):
        yield (
            "InvalidArgument: 'Days' in the Expiration action must be greater than 'Days' in the Transition action, "
            f"got {expiration['days']} and {max(days.values())}"
        )


def _old_problems(rule: Props) -> Iterator[str]:
    """Judge what happens to versions that were overwritten or deleted."""
    latest = 0
    for one in rule.get("noncurrentVersionTransitions") or ():
        class_, days = one["storageClass"], one["noncurrentDays"]
        latest = max(latest, days)
        if class_ not in _CLASSES:
            yield f"storageClass must be one of {', '.join(_CLASSES)}, got {class_!r}"
        if class_ in _INFREQUENT and days < _INFREQUENT_DAYS:
            yield f"noncurrentDays must be {_INFREQUENT_DAYS} or more for storageClass {class_}, got {days}"
    ends = (rule.get("noncurrentVersionExpiration") or {}).get("noncurrentDays")
    if ends is not None and ends < 1:
        yield f"noncurrentDays must be 1 or more, got {ends}"
    if ends is not None and latest and ends <= latest:
        yield f"noncurrentDays of the expiration must be greater than that of transitions, got {ends} and {latest}"


def _not_imitated(rule: Props) -> Iterator[str]:
    where = rule.get("filter") or {}
    for key in ("objectSizeGreaterThan", "objectSizeLessThan"):
        if key in where or key in where.get("and", {}):
            yield f"the local cloud does not imitate {key}"
    if "newerNoncurrentVersions" in (rule.get("noncurrentVersionExpiration") or {}):
        yield "the local cloud does not imitate newerNoncurrentVersions of noncurrentVersionExpiration"


def _same_rules(one: list[Props], other: list[Props]) -> bool:
    first, second = ([_rule_from_aws(_rule_to_aws(rule)) for rule in rules] for rules in (one, other))
    return agree(first, second)


LIFECYCLE: Final = ResourceType(
    type="aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    create=_put,
    read=_read,
    update=_update,
    delete=_delete,
    applied=frozenset({"bucket", "rules"}),
    remembered=frozenset({_SIZES[0]}),
    steering=frozenset({"expectedBucketOwner"}),
    required=frozenset({"bucket", "rules"}),
    outputs=frozenset({_SIZES[0]}),
    replace=frozenset({"bucket", "expectedBucketOwner"}),
    sticky=frozenset({_SIZES[0]}),
    rules=(_rules,),
    same={"rules": _same_rules},
    not_imitated="objects do not age; filters by size; newer versions to keep when old ones expire",
)

TYPES: Final = (LIFECYCLE,)
