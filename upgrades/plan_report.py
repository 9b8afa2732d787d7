"""A plan in words: for a terminal, for a comment or a page, for a program."""

import shlex
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, TextIO

from stacks.exports import said
from stacks.rows import written
from stacks.settings import Settings
from upgrades import plan_cost_report
from upgrades.edits import Operation
from upgrades.effects import Effect
from upgrades.facts.fact import EffectKind, Outage
from upgrades.plan import Plan, Up
from upgrades.plan_changes import Changed, Part
from upgrades.plan_cost import Cost
from upgrades.refusals import Refusal, shown
from writing.markdown import code, prose

SECONDS_A_MINUTE: Final = 60
_CLASSES: Final = (
    "classDef online fill:#dcfce7,stroke:#15803d,color:#111827",
    "classDef noticed fill:#fef3c7,stroke:#b45309,color:#111827",
    "classDef refused fill:#fee2e2,stroke:#b91c1c,color:#111827",
)


def summary(plan: Plan) -> str:
    """Say in a line what the plan is."""
    start = standing(plan.now)
    way = f"{plan.now.stack}: {f'within {start}' if start == plan.target.phase else f'{start} to {plan.target.phase}'}"
    if plan.refused:
        count = len(plan.refusals)
        return f"{way} is refused ({count} reason{'' if count == 1 else 's'})"
    if not plan.ups:
        return f"{way}: nothing to do"
    return f"{way} in {_counted(len(plan.ups), 'update')}, {_noticed(plan.ups)}"


def standing(settings: Settings) -> str:
    """Say where a stack stands."""
    if settings.hop is None:
        return str(settings.phase)
    return f"{settings.phase} (hop {settings.hop.step} on the way to {settings.hop.to})"


def _noticed(ups: Sequence[Up]) -> str:
    noticed = [up for up in ups if up.worst or up.lost]
    return f"{len(noticed)} of which clients notice" if noticed else "of which clients notice none"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def title(up: Up) -> str:
    """Name an update."""
    name = f"phase {up.settings.phase}" if up.last else f"hop {up.number}"
    return f"{name}: {effect(up)}"


def effect(up: Up) -> str:
    """Say what clients notice of an update."""
    if up.lost:
        return f"the data of {', '.join(up.lost)} are lost"
    found = up.worst
    return f"{found.kind}{lasting(found.outage)} of {found.name}" if found else "online"


def lasting(outage: Outage) -> str:
    """Say how long clients are without a store, after a comma; nothing where they are not."""
    if not outage.high:
        return ""
    if outage.high < 2 * SECONDS_A_MINUTE:
        return f", {outage.low} to {outage.high} seconds"
    low = f"{outage.low} seconds" if 0 < outage.low < SECONDS_A_MINUTE else f"{outage.low / SECONDS_A_MINUTE:.0f}"
    return f", {low} to {outage.high / SECONDS_A_MINUTE:.0f} minutes"


def steps(up: Up) -> Iterator[str]:
    """Say what an update is about, store by store."""
    yield from _grouped((name, step.stage) for name, step in up.steps.items())
    if up.last:
        yield "the stack: network, recovery, alarms and tags of the phase"


