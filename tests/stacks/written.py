"""A stack file that is right, and how to spoil it."""

from collections.abc import Callable

from stacks.settings import Settings

RIGHT = """\
config:
  aws:region: eu-central-1
  datastores:phase: mvp
  datastores:drRegion: eu-west-1
  datastores:owner: clubapp-team
  datastores:costCentre: clubapp
"""
ATLAS = 'datastores:atlas: {organizationId: "0123456789abcdef01234567", allowedCidrs: [203.0.113.0/24]}'
TAG = "a tag's value (1 to 256 letters, digits, spaces or + - = . _ : / @)"
SECRET = "must not be secret: secrets are made by the stack or kept in AWS Secrets Manager"  # noqa: S105 # a message

Read = Callable[..., Settings]
Lines = Callable[..., list[str]]


def changed(line: str) -> str:
    """Replace the line of a key in a file that is right, or add one."""
    key = line.split(": ", maxsplit=1)[0]
    return "".join(old for old in RIGHT.splitlines(keepends=True) if not old.startswith(f"  {key}: ")) + f"  {line}\n"
