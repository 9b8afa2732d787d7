"""Lives of RDS proxies, their targets and endpoints."""

from localcloud.resources.rds_instance import INSTANCE
from localcloud.resources.rds_proxy import PROXY, PROXY_ENDPOINT
from localcloud.resources.rds_proxy_target import PROXY_TARGET, PROXY_TARGET_GROUP
from localcloud.wire import Props
from tests.localcloud.lives.life import Life
from tests.localcloud.lives.rds import MINIMAL, ROLE, new_subnet_group
from tests.localcloud.lives.rds_cluster import new_cluster
from tests.localcloud.lives.security_group import new_group
from tests.localcloud.lives.vpc import new_subnet, new_vpc
from tests.localcloud.scene import Made, Scene

CREDENTIAL_ARN = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:clubapp"
AUTHS = [{"authScheme": "SECRETS", "iamAuth": "DISABLED", "secretArn": CREDENTIAL_ARN}]


def two_subnets(scene: Scene, vpc: str) -> list[str]:
    return [new_subnet(scene, vpc, 11, "a"), new_subnet(scene, vpc, 12, "b")]


def new_proxy(scene: Scene, vpc: str = "", **more: object) -> Made:
    inputs: Props = {
        "auths": AUTHS,
        "engineFamily": "POSTGRESQL",
        "roleArn": ROLE,
        "vpcSubnetIds": two_subnets(scene, vpc or new_vpc(scene)),
    }
    return scene.make(PROXY.type, "orders", {**inputs, **more})


def _proxy_inputs(scene: Scene) -> Props:
    vpc = new_vpc(scene)
    return {
        "auths": AUTHS,
        "debugLogging": False,
        "defaultAuthScheme": "NONE",
        "endpointNetworkType": "IPV4",
        "engineFamily": "POSTGRESQL",
        "idleClientTimeout": 900,
        "requireTls": True,
        "roleArn": ROLE,
        "tags": {"owner": "clubapp"},
        "targetConnectionNetworkType": "IPV4",
        "vpcSecurityGroupIds": [new_group(scene, "proxy", vpc)],
        "vpcSubnetIds": two_subnets(scene, vpc),
    }


def _proxy_changes(scene: Scene) -> Props:
    return {
        "auths": [
            {**AUTHS[0], "iamAuth": "REQUIRED"},
            {**AUTHS[0], "secretArn": f"{CREDENTIAL_ARN}-2", "description": "old"},
        ],
        "debugLogging": True,
        "idleClientTimeout": 60,
        "requireTls": False,
        "roleArn": f"{ROLE}-2",
        "tags": {"owner": "data"},
        "vpcSecurityGroupIds": [new_group(scene, "other")],
    }


def _no_tls(scene: Scene, id_: str) -> None:
    scene.aws("rds").modify_db_proxy(DBProxyName=id_, RequireTLS=False, IdleClientTimeout=120)


def _endpoint_inputs(scene: Scene) -> Props:
    vpc = new_vpc(scene)
    proxy = new_proxy(scene, vpc).id
    return {
        "dbProxyEndpointName": f"{proxy}-reports",
        "dbProxyName": proxy,
        "tags": {"owner": "clubapp"},
        "targetRole": "READ_ONLY",
        "vpcSecurityGroupIds": [new_group(scene, "proxy", vpc)],
        "vpcSubnetIds": [new_subnet(scene, vpc, 21, "b"), new_subnet(scene, vpc, 22, "c")],
    }


def _other_groups(scene: Scene, id_: str) -> None:
    name = id_.partition("/")[2]
    groups = [new_group(scene, "behind")]
    scene.aws("rds").modify_db_proxy_endpoint(DBProxyEndpointName=name, VpcSecurityGroupIds=groups)


def _other_pool(scene: Scene, id_: str) -> None:
    scene.aws("rds").modify_db_proxy_target_group(
        DBProxyName=id_, TargetGroupName="default", ConnectionPoolConfig={"MaxConnectionsPercent": 60}
    )


def _target_inputs(scene: Scene) -> Props:
    vpc = new_vpc(scene)
    cluster = new_cluster(scene, dbSubnetGroupName=new_subnet_group(scene, vpc))
    return {"dbClusterIdentifier": cluster.id, "dbProxyName": new_proxy(scene, vpc).id, "targetGroupName": "default"}


def new_instance(scene: Scene, vpc: str) -> Made:
    return scene.make(INSTANCE.type, "orders", {**MINIMAL, "dbSubnetGroupName": new_subnet_group(scene, vpc)})


LIVES = (
    Life(
        kind=PROXY,
        inputs=_proxy_inputs,
        changed=_proxy_changes,
        replaced={
            "endpointNetworkType": "DUAL",
            "engineFamily": "MYSQL",
            "targetConnectionNetworkType": "IPV6",
            "vpcSubnetIds": ["subnet-1", "subnet-2"],
        },
        drift=_no_tls,
        drifted=frozenset({"idleClientTimeout", "requireTls"}),
    ),
    Life(
        kind=PROXY_ENDPOINT,
        inputs=_endpoint_inputs,
        changed=lambda scene: {"tags": {"owner": "data"}, "vpcSecurityGroupIds": [new_group(scene, "other")]},
        replaced={
            "dbProxyEndpointName": "other",
            "dbProxyName": "other",
            "targetRole": "READ_WRITE",
            "vpcSubnetIds": ["subnet-1", "subnet-2"],
        },
        drift=_other_groups,
        drifted=frozenset({"vpcSecurityGroupIds"}),
    ),
    Life(
        kind=PROXY_TARGET_GROUP,
        inputs=lambda scene: {
            "connectionPoolConfig": {
                "connectionBorrowTimeout": 30,
                "initQuery": "SET statement_timeout = '30s'",
                "maxConnectionsPercent": 90,
                "maxIdleConnectionsPercent": 10,
                "sessionPinningFilters": ["EXCLUDE_VARIABLE_SETS"],
            },
            "dbProxyName": new_proxy(scene).id,
        },
        changed={"connectionPoolConfig": {"connectionBorrowTimeout": 60, "maxConnectionsPercent": 80}},
        replaced={"dbProxyName": "other"},
        drift=_other_pool,
        drifted=frozenset({"connectionPoolConfig"}),
        remains=True,
    ),
    Life(
        kind=PROXY_TARGET,
        inputs=_target_inputs,
        changed=None,
        replaced={"dbClusterIdentifier": "other", "dbProxyName": "other", "targetGroupName": "other"},
    ),
)
