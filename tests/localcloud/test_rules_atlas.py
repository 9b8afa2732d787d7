"""What Atlas refuses of all that is around a cluster."""

from typing import Any, Final

import grpc
import pytest

from localcloud.wire import Props
from tests.localcloud.lives.atlas_inputs import (
    CLUSTER,
    DR,
    FREE,
    HOME,
    ORGANIZATION,
    authorized,
    changed,
    connection,
    encryption,
    interface,
    link,
    new_cluster,
    new_name,
    new_project,
    new_role,
    shared,
    token,
)
from tests.localcloud.scene import Scene

PROJECT: Final = token("Project")
ACCESS: Final = token("ProjectIpAccessList")
AUDITING: Final = token("Auditing")
WINDOW: Final = token("MaintenanceWindow")
USER: Final = token("DatabaseUser")
ROLE: Final = token("CustomDbRole")
LINK: Final = token("PrivateLinkEndpoint")
JOINT: Final = token("PrivateLinkEndpointService")
KEY: Final = token("EncryptionAtRest")
AUTHORIZATION: Final = token("CloudProviderAccessAuthorization")
ALERT: Final = token("AlertConfiguration")
ENDPOINT: Final = "aws:ec2/vpcEndpoint:VpcEndpoint"

READ: Final = {"roleName": "read", "databaseName": "devora"}
FIND: Final = {"action": "FIND", "resources": [{"databaseName": "devora", "collectionName": ""}]}
MAIL: Final = {"typeName": "EMAIL", "emailAddress": "a@example.com", "intervalMin": 5}
METRIC: Final = {"metricName": "CONNECTIONS_PERCENT", "operator": "GREATER_THAN", "threshold": 80}
GOOD: Final[dict[str, Props]] = {
    PROJECT: {"name": "devora", "orgId": ORGANIZATION},
    ACCESS: {"projectId": ORGANIZATION, "cidrBlock": "0.0.0.0/0"},
    AUDITING: {"projectId": ORGANIZATION, "enabled": True},
    WINDOW: {"projectId": ORGANIZATION, "dayOfWeek": 1, "hourOfDay": 0},
    USER: {
        "projectId": ORGANIZATION,
        "username": "api",
        "authDatabaseName": "admin",
        "password": "correct-horse-battery",
        "roles": [READ],
    },
    ROLE: {"projectId": ORGANIZATION, "roleName": "reader", "actions": [FIND]},
    LINK: link(ORGANIZATION),
    KEY: {"projectId": ORGANIZATION, "awsKmsConfig": {"enabled": False}},
    ALERT: {
        "projectId": ORGANIZATION,
        "eventType": "OUTSIDE_METRIC_THRESHOLD",
        "notifications": [MAIL],
        "metricThresholdConfig": METRIC,
    },
    ENDPOINT: {
        "vpcId": "vpc-1",
        "vpcEndpointType": "Interface",
        "serviceName": "com.amazonaws.vpce.eu-central-1.vpce-svc-1",
    },
}
RULES: Final[dict[str, tuple[str, Props, str]]] = {
    "project without a name": (PROJECT, {"name": ""}, "INVALID_GROUP_NAME"),
    "organization": (PROJECT, {"orgId": "devora"}, "orgId must be 24 hexadecimal digits, got 'devora'"),
    "two entries": (ACCESS, {"ipAddress": "10.0.0.1"}, "exactly one of cidrBlock, ipAddress, awsSecurityGroup"),
    "block": (ACCESS, {"cidrBlock": "10.0.0.1/8"}, "INVALID_CIDR_BLOCK"),
    "long comment": (ACCESS, {"comment": "x" * 81}, "INVALID_NETWORK_PERMISSION_COMMENT"),
    "group": (ACCESS, {"awsSecurityGroup": "sg-1"}, "CANNOT_USE_AWS_SECURITY_GROUP_WITHOUT_VPC_PEERING_CONNECTION"),
    "filter": (AUDITING, {"auditFilter": "atype"}, "auditFilter must be a JSON object, got 'atype'"),
    "day": (WINDOW, {"dayOfWeek": 8}, "ATLAS_INVALID_MAINTENANCE_WINDOW_DAY_OF_WEEK: dayOfWeek must be 1"),
    "hour": (WINDOW, {"hourOfDay": 24}, "ATLAS_INVALID_MAINTENANCE_WINDOW_HOUR_OF_DAY: hourOfDay must be 0 to 23"),
    "protected": (WINDOW, {"protectedHours": {"startHourOfDay": 25}}, "startHourOfDay must be 0 to 23, got 25"),
    "two passwords": (USER, {"passwordWo": "x", "passwordWoVersion": 1}, "exactly one of password and passwordWo"),
    "password without a version": (USER, {"passwordWo": "x"}, "must be specified together"),
    "database": (USER, {"authDatabaseName": "devora"}, "authDatabaseName must be admin for this user, got 'devora'"),
    "password beside IAM": (USER, {"awsIamType": "ROLE"}, "password conflicts with awsIamType"),
    "no roles": (USER, {"roles": []}, "roles must name one role or more"),
    "role of admin": (
        USER,
        {"roles": [{"roleName": "atlasAdmin", "databaseName": "devora"}]},
        "ATLAS_INVALID_ROLE_DATABASE: the specified role atlasAdmin only exists for database admin",
    ),
    "twice": (USER, {"roles": [READ, READ]}, "DUPLICATE_DATABASE_ROLES: read@devora is given twice"),
    "scope": (USER, {"scopes": [{"name": "a", "type": "SHARD"}]}, "must be CLUSTER, DATA_LAKE or STREAM, got 'SHARD'"),
    "role without a name": (ROLE, {"roleName": "-x"}, "ATLAS_CUSTOM_ROLE_INVALID_NAME"),
    "built-in": (ROLE, {"roleName": "readWrite"}, "ATLAS_INVALID_CUSTOM_ROLE_RESTRICTED"),
    "reserved": (ROLE, {"roleName": "xgen-a"}, "ATLAS_RESERVED_CUSTOM_ROLE_RESTRICTED"),
    "nothing allowed": (ROLE, {"actions": []}, "ATLAS_CUSTOM_ROLE_HAS_NO_PERMISSIONS"),
    "nowhere": (ROLE, {"actions": [{"action": "FIND"}]}, "action FIND needs resources"),
    "everywhere": (
        ROLE,
        {"actions": [{"action": "FIND", "resources": [{"cluster": True, "databaseName": "a"}]}]},
        "a resource of FIND is either the cluster or a databaseName",
    ),
    "region": (LINK, {"region": "europe"}, "INVALID_REGION: No region europe exists for provider AWS"),
    "far region": (LINK, {"supportedRemoteRegions": ["eu-west-1"]}, "INVALID_REGION: No region eu-west-1 exists"),
    "near region": (LINK, {"supportedRemoteRegions": [HOME]}, "must not include the endpoint's own region"),
    "gateway to afar": (
        ENDPOINT,
        {"vpcEndpointType": "Gateway", "serviceName": "com.amazonaws.eu-west-1.s3", "serviceRegion": "eu-west-1"},
        "serviceRegion can be used with the Interface type of endpoint only",
    ),
    "cloud": (LINK, {"providerName": "GCP"}, "providerName must be AWS in the local cloud, got 'GCP'"),
    "half a key": (KEY, {"awsKmsConfig": {"enabled": True}}, "needs customerMasterKeyId, region, roleId"),
    "access key": (KEY, {"awsKmsConfig": {"accessKeyId": "a"}}, "accessKeyId: the local cloud takes a role"),
    "nobody": (ALERT, {"notifications": []}, "MISSING_NOTIFICATIONS"),
    "no address": (ALERT, {"notifications": [{"typeName": "EMAIL"}]}, "of type EMAIL needs emailAddress"),
    "too often": (ALERT, {"notifications": [{**MAIL, "intervalMin": 4}]}, "NOTIFICATION_INTERVAL_OUT_OF_RANGE"),
    "group in silence": (ALERT, {"notifications": [{"typeName": "GROUP"}]}, "EMAIL_OR_SMS_REQUIRED_FOR_GROUP"),
    "two groups": (
        ALERT,
        {"notifications": [{"typeName": "GROUP", "emailEnabled": True}] * 2},
        "TOO_MANY_GROUP_NOTIFICATIONS",
    ),
    "metric of an event": (ALERT, {"eventType": "NO_PRIMARY"}, "METRIC_THRESHOLD_PRESENT"),
    "operator": (ALERT, {"metricThresholdConfig": {**METRIC, "operator": ">"}}, "GREATER_THAN, LESS_THAN, got '>'"),
    "matcher": (
        ALERT,
        {"matchers": [{"fieldName": "CLUSTER_NAME", "operator": "IS", "value": "a"}]},
        "the operator of a matcher must be one of EQUALS",
    ),
    "private DNS": (ENDPOINT, {"privateDnsEnabled": True}, "does not provide a private DNS name"),
}