def _grouped(said: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Say once what is said of several stores."""
    together: defaultdict[str, list[str]] = defaultdict(list)
    for store, words in said:
        together[words].append(store)
    yield from (f"{', '.join(stores)}: {words}" for words, stores in together.items())


def waits(up: Up) -> Iterator[str]:
    """Say how often changes of the kinds that an update makes may happen."""
    found = {
        f"{one.name}: {wait.of}, {_counted(wait.times, 'time')} in {_duration(wait.within.total_seconds())}"
        for one in up.changes
        for part in one.parts
        for wait in (part.effect.waits if part.effect else ())
    }
    yield from sorted(found)


def _duration(seconds: float) -> str:
    hours = seconds / 3600
    return f"{hours:.0f} hours" if hours < 48 else f"{hours / 24:.0f} days"  # noqa: PLR2004  2 days


def _details(up: Up) -> Iterator[str]:
    """Give a line for each change that means something to a store, then one a type for the rest."""
    rest: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for one in up.changes:
        known = [part for part in one.parts if part.effect and part.path]
        if one.only_tags:
            rest["tags", ""].append(one.name)
        elif known or one.holds_data or one.operation is Operation.REPLACE:
            yield f"{_SIGNS[one.operation]} {one.type}::{one.name}{_parts(one)}"
        else:
            rest[one.type, one.operation].append(one.name)
    for (type_, operation), names in sorted(rest.items()):
        if type_ == "tags":
            yield f"~ the tags of {_counted(len(names), 'resource')} more"
        else:
            yield (
                f"{_SIGNS[Operation(operation)]} {type_}::{{{', '.join(names)}}}"
                if len(names) > 1
                else (f"{_SIGNS[Operation(operation)]} {type_}::{names[0]}")
            )


_SIGNS: Final = {
    Operation.CREATE: "+",
    Operation.UPDATE: "~",
    Operation.REPLACE: "±",
    Operation.DELETE: "-",
    Operation.UNTOUCHED: "~",
    Operation.UNKNOWN: "?",
}


def _parts(one: Changed) -> str:
    told = [part for part in one.parts if not part.path.startswith("tags")]
    return f": {'; '.join(map(_part, told))}" if told else ""


def _part(part: Part) -> str:
    how = f" ({part.effect.kind}{lasting(part.effect.outage)})" if part.effect else ""
    return f"{part.path} {shown(part.before)} to {shown(part.after)}{how}"


def _points(up: Up, cost: Sequence[str]) -> Iterator[tuple[str, Sequence[str]]]:
    yield "about", tuple(steps(up))
    yield "changes", tuple(_details(up))
    yield "cost", cost
    yield "before", tuple(_grouped((check.store, check.words) for check in up.before))
    yield "after", tuple(_grouped((check.store, check.words) for check in up.after))
    yield "at most", tuple(waits(up))
    yield "way back", tuple(_grouped(up.ways_back.items()))


def keeping(plan: Plan) -> Iterator[str]:
    """Say what stores keep of their old sizes, and why; and where else the stack file lies over the phase."""
    for one in plan.kept:
        fields = ", ".join(f"{key} {shown(written(value))}" for key, value in one.fields.items())
        yield f"{one.store} keeps {fields}: {one.why}; `datastores:sizes` will say so"
    for one in plan.deviations:
        yield (
            f"{one.store} stays at {one.field} {shown(one.value)}, as `datastores:sizes` says, and does not get the "
            f"phase's {shown(one.row)}: `--set {one.key}=` takes that out"
        )


# For a terminal


def text(plan: Plan, out: TextIO, *, width: int | None, colours: bool, cost: Cost | None = None) -> None:
    """Print a plan, and the next command."""
    # Not at the top: the other forms need none of it.
    from rich.console import Console  # noqa: PLC0415
    from rich.markup import escape  # noqa: PLC0415
    from rich.tree import Tree  # noqa: PLC0415

    console = Console(file=out, width=width, color_system="auto" if colours else None, highlight=False)
    console.print(escape(summary(plan)), style="bold", soft_wrap=True)
    for line in (*keeping(plan), *plan_cost_report.whole(cost)):
        console.print(escape(line), soft_wrap=True)
    for number, up in enumerate(plan.ups, start=1):
        tree = Tree(
            escape(f"{number}. {title(up)}"), style="yellow" if up.worst or up.lost else "green", guide_style="dim"
        )
        for name, lines in _points(up, tuple(plan_cost_report.of_update(cost, number - 1))):
            if lines:
                branch = tree.add(name)
                for line in lines:
                    branch.add(escape(line), style="default")
        console.print(tree, soft_wrap=width is None)
    for refusal in plan.refusals:
        console.print(escape(_refusal(refusal)), style="red", soft_wrap=True)
    if plan.ups and not plan.refused:
        console.print(escape(f"next: {command(plan)}"), soft_wrap=True)


def command(plan: Plan) -> str:
    """Give the command that carries a plan out, as a shell reads it."""
    also = [word for one in plan.also for word in ("--set", one)]
    return shlex.join(["datastores", "upgrade", plan.now.stack, "--to", str(plan.target.phase), *also])


def _refusal(refusal: Refusal) -> str:
    what = f"{refusal.resource} {refusal.what}".strip()
    return f"refused: {what}\n  because: {refusal.because}\n  instead: {refusal.instead}"


# For a comment or a page


def markdown(plan: Plan, cost: Cost | None = None) -> str:
    """Write a section, with a picture of the path; it starts with a heading of the third level."""
    lines = [f"### Plan: {prose(summary(plan))}", "", picture(plan, cost)]
    said = (*keeping(plan), *plan_cost_report.whole(cost))
    lines += ["", *(f"- {prose(line)}" for line in said)] if said else []
    for number, up in enumerate(plan.ups, start=1):
        lines += ["", f"#### {number}. {prose(title(up))}"]
        for name, points in _points(up, tuple(plan_cost_report.of_update(cost, number - 1))):
            if points:
                body = [f"- {code(point) if name == 'changes' else prose(point)}" for point in points]
                lines += ["", f"**{name}**", "", *body]
    for refusal in plan.refusals:
        lines += [
            "",
            f"**refused:** {code(refusal.resource) if refusal.resource else ''} {prose(refusal.what)}",
            f"- because: {prose(refusal.because)}",
            f"- instead: {prose(refusal.instead)}",
        ]
    return "\n".join(lines) + "\n"


def picture(plan: Plan, cost: Cost | None = None) -> str:
    """Draw the path as a flowchart of Mermaid, which GitHub draws: green is online, yellow is noticed."""
    lines = ["flowchart LR", *_CLASSES, f'now(["{_label(standing(plan.now))}"])']
    previous = "now"
    for position, up in enumerate(plan.ups):
        node, more = f"up{up.number}", plan_cost_report.in_short(cost, position)
        said = (title(up).partition(":")[0], effect(up), *([more] if more else []), *steps(up))
        label = "<br/>".join(map(_label, said))
        colour = "refused" if up.verdict.refusals else "noticed" if up.worst or up.lost else "online"
        ends = ('(["', '"])') if up.last else ('["', '"]')
        lines += [f"{node}{ends[0]}{label}{ends[1]}:::{colour}", f"{previous} --> {node}"]
        previous = node
    if not plan.ups and plan.refused:
        lines += [f'target["{_label(plan.target.phase)}"]:::refused', "now -.-x target"]
    return "\n".join(["```mermaid", lines[0], *(f"  {line}" for line in lines[1:]), "```"])


def _label(words: str) -> str:
    """Write words into a label: without what Mermaid, or HTML, would take for its own."""
    return "".join(f"#{ord(sign)};" if sign in '"<>&#`' else sign for sign in words)


# For a program


def as_json(plan: Plan, cost: Cost | None = None) -> dict[str, Any]:
    """Give the same as plain data."""
    return {
        "stack": plan.now.stack,
        "from": {"phase": str(plan.now.phase), "hop": said(plan.now.hop)},
        "to": str(plan.target.phase),
        "refused": plan.refused,
        "refusals": [_plain(refusal) for refusal in plan.refusals],
        "warnings": [{"update": up.number, **_plain(one)} for up in plan.ups for one in up.verdict.warnings],
        "kept": [
            {"store": one.store, "fields": {key: written(value) for key, value in one.fields.items()}, "why": one.why}
            for one in plan.kept
        ],
        "deviations": [
            {"store": one.store, "field": one.field, "value": one.value, "row": one.row} for one in plan.deviations
        ],
        "cost": plan_cost_report.as_json(cost),
        "updates": [
            {**_update(up), "cost": plan_cost_report.update_as_json(cost, position)}
            for position, up in enumerate(plan.ups)
        ],
    }


def _update(up: Up) -> dict[str, Any]:
    found = up.worst
    return {
        "number": up.number,
        "phase": str(up.settings.phase),
        "hop": said(up.settings.hop),
        "unlock": sorted(up.settings.unlock),
        "steps": [{"store": name, "stage": str(step.stage)} for name, step in up.steps.items()],
        "effect": str(found.kind if found else EffectKind.ONLINE),
        "outageSeconds": {"low": found.outage.low, "high": found.outage.high} if found else {"low": 0, "high": 0},
        "changes": [_changed(one) for one in up.changes],
        "waits": list(waits(up)),
        "before": [{"duty": str(one.duty), "store": one.store, "what": one.words} for one in up.before],
        "after": [{"duty": str(one.duty), "store": one.store, "what": one.words} for one in up.after],
        "wayBack": dict(up.ways_back),
    }


def _changed(one: Changed) -> dict[str, Any]:
    return {
        "type": one.type,
        "name": one.name,
        "operation": str(one.operation),
        "effect": one.kind and str(one.kind),
        "outageSeconds": {"low": one.outage.low, "high": one.outage.high},
        "parts": [
            {"path": part.path, "before": part.before, "after": part.after, "effect": _effect(part.effect)}
            for part in one.parts
        ],
    }


def _effect(found: Effect | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "kind": str(found.kind),
        "outageSeconds": {"low": found.outage.low, "high": found.outage.high},
        "source": found.source,
        "note": found.note,
        "instead": found.instead,
    }


def _plain(refusal: Refusal) -> dict[str, str]:
    return {
        "resource": refusal.resource,
        "what": refusal.what,
        "because": refusal.because,
        "instead": refusal.instead,
    }
