# ruff: noqa: INP001  scripts are run by their path
"""Every kind of made-up resource: stores, and what guards them: a key, a security group, a vault."""

from collections.abc import Sequence
from typing import Final

from policy_kind import CFN_TAGS, KEY, TAGS, Check, Kind
from policy_stores import STORES

_GUARDS: Final[Sequence[Kind]] = (
    Kind(
        type="aws:kms/key:Key",
        plan_type="aws_kms_key",
        template_type="AWS::KMS::Key",
        ours={"deletionWindowInDays": 30, "description": "made", "enableKeyRotation": True, "tags": TAGS},
        plan={"deletion_window_in_days": 30, "description": "made", "enable_key_rotation": True, "tags": TAGS},
        template={"PendingWindowInDays": 30, "Description": "made", "EnableKeyRotation": True, "Tags": CFN_TAGS},
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
            "tags": TAGS,
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
            "tags": TAGS,
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
            "Tags": CFN_TAGS,
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
        ours={"kmsKeyArn": KEY, "name": "made", "tags": TAGS},
        plan={"kms_key_arn": KEY, "name": "made", "tags": TAGS},
        template={"EncryptionKeyArn": KEY, "BackupVaultName": "made", "BackupVaultTags": TAGS},
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
KINDS: Final[Sequence[Kind]] = (*STORES, *_GUARDS)
CHECKS: Final = tuple(check for kind in KINDS for check in kind.checks)
