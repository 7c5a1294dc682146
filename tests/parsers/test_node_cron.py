"""Programs with a schedule in themselves: what of them is a schedule, and what is called by it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from depcheck.environments import Environments
from depcheck.parsers import Context
from depcheck.parsers.node_cron import parse
from depcheck.parsers.table import kind_of
from depcheck.source import Source, Text
from depcheck.values import string


def read(text: str) -> list[tuple[str | None, str, str, str]]:
    parsed = parse(Text.of(Source("backup-scheduler.ts", text)), Context(Environments()))
    for schedule in parsed.facts.schedules:
        assert schedule.span.text == string(schedule.expression)
    return [(string(each.expression), each.zone, each.scope, each.runs) for each in parsed.facts.schedules]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("schedule('0 2 * * *', () => createBackup())", [("0 2 * * *", "UTC", "node-cron.1", "createBackup")]),
        ('\ncron.schedule("0 0 3 * * 0", backup.run)', [("0 0 3 * * 0", "UTC", "node-cron.2", "backup.run")]),
        (
            "cron.schedule('0 2 * * *', async () => { await dump() }, {timezone: 'Europe/Berlin'})",
            [("0 2 * * *", "Europe/Berlin", "node-cron.1", "dump")],
        ),
        ("cron.schedule(`0 2 * * *`, function () { if (on) save() })", [("0 2 * * *", "UTC", "node-cron.1", "save")]),
        ("// schedule('0 2 * * *', backup)", []),
        ("/* schedule('0 2 * * *', backup) */", []),
        ("const help = \"schedule('0 2 * * *', backup)\"", []),
        ("schedule(EVERY_NIGHT, backup)", []),
        ("schedule(`0 ${hour} * * *`, backup)", []),
        ("reschedule('0 2 * * *', backup)", []),
        ("schedule('tomorrow', backup)", []),
        ("schedule('0 2 * * *'", [("0 2 * * *", "UTC", "node-cron.1", "")]),
    ],
)
def test_calls(text: str, found: list[tuple[str | None, str, str, str]]) -> None:
    assert read(text) == found


@pytest.mark.parametrize(
    ("path", "text", "kind"),
    [
        ("scripts/backup-scheduler.ts", "import {schedule} from 'node-cron'\n", "node-cron"),
        ("src/cron.js", "const cron = require('node-cron')\n", "node-cron"),
        ("src/cron.js", "const later = require('later')\n", None),
        ("src/index.ts", "import cron from 'node-cron'\n", None),
        ("src/acronym.ts", "import cron from 'node-cron'\n", None),
    ],
)
def test_which_programs_are_read(path: str, text: str, kind: str | None) -> None:
    assert kind_of(path, text) == kind


@settings(deadline=None, max_examples=60)
@given(st.text(alphabet="schedul('0 2*\"`/(){},=>a\n\\", max_size=120))
def test_nothing_raises(text: str) -> None:
    read(text)


def test_the_time_is_linear() -> None:
    """What never ends is passed over once, not once for each of its beginnings."""
    for piece in ("/*", "`", "schedule(", "schedule('0 2 * * *',", "a.", "'"):
        read(piece * 20_000)
