"""Connection secrets of a deployed stack, in the stages that a rotation takes them through."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from rotations.targets import Target
from upgrades.run import StopError

CURRENT: Final = "AWSCURRENT"
PENDING: Final = "AWSPENDING"
PREVIOUS: Final = "AWSPREVIOUS"
"""Stages: what clients read, what they will read, what they read before (which AWS keeps by itself)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """What a connection secret says."""

    host: str
    port: int | None
    database: str
    user: str
    password: str = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Documents:
    """The connection secrets of a stack."""

    client: Any
    """Of Secrets Manager."""
    outputs: Mapping[str, Any]
    """Of the stack; they name the secrets."""

    def read(self, target: Target, stage: str = CURRENT) -> Document:
        """Read one; raises StopError."""
        found = self.look(target, stage)
        if found is None:
            raise StopError(f"the connection secret of {target} has no {stage}: deploy the stack again (pulumi up)")
        return found

    def look(self, target: Target, stage: str) -> Document | None:
        """Read one; None where it has no such stage. Raises StopError for any other reason."""
        arn = self._arn(target)
        try:
            text = self.client.get_secret_value(SecretId=arn, VersionStage=stage)["SecretString"]
        except ClientError as error:
            if error.response["Error"]["Code"] == "ResourceNotFoundException" and stage != CURRENT:
                return None
            raise StopError(f"the connection secret of {target} cannot be read: {error}") from None
        except BotoCoreError as error:
            raise StopError(f"the connection secret of {target} cannot be read: {error}") from None
        try:
            said = json.loads(text)
            return Document(
                # Behind a pool, the password is for the database itself.
                host=str(said.get("directHost") or said["host"]),
                port=said.get("port"),
                database=str(said.get("dbname", "")),
                user=str(said["username"]),
                password=str(said["password"]),
            )
        except (ValueError, KeyError, TypeError, AttributeError):
            # Neither the text nor the error, which quotes it: there may be a password in it.
            raise StopError(f"the connection secret of {target} is no JSON with host, username, password") from None

    def serve(self, target: Target, stage: str) -> None:
        """Let clients read what is in another stage from now on; the update that follows says the same."""
        arn = self._arn(target)
        stages = self.client.describe_secret(SecretId=arn)["VersionIdsToStages"]
        version = {stage: version for version, held in stages.items() for stage in held}
        if stage in version and version[stage] != version[CURRENT]:
            self.client.update_secret_version_stage(
                SecretId=arn,
                VersionStage=CURRENT,
                MoveToVersionId=version[stage],
                RemoveFromVersionId=version[CURRENT],
            )

    def _arn(self, target: Target) -> str:
        output, key = target.output
        found: Any = self.outputs.get(output)
        if key is not None:
            found = (found or {}).get(key)
        if not found:
            raise StopError(
                f"the stack has no output {output}{f' of {key}' if key else ''}: deploy it first (pulumi up)"
            )
        return str(found)
