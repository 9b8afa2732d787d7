"""Types of pulumi-random: values made once; on AWS nothing knows of them."""

import base64
import secrets
import string
from typing import Final

from localcloud.cloud import Cloud
from localcloud.resource import ResourceType
from localcloud.wire import Props

_PASSWORD: Final = "random:index/randomPassword:RandomPassword"  # noqa: S105  a type, not a password
_ID: Final = "random:index/randomId:RandomId"
_SPECIAL: Final = "!@#$%&*()-_=+[]{}<>:?"  # pulumi-random's own set


def _keep(cloud: Cloud, type_: str, id_: str, props: Props) -> str:
    """Keep a value as long as the daemon lives: a refresh finds it, as it would in the state."""
    cloud.memory.keep(cloud.region, type_, id_, props)
    return id_


def _create_password(cloud: Cloud, inputs: Props) -> str:
    classes = {
        "Lower": string.ascii_lowercase,
        "Upper": string.ascii_uppercase,
        "Numeric": string.digits,
        "Special": inputs.get("overrideSpecial", _SPECIAL),
    }
    wanted = {name: letters for name, letters in classes.items() if inputs.get(name.lower(), True)}
    letters = [secrets.choice(some) for name, some in wanted.items() for _ in range(inputs.get(f"min{name}", 0))]
    letters += [secrets.choice("".join(wanted.values())) for _ in range(inputs["length"] - len(letters))]
    secrets.SystemRandom().shuffle(letters)
    return _keep(cloud, _PASSWORD, secrets.token_hex(8), {**inputs, "result": "".join(letters)})


def _password_rule(inputs: Props) -> list[str]:
    least = sum(inputs.get(f"min{name}", 0) for name in ("Lower", "Upper", "Numeric", "Special"))
    if inputs.get("length", least) < max(least, 1):
        return [f"length must be at least {max(least, 1)} (1, and the sum of the minima), got {inputs['length']}"]
    return []


def _create_id(cloud: Cloud, inputs: Props) -> str:
    prefix, raw = inputs.get("prefix", ""), secrets.token_bytes(inputs["byteLength"])
    url = base64.urlsafe_b64encode(raw).decode().rstrip("=")
    outputs = {
        "b64Std": prefix + base64.b64encode(raw).decode(),
        "b64Url": prefix + url,
        "dec": prefix + str(int.from_bytes(raw, "big")),
        "hex": prefix + raw.hex(),
    }
    return _keep(cloud, _ID, url, {**inputs, **outputs})


def _delete(_: Cloud, __: str, ___: Props) -> None:
    """Nothing but our memory knows of it."""


def _read(type_: str, cloud: Cloud, id_: str) -> Props | None:
    return cloud.memory.of(cloud.region, type_, id_) or None


PASSWORD: Final = ResourceType(
    type=_PASSWORD,
    create=_create_password,
    read=lambda cloud, id_: _read(_PASSWORD, cloud, id_),
    delete=_delete,
    applied=frozenset(
        {"length", "lower", "upper", "numeric", "special", "overrideSpecial", "keepers"}
        | {"minLower", "minUpper", "minNumeric", "minSpecial"}
    ),
    required=frozenset({"length"}),
    outputs=frozenset({"result"}),
    rules=(_password_rule,),
    global_=True,
    not_imitated="bcryptHash",
)

RANDOM_ID: Final = ResourceType(
    type=_ID,
    create=_create_id,
    read=lambda cloud, id_: _read(_ID, cloud, id_),
    delete=_delete,
    applied=frozenset({"byteLength", "keepers", "prefix"}),
    required=frozenset({"byteLength"}),
    outputs=frozenset({"b64Std", "b64Url", "dec", "hex"}),
    global_=True,
)

TYPES: Final = (PASSWORD, RANDOM_ID)
