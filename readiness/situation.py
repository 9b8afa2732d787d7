"""What is known of a stack without an engine: its settings, its resources, and what the policies say of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from drills import kept
from drills.duty import owed, shortcomings
from drills.kept import Kept
from drills.report import StoreDrill
from policies import exemptions
from policies.controls import CONTROLS
from policies.levels import Place
from policies.reading import from_plain
from policies.report import Report, check
from policies.subject import Subject
from stacks.application import Store
from stacks.phases import Phase
from stacks.settings import Settings

Resource = Mapping[str, Any]
"""A resource in the normal form."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Drill:
    """A restore that was carried out, as its report has it."""

    on: date
    passed: bool
    """Every store was back in time, with data young enough, and what was asked of it agreed, then or recently."""
    source: str
    """Where its report is."""
    unknown: Sequence[str] = ()
    """What nobody has shown, where it did not pass and nothing failed."""
    stores: Sequence[StoreDrill] = ()
    """What became of each store that it tried."""


@dataclass(frozen=True, kw_only=True)
class Situation:
    """A stack in one phase, on one day."""

    settings: Settings
    resources: Sequence[Resource]
    report: Report
    today: date
    drill: Drill | None = None
    """The last one of AWS; None: none is recorded."""

    @property
    def phase(self) -> Phase:
        """The phase that it is looked at in."""
        return self.settings.phase

    @cached_property
    def stores(self) -> Sequence[Store]:
        """The stores that the phase has."""
        return [store for store in self.settings.application.stores if self.settings.size(store) is not None]

    @cached_property
    def _longest_first(self) -> Sequence[str]:
        return sorted((store.name for store in self.stores), key=len, reverse=True)

    def store_of(self, resource: Resource) -> str:
        """Name the store that a resource is part of, as its logical name begins with the store's; empty: of none."""
        name = resource["name"]
        return next((store for store in self._longest_first if name == store or name.startswith(f"{store}-")), "")

    def of(self, type_: str, store: str | None = None) -> list[Resource]:
        """Give the resources of a type, of one store or of all."""
        found = [one for one in self.resources if one["type"] == type_]
        return found if store is None else [one for one in found if self.store_of(one) == store]


def last_drill(settings: Settings, kept: Sequence[Kept], today: date) -> Drill | None:
    """Say what the drills of a stack come to, the last one first; None: none says anything of AWS."""
    evidence = [one for one in kept if one.report.is_evidence]
    if not evidence:
        return None
    problems, failed = shortcomings(settings, kept, today)
    last = evidence[-1]
    return Drill(
        on=last.on,
        passed=not problems,
        source=last.source,
        unknown=() if failed else problems,
        stores=last.report.stores,
    )


def situation(settings: Settings, *, today: date) -> Situation:
    """Render a stack and judge it; raises SettingsError where the exemptions or a drill's report cannot be used."""
    from stacks.render import render  # noqa: PLC0415  it brings Pulumi, which takes a second

    resources = render(settings)
    drills = kept.read(settings.stack, today=today)
    subject = Subject(
        name=settings.stack,
        file=f"stacks/Pulumi.{settings.stack}.yaml",
        stack=settings.stack,
        place=Place(environment=settings.environment, phase=settings.phase),
        resources=[from_plain(resource) for resource in (*resources, *owed(settings, drills, today))],
        account=settings.allowed_account_ids[0] if len(settings.allowed_account_ids) == 1 else "",
    )
    exempting = exemptions.read(control.slug for control in CONTROLS)
    report = check(subject, CONTROLS, exempting=exempting, today=today)
    drill = last_drill(settings, drills, today)
    return Situation(settings=settings, resources=resources, report=report, today=today, drill=drill)
