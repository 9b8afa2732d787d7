"""What is known of a stack without an engine: its settings, its resources, and what the policies say of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

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
    """It was back in time, with data young enough, and the application's checks agreed."""
    source: str
    """Where its report is."""


@dataclass(frozen=True, kw_only=True)
class Situation:
    """A stack in one phase, on one day."""

    settings: Settings
    resources: Sequence[Resource]
    report: Report
    today: date
    drill: Drill | None = None
    """The last one; None: none is recorded."""

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


def situation(settings: Settings, *, today: date) -> Situation:
    """Render a stack and judge it; raises SettingsError where the exemptions cannot be used."""
    from stacks.render import render  # noqa: PLC0415  it brings Pulumi, which takes a second

    resources = render(settings)
    subject = Subject(
        name=settings.stack,
        file=f"stacks/Pulumi.{settings.stack}.yaml",
        stack=settings.stack,
        place=Place(environment=settings.environment, phase=settings.phase),
        resources=[from_plain(resource) for resource in resources],
        account=settings.allowed_account_ids[0] if len(settings.allowed_account_ids) == 1 else "",
    )
    exempting = exemptions.read(control.slug for control in CONTROLS)
    report = check(subject, CONTROLS, exempting=exempting, today=today)
    return Situation(settings=settings, resources=resources, report=report, today=today)
