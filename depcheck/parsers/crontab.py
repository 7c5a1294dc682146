"""Crontab files → a schedule for each line and the commands that it runs, both of the scope ``crontab.<line>``.

The five fields (or ``@daily``) come first, in ``/etc/crontab`` and ``cron.d`` the user after them. ``CRON_TZ`` and
``TZ`` hold for the lines below them.
"""

from __future__ import annotations

from depcheck.model import Comment, Problem, Schedule
from depcheck.parsers import Context, Embedded, Parsed
from depcheck.patterns import Pattern
from depcheck.source import Text
from depcheck.values import Known

_LINE = Pattern(r"[ \t]*(?P<when>@[a-z]+|(?:[\d*,/A-Za-z?-]+[ \t]+){4}[\d*,/A-Za-z?-]+)[ \t]+(?P<rest>\S[^\r\n]*)")
_SETTING = Pattern(r"[ \t]*(?P<name>[A-Za-z_][A-Za-z0-9_]*)[ \t]*=[ \t]*(?P<value>[^\r\n]*)")
_USER = Pattern(r"(?P<user>[a-z_][a-z0-9_-]*)[ \t]+(?=\S)")
_LONGEST = 4_096


def parse(text: Text, context: Context) -> Parsed:
    """Read one crontab."""
    parsed = Parsed()
    path = text.source.path
    system = "cron.d/" in path or path.endswith("etc/crontab")
    zone = "UTC"
    at = 0
    for number, line in enumerate(text.text.splitlines(keepends=True), 1):
        begin, at = at, at + len(line)
        written = line.rstrip("\r\n")
        bare = written.strip()
        if bare.startswith("#"):
            mark = begin + written.index("#")
            parsed.comments.append(Comment(bare[1:].strip(), text.span(mark, begin + len(written.rstrip()))))
        elif not bare:
            continue
        elif len(written) > _LONGEST:
            parsed.problems.append(Problem(f"a line of {len(written)} characters is not read", text.span(begin, begin)))
        elif (setting := _SETTING.fullmatch(written)) is not None:
            if setting["name"] in ("CRON_TZ", "TZ"):
                zone = setting["value"].strip().strip("\"'") or "UTC"
        elif (found := _LINE.fullmatch(written)) is not None:
            scope = f"crontab.{number}"
            when = Known(found["when"], text.span(begin + found.start("when"), begin + found.end("when")))
            parsed.facts.schedules.append(
                Schedule(when, when.span, scope=scope, zone=zone, environment=context.environment)
            )
            start = begin + found.start("rest")
            user = _USER.match(found["rest"]) if system else None
            command = text.cut(start + (user.end() if user is not None else 0), begin + len(written))
            parsed.embedded.append(
                Embedded("shell", command, scope=scope, environment=context.environment, origin="script", shell="sh")
            )
        else:
            span = text.span(begin, begin + len(written))
            parsed.problems.append(
                Problem("this is no line of a crontab", span, "write five fields and a command, or comment it out")
            )
    return parsed
