"""Messages that quote a text which nobody has searched for secrets: the policy's own, and errors of reading it."""

from __future__ import annotations

import re

from depcheck.patterns import Pattern
from depcheck.project.credentials import is_placeholder, is_random, kind_of_name
from depcheck.secrets import find_in_value

_QUOTED = Pattern(r"(?P<quote>[\"'])(?P<text>(?:(?!(?P=quote)).){4,400})(?P=quote)")
#: The name that a message is about, behind the place (``depcheck.yaml:3:16: DB_PASSWORD: expected …``).
_SUBJECT = Pattern(r"(?:[^\s:]+:\d+:\d+: )?(?P<name>[\w.-]{1,100}): ")
_MASK = "***"


def without_secrets(message: str) -> str:
    """A message of several lines in which nothing is quoted that may be a secret: a provider's token, what looks drawn
    at random, or the value of a name that is a secret's."""
    return "\n".join(_line(line) for line in message.split("\n"))


def _line(line: str) -> str:
    subject = _SUBJECT.match(line)
    named = subject is not None and kind_of_name(subject["name"]) not in (None, "weak")

    def shown(match: re.Match[str]) -> str:
        text = match["text"]
        secret = is_random(text) or any(each.verdict == "secret" for each in find_in_value(text))
        if secret or (named and not is_placeholder(text)):
            return f"{match['quote']}{_MASK}{match['quote']}"
        return match.group()

    return _QUOTED.sub(shown, line)
