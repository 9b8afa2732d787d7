"""Who may take a role: services of AWS ask before they keep its ARN."""

from moto.iam.models import iam_backends


def may_take(account: str, arn: str, service: str) -> bool:
    """Say whether the role exists, and its trust policy names *service*, such as `backup.amazonaws.com`."""
    roles = iam_backends[account]["aws"].roles.values()
    role = next((one for one in roles if one.arn == arn), None)
    return role is not None and service in (role.assume_role_policy_document or "")
