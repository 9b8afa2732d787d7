"""
What moto lacks and the local cloud needs, attached to moto itself, so that plain boto3 sees it too.

Importing moto takes most of a second: nothing here is imported before `complete` is called.
"""


def complete() -> None:
    """Mend moto; a second call does nothing."""
    from localcloud.moto import ec2, elasticache, logs, models, rds  # noqa: PLC0415  moto is heavy

    for service in (ec2, elasticache, logs, models, rds):
        service.mend()
