"""What is told of an estimate: budget, commitments, previews, and the three forms."""

import json
import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from costs.budget import budgeted
from costs.commitments import savings
from costs.difference import Difference
from costs.document import document
from costs.hours import running
from costs.markdown import markdown
from costs.preview import sides_of
from costs.report import Report, headline
from costs.stack import Stack
from costs.text import text
from costs.usage import Usage
from stacks.mistakes import SettingsError
from tests.costs.built import AWAY, HOME, TODAY, atlas, group, instance, keys, made, priced, prices

USAGE = {"main": {"dataGib": 1, "crossAzGib": 0}, "cache": {"crossAzGib": 0}}
MICRO = priced([instance("main", "db.t4g.micro", 20)], USAGE)
GAP = priced([instance("main", "db.t4g.micro", 20), made("aws:x/y:Y", "main-y")], USAGE)


@pytest.mark.parametrize(
    ("found", "budget", "code"),
    [(MICRO, "13.98", 0), (MICRO, "13.97", 1), (GAP, "13.98", 3), (GAP, "13.97", 1)],
)
def test_a_budget_is_kept_exceeded_or_nobody_can_tell(found: Any, budget: str, code: int):
    assert budgeted(found, Decimal(budget)).exit_code == code


ATLAS = priced(
    [
        instance("main", "db.t4g.micro", 20),
        atlas("documents", "M10", backupEnabled=True),
        made("mongodbatlas:index/auditing:Auditing", "documents-auditing"),
        made("mongodbatlas:index/x:Y", "documents-y"),
    ],
    {**USAGE, "documents": {}},
)


def test_a_budget_is_of_what_aws_bills():
    found = budgeted(ATLAS, Decimal("13.98"))

    assert len(ATLAS.unpriced) == 3
    assert (found.exit_code, found.known, found.elsewhere) == (0, Decimal("13.98"), ATLAS.subtotal() - found.known)
    assert "; Atlas bills 58.40 beside it" in text(_report(ATLAS, budget=found))


def test_a_reservation_is_for_what_a_savings_plan_does_not_cover():
    found = priced(
        [instance("main", "db.t4g.micro", 20), group("cache", "cache.m7g.large"), group("cache", "cache.m6g.large")],
        USAGE,
    )

    assert [(one.offer.name.partition(",")[0], one.usd) for one in savings(found)] == [
        ("reserved instances", Decimal("11.68")),
        ("Database Savings Plan", Decimal("92.27")),
    ]


def test_a_reservation_says_from_when_on_it_pays():
    (one,) = savings(MICRO)

    assert (one.saves, one.break_even_days, one.break_even_hours) == (Decimal("3.46"), 257, Decimal(514))


def _schedule(verb: str, cron: str) -> dict[str, Any]:
    return made("aws:scheduler/schedule:Schedule", f"hours-main-{verb}", scheduleExpression=cron)


@pytest.mark.parametrize(
    ("start", "stop", "hours"),
    [
        ("cron(0 7 ? * MON-FRI *)", "cron(0 19 ? * * *)", "260.71"),
        ("cron(30 7 ? * MON-FRI *)", "cron(0 8 ? * * *)", "10.86"),
        ("rate(1 day)", "cron(0 8 ? * * *)", "730.00"),
    ],
)
def test_office_hours_are_what_runs(start: str, stop: str, hours: str):
    resources = [_schedule("start", start), _schedule("stop", stop)]
    stack = Stack(resources=resources, region=HOME, stores=("main",), usage=Usage(), on=TODAY)

    found = running(stack, "main")

    assert (round(found.expected, 2), found.high) == (Decimal(hours), 730)


# Previews


def _step(op: str, name: str, old: dict[str, Any] | None, new: dict[str, Any] | None) -> dict[str, Any]:
    type_ = "aws:rds/instance:Instance"
    urn = f"urn:pulumi:clubapp-prod::datastores::datastores:components:Postgres${type_}::{name}"
    states = {"oldState": old, "newState": new}
    return {
        "op": op,
        "urn": urn,
        **{
            key: {"type": type_, "custom": True, "inputs": inputs}
            for key, inputs in states.items()
            if inputs is not None
        },
    }


def _preview(*steps: dict[str, Any], **more: Any) -> str:
    return json.dumps({"config": {"aws:region": HOME}, "steps": list(steps), **more})


def test_a_preview_has_two_sides():
    sides = sides_of(
        _preview(
            _step("update", "main-primary", {"multiAz": False}, {"multiAz": True}),
            _step("create", "main-replica", None, {}),
            _step("delete", "main-old", {}, None),
        ),
        "preview.json",
    )

    assert [one["name"] for one in sides.before] == ["main-primary", "main-old"]
    assert [one["name"] for one in sides.after] == ["main-primary", "main-replica"]
    assert (sides.stack, sides.region, sides.notes, sides.failed) == ("clubapp-prod", HOME, (), False)


