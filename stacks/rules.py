"""How settings are checked: pydantic collects, and every check says in one sentence what must be written."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, ClassVar, Self, TypeVar, cast

from pydantic import (
    BaseModel,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ModelWrapValidatorHandler,
    ValidationError,
)
from pydantic import model_validator as whole_model
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, ErrorDetails, core_schema

from stacks.mistakes import Mistake, Path, Refusal, near, shown, unknown


@dataclass(frozen=True)
class Must:
    """Annotates a type: whatever is wrong with the value, the answer is what it must be, and a near miss of *names*."""

    be: str
    """Follows `must be`: `one of mvp, growth, scale, enterprise`."""
    names: Collection[str] = ()

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_wrap_validator_function(self._check, handler(source))

    def _check(self, value: object, handler: Callable[[object], object]) -> object:
        try:
            return handler(value)
        except ValueError:
            raise Refusal(f"must be {self.be}, got {shown(value)}{near(value, self.names)}") from None


@dataclass(frozen=True)
class ListOf:
    """Annotates a tuple: what is written is a list, and each mistake in it is told with its position."""

    what: str
    """Follows `must be a list of`: `AWS account ids`."""
    at_least: int = 0
    """How many different items the list must have."""

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_wrap_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        least = {"minItems": self.at_least} if self.at_least else {}
        return {**handler(schema), **least, "uniqueItems": True}

    def _check(self, value: object, handler: Callable[[object], object]) -> object:
        if not isinstance(value, list):
            raise Refusal(f"must be a list of {self.what}, got {shown(value)}")
        items = cast("tuple[object, ...]", handler(tuple(cast("list[object]", value))))
        if len(set(items)) < len(items):
            raise Refusal(f"must name each of its {self.what} once, got {', '.join(map(str, items))}")
        if len(items) < self.at_least:
            raise Refusal(f"must be a list of {self.at_least} or more {self.what}, got {len(items)}")
        return items


def camel(name: str) -> str:
    """Give a field's name as a stack file has it: `backupDays`."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


class Keys(BaseModel):
    """A mapping of a stack file whose keys are known; all that is wrong in it is one Refusal."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, alias_generator=camel)

    noun: ClassVar[str] = "a key"
    """What a key of it is called in messages."""

    @classmethod
    def names(cls) -> list[str]:
        """Give the keys as they are written."""
        return [field.alias or name for name, field in cls.model_fields.items()]

    @whole_model(mode="wrap")
    @classmethod
    def _told(cls, value: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        """Turn pydantic's errors into ours."""
        if not isinstance(value, dict):
            raise Refusal(f"must be a mapping of {', '.join(cls.names())}, got {shown(value)}")
        try:
            return handler(value)
        except ValidationError as error:
            raise Refusal([mistake for details in error.errors() for mistake in cls._mistakes(details)]) from None

    @classmethod
    def _mistakes(cls, details: ErrorDetails) -> list[Mistake]:
        """Say what one of pydantic's errors means."""
        where: Path = details["loc"]
        if where and (field := cls.model_fields.get(str(where[0]))) and field.alias:
            # pydantic names the field itself where its default is what is wrong.
            where = (field.alias, *where[1:])
        match details["type"]:
            case "extra_forbidden":
                return [Mistake(where=where, what=unknown(str(where[-1]), cls.noun, cls.names()))]
            case "missing":
                return [Mistake(where=where, what=f"is required: {cls._wanted(str(where[-1]))}")]
            case "value_error" if isinstance(refusal := details.get("ctx", {}).get("error"), Refusal):
                return [mistake.below(*where) for mistake in refusal.found]
            case _:
                # Every type in these models says itself what it must be; this is for one that was forgotten.
                return [
                    Mistake(where=where, what=f"is refused: {details['msg'].lower()}, got {shown(details['input'])}")
                ]

    @classmethod
    def _wanted(cls, name: str) -> str:
        """Say what to write for a key that is missing."""
        field = next(field for key, field in cls.model_fields.items() if name in {field.alias, key})
        for rule in field.metadata:
            match rule:
                case Must(be=be):
                    return be
                case ListOf(what=what):
                    return f"a list of {what}"
                case _:
                    continue
        description = field.description or "a mapping"
        return (description[0].lower() + description[1:]).removesuffix(".")


K = TypeVar("K", bound="Keys")


def checked(kind: type[K], value: object, context: object = None) -> K:
    """Check *value* against a model; raises Refusal with everything that is wrong."""
    try:
        return kind.model_validate(value, context=context)
    except ValidationError as error:
        refusal = error.errors()[0].get("ctx", {}).get("error")
        if isinstance(refusal, Refusal):
            raise refusal from None
        raise
