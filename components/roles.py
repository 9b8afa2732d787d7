"""IAM roles that AWS services take on."""

import json

import pulumi_aws as aws
from pulumi import ResourceOptions


def service_role(name: str, service: str, description: str, child: ResourceOptions) -> aws.iam.Role:
    """Make a role that *service* (such as `monitoring.rds.amazonaws.com`) may take on, and nobody else."""
    trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return aws.iam.Role(
        name,
        description=description,
        assume_role_policy=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
        opts=child,
    )
