"""Encodings of text: JSON, base64 and URL."""

from __future__ import annotations

import base64
import binascii
import codecs
import re
from collections.abc import Iterable
from contextlib import suppress

from depcheck.terraform.conversion import parse_number
from depcheck.terraform.functions.jsontext import encode, pieces
from depcheck.terraform.functions.spec import Function, Parameter, plain, text
from depcheck.terraform.functions.strings import bounded, merged
from depcheck.terraform.types import STRING
from depcheck.terraform.values import (
    MAX_DEPTH,
    EvaluationError,
    LimitError,
    Reason,
    TfValue,
    boolean,
    combined,
    encoded,
    make_object,
    make_tuple,
    null,
    string,
    text_of,
    unknown,
)

# Shorter texts are read faster than the other reader is asked.
_SHORT = 200
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?\Z")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?", re.ASCII)
_PLAIN = re.compile(r'[^"\\\x00-\x1f]*')
_ESCAPES = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~")
# Names of encodings at IANA that Terraform supports, and Python's codec for each.
_CODECS = {
    "us-ascii": "ascii",
    "utf-8": "utf-8",
    "utf-16": "utf-16-be",
    "utf-16be": "utf-16-be",
    "utf-16le": "utf-16-le",
    "iso-8859-1": "latin-1",
    "latin1": "latin-1",
    "big5": "big5",
    "euc-jp": "euc-jp",
    "euc-kr": "cp949",
    "gb18030": "gb18030",
    "gbk": "gbk",
    "hz-gb-2312": "hz",
    "ibm01140": "cp1140",
    "ibm037": "cp037",
    "ibm437": "cp437",
    "ibm850": "cp850",
    "ibm852": "cp852",
    "ibm855": "cp855",
    "ibm866": "cp866",
    "iso-2022-jp": "iso2022-jp",
    "koi8-r": "koi8-r",
    "koi8-u": "koi8-u",
    "macintosh": "mac-roman",
    "shift_jis": "shift-jis",
    "windows-874": "cp874",
    "l1": "latin-1",
    **{f"ibm{page}": f"cp{page}" for page in (860, 862, 863, 865)},
    **{f"iso-8859-{part}": f"iso8859-{part}" for part in (2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 14, 15, 16)},
    **{f"windows-{page}": f"cp{page}" for page in range(1250, 1259)},
}

_SEVERAL_BYTES = frozenset(("big5", "cp949", "euc-jp", "gb18030", "gbk", "hz", "iso2022-jp", "shift-jis"))
# Letters of ASCII, of Japanese, Chinese and Korean.
_KANA = re.compile(r"[\u3041-\u30f6]")
_COMMON = re.compile(r"[\x20-\x5b\x5d-\x7d\s\u3041-\u3093\u30a1-\u30f6\u4e00-\u9fa5\uac00-\ud7a3]*\Z")


def to_base64(data: bytes) -> str:
    """Bytes as base64 text."""
    return base64.b64encode(data).decode("ascii")


def from_base64(value: str, argument: int | None = None) -> bytes:
    """The bytes of base64 text; line breaks in it do not count."""
    bare = value.replace("\n", "").replace("\r", "")
    if not _BASE64.match(bare):
        raise EvaluationError("the text is not valid base64", argument)
    try:
        return base64.b64decode(bare)
    except binascii.Error:
        raise EvaluationError("the text is not valid base64", argument) from None