@pytest.mark.parametrize(("type_", "change", "said"), RULES.values(), ids=RULES)
def test_what_atlas_would_refuse_is_refused_before_any_call(scene: Scene, type_: str, change: Props, said: str):
    _, failures = scene.check(type_, "main", {**GOOD[type_], **change})

    assert said in "\n".join(failures)


@pytest.mark.parametrize("type_", GOOD)
def test_it_is_the_change_that_is_refused(scene: Scene, type_: str):
    assert scene.check(type_, "main", GOOD[type_])[1] == []


def test_an_event_on_a_metric_needs_its_threshold(scene: Scene):
    inputs = {key: value for key, value in GOOD[ALERT].items() if key != "metricThresholdConfig"}

    assert "MISSING_METRIC_THRESHOLD" in scene.check(ALERT, "main", inputs)[1][0]


# Projects and those who connect


def test_a_projects_name_is_taken_once(scene: Scene):
    inputs = {"name": new_name("devora"), "orgId": ORGANIZATION}
    scene.make(PROJECT, "one", inputs)

    with pytest.raises(grpc.RpcError, match="GROUP_ALREADY_EXISTS"):
        scene.make(PROJECT, "two", inputs)


def test_a_project_takes_what_is_set_for_it_along(scene: Scene):
    project = scene.make(PROJECT, "one", {"name": new_name("devora"), "orgId": ORGANIZATION})
    auditing = scene.make(AUDITING, "audit", {"projectId": project.id, "enabled": True})
    scene.delete(project)

    assert scene.read(auditing) is None


