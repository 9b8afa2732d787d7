"""The code that `pulumi import` writes."""

import ast

import pytest

from localcloud.generation import NoCodeError, program

PACKAGE = 'package aws {\n    baseProviderName = "aws"\n}\n'


def described(body: str, name: str = "a-table", type_: str = "aws:dynamodb/table:Table") -> dict[str, str]:
    return {"anonymous.pp": f'{PACKAGE}resource {name} "{type_}" {{\n{body}\n}}\n'}


def test_names_are_python_s_at_every_depth():
    code = program(described('hashKey = "id"\nserverSideEncryption ={\n\n"enabled" = true,\n\n"kmsKeyArn" = "arn"}'))

    assert 'hash_key="id"' in code
    assert '"kms_key_arn": "arn"' in code


def test_keys_of_a_mapping_stay_as_they_are():
    code = program(described('tags ={\n"costCentre" = "x", "a b" = "y"}'))

    assert '"costCentre": "x"' in code
    assert '"a b": "y"' in code


def test_values_are_python_s():
    code = program(described("readCapacity = 5\nstreamEnabled = false\nrangeKey = null\nattributes =[]"))

    assert [
        line.strip()
        for line in code.splitlines()
        if line.startswith("    ")  # the arguments
    ] == ['"a-table",', "read_capacity=5,", "stream_enabled=False,", "range_key=None,", "attributes=[],"]


@pytest.mark.parametrize("text", ['say "x"', "two\nlines", "back\\slash", "${all} %{of} it", "grüße"])
def test_any_text_arrives_whole(text: str):
    quoted = (
        text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("${", "$${").replace("%{", "%%{")
    )

    call = ast.parse(program(described(f'name = "{quoted}"'))).body[-1]

    assert isinstance(call, ast.Assign)
    assert isinstance(call.value, ast.Call)
    assert [ast.literal_eval(keyword.value) for keyword in call.value.keywords] == [text]


def test_options_are_written():
    code = program(described("options {\nprotect =true\nparent = the-store\n}"))

    assert "opts=pulumi.ResourceOptions(protect=True, parent=the_store)," in code


def test_a_reference_names_the_other_resource():
    code = program(described("name = other-table.hashKey"))

    assert "name=other_table.hash_key," in code


def test_a_package_without_modules_is_imported():
    code = program(described("length = 8", name="random", type_="random:index/randomPassword:RandomPassword"))

    assert "import pulumi_random as random\n" in code
    assert "random_ = random.RandomPassword(" in code


@pytest.mark.parametrize(
    ("source", "what"),
    [
        (described('name = "${other.id}"'), "a template"),
        (described("options {\nversion = 1\n}"), "the option version"),
        (described("", type_="aws:dynamodb/nothing:Nothing"), "the type aws:dynamodb/nothing:Nothing"),
        (described('name = secret("x")'), r"'\('"),
        ({"a.pp": 'config name "string" {\n}'}, "a block 'config'"),
        ({"a.pp": 'resource a "aws:dynamodb/table:Table" {'}, "ends too early"),
    ],
)
def test_what_cannot_be_written_is_named(source: dict[str, str], what: str):
    with pytest.raises(NoCodeError, match=what):
        program(source)
