"""What SARIF 2.1.0 asks of the parts that we write; stricter than the standard: a property that is none is refused."""

from typing import Any, Final


def _object(required: list[str], **properties: Any) -> dict[str, Any]:
    """Give a schema of an object with no other properties."""
    return {"type": "object", "required": required, "properties": properties, "additionalProperties": False}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


_TEXT: Final = {"type": "string", "minLength": 1}
_MESSAGE: Final = _object(["text"], text=_TEXT, markdown=_TEXT)
_COUNT: Final = {"type": "integer", "minimum": 0}
_LEVEL: Final = {"enum": ["none", "note", "warning", "error"]}
_RULE: Final = _object(
    ["id", "shortDescription", "fullDescription", "help", "properties"],
    id=_TEXT,
    shortDescription=_MESSAGE,
    fullDescription=_MESSAGE,
    help=_MESSAGE,
    properties={
        "type": "object",
        "required": ["tags", "security-severity"],
        "properties": {
            # The standard: the items of tags are unique.
            "tags": {"type": "array", "items": _TEXT, "uniqueItems": True},
            "security-severity": {"type": "string", "pattern": r"^\d+\.\d$"},
        },
    },
)
_LOCATION: Final = _object(
    ["physicalLocation"],
    physicalLocation=_object(
        ["artifactLocation", "region"],
        artifactLocation=_object(["uri"], uri={"type": "string", "pattern": r"^[!-~]+$"}),
        region=_object(["startLine"], startLine={"type": "integer", "minimum": 1}),
    ),
    logicalLocations=_list(_object(["name"], name=_TEXT, fullyQualifiedName=_TEXT, kind=_TEXT)),
)
_SUPPRESSION: Final = _object(
    ["kind"],
    kind={"enum": ["inSource", "external"]},
    status={"enum": ["accepted", "underReview", "rejected"]},
    justification=_TEXT,
)
_RESULT: Final = {
    **_object(
        ["ruleId", "message", "level", "locations"],
        ruleId=_TEXT,
        ruleIndex=_COUNT,
        kind={"enum": ["notApplicable", "pass", "fail", "review", "open", "informational"]},
        level=_LEVEL,
        message=_MESSAGE,
        locations=_list(_LOCATION),
        partialFingerprints={"type": "object", "additionalProperties": _TEXT},
        suppressions=_list(_SUPPRESSION),
        baselineState={"enum": ["new", "unchanged", "updated", "absent"]},
    ),
    # The standard: a result that is no failure has the level none.
    "if": {"required": ["kind"], "properties": {"kind": {"not": {"const": "fail"}}}},
    "then": {"properties": {"level": {"const": "none"}}},
}
_RUN: Final = _object(
    ["tool", "results"],
    tool=_object(["driver"], driver=_object(["name"], name=_TEXT, rules={**_list(_RULE), "uniqueItems": True})),
    automationDetails=_object([], id=_TEXT),
    invocations=_list(
        _object(
            ["executionSuccessful"],
            executionSuccessful={"type": "boolean"},
            exitCode={"type": "integer"},
            toolExecutionNotifications=_list(_object(["message"], message=_MESSAGE, level=_LEVEL)),
        )
    ),
    columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
    results=_list(_RESULT),
)
SCHEMA: Final = _object(
    ["version", "runs"],
    **{"$schema": {"type": "string", "format": "uri"}, "version": {"const": "2.1.0"}, "runs": _list(_RUN)},
)
