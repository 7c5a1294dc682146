"""Escaping for XML and HTML: text becomes text, whatever a scanned file called itself."""

from __future__ import annotations

import re

from depcheck.reporters.terminal import visible

_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;", "\n": "&#10;"}
_SPECIAL = re.compile("[&<>\"'\n]")


def escape(text: str, *, lines: bool = False) -> str:
    """Text for element content and for quoted attributes; with ``lines`` its line breaks stay, as references.

    Control characters, which XML forbids even as references, become pictures.
    """
    text = "\n".join(visible(line) for line in text.split("\n")) if lines else visible(text)
    return _SPECIAL.sub(lambda match: _ESCAPES[match[0]], text)


def attribute(name: str, value: str) -> str:
    """`` name="value"`` with the blank before it."""
    return f' {name}="{escape(value)}"'


def element(name: str, text: str, **attributes: str) -> str:
    """An element with text in it."""
    head = "".join(attribute(key, value) for key, value in attributes.items())
    return f"<{name}{head}>{escape(text, lines=True)}</{name}>"
