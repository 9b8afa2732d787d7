"""What policies refuse of a preview is read from the engine's own events, and said with what mends it."""

from tests.upgrades.recordings import policed
from upgrades.policed import Violation, in_words, violations

TABLE = "aws:dynamodb/table:Table::presence-table"


def test_each_mandatory_control_is_read_with_its_resource_and_its_sentence():
    assert violations(policed()) == (
        Violation(
            control="protect-on-stateful",
            resource=TABLE,
            sentence="Stateful resources must be protected in Pulumi: set protect=True among the resource options.",
        ),
        Violation(
            control="dynamodb-deletion-protection",
            resource=TABLE,
            sentence="DynamoDB tables must be protected from deletion: set deletion_protection_enabled=True.",
        ),
        Violation(
            control="budget-present",
            resource="the stack",
            sentence='Stacks with a store must have a budget: make a Budget with budget_type="COST".',
        ),
    )


def test_what_is_no_event_says_nothing_of_policies():
    assert violations('warning: a line\n[]\n"text"\n{"policyEvent": null}\n') == ()


def test_a_control_is_said_once_with_all_that_it_refuses():
    sentence = "Tables must be x: set y=z."
    found = tuple(Violation(control="table-x", resource=f"t:T::{name}", sentence=sentence) for name in "ab")
    other = Violation(control="stack-z", resource="the stack", sentence="Stacks must be z: add one.")

    assert in_words((*found, other)).splitlines() == [
        "policies refuse it:",
        "  table-x: Tables must be x: set y=z.",
        "    t:T::a, t:T::b",
        "  stack-z: Stacks must be z: add one.",
        "    the stack",
    ]
