"""MongoDB Atlas: projects, and what is set for a whole project."""

import ipaddress
import json
from collections.abc import Iterable, Iterator
from typing import Any, Final

from localcloud.atlas.addresses import ENDPOINT
from localcloud.atlas.kept import Kept
from localcloud.atlas.specs import shared
from localcloud.atlas.store import CLUSTER, PROJECT, STORE, new_id, now, refuse
from localcloud.cloud import Cloud
from localcloud.resource import AutoName, ResourceType
from localcloud.wire import Props

# Projects

_FLAGS: Final = (
    *("isCollectDatabaseSpecificsStatisticsEnabled", "isDataExplorerEnabled", "isExtendedStorageSizesEnabled"),
    *("isPerformanceAdvisorEnabled", "isRealtimePerformancePanelEnabled", "isSchemaAdvisorEnabled"),
)
_OFF: Final = ("isExtendedStorageSizesEnabled",)
_ONCE: Final = frozenset({"projectOwnerId", "withDefaultAlertsSettings"})
_PROJECT: Final = frozenset({"limits", "name", "orgId", "regionUsageRestrictions", "tags", "teams", *_FLAGS})


def _create_project(_: Cloud, inputs: Props) -> str:
    with STORE.alone():
        _check_free(inputs, None)
        id_ = new_id()
        flags = {flag: flag not in _OFF for flag in _FLAGS}
        said = {key: inputs[key] for key in _PROJECT if key in inputs}
        STORE.put(PROJECT, id_, {"created": now(), "clusterCount": 0, **flags, **said})
        return id_


def _check_free(inputs: Props, id_: str | None) -> None:
    names = [one["name"] for one in STORE.of(PROJECT) if one["orgId"] == inputs["orgId"]]
    if id_ is None and inputs["name"] in names:
        message = f'A group with name "{inputs["name"]}" already exists.'
        refuse("GROUP_ALREADY_EXISTS", message)


def _read_project(_: Cloud, id_: str) -> Props | None:
    found = STORE.get(PROJECT, id_)
    return {**found, "clusterCount": len(STORE.of(CLUSTER, id_))} if found else None


def _update_project(_: Cloud, id_: str, olds: Props, news: Props) -> None:
    with STORE.alone():
        before = STORE.get(PROJECT, id_) or refuse("GROUP_NOT_FOUND", f"No group with ID {id_} exists.")
        if news["name"] != before["name"]:
            _check_free(news, None)
        dropped = olds.keys() - news.keys() - set(_FLAGS)
        kept = {key: value for key, value in before.items() if key not in dropped}
        STORE.put(PROJECT, id_, {**kept, **{key: news[key] for key in _PROJECT if key in news}})


def _delete_project(_: Cloud, id_: str, __: Props) -> None:
    with STORE.alone():
        if STORE.of(CLUSTER, id_):
            message = "Cannot close group while it has active clusters; please terminate all clusters."
            refuse("CANNOT_CLOSE_GROUP_ACTIVE_ATLAS_CLUSTERS", message)
        if STORE.of(ENDPOINT, id_):
            message = "Cannot close group while it has active private endpoint services; please terminate all of them."
            refuse("CANNOT_CLOSE_GROUP_ACTIVE_ATLAS_PRIVATE_ENDPOINT_SERVICES", message)
        STORE.drop_project(id_)
        STORE.pop(PROJECT, id_)


def _project_rules(inputs: Props) -> Iterable[str]:
    if not 1 <= len(inputs["name"]) <= _MAX_PROJECT_NAME:
        yield f"INVALID_GROUP_NAME: name must have 1 to {_MAX_PROJECT_NAME} characters, got {inputs['name']!r}"
    if not _is_id(inputs["orgId"]):
        yield f"orgId must be 24 hexadecimal digits, got {inputs['orgId']!r}"


_MAX_PROJECT_NAME: Final = 64


def _is_id(text: str) -> bool:
    return len(text) == 24 and all(letter in "0123456789abcdef" for letter in text)  # noqa: PLR2004  as the rule says


