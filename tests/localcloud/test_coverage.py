"""The local cloud imitates whatever any application needs, in every phase."""

from localcloud.resources import TYPES
from stacks.phases import Environment, Phase
from tests.stacks.rendered import every_stack, resources


@every_stack
def test_every_type_and_input_of_every_stack_is_imitated(application: str, environment: Environment, phase: Phase):
    lacking = {
        (one["type"], key)
        for one in resources(application, environment, phase)
        for key in (one["inputs"].keys() - TYPES[one["type"]].known if one["type"] in TYPES else {"the type itself"})
    }

    assert lacking == set()


@every_stack
def test_every_stack_says_what_every_type_needs(application: str, environment: Environment, phase: Phase):
    lacking = {
        (one["name"], key)
        for one in resources(application, environment, phase)
        if one["type"] in TYPES
        for key in TYPES[one["type"]].required - one["inputs"].keys()
    }

    assert lacking == set()
