"""What a size would cost is what the stack costs that has it."""

from dataclasses import replace

import pytest

from advice.price import Prices
from costs.estimate import estimate
from costs.loads import declared
from costs.stack import Stack
from costs.usage import Usage
from sizes.atlas import AtlasSize
from sizes.aurora import AuroraSize, Instances
from sizes.postgres import PostgresSize
from sizes.redis import RedisSize
from stacks.application import Size
from stacks.phases import Phase
from stacks.render import render
from stacks.settings import Settings
from tests.costs.built import AWAY, HOME, TODAY, prices


def resized(now: Size) -> Size:
    """Change what a size can be recommended to change of."""
    match now:
        case PostgresSize():
            return replace(now, instance_class="db.r7g.xlarge", storage_gib=400, max_storage_gib=1_000, iops=20_000)
        case AuroraSize():
            return replace(now, capacity=Instances(instance_class="db.r7g.2xlarge"), readers=3, max_readers=6)
        case RedisSize():
            return replace(now, node_type="cache.r7g.xlarge")
        case AtlasSize():
            return replace(now, tier="M40", max_tier="M60")
        case _:
            raise AssertionError(f"change {now} here")


@pytest.mark.parametrize(
    ("stack", "phase", "name"),
    [
        ("clubapp-prod", Phase.SCALE, "main"),
        ("clubapp-prod", Phase.ENTERPRISE, "cache"),
        ("devmentor-prod", Phase.SCALE, "main"),
        ("workflows-prod", Phase.MVP, "traces"),
    ],
)
def test_a_size_costs_what_the_stack_costs_that_has_it(stack: str, phase: Phase, name: str):
    overrides = {"aws:region": HOME, "drRegion": AWAY}
    if name == "traces":
        overrides["choices.traces"] = "true"
        overrides["atlas"] = "{organizationId: 0123456789abcdef01234567}"
    settings = Settings.read(stack, phase=phase, overrides=overrides)
    store = next(one for one in settings.application.stores if one.name == name)
    now = settings.size(store)
    assert now is not None
    wanted = resized(now)
    names = tuple(one.name for one in settings.application.stores)
    usage = Usage(declared=declared(settings.application, phase))
    before, after = (
        Stack(resources=render(one), region=HOME, stores=names, usage=usage, on=TODAY)
        for one in (settings, replace(settings, sizes={name: wanted}))
    )

    found = Prices(before, prices())

    full = [
        sum(line.usd() for line in estimate(one, prices()).lines if line.charge.store == name)
        for one in (before, after)
    ]
    was, will = found.of(name, now, {}), found.of(name, wanted, {})
    assert was is not None
    assert will is not None
    assert will - was == full[1] - full[0] != 0
