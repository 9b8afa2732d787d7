"""What MongoDB Atlas may do in the stack's AWS account: use the key, and write snapshots to a bucket."""

from collections.abc import Sequence
from typing import Any

import pulumi_aws as aws
import pulumi_mongodbatlas as atlas
from pulumi import Output, ResourceOptions

from components.atlas_shared import Shared


def encryption(shared: Shared) -> atlas.EncryptionAtRest:
    """
    Have the project's clusters encrypted with the stack's key.

    Without the key the cluster stops, in the DR region too: Atlas knows one key a project.
    """
    statement = {
        "Effect": "Allow",
        "Action": ["kms:Encrypt", "kms:Decrypt", "kms:DescribeKey"],
        "Resource": shared.args.key_arn,
    }
    return atlas.EncryptionAtRest(
        f"{shared.name}-encryption",
        project_id=shared.project_id,
        aws_kms_config={
            "enabled": True,
            "customer_master_key_id": shared.args.key_arn,
            "region": shared.home,
            "role_id": access(shared, "encryption", "Lets MongoDB Atlas use the key of its data", [statement]),
        },
        opts=shared.stateful,
    )


def access(shared: Shared, purpose: str, why: str, statements: Sequence[dict[str, Any]]) -> Output[str]:
    """Make a role that Atlas may take on, for one project and purpose; give Atlas' id of it once it may."""
    name, child = f"{shared.name}-{purpose}", shared.child
    setup = atlas.CloudProviderAccessSetup(
        f"{name}-access", project_id=shared.project_id, provider_name="AWS", opts=child
    )
    role = aws.iam.Role(
        f"{name}-role", description=why, assume_role_policy=Output.json_dumps(_trust(setup)), opts=child
    )
    allowed = aws.iam.RolePolicy(
        f"{name}-role-policy",
        role=role.name,
        policy=Output.json_dumps({"Version": "2012-10-17", "Statement": list(statements)}),
        opts=child,
    )
    authorization = atlas.CloudProviderAccessAuthorization(
        f"{name}-authorization",
        project_id=shared.project_id,
        role_id=setup.role_id,
        aws={"iam_assumed_role_arn": role.arn},
        opts=ResourceOptions.merge(child, ResourceOptions(depends_on=[allowed])),
    )
    return authorization.role_id


def _trust(setup: atlas.CloudProviderAccessSetup) -> dict[str, Any]:
    """Trust Atlas' account, for this project only: nobody else is told the external id."""
    allow = {"Effect": "Allow", "Action": "sts:AssumeRole"}
    principal = setup.aws_configs.apply(lambda configs: configs[0].atlas_aws_account_arn)
    external_id = setup.aws_configs.apply(lambda configs: configs[0].atlas_assumed_role_external_id)
    ours = {"StringEquals": {"sts:ExternalId": external_id}}
    return {"Version": "2012-10-17", "Statement": [{**allow, "Principal": {"AWS": principal}, "Condition": ours}]}