def test_one_address_is_a_block_of_one(scene: Scene):
    made = scene.make(ACCESS, "one", {"projectId": new_project(scene), "ipAddress": "203.0.113.7"})

    assert (made.outputs["cidrBlock"], made.id.endswith("-203.0.113.7")) == ("203.0.113.7/32", True)


def user(project_id: str, **more: Any) -> Props:
    return {**GOOD[USER], "projectId": project_id, **more}


def test_a_user_is_found_by_both_forms_of_an_import(scene: Scene):
    project = new_project(scene)
    scene.make(USER, "api", user(project))
    found = [scene.import_(USER, "api", f"{project}{sign}api{sign}admin") for sign in "-/"]

    assert [one.inputs["username"] for one in found if one] == ["api", "api"]


def test_a_users_password_is_never_read_back(scene: Scene):
    made = scene.make(USER, "api", user(new_project(scene)))
    found = scene.import_(USER, "api", made.id)

    assert found
    assert "password" not in found.outputs


def test_a_username_is_taken_once(scene: Scene):
    made = scene.make(USER, "api", user(new_project(scene)))

    with pytest.raises(grpc.RpcError, match="USER_ALREADY_EXISTS"):
        scene.make(USER, "other", made.inputs)


def test_a_role_must_exist_and_stays_while_somebody_has_it(scene: Scene):
    project = new_project(scene)
    wanted = user(project, roles=[{"roleName": "reader", "databaseName": "admin"}])
    with pytest.raises(grpc.RpcError, match="ATLAS_INVALID_ROLE: The specified role reader@admin does not exist"):
        scene.make(USER, "api", wanted)
    role = scene.make(ROLE, "reader", {**GOOD[ROLE], "projectId": project})
    scene.make(USER, "api", wanted)

    with pytest.raises(grpc.RpcError, match="custom role reader is assigned to user api"):
        scene.delete(role)


