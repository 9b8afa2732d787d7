"""Laws of growing: nothing gets weaker, nothing is renamed, everything that holds data is guarded."""

from itertools import pairwise
from typing import Any

import pytest

from sizes.atlas import AtlasSize, SharedAtlasSize
from sizes.postgres_move import PostgresMove
from stacks.application import Store
from stacks.hops import hops
from stacks.phases import NETWORK, STATEFUL, Environment, Phase, stateful, weaker
from stacks.render import Resource
from tests.stacks.rendered import CHOSEN, chosen, resources

STORES = {
    f"{name}-{environment}-{store.name}": store
    for name in CHOSEN
    for environment in (Environment.DEV, Environment.PROD)
    for store in chosen(name, environment).stores
}
DEPLOYMENTS = [
    pytest.param(name, environment, marks=pytest.mark.xdist_group(f"rendered-{name}"))
    for name in CHOSEN
    for environment in (Environment.DEV, Environment.PROD)
]
every_store = pytest.mark.parametrize("store", STORES.values(), ids=STORES)
every_deployment = pytest.mark.parametrize(("application", "environment"), DEPLOYMENTS)


def names(found: list[Resource]) -> set[tuple[str, str, str]]:
    return {(one["type"], one["name"], one["options"].get("parent", "")) for one in found}


@every_store
def test_a_store_that_is_there_stays_in_every_later_phase(store: Store):
    assert list(store.sizes) == list(Phase)[-len(store.sizes) :]


@every_store
@pytest.mark.parametrize(("before", "after"), list(pairwise(Phase)))
def test_no_phase_promises_less_than_the_one_before(store: Store, before: Phase, after: Phase):
    sizes: Any = store.sizes

    assert before not in sizes or weaker(sizes[after], than=sizes[before]) == []


@pytest.mark.parametrize(("before", "after"), list(pairwise(Phase)))
def test_no_phase_has_a_smaller_network(before: Phase, after: Phase):
    assert weaker(NETWORK[after], than=NETWORK[before]) == []


def retired(application: str, environment: Environment, before: Phase, after: Phase) -> tuple[str, ...]:
    """What the names of resources begin with that a move to Aurora, or to other servers of Atlas, leaves behind."""
    stores = chosen(application, environment).stores
    moving = {
        name for hop in hops(stores, before, after) for name, size in hop.items() if isinstance(size, PostgresMove)
    }
    parts = [f"{name}-{part}" for name in moving for part in ("primary", "replica-", "parameters")]
    for store in stores:
        match store.sizes.get(before), store.sizes.get(after):
            case SharedAtlasSize(), AtlasSize():
                parts.append(f"{store.name}-access-")  # others reach a cluster by PrivateLink
            case AtlasSize(tier="M10" | "M20"), AtlasSize():
                parts.append(f"{store.name}-steal-alert")  # only burstable servers have credits
            case _:
                pass
    return (*parts, "backups-tests-rds") if moving else tuple(parts)


@every_deployment
def test_growing_adds_resources_and_renames_none_but_what_a_hop_retires(application: str, environment: Environment):
    for before, after in pairwise(Phase):
        gone = names(resources(application, environment, before)) - names(resources(application, environment, after))

        assert [one for one in gone if not one[1].startswith(retired(application, environment, before, after))] == []


@every_deployment
def test_no_logical_name_says_phase_or_environment(application: str, environment: Environment):
    words = {*Phase, *Environment}

    found = resources(application, environment, Phase.ENTERPRISE)

    assert [one["name"] for one in found if words & set(one["name"].split("-"))] == []


@pytest.mark.parametrize("application", CHOSEN)
@pytest.mark.parametrize("phase", Phase)
def test_prod_protects_what_holds_data_and_nothing_else(application: str, phase: Phase):
    found = resources(application, Environment.PROD, phase)

    assert {(one["name"], one["type"]) for one in found if one["options"].get("protect")} == {
        (one["name"], one["type"]) for one in found if stateful(one["type"], one["inputs"])
    }


@pytest.mark.parametrize("application", CHOSEN)
def test_dev_can_be_destroyed(application: str):
    found = resources(application, Environment.DEV, Phase.ENTERPRISE)

    assert [one["name"] for one in found if one["options"].get("protect")] == []
    assert [one["name"] for one in found if one["inputs"].get("deletionProtection")] == []


def test_a_read_replica_holds_nothing_of_its_own():
    instance = "aws:rds/instance:Instance"

    assert instance in STATEFUL
    assert (stateful(instance, {}), stateful(instance, {"replicateSourceDb": "orders"})) == (True, False)