def test_what_a_preview_leaves_out_is_told():
    sides = sides_of(_preview(changeSummary={"same": 3}, diagnostics=[{"severity": "error"}]), "preview.json")

    assert [note.partition(":")[0] for note in sides.notes] == [
        "3 unchanged resources are not in the preview, so both sides lack them",
        "the preview failed with 1 errors",
    ]
    assert sides.failed


@pytest.mark.parametrize(
    ("text_", "what"),
    [
        ("{", "is not JSON: "),
        ("[]", "steps must be a list, got nothing"),
        ('{"steps": 5}', "steps must be a list, got 5"),
        ('{"steps": [5]}', "steps[0] must be an object, got 5"),
        ('{"steps": [{"op": "same", "urn": "x"}]}', "steps[0].urn must be a URN, got 'x'"),
        ('{"steps": [{"urn": "a::b::c::d"}]}', "steps[0].op must be an operation, got nothing"),
        (
            '{"steps": [{"op": "same", "urn": "a::b::c::d", "newState": 5}]}',
            "steps[0].newState must be an object, got 5",
        ),
    ],
)
def test_what_is_no_preview_is_told(text_: str, what: str):
    with pytest.raises(SettingsError, match=re.escape(what)):
        sides_of(text_, "preview.json")


def test_prices_of_two_days_are_not_compared():
    before = priced([instance("main", "db.t4g.micro", 20)], USAGE)
    object.__setattr__(before, "generated", TODAY)

    with pytest.raises(ValueError, match="both sides must have the prices of one day, got 2026-11-26 and 2026-11-20"):
        Difference(before=before, after=MICRO)


# Forms


def _report(found: Any = MICRO, **more: Any) -> Report:
    return Report(stack="clubapp-prod", phase="mvp", found=found, on=TODAY, **more)


def test_a_stack_with_a_gap_has_no_total_in_any_form():
    report = _report(GAP)

    assert headline(report).startswith("clubapp-prod in mvp, us-east-1: no total: 13.98 USD a month (13.98 to 13.98)")
    assert document(report)["total"] is None
    assert "**total**" not in markdown(report)
    assert re.search(r"^total", text(report), re.MULTILINE) is None
    assert report.exit_code == 3


def _json(report: Report) -> str:
    return json.dumps(document(report))


FORMS = {"text": text, "markdown": markdown, "json": _json}


@pytest.mark.parametrize("form", FORMS)
def test_every_assumption_is_in_every_form(form: str):
    report = _report()

    told = FORMS[form](report)

    assert [one.field for one in report.found.assumptions if one.field not in told] == []


@pytest.mark.parametrize("form", FORMS)
def test_an_own_price_is_marked_in_every_form(form: str):
    kms = prices().find("kms", HOME, "key")
    own = replace(kms, override=True, sources=("an offer",))

    told = FORMS[form](_report(priced(keys(), book=prices().with_overrides([own]))))

    assert "kms/us-east-1/key" in told
    assert "an offer" in told


@pytest.mark.parametrize("form", FORMS)
def test_an_own_price_that_nothing_is_made_of_is_told_in_every_form(form: str):
    kms, sns = (
        replace(prices().find(*key), override=True, sources=("an offer",))
        for key in (("kms", HOME, "key"), ("sns", HOME, "publish"))
    )

    told = FORMS[form](_report(priced(keys(), book=prices().with_overrides([kms, sns]))))

    assert "sns/us-east-1/publish" in told
    assert re.search(r'[Uu]sed by nothing here: |"unusedOverrides": \["sns/us-east-1/publish"\]', told)


def test_an_own_price_of_home_is_used_by_what_is_alike_there():
    own = [
        replace(prices().find("kms", HOME, "key"), override=True),
        replace(prices().find("kms", HOME, "requests"), override=True),
        replace(prices().find("kms", AWAY, "key"), override=True, region="eu-west-1"),
    ]

    found = priced(keys(AWAY), book=prices().with_overrides(own))

    assert [one.key for one in _report(found).unused] == ["kms/eu-west-1/key"]


def test_an_own_price_is_used_where_only_one_side_of_a_difference_has_it():
    book = prices().with_overrides([replace(prices().find("kms", HOME, "key"), override=True)])
    before, after = priced(keys(), book=book), priced([], book=book)

    report = _report(after, difference=Difference(before=before, after=after))

    assert (report.unused, _report(after).unused) == ([], list(after.own))


@pytest.mark.parametrize("form", FORMS)
def test_what_prices_are_worth_is_in_every_form(form: str):
    told = FORMS[form](_report(priced([atlas("main", "M10", gib=20)], {"main": {}})))

    assert "2026-11-20" in told
    assert re.search(r'lowest confidence low, 5\.00 USD|"lowestConfidence": "low", "lowConfidenceUsd": "5\.00"', told)


def test_the_json_has_no_float():
    floats: list[str] = []
    json.loads(json.dumps(document(_report(GAP))), parse_float=floats.append)

    assert floats == []


def test_markdown_takes_names_for_text():
    hostile = priced([made("aws:x/y:Y", "a|b <img> @team")], stores=["a|b <img> @team"])

    assert "<img>" not in markdown(_report(hostile))
    assert "@team" not in markdown(_report(hostile))
