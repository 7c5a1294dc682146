"""``yamldecode`` and ``yamlencode``: YAML events to values and back, with Terraform's own rules for scalars."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress

from depcheck.terraform import bigfloat
from depcheck.terraform.bigfloat import Real
from depcheck.terraform.conversion import convert, parse_number
from depcheck.terraform.functions.dates import yaml_timestamp
from depcheck.terraform.functions.encoding import from_base64
from depcheck.terraform.functions.spec import Function, Parameter, text
from depcheck.terraform.functions.strings import bounded
from depcheck.terraform.types import STRING
from depcheck.terraform.values import (
    MAX_DEPTH,
    EvaluationError,
    LimitError,
    Reason,
    TfValue,
    boolean,
    combined,
    entries_of,
    items_of,
    make_object,
    make_tuple,
    null,
    number,
    string,
    text_of,
    unknown,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from yaml._yaml import CParser
    from yaml.emitter import Emitter
    from yaml.events import Event, ScalarEvent

_TAG = "tag:yaml.org,2002:"
_WORDS: dict[str, bool | float | None] = {
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
}
_ESCAPES = {
    "\0": "\\0",
    "\a": "\\a",
    "\b": "\\b",
    "\t": "\\t",
    "\n": "\\n",
    "\v": "\\v",
    "\f": "\\f",
    "\r": "\\r",
    "\x1b": "\\e",
    '"': '\\"',
    "\\": "\\\\",
    "\x85": "\\N",
    "\u2028": "\\L",
    "\u2029": "\\P",
}
# Shorter texts are read before the faster parser is imported; of tabs, that one takes more, as Terraform does.
_SHORT = 200
_INTEGER = re.compile(r"[-+]?[0-9]+\Z|0o[0-7]+\Z|0x[0-9a-fA-F]+\Z", re.ASCII)
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z", re.ASCII)


def _error(problem: object, mark: object = None) -> EvaluationError:
    line = getattr(mark, "line", None)
    where = f" in line {line + 1}" if isinstance(line, int) else ""
    return EvaluationError(f"the text is not valid YAML{where}: {problem}", 0)


def _decode(arguments: list[TfValue]) -> TfValue:
    source = text_of(arguments[0])
    if len(source) > _SHORT or "\t" in source:
        with suppress(ImportError, EvaluationError):
            from yaml._yaml import CParser  # the C parser alone; the stubs of yaml.cyaml do not export it

            return _document(_fast_events(CParser(source)))
    from yaml import parse
    from yaml.loader import SafeLoader

    # What is wrong is told in the words of the one parser, whichever reads the text first.
    return _document(parse(source or "\n", Loader=SafeLoader))


def _fast_events(parser: CParser) -> Iterator[Event]:
    while (event := parser.get_event()) is not None:
        yield event


def _document(events: Iterator[Event]) -> TfValue:
    from yaml import YAMLError
    from yaml.events import DocumentStartEvent, StreamEndEvent

    try:
        next(events)
        first = next(events)
        if not isinstance(first, DocumentStartEvent):
            raise _error("there is no document in it")
        if first.version not in (None, (1, 1)):
            raise _error("only YAML 1.1 is read", first.start_mark)
        made = _Builder(events).value(next(events), 0)
        next(events)
        if not isinstance(next(events), StreamEndEvent):
            raise EvaluationError("only one YAML document is read", 0)
        return made
    except YAMLError as problem:
        raise _error(getattr(problem, "problem", problem), getattr(problem, "problem_mark", None)) from None
    except StopIteration:
        raise _error("it ends too early") from None


class _Builder:
    __slots__ = ("anchors", "events", "pending")

    def __init__(self, events: Iterator[Event]) -> None:
        self.events = events
        self.anchors: dict[str, TfValue] = {}
        self.pending: set[str] = set()

    def value(self, event: Event, depth: int) -> TfValue:
        from yaml.events import AliasEvent, MappingStartEvent, ScalarEvent, SequenceStartEvent

        if depth > MAX_DEPTH:
            raise LimitError("the YAML is nested too deeply")
        if isinstance(event, AliasEvent):
            name = event.anchor or ""
            if name in self.pending:
                raise _error(f"the anchor {name!r} is inside of itself", event.start_mark)
            found = self.anchors.get(name)
            if found is None:
                raise _error(f"there is no anchor {name!r}", event.start_mark)
            return found
        assert isinstance(event, (ScalarEvent, MappingStartEvent, SequenceStartEvent))
        anchor: str | None = event.anchor
        if anchor:
            self.pending.add(anchor)
        if isinstance(event, ScalarEvent):
            made = resolve(event)
        elif isinstance(event, MappingStartEvent):
            made = self.mapping(event, depth)
        else:
            made = self.sequence(event, depth)
        if anchor:
            self.pending.discard(anchor)
            self.anchors[anchor] = made
        return made

    def sequence(self, event: Event, depth: int) -> TfValue:
        from yaml.events import SequenceEndEvent

        _check_tag(event, "seq")
        items: list[TfValue] = []
        while not isinstance(following := next(self.events), SequenceEndEvent):
            items.append(self.value(following, depth + 1))
        return make_tuple(items)

    def mapping(self, event: Event, depth: int) -> TfValue:
        from yaml.events import MappingEndEvent, ScalarEvent

        _check_tag(event, "map")
        entries: dict[str, TfValue] = {}
        while not isinstance(following := next(self.events), MappingEndEvent):
            if not isinstance(following, ScalarEvent):
                raise _error("a key is not a scalar", following.start_mark)
            if (following.value == "<<" and not following.tag) or following.tag == _TAG + "merge":
                _merge(entries, self.value(next(self.events), depth + 1), following)
                continue
            key = resolve(following)
            if key.payload is None:
                raise _error("a key is null", following.start_mark)
            entries[text_of(convert(key, STRING))] = self.value(next(self.events), depth + 1)
        return make_object(entries)


def _check_tag(event: Event, kind: str) -> None:
    tag = getattr(event, "tag", None)
    if tag and tag != _TAG + kind:
        raise _error(f"the tag {tag!r} is not supported", event.start_mark)


def _merge(entries: dict[str, TfValue], value: TfValue, event: Event) -> None:
    for part in items_of(value) if value.kind == "tuple" else [value]:
        if part.kind != "object" or part.payload is None:
            raise _error(f"a {part.kind} cannot be merged into a mapping", event.start_mark)
        entries.update(entries_of(part))


def resolve(event: ScalarEvent) -> TfValue:
    """The value of a scalar, by its tag, its quotes and its text."""
    tag: str = event.tag or ""
    tag = "" if tag == "!" else tag
    source: str = event.value
    short = tag.removeprefix(_TAG)
    if tag and short not in ("str", "bool", "int", "float", "null", "timestamp", "binary"):
        raise _error(f"the tag {tag!r} is not supported", event.start_mark)
    first = source[:1]
    hinted = not source or (first.isascii() and first in "+-.~0123456789yYnNtTfFoO")
    if hinted and short not in ("str", "binary"):
        if event.style in ("'", '"'):
            return string(source)
        if source in _WORDS:
            return _word(_WORDS[source])
        short = _hinted_kind(source, first, short, event)
    return _tagged(source, short, event)


def _word(word: bool | float | None) -> TfValue:
    if word is None:
        return null()
    return boolean(word) if isinstance(word, bool) else number(word)


def _hinted_kind(source: str, first: str, short: str, event: ScalarEvent) -> str:
    if not short and source in (".nan", ".NaN", ".NAN"):
        raise _error("NaN is not supported", event.start_mark)
    if first == "." and _FLOAT.match(source):
        return "float"
    if first and first in "+-0123456789":
        if short in ("", "timestamp") and yaml_timestamp(source) is not None:
            return "timestamp"
        if _INTEGER.match(source) or _FLOAT.match(source):
            return "float"
    return short


def _tagged(source: str, short: str, event: ScalarEvent) -> TfValue:
    if short in ("", "str"):
        return string(source)
    if short == "binary":
        from_base64(source, 0)
        return string(source)
    if short == "null":
        return null()
    if short == "bool" and isinstance(_WORDS.get(source), bool):
        return boolean(_WORDS[source] is True)
    if short in ("int", "float"):
        made = _number(source.replace("_", ""))
        if made is not None:
            return made
    if short == "timestamp":
        written = yaml_timestamp(source)
        if written is not None:
            return string(written)
    raise _error(f"{source!r} is no {short}", event.start_mark)


def _number(source: str) -> TfValue | None:
    made = parse_number(source)
    if made is not None:
        return made
    try:
        return number(bigfloat.Int64(int(source, 0)))
    except ValueError:
        return None


def _encode(arguments: list[TfValue]) -> TfValue:
    value = arguments[0]
    if not value.whole:
        reason = combined((value,))
        return unknown(Reason(reason.clause, reason.missing, failed=reason.failed), STRING, not_null=True)
    from io import StringIO

    from yaml.emitter import Emitter
    from yaml.events import DocumentEndEvent, DocumentStartEvent, StreamEndEvent, StreamStartEvent

    bounded(value.weight * 2)
    events: list[Event] = [StreamStartEvent(), DocumentStartEvent(explicit=False)]
    _events(value, events)
    events += [DocumentEndEvent(explicit=False), StreamEndEvent()]
    stream = StringIO()
    emitter = Emitter(stream, allow_unicode=True)
    # Instances may replace the method: Go's emitter breaks long lines in another way than Python's.
    emitter.write_double_quoted = lambda text, split=True: _write_quoted(emitter, text, split)  # type: ignore[method-assign]
    for event in events:
        emitter.emit(event)
    emitted = stream.getvalue()
    return string(emitted.removesuffix("...\n") if value.kind in ("object", "map", "tuple", "list", "set") else emitted)


def _write_quoted(emitter: Emitter, text: str, split: bool) -> None:
    """A string in double quotes, broken at single spaces behind column 80."""
    emitter.write_indicator('"', True)
    spaced = False
    for position, character in enumerate(text):
        escaped = _escaped(character)
        breakable = split and not spaced and emitter.column > 80 and 0 < position < len(text) - 1
        if character == " " and breakable:
            emitter.write_indent()
            if text[position + 1] == " ":
                _put(emitter, "\\")
        else:
            _put(emitter, escaped)
        spaced = character == " "
    emitter.write_indicator('"', False)


def _put(emitter: Emitter, data: str) -> None:
    emitter.column += len(data)
    emitter.stream.write(data)


def _escaped(character: str) -> str:
    known = _ESCAPES.get(character)
    if known is not None:
        return known
    code = ord(character)
    if 0x20 <= code <= 0x7E or 0xA0 <= code <= 0xD7FF or (0xE000 <= code <= 0xFFFD and code != 0xFEFF):
        return character
    return f"\\x{code:02X}" if code < 0x100 else f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}"


def _events(value: TfValue, events: list[Event]) -> None:
    from yaml.events import (
        MappingEndEvent,
        MappingStartEvent,
        SequenceEndEvent,
        SequenceStartEvent,
    )

    payload = value.payload
    if isinstance(payload, list):
        events.append(SequenceStartEvent(None, None, True, flow_style=False))
        for item in payload:
            _events(item, events)
        events.append(SequenceEndEvent())
    elif isinstance(payload, dict):
        events.append(MappingStartEvent(None, None, True, flow_style=False))
        for name, item in payload.items():
            events.append(_scalar(name))
            _events(item, events)
        events.append(MappingEndEvent())
    else:
        assert payload is None or isinstance(payload, (str, bool, int, float, Real))
        events.append(_scalar(payload))


def _scalar(payload: str | bool | int | float | Real | None) -> Event:
    from yaml.events import ScalarEvent

    if isinstance(payload, str):
        # Go's emitter does not count characters above U+FFFF as printable, so that they have to be escaped.
        style = "|" if "\n" in payload and max(payload) <= "\uffff" else '"'
        return ScalarEvent(None, None, (True, True), payload, style=style)
    if payload is None:
        shown = "null"
    elif isinstance(payload, bool):
        shown = "true" if payload else "false"
    else:
        shown = bigfloat.show(payload)
    return ScalarEvent(None, None, (True, True), shown, style="")


FUNCTIONS = {
    "yamldecode": Function(_decode, (text("src"),), nullable=True),
    "yamlencode": Function(_encode, (Parameter("value", null=True, unknown=True),), result=STRING),
}