def test_a_role_inherits_from_roles_that_exist(scene: Scene):
    inherited = [{"roleName": "nobody", "databaseName": "admin"}]

    with pytest.raises(grpc.RpcError, match="ATLAS_INVALID_CUSTOM_ROLE_INHERITANCE"):
        scene.make(ROLE, "heir", {"projectId": new_project(scene), "roleName": "heir", "inheritedRoles": inherited})


# Private endpoints


def test_a_private_endpoint_is_joined_and_a_cluster_then_tells_its_address(scene: Scene):
    cluster = new_cluster(scene)
    project = cluster.inputs["projectId"]
    inputs = connection(scene, project)
    joint = scene.make(JOINT, "joint", inputs)
    found = scene.read(cluster)

    assert found
    [private] = found.outputs["connectionStrings"]["privateEndpoints"]
    assert (joint.outputs["awsConnectionStatus"], private["type"]) == ("AVAILABLE", "MONGOD")
    assert private["srvConnectionString"].startswith("mongodb+srv://devora-pl-0.")
    assert private["endpoints"] == [
        {"endpointId": inputs["endpointServiceId"], "providerName": "AWS", "region": "EU_CENTRAL_1"}
    ]


def test_every_region_of_a_cluster_needs_a_private_endpoint(scene: Scene):
    regions = [
        {"providerName": "AWS", "regionName": name, "priority": priority, "electableSpecs": nodes}
        for name, priority, nodes in (
            ("EU_CENTRAL_1", 7, {"instanceSize": "M10", "nodeCount": 3}),
            (DR, 6, {"instanceSize": "M10", "nodeCount": 2}),
        )
    ]
    cluster = new_cluster(scene, replicationSpecs=[{"regionConfigs": regions}])
    scene.make(JOINT, "joint", connection(scene, cluster.inputs["projectId"]))
    found = scene.read(cluster)

    assert found
    assert found.outputs["connectionStrings"]["privateEndpoints"] == []


def test_a_region_has_one_service(scene: Scene):
    made = scene.make(LINK, "one", link(new_project(scene)))

    assert made.outputs["endpointServiceName"].startswith("com.amazonaws.vpce.eu-central-1.vpce-svc-")
    with pytest.raises(grpc.RpcError, match="PRIVATE_ENDPOINT_SERVICE_ALREADY_EXISTS_FOR_REGION"):
        scene.make(LINK, "two", {**made.inputs, "region": "EU_CENTRAL_1"})


def test_an_interface_endpoint_leads_to_a_service_that_exists(scene: Scene):
    with pytest.raises(grpc.RpcError, match=r"InvalidServiceName: The Vpc Endpoint Service .* does not exist"):
        interface(scene, "com.amazonaws.vpce.eu-central-1.vpce-svc-0123456789abcdef0")


def test_an_interface_endpoint_to_somewhere_else_is_not_joined(scene: Scene):
    inputs = connection(scene, new_project(scene))
    other = interface(scene, "com.amazonaws.eu-central-1.secretsmanager")

    with pytest.raises(grpc.RpcError, match=r"is no interface endpoint to com\.amazonaws\.vpce"):
        scene.make(JOINT, "joint", {**inputs, "endpointServiceId": other.id})


def test_a_joined_service_stays_and_keeps_its_project(scene: Scene):
    project = scene.make(PROJECT, "one", {"name": new_name("devora"), "orgId": ORGANIZATION})
    half = scene.make(LINK, "link", link(project.id))
    other = interface(scene, half.outputs["endpointServiceName"])
    joint = {"privateLinkId": half.outputs["privateLinkId"], "endpointServiceId": other.id, "providerName": "AWS"}
    scene.make(JOINT, "joint", {"projectId": project.id, **joint})
    found = scene.read(half)

    assert found
    assert (half.outputs["status"], found.outputs["status"]) == ("WAITING_FOR_USER", "AVAILABLE")
    with pytest.raises(grpc.RpcError, match="still has private endpoints"):
        scene.delete(half)
    with pytest.raises(grpc.RpcError, match="CANNOT_CLOSE_GROUP_ACTIVE_ATLAS_PRIVATE_ENDPOINT_SERVICES"):
        scene.delete(project)


