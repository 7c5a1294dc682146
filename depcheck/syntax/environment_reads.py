"""Which environment variables a program's text reads, and which ones a schema in it requires.

Nothing is parsed as a language: names are found where the usual ways of reading a variable are written out
(``process.env.X``, ``os.environ["X"]``, ``os.Getenv("X")``), and entries of schemas (zod, envalid, pydantic-settings)
by the shape of their lines. What is computed is not told.
"""

from __future__ import annotations

from collections.abc import Iterator

from depcheck.patterns import Pattern

#: A text without any of these reads nothing.
HINTS = (
    "process.env",
    "import.meta.env",
    "environ",
    "getenv",
    "Getenv",
    "get_env",
    "fetch_env",
    "LookupEnv",
    "env::var",
    "Deno.env",
    "Bun.env",
    "ENV[",
    "ENV.fetch",
    "env(",
    "BaseSettings",
    "cleanEnv",
    "createEnv",
    "EnvironmentVariable",
)
_NAME = r"[A-Z][A-Z0-9_]{2,79}"
_MEMBER = Pattern(rf"\b(?:process\.env|import\.meta\.env|Bun\.env)(?:\?)?\.(?P<name>{_NAME})\b(?!\s*=[^=])")
_INDEX = Pattern(
    rf"\b(?:process\.env|import\.meta\.env|Bun\.env|os\.environ|environ|ENV)(?:\?\.)?\[\s*[\"'](?P<name>{_NAME})[\"']\s*\](?!\s*=[^=])"
)
_CALL = Pattern(
    r"\b(?:os\.environ\.get|environ\.get|os\.getenv|getenv|os\.Getenv|os\.LookupEnv|LookupEnv|System\.getenv"
    r"|System\.get_env|System\.fetch_env!?|env::var(?:_os)?|Deno\.env\.get|ENV\.fetch|GetEnvironmentVariable"
    rf"|(?<![\w.>])env)\(\s*[\"'](?P<name>{_NAME})[\"']"
)
_SPREAD = Pattern(r"\{(?P<names>[^{}]{1,2000})\}\s*=\s*(?:process\.env|import\.meta\.env)\b")
_SPREAD_NAME = Pattern(rf"(?<=[{{,])\s*(?P<name>{_NAME})\s*(?=[,:=}}])")
_COMMENT = ("//", "#", "*", "/*")
#: An entry of a schema in JavaScript: its name and the function that begins its value.
_ENTRY = Pattern(
    rf"^[ \t]*[\"']?(?P<name>{_NAME})[\"']?\s*:\s*"
    r"(?P<value>z\s*\.|(?:envalid\.)?(?:str|num|bool|url|port|host|email|json)\()",
    8,
)
_OPTIONAL = Pattern(
    r"\.(?:optional|nullish|nullable|default|catch|prefault)\(|\bdefault\s*:|\bdevDefault\s*:|z\s*\.\s*(?:literal|undefined|any|unknown)\("
    r"|\boptional\("
)
_CLASS = Pattern(r"^class\s+\w+\s*\((?P<bases>[^)\n]*\bBaseSettings\b[^)\n]*)\)\s*:[^\n]*\n", 8)
_FIELD = Pattern(
    r"(?P<indent>[ \t]+)(?P<name>[A-Za-z][A-Za-z0-9_]{1,79})\s*:\s*(?P<type>[^=#\n\s](?:[^=#\n]*[^=#\n\s])?)\s*"
    r"(?P<given>=[^\n]*)?(?:#[^\n]*)?"
)
_PREFIX = Pattern(r"env_prefix\s*=\s*[\"'](?P<prefix>\w*)[\"']")
#: Types of fields that one variable gives. A field of another type may be made of several.
_SIMPLE = Pattern(
    r"(?:str|int|float|bool|bytes|SecretStr|SecretBytes|\w*Url|\w*Dsn|EmailStr|Path|FilePath|DirectoryPath|Literal\[.*"
    r"|PositiveInt|NonNegativeInt|UUID)"
)
_LONGEST_ENTRY, _LONGEST_LINE = 2000, 300
#: After so many entries without an end a text is no program.
_MOST_UNCLOSED = 20
#: Brackets, commas, and strings as a whole.
_MARK = Pattern(r"[()\[\]{},]|\"(?:[^\"\\\n]|\\.)*+\"|'(?:[^'\\\n]|\\.)*+'|`(?:[^`\\]|\\.)*+`")