PROJECT_TYPE: Final = ResourceType(
    type="mongodbatlas:index/project:Project",
    create=_create_project,
    read=_read_project,
    update=_update_project,
    delete=_delete_project,
    applied=_PROJECT,
    steering=_ONCE,
    required=frozenset({"orgId"}),
    outputs=frozenset({"clusterCount", "created", *_FLAGS}),
    replace=frozenset({"orgId", "projectOwnerId", "regionUsageRestrictions", "withDefaultAlertsSettings"}),
    sticky=frozenset(_FLAGS) | _ONCE | {"limits"},
    name=AutoName(property="name", max_length=64),
    rules=(_project_rules,),
    judged_by_state=True,
    global_=True,
    not_imitated="members of teams, default alerts, IP addresses of clusters; limits are kept and bound nothing",
)

# Who may connect

_ENTRIES: Final = ("cidrBlock", "ipAddress", "awsSecurityGroup")
_MAX_COMMENT: Final = 80


def _entry(record: Props) -> str:
    return next(record[key] for key in ("ipAddress", "awsSecurityGroup", "cidrBlock") if record.get(key))


def _listed(_: Cloud, inputs: Props) -> Props:
    if "ipAddress" in inputs:
        return {"cidrBlock": f"{inputs['ipAddress']}/32"}
    address, _, bits = inputs["cidrBlock"].partition("/")
    return {"ipAddress": address} if bits == "32" else {}


_ACCESS: Final = Kept(
    kind="accessList",
    id=lambda record: f"{record['projectId']}-{_entry(record)}",
    made=_listed,
)


def _access_rules(inputs: Props) -> Iterator[str]:
    given = [key for key in _ENTRIES if key in inputs]
    if len(given) != 1:
        yield f"exactly one of {', '.join(_ENTRIES)} must be given, got {', '.join(given) or 'none'}"
    if "awsSecurityGroup" in inputs:
        yield "CANNOT_USE_AWS_SECURITY_GROUP_WITHOUT_VPC_PEERING_CONNECTION: the local cloud has no VPC peering"
    if "cidrBlock" in inputs and not _is_network(inputs["cidrBlock"]):
        yield f"INVALID_CIDR_BLOCK: cidrBlock must be in valid CIDR notation, got {inputs['cidrBlock']!r}"
    if "ipAddress" in inputs and ("/" in inputs["ipAddress"] or not _is_network(inputs["ipAddress"])):
        yield f"INVALID_IP_ADDRESS_OR_CIDR_NOTATION: ipAddress must be an address, got {inputs['ipAddress']!r}"
    if len(inputs.get("comment", "")) > _MAX_COMMENT:
        yield f"INVALID_NETWORK_PERMISSION_COMMENT: comment must be {_MAX_COMMENT} characters or less"


def _is_network(text: str) -> bool:
    try:
        ipaddress.ip_network(text)
    except ValueError:
        return False
    return True


ACCESS_LIST: Final = ResourceType(
    type="mongodbatlas:index/projectIpAccessList:ProjectIpAccessList",
    create=_ACCESS.create,
    read=_ACCESS.read,
    delete=_ACCESS.delete,
    applied=frozenset({"comment", "projectId", *_ENTRIES}),
    steering=frozenset({"timeouts"}),
    required=frozenset({"projectId"}),
    outputs=frozenset(_ENTRIES) - {"awsSecurityGroup"},
    sticky=frozenset(_ENTRIES) | {"timeouts"},
    rules=(_access_rules,),
    judged_by_state=True,
    global_=True,
    not_imitated="nobody connects, so that nobody is kept out",
)

# Auditing

_AUDITED: Final[Props] = {"enabled": False, "auditAuthorizationSuccess": False, "auditFilter": "{}"}


