"""What the gate says: what would happen, why not, and what to do instead."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

from upgrades.edits import Edit, unknown
from upgrades.effects import Effect
from upgrades.facts.fact import Changed, EffectKind, Outage

LONGEST_VALUE: Final = 60
"""Characters of a value in a sentence."""
_ACCEPT: Final = "a person accepts this refusal in the review"
_HOP: Final = "datastores:hop"
POOLS: Final = frozenset({"aws:rds/proxy:Proxy", "aws:rds/proxyEndpoint:ProxyEndpoint"})
"""What clients connect through: another one has another host."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Refusal:
    """One thing that may not go through, or that nobody can tell yet."""

    resource: str
    """`TYPE::NAME`; empty where it is about the preview as a whole."""
    what: str
    because: str
    instead: str
    outage: bool = False
    """Nothing is lost: clients are without the store for a while, and no hop says that they may be."""


# What is lost besides the data of a store.
_LOSSES: Final = {
    "aws:kms/key:Key": "whatever the key encrypts, backups too, cannot be read without it",
    "aws:kms/replicaKey:ReplicaKey": "whatever the key encrypts, backups too, cannot be read without it",
    "aws:secretsmanager/secret:Secret": "clients read the old one, and its values are gone with it",
    "random:index/randomPassword:RandomPassword": "the password is kept nowhere else, and clients log in with it",
    "mongodbatlas:index/project:Project": "every cluster of the project would go with it",
}


def gap(gaps: Sequence[str]) -> Refusal:
    """Say that the change cannot be seen whole."""
    more = f" (and {len(gaps) - 1} more)" if len(gaps) > 1 else ""
    return Refusal(
        resource="",
        what="the change cannot be seen whole",
        because=f"{gaps[0]}{more}",
        instead="mend that and try again",
    )


def deleted(edit: Edit) -> Refusal:
    """Say that a store would go."""
    return Refusal(
        resource=edit.resource,
        what="would be deleted",
        because=_LOSSES.get(edit.type, "its data would be deleted with it"),
        instead=(
            "keep it in the program; if it was only renamed or moved, give the new one "
            f"aliases=[Alias(name={edit.name!r})], or the old parent; if it is really to go, back it up first, and "
            f"{_ACCEPT}"
        ),
    )


def retired_unseen(edit: Edit, cluster: str) -> Refusal:
    """Say that an instance may go only where its data is seen to be elsewhere."""
    return Refusal(
        resource=edit.resource,
        what="would be deleted",
        because=f"the preview does not show that {cluster} is deployed, and no copy any more",
        instead=(
            f"make {cluster} the writer in the hop before; where it is, show all of the stack: "
            "`pulumi preview --json --show-sames`"
        ),
    )


def replaced(edits: Sequence[Edit], places: Sequence[tuple[Changed, Effect]]) -> Refusal:
    """Say that another one would take a store's place; *places* are those of its properties that make it so."""
    reasons: Sequence[Changed] = [edit for edit in edits if edit.replaces] or [change for change, _ in places]
    why = f": {', '.join(map(changed, reasons))}" if reasons else ""
    restore = " and ".join(one.path for one in reasons)
    first = edits[0]
    beside = (
        "if it has to be another one, make it beside the old one, copy over, switch the callers, and retire the old "
        "one last"
    )
    own = "; ".join(dict.fromkeys(effect.instead for _, effect in places if effect.instead))
    return Refusal(
        resource=first.resource,
        what=f"would be replaced{why}",
        because=_LOSSES.get(
            first.type, "an empty one would take its place, and the data would be deleted with the old one"
        ),
        instead=(
            f"{f'restore the old {restore}' if restore else 'find out what replaces it, and take that back'}; "
            f"{own or beside}"
        ),
    )


def unprotected(edit: Edit, *, with_replacement: bool) -> Refusal:
    """Say that Pulumi would no longer refuse to delete or replace a store."""
    because = (
        "the same update replaces it, which Pulumi would have refused and now carries out"
        if with_replacement
        else "the next update could delete or replace it, and Pulumi would no longer refuse"
    )
    return Refusal(
        resource=edit.resource,
        what="would lose Pulumi's `protect`",
        because=because,
        instead="keep protect=True, and take the store out of `datastores:unlock` if it is there",
    )


def never_heard_of(edit: Edit) -> Refusal:
    """Say that the engine does something new."""
    return Refusal(
        resource=edit.resource,
        what="has an operation in the preview that the gate has never heard of",
        because="a newer engine may do with it what the gate cannot judge",
        instead="use the pinned version of pulumi, or teach upgrades/preview.py the operation",
    )


def without_fact(edit: Edit, change: Changed) -> Refusal:
    """Say that no fact is about a change."""
    return Refusal(
        resource=edit.resource,
        what=changed(change),
        because=f"upgrades/facts has nothing about {change.path} of {edit.type}, so that it may do anything",
        instead="find out what it does, and write it down there with its source; until then leave it as it is",
    )