class Name:
    """A name of a variable and where it stands; ``required`` is True in a schema that does without no value."""

    __slots__ = ("end", "name", "required", "start")

    def __init__(self, name: str, start: int, end: int, *, required: bool = False) -> None:
        self.name = name
        self.start = start
        self.end = end
        self.required = required


def may_read(text: str) -> bool:
    """Whether a text is worth a closer look."""
    return any(hint in text for hint in HINTS)


def reads(text: str) -> Iterator[Name]:
    """Every place that reads a variable by its name; comments are left out as far as their lines tell."""
    for pattern in (_MEMBER, _INDEX, _CALL):
        for match in pattern.finditer(text):
            if not _in_comment(text, match.start()):
                yield Name(match["name"], *match.span("name"))
    for spread in _SPREAD.finditer(text):
        for match in _SPREAD_NAME.finditer(text, *spread.span("names")):
            yield Name(match["name"], *match.span("name"))


def _in_comment(text: str, at: int) -> bool:
    start = text.rfind("\n", max(at - 500, 0), at) + 1
    return text[start:at].lstrip().startswith(_COMMENT)


def entries(text: str) -> Iterator[Name]:
    """The entries of schemas that are held against the environment."""
    if ".object(" in text or "cleanEnv" in text or "createEnv" in text:
        yield from _javascript(text)
    if "BaseSettings" in text:
        yield from _python(text)


def _javascript(text: str) -> Iterator[Name]:
    if not any(word in text for word in ("process.env", "import.meta.env", "cleanEnv(", "createEnv(")):
        return
    # A schema whose failure is looked at and no reason to stop is that of a part that may be left out.
    stops = "safeParse(" not in text or "throw " in text or "process.exit" in text
    unclosed = 0
    for match in _ENTRY.finditer(text):
        if not _in_comment(text, match.start("name")) and unclosed < _MOST_UNCLOSED:
            value = _expression(text, match.start("value"))
            unclosed += value is None
            required = stops and value is not None and _OPTIONAL.search(value) is None
            yield Name(match["name"], *match.span("name"), required=required)


def _expression(text: str, start: int) -> str | None:
    """What stands up to the comma or the bracket that ends an entry; None where that is far away."""
    depth = 0
    for match in _MARK.finditer(text, start, min(len(text), start + _LONGEST_ENTRY)):
        mark = match.group()
        if mark in "([{":
            depth += 1
        elif mark in ")]}":
            depth -= 1
            if depth < 0:
                return text[start : match.start()]
        elif mark == "," and depth == 0:
            return text[start : match.start()]
    return None


def _python(text: str) -> Iterator[Name]:
    for head in _CLASS.finditer(text):
        body_end = _body_end(text, head.end())
        prefix = _PREFIX.search(text, head.end(), body_end)
        begin = prefix["prefix"].upper() if prefix is not None else ""
        first = ""
        at = head.end()
        while at < body_end:
            end = text.find("\n", at, body_end)
            end = body_end if end < 0 else end
            field = _FIELD.fullmatch(text, at, end) if end - at < _LONGEST_LINE else None
            at = end + 1
            if field is None or (first and field["indent"] != first) or field["name"] == "model_config":
                continue
            first = first or field["indent"]
            given = field["given"] or ""
            simple = _SIMPLE.fullmatch(field["type"]) is not None and "None" not in field["type"]
            asked = not given or ("Field(..." in given and "alias" not in given)
            if "alias" not in given:
                name = begin + field["name"].upper()
                yield Name(name, *field.span("name"), required=simple and asked)


def _body_end(text: str, at: int) -> int:
    """The end of an indented block."""
    while at < len(text):
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        if text[at:end].strip() and text[at] not in " \t#":
            return at
        at = end + 1
    return len(text)
