"""MongoDB Atlas: from shared servers to many regions in one resource, private, encrypted and backed up on the way."""

import json
from dataclasses import replace
from typing import Any

import pytest

from components.atlas import Atlas
from sizes.atlas import AtlasSize, SharedAtlasSize
from sizes.atlas_grant import AtlasGrant
from sizes.limits import SizeError
from tests.components.clusters import (
    ANSWERS,
    ARGS,
    DEV,
    FLEX,
    FREE,
    GLOBAL,
    PROTECTED,
    REGIONS,
    SCALED,
    SHARDED,
    OnAtlas,
    atlas,
    made,
    of,
)
from tests.components.conftest import opened, run

EVERY: tuple[AtlasSize | SharedAtlasSize, ...] = (FREE, FLEX, PROTECTED, SCALED, SHARDED, REGIONS, GLOBAL)


def cluster(size: AtlasSize | SharedAtlasSize, **changes: Any) -> dict[str, Any]:
    return of(made(size, **changes), "AdvancedCluster")["catalog-cluster"]


def regions(spec: dict[str, Any]) -> list[tuple[str, int, int]]:
    return [(one["regionName"], one["priority"], one["electableSpecs"]["nodeCount"]) for one in spec["regionConfigs"]]


@pytest.mark.parametrize("size", EVERY)
def test_every_size_is_the_same_resource_with_the_same_name(size: AtlasSize | SharedAtlasSize):
    """Growing must never replace."""
    found = made(size)

    assert {name: one["name"] for name, one in of(found, "AdvancedCluster").items()} == {
        "catalog-cluster": "devora-test-catalog"
    }
    assert {name: one["name"] for name, one in of(found, "Project").items()} == {
        "catalog-project": "devora-test-catalog"
    }


@pytest.mark.parametrize("size", EVERY)
def test_what_was_there_before_keeps_its_names(size: AtlasSize | SharedAtlasSize):
    found = made(size, project_name="Devora", cluster_name="Cluster0")

    assert of(found, "AdvancedCluster")["catalog-cluster"]["name"] == "Cluster0"
    assert of(found, "Project")["catalog-project"]["name"] == "Devora"


@pytest.mark.parametrize(("size", "provider"), [(FREE, "TENANT"), (FLEX, "FLEX")])
def test_a_shared_cluster_is_in_the_region_of_the_stack(size: SharedAtlasSize, provider: str):
    ((region,),) = [spec["regionConfigs"] for spec in cluster(size, protection=DEV)["replicationSpecs"]]

    assert (region["providerName"], region["backingProviderName"]) == (provider, "AWS")
    assert (region["regionName"], region["priority"]) == ("EU_CENTRAL_1", 7)


@pytest.mark.parametrize("size", [FREE, FLEX])
def test_a_shared_cluster_asks_for_nothing_that_it_cannot_have(size: SharedAtlasSize):
    found = made(size, allowed_cidrs=("203.0.113.0/24",))

    kinds = {one.typ.rpartition(":")[2] for one in found.resources}
    assert not kinds & {"PrivateLinkEndpoint", "VpcEndpoint", "EncryptionAtRest", "Auditing", "CloudBackupSchedule"}
    assert not kinds & {"AlertConfiguration", "MaintenanceWindow", "CloudProviderAccessSetup"}
    assert not {"backupEnabled", "pitEnabled", "encryptionAtRestProvider", "useEffectiveFields"} & set(
        of(found, "AdvancedCluster")["catalog-cluster"]
    )


def test_a_cluster_of_its_own_is_encrypted_backed_up_and_refuses_old_tls():
    found = cluster(PROTECTED)

    assert found["encryptionAtRestProvider"] == "AWS"
    assert (found["backupEnabled"], found["pitEnabled"]) == (True, True)
    assert found["advancedConfiguration"]["minimumEnabledTlsProtocol"] == "TLS1_2"


def test_the_environment_decides_what_a_deleted_cluster_leaves():
    kept, gone = cluster(PROTECTED), cluster(PROTECTED, protection=DEV)

    assert (kept["terminationProtectionEnabled"], kept["retainBackupsEnabled"]) == (True, True)
    assert (gone["terminationProtectionEnabled"], gone["retainBackupsEnabled"]) == (False, False)