def _base64_encode(value: str) -> str:
    bounded(len(value) * 4 // 3)
    return to_base64(value.encode("utf-8", "surrogatepass"))


def _base64_decode(value: str) -> str:
    try:
        return from_base64(value).decode("utf-8")
    except UnicodeDecodeError:
        raise EvaluationError("the decoded bytes are not UTF-8") from None


def _base64_gzip(arguments: list[TfValue]) -> TfValue:
    # The bytes depend on the choices of Go's compressor (which matches it takes, when it begins another block), and no
    # specification tells these; what went into them is what matters.
    return encoded(
        unknown("the bytes that base64gzip() gives depend on its compressor", STRING, not_null=True), arguments[0]
    )


def _codec(name: str) -> str:
    codec = _CODECS.get(name.lower())
    if codec is None:
        with suppress(LookupError, ValueError):
            codecs.lookup(name)
            # Another name of an encoding, perhaps; whether Terraform knows it as well is not certain.
            raise LimitError(f"texts in {name} are not computed")
        raise EvaluationError(f"{name!r} is no encoding that Terraform supports", 1)
    return codec


def _text_encode(value: str, name: str) -> str:
    codec = _codec(name)
    prefix = codecs.BOM_UTF16_BE if name.lower() == "utf-16" else b""
    if codec in _SEVERAL_BYTES and (not _COMMON.match(value) or (codec == "big5" and _KANA.search(value))):
        # Of these, Python and Terraform do not have the same characters.
        raise LimitError(f"texts in {name} with such characters are not computed")
    try:
        made = value.encode(codec)
        return to_base64(prefix + (made.removesuffix(b"~}") if codec == "hz" else made))
    except UnicodeEncodeError:
        raise EvaluationError(f"the text has characters that {name} does not have", 0) from None


def _text_decode(value: str, name: str) -> str:
    codec = _codec(name)
    data = from_base64(value, 0)
    if name.lower() == "utf-16" and data.startswith(codecs.BOM_UTF16_LE):
        codec, data = "utf-16-le", data[2:]
    elif name.lower() == "utf-16" and data.startswith(codecs.BOM_UTF16_BE):
        data = data[2:]
    try:
        return data.decode(codec)
    except UnicodeDecodeError:
        raise EvaluationError(f"the bytes are not valid {name}", 0) from None


def _url_encode(value: str) -> str:
    bounded(3 * len(value))
    return "".join(
        chr(byte) if byte in _UNRESERVED else "+" if byte == 0x20 else f"%{byte:02X}"
        for byte in value.encode("utf-8", "surrogatepass")
    )


def _json_encode(arguments: list[TfValue]) -> TfValue:
    value = arguments[0]
    if value.whole:
        made = string(encode(value))
    else:
        reason = combined((value,))
        parts = merged(pieces(value))
        made = unknown(Reason(reason.clause, reason.missing, failed=reason.failed, parts=parts), STRING, not_null=True)
    return encoded(made, value)


def _json_decode(arguments: list[TfValue]) -> TfValue:
    value = arguments[0]
    if not value.known:
        # What was encoded is known in part although its text is not.
        return unknown(combined(arguments))
    read = text_of(value)
    return _read_at_once(read) or _Reader(read).document()


def _read_at_once(text: str) -> TfValue | None:
    """The document by Python's own reader, where that certainly reads it as Terraform does; else None."""
    # An escape may be half of a pair.
    if len(text) < _SHORT or "\\u" in text:
        return None
    import json

    try:
        read: object = json.loads(text, parse_float=_written_number, parse_int=_written_number, parse_constant=_refused)
        return _built(read, 0)
    except (ValueError, RecursionError):
        return None


def _written_number(text: str) -> TfValue:
    made = parse_number(text)
    if made is None:
        raise ValueError(text)
    return made


def _refused(text: str) -> TfValue:
    raise ValueError(text)


def _name(name: str) -> str:
    return name if name.isascii() else text_of(string(name))


def _built(read: object, depth: int) -> TfValue:
    if depth > MAX_DEPTH:
        raise LimitError("the JSON is nested too deeply")
    if isinstance(read, str):
        return string(read)
    if isinstance(read, dict):
        return make_object({_name(name): _built(each, depth + 1) for name, each in read.items()})
    if isinstance(read, list):
        return make_tuple([_built(each, depth + 1) for each in read])
    if isinstance(read, TfValue):
        return read
    return null() if read is None else boolean(read is True)


class _Reader:
    """Reads JSON into values: objects, tuples, strings, numbers, bools, null."""

    __slots__ = ("at", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def fail(self, clause: str) -> EvaluationError:
        return EvaluationError(f"the text is not valid JSON: {clause} at offset {self.at}", 0)

    def space(self) -> str:
        """Skip white space; the character behind it."""
        while self.at < len(self.text) and self.text[self.at] in " \t\r\n":
            self.at += 1
        return self.text[self.at : self.at + 1]

    def document(self) -> TfValue:
        value = self.value(0)
        if self.space():
            raise self.fail("something follows the value")
        return value

    def value(self, depth: int) -> TfValue:
        if depth > MAX_DEPTH:
            raise LimitError("the JSON is nested too deeply")
        mark = self.space()
        if mark == "{":
            return self.mapping(depth)
        if mark == "[":
            return self.sequence(depth)
        if mark == '"':
            return string(self.string())
        for word, made in (("true", boolean(True)), ("false", boolean(False)), ("null", null())):
            if self.text.startswith(word, self.at):
                self.at += len(word)
                return made
        found = _NUMBER.match(self.text, self.at)
        made_number = parse_number(found[0]) if found else None
        if found is None or made_number is None:
            raise self.fail("a value is missing" if not mark else f"unexpected {mark!r}")
        self.at = found.end()
        return made_number

    def members(self, closing: str) -> Iterable[None]:
        """Once per member, with the position at its beginning."""
        self.at += 1
        if self.space() == closing:
            self.at += 1
            return
        while True:
            yield
            mark = self.space()
            self.at += 1
            if mark == closing:
                return
            if mark != ",":
                self.at -= 1
                raise self.fail(f"',' or {closing!r} is missing")

    def sequence(self, depth: int) -> TfValue:
        return make_tuple([self.value(depth + 1) for _ in self.members("]")])

    def mapping(self, depth: int) -> TfValue:
        entries: dict[str, TfValue] = {}
        for _ in self.members("}"):
            if self.space() != '"':
                raise self.fail("a key is missing")
            name = string(self.string())
            if self.space() != ":":
                raise self.fail("':' is missing")
            self.at += 1
            entries[text_of(name)] = self.value(depth + 1)
        return make_object(entries)

    def string(self) -> str:
        parts: list[str] = []
        self.at += 1
        while True:
            found = _PLAIN.match(self.text, self.at)
            assert found is not None
            parts.append(found[0])
            self.at = found.end()
            mark = self.text[self.at : self.at + 1]
            if mark == '"':
                self.at += 1
                return "".join(parts).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
            if mark != "\\":
                raise self.fail("the string has no end")
            parts.append(self.escape())

    def escape(self) -> str:
        mark = self.text[self.at + 1 : self.at + 2]
        if mark == "u":
            digits = self.text[self.at + 2 : self.at + 6]
            if not re.fullmatch(r"[0-9a-fA-F]{4}", digits):
                raise self.fail("an escape is not valid")
            self.at += 6
            return chr(int(digits, 16))
        if mark not in _ESCAPES or not mark:
            raise self.fail("an escape is not valid")
        self.at += 2
        return _ESCAPES[mark]


_ANY = Parameter("val", null=True, unknown=True)
FUNCTIONS = {
    "base64decode": plain(STRING, _base64_decode, text("str")),
    "base64encode": plain(STRING, _base64_encode, text("str")),
    "base64gzip": Function(_base64_gzip, (text("str"),), result=STRING),
    "jsondecode": Function(_json_decode, (text("str"),), nullable=True),
    "jsonencode": Function(_json_encode, (_ANY,), result=STRING),
    "textdecodebase64": plain(STRING, _text_decode, text("source"), text("encoding")),
    "textencodebase64": plain(STRING, _text_encode, text("string"), text("encoding")),
    "urlencode": plain(STRING, _url_encode, text("str")),
}
