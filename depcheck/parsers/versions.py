"""Files that say which version of a language or tool a folder uses → runtimes.

``.nvmrc``, ``.python-version`` and their like hold one version (pyenv's several); ``.tool-versions`` one tool a line;
``go.mod``, ``engines`` of ``package.json`` and ``requires-python`` of ``pyproject.toml`` say what is accepted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from depcheck.model import Comment, Runtime
from depcheck.parsers import Context, Parsed
from depcheck.parsers.trees import settled
from depcheck.patterns import Pattern
from depcheck.source import Text
from depcheck.values import Known, Value

#: Name of a file that holds nothing else → whose version it is.
_OF_ONE = {
    ".nvmrc": "node",
    ".node-version": "node",
    ".python-version": "python",
    ".ruby-version": "ruby",
    ".java-version": "java",
    ".go-version": "go",
    ".terraform-version": "terraform",
    ".opentofu-version": "opentofu",
    ".bun-version": "bun",
}
#: What version managers call the languages.
_TOOLS = {"nodejs": "node", "golang": "go", "tofu": "opentofu"}
_WORD = Pattern(r"\S+")
_GO = Pattern(r"^[ \t]*(?P<what>go|toolchain)[ \t]+(?:go)?(?P<version>\d[\w.]*)", 8)
_SECTION = Pattern(r"\"engines\"\s*:\s*\{(?P<body>[^{}]*)\}")
_ENTRY = Pattern(r"\"(?P<name>node|npm|pnpm|yarn|bun)\"\s*:\s*\"(?P<version>[^\"\\\r\n]+)\"")
_PREFIX = {"python": Pattern(r"(?:cpython-|python-)"), "java": Pattern(r"(?:[a-z]+-)+"), "ruby": Pattern(r"ruby-")}
#: The longest text that can be a version.
_LONGEST = 80


def parse(text: Text, context: Context) -> Parsed:
    """Read one file of versions; which one it is, its name says."""
    name = (context.path or text.source.path).rsplit("/", 1)[-1].lower()
    parsed = Parsed()
    if name == "go.mod":
        found = _module(text)
    elif name == "package.json":
        found = _package(text)
    elif name.endswith(".toml"):
        parsed.facts.runtimes = _of_tables(text, name, parsed, context)
        return settled(parsed, text)
    else:
        parsed.comments = list(_comments(text))
        found = _listed(text) if name == ".tool-versions" else _alone(text, _OF_ONE.get(name, ""))
    parsed.facts.runtimes = _told(found, text, context)
    return parsed


def _told(found: Iterable[tuple[str, int, int]], text: Text, context: Context) -> list[Runtime]:
    return [
        Runtime(
            language,
            Known(text.text[start:end], text.span(start, end)),
            text.span(start, end),
            scope=context.scope,
            environment=context.environment,
        )
        for language, start, end in found
        if end - start <= _LONGEST
    ]


def _of_tables(text: Text, name: str, parsed: Parsed, context: Context) -> list[Runtime]:
    """``requires-python`` of a project, or the tools that mise installs."""
    from depcheck.syntax import toml

    file = toml.parse(text)
    parsed.comments, parsed.problems, parsed.tree = file.comments, file.problems, file.root
    told: list[tuple[str, Value]] = []
    if name == "pyproject.toml":
        told.append(("python", file.root.get("project", "requires-python")))
        told.append(("python", file.root.get("tool", "poetry", "dependencies", "python")))
    else:
        for tool, value in file.root.get("tools").items():
            version = value.get("version") if isinstance(value, Known) and isinstance(value.value, dict) else value
            told += [(_TOOLS.get(tool, tool), each) for each in version.elements()]
    return [
        Runtime(language, version, version.span, scope=context.scope, environment=context.environment)
        for language, version in told
        if isinstance(version, Known) and isinstance(version.value, (str, int, float))
    ]


def _lines(text: Text) -> Iterator[tuple[int, int, int]]:
    """Every line as its start, the end of what it says, and its own end; a comment stands between the two."""
    string = text.text
    at = 0
    while at < len(string):
        end = string.find("\n", at)
        end = len(string) if end < 0 else end
        comment = string.find("#", at, end)
        yield at, end if comment < 0 else comment, end
        at = end + 1


def _comments(text: Text) -> Iterator[Comment]:
    for _, start, end in _lines(text):
        if start < end:
            yield Comment(text.text[start + 1 : end].strip(), text.span(start, end))


def _versions(text: Text, language: str, words: list[tuple[int, int]]) -> Iterator[tuple[str, int, int]]:
    prefix = _PREFIX.get(language)
    for start, end in words:
        begin = prefix.match(text.text, start, end) if prefix is not None else None
        yield language, begin.end() if begin else start, end


def _alone(text: Text, language: str) -> Iterator[tuple[str, int, int]]:
    """Every version of a file that is about one language."""
    for start, end, _ in _lines(text):
        yield from _versions(text, language, [word.span() for word in _WORD.finditer(text.text, start, end)])


def _listed(text: Text) -> Iterator[tuple[str, int, int]]:
    """``nodejs 20.11.0 18.19.0``: a tool and its versions, the first of which is the one in use."""
    for start, end, _ in _lines(text):
        words = [word.span() for word in _WORD.finditer(text.text, start, end)]
        if words:
            tool = text.text[slice(*words[0])].lower()
            yield from _versions(text, _TOOLS.get(tool, tool), words[1:])


def _module(text: Text) -> Iterator[tuple[str, int, int]]:
    """The lowest version of Go that a module is built with; ``toolchain`` names a higher one for developers."""
    for line in _GO.finditer(text.text):
        if line["what"] == "go":
            yield "go", *line.span("version")


def _package(text: Text) -> Iterator[tuple[str, int, int]]:
    """What ``engines`` accepts."""
    for section in _SECTION.finditer(text.text):
        for entry in _ENTRY.finditer(text.text, *section.span("body")):
            yield entry["name"], *entry.span("version")
