"""Programs in JavaScript and TypeScript that run something by a schedule of node-cron's → schedules with what they run.

Only calls with a literal schedule are read (``cron.schedule('0 2 * * *', () => backup())``), and what is called by
name; the program itself is not. Comments and other strings are passed over, so that an example is no schedule.
"""

from __future__ import annotations

from depcheck.model import Schedule
from depcheck.parsers import Context, Parsed
from depcheck.patterns import Pattern
from depcheck.source import Text
from depcheck.values import Known

_TOKEN = Pattern(
    r"//[^\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/|\Z)|(?<![\w$.])(?:[\w$]+\.)?schedule\s*\(\s*(?P<quote>['\"`])(?P<when>[^'\"`\n$]{1,120})(?P=quote)"
    r"|'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\"|`(?:[^`\\]|\\.)*`"
)
_NAME = r"(?<![\w$.])((?:[A-Za-z_$][\w$]*\.)*[A-Za-z_$][\w$]*)"
_CALLED = Pattern(_NAME + r"(?=\()")
_HANDED = Pattern(_NAME + r"\s*(?=,|\Z)")
_ZONE = Pattern(r"timezone\s*:\s*['\"]([A-Za-z_/+-]{1,60})['\"]")
_FIELDS = (5, 6)
#: The words of the language that stand before a parenthesis and call nothing.
_WORDS = frozenset(("async", "await", "function", "if", "for", "while", "switch", "catch", "return", "new", "void"))
#: A callback that is longer than this is not looked through to its end, and no program has more schedules than that.
_LONGEST = 500
_MOST = 100


def parse(text: Text, context: Context) -> Parsed:
    """Read the schedules of one program."""
    parsed = Parsed()
    content = text.text
    number, counted = 1, 0
    for match in _TOKEN.finditer(content):
        if len(parsed.facts.schedules) == _MOST:
            break
        if match["when"] is None or len(match["when"].split()) not in _FIELDS:
            continue
        call = _rest_of_call(content, match.end())
        zone = _ZONE.search(call)
        when = Known(match["when"], text.span(match.start("when"), match.end("when")))
        number += content.count("\n", counted, match.start())
        counted = match.start()
        names = [each for each in (*_CALLED.findall(call), *_HANDED.findall(call)) if each not in _WORDS]
        parsed.facts.schedules.append(
            Schedule(
                when,
                when.span,
                scope=f"node-cron.{number}",
                zone=zone[1] if zone is not None else "UTC",
                environment=context.environment,
                runs=names[0] if names else "",
            )
        )
    return parsed


def _rest_of_call(content: str, start: int) -> str:
    """What else is handed to a call whose first argument ends at ``start``."""
    depth = 1
    for at in range(start, min(len(content), start + _LONGEST)):
        letter = content[at]
        if letter in "([{":
            depth += 1
        elif letter in ")]}":
            depth -= 1
            if depth == 0:
                return content[start:at]
    return content[start : start + _LONGEST]
