"""
The keys of a stack file: one typed field each, with its description, example and check.

The fields' aliases are the full config keys. A check that needs another key reads it from `info.data`, where it is
absent if it is a mistake itself: a field stands below the fields that it looks at. A check that needs the stack gets it
as the context.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Final, Literal, cast, get_args

from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator, ValidationInfo, WithJsonSchema

from sizes.atlas import AtlasSize
from stacks.application import Choice, Size
from stacks.atlas_keys import atlas_stores, read_by_atlas, tag_of_atlas, told_of_atlas
from stacks.blocks import AccountId, AnyPhase, AssumedRole, Atlas, Dns, Network, OfficeHours, Region, TagValue
from stacks.context import application_of, stack_of, whose
from stacks.generations import Generation, generations
from stacks.mistakes import Mistake, Refusal, near, shown, unknown
from stacks.phases import Environment, Phase
from stacks.regions import PARTITION
from stacks.rotating import NEVER, PerLogin, Step, not_before, numbers_of
from stacks.rows import deviations, full_rows
from stacks.rules import Keys, ListOf, Must
from stacks.stackfile import PROJECT

Switch = Literal["vault-lock", "atlas-compliance"]
IRREVERSIBLE: Final[tuple[str, ...]] = get_args(Switch)
GUARDED: Final = (Environment.STAGING, Environment.PROD)
"""Environments whose stacks must name the accounts that they may be deployed to."""


def _elsewhere(value: str, info: ValidationInfo) -> str:
    """Check that the region for disasters is another one, and one that copies can be sent to."""
    region = cast("str | None", info.data.get("region"))
    if region is None:
        return value
    if value == region:
        raise Refusal(f"must differ from aws:region, got {shown(value)} for both")
    if PARTITION[value] != PARTITION[region]:
        raise Refusal(
            f"must be in the partition of aws:region, {PARTITION[region]} (nothing is copied between partitions), "
            f"got {shown(value)} of {PARTITION[value]}"
        )
    return value


def _usd(value: object) -> Decimal:
    """Read an amount; a number of YAML arrives as text."""
    if not isinstance(value, str) or not re.fullmatch(USD, value) or not Decimal(value):
        raise ValueError
    return Decimal(value)


def _deviations(value: object, info: ValidationInfo) -> Mapping[str, Size]:
    """Lay what is written over the phase's rows."""
    return deviations(application_of(info), cast("Phase | None", info.data.get("phase")), value)


def _full_rows(value: object, info: ValidationInfo) -> Mapping[str, Size]:
    """Read rows that have every field."""
    return full_rows(application_of(info), value)


def _store(value: str, info: ValidationInfo) -> str:
    """Check that the application has a store."""
    application = application_of(info)
    names = [store.name for store in application.stores]
    if value not in names:
        hint = near(value, names) or f": they are {', '.join(names)}"
        raise Refusal(f"must be a store of {application.name}, got {shown(value)}{hint}")
    return value


def _choices(value: object, info: ValidationInfo) -> Mapping[str, str]:
    """Check what is chosen, and add what is not written."""
    application = stack_of(info).application
    known = {choice.name: choice for choice in application.choices}
    if not isinstance(value, dict):
        raise Refusal(f"must be a mapping of {', '.join(known) or 'nothing'}, got {shown(value)}")
    written = cast("dict[str, object]", value)
    found = [
        Mistake(
            where=(name,),
            what=unknown(name, f"a choice of {application.name}", list(known))
            if known
            else f"is not a choice: {application.name} has none",
        )
        for name in written
        if name not in known
    ]
    chosen: dict[str, str] = {}
    for choice in application.choices:
        try:
            chosen[choice.name] = _chosen(choice, written.get(choice.name, choice.default))
        except Refusal as refusal:
            found += [mistake.below(choice.name) for mistake in refusal.found]
    if found:
        raise Refusal(found)
    return chosen


