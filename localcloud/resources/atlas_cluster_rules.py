"""What Atlas refuses of a cluster whatever is there already, and what its provider refuses of a change."""

import re
from collections.abc import Iterator
from typing import Any, Final

from localcloud.atlas.clusters import OF_FLEX, STEERING
from localcloud.atlas.specs import NODES, SHARED
from localcloud.atlas.tiers import LEAST_DISK, TIERS, VERSIONS, is_region, major, step
from localcloud.difference import covers
from localcloud.resource import ChangeRule, Rule
from localcloud.wire import Props

_NAME: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?")
_MAX_NAME: Final = 64
_HIGHEST_PRIORITY: Final = 7
_ELECTABLE: Final = (3, 5, 7)
_KINDS: Final = ("REPLICASET", "SHARDED", "GEOSHARDED")
_SCALINGS: Final = ("autoScaling", "analyticsAutoScaling")


def name_rules(inputs: Props) -> Iterator[str]:
    """Rules of names and kinds."""
    if not _NAME.fullmatch(inputs["name"]) or len(inputs["name"]) > _MAX_NAME:
        yield (
            f"CLUSTER_NAME_INVALID: the name can only contain ASCII letters, numbers, and hyphens, {_MAX_NAME} at "
            f"most, got {inputs['name']!r}"
        )
    if inputs["clusterType"] not in _KINDS:
        yield f"clusterType must be one of {', '.join(_KINDS)}, got {inputs['clusterType']!r}"


def version_rules(inputs: Props) -> Iterator[str]:
    """Rules of MongoDB's version."""
    version = inputs.get("mongoDbMajorVersion")
    if version is None:
        return
    if inputs.get("versionReleaseSystem") == "CONTINUOUS":
        yield "mongoDbMajorVersion must not be given when versionReleaseSystem is CONTINUOUS"
    if not re.fullmatch(r"\d+(\.\d+)?", version) or major(version) not in VERSIONS:
        yield f"MONGODB_VERSION_INVALID: mongoDbMajorVersion must be one of {', '.join(VERSIONS)}, got {version!r}"


def topology_rules(inputs: Props) -> Iterator[str]:
    """Rules of shards and their regions."""
    specs = inputs["replicationSpecs"]
    if not specs or not all(spec.get("regionConfigs") for spec in specs):
        yield "replicationSpecs must have an entry for each shard, each with regionConfigs"
        return
    if inputs["clusterType"] == "REPLICASET" and len(specs) > 1:
        yield f"a REPLICASET has one entry of replicationSpecs, got {len(specs)}: write SHARDED for {len(specs)} shards"
    for spec in specs:
        yield from _priorities(spec["regionConfigs"])
        if not _is_shared(spec):
            yield from _electable(spec["regionConfigs"])
        for region in spec["regionConfigs"]:
            if not is_region(region["regionName"]):
                yield f"INVALID_REGION: No region {region['regionName']} exists for provider AWS."


def _is_shared(spec: Props) -> bool:
    return any(one["providerName"] in SHARED for one in spec["regionConfigs"])


def _priorities(regions: list[Props]) -> Iterator[str]:
    priorities = [one["priority"] for one in regions]
    if priorities != sorted(priorities, reverse=True):
        yield f"priority values in region_configs must be in descending order, got {_listed(priorities)}"
        return
    voting = [one["priority"] for one in regions if one.get("electableSpecs", {}).get("nodeCount", 3)]
    wanted = [_HIGHEST_PRIORITY - number for number in range(len(voting))]
    if "electableSpecs" in regions[0] and voting != wanted:
        yield f"priorities of regions with electable nodes must be {_listed(wanted)}, got {_listed(voting)}"


def _electable(regions: list[Props]) -> Iterator[str]:
    counts = [one["electableSpecs"].get("nodeCount", 3) for one in regions if "electableSpecs" in one]
    if sum(counts) not in _ELECTABLE:
        yield (
            f"CLUSTER_REPLICATION_FACTOR_INVALID: the electable nodes of a shard must be 3, 5, or 7 in all, "
            f"got {sum(counts)}"
        )


def _listed(values: list[Any]) -> str:
    return ", ".join(map(str, values)) or "none"


