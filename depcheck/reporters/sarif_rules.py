"""Rules as SARIF describes them, with what code scanning services read of them."""

from __future__ import annotations

import re

from depcheck.findings import RuleInfo

#: Where every rule has a heading of its own.
HELP = "https://github.com/depcheck/depcheck/blob/main/rules/README.md"
LEVELS = {"critical": "error", "high": "error", "medium": "warning", "low": "note", "info": "note"}
# GitHub's bands: above 9.0 critical, from 7.0 high, from 4.0 medium, below low.
_SCORES = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "3.0", "info": "0.5"}
_PROBLEMS = {"error": "error", "warning": "warning", "note": "recommendation"}
#: Code scanning shows ten tags of a rule and refuses more than twenty.
MOST_TAGS = 10


def descriptor(rule: RuleInfo) -> dict[str, object]:
    """A rule as a reporting descriptor."""
    level = LEVELS[rule.severity]
    tags = list(dict.fromkeys(["security", *([rule.pack] if rule.pack else []), *rule.controls]))
    # A name that differs from the id in nothing but case is not to be given.
    name = {"name": pascal(rule.id)} if pascal(rule.id).lower() != rule.id.lower() else {}
    return {
        "id": rule.id,
        **name,
        "shortDescription": {"text": _sentence(rule.title)},
        "fullDescription": {"text": _sentence(rule.why or rule.title)},
        "helpUri": help_uri(rule.id),
        "help": {"text": _text(rule), "markdown": _markdown(rule)},
        "defaultConfiguration": {"level": level},
        "properties": {
            "security-severity": _SCORES[rule.severity],
            "precision": rule.confidence,
            "problem.severity": _PROBLEMS[level],
            "tags": tags[:MOST_TAGS],
            "controls": list(rule.controls),
            "aliases": rule.aliases,
            "profile": rule.profile,
        },
    }


def pascal(name: str) -> str:
    """An id as SARIF wants a friendly name: ``UnreadableFile`` for ``unreadable-file``."""
    return "".join(part.capitalize() for part in re.split(r"[^A-Za-z0-9]+", name))


def help_uri(rule: str) -> str:
    """The page of a rule."""
    return f"{HELP}#{rule}"


def _sentence(text: str) -> str:
    text = " ".join(text.split())
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _text(rule: RuleInfo) -> str:
    parts = [_sentence(rule.why or rule.title)]
    if rule.fix:
        parts.append(f"Fix: {_sentence(rule.fix)}")
    if rule.controls:
        parts.append(f"Controls: {', '.join(rule.controls)}.")
    if rule.references:
        parts.append("References: " + ", ".join(rule.references))
    return "\n\n".join(parts)


def _markdown(rule: RuleInfo) -> str:
    """The same in Markdown. Packs are written by people who are trusted, so their Markdown stays Markdown."""
    parts = [rule.why.strip() or rule.title]
    if rule.fix:
        parts.append(f"**Fix.** {rule.fix.strip()}")
    if rule.controls:
        parts.append("**Controls.** " + ", ".join(f"`{control}`" for control in rule.controls))
    if rule.aliases:
        peers = "; ".join(f"{tool}: {', '.join(ids)}" for tool, ids in sorted(rule.aliases.items()))
        parts.append(f"**Known elsewhere as.** {peers}")
    if rule.references:
        parts.append("\n".join(f"- <{reference}>" for reference in rule.references))
    return "\n\n".join(parts)