def _chosen(choice: Choice, value: object) -> str:
    """Check one choice; true and false are written without quotes."""
    text = str(value).lower() if isinstance(value, bool) else value
    if text is None:
        raise Refusal(f"is required: one of {', '.join(choice.values)}")
    if isinstance(text, str) and text in choice.refused:
        raise Refusal(f"{shown(value)} is refused: {choice.refused[text]}")
    if text not in choice.values:
        raise Refusal(f"must be one of {', '.join(choice.values)}, got {shown(value)}{near(value, choice.values)}")
    return cast("str", text)


def _not_in_prod(value: object, info: ValidationInfo) -> object:
    """Refuse to stop what users wait for."""
    if stack_of(info).environment is Environment.PROD:
        raise Refusal("is refused in prod: its stores never stop")
    return value


def _irreversible(value: str, info: ValidationInfo) -> str:
    """Refuse a switch that would switch nothing, rather than let its owner believe in it."""
    stack = stack_of(info)
    if value == "atlas-compliance":
        phase = cast("Phase | None", info.data.get("phase"))
        stores = atlas_stores(info)
        if not stores:
            raise Refusal(f"{shown(value)} is refused: {whose(info)} has no store on Atlas")
        if phase and not any(isinstance(store.sizes.get(phase), AtlasSize) for store in stores):
            raise Refusal(f"{shown(value)} is refused: no cluster of {whose(info)} has servers of its own in {phase}")
        return value
    if stack.environment not in GUARDED:
        raise Refusal(f"{shown(value)} is refused: the vaults of {stack.environment} have no lock")
    return value


def _rotating(value: "Rotation", info: ValidationInfo) -> "Rotation":
    """Check that a rotation goes forward, and is not in the way of an upgrade."""
    found = list(not_before(value.to, cast("PerLogin", info.data.get("rotations", NEVER))))
    if info.data.get("hop"):
        found.append(Mistake(where=(), what=f"is refused beside {PROJECT}:hop: one of the two ends first"))
    if found:
        raise Refusal(found)
    return value


_NUMBERS: Final = {
    "type": "object",
    "additionalProperties": {"type": "object", "additionalProperties": {"type": "integer", "minimum": 1}},
}

USD: Final = r"[0-9]+(\.[0-9]{1,2})?"


class Hop(Keys):
    """Sizes between two phases that are deployed right now."""

    to: AnyPhase = Field(description="The phase that the upgrade goes to.", examples=[Phase.GROWTH])
    step: Annotated[int, Field(ge=1), Must("a whole number from 1 on")] = Field(
        description="Which step of the upgrade is reached, from 1 on.", examples=[2]
    )
    sizes: Annotated[Mapping[str, Size], PlainValidator(_full_rows)] = Field(
        description="Full rows of the stores that differ from the phase's row.", examples=[{}]
    )
    also: Annotated[
        tuple[
            Annotated[str, Field(pattern=r"^[^=\s]+=.*$"), Must("a setting and its value, such as redis=false")], ...
        ],
        ListOf("settings"),
    ] = Field(
        default=(),
        description="Settings that change with the last update, as `--set` has them.",
        examples=[["redis=false"]],
    )


class Rotation(Keys):
    """New passwords that are on their way to the clients; `datastores rotate` writes it."""

    step: Annotated[Step, Must("one of add, switch", ("add", "switch"))] = Field(
        description="add: the new passwords are there beside those in use. switch: the connection secrets say the new "
        "ones, and the old ones still let in.",
        examples=["add"],
    )
    to: Annotated[PerLogin, PlainValidator(numbers_of), WithJsonSchema(_NUMBERS)] = Field(
        description="Store and login, and the number of the new password.", examples=[{"cache": {"application": 2}}]
    )


