"""The applications as the engine tests deploy them: in dev and prod, with what their owners may choose."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sizes.atlas import SharedAtlasSize
from stacks.application import AtlasStore, Store, TableStore
from stacks.applications import APPLICATIONS
from stacks.phases import Environment

Item = Mapping[str, Mapping[str, str]]
ORGANIZATION = "0123456789abcdef01234567"


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """What is deployed: a stack, and what its owner chose."""

    stack: str
    choices: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def __str__(self) -> str:
        return "-".join((self.stack, *(f"{choice}={value}".lower() for choice, value in self.choices.items())))

    @property
    def environment(self) -> str:
        return self.stack.partition("-")[2]

    @property
    def stores(self) -> Sequence[Store]:
        """The stores that are chosen, with the rows of the environment."""
        application = APPLICATIONS[self.stack.partition("-")[0]]
        values = {
            choice.name: str(self.choices.get(choice.name, choice.default)).lower() for choice in application.choices
        }
        return application.chosen(values).within(Environment(self.environment)).stores

    @property
    def settings(self) -> dict[str, Any]:
        """What the stack file says in every phase."""
        choices = {"datastores:choices": dict(self.choices)} if self.choices else {}
        shared = any(isinstance(size, SharedAtlasSize) for store in self.stores for size in store.sizes.values())
        cidrs = {"allowedCidrs": ["203.0.113.0/24"]} if shared else {}
        on_atlas = any(isinstance(store, AtlasStore) for store in self.stores)
        atlas = {"datastores:atlas": {"organizationId": ORGANIZATION, **cidrs}} if on_atlas else {}
        return {**choices, **atlas}

    @property
    def items(self) -> dict[str, Item]:
        """An item for each table, by the table's physical name."""
        return {
            f"{self.stack}-{store.name}": {
                key.name: {key.type: "1"} for key in (store.schema.partition_key, store.schema.sort_key) if key
            }
            for store in self.stores
            if isinstance(store, TableStore)
        }


WITHOUT_REDIS = {"redis": False}
WITH_TRACES = {"traces": True}
WRITTEN_ANYWHERE = {"writes": "multi-region", "memory": False}
COVERING = (
    Deployment(stack="clubapp-prod"),
    Deployment(stack="devmentor-prod"),
    Deployment(stack="workflows-dev"),
    Deployment(stack="devora-prod"),
)
"""A set that has every kind of store and every hop, in dev and in prod; `make matrix` has the others too."""
OTHERS = (
    Deployment(stack="clubapp-dev"),
    Deployment(stack="devmentor-dev"),
    Deployment(stack="workflows-prod"),
    *(
        Deployment(stack=stack, choices=choices)
        for choices in (WITHOUT_REDIS, WITH_TRACES)
        for stack in ("workflows-dev", "workflows-prod")
    ),
    Deployment(stack="devora-dev"),
    *(Deployment(stack=stack, choices=WRITTEN_ANYWHERE) for stack in ("devora-dev", "devora-prod")),
    *(
        Deployment(stack=stack, choices={"databases": databases})
        for databases in ("postgres", "mongodb", "both")
        for stack in ("heka-dev", "heka-prod")
    ),
)
