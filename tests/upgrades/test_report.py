"""A verdict is read by people, by GitHub and by programs."""

from stacks.phases import Environment
from tests.upgrades.change import edit
from tests.upgrades.rows import INSTANCE
from upgrades.edits import Operation
from upgrades.gate import Verdict, judge
from upgrades.hop import Hop
from upgrades.refusals import Refusal
from upgrades.report import as_json, markdown, summary, text


def verdict(*, refusals: tuple[Refusal, ...] = (), changed: int = 2) -> Verdict:
    return Verdict(
        stack="clubapp-prod",
        environment=Environment.PROD,
        changed=changed,
        refusals=refusals,
        doubts=(),
        warnings=(),
    )


def refusal(what: str) -> Refusal:
    return Refusal(resource="a:b/c:C::d", what=what, because="of that", instead="do this")


def test_a_safe_change_ends_with_the_next_command():
    assert text(verdict()) == ("clubapp-prod: safe (2 resources touched)\nnext: pulumi up --stack clubapp-prod\n")


def test_a_refusal_is_a_paragraph():
    assert text(verdict(refusals=(refusal("would go"),), changed=1)) == (
        "refused: a:b/c:C::d would go\n"
        "  because: of that\n"
        "  instead: do this\n"
        "\n"
        "clubapp-prod: refused (1 refusal, 1 resource touched)\n"
    )


def test_a_comment_is_a_section_of_markdown():
    assert markdown(verdict(refusals=(refusal("would lose `protect`"),))) == (
        "### Gate: clubapp-prod: refused (1 refusal, 2 resources touched)\n"
        "\n"
        "**refused:** `a:b/c:C::d` would lose `protect`\n"
        "- because: of that\n"
        "- instead: do this\n"
    )


def test_nothing_from_a_preview_is_markdown_in_a_comment():
    written = markdown(verdict(refusals=(refusal("<img src=x> @team [a](b) #1 **x**"),)))

    assert "&lt;img src=x&gt; @\u200bteam \\[a\\]\u200b(b) \\#\u200b1 \\*\\*x\\*\\*" in written


def test_a_summary_counts_what_there_is():
    found = judge(
        [edit(operation=Operation.DELETE), edit("kmsKeyId", "k", None, type="aws:cloudwatch/logGroup:LogGroup")],
        stack="clubapp-dev",
        environment=Environment.DEV,
        gaps=["cut"],
    )

    assert summary(found) == "clubapp-dev: refused (1 refusal, 1 doubt, 1 warning, 2 resources touched)"


def test_json_has_all_of_it():
    assert as_json(verdict(refusals=(refusal("would go"),))) == {
        "stack": "clubapp-prod",
        "environment": "prod",
        "verdict": "refused",
        "changed": 2,
        "refusals": [{"resource": "a:b/c:C::d", "what": "would go", "because": "of that", "instead": "do this"}],
        "doubts": [],
        "warnings": [],
        "effects": [],
        "waits": "",
    }


def resized() -> Verdict:
    changes = [
        edit("instanceClass", "db.t4g.micro", "db.t4g.small", type=INSTANCE, name="main-primary"),
        edit("allocatedStorage", 20, 50, type=INSTANCE, name="main-primary"),
        edit("tags", {}, {"a": "b"}, type=INSTANCE, name="main-primary"),
    ]
    hop = Hop(sizes={"main": {"instanceClass": "db.t4g.small"}})
    return judge(changes, stack="clubapp-prod", environment=Environment.PROD, hop=hop)


def test_each_change_is_told_with_its_effect_and_the_worst_first():
    assert text(resized()).splitlines()[:4] == [
        "what changes:",
        "  reboot    aws:rds/instance:Instance::main-primary: instanceClass (180 to 900 s without it)",
        "  online    aws:rds/instance:Instance::main-primary: allocatedStorage (storage: 1x in 6 h)",
        "  online    aws:rds/instance:Instance::main-primary: tags",
    ]


def test_a_comment_has_the_effects_as_a_table():
    assert markdown(resized()).splitlines()[2:5] == [
        "| effect | resource | property |",
        "|---|---|---|",
        "| reboot | `aws:rds/instance:Instance::main-primary` | instanceClass (180 to 900 s without it) |",
    ]


def test_json_has_the_effects_with_their_sources():
    assert as_json(resized())["effects"][1] == {
        "resource": "aws:rds/instance:Instance::main-primary",
        "property": "allocatedStorage",
        "effect": "online",
        "outageSeconds": [0, 0],
        "waits": [{"of": "storage", "times": 1, "seconds": 21600}],
        "conditions": ["it grows"],
        "source": "Amazon RDS User Guide, Working with storage for RDS DB instances",
        "note": "",
    }