class StackKeys(Keys):
    """Everything that may stand under `config:` in a stack file, but for `pulumi:` keys."""

    region: Region = Field(alias="aws:region", description="The region of the stores.", examples=["eu-central-1"])
    allowed_account_ids: Annotated[tuple[AccountId, ...], ListOf("AWS account ids", at_least=1)] | None = Field(
        default=None,
        alias="aws:allowedAccountIds",
        description="The accounts that the stack may be deployed to; required in staging and prod.",
        examples=[["123456789012"]],
    )
    profile: (
        Annotated[str, Field(pattern=r"^\S(.*\S)?$"), Must("the name of a profile in your AWS configuration")] | None
    ) = Field(
        default=None,
        alias="aws:profile",
        description="The profile of your AWS configuration that deploys the stack.",
        examples=["clubapp"],
    )
    assume_roles: Annotated[tuple[AssumedRole, ...], ListOf("roles", at_least=1)] | None = Field(
        default=None,
        alias="aws:assumeRoles",
        description="Roles that the AWS provider takes on, one after the other.",
        examples=[[{"roleArn": "arn:aws:iam::123456789012:role/deploy"}]],
    )
    phase: AnyPhase = Field(
        alias=f"{PROJECT}:phase",
        description="How big the deployment is. Grow one phase at a time.",
        examples=[Phase.MVP],
    )
    choices: Annotated[Mapping[str, str], PlainValidator(_choices)] = Field(
        default={},
        validate_default=True,
        alias=f"{PROJECT}:choices",
        description="What the application lets its owner choose; each application's page says what there is.",
        examples=[{}],
    )
    hop: Hop | None = Field(
        default=None,
        alias=f"{PROJECT}:hop",
        description="Sizes between two phases that are deployed right now: the full rows of the stores that differ.",
        examples=[{"to": Phase.GROWTH, "step": 1, "sizes": {}}],
    )
    restores: Annotated[Mapping[str, Generation], PlainValidator(generations)] = Field(
        default={},
        alias=f"{PROJECT}:restores",
        description="Stores that were restored: which one in a row each is, and the one before while it is kept; "
        "`datastores restore` writes it.",
        examples=[{"main": {"generation": 2}}],
    )
    rotations: Annotated[PerLogin, PlainValidator(numbers_of), WithJsonSchema(_NUMBERS)] = Field(
        default=NEVER,
        alias=f"{PROJECT}:rotations",
        description="Logins with another password than their first, by store, and the password's number: written by "
        "`datastores rotate`. An even number is that of the login's second user, <login>_b.",
        examples=[{"cache": {"application": 2}}],
    )
    rotation: Annotated[Rotation, AfterValidator(_rotating)] | None = Field(
        default=None,
        alias=f"{PROJECT}:rotation",
        description="New passwords that are on their way to the clients; `datastores rotate` writes it and takes it "
        "out again.",
        examples=[{"step": "add", "to": {"cache": {"application": 2}}}],
    )
    network: Network | None = Field(
        default=None,
        alias=f"{PROJECT}:network",
        description="A network that exists already. Absent: one is created.",
        examples=[
            {
                "vpcId": "vpc-0a1b2c3d4e5f60718",
                "subnetIds": ["subnet-0a1b2c3d4e5f60718", "subnet-1a1b2c3d4e5f60718"],
                "clientSecurityGroupId": "sg-0a1b2c3d4e5f60718",
            }
        ],
    )
    dr_network: Network | None = Field(
        default=None,
        alias=f"{PROJECT}:drNetwork",
        description="A network in the DR region that exists already, for what lives there. Absent: one is created from "
        "the phase on that has such a thing.",
        examples=[
            {
                "vpcId": "vpc-1a1b2c3d4e5f60718",
                "subnetIds": ["subnet-2a1b2c3d4e5f60718", "subnet-3a1b2c3d4e5f60718"],
                "clientSecurityGroupId": "sg-1a1b2c3d4e5f60718",
            }
        ],
    )
    dr_region: Annotated[Region, AfterValidator(_elsewhere)] = Field(
        alias=f"{PROJECT}:drRegion",
        description="The region that outlives a disaster in aws:region, and differs from it: copies of backups, and "
        "from the phase that has them replicas, are there.",
        examples=["eu-west-1"],
    )
    owner: Annotated[TagValue, AfterValidator(tag_of_atlas)] = Field(
        alias=f"{PROJECT}:owner", description="Who answers for the stores: the tag `owner`.", examples=["clubapp-team"]
    )
    cost_centre: Annotated[TagValue, AfterValidator(tag_of_atlas)] = Field(
        alias=f"{PROJECT}:costCentre",
        description="Who pays for the stores: the tag `costCentre`.",
        examples=["clubapp"],
    )
    alarm_email: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s.]+(\.[^@\s.]+)+$"), Must("an e-mail address")] | None = (
        Field(
            default=None,
            alias=f"{PROJECT}:alarmEmail",
            description="The address that alarms are sent to; AWS asks it once to confirm.",
            examples=["clubapp-alarms@example.com"],
        )
    )
    monthly_budget: (
        Annotated[
            Decimal,
            PlainValidator(_usd),
            WithJsonSchema(
                {"anyOf": [{"type": "number", "exclusiveMinimum": 0}, {"type": "string", "pattern": f"^{USD}$"}]}
            ),
            Must("a positive amount of USD with at most 2 decimals, such as 60 or 59.90"),
        ]
        | None
    ) = Field(
        default=None,
        alias=f"{PROJECT}:monthlyBudget",
        description="What a month may cost, in USD with at most 2 decimals: AWS Budgets warns before and at it.",
        examples=[60],
    )
    office_hours: Annotated[OfficeHours, AfterValidator(_not_in_prod)] | None = Field(
        default=None,
        alias=f"{PROJECT}:officeHours",
        description="When the databases run; absent: always. Refused in prod.",
        examples=[{"start": "07:00", "stop": "20:00", "timeZone": "Europe/Berlin"}],
    )
    dns: Dns | None = Field(
        default=None,
        alias=f"{PROJECT}:dns",
        description="Names of your own for the stores, which stay when a store is replaced; absent: none.",
        examples=[{"zoneId": "Z0123456789ABCDEFGHIJ", "domain": "data.example.com"}],
    )
    sizes: Annotated[Mapping[str, Size], PlainValidator(_deviations)] = Field(
        default={},
        alias=f"{PROJECT}:sizes",
        description="Deviations from the phase's rows: for each store only the fields that differ.",
        examples=[{"presence": {"backupDays": 0}}],
    )
    unlock: Annotated[
        tuple[Annotated[str, Must("the name of a store"), AfterValidator(_store)], ...], ListOf("stores")
    ] = Field(
        default=(),
        alias=f"{PROJECT}:unlock",
        description="Stores that may be deleted or replaced: their protection is lifted while they stand here.",
        examples=[["cache"]],
    )
    irreversible: Annotated[
        tuple[
            Annotated[Switch, Must(f"one of {', '.join(IRREVERSIBLE)}", IRREVERSIBLE), AfterValidator(_irreversible)],
            ...,
        ],
        ListOf("switches"),
    ] = Field(
        default=(),
        alias=f"{PROJECT}:irreversible",
        description="What can never be undone, and is switched on by nothing else: vault-lock puts the lock of the "
        "backup vaults into compliance mode, which nobody can take off three days later; atlas-compliance puts the "
        "backups of stores on Atlas under a backup compliance policy, which only MongoDB's support can loosen.",
        examples=[[]],
    )
    atlas: Annotated[Atlas | None, BeforeValidator(read_by_atlas), AfterValidator(told_of_atlas)] = Field(
        default=None,
        validate_default=True,
        alias=f"{PROJECT}:atlas",
        description="Whose MongoDB Atlas has the stores: required where a store that is chosen is on Atlas, and "
        "refused elsewhere.",
        examples=[{"organizationId": "0123456789abcdef01234567", "allowedCidrs": ["203.0.113.0/24"]}],
    )
