"""Lives of MongoDB Atlas' types."""

import json

from localcloud.resources.atlas_access import ACCESS_AUTHORIZATION, ACCESS_SETUP, ENCRYPTION_AT_REST
from localcloud.resources.atlas_alerts import ALERT_CONFIGURATION
from localcloud.resources.atlas_backup import BACKUP_COMPLIANCE_POLICY, CLOUD_BACKUP_SCHEDULE, EXPORT_BUCKET
from localcloud.resources.atlas_cluster import CLUSTER
from localcloud.resources.atlas_private import PRIVATE_LINK_ENDPOINT, PRIVATE_LINK_ENDPOINT_SERVICE
from localcloud.resources.atlas_project import ACCESS_LIST, AUDITING, MAINTENANCE_WINDOW, PROJECT_TYPE
from localcloud.resources.atlas_users import CUSTOM_DB_ROLE, DATABASE_USER
from localcloud.wire import Props
from tests.localcloud.lives.atlas_inputs import (
    DR,
    ORGANIZATION,
    authorized,
    by_hand,
    cluster,
    connection,
    encryption,
    link,
    new_cluster,
    new_name,
    new_project,
    new_role,
    nodes,
    region,
    scaling,
    specs,
)
from tests.localcloud.lives.life import Drift, Life
from tests.localcloud.scene import Scene

OTHER = "5f0e0f1f73cf09a29120e174"


def _by_hand(kind: str, **change: object) -> Drift:
    return lambda scene, id_: _done(by_hand(scene, "change", kind=kind, id=id_, change=change))


def _done(answer: Props) -> None:
    assert "error" not in answer, answer


def _cluster(scene: Scene) -> Props:
    return cluster(
        new_project(scene),
        replicationSpecs=specs(region(autoScaling=scaling(), readOnlySpecs=nodes(count=1))),
        pitEnabled=True,
        terminationProtectionEnabled=False,
        mongoDbMajorVersion="7",
        advancedConfiguration={"minimumEnabledTlsProtocol": "TLS1_2", "javascriptEnabled": False},
        useEffectiveFields=True,
        tags={"owner": "devora"},
    )


def _role(scene: Scene) -> Props:
    actions = [{"action": "FIND", "resources": [{"databaseName": "devora", "collectionName": "projects"}]}]
    return {"projectId": new_project(scene), "roleName": "reader", "actions": actions}


def _user(scene: Scene) -> Props:
    return {
        "projectId": new_project(scene),
        "username": "api-writer",
        "authDatabaseName": "admin",
        "password": "correct-horse-battery",
        "roles": [{"roleName": "readWrite", "databaseName": "devora"}],
        "scopes": [{"name": "devora", "type": "CLUSTER"}],
    }


def item(value: int, interval: int = 1) -> Props:
    return {"frequencyInterval": interval, "retentionUnit": "days", "retentionValue": value}


def _schedule(scene: Scene) -> Props:
    made = new_cluster(scene, pitEnabled=True)
    return {
        "projectId": made.inputs["projectId"],
        "clusterName": made.inputs["name"],
        "policyItemHourly": item(7, 6),
        "policyItemWeeklies": [item(31)],
        "restoreWindowDays": 7,
        "copySettings": [
            {
                "cloudProvider": "AWS",
                "frequencies": ["HOURLY"],
                "regionName": DR,
                "zoneId": made.outputs["replicationSpecs"][0]["zoneId"],
                "shouldCopyOplogs": True,
            }
        ],
    }


def _bucket(scene: Scene) -> Props:
    project_id, bucket = new_project(scene), new_name("snapshots")
    scene.aws("s3").create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": scene.region})
    return {
        "projectId": project_id,
        "bucketName": bucket,
        "cloudProvider": "AWS",
        "iamRoleId": authorized(scene, project_id),
    }


def _policy(scene: Scene) -> Props:
    return {
        "projectId": new_project(scene),
        "authorizedEmail": "dpo@example.com",
        "authorizedUserFirstName": "Ada",
        "authorizedUserLastName": "L",
        "policyItemDaily": item(7),
        "onDemandPolicyItem": item(3, 0),
        "pitEnabled": True,
        "restoreWindowDays": 7,
    }


def _alert(scene: Scene) -> Props:
    return {
        "projectId": new_project(scene),
        "eventType": "OUTSIDE_METRIC_THRESHOLD",
        "enabled": True,
        "notifications": [{"typeName": "EMAIL", "emailAddress": "a@example.com", "intervalMin": 5, "delayMin": 0}],
        "metricThresholdConfig": {
            "metricName": "CONNECTIONS_PERCENT",
            "mode": "AVERAGE",
            "operator": "GREATER_THAN",
            "threshold": 80,
            "units": "RAW",
        },
    }


def _other_role(scene: Scene) -> Props:
    """Another role of AWS for what was set up last."""
    found = scene.aws("iam").list_roles()["Roles"]
    last = max((one for one in found if one["RoleName"].startswith("atlas-")), key=lambda one: one["CreateDate"])
    return {"aws": {"iamAssumedRoleArn": _copied(scene, last)}}


def _copied(scene: Scene, role: Props) -> str:
    document = json.dumps(role["AssumeRolePolicyDocument"])
    made = scene.aws("iam").create_role(RoleName=new_name("other"), AssumeRolePolicyDocument=document)
    return made["Role"]["Arn"]


