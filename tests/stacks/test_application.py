"""An application whose names AWS would refuse cannot be written."""

from dataclasses import replace

import pytest

from stacks.application import RedisStore
from stacks.applications.clubapp import CACHE, CACHE_LOAD, CLUBAPP


def test_names_that_aws_would_refuse_are_said_with_their_limit():
    sessions = RedisStore(name="sessions-of-bars", use="cache", sizes=CACHE, loads=CACHE_LOAD)

    with pytest.raises(ValueError, match="clubapp-staging-sessions-of-bars-off-00000000 would have 45 characters, AWS"):
        replace(CLUBAPP, stores=(sessions,))
