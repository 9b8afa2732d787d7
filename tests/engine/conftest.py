"""Names what tests of the engine start from."""

from tests.engine.clouds import Start

__all__ = ["Start"]
