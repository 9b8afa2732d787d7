"""SQL checks of applications: a file of questions, each with a name and a yes or no."""

from pathlib import Path

import pytest

from drills.questions import Question, file_of, load, read
from sql.manifest import SCRIPTS
from stacks.mistakes import SettingsError

TEXT = """\
-- What must be true.
-- check: there are users
SELECT count(*) > 0
-- deleted ones too
FROM users;

-- check: all is well
SELECT true
"""


def test_each_question_has_its_name_and_statement():
    assert load(TEXT, "it.sql") == (
        Question(name="there are users", statement="SELECT count(*) > 0\nFROM users"),
        Question(name="all is well", statement="SELECT true"),
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "it.sql must have a check"),
        ("SELECT 1;\n-- check: x\nSELECT true;", "has a statement before the first `-- check:`"),
        ("-- check:\nSELECT true;", "has a check without a name, its statement is 'SELECT true'"),
        ("-- check: x\n-- check: y\nSELECT true;", "has no statement for the check 'x'"),
        ("-- check: x\nSELECT true;\n-- check: x\nSELECT true;", "has two checks 'x'"),
    ],
)
def test_a_file_that_is_none_is_refused(text: str, said: str):
    with pytest.raises(SettingsError, match=said.replace("it.sql ", r"it\.sql has 1 mistake:\s+")):
        load(text, "it.sql")


def test_a_file_that_is_not_there_is_told(tmp_path: Path):
    with pytest.raises(SettingsError, match=r"cannot be read: .*No such file"):
        read(tmp_path / "no.sql")


@pytest.mark.parametrize(("application", "store"), SCRIPTS)
def test_every_database_has_questions(application: str, store: str):
    assert len(read(file_of(application, store))) >= 2
