"""How a value of the file becomes a typed one with Pydantic: readers, what is done before, and how errors are told."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationError, ValidationInfo
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError, core_schema

from depcheck.policy import vocabulary, words
from depcheck.policy.names import Names
from depcheck.policy.words import WordError

#: The type of our own validation errors; their clause is in the context.
CLAUSE = "clause"


class WrittenInt(int):
    """An integer that remembers how it was written."""

    text: str


class WrittenFloat(float):
    """A number that remembers how it was written: ``1.10`` is not ``1.1`` where it is a version."""

    text: str


class Unreadable:
    """A part of the file that could not be read; it was reported already."""


def clause(message: str) -> PydanticCustomError:
    """A validation error that says exactly this."""
    return PydanticCustomError(CLAUSE, "{clause}", {"clause": message})


def clauses(found: Iterable[tuple[tuple[str | int, ...], str]]) -> ValidationError:
    """Several validation errors at once, each at a path below the value that is validated."""
    lines = [InitErrorDetails(type=clause(message), loc=path, input=None) for path, message in found]
    return ValidationError.from_exception_data("policy", lines)


def names_of(info: ValidationInfo) -> Names:
    """What the file names elsewhere."""
    context: object = info.context
    return context if isinstance(context, Names) else Names()


def described(value: object) -> str:
    """A value as a message names it: its kind, and the value where it is short."""
    if value is None:
        return "an empty value"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (WrittenInt, WrittenFloat)):
        return f"the number {value.text[:40]}"
    if isinstance(value, (int, float)):
        return f"the number {value}"
    if isinstance(value, str):
        return words.shown(value)
    return "a list" if isinstance(value, list) else "a map"


class Reads:
    """Turns a value of the file into a typed one; carries what the JSON Schema says about it."""

    __slots__ = ("read", "schema")

    def __init__(self, read: Callable[[object, Names], object], **schema: object) -> None:
        self.read = read
        self.schema = schema

    def _run(self, value: object, info: ValidationInfo) -> object:
        if isinstance(value, Unreadable):
            return None
        try:
            return self.read(value, names_of(info))
        except WordError as error:
            raise clause(str(error)) from None

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Validation is this function alone."""
        return core_schema.with_info_plain_validator_function(self._run)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """What an editor is told."""
        return dict(self.schema)


class Before:
    """Something that is done to a value before it is validated, as Pydantic's BeforeValidator, whose look into every
    function's signature would take longer than reading the policy."""

    __slots__ = ("change",)

    def __init__(self, change: Callable[[object, Names], object]) -> None:
        self.change = change

    def _run(self, value: object, info: ValidationInfo) -> object:
        return self.change(value, names_of(info))

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """The value's own validation comes after."""
        return core_schema.with_info_before_validator_function(self._run, handler(source))


def empty_list(value: object, names: Names) -> object:
    """A key whose entries are all commented out holds an empty list."""
    return [] if value is None or isinstance(value, Unreadable) else value


def empty_map(value: object, names: Names) -> object:
    """A key whose entries are all commented out holds an empty map."""
    return {} if value is None or isinstance(value, Unreadable) else value


LIST = Before(empty_list)
MAP = Before(empty_map)


class ForAll:
    """A map by environment that may be written as one value for all of them; it then holds that value under ``*``."""

    __slots__ = ()

    @staticmethod
    def _spread(value: object) -> object:
        return value if isinstance(value, dict) or value is None else {vocabulary.EVERYWHERE: value}

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """The map's own validation, after one value was spread."""
        return core_schema.no_info_before_validator_function(self._spread, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Either form."""
        whole = handler(schema)
        return {"anyOf": [whole["additionalProperties"], whole]}


class OneOrMore:
    """A list that may be written as its only element."""

    __slots__ = ()

    @staticmethod
    def _listed(value: object) -> object:
        return value if isinstance(value, list) or value is None else [value]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """The list's own validation, after a single element was made a list."""
        return core_schema.no_info_before_validator_function(self._listed, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Either form."""
        whole = handler(schema)
        return {"anyOf": [whole["items"], whole]}