def _audited(_: Cloud, inputs: Props) -> Props:
    there = STORE.of(CLUSTER, inputs["projectId"])
    if inputs.get("enabled") and there and all(shared(one["live"]) for one in there):
        message = "Operation not supported for current configuration: auditing needs a cluster of M10 or larger."
        refuse("UNSUPPORTED_FOR_CURRENT_CONFIG", message)
    return {**_AUDITED, "configurationType": "FILTER_JSON", **{key: inputs[key] for key in _AUDITED if key in inputs}}


_AUDITING: Final = Kept(
    kind="auditing",
    id=lambda record: record["projectId"],
    made=_audited,
    changed=lambda cloud, _, inputs: {key: inputs[key] for key in _audited(cloud, inputs) if key in inputs},
    stays=frozenset(_AUDITED),
)


def _same_json(one: str, other: str) -> bool:
    return _parsed(one) == _parsed(other)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _auditing_rules(inputs: Props) -> Iterator[str]:
    if not isinstance(_parsed(inputs.get("auditFilter", "{}")), dict):
        yield f"auditFilter must be a JSON object, got {inputs['auditFilter']!r}"


AUDITING: Final = ResourceType(
    type="mongodbatlas:index/auditing:Auditing",
    create=_AUDITING.create,
    read=_AUDITING.read,
    update=_AUDITING.update,
    delete=_AUDITING.delete,
    applied=frozenset({"projectId", *_AUDITED}),
    required=frozenset({"projectId"}),
    outputs=frozenset({"configurationType", *_AUDITED}),
    replace=frozenset({"projectId"}),
    sticky=frozenset(_AUDITED),
    rules=(_auditing_rules,),
    same={"auditFilter": _same_json},
    judged_by_state=True,
    global_=True,
    not_imitated="nothing is audited",
)

# Maintenance

_WINDOW: Final = Kept(
    kind="maintenanceWindow",
    id=lambda record: record["projectId"],
    made=lambda _, __: {"numberOfDeferrals": 0, "startAsap": False, "timeZoneId": "Etc/UTC"},
    hidden=frozenset({"autoDefer", "defer"}),
)
_DAYS: Final = range(1, 8)
_HOURS: Final = range(24)


def _window_rules(inputs: Props) -> Iterator[str]:
    if (day := inputs.get("dayOfWeek")) is not None and day not in _DAYS:
        yield f"ATLAS_INVALID_MAINTENANCE_WINDOW_DAY_OF_WEEK: dayOfWeek must be 1 (Sunday) to 7, got {day}"
    protected = inputs.get("protectedHours", {})
    hours = {"hourOfDay": inputs.get("hourOfDay", 0), **{key: protected.get(key, 0) for key in protected}}
    for key, hour in hours.items():
        if hour not in _HOURS:
            yield f"ATLAS_INVALID_MAINTENANCE_WINDOW_HOUR_OF_DAY: {key} must be 0 to 23, got {hour}"
    if "dayOfWeek" not in inputs and not inputs.get("defer"):
        yield "a maintenance window needs dayOfWeek"


MAINTENANCE_WINDOW: Final = ResourceType(
    type="mongodbatlas:index/maintenanceWindow:MaintenanceWindow",
    create=_WINDOW.create,
    read=_WINDOW.read,
    update=_WINDOW.update,
    delete=_WINDOW.delete,
    applied=frozenset({"autoDeferOnceEnabled", "dayOfWeek", "hourOfDay", "projectId", "protectedHours"}),
    steering=frozenset({"autoDefer", "defer"}),
    required=frozenset({"projectId"}),
    outputs=frozenset({"numberOfDeferrals", "startAsap", "timeZoneId"}),
    replace=frozenset({"projectId"}),
    sticky=frozenset({"autoDefer", "autoDeferOnceEnabled", "defer", "hourOfDay"}),
    rules=(_window_rules,),
    judged_by_state=True,
    global_=True,
    not_imitated="no maintenance ever comes; waveAssignment",
)

TYPES: Final = (PROJECT_TYPE, ACCESS_LIST, AUDITING, MAINTENANCE_WINDOW)