@pytest.mark.parametrize(
    ("size", "kind", "specs"),
    [(PROTECTED, "REPLICASET", 1), (SHARDED, "SHARDED", 2), (GLOBAL, "GEOSHARDED", 4)],
)
def test_each_shard_has_a_specification_of_its_own(size: AtlasSize, kind: str, specs: int):
    found = cluster(size)

    assert (found["clusterType"], len(found["replicationSpecs"])) == (kind, specs)


def test_more_shards_come_after_those_that_are_there():
    """The provider tells shards by their place."""
    two, three = cluster(GLOBAL), cluster(replace(GLOBAL, shards=3))

    assert three["replicationSpecs"][:4] == two["replicationSpecs"]


def test_another_region_has_the_lower_priority():
    spec = cluster(REGIONS)["replicationSpecs"][0]

    assert regions(spec) == [("EU_CENTRAL_1", 7, 3), ("EU_WEST_1", 6, 2)]


def test_each_zone_is_written_to_in_its_own_region():
    specs = cluster(GLOBAL)["replicationSpecs"]

    assert [(spec["zoneName"], regions(spec)) for spec in specs[:2]] == [
        ("home", [("EU_CENTRAL_1", 7, 3)]),
        ("dr", [("EU_WEST_1", 7, 3)]),
    ]


def test_nodes_that_go_are_spoken_of():
    """The provider keeps nodes of a kind that is not in the program any more."""
    (region,) = cluster(PROTECTED)["replicationSpecs"][0]["regionConfigs"]

    assert (region["analyticsSpecs"]["nodeCount"], region["readOnlySpecs"]["nodeCount"]) == (0, 0)


def test_tiers_follow_the_load_between_their_bounds_and_disks_always():
    found = cluster(SCALED)
    (region,) = found["replicationSpecs"][0]["regionConfigs"]

    assert found["useEffectiveFields"] is True
    assert (
        region["autoScaling"]
        == region["analyticsAutoScaling"]
        == {
            "diskGbEnabled": True,
            "computeEnabled": True,
            "computeScaleDownEnabled": True,
            "computeMinInstanceSize": "M30",
            "computeMaxInstanceSize": "M50",
        }
    )


def test_a_fixed_tier_is_taken_when_it_changes():
    """With effective fields Atlas ignores another tier while it scales anything, and the disk is always scaled."""
    found = cluster(PROTECTED)
    (region,) = found["replicationSpecs"][0]["regionConfigs"]

    assert found["useEffectiveFields"] is False
    assert region["autoScaling"] == {"diskGbEnabled": True, "computeEnabled": False}


def test_clients_reach_every_node_by_a_private_way():
    found = made(PROTECTED)

    (endpoint,) = found.named("aws:ec2/vpcEndpoint:VpcEndpoint").values()
    (link,) = of(found, "PrivateLinkEndpointService").values()
    (rule,) = found.named("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule").values()
    assert endpoint["serviceName"] == "com.amazonaws.vpce.eu-central-1.vpce-svc-1"
    assert endpoint["securityGroupIds"] == ["catalog-security-group-id"]
    assert (link["endpointServiceId"], link["privateLinkId"]) == ("catalog-endpoint-id", "link-1")
    assert (rule["referencedSecurityGroupId"], rule["fromPort"], rule["toPort"]) == ("sg-1", 1_024, 65_535)
    assert of(found, "ProjectIpAccessList") == {}


@pytest.mark.parametrize("size", [REGIONS, GLOBAL])
def test_the_way_to_another_region_begins_at_home(size: AtlasSize):
    """Clients stay connected when the primary moves there."""
    found = made(size)

    link = of(found, "PrivateLinkEndpoint")["catalog-dr-private-link"]
    endpoint = found.named("aws:ec2/vpcEndpoint:VpcEndpoint")["catalog-dr-endpoint"]
    assert (link["region"], link["supportedRemoteRegions"]) == ("EU_WEST_1", ["EU_CENTRAL_1"])
    assert (endpoint["vpcId"], endpoint["serviceRegion"]) == ("vpc-1", "eu-west-1")
    assert "region" not in endpoint