def not_so(edit: Edit, change: Changed, effect: Effect) -> Refusal:
    """Say that a change is impossible, or safe only as several updates."""
    several = effect.kind is EffectKind.TWO_STEP
    return Refusal(
        resource=edit.resource,
        what=changed(change),
        because=f"{effect.note}{_when(effect)}{' (safe as several updates)' if several else ''}",
        instead=effect.instead,
    )


def outside(edit: Edit, change: Changed, effect: Effect) -> Refusal:
    """Say that clients would be without a store, and that no hop allows it."""
    return Refusal(
        resource=edit.resource,
        what=changed(change),
        because=f"it means a {effect.kind}, {seconds(effect.outage)} without it{_when(effect)}, and no hop allows that",
        instead=(
            f"write the store's row into `{_HOP}`, with sizes that have this value, as an update of its own when "
            "clients can bear it"
            if effect.field
            else f"no size decides it, so that no hop can: plan it by hand, and {_ACCEPT}"
        ),
        outage=True,
    )


def strayed(edit: Edit, change: Changed, effect: Effect) -> Refusal:
    """Say that somebody changed a property by hand, and that the update would turn it back with an outage."""
    return Refusal(
        resource=edit.resource,
        what=changed(change),
        because=(
            f"the program did not change: somebody changed it outside of Pulumi, and turning it back means a "
            f"{effect.kind}, {seconds(effect.outage)} without it{_when(effect)}"
        ),
        instead="take the value into the program, or turn it back by hand when clients can bear it",
        outage=True,
    )


def not_of_the_hop(edit: Edit, change: Changed) -> Refusal:
    """Say that a hop is no occasion for other changes."""
    return Refusal(
        resource=edit.resource,
        what=changed(change),
        because=f"the store is not in the sizes of `{_HOP}`, and a hop changes nothing else that holds data",
        instead="deploy it by itself, before the hop or after",
    )


def scaled_too_early(edit: Edit) -> Refusal:
    """Say that autoscaling comes after the switch of billing."""
    return Refusal(
        resource=edit.resource,
        what=f"{changed(edit)}, and would be autoscaled in the same update",
        because="autoscaling cannot be registered for a table that is on demand (terraform-provider-aws #22784)",
        instead="give it fixed units in this update, and autoscaling in the next",
    )


def index_gone_early(edit: Edit, gone: Collection[str], come: Collection[str]) -> Refusal:
    """Say that an index and the one that takes its place are exchanged in one update."""
    return Refusal(
        resource=edit.resource,
        what=f"{', '.join(sorted(gone))} would be deleted in the update that makes {', '.join(sorted(come))}",
        because="who queries the one cannot move to the other in between, so queries fail",
        instead="make the new one in this update, move its readers, and take the old one away in the next",
    )


def node_gone(edit: Edit, *, again: bool) -> Refusal:
    """Say that a copy, which others read from, or a pool, would be made anew or go."""
    who = "clients" if edit.type in POOLS else "readers"
    return Refusal(
        resource=edit.resource,
        what="would be made anew" if again else "would be deleted",
        because=f"no data is lost, but its {who} are without it, and no hop allows that",
        instead=f"keep it, or write the store's row into `{_HOP}`, as an update of its own when {who} can bear it",
        outage=True,
    )


def no_longer(edit: Edit, *, because: str, instead: str) -> Refusal:
    """Say that what keeps something of a store would go."""
    return Refusal(resource=edit.resource, what="would be deleted", because=because, instead=instead)


def unclear(edit: Edit, change: Changed, path: str) -> Refusal:
    """Say that only the deployment will tell."""
    return Refusal(
        resource=edit.resource,
        what=changed(change),
        because=f"what that does to {path} shows only in the deployment",
        instead="give it a value that the program knows, or look at it after the deployment",
    )


def weakened(edit: Edit, change: Changed, *, because: str, instead: str) -> Refusal:
    """Say that what protects a store would get weaker."""
    return Refusal(resource=edit.resource, what=changed(change), because=because, instead=instead)


# Words


def changed(change: Changed) -> str:
    """Say in a sentence what changes."""
    if change.before is not None and change.before == change.after:
        return f"{change.path} is {shown(change.after)}, which is replaced itself"
    return f"{change.path} would go from {shown(change.before)} to {shown(change.after)}"


def seconds(outage: Outage) -> str:
    """Write an outage."""
    return f"{outage.low} to {outage.high} s"


def shown(value: Any) -> str:
    """Write a value into a sentence."""
    if value is None:
        return "nothing"
    if unknown(value):
        return "what only the deployment will know"
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1]}…"


def _when(effect: Effect) -> str:
    return f", as {' and '.join(effect.conditions)}" if effect.conditions else ""
