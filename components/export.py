"""Lets a database write to a bucket: old partitions leave it there before they are dropped."""

from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_aws as aws
from pulumi import Input, Output, ResourceOptions

from components.access import tcp
from components.network import HTTPS
from components.roles import service_role

FEATURE: Final = "s3Export"
"""What `aws_s3.query_export_to_s3` asks RDS for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ExportArgs:
    """What the caller decides about an export."""

    bucket_arn: Input[str]
    key_arn: Input[str]
    """The bucket's key."""
    instance: Input[str] | None
    """Identifier of the instance that writes."""
    cluster: Input[str] | None
    """Identifier of the cluster that writes; both are given while a database moves from the one to the other."""
    security_group_id: Input[str]
    """The database's, which lets nothing out by itself."""
    s3_prefix_list_id: Input[str]
    """The addresses of S3 in the region."""


class Export(pulumi.ComponentResource):
    """A role of a database that may add objects to one bucket, and read none."""

    def __init__(self, name: str, args: ExportArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("datastores:components:Export", name, {}, opts)
        child = ResourceOptions(parent=self)
        role = service_role(f"{name}-role", "rds.amazonaws.com", "Lets a database export to its archive", child)
        allowed = aws.iam.RolePolicy(
            f"{name}-role-policy", role=role.name, policy=Output.json_dumps(_policy(args)), opts=child
        )
        aws.vpc.SecurityGroupEgressRule(
            f"{name}-to-s3",
            security_group_id=args.security_group_id,
            prefix_list_id=args.s3_prefix_list_id,
            **tcp(HTTPS, "The database exports to its archive"),
            opts=child,
        )
        arn = Output.all(role.arn, allowed.id).apply(lambda both: both[0])
        if args.instance is not None:
            aws.rds.RoleAssociation(
                f"{name}-instance-role",
                db_instance_identifier=args.instance,
                feature_name=FEATURE,
                role_arn=arn,
                opts=child,
            )
        if args.cluster is not None:
            aws.rds.ClusterRoleAssociation(
                f"{name}-cluster-role",
                db_cluster_identifier=args.cluster,
                feature_name=FEATURE,
                role_arn=arn,
                opts=child,
            )
        self.register_outputs({})


def _policy(args: ExportArgs) -> dict[str, object]:
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": ["s3:PutObject", "s3:AbortMultipartUpload"],
                "Resource": Output.format("{0}/*", args.bucket_arn),
            },
            {"Effect": "Allow", "Action": ["kms:GenerateDataKey", "kms:Decrypt"], "Resource": args.key_arn},
        ],
    }
