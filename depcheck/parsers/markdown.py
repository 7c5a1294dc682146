"""Markdown documents → their code blocks as embedded files.

A block is told by its name, as the same table tells files: the name stands in its first comment, in its info string, or
in the text before it. Without a name, its language and its content decide. Blocks of one name in one document keep
apart, because documents show several versions of a file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from depcheck.parsers import Context, Embedded, Parsed
from depcheck.parsers.table import MODULES, ON_REQUEST
from depcheck.parsers.table import kind_of as kind_of_file
from depcheck.source import Text
from depcheck.syntax.markdown import Block, blocks

_HEAD = 4000
_NAME = r"(?:\.{0,2}/)?[\w.@+-]+(?:/[\w.@+-]+)*"
_COMMENT = re.compile(
    rf"\s*(?:#+|//|--|;|/\*+|<!--)\s*(?:file(?:name)?\s*:\s*)?[`'\"]?({_NAME})[`'\"]?\s*(?:$|\*/|-->|[(:–—]|-\s)",
    re.IGNORECASE,
)
_NO_NAME = re.compile(r"#!|#\s*(?:syntax|escape|check)\s*=|---\s*$")
_ATTRIBUTE = re.compile(r"\b(?:title|file|filename|name|path)\s*[=:]\s*[\"']?([^\"'\s}]+)", re.IGNORECASE)
_ATTACHED = re.compile(rf"^[\w+#-]+(?::|\s+)({_NAME})")
_TICKED = re.compile(r"`([^`\n]+)`")
_BARE = re.compile(rf"(?<![\w./-])({_NAME})")
_TITLE = re.compile(r"#{1,6}[ \t]|\*\*|__|<!--|[-*+] \*\*|\d+[.)] \*\*")
_ENV_LINE = re.compile(r"\s*(?:export\s+)?[A-Za-z_][A-Za-z0-9_.]*\s*=.*")
#: The same with a value that no command can stand behind.
_PURE_LINE = re.compile(
    r"\s*(?:export\s+)?[A-Za-z_][A-Za-z0-9_]*=(?:[^\s'\"`$]|\$(?!\()|'[^']*'|\"[^\"`]*\")*\s*(?:#.*)?"
)
_TERRAFORM = re.compile(
    r"^[ \t]*(?:resource|data|module|provider|terraform|variable|output|locals|moved|import|check)\b[^=\n]*\{", re.M
)
_ASSIGNMENT = re.compile(r"^[A-Za-z_][\w-]*[ \t]*=", re.M)
_DOCKERFILE = re.compile(r"^[ \t]*(?:FROM|ARG)[ \t]", re.M | re.I)
_PROMPT = re.compile(r"^[ \t]*\$ ((?:[^\\\n]|\\(?:.|\n)?)*+)\n?", re.M)
_LOOKED_AT = 12

_SHELL = frozenset(("bash", "sh", "shell", "zsh", "console", "shell-session", "shellsession", "terminal"))
_YAML = frozenset(("yaml", "yml"))
_ENV = frozenset(("env", "dotenv", "ini", "properties", "conf", "text", "txt", "plaintext"))
_HCL = frozenset(("hcl", "terraform", "tf", "opentofu", "tofu"))
_DOCKER = frozenset(("dockerfile", "docker", "containerfile"))
_DATA_KINDS = frozenset(("workflow", "action", "dependabot", "compose", "cloudformation", "cdk", "iam-policy"))
#: What a block in a language can be, when its name stands in the text before it.
_KINDS: dict[str, frozenset[str]] = {
    **dict.fromkeys(_SHELL, frozenset(("shell", "dotenv"))),
    **dict.fromkeys(_YAML, _DATA_KINDS | {"dotenv"}),
    **dict.fromkeys(_ENV, frozenset(("dotenv",))),
    **dict.fromkeys(_HCL, frozenset(("terraform", "tfvars", "hcl"))),
    **dict.fromkeys(_DOCKER, frozenset(("dockerfile",))),
    "json": _DATA_KINDS | {"terraform-json", "tfvars-json"},
    "toml": frozenset(),
}
_ANY = frozenset(MODULES) - ON_REQUEST
_FILES = {
    "terraform": "main.tf",
    "tfvars": "terraform.tfvars",
    "dockerfile": "Dockerfile",
    "shell": "script.sh",
    "dotenv": ".env",
    "compose": "compose.yaml",
    "workflow": "workflow.yml",
    "cloudformation": "template.yaml",
    "iam-policy": "policy.json",
}


def parse(text: Text, context: Context, kind_of: Callable[[str, str], str | None] = kind_of_file) -> Parsed:
    """Read one document. ``kind_of`` tells a file's kind from its path and the beginning of its text."""
    parsed = Parsed()
    seen: dict[str, int] = {}
    for number, block in enumerate(blocks(text), 1):
        kind, name = _named(block, kind_of) or (_by_language(block, kind_of), "")
        if kind is None:
            continue
        content = _commands(block.content) if kind == "shell" else block.content
        if name:
            seen[name] = seen.get(name, 0) + 1
            path = name if seen[name] == 1 else f"{seen[name]}/{name}"
        else:
            path = f"block-{number}/{_FILES.get(kind, 'file')}"
        parsed.embedded.append(
            Embedded(kind, content, path=path, environment=_environment(kind, path, block, context), origin="document")
        )
    return parsed