def test_a_shared_cluster_lets_in_the_addresses_of_the_list_only():
    entries = of(made(FREE, allowed_cidrs=("203.0.113.0/24", "2001:db8::/48")), "ProjectIpAccessList")

    assert {name: one["cidrBlock"] for name, one in entries.items()} == {
        "catalog-access-203-0-113-0-24": "203.0.113.0/24",
        "catalog-access-2001-db8-48": "2001:db8::/48",
    }


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"allowed_cidrs": ("0.0.0.0/0",)}, "allowed_cidrs must not let in the world: .* got '0.0.0.0/0'"),
        ({"allowed_cidrs": ("::/0",)}, "allowed_cidrs must not let in the world: .* got '::/0'"),
        ({"allowed_cidrs": ("128.0.0.0/1",)}, "allowed_cidrs must not let in the world: .* got '128.0.0.0/1'"),
        ({"allowed_cidrs": ("office",)}, r"allowed_cidrs must be networks such as 203.0.113.0/24, got 'office' \("),
        ({"allowed_cidrs": ("203.0.113.7/24",)}, r"allowed_cidrs must be networks .*, got '203.0.113.7/24' \(.*host"),
        ({"logins": {}}, "logins must name one at least, got none"),
        ({"logins": {"api": ()}}, "login api must have a grant at least, got none"),
        (
            {"dr_region": None, "size": REGIONS},
            "dr_nodes needs a DR region, got none; dr_copies needs a DR region, got none",
        ),
        ({"place": None}, r"servers of one's own \(M10\) need a network that they are reached from, got none"),
        ({"dr_region": None, "size": GLOBAL}, "zones needs a DR region, got none"),
    ],
)
def test_what_cannot_be_is_refused_with_the_way_out(changes: dict[str, Any], problem: str):
    with pytest.raises(SizeError, match=problem):
        replace(ARGS, **changes)


def test_atlas_uses_the_key_by_a_role_that_nobody_else_takes_on():
    found = made(PROTECTED)

    trust = json.loads(found.named("aws:iam/role:Role")["catalog-encryption-role"]["assumeRolePolicy"])
    rights = json.loads(found.named("aws:iam/rolePolicy:RolePolicy")["catalog-encryption-role-policy"]["policy"])
    config = of(found, "EncryptionAtRest")["catalog-encryption"]["awsKmsConfig"]
    assert trust["Statement"] == [
        {
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": {"AWS": "arn:aws:iam::1:root"},
            "Condition": {"StringEquals": {"sts:ExternalId": "external-1"}},
        }
    ]
    assert rights["Statement"] == [
        {"Effect": "Allow", "Action": ["kms:Encrypt", "kms:Decrypt", "kms:DescribeKey"], "Resource": "arn:key"}
    ]
    assert config == {
        "enabled": True,
        "customerMasterKeyId": "arn:key",
        "region": "EU_CENTRAL_1",
        "roleId": "role-1",
    }


def test_refusals_and_changes_are_audited_and_what_was_allowed_is_not():
    (found,) = of(made(PROTECTED), "Auditing").values()

    refused, changed = json.loads(found["auditFilter"])["$or"]
    assert (found["enabled"], found["auditAuthorizationSuccess"]) == (True, False)
    assert refused == {"atype": {"$in": ["authenticate", "authCheck"]}, "result": {"$ne": 0}}
    assert {"createUser", "grantRolesToUser", "dropDatabase"} <= set(changed["atype"]["$in"])


def test_trouble_is_told_to_the_address_of_the_stack():
    alert = of(made(PROTECTED), "AlertConfiguration")["catalog-connections-alert"]

    assert alert["notifications"] == [
        {"typeName": "EMAIL", "emailAddress": "alarms@example.com", "delayMin": 5, "intervalMin": 60}
    ]
    assert alert["metricThresholdConfig"] == {
        "metricName": "CONNECTIONS",
        "mode": "AVERAGE",
        "operator": "GREATER_THAN",
        "threshold": 180,
        "units": "RAW",
    }


def test_without_an_address_the_owners_of_the_project_are_told():
    alert = of(made(PROTECTED, alarm_email=None), "AlertConfiguration")["catalog-no-primary-alert"]

    ((told,), enabled) = alert["notifications"], alert["enabled"]
    assert (told["typeName"], told["roles"], enabled) == ("GROUP", ["GROUP_OWNER"], True)


def test_a_threshold_of_an_event_is_beside_it():
    alert = of(made(PROTECTED), "AlertConfiguration")["catalog-oplog-window-alert"]

    assert alert["thresholdConfig"] == {"operator": "LESS_THAN", "threshold": 6, "units": "HOURS"}
    assert "metricThresholdConfig" not in alert


