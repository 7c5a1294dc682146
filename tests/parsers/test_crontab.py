"""Crontab files: schedules, commands, time zones, the user of a system's crontab."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from depcheck.environments import Environments
from depcheck.parsers import Context
from depcheck.parsers.crontab import parse
from depcheck.parsers.table import kind_by_name
from depcheck.source import Source, Text
from depcheck.values import string

TEXT = """# m h dom mon dow command
MAILTO=ops
CRON_TZ = "Europe/Berlin"
0 2 * * * /opt/backup.sh --all
@daily  pg_dump app > /b.sql

*/5 * * * MON-FRI root true
"""


def read(text: str, path: str = "crontab") -> tuple[list[tuple[str | None, str, str]], list[str]]:
    parsed = parse(Text.of(Source(path, text)), Context(Environments()))
    schedules = [(string(each.expression), each.zone, each.scope) for each in parsed.facts.schedules]
    for schedule in parsed.facts.schedules:
        assert schedule.span.text == string(schedule.expression)
    return schedules, [each.text.text for each in parsed.embedded]


def test_lines_and_their_commands() -> None:
    assert read(TEXT) == (
        [
            ("0 2 * * *", "Europe/Berlin", "crontab.4"),
            ("@daily", "Europe/Berlin", "crontab.5"),
            ("*/5 * * * MON-FRI", "Europe/Berlin", "crontab.7"),
        ],
        ["/opt/backup.sh --all", "pg_dump app > /b.sql", "root true"],
    )


def test_the_crontab_of_a_system_has_users() -> None:
    assert read(TEXT, "etc/crontab")[1][-1] == "true"
    assert read("0 1 * * * postgres pg_dump app\n", "deploy/cron.d/dump.cron")[1] == ["pg_dump app"]


def test_what_is_no_line_is_a_problem_with_its_place() -> None:
    parsed = parse(Text.of(Source("crontab", "0 2 * * *\n0 3 * * * ok\nhello world\n")), Context(Environments()))
    assert [(each.span.line, each.message) for each in parsed.problems] == [
        (1, "this is no line of a crontab"),
        (3, "this is no line of a crontab"),
    ]
    assert len(parsed.facts.schedules) == 1


def test_names_of_crontabs() -> None:
    assert [kind_by_name(name) for name in ("crontab", "deploy/app.crontab", "backup.cron", "crontab.txt")] == [
        "crontab"
    ] * 4
    assert kind_by_name("crontab/readme.md") == "markdown"


@settings(deadline=None, max_examples=100)
@given(st.text(alphabet="0123456789*/,-@=#abTZ% \t\n\r\x00é", max_size=120))
def test_no_text_makes_it_raise(text: str) -> None:
    read(text)
