"""
The same program without engine or network: the resources of any stack and phase as plain dicts.

Every resource is in the normal form that checks read: `{"type", "name", "inputs", "options"}`, inputs camelCase as the
provider gets them. An output of another resource is `ref:<type>::<name>::<attribute>`, alone or inside a longer string;
what only a deployment knows is `unknown:<what>`, what is secret and no reference `secret:<what>`.
"""

from collections.abc import Callable
from contextvars import Context
from typing import Any, Final, cast

from google.protobuf.json_format import MessageToDict
from pulumi import Resource as PulumiResource
from pulumi.runtime import MockCallArgs, MockResourceArgs, Mocks, set_mocks
from pulumi.runtime.resource import prepare_aliases

from stacks.deploy import deploy
from stacks.known import at_once, opened
from stacks.registering import Registration, Secret, registering
from stacks.settings import Settings
from stacks.stackfile import PROJECT

Resource = dict[str, Any]

REGION_ZONES: Final = 6
"""No region has more availability zones for an account to use; a size asks for fewer."""
ANSWERS: Final = {
    "aws:index/getCallerIdentity:getCallerIdentity": {"accountId": "unknown:accountId"},
    "aws:index/getPartition:getPartition": {"partition": "unknown:partition"},
    "aws:index/getAvailabilityZones:getAvailabilityZones": {
        "names": [f"unknown:availabilityZones[{number}]" for number in range(REGION_ZONES)]
    },
    "aws:ec2/getPrefixList:getPrefixList": {"id": "unknown:prefixList"},
}
"""What the data sources that the program uses answer."""
_TIMEOUTS: Final = ("create", "update", "delete", "read")


def render(settings: Settings) -> list[Resource]:
    """Give the custom resources of a stack, sorted by name and type: the order of registration means nothing."""
    return rendered(lambda: deploy(settings), settings.stack)


def rendered(program: Callable[[], Any], stack: str) -> list[Resource]:
    """Give the same of any program, as it runs in a stack of that name."""
    resources: list[Resource] = []
    # An empty context: the SDK keeps the stack's root, with the tags of a render before, in a context variable.
    Context().run(_run, program, stack, lambda one: resources.append(_resource(one)))
    return sorted(resources, key=lambda resource: (resource["name"], resource["type"]))


def _run(program: Callable[[], Any], stack: str, record: Callable[[Registration], None]) -> None:
    with registering(record, ANSWERS):
        set_mocks(_Nobody(), project=PROJECT, stack=stack, preview=False)
        opened(program())


class _Nobody(Mocks):
    """Is told the project and the stack; nothing is asked of it."""

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        """Refuse: a resource is registered when it is made."""
        raise RuntimeError(f"{args.typ} {args.name}: a render registers nothing with Pulumi")

    def call(self, args: MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        """Refuse: data sources are answered when they are asked, if they give outputs."""
        raise RuntimeError(f"{args.token}: a render answers data sources that give outputs")


def _resource(one: Registration) -> Resource:
    return {
        "type": one.resource.pulumi_resource_type,
        "name": one.resource.pulumi_resource_name,
        "inputs": {key: _plain(key, value) for key, value in sorted(one.inputs.items())},
        "options": _options(one),
    }


def _plain(path: str, value: Any) -> Any:
    """Open secrets: a reference may be seen, anything else stays behind `secret:`."""
    match value:
        case Secret(value=inner):
            shown = _plain(path, inner)
            return shown if "ref:" in str(shown) else f"secret:{path}"
        case dict():
            inside = cast("dict[str, Any]", value)
            # Mappings have no order of their own: without sorting, two renders would differ as texts.
            return {key: _plain(f"{path}.{key}", item) for key, item in sorted(inside.items()) if item is not None}
        case list():
            return [_plain(f"{path}[{number}]", item) for number, item in enumerate(cast("list[Any]", value))]
        case float() if value.is_integer():
            return int(value)
        case _:
            return value


def _options(one: Registration) -> dict[str, Any]:
    """Give the options that are set; `dependsOn` is what the program said beside the references."""
    said, parent = one.options, one.options.parent
    aliases = at_once(prepare_aliases(one.resource, said, supports_alias_specs=True)) if said.aliases else ()
    timeouts = {key: getattr(said.custom_timeouts, key) for key in _TIMEOUTS if said.custom_timeouts}
    options = {
        "protect": said.protect or None,
        "parent": _place(parent) if parent and parent.pulumi_resource_type != "pulumi:pulumi:Stack" else None,
        "dependsOn": sorted(map(_place, one.waits_for)),
        "ignoreChanges": [one.names.get(key, key) for key in said.ignore_changes or ()],
        "replaceOnChanges": [one.names.get(key, key) for key in said.replace_on_changes or ()],
        "aliases": [alias.urn or MessageToDict(alias.spec) for alias in aliases],
        "deleteBeforeReplace": said.delete_before_replace,
        "retainOnDelete": said.retain_on_delete or None,
        "deletedWith": _place(said.deleted_with) if said.deleted_with else None,
        "import": said.import_ or None,
        "customTimeouts": {key: value for key, value in timeouts.items() if value is not None},
    }
    return {key: value for key, value in options.items() if value not in (None, [], {})}


def _place(one: PulumiResource) -> str:
    return f"{one.pulumi_resource_type}::{one.pulumi_resource_name}"
