"""What the program expects: the resources of each store that can be taken over, with the URNs that they must get."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from stacks.render import Resource
from stacks.stackfile import PROJECT

TABLE: Final = "aws:dynamodb/table:Table"
INDEX: Final = "aws:dynamodb/globalSecondaryIndex:GlobalSecondaryIndex"
TABLE_POLICY: Final = "aws:dynamodb/resourcePolicy:ResourcePolicy"
INSTANCE: Final = "aws:rds/instance:Instance"
GROUP: Final = "aws:elasticache/replicationGroup:ReplicationGroup"
ATLAS_PROJECT: Final = "mongodbatlas:index/project:Project"
ATLAS_CLUSTER: Final = "mongodbatlas:index/advancedCluster:AdvancedCluster"
STORES: Final = (TABLE, INSTANCE, GROUP, ATLAS_CLUSTER)
"""Types that hold the data of a store, and that can be taken over."""
_PARTS: Final = frozenset({INDEX, TABLE_POLICY, ATLAS_PROJECT})


@dataclass(frozen=True, kw_only=True, slots=True)
class Expected:
    """A resource that the program will register."""

    type: str
    name: str
    urn: str
    parent: str
    """Type of the component that it is in; the component has the store's name, and is the stack's own child."""
    inputs: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class ExpectedStore:
    """A store of the program that can be taken over."""

    name: str
    main: Expected
    """What holds the data."""
    parts: Sequence[Expected]
    """What else of it may exist already."""
    protect: bool
    """Pulumi's own protection, as the program sets it."""

    @property
    def named(self) -> str | None:
        """The physical name, where the program fixes it: nobody has to give it."""
        return str(self.main.inputs["name"]) if self.main.type == TABLE else None


def expected_stores(stack: str, resources: Sequence[Resource]) -> dict[str, ExpectedStore]:
    """Find, in a rendered stack, the stores that can be taken over, by name."""
    found: dict[str, ExpectedStore] = {}
    for resource in resources:
        component, _, store = resource["options"].get("parent", "").rpartition("::")
        if resource["type"] not in STORES or resource["inputs"].get("replicateSourceDb") or not component:
            continue
        siblings = [one for one in resources if one["options"].get("parent") == f"{component}::{store}"]
        found[store] = ExpectedStore(
            name=store,
            main=_expected(stack, component, resource),
            parts=[_expected(stack, component, one) for one in siblings if one["type"] in _PARTS],
            protect=bool(resource["options"].get("protect")),
        )
    return found


def component_urn(stack: str, component: str, store: str) -> str:
    """Give the URN of the component that a store is."""
    return f"urn:pulumi:{stack}::{PROJECT}::{component}::{store}"


def _expected(stack: str, component: str, resource: Resource) -> Expected:
    return Expected(
        type=resource["type"],
        name=resource["name"],
        urn=f"urn:pulumi:{stack}::{PROJECT}::{component}${resource['type']}::{resource['name']}",
        parent=component,
        inputs=resource["inputs"],
    )
