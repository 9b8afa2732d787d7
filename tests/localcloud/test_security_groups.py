"""Security groups in the local cloud are deleted whatever else happens meanwhile."""

from typing import Any

from moto.ec2.models import EC2Backend

from localcloud.moto import ec2


class Busy(dict[str, Any]):
    """The groups of a VPC; whoever looks into them meets another VPC that is made at the same moment."""

    def __init__(self, backend: Any, groups: dict[str, Any]) -> None:
        super().__init__(groups)
        self._backend = backend

    def _interrupt(self) -> None:
        self._backend.groups[f"vpc-{len(self._backend.groups)}"] = {}

    def __contains__(self, key: object) -> bool:
        self._interrupt()
        return super().__contains__(key)

    def pop(self, *arguments: Any) -> Any:
        self._interrupt()
        return super().pop(*arguments)


def test_a_group_is_deleted_while_a_vpc_is_made():
    ec2.mend()
    backend: Any = EC2Backend("us-east-1", "123456789012")
    group = backend.create_security_group("g", "a group", vpc_id="vpc-1")
    for vpc, groups in list(backend.groups.items()):
        backend.groups[vpc] = Busy(backend, groups)

    backend.delete_security_group(group_id=group.id)

    assert group.id not in backend.groups["vpc-1"]