def test_a_service_is_reached_from_afar_where_atlas_lets_it(scene: Scene):
    project = new_project(scene)
    far = {"projectId": project, "providerName": "AWS", "region": DR}
    half = scene.make(LINK, "link", {**far, "supportedRemoteRegions": [HOME]})
    name = half.outputs["endpointServiceName"]
    with pytest.raises(grpc.RpcError, match="InvalidServiceName"):
        interface(scene, name)
    other = interface(scene, name, serviceRegion="eu-west-1")
    joint = {"privateLinkId": half.outputs["privateLinkId"], "endpointServiceId": other.id, "providerName": "AWS"}

    assert scene.make(JOINT, "joint", {"projectId": project, **joint}).outputs["awsConnectionStatus"] == "AVAILABLE"


def test_shared_servers_are_not_audited(scene: Scene):
    cluster = scene.make(CLUSTER, "main", shared(new_project(scene), FREE))

    with pytest.raises(grpc.RpcError, match=r"UNSUPPORTED_FOR_CURRENT_CONFIG.*auditing needs a cluster of M10"):
        scene.make(AUDITING, "audit", {"projectId": cluster.inputs["projectId"], "enabled": True})


# Roles and keys


def test_atlas_assumes_only_a_role_that_trusts_it_with_the_external_id(scene: Scene):
    inputs, _ = new_role(scene, new_project(scene))
    other, _ = new_role(scene, new_project(scene))

    with pytest.raises(grpc.RpcError, match=r"CANNOT_ASSUME_ROLE: Cannot assume role .* with the external id"):
        scene.make(AUTHORIZATION, "main", {**inputs, "aws": other["aws"]})


def test_a_key_needs_an_authorized_role(scene: Scene):
    project = new_project(scene)
    inputs = encryption(scene, project)
    _, role_id = new_role(scene, project)

    with pytest.raises(grpc.RpcError, match="is not set up and authorized in project"):
        scene.make(KEY, "key", {**inputs, "awsKmsConfig": {**inputs["awsKmsConfig"], "roleId": role_id}})


def test_a_key_must_be_usable(scene: Scene):
    inputs = encryption(scene, new_project(scene))
    scene.aws("kms").schedule_key_deletion(KeyId=inputs["awsKmsConfig"]["customerMasterKeyId"])

    with pytest.raises(grpc.RpcError, match="AWS_KMS_CUSTOMER_MASTER_KEY_PENDING_DELETION"):
        scene.make(KEY, "key", inputs)
    with pytest.raises(grpc.RpcError, match="NO_PERMISSION_TO_ENCRYPT_DECRYPT"):
        scene.make(KEY, "key", {**inputs, "awsKmsConfig": {**inputs["awsKmsConfig"], "region": DR}})


def test_a_role_stays_while_a_key_needs_it(scene: Scene):
    project = new_project(scene)
    scene.make(KEY, "key", encryption(scene, project))
    made = next(iter(_authorizations(scene, project)))

    with pytest.raises(grpc.RpcError, match="is used by encryption at rest"):
        scene.delete(made)


def _authorizations(scene: Scene, project: str) -> list[Any]:
    key = scene.import_(KEY, "key", project)
    assert key
    id_ = f"{project}-{key.inputs['awsKmsConfig']['roleId']}"
    return [one for one in [scene.import_(AUTHORIZATION, "main", id_)] if one]


def test_a_key_can_be_given_up_while_no_cluster_has_it(scene: Scene):
    made = scene.make(KEY, "key", encryption(scene, new_project(scene)))

    off = changed(scene, made, awsKmsConfig={**made.inputs["awsKmsConfig"], "enabled": False})

    assert off.outputs["awsKmsConfig"]["valid"] is False


def test_an_export_bucket_must_exist(scene: Scene):
    project = new_project(scene)
    bucket = {"projectId": project, "bucketName": new_name("none"), "cloudProvider": "AWS"}

    with pytest.raises(grpc.RpcError, match="EXPORT_BUCKET_NAME_INVALID"):
        scene.make(
            token("CloudBackupSnapshotExportBucket"), "bucket", {**bucket, "iamRoleId": authorized(scene, project)}
        )
