"""Names of your own for the stores: they stay when a store is replaced, and clients keep their settings."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_aws as aws
from pulumi import Input, Output, ResourceOptions

TTL_SECONDS: Final = 60
"""How long clients go on to the old store after a switch, at most."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NamesArgs:
    """What the caller decides about names."""

    zone_id: str
    domain: str
    """What names end in, such as `data.example.com`."""
    hosts: Mapping[str, Input[str]]
    """Host by store."""


class Names(pulumi.ComponentResource):
    """
    A CNAME record for each store.

    The certificate of a server knows only AWS's name of it: clients that check the name (`sslmode=verify-full`) go by
    the host in the connection secret; those that use a name of these check the certificate alone (`verify-ca`).
    """

    def __init__(self, name: str, args: NamesArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("datastores:components:Names", name, {}, opts)
        for store, host in args.hosts.items():
            aws.route53.Record(
                f"{name}-{store}",
                zone_id=args.zone_id,
                name=f"{store}.{args.domain}",
                type="CNAME",
                ttl=TTL_SECONDS,
                records=[Output.from_input(host)],
                opts=ResourceOptions(parent=self),
            )
        self.register_outputs({})