LIVES = (
    Life(
        kind=PROJECT_TYPE,
        inputs=lambda _: {"name": new_name("devora"), "orgId": ORGANIZATION, "tags": {"owner": "devora"}},
        changed={"isSchemaAdvisorEnabled": False, "tags": {"owner": "data"}},
        replaced={"orgId": OTHER, "regionUsageRestrictions": "GOV_REGIONS_ONLY"},
        drift=_by_hand("project", tags={}),
        drifted=frozenset({"tags"}),
    ),
    Life(
        kind=CLUSTER,
        inputs=_cluster,
        changed={
            "replicationSpecs": specs(region(autoScaling=scaling(), readOnlySpecs=nodes(count=2))),
            "mongoDbMajorVersion": "8.0",
            "advancedConfiguration": {"javascriptEnabled": True},
            "tags": {"owner": "data"},
        },
        replaced={"name": "other", "projectId": OTHER},
        drift=_by_hand("cluster", pitEnabled=False),
        drifted=frozenset({"pitEnabled"}),
    ),
    Life(
        kind=DATABASE_USER,
        inputs=_user,
        changed={"roles": [{"roleName": "read", "databaseName": "devora"}], "password": "another-horse-battery"},
        replaced={"projectId": OTHER, "username": "other", "authDatabaseName": "$external", "x509Type": "MANAGED"},
        drift=_by_hand("databaseUser", roles=[{"roleName": "atlasAdmin", "databaseName": "admin"}]),
        drifted=frozenset({"roles"}),
    ),
    Life(
        kind=CUSTOM_DB_ROLE,
        inputs=_role,
        changed={"inheritedRoles": [{"roleName": "read", "databaseName": "devora"}]},
        replaced={"projectId": OTHER, "roleName": "other"},
        drift=_by_hand("customDbRole", actions=[]),
        drifted=frozenset({"actions"}),
    ),
    Life(
        kind=ACCESS_LIST,
        inputs=lambda scene: {"projectId": new_project(scene), "cidrBlock": "10.0.0.0/16", "comment": "the office"},
        changed=None,
        replaced={"projectId": OTHER, "cidrBlock": "10.1.0.0/16", "comment": "the cellar"},
        drift=_by_hand("accessList", comment="somebody"),
        drifted=frozenset({"comment"}),
    ),
    Life(
        kind=AUDITING,
        inputs=lambda scene: {
            "projectId": new_project(scene),
            "enabled": True,
            "auditFilter": '{"atype":"authenticate"}',
        },
        changed={"auditFilter": '{"atype":"authCheck"}', "auditAuthorizationSuccess": True},
        replaced={"projectId": OTHER},
        drift=_by_hand("auditing", enabled=False),
        drifted=frozenset({"enabled"}),
    ),
    Life(
        kind=MAINTENANCE_WINDOW,
        inputs=lambda scene: {"projectId": new_project(scene), "dayOfWeek": 1, "hourOfDay": 3},
        changed={"dayOfWeek": 7, "protectedHours": {"startHourOfDay": 9, "endHourOfDay": 17}},
        replaced={"projectId": OTHER},
        drift=_by_hand("maintenanceWindow", hourOfDay=12),
        drifted=frozenset({"hourOfDay"}),
    ),
    Life(
        kind=PRIVATE_LINK_ENDPOINT,
        inputs=lambda scene: link(new_project(scene)),
        changed={"supportedRemoteRegions": [DR]},
        replaced={"projectId": OTHER, "region": "eu-west-1"},
    ),
    Life(
        kind=PRIVATE_LINK_ENDPOINT_SERVICE,
        inputs=lambda scene: connection(scene, new_project(scene)),
        changed=None,
        replaced={"projectId": OTHER, "privateLinkId": OTHER, "endpointServiceId": "vpce-0"},
    ),
    Life(
        kind=ACCESS_SETUP,
        inputs=lambda scene: {"projectId": new_project(scene), "providerName": "AWS"},
        changed=None,
        replaced={"projectId": OTHER},
    ),
    Life(
        kind=ACCESS_AUTHORIZATION,
        inputs=lambda scene: new_role(scene, new_project(scene))[0],
        changed=_other_role,
        replaced={"projectId": OTHER, "roleId": OTHER},
    ),
    Life(
        kind=ENCRYPTION_AT_REST,
        inputs=lambda scene: encryption(scene, new_project(scene)),
        changed={"enabledForSearchNodes": True},
        replaced={"projectId": OTHER},
        drift=_by_hand("encryptionAtRest", awsKmsConfig={"enabled": False, "valid": False}),
        drifted=frozenset({"awsKmsConfig"}),
    ),
    Life(
        kind=CLOUD_BACKUP_SCHEDULE,
        inputs=_schedule,
        changed={"policyItemHourly": item(14, 6), "policyItemWeeklies": [item(35)], "copySettings": []},
        replaced={"projectId": OTHER},
        drift=_by_hand("backupSchedule", restoreWindowDays=2),
        drifted=frozenset({"restoreWindowDays"}),
    ),
    Life(
        kind=EXPORT_BUCKET,
        inputs=_bucket,
        changed=None,
        replaced={"projectId": OTHER, "bucketName": "other", "iamRoleId": OTHER},
    ),
    Life(
        kind=BACKUP_COMPLIANCE_POLICY,
        inputs=_policy,
        changed={"policyItemDaily": item(14), "restoreWindowDays": 14, "copyProtectionEnabled": True},
        replaced={"projectId": OTHER},
        released=_by_hand("backupCompliancePolicy", state="DISABLING"),
    ),
    Life(
        kind=ALERT_CONFIGURATION,
        inputs=_alert,
        changed={"enabled": False},
        replaced={"projectId": OTHER},
        drift=_by_hand("alertConfiguration", enabled=False),
        drifted=frozenset({"enabled"}),
    ),
)