def _named(block: Block, kind_of: Callable[[str, str], str | None]) -> tuple[str, str] | None:
    """The kind and the name of a block that is called like a file, the most telling place first."""
    head = block.content.text[:_HEAD]
    allowed = _KINDS.get(block.language, _ANY if not block.language else frozenset())
    for name, trusted in _names(block, head):
        kind = kind_of(name, head)
        if kind in _ANY and _plausible(kind, head) and (trusted or kind in allowed):
            return kind, re.sub(r"^(?:\.{0,2}/)+", "", name)
    return None


def _names(block: Block, head: str) -> Iterator[tuple[str, bool]]:
    """Names that a block may have, and whether they are said of the block itself."""
    for line in head.split("\n", 4)[:4]:
        if not line.strip() or _NO_NAME.match(line):
            continue
        comment = _COMMENT.match(line)
        if comment:
            yield comment[1], True
        break
    for pattern in (_ATTRIBUTE, _ATTACHED):
        found = pattern.search(block.info)
        if found:
            yield found[1], True
    for line in block.before[:_LOOKED_AT]:
        ticked = [found[1] for found in _TICKED.finditer(line)]
        if _TITLE.match(line):
            ticked += [found[1] for found in _BARE.finditer(line)]
        for name in ticked:
            if re.fullmatch(_NAME, name):
                yield name, False


def _plausible(kind: str, head: str) -> bool:
    """Whether the content can be of that kind at all: text before a block often names a file that it only uses."""
    if kind == "dotenv":
        return _is_env(head)
    if kind == "dockerfile":
        return _DOCKERFILE.search(head) is not None
    if kind == "terraform":
        return _TERRAFORM.search(head) is not None
    if kind == "tfvars":
        return _ASSIGNMENT.search(head) is not None
    return True


def _is_env(head: str, line_form: re.Pattern[str] = _ENV_LINE) -> bool:
    """Whether all lines, or nearly all of many, are assignments."""
    lines = [line for line in head.split("\n") if line.strip() and not line.lstrip().startswith("#")]
    assigned = sum(1 for line in lines if line_form.fullmatch(line.rstrip("\r")))
    return bool(lines) and (assigned == len(lines) or (assigned >= 4 and assigned * 10 >= len(lines) * 9))


def _by_language(block: Block, kind_of: Callable[[str, str], str | None]) -> str | None:
    """The kind of a block without a name, from its language and its content."""
    head = block.content.text[:_HEAD]
    language = block.language
    if language in _HCL:
        if _TERRAFORM.search(head):
            return "terraform"
        return "tfvars" if _ASSIGNMENT.search(head) and "{{" not in head else None
    if language in _DOCKER:
        return "dockerfile" if _DOCKERFILE.search(head) else None
    if language in _YAML or language == "json":
        kind = kind_of(f"block.{language}", head)
        return kind if kind in _ANY else None
    if language in _SHELL:
        return "dotenv" if _is_env(head, _PURE_LINE) and head.count("\n") > 1 else "shell"
    if language in _ENV:
        return "dotenv" if _is_env(head) else None
    return None


def _commands(content: Text) -> Text:
    """A script without prompts: where lines begin with ``$ ``, they are the commands and the rest is their output."""
    if not re.search(r"^[ \t]*\$ ", content.text, re.M):
        return content
    ranges = [(found.start(1), found.end()) for found in _PROMPT.finditer(content.text) if found.end() > found.start(1)]
    return content.pick(ranges) if ranges else content


def _environment(kind: str, path: str, block: Block, context: Context) -> str | None:
    """The environment that an env file's headings name, the innermost first, where its own name names none."""
    if kind not in ("dotenv", "tfvars") or context.environments.of_path(path) is not None:
        return None
    for heading in block.headings:
        named = context.environments.within(heading)
        if named is not None:
            return named
    return None
