"""The sections of a stack's page, each from what is known of the stack; a section without content says so."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, Final
from xml.etree.ElementTree import Element

from drills.objectives import shown
from drills.report import Outcome, StoreDrill
from pages.tables import BYTES, GIB, UNITS, alike, in_short
from pages.words import NOTHING, facts
from policies.control import Level, Severity
from policies.report import Judged
from policies.verdict import Verdict
from readiness.proofs import ALARM, ATLAS_ALERT
from readiness.situation import Resource, Situation
from reports import html
from reports.drawing import NARROW, WIDE, drawing
from reports.html import Child, element, listed, section
from reports.topology import in_words, topology
from stacks.phases import Phase

MINUTE: Final = 60
_OUTCOMES: Final[Mapping[Outcome, str]] = {
    Outcome.PASSED: "good",
    Outcome.FAILED: "bad",
    Outcome.UNKNOWN: "warn",
    Outcome.NOT_ASKED: "",
}


def architecture(situation: Situation) -> Element:
    """Draw what the stack has and where."""
    settings = situation.settings
    shown = topology(situation)
    title = f"The stores of {settings.stack} in {situation.phase}, and who reaches them"
    words = element("details", element("summary", "The same in words"), listed(list(in_words(shown))))
    return section(
        "topology",
        "Topology",
        element("p", "Lines: who asks. Dotted: what is copied to the DR region.", class_="dim"),
        drawing(shown, NARROW, title),
        drawing(shown, WIDE, title),
        words,
    )


def phases(situation: Situation) -> Element:
    """Say what each phase gives each store."""
    cards = [_phase(situation, phase) for phase in Phase]
    return section("phases", "Phases", element("div", *cards, class_="cards"))


def _phase(situation: Situation, phase: Phase) -> Element:
    now = phase is situation.phase
    marks = {situation.phase: element("span", "now", class_="tag")}
    if situation.phase.next:
        marks[situation.phase.next] = element("span", "next", class_="tag good")
    rows: dict[str, Child] = {}
    for stores in alike(situation.settings.application.stores):
        size = situation.settings.size(stores[0]) if now else stores[0].sizes.get(phase)
        rows[", ".join(store.name for store in stores)] = in_short(size)
    mark = marks.get(phase)
    heading = element("h3", f"{phase} " if mark is not None else str(phase), mark)
    return element("div", heading, html.facts(rows), class_="card now" if now else "card")


def recovery(situation: Situation) -> Element:
    """Say how much may be lost and how long a return may take, now and in the next phase."""
    told = situation.settings.application.recovery
    columns = [phase for phase in (situation.phase, situation.phase.next) if phase]
    rows = {phase: facts(told[phase]) for phase in columns}
    head = element("tr", element("th", "", scope="col"), *(element("th", str(phase), scope="col") for phase in columns))
    body = [
        element("tr", element("th", label, scope="row"), *(element("td", rows[phase][label]) for phase in columns))
        for label in rows[columns[0]]
        if any(rows[phase][label] != NOTHING for phase in columns)
    ]
    return section(
        "recovery",
        "Recovery objectives",
        element(
            "table",
            element("caption", "Point-in-time recovery of the stores is beside the backups of AWS Backup."),
            element("thead", head),
            element("tbody", *body),
        ),
    )


def findings(situation: Situation) -> Element:
    """List what the policies find, the worst first."""
    report = situation.report
    counts = report.counts
    said = (
        f"{counts['passed']} verdicts hold. {counts['mandatory']} mandatory findings, {counts['advisory']} advisory; "
        f"{counts['cannotTell']} cannot be told before a deployment, {counts['exempted']} exempted."
    )
    rows = [_finding(one) for one in (*report.violations, *report.cannot_tell)]
    exempted = [
        element(
            "li",
            element("strong", one.finding.called),
            " on ",
            element("code", one.finding.name),
            " ",
            element("span", "exempted", class_="tag"),
            element("p", f"{one.exemption.terms}."),
        )
        for one in report.exempted
    ]
    content = element("ul", *rows, *exempted, class_="rows") if rows or exempted else None
    return section("findings", "Findings", element("p", said), content)


def _finding(one: Judged) -> Element:
    finding = one.finding
    unsure = finding.verdict is Verdict.CANNOT_TELL
    word = f"{one.level.name.lower()}, cannot tell yet" if unsure else one.level.name.lower()
    colour = "bad" if one.level is Level.MANDATORY and not unsure else "warn"
    return element(
        "li",
        element("strong", finding.called),
        " on ",
        element("code", finding.name),
        " ",
        element("span", word, class_=f"tag {colour}"),
        element("p", f"{Severity(finding.control.severity).name.capitalize()}. {finding.message}"),
    )


def alarms(situation: Situation) -> Element:
    """List the alarms of each store."""
    found = [*situation.of(ALARM), *situation.of(ATLAS_ALERT)]
    by_store = groupby(sorted(found, key=situation.store_of), key=situation.store_of)
    parts = [_alarms_of(store or "the stack", list(own)) for store, own in by_store]
    heard = ", ".join(
        str(one["inputs"].get("endpoint")) for one in situation.of("aws:sns/topicSubscription:TopicSubscription")
    )
    reach = f"They reach {heard}." if heard else "They reach nobody: datastores:alarmEmail is not set."
    return section("alarms", "Alarms", element("p", f"{len(found)} alarms. {reach}"), *parts)


def _alarms_of(store: str, own: Sequence[Resource]) -> Element:
    count = f"{len(own)} alarm{'' if len(own) == 1 else 's'}"
    rows = (
        element(
            "li",
            element("strong", name.removeprefix(f"{store}-").removesuffix("-alarm")),
            f": {bound}",
            element("p", advice, class_="dim") if advice else None,
        )
        for name, bound, advice in map(_alarm, own)
    )
    return element("details", element("summary", f"{store}: {count}"), element("ul", *rows, class_="rows"))


def _alarm(one: Resource) -> tuple[str, str, str]:
    """Give name, bound and advice of an alarm."""
    inputs: Mapping[str, Any] = one["inputs"]
    if one["type"] == ATLAS_ALERT:
        config = inputs.get("metricThresholdConfig") or inputs.get("thresholdConfig") or {}
        words = (config.get("metricName"), config.get("operator"), config.get("threshold"), config.get("units"))
        bound = " ".join(f"{word:,}" if isinstance(word, int | float) else str(word) for word in words if word)
        return one["name"], " ".join(filter(None, (str(inputs.get("eventType")), bound))), ""
    word = "above" if str(inputs.get("comparisonOperator")).startswith("Greater") else "below"
    minutes = int(inputs.get("evaluationPeriods", 1)) * int(inputs.get("period", MINUTE)) // MINUTE
    metric = str(inputs.get("metricName", "an expression"))
    figure = _figure(metric, inputs.get("threshold"))
    lasting = f"{minutes} minute{'' if minutes == 1 else 's'}"
    return one["name"], f"{metric} {word} {figure} for {lasting}", str(inputs.get("alarmDescription", ""))


def _figure(metric: str, threshold: object) -> str:
    if not isinstance(threshold, int | float):
        return str(threshold)
    if metric in BYTES:
        return f"{round(threshold / GIB, 2):,g} GiB"
    unit = next((unit for unit, metrics in UNITS.items() if metric in metrics), "")
    percent = "Percentage" in metric or metric.endswith("Utilization")
    return f"{threshold:,.15g} {'%' if percent else unit}".strip()


def drill(situation: Situation) -> Element:
    """Say how the last drill went."""
    last = situation.drill
    told = situation.settings.application.recovery[situation.phase]
    planned = (
        f"AWS Backup restores the newest backup at least every {told.test_every_days} days."
        if told.test_every_days
        else f"The phase {situation.phase} plans no restore tests."
    )
    if last is None:
        said = element("p", element("span", "none recorded", class_="tag warn"), " Nobody has shown a restore to work.")
    else:
        word, colour = (
            ("passed", "good") if last.passed else ("not complete", "warn") if last.unknown else ("failed", "bad")
        )
        said = element(
            "p", element("span", word, class_=f"tag {colour}"), f" on {last.on}: ", element("code", last.source)
        )
    counts = f"A drill that passed counts for {told.drill_days} days: datastores drill {situation.settings.stack}."
    tried = [_tried(one) for one in last.stores] if last else []
    open_ = [element("li", one) for one in last.unknown] if last else []
    return section(
        "drill",
        "Last drill",
        said,
        element("ul", *tried, class_="rows") if tried else None,
        element("ul", *open_) if open_ else None,
        element("p", counts),
        element("p", planned),
    )


def _tried(one: StoreDrill) -> Element:
    """Say what became of a store in a drill."""
    colour = _OUTCOMES[one.outcome]
    figures = [
        *([f"back after {shown(one.took)}"] if one.took is not None else []),
        *([f"data {shown(one.age)} old"] if one.age is not None else []),
    ]
    more = one.problem or one.not_asked
    return element(
        "li",
        element("strong", one.store),
        " ",
        element("span", str(one.outcome), class_=f"tag {colour}".strip()),
        f" {', '.join(figures)}",
        element("p", more, class_="dim") if more else None,
    )


def tiles(pairs: Sequence[tuple[str, str, str]]) -> Element:
    """Show figures with what they are, and a word on each."""

    def shown() -> Iterator[Element]:
        for term, figure, more in pairs:
            small = element("small", more) if more else None
            yield element("div", element("dt", term), element("dd", figure, small))

    return element("dl", *shown(), class_="tiles")
