"""What a review ends with, and the comment that is made of it."""

import pytest

from policies.control import Level
from reviews.changes import Change, Kind
from reviews.comment import comment, cut
from reviews.document import document
from reviews.findings import found_in, stricter
from reviews.inert import flaws
from reviews.review import Review, State, Status
from tests.reviews.reviewed import found, refusal, review, stack, verdict
from upgrades.gate import Refusal

CHANGE = Change(kind=Kind.LEVEL, what="`rds-not-public`: mandatory → off everywhere")
HOSTILE = "x`|\n\n<img src=x> @team [a](https://b) #1"


@pytest.mark.parametrize(
    ("found_", "status"),
    [
        (review(), Status.PASSED),
        (review(stack()), Status.PASSED),
        (review(stack(fixed=[found()])), Status.PASSED),
        (review(stack(new=[found(level=Level.ADVISORY)])), Status.PASSED),
        (review(stack(verdict=verdict(warnings=(refusal(),)))), Status.PASSED),
        (review(stack(new=[found()])), Status.FAILED),
        (review(stack(new=[found(), found("b", unknown="x")])), Status.FAILED),
        (review(stack(verdict=verdict(refusals=(refusal(),)))), Status.FAILED),
        (review(changes=(CHANGE,)), Status.FAILED),
        (review(changes=(CHANGE,), accepted=True), Status.PASSED),
        (review(stack(new=[found()]), changes=(CHANGE,), accepted=True), Status.FAILED),
        (review(stack(new=[found(unknown="x")])), Status.CANNOT_TELL),
        (review(stack(verdict=verdict(doubts=(refusal(),)))), Status.CANNOT_TELL),
        (review(stack(broken="half-way", verdict=None), stack(new=[found()])), Status.BROKEN),
    ],
)
def test_the_worst_decides(found_: Review, status: Status):
    assert found_.status is status


def test_a_comment_tells_all_of_it():
    told = review(
        stack(
            phases=("mvp", "growth"),
            new=[found("a"), found("b"), found("c", level=Level.ADVISORY, control="x", message="Or that.")],
            fixed=[found("d")],
            verdict=verdict(refusals=(refusal(),)),
        ),
        stack("clubapp-dev", state=State.REMOVED, verdict=None, phases=("mvp", "")),
        changes=(CHANGE,),
    )

    assert comment(told) == (
        "<!-- datastores pr -->\n"
        "## Data stores: failed\n"
        "\n"
        "2 new mandatory findings, 1 stack refused by the gate, 1 change of what judges to accept.\n"
        "\n"
        "| stack | phase | change | new findings | fixed | gate |\n"
        "|---|---|---|---|---|---|\n"
        "| `clubapp-prod` | `mvp` → `growth` | 2 resources | 3 (2 mandatory) | 1 | refused |\n"
        "| `clubapp-dev` | `mvp` | removed | 0 | 0 | nothing to compare |\n"
        "\n"
        "- `clubapp-dev` is removed: what is deployed of it stays until `pulumi destroy`\n"
        "\n"
        "### Findings\n"
        "\n"
        "**new** in `clubapp-prod`\n"
        "\n"
        "- mandatory `dynamodb-pitr` on `a`, `b`: Do it.\n"
        "- advisory `x` on `c`: Or that.\n"
        "\n"
        "**fixed** in `clubapp-prod`\n"
        "\n"
        "- mandatory `dynamodb-pitr` on `d`\n"
        "\n"
        "### Gate: clubapp-prod: refused (1 refusal, 2 resources touched)\n"
        "\n"
        "**refused:** `a:b/c:C::d` would go\n"
        "- because: of that\n"
        "- instead: do this\n"
        "\n"
        "### Changes of what judges: to be accepted by somebody else\n"
        "\n"
        "- level: `rds-not-public`: mandatory → off everywhere\n"
        "\n"
        "To check it yourself: `datastores pr --base bbbbbbbbbbbb --head cccccccccccc`\n"
    )


def test_a_hostile_pull_request_writes_text_only():
    refused = Refusal(resource=HOSTILE, what=HOSTILE, because=HOSTILE, instead=HOSTILE)
    told = review(
        stack(
            HOSTILE,
            phases=(HOSTILE, HOSTILE),
            new=[found(HOSTILE, message=HOSTILE)],
            verdict=verdict(refusals=(refused,)),
        ),
        stack(broken=HOSTILE, broken_before=HOSTILE, fixed=[found(HOSTILE)], verdict=None),
        changes=(Change(kind=Kind.EXEMPTION, what=HOSTILE),),
    )

    written = comment(told)

    assert flaws(written) == []
    rows = [line for line in written.splitlines() if line.startswith("|")]
    assert [row.count("|") for row in rows] == [7, 7, 7, 7]


def test_a_long_comment_is_cut_after_a_line_and_says_so():
    told = review(stack(new=[found(f"table-{number}", control=f"control-{number}") for number in range(2_000)]))

    written = comment(told)

    assert flaws(written) == []
    assert len(written) > 64_000
    assert written.splitlines()[-1].startswith("**The comment is cut here: it is longer than GitHub allows.**")
    assert written.splitlines()[-3].endswith(": Do it.")


def test_a_short_comment_is_not_cut():
    assert cut("a\n" * 10, 20) == "a\n" * 10


def test_json_has_all_of_it():
    told = document(review(stack(new=[found()], verdict=None), changes=(CHANGE,)))

    assert (told["status"], told["changes"]) == (1, [{"kind": "level", "what": CHANGE.what}])
    assert told["stacks"][0]["new"] == [
        {
            "control": "dynamodb-pitr",
            "type": "aws:dynamodb/table:Table",
            "resource": "presence",
            "severity": "high",
            "level": "mandatory",
            "message": "Do it.",
            "id": "",
            "unknown": "",
        }
    ]


# Findings of two policies


@pytest.mark.parametrize("turned", [False, True])
def test_of_two_reports_the_stricter_finding_counts(turned: bool):
    reports = [{one.key: one} for one in (found(), found(level=Level.ADVISORY))]

    assert list(stricter(reversed(reports) if turned else reports).values()) == [found()]


def test_a_report_is_read_as_check_writes_it():
    row = {
        "control": "dynamodb-pitr",
        "resource": "presence",
        "type": "aws:dynamodb/table:Table",
        "severity": "high",
        "level": "mandatory",
        "message": "Do it.",
    }

    assert found_in({"violations": [row], "cannotTell": []}) == {found().key: found()}


def test_two_things_that_one_control_asks_for_are_two_findings():
    row = {"control": "c", "resource": "r", "type": "t", "severity": "low", "level": "advisory", "message": "m"}

    assert len(found_in({"violations": [{**row, "id": "a"}, {**row, "id": "b"}]})) == 2
