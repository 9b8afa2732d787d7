"""Lives of pulumi-random's types."""

from localcloud.resources.random import PASSWORD, RANDOM_ID
from tests.localcloud.lives.life import Life

LIVES = (
    Life(
        kind=PASSWORD,
        inputs=lambda _: {"length": 32, "special": False},
        changed=None,
        replaced={"length": 40, "keepers": {"round": "2"}},
        importable=False,
    ),
    Life(
        kind=RANDOM_ID, inputs=lambda _: {"byteLength": 4}, changed=None, replaced={"byteLength": 8}, importable=False
    ),
)
