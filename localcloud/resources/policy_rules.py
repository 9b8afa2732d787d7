"""What AWS refuses of the policies that hang on a resource."""

from collections.abc import Iterator

from localcloud.documents import parse, statements
from localcloud.resource import Rule
from localcloud.wire import Props


def document_rule(property_: str) -> Rule:
    """Give the rule that the policy in *property_*, where there is one, is well formed and names whom it is for."""

    def rule(inputs: Props) -> Iterator[str]:
        if inputs.get(property_):
            yield from _problems(property_, inputs[property_])

    return rule


def _problems(property_: str, text: str) -> Iterator[str]:
    document = parse(text)
    if document is None:
        yield f"MalformedPolicy: {property_} is no JSON object, got {text[:40]!r}"
        return
    if not statements(document):
        yield f"MalformedPolicy: {property_} must have a Statement"
    for statement in statements(document):
        if statement.get("Effect") not in ("Allow", "Deny"):
            yield f"MalformedPolicy: the Effect of a statement of {property_} must be Allow or Deny"
        for one, other in (("Principal", "NotPrincipal"), ("Action", "NotAction")):
            if (one in statement) == (other in statement):
                yield f"MalformedPolicy: a statement of {property_} must have either {one} or {other}"
