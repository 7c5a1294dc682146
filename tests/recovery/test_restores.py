"""Which commands bring data back, and that the rules which judge them ask for all of their programs."""

from __future__ import annotations

import pytest

from depcheck.model import Command
from depcheck.packs import built_in
from depcheck.recovery.restores import restores
from depcheck.source import Source, Text
from depcheck.syntax import shell


def command(line: str) -> Command:
    return shell.parse(Text.of(Source("restore.sh", line)), origin="script").commands[0]


RESTORING = [
    "psql -f dump.sql",
    "mysql app < dump.sql",
    "mariadb app < dump.sql",
    "pg_restore",
    'pg_restore -d "$URL" dump',
    "mongorestore --drop dump",
    "aws --region eu-west-1 rds restore-db-instance-from-db-snapshot",
    "aws backup start-restore-job",
    "gcloud sql backups restore 1",
    "az postgres flexible-server restore",
    "velero restore create a",
    "npx convex import a.zip",
    "pnpm exec convex import a.zip",
    "exec convex import a.zip",
    "convex import a.zip",
    "supabase db reset",
    "restic restore latest",
    "wal-g backup-fetch /data LATEST",
    "pgbackrest --stanza=main restore",
]


@pytest.mark.parametrize("line", RESTORING)
def test_what_restores_is_a_program_that_the_rules_ask_for(line: str) -> None:
    found = command(line)
    assert restores(found)
    rules = {rule.id: rule.looks_at[1] for rule in built_in()}
    for name in ("restore-command-incomplete", "data-dropped-before-restore", "restore-goes-on-after-failure"):
        assert f"command:{found.name}" in rules[name]


@pytest.mark.parametrize(
    "line",
    [
        "mariadb-dump app",
        "mariadb-admin status",
        "mysql-workbench",
        "mysqldump app",
        "psql -c 'select 1'",
        "pgbackrest info",
    ],
)
def test_a_program_whose_name_begins_alike_restores_nothing(line: str) -> None:
    assert not restores(command(line))
