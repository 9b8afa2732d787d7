"""Local mode is environment only: the variables that make plain `pulumi` and `aws` use the local cloud."""

import os
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from localcloud.paths import Paths
from localcloud.record import HOST, Daemon

LEAKS: Final = (
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_CREDENTIAL_EXPIRATION",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "PULUMI_IGNORE_AMBIENT_PLUGINS",
)
"""What would lead to a real account, or past our language host: unset."""
REHEARSAL: Final = "DATASTORES_REHEARSAL"
"""URL of a file backend that a command made to try something on a copy of the state: it stands in for the state."""


def isolated(base: Mapping[str, str]) -> dict[str, str]:
    """Give an environment in which no account of AWS or Atlas but the local one can be reached."""
    return {key: value for key, value in base.items() if key not in _leaks(base)} | _credentials(base)


def local_mode(paths: Paths, daemon: Daemon, base: Mapping[str, str]) -> dict[str, str]:
    """Give the whole environment of a local run, made from the caller's."""
    return isolated(base) | _pulumi(paths, daemon, base)


def shell_lines(paths: Paths, daemon: Daemon, base: Mapping[str, str]) -> list[str]:
    """Give lines for sh to eval, which turn the caller's environment into the local one."""
    wanted = _credentials(base) | _pulumi(paths, daemon, base)
    exports = [f"export {key}={shlex.quote(value)}" for key, value in wanted.items()]
    return [*exports, f"unset {' '.join(sorted({*LEAKS, *_leaks(base)}))}"]


def _credentials(base: Mapping[str, str]) -> dict[str, str]:
    return {
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "NO_PROXY": _first(HOST, base.get("NO_PROXY", ""), ","),
        "no_proxy": _first(HOST, base.get("no_proxy", ""), ","),
    }


def _pulumi(paths: Paths, daemon: Daemon, base: Mapping[str, str]) -> dict[str, str]:
    return {
        "PATH": _first(str(paths.bin), _with_our_commands(base.get("PATH", os.defpath)), os.pathsep),
        "PULUMI_OPTION_CWD": str(paths.project),
        # Without a file of attributes beside each state: a kill of pulumi can cut that one off, and the state cannot be
        # loaded then ("EOF").
        "PULUMI_BACKEND_URL": f"{paths.state.as_uri()}?metadata=skip",
        "PULUMI_HOME": str(paths.home),
        "PULUMI_CONFIG_PASSPHRASE": "",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_DEBUG_PROVIDERS": ",".join(f"{package}:{port}" for package, port in daemon.providers.items()),
        "AWS_ENDPOINT_URL": daemon.endpoint,
    }


def _with_our_commands(path: str) -> str:
    """Put the environment that this runs in on PATH, so that `datastores`, and a Python with boto3, are found."""
    return _first(str(Path(sys.executable).parent), path, os.pathsep)


def _leaks(base: Mapping[str, str]) -> set[str]:
    # The endpoint of a single service (AWS_ENDPOINT_URL_S3) would win over the one for all; Atlas' provider takes its
    # keys from many variables (MONGODB_ATLAS_PUBLIC_KEY, MCLI_PRIVATE_API_KEY).
    return {key for key in base if key in LEAKS or key.startswith(("AWS_ENDPOINT_URL_", "MONGODB_ATLAS_", "MCLI_"))}


def _first(wanted: str, listed: str, separator: str) -> str:
    """Put an entry first in a list, once, however often this is done."""
    return separator.join([wanted, *(entry for entry in listed.split(separator) if entry and entry != wanted)])
