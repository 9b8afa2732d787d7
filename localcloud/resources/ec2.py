"""What the types of EC2 share: finding one by its id, and tags."""

from collections.abc import Mapping
from typing import Any

from localcloud.cloud import Cloud
from localcloud.tags import tag_change, to_aws
from localcloud.wire import Props


def find(cloud: Cloud, operation: str, filter_: str, id_: str) -> dict[str, Any] | None:
    """
    Give what a describe *operation* says of *id_*, or None for what is gone.

    A filter finds nothing where an id that does not exist is an error.
    """
    answer = getattr(cloud.aws("ec2"), operation)(Filters=[{"Name": filter_, "Values": [id_]}])
    found = next(value for key, value in answer.items() if key != "ResponseMetadata" and isinstance(value, list))
    return found[0] if found else None


def tag_specification(what: str, tags: Mapping[str, str] | None) -> Props:
    """Give the argument with which something is created with its tags; AWS refuses an empty one."""
    return {"TagSpecifications": [{"ResourceType": what, "Tags": to_aws(tags)}]} if tags else {}


def retag(cloud: Cloud, id_: str, olds: Props, news: Props) -> None:
    """Bring tags from old to new inputs."""
    change = tag_change(olds, news)
    if change.gone:
        cloud.aws("ec2").delete_tags(Resources=[id_], Tags=[{"Key": key} for key in change.gone])
    if change.put:
        cloud.aws("ec2").create_tags(Resources=[id_], Tags=to_aws(change.put))


def present(**arguments: Any) -> Props:
    """Leave out the arguments that the program did not give."""
    return {key: value for key, value in arguments.items() if value is not None}
