"""The settings of a run, as the Pulumi engine passes them."""

import pulumi
from pulumi.runtime import config as engine

from stacks.mistakes import SettingsError
from stacks.stackfile import decoded


class StackError(SettingsError, pulumi.RunError):
    """A SettingsError that Pulumi prints as it is, without a traceback, and ends the run with."""


def runtime_config() -> tuple[str, dict[str, object]]:
    """Give the stack's name and its settings by full key; a secret one is `{"secure": ""}`, as it is in a file."""
    texts = {**engine.get_config_env(), **engine.CONFIG.get()}
    secret = {key for key in texts if engine.is_config_secret(key)} | set(engine.get_config_secret_keys_env())
    config: dict[str, object] = {
        key: {"secure": ""} if key in secret else decoded("" if text is None else str(text))
        for key, text in texts.items()
    }
    return pulumi.get_stack(), config
