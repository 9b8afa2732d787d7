"""What is arranged to go wrong does so once, and to nothing else."""

import pytest

from localcloud.mishaps import How, Mishap, Mishaps, RefusedOnceError


def test_a_refusal_comes_once_and_before_anything_happens():
    mishaps, happened = Mishaps(), list[str]()
    mishaps.arrange(Mishap(name="a", operation="update", how=How.REFUSED))

    for name, operation in (("b", "update"), ("a", "create")):
        with mishaps.around(name, operation):
            happened.append(name)
    with pytest.raises(RefusedOnceError, match="update of a is refused this once"), mishaps.around("a", "update"):
        happened.append("refused")
    with mishaps.around("a", "update"):
        happened.append("again")

    assert happened == ["b", "a", "again"]


def test_what_is_no_operation_is_refused():
    with pytest.raises(ValueError, match="operation must be one of create, update, delete, got 'read'"):
        Mishap(name="a", operation="read", how=How.SLOW)


def test_what_is_taken_back_does_not_happen():
    mishaps = Mishaps()
    mishaps.arrange(Mishap(name="a", operation="update", how=How.REFUSED))

    mishaps.clear()

    with mishaps.around("a", "update"):
        pass