def test_maintenance_is_in_the_window_of_the_house():
    (window,) = of(made(PROTECTED), "MaintenanceWindow").values()

    assert (window["dayOfWeek"], window["hourOfDay"]) == (1, 4)


def test_each_login_has_no_more_than_its_grants_on_this_cluster():
    found = made(PROTECTED)

    users = of(found, "DatabaseUser")
    assert {one["username"]: one["roles"] for one in users.values()} == {
        "api": [{"roleName": "readWrite", "databaseName": "devora"}],
        "settings": [{"roleName": "catalog-settings", "databaseName": "admin"}],
        "reports": [
            {"roleName": "read", "databaseName": "events"},
            {"roleName": "catalog-reports", "databaseName": "admin"},
        ],
    }
    assert all(one["scopes"] == [{"name": "devora-test-catalog", "type": "CLUSTER"}] for one in users.values())


def test_a_role_of_ours_names_the_collection_and_what_may_be_done_with_it():
    roles = of(made(PROTECTED), "CustomDbRole")

    settings = {one["action"]: one["resources"] for one in roles["catalog-settings-role"]["actions"]}
    reports = {one["action"] for one in roles["catalog-reports-role"]["actions"]}
    place = [{"databaseName": "devora", "collectionName": "settings"}]
    assert settings == dict.fromkeys(("FIND", "LIST_INDEXES", "COLL_STATS", "INSERT", "UPDATE", "REMOVE"), place)
    assert reports == {"FIND", "LIST_INDEXES", "COLL_STATS", "CHANGE_STREAM"}


def secret(found: OnAtlas, login: str) -> dict[str, Any]:
    versions = found.named("aws:secretsmanager/secretVersion:SecretVersion")
    return json.loads(opened(versions[f"catalog-{login}-secret-value"]["secretStringWo"]))


def test_the_connection_secret_says_all_that_a_client_needs():
    value = secret(made(PROTECTED, {**ANSWERS, "RandomPassword": {"result": "a-password"}}), "api")

    assert value == {
        "engine": "mongodb",
        "scheme": "mongodb+srv",
        "host": "catalog-pl-0.ab1cd.mongodb.net",
        "database": "devora",
        "username": "api",
        "authSource": "admin",
        "tls": True,
        "options": "retryWrites=true&w=majority",
        "password": "a-password",
    }


def test_a_login_without_a_grant_in_the_stores_database_is_sent_to_its_own():
    logins = {"events": (AtlasGrant(role="read", database="events"),)}

    assert secret(made(PROTECTED, logins=logins), "events")["database"] == "events"


def test_clients_of_a_shared_cluster_are_told_its_public_name():
    assert secret(made(FREE), "api")["host"] == "catalog.ab1cd.mongodb.net"


def test_who_only_reads_is_sent_to_the_nodes_for_reports():
    found = made(REGIONS)

    assert secret(found, "reports")["options"].endswith(
        "&readPreference=secondary&readPreferenceTags=nodeType:ANALYTICS"
    )
    assert "ANALYTICS" not in secret(found, "api")["options"]
    assert "ANALYTICS" not in secret(made(PROTECTED), "reports")["options"]


def test_a_cluster_without_a_private_name_is_no_public_one():
    """No client may be sent over the internet because Atlas has not made the private name yet."""
    answers = {**ANSWERS, "AdvancedCluster": {"connectionStrings": {"standardSrv": "mongodb+srv://public.mongodb.net"}}}

    with pytest.raises(Exception, match="Atlas names no private endpoint of the cluster yet: run `pulumi refresh`"):
        made(PROTECTED, answers)


def test_the_outputs_lead_to_project_cluster_and_endpoint():
    told: list[Any] = []

    def program() -> None:
        store: Atlas = atlas(PROTECTED)()
        for one in (store.project_id, store.cluster_id, store.private_endpoint_id):
            assert one is not None
            one.apply(told.append)

    run(OnAtlas(), program)

    assert sorted(told) == ["catalog-endpoint-id", "catalog-project-id", "cluster-1"]


def test_a_shared_cluster_needs_no_network_and_has_no_private_endpoint():
    kept: list[Any] = []

    run(OnAtlas(), lambda: kept.append(atlas(FREE, place=None)()))

    assert kept[0].private_endpoint_id is None
