"""The page of a stack: one file for a browser, made from its settings, its resources and its policies."""

from costs.report import Report
from readiness.proofs import ALARM, ATLAS_ALERT
from readiness.situation import Situation
from reports import html, sections
from reports.html import element
from reports.money import costs, priced, tile
from reports.path import Onward, path


def page(situation: Situation, onward: Onward) -> str:
    """Give the whole page; *onward* is the stack in its next phase."""
    settings = situation.settings
    money = priced(situation)
    lead = f"{settings.application.name}, {settings.environment}, {settings.region} with DR in {settings.dr_region}"
    return html.page(
        f"{settings.stack}: data stores",
        head=[
            element("h1", settings.stack),
            element("p", f"{lead}. Owner: {settings.owner}, cost centre {settings.cost_centre}.", class_="lead"),
            sections.tiles(_tiles(situation, money)),
        ],
        parts=[
            sections.architecture(situation),
            sections.phases(situation),
            sections.recovery(situation),
            sections.findings(situation),
            sections.alarms(situation),
            costs(money),
            sections.drill(situation),
            path(situation, onward),
        ],
        foot=[
            element(
                "p",
                f"Written on {situation.today} by `datastores report {settings.stack}` from what the stack file says, "
                "without looking at what is deployed.".replace("`", ""),
            )
        ],
    )


def _tiles(situation: Situation, money: Report) -> list[tuple[str, str, str]]:
    counts = situation.report.counts
    recovery = situation.settings.application.recovery[situation.phase]
    following = situation.phase.next
    alarms = len(situation.of(ALARM)) + len(situation.of(ATLAS_ALERT))
    return [
        ("Phase", str(situation.phase), f"then {following}" if following else "the last one"),
        ("Stores", str(len(situation.stores)), f"{len(situation.resources)} resources"),
        tile(money),
        (
            "Findings",
            str(counts["mandatory"]),
            f"mandatory; {counts['advisory']} advisory, {counts['cannotTell']} open",
        ),
        ("Alarms", str(alarms), ""),
        ("Lost at most", f"{recovery.rpo_minutes} min", "recovery point objective"),
        ("Back within", f"{recovery.rto_minutes} min", "recovery time objective"),
    ]
