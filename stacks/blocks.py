"""Blocks of a stack file that mean the same for every application, and the plain values that keys have in common."""

from ipaddress import ip_network
from typing import Annotated, Final
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field, WithJsonSchema

from stacks.phases import Phase
from stacks.regions import PARTITION
from stacks.rules import Keys, ListOf, Must

WIDEST: Final = {4: 8, 6: 32}
"""Bits of the widest blocks of addresses that anybody has, by IP version."""


def _aws_region(value: str) -> str:
    """Check that AWS has a region."""
    if value not in PARTITION:
        raise ValueError
    return value


def _time_zone(value: str) -> str:
    """Check that the IANA database has a time zone."""
    if value not in available_timezones():
        raise ValueError
    return value


def _block(value: str) -> str:
    """Check that a text is a block of addresses that somebody may have."""
    if "/" not in value or (block := ip_network(value)).prefixlen < WIDEST[block.version]:
        raise ValueError
    return value


# Amazon EC2 User Guide, "Tag your resources": letters, digits, spaces and + - = . _ : / @, 256 characters at most.
TagValue = Annotated[
    str,
    Field(pattern=r"^[\w+=.:/@-]([\w +=.:/@-]*[\w+=.:/@-])?$", max_length=256),
    # Editors take \w for ASCII only.
    WithJsonSchema({"type": "string", "minLength": 1, "maxLength": 256}),
    Must("a tag's value (1 to 256 letters, digits, spaces or + - = . _ : / @)"),
]
Region = Annotated[
    str,
    AfterValidator(_aws_region),
    WithJsonSchema({"type": "string", "enum": sorted(PARTITION)}),
    Must("a region of AWS, such as eu-central-1", tuple(PARTITION)),
]
AccountId = Annotated[str, Field(pattern=r"^[0-9]{12}$"), Must("12 digits in quotes")]
SubnetId = Annotated[
    str, Field(pattern=r"^subnet-[0-9a-f]{8}([0-9a-f]{9})?$"), Must("an id such as subnet-0a1b2c3d4e5f60718")
]
Cidr = Annotated[str, AfterValidator(_block), Must("a block of addresses such as 203.0.113.0/24, of /8 or smaller")]
TimeOfDay = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$"), Must("a time such as 07:00, in quotes")]
AnyPhase = Annotated[Phase, Field(strict=False), Must(f"one of {', '.join(Phase)}", tuple(Phase))]


class Network(Keys):
    """A network that exists already; without it one is created."""

    vpc_id: Annotated[
        str, Field(pattern=r"^vpc-[0-9a-f]{8}([0-9a-f]{9})?$"), Must("an id such as vpc-0a1b2c3d4e5f60718")
    ] = Field(description="The VPC that the stores are put in.", examples=["vpc-0a1b2c3d4e5f60718"])
    subnet_ids: Annotated[tuple[SubnetId, ...], ListOf("subnets", at_least=2)] = Field(
        description="Private subnets of that VPC, in 2 or more availability zones.",
        examples=[["subnet-0a1b2c3d4e5f60718", "subnet-1a1b2c3d4e5f60718"]],
    )
    client_security_group_id: Annotated[
        str, Field(pattern=r"^sg-[0-9a-f]{8}([0-9a-f]{9})?$"), Must("an id such as sg-0a1b2c3d4e5f60718")
    ] = Field(
        description="The security group of the application: only it reaches the stores.",
        examples=["sg-0a1b2c3d4e5f60718"],
    )


class OfficeHours(Keys):
    """When databases that nobody needs at night run."""

    start: TimeOfDay = Field(description="When they start on working days, as HH:MM.", examples=["07:00"])
    stop: TimeOfDay = Field(description="When they stop, every day, as HH:MM.", examples=["20:00"])
    time_zone: Annotated[
        str, AfterValidator(_time_zone), Must("a time zone of the IANA database, such as Europe/Berlin")
    ] = Field(description="Whose time that is.", examples=["Europe/Berlin"])