def hardware_rules(inputs: Props) -> Iterator[str]:
    """Rules of tiers and disks."""
    sizes: set[Any] = set()
    for spec in inputs["replicationSpecs"]:
        if _is_shared(spec):
            continue
        base: set[Any] = set()
        for region in spec["regionConfigs"]:
            if region["providerName"] != "AWS":
                yield f"providerName must be TENANT, FLEX or AWS in the local cloud, got {region['providerName']!r}"
            for nodes in NODES:
                yield from _hardware(region.get(nodes, {}))
                sizes.add(region.get(nodes, {}).get("diskSizeGb"))
                if nodes != "analyticsSpecs":
                    base.add(region.get(nodes, {}).get("instanceSize"))
        if len(base - {None}) > 1:
            found = _listed(sorted(base - {None}))
            yield f"electable and read-only nodes of a shard must have one instanceSize, got {found}"
    if len(sizes - {None}) > 1:
        yield f"diskSizeGb must be equal for all shards and node types, got {_listed(sorted(sizes - {None}))}"


def _hardware(nodes: Props) -> Iterator[str]:
    size, disk = nodes.get("instanceSize"), nodes.get("diskSizeGb")
    if size is not None and size not in TIERS:
        yield f"INVALID_ENUM_VALUE: instanceSize must be one of {', '.join(TIERS)}, got {size!r}"
    elif size is not None and disk is not None and not LEAST_DISK <= disk <= TIERS[size].most_disk:
        most = TIERS[size].most_disk
        yield f"CLUSTER_DISK_SIZE_INVALID: diskSizeGb of {size} must be {LEAST_DISK} to {most}, got {disk}"


def scaling_rules(inputs: Props) -> Iterator[str]:
    """Rules of autoscaling."""
    for spec in inputs["replicationSpecs"]:
        for region in spec["regionConfigs"]:
            for key in _SCALINGS:
                if key in region:
                    yield from _scaling(key, region[key])


def _scaling(key: str, scaling: Props) -> Iterator[str]:
    enabled, down = scaling.get("computeEnabled", False), scaling.get("computeScaleDownEnabled", False)
    least, most = scaling.get("computeMinInstanceSize"), scaling.get("computeMaxInstanceSize")
    if down and not enabled:
        yield f"COMPUTE_AUTO_SCALING_SCALE_DOWN_ENABLED_INVALID: {key}.computeScaleDownEnabled needs computeEnabled"
    if enabled and most is None:
        yield f"COMPUTE_AUTO_SCALING_MAX_INSTANCE_SIZE_REQUIRED: {key} needs computeMaxInstanceSize"
    if enabled and down and least is None:
        yield f"COMPUTE_AUTO_SCALING_MIN_INSTANCE_SIZE_REQUIRED: {key} needs computeMinInstanceSize"
    unknown = [size for size in (least, most) if size is not None and size not in TIERS]
    if unknown:
        yield f"INVALID_ENUM_VALUE: the bounds of {key} must be of {', '.join(TIERS)}, got {_listed(unknown)}"
    elif least and most and (least[0] != most[0] or step(least) >= step(most)):
        yield (
            f"COMPUTE_AUTO_SCALING_INSTANCE_SIZE_RANGE_INVALID: the min instance size ({least}) must be less than the "
            f"max instance size ({most})"
        )


def shared_rules(inputs: Props) -> Iterator[str]:
    """Rules of clusters whose servers are shared with others: M0 and Flex."""
    specs = inputs["replicationSpecs"]
    if not any(map(_is_shared, specs)):
        return
    regions = [region for spec in specs for region in spec["regionConfigs"]]
    region = regions[0]
    kind, free = region["providerName"], region["providerName"] == "TENANT"
    if len(regions) > 1 or inputs["clusterType"] != "REPLICASET":
        yield f"a {kind} cluster is a REPLICASET with one shard in one region"
    if region.get("backingProviderName") != "AWS":
        yield f"a {kind} cluster needs backingProviderName AWS, got {region.get('backingProviderName')!r}"
    size = region.get("electableSpecs", {}).get("instanceSize")
    if free and size != "M0":
        yield f"the instanceSize of a TENANT cluster must be M0 (M2 and M5 became Flex), got {size!r}"
    yield from _beyond_shared(inputs, region, kind)


