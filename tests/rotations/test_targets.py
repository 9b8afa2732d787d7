"""Which logins are rotated, and which users they get."""

from typing import Any

import pytest

from rotations.targets import chosen, merged, mistakes, to, under_way
from stacks.settings import Settings


def named(settings: Settings, store: str | None = None, login: str | None = None) -> dict[str, tuple[str, str]]:
    return {str(one): (one.old_user, one.new_user) for one in chosen(settings, store, login)}


def test_every_login_of_every_store_gets_its_second_user_and_the_administrator_stays():
    assert named(Settings.read("clubapp-dev")) == {
        "main api": ("api", "api_b"),
        "main migrator": ("migrator", "migrator_b"),
        "main monitoring": ("monitoring", "monitoring_b"),
        "main datastores": ("datastores", "datastores"),
        "cache application": ("application", "application_b"),
    }


def test_the_users_take_turns():
    settings = Settings.read("clubapp-dev", overrides={"rotations": "{main: {api: 2}}"})

    assert named(settings, "main", "api") == {"main api": ("api_b", "api")}


def test_logins_on_atlas_get_a_second_user():
    assert named(Settings.read("devora-dev"), "documents", "reporting") == {
        "documents reporting": ("reporting", "reporting_b")
    }


def test_what_a_pool_knows_by_one_name_keeps_it():
    settings = Settings.read("devmentor-prod", phase="scale")

    found = {one.login: (one.new, one.new_user, one.pooled) for one in chosen(settings, "main", None)}

    assert found["auth"] == (3, "auth", True)
    assert found["migrator"] == (2, "migrator_b", False)
    assert found["datastores"] == (2, "datastores", False)


def test_a_rotation_under_way_has_the_same_targets():
    settings = Settings.read("devmentor-prod", phase="scale")
    begun = chosen(settings, None, None)

    assert under_way(settings, {}, to(begun)) == begun


def test_what_is_in_use_afterwards_is_what_was_rotated_and_what_was_before():
    assert merged({"main": {"api": 2}}, {"main": {"worker": 2}, "cache": {"application": 3}}) == {
        "main": {"api": 2, "worker": 2},
        "cache": {"application": 3},
    }


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("presence", None), ["STORE 'presence' has no passwords: it is reached by IAM"]),
        (("mian", None), ["STORE 'mian' is not a store with passwords: did you mean 'main'?"]),
        (("main", "apii"), ["--login must be a login of main, got 'apii': did you mean 'api'?"]),
        (
            ("mian", "apii"),
            [
                "STORE 'mian' is not a store with passwords: did you mean 'main'?",
                "--login must be a login of mian, got 'apii': did you mean 'api'?",
            ],
        ),
        (("cache", "api"), ["--login must be a login of cache, got 'api': they are application"]),
        ((None, "api"), []),
    ],
)
def test_what_is_not_there_is_told_at_once(asked: tuple[Any, Any], said: list[str]):
    assert [str(one) for one in mistakes(Settings.read("clubapp-dev"), *asked)] == said


def test_a_login_that_several_stores_have_must_be_told_apart():
    assert [str(one) for one in mistakes(Settings.read("workflows-dev"), None, "application")] == [
        "STORE must be said: cache, queue have a login application"
    ]
