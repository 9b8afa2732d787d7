# ruff: noqa: INP001  scripts are run by their path
"""The kinds of made-up resources: a good one of each in three forms, and the checks that can be broken on it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

Properties = Mapping[str, Any]

_TAGS: Final = {
    "application": "made",
    "environment": "prod",
    "phase": "scale",
    "owner": "made-team",
    "costCentre": "made",
    "dataClass": "none",
}
_KEY: Final = "arn:aws:kms:eu-central-1:111111111111:key/11111111-1111-1111-1111-111111111111"


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """One requirement under the name that each tool has for it, and what to write over a good resource to break it."""

    slug: str
    checkov: str
    ours: Properties
    plan: Properties
    template: Properties
    guard: str
    """The condition of a cfn-guard rule."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """A type of resource: a good one in each form, and the checks on it."""

    type: str
    plan_type: str
    template_type: str
    ours: Properties
    plan: Properties
    template: Properties
    checks: Sequence[Check]


_CFN_TAGS: Final = [{"Key": key, "Value": value} for key, value in _TAGS.items()]

KINDS: Final[Sequence[Kind]] = (
    Kind(
        type="aws:rds/instance:Instance",
        plan_type="aws_db_instance",
        template_type="AWS::RDS::DBInstance",
        ours={
            "allocatedStorage": 100,
            "applyImmediately": True,
            "autoMinorVersionUpgrade": True,
            "backupRetentionPeriod": 35,
            "copyTagsToSnapshot": True,
            "dbSubnetGroupName": "private",
            "deleteAutomatedBackups": False,
            "deletionProtection": True,
            "enabledCloudwatchLogsExports": ["postgresql", "upgrade"],
            "engine": "postgres",
            "engineLifecycleSupport": "open-source-rds-extended-support-disabled",
            "engineVersion": "17",
            "finalSnapshotIdentifier": "made",
            "iamDatabaseAuthenticationEnabled": True,
            "instanceClass": "db.m7g.large",
            "kmsKeyId": _KEY,
            "manageMasterUserPassword": True,
            "maxAllocatedStorage": 1000,
            "monitoringInterval": 60,
            "monitoringRoleArn": "arn:aws:iam::111111111111:role/monitoring",
            "multiAz": True,
            "performanceInsightsEnabled": True,
            "performanceInsightsKmsKeyId": _KEY,
            "publiclyAccessible": False,
            "storageEncrypted": True,
            "tags": _TAGS,
        },
        plan={
            "allocated_storage": 100,
            "auto_minor_version_upgrade": True,
            "backup_retention_period": 35,
            "copy_tags_to_snapshot": True,
            "db_subnet_group_name": "private",
            "deletion_protection": True,
            "enabled_cloudwatch_logs_exports": ["postgresql", "upgrade"],
            "engine": "postgres",
            "engine_version": "17",
            "iam_database_authentication_enabled": True,
            "instance_class": "db.m7g.large",
            "kms_key_id": _KEY,
            "max_allocated_storage": 1000,
            "multi_az": True,
            "performance_insights_enabled": True,
            "publicly_accessible": False,
            "storage_encrypted": True,
            "tags": _TAGS,
        },
        template={
            "AllocatedStorage": "100",
            "AutoMinorVersionUpgrade": True,
            "BackupRetentionPeriod": 35,
            "CopyTagsToSnapshot": True,
            "DBSubnetGroupName": "private",
            "DeletionProtection": True,
            "EnableCloudwatchLogsExports": ["postgresql", "upgrade"],
            "Engine": "postgres",
            "EngineVersion": "17",
            "EnableIAMDatabaseAuthentication": True,
            "DBInstanceClass": "db.m7g.large",
            "KmsKeyId": _KEY,
            "MaxAllocatedStorage": 1000,
            "MultiAZ": True,
            "EnablePerformanceInsights": True,
            "PubliclyAccessible": False,
            "StorageEncrypted": True,
            "Tags": _CFN_TAGS,
        },
        checks=(
            Check(
                slug="rds-storage-encrypted",
                checkov="CKV_AWS_16",
                ours={"storageEncrypted": False},
                plan={"storage_encrypted": False},
                template={"StorageEncrypted": False},
                guard="Properties.StorageEncrypted == true",
            ),
            Check(
                slug="rds-not-public",
                checkov="CKV_AWS_17",
                ours={"publiclyAccessible": True},
                plan={"publicly_accessible": True},
                template={"PubliclyAccessible": True},
                guard="Properties.PubliclyAccessible == false",
            ),
            Check(
                slug="rds-multi-az",
                checkov="CKV_AWS_157",
                ours={"multiAz": False},
                plan={"multi_az": False},
                template={"MultiAZ": False},
                guard="Properties.MultiAZ == true",
            ),
        ),
    ),
    Kind(
        type="aws:dynamodb/table:Table",
        plan_type="aws_dynamodb_table",
        template_type="AWS::DynamoDB::Table",
        ours={
            "attributes": [{"name": "pk", "type": "S"}],
            "billingMode": "PAY_PER_REQUEST",
            "deletionProtectionEnabled": True,
            "hashKey": "pk",
            "pointInTimeRecovery": {"enabled": True},
            "serverSideEncryption": {"enabled": True, "kmsKeyArn": _KEY},
            "tags": _TAGS,
        },
        plan={
            "attribute": [{"name": "pk", "type": "S"}],
            "billing_mode": "PAY_PER_REQUEST",
            "deletion_protection_enabled": True,
            "hash_key": "pk",
            "point_in_time_recovery": [{"enabled": True}],
            "server_side_encryption": [{"enabled": True, "kms_key_arn": _KEY}],
            "tags": _TAGS,
        },
        template={
            "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
            "BillingMode": "PAY_PER_REQUEST",
            "DeletionProtectionEnabled": True,
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
            "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
            "SSESpecification": {"SSEEnabled": True, "SSEType": "KMS", "KMSMasterKeyId": _KEY},
            "Tags": _CFN_TAGS,
        },
        checks=(
            Check(
                slug="dynamodb-pitr",
                checkov="CKV_AWS_28",
                ours={"pointInTimeRecovery": {"enabled": False}},
                plan={"point_in_time_recovery": [{"enabled": False}]},
                template={"PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": False}},
                guard="Properties.PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled == true",
            ),
            Check(
                slug="dynamodb-cmk",
                checkov="CKV_AWS_119",
                ours={"serverSideEncryption": {"enabled": True}},
                plan={"server_side_encryption": [{"enabled": True}]},
                template={"SSESpecification": {"SSEEnabled": True}},
                guard="Properties.SSESpecification.KMSMasterKeyId exists",
            ),
        ),
    ),
    Kind(
        type="aws:elasticache/replicationGroup:ReplicationGroup",
        plan_type="aws_elasticache_replication_group",
        template_type="AWS::ElastiCache::ReplicationGroup",
        ours={
            "atRestEncryptionEnabled": True,
            "automaticFailoverEnabled": True,
            "description": "made",
            "engine": "valkey",
            "kmsKeyId": _KEY,
            "multiAzEnabled": True,
            "nodeType": "cache.m7g.large",
            "port": 6379,
            "replicasPerNodeGroup": 2,
            "snapshotRetentionLimit": 15,
            "subnetGroupName": "private",
            "tags": _TAGS,
            "transitEncryptionEnabled": True,
            "transitEncryptionMode": "required",
            "userGroupIds": ["made"],
        },
        plan={
            "at_rest_encryption_enabled": True,
            "automatic_failover_enabled": True,
            "description": "made",
            "engine": "valkey",
            "kms_key_id": _KEY,
            "multi_az_enabled": True,
            "node_type": "cache.m7g.large",
            "port": 6379,
            "replicas_per_node_group": 2,
            "snapshot_retention_limit": 15,
            "subnet_group_name": "private",
            "tags": _TAGS,
            "transit_encryption_enabled": True,
            "transit_encryption_mode": "required",
            "user_group_ids": ["made"],
        },
        template={
            "AtRestEncryptionEnabled": True,
            "AutomaticFailoverEnabled": True,
            "ReplicationGroupDescription": "made",
            "Engine": "valkey",
            "KmsKeyId": _KEY,
            "MultiAZEnabled": True,
            "CacheNodeType": "cache.m7g.large",
            "Port": 6379,
            "ReplicasPerNodeGroup": 2,
            "SnapshotRetentionLimit": 15,
            "CacheSubnetGroupName": "private",
            "Tags": _CFN_TAGS,
            "TransitEncryptionEnabled": True,
            "TransitEncryptionMode": "required",
            "UserGroupIds": ["made"],
        },
        checks=(
            Check(
                slug="elasticache-at-rest-encryption",
                checkov="CKV_AWS_29",
                ours={"atRestEncryptionEnabled": False},
                plan={"at_rest_encryption_enabled": False},
                template={"AtRestEncryptionEnabled": False},
                guard="Properties.AtRestEncryptionEnabled == true",
            ),
            Check(
                slug="elasticache-transit-encryption",
                checkov="CKV_AWS_30",
                ours={"transitEncryptionEnabled": False},
                plan={"transit_encryption_enabled": False},
                template={"TransitEncryptionEnabled": False},
                guard="Properties.TransitEncryptionEnabled == true",
            ),
        ),
    ),
    Kind(
        type="aws:kms/key:Key",
        plan_type="aws_kms_key",
        template_type="AWS::KMS::Key",
        ours={"deletionWindowInDays": 30, "description": "made", "enableKeyRotation": True, "tags": _TAGS},
        plan={"deletion_window_in_days": 30, "description": "made", "enable_key_rotation": True, "tags": _TAGS},
        template={"PendingWindowInDays": 30, "Description": "made", "EnableKeyRotation": True, "Tags": _CFN_TAGS},
        checks=(
            Check(
                slug="kms-rotation",
                checkov="CKV_AWS_7",
                ours={"enableKeyRotation": False},
                plan={"enable_key_rotation": False},
                template={"EnableKeyRotation": False},
                guard="Properties.EnableKeyRotation == true",
            ),
        ),
    ),
    Kind(
        type="aws:ec2/securityGroup:SecurityGroup",
        plan_type="aws_security_group",
        template_type="AWS::EC2::SecurityGroup",
        ours={
            "description": "made",
            "ingress": [
                {
                    "cidrBlocks": ["10.0.0.0/16"],
                    "description": "Clients",
                    "fromPort": 5432,
                    "protocol": "tcp",
                    "toPort": 5432,
                }
            ],
            "tags": _TAGS,
            "vpcId": "vpc-1",
        },
        plan={
            "description": "made",
            "ingress": [
                {
                    "cidr_blocks": ["10.0.0.0/16"],
                    "description": "Clients",
                    "from_port": 5432,
                    "ipv6_cidr_blocks": [],
                    "prefix_list_ids": [],
                    "protocol": "tcp",
                    "security_groups": [],
                    "self": False,
                    "to_port": 5432,
                }
            ],
            "tags": _TAGS,
            "vpc_id": "vpc-1",
        },
        template={
            "GroupDescription": "made",
            "SecurityGroupIngress": [
                {
                    "CidrIp": "10.0.0.0/16",
                    "Description": "Clients",
                    "FromPort": 5432,
                    "IpProtocol": "tcp",
                    "ToPort": 5432,
                }
            ],
            "Tags": _CFN_TAGS,
            "VpcId": "vpc-1",
        },
        checks=(
            Check(
                slug="sg-no-public-ssh",
                checkov="CKV_AWS_24",
                ours={
                    "ingress": [
                        {
                            "cidrBlocks": ["0.0.0.0/0"],
                            "description": "All",
                            "fromPort": 22,
                            "protocol": "tcp",
                            "toPort": 22,
                        }
                    ]
                },
                plan={
                    "ingress": [
                        {
                            "cidr_blocks": ["0.0.0.0/0"],
                            "description": "All",
                            "from_port": 22,
                            "ipv6_cidr_blocks": [],
                            "prefix_list_ids": [],
                            "protocol": "tcp",
                            "security_groups": [],
                            "self": False,
                            "to_port": 22,
                        }
                    ]
                },
                template={
                    "SecurityGroupIngress": [
                        {
                            "CidrIp": "0.0.0.0/0",
                            "Description": "All",
                            "FromPort": 22,
                            "IpProtocol": "tcp",
                            "ToPort": 22,
                        }
                    ]
                },
                guard="Properties.SecurityGroupIngress[ CidrIp == '0.0.0.0/0' FromPort <= 22 ToPort >= 22 ] empty",
            ),
        ),
    ),
    Kind(
        type="aws:backup/vault:Vault",
        plan_type="aws_backup_vault",
        template_type="AWS::Backup::BackupVault",
        ours={"kmsKeyArn": _KEY, "name": "made", "tags": _TAGS},
        plan={"kms_key_arn": _KEY, "name": "made", "tags": _TAGS},
        template={"EncryptionKeyArn": _KEY, "BackupVaultName": "made", "BackupVaultTags": _TAGS},
        checks=(
            Check(
                slug="backup-vault-cmk",
                checkov="CKV_AWS_166",
                ours={"kmsKeyArn": None},
                plan={"kms_key_arn": None},
                template={"EncryptionKeyArn": None},
                guard="Properties.EncryptionKeyArn exists",
            ),
        ),
    ),
)
CHECKS: Final = tuple(check for kind in KINDS for check in kind.checks)
