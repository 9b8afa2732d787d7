"""Policies of tables and streams, as resources of their own."""

from collections.abc import Iterator
from typing import Any, Final

from botocore.exceptions import ClientError

from localcloud.cloud import Cloud
from localcloud.documents import parse, same_document
from localcloud.resource import ResourceType
from localcloud.wire import Props

_MAX_BYTES: Final = 20_480
_GONE: Final = ("PolicyNotFoundException", "ResourceNotFoundException")


def _put(cloud: Cloud, arn: str, inputs: Props) -> None:
    steering: dict[str, Any] = (
        {"ConfirmRemoveSelfResourceAccess": True} if inputs.get("confirmRemoveSelfResourceAccess") else {}
    )
    cloud.aws("dynamodb").put_resource_policy(ResourceArn=arn, Policy=inputs["policy"], **steering)


def _create(cloud: Cloud, inputs: Props) -> str:
    _put(cloud, inputs["resourceArn"], inputs)
    return inputs["resourceArn"]


def _read(cloud: Cloud, id_: str) -> Props | None:
    try:
        found = cloud.aws("dynamodb").get_resource_policy(ResourceArn=id_)
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in _GONE:
            return None
        raise
    return {"resourceArn": id_, "policy": found["Policy"], "revisionId": found["RevisionId"]}


def _delete(cloud: Cloud, id_: str, _: Props) -> None:
    try:
        cloud.aws("dynamodb").delete_resource_policy(ResourceArn=id_)
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") not in _GONE:
            raise


def _rules(inputs: Props) -> Iterator[str]:
    if parse(inputs["policy"]) is None:
        yield "policy contains an invalid JSON policy: it must be a JSON object"
    if len(inputs["policy"].encode()) > _MAX_BYTES:
        yield f"One or more parameter values were invalid: Maximum policy size of {_MAX_BYTES} bytes exceeded"


RESOURCE_POLICY: Final = ResourceType(
    type="aws:dynamodb/resourcePolicy:ResourcePolicy",
    create=_create,
    read=_read,
    update=lambda cloud, id_, _, news: _put(cloud, id_, news),
    delete=_delete,
    applied=frozenset({"resourceArn", "policy"}),
    steering=frozenset({"confirmRemoveSelfResourceAccess"}),
    required=frozenset({"resourceArn", "policy"}),
    outputs=frozenset({"revisionId"}),
    replace=frozenset({"resourceArn"}),
    rules=(_rules,),
    same={"policy": same_document},
    not_imitated="policies are not enforced",
)