class Dns(Keys):
    """Names of your own for the stores."""

    zone_id: Annotated[str, Field(pattern=r"^Z[A-Z0-9]{6,31}$"), Must("an id such as Z0123456789ABCDEFGHIJ")] = Field(
        description="A hosted zone of Route 53 that the clients' network resolves.", examples=["Z0123456789ABCDEFGHIJ"]
    )
    domain: Annotated[
        str,
        Field(pattern=r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$", max_length=180),
        Must("a domain name such as data.example.com"),
    ] = Field(description="What the names end in; each store is `<store>.<domain>`.", examples=["data.example.com"])


class AuthorizedUser(Keys):
    """A person who answers for backups that nobody can delete."""

    email: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s.]+(\.[^@\s.]+)+$"), Must("an e-mail address")] = Field(
        description="The address that MongoDB's support writes to.", examples=["legal@example.com"]
    )
    first_name: Annotated[str, Field(pattern=r"\S"), Must("a first name")] = Field(
        description="The person's first name.", examples=["Ada"]
    )
    last_name: Annotated[str, Field(pattern=r"\S"), Must("a last name")] = Field(
        description="The person's last name.", examples=["Lovelace"]
    )


class Atlas(Keys):
    """Whose MongoDB Atlas has the stores, in the region that corresponds to `aws:region`."""

    organization_id: Annotated[
        str, Field(pattern=r"^[0-9a-f]{24}$"), Must("24 hexadecimal digits in quotes, as Atlas shows them")
    ] = Field(
        description="The organisation of Atlas that the stack's projects are made in.",
        examples=["0123456789abcdef01234567"],
    )
    allowed_cidrs: Annotated[tuple[Cidr, ...], ListOf("blocks of addresses")] = Field(
        default=(),
        description="Who reaches clusters on servers that are shared with others, which have no private network: "
        "required while a store is on such a one, and refused where none ever is.",
        examples=[["203.0.113.0/24"]],
    )
    project_name: (
        Annotated[
            str,
            Field(pattern=r"^[A-Za-z0-9 ()@&+:,.'_-]{1,64}$"),
            Must("the name of a project, 1 to 64 letters, digits, spaces or ( ) @ & + : , . ' _ -"),
        ]
        | None
    ) = Field(
        default=None,
        description="What the project is called, where it was there before the stack and was imported.",
        examples=["Devora"],
    )
    cluster_name: (
        Annotated[
            str,
            Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,63}$"),
            Must("the name of a cluster, 1 to 64 letters, digits or -"),
        ]
        | None
    ) = Field(
        default=None,
        description="What the cluster is called, where it was there before the stack and was imported: another name "
        "would be another cluster.",
        examples=["Cluster0"],
    )
    authorized_user: AuthorizedUser | None = Field(
        default=None,
        description="Who alone may ask MongoDB's support to loosen a backup compliance policy: required with "
        "atlas-compliance in datastores:irreversible, and refused without it.",
        examples=[{"email": "legal@example.com", "firstName": "Ada", "lastName": "Lovelace"}],
    )


class AssumedRole(Keys):
    """A role that the AWS provider takes on; the provider reads it, we only check it."""

    role_arn: Annotated[
        str,
        Field(pattern=r"^arn:aws[a-z-]*:iam::[0-9]{12}:role/[!-~]+$"),
        Must("the ARN of a role, such as arn:aws:iam::123456789012:role/deploy"),
    ] = Field(description="The role.", examples=["arn:aws:iam::123456789012:role/deploy"])
    session_name: (
        Annotated[str, Field(pattern=r"^[A-Za-z0-9_+=,.@-]{2,64}$"), Must("2 to 64 letters, digits or _ + = , . @ -")]
        | None
    ) = Field(default=None, description="What the session is called in the account's logs.", examples=["datastores"])
    external_id: (
        Annotated[
            str,
            Field(pattern=r"^[A-Za-z0-9_+=,.@:/-]{2,1224}$"),
            Must("2 to 1224 letters, digits or _ + = , . @ : / -"),
        ]
        | None
    ) = Field(default=None, description="The id that the role's owner asks for.", examples=["datastores"])
    duration: Annotated[str, Field(pattern=r"^([0-9]+[hms])+$"), Must("a duration such as 1h30m")] | None = Field(
        default=None, description="How long the session lasts, 15 minutes to 12 hours.", examples=["1h"]
    )