def _beyond_shared(inputs: Props, region: Props, kind: str) -> Iterator[str]:
    free, backups = kind == "TENANT", inputs.get("backupEnabled")
    refused = (
        (
            free and backups,
            "INVALID_TENANT_BACKUP_ENABLED: backupEnabled must be omitted or false, M0 clusters have no backups",
        ),
        (
            not free and backups is False,
            "backupEnabled of a FLEX cluster must be omitted or true: its daily snapshots cannot be switched off",
        ),
        (
            free and inputs.get("terminationProtectionEnabled"),
            "terminationProtectionEnabled: an M0 cluster has no termination protection",
        ),
        (
            inputs.get("pitEnabled"),
            f"pitEnabled: a {kind} cluster has no Continuous Cloud Backup, it needs M10 or more",
        ),
        (
            inputs.get("encryptionAtRestProvider", "NONE") != "NONE",
            "CANNOT_USE_ENCRYPTION_AT_REST_TENANT: Cannot use Encryption at Rest with tenant clusters.",
        ),
        (
            inputs.get("advancedConfiguration"),
            "TENANT_CLUSTER_PROCESS_ARGS_NOT_SUPPORTED: Cannot set custom process args for tenant clusters.",
        ),
        (inputs.get("paused"), f"paused: a {kind} cluster cannot be paused"),
        (inputs.get("pinnedFcv"), f"pinnedFcv: the version of a {kind} cluster is Atlas' own"),
        (
            any(region.get(key) for key in _SCALINGS),
            f"AUTO_SCALING_NOT_SUPPORTED: Cannot set auto-scaling of a {kind} cluster",
        ),
        (
            any(region.get(key) for key in ("readOnlySpecs", "analyticsSpecs")),
            f"a {kind} cluster has no read-only or analytics nodes",
        ),
    )
    yield from (said for wrong, said in refused if wrong)


def flex_changes(olds: Props, news: Props) -> Iterator[str]:
    """Refuse what cannot be changed on a flex cluster, or into one; only M0 becomes one."""
    if _moves(olds, news):
        return
    old, new = _provider(olds), _provider(news)
    if new != "FLEX" or old == "TENANT":
        return
    changed = {
        key for key in (olds.keys() | news.keys()) - STEERING if key in news and not covers(news[key], olds.get(key))
    }
    if old != "FLEX" or changed - OF_FLEX:
        yield "flex cluster update is not supported except for tags and termination_protection_enabled fields"


def removed_nodes(olds: Props, news: Props) -> Iterator[str]:
    """Refuse to toggle effective fields while nodes are dropped: the provider could not tell what is meant."""
    if _moves(olds, news) or bool(olds.get("useEffectiveFields")) == bool(news.get("useEffectiveFields")):
        return
    for key, word in (("readOnlySpecs", "read_only_specs"), ("analyticsSpecs", "analytics_specs")):
        pairs = (
            (was, is_)
            for before, after in zip(olds["replicationSpecs"], news["replicationSpecs"], strict=False)
            for was, is_ in zip(before["regionConfigs"], after["regionConfigs"], strict=False)
        )
        if any(was.get(key, {}).get("nodeCount") and key not in is_ for was, is_ in pairs):
            yield (
                f"Cannot remove {word} attributes while toggling use_effective_fields: add them back, with node_count "
                f"= 0 to delete the nodes, and toggle the flag in a later run"
            )


def _moves(olds: Props, news: Props) -> bool:
    """Whether it is another cluster: then the old one is replaced, and nothing of it counts."""
    return any(olds[key] != news[key] for key in ("name", "projectId"))


def _provider(inputs: Props) -> str:
    return inputs["replicationSpecs"][0]["regionConfigs"][0]["providerName"]


RULES: Final[tuple[Rule, ...]] = (
    name_rules,
    version_rules,
    topology_rules,
    hardware_rules,
    scaling_rules,
    shared_rules,
)
CHANGES: Final[tuple[ChangeRule, ...]] = (flex_changes, removed_nodes)
