"""Files that Terragrunt writes beside a module before it runs Terraform: providers, variables.

What the text of such a file does not decide becomes a name that the evaluation of the unit knows (``terragrunt.h0``).
"""

from __future__ import annotations

import re
from posixpath import basename

from depcheck.source import Source, Text
from depcheck.syntax import hcl
from depcheck.syntax.hcl_ast import Block
from depcheck.terraform.configuration import ENDINGS, Configuration, configure
from depcheck.terraform.values import Reason, TfValue, unknown
from depcheck.values import Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from depcheck.terraform.terragrunt import Context

_HEREDOC = re.compile(r"<<-?\s*([A-Za-z_]\w*)\s*\Z")


class Generated:
    """A ``generate`` block and the file that evaluates it."""

    __slots__ = ("block", "context")

    def __init__(self, block: Block, context: Context) -> None:
        self.block = block
        self.context = context


def with_generated(
    configuration: Configuration, generated: list[Generated], holes: dict[str, TfValue]
) -> Configuration:
    """The configuration of a module with the files that a unit writes; ``holes`` takes what is not decided in them."""
    files = {file.text.source.path: file for file in configuration.files}
    before = len(files)
    for each in generated:
        name = _word(each, "path")
        path = f"{configuration.path}/{basename(name)}" if configuration.path else basename(name)
        if not path.endswith(ENDINGS) or (path in files and not _word(each, "if_exists").startswith("overwrite")):
            continue
        text = _text(each, holes)
        if text is not None:
            before -= path in files
            files[path] = hcl.parse_json(text) if path.endswith(".json") else hcl.parse(text)
    if len(files) == before:
        return configuration
    made = configure(configuration.path, sorted(files), files)
    made.sketch = configuration.sketch
    return made


def _word(generated: Generated, name: str) -> str:
    attribute = generated.block.body.attribute(name)
    value = generated.context.evaluate(attribute.value).payload if attribute is not None else None
    return value if isinstance(value, str) else ""


def _text(generated: Generated, holes: dict[str, TfValue]) -> Text | None:
    attribute = generated.block.body.attribute("contents")
    if attribute is None:
        return None
    found = generated.context.chunks(attribute.value)
    return None if found is None else _filled(*found, holes)


def _filled(
    source: Source, chunks: list[tuple[str, int, int]], open_: dict[str, Unknown], holes: dict[str, TfValue]
) -> Text:
    """The text with names in place of its holes."""
    made: list[tuple[str, int, int]] = []
    written = ""
    for words, start, end in chunks:
        hole = open_.get(words)
        if hole is not None:
            name = f"h{len(holes)}"
            holes[name] = unknown(Reason(hole.reason, hole.missing, hole.refers))
            words = f"${{terragrunt.{name}}}" if _in_text(written) else f"terragrunt.{name}"
        written += words
        made.append((words, start, end))
    return Text.joined(source, made)


def _in_text(written: str) -> bool:
    """Whether what follows is inside of a quoted string or a heredoc."""
    *lines, last = written.split("\n")
    marker: str | None = None
    for line in lines:
        if marker is None:
            found = _HEREDOC.search(line)
            marker = found[1] if found is not None else None
        elif line.strip() == marker:
            marker = None
    return marker is not None or last.replace("\\\\", "").replace('\\"', "").count('"') % 2 == 1
