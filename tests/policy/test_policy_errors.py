from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from depcheck.policy import PolicyError, load
from depcheck.source import Source


def mistakes(text: str) -> list[str]:
    with pytest.raises(PolicyError) as caught:
        load(Source("depcheck.yaml", text))
    return [str(mistake) for mistake in caught.value.mistakes]


#: One line of policy with an arrow before the place, and what is said of it.
MISTAKES = [
    ("→[]", "expected keys such as environments, recovery and rules, not a list"),
    ("→just text", 'expected keys such as environments, recovery and rules, not "just text"'),
    ("version: →2", "version: expected 1, not the number 2: this depcheck reads version 1"),
    ('version: →"1"', 'version: expected 1, not "1": this depcheck reads version 1'),
    ("→prodct: x", 'unknown key "prodct", did you mean "product"?'),
    ("product: →5", "product: expected text, not the number 5: put it in quotes"),
    ("docs: →yes", 'docs: expected true or false, not "yes": write true'),
    ("docs: →1", "docs: expected true or false, not the number 1"),
    ("environments: →[]", "environments: expected a map (key: value), not a list"),
    ("environments: {→'***': {}}", '"***" is not a name of an environment'),
    ("environments: {staging: {→alias: [x]}}", 'unknown key "alias", did you mean "aliases"?'),
    ("environments: {staging: {aliases: →x}}", 'aliases: expected a list, not "x": write [x]'),
    (
        "environments: {staging: {aliases: [live]}, production: {aliases: [→live]}}",
        'aliases: "live" belongs to staging already',
    ),
    (
        "environments: {staging: {domains: [a.io]}, production: {domains: [→A.io]}}",
        'domains: "A.io" belongs to staging already',
    ),
    ("recovery: {stores: {db: {match: [x], →retension: 35d}}}", 'unknown key "retension", did you mean "retention"?'),
    ("recovery: {stores: {db: {match: [x], rpo: →15}}}", "rpo: 15 has no unit: write 15s, 15m, 15h or 15d"),
    ("recovery: {stores: {db: {match: [x], rpo: →4hours}}}", 'rpo: "4hours" is not a duration, did you mean "4h"?'),
    (
        "recovery: {stores: {db: {match: [x], →rpo: }}}",
        "rpo: expected a duration such as 15m or 35d, not an empty value",
    ),
    ("recovery: {stores: {db: {match: [x], rpo: →[1h]}}}", "rpo: expected a duration such as 15m or 35d, not a list"),
    ("recovery: {stores: {db: {match: [x], by_loss: {→az: {}}}}}", 'unknown kind of loss "az", did you mean "zone"?'),
    (
        "recovery: {stores: {db: {match: [x], against: [→corruption]}}}",
        'against: unknown kind of loss "corruption", did you mean "deletion"?',
    ),
    (
        "recovery: {stores: {db: {match: [x], require: {→multi_az: true}}}}",
        'unknown key "multi_az", did you mean "multi_zone"?',
    ),
    (
        "recovery: {stores: {db: {match: [x], require: {copies: [→cross_region]}}}}",
        'copies: unknown destination "cross_region", did you mean "other_region"?',
    ),
    (
        "recovery: {stores: {db: {match: [x], data_size: →50G}}}",
        'data_size: "50G" is not a size, did you mean "50GiB"?',
    ),
    (
        "recovery: {stores: {db: {match: →[]}}}",
        "match: an empty list selects nothing: write addresses, kind:… or tag:…",
    ),
    ("recovery: {stores: {db: {match: [→'knd:x']}}}", 'match: unknown selector "knd:", did you mean "kind:"?'),
    (
        "recovery: {stores: {db: {match: [→'kind:databse']}}}",
        'match: unknown kind of store "databse", did you mean "database"?',
    ),
    ("recovery: {stores: {db: {match: [→'tag:']}}}", 'match: "tag:" selects nothing: write what follows the colon'),
    (
        "recovery: {stores: {→db: {rpo: 1h}}}",
        'db: missing key "match" (or "kind" and "at", for a store that no file shows)',
    ),
    ("recovery: {stores: {a: {match: [x, y]}, b: {match: [→y]}}}", 'match: "y" matches the store a already'),
    ("recovery: {stores: {a: {match: [x, →x]}}}", 'match: "x" is listed twice'),
    (
        "recovery: {stores: {a: {match: [x], require: {backup_every: →6h}, backups: [{every: 1d}]}}}",
        "backup_every: a backup every 6h is required, but backups says every 1d",
    ),
    (
        "recovery: {stores: {a: {match: [x], require: {backup_every: 6h}, "
        "by_environment: {staging: {backups: →[{every: 1d}]}}}}}",
        "backups: a backup every 6h is required, but backups says every 1d",
    ),
    (
        "recovery: {stores: {a: {match: [x], backups: [{every: 1d, at: →noon}]}}}",
        'at: "noon" is not a time of day: write it like 02:00Z, 02:00+01:00 or Sun 02:00Z',
    ),
    ("recovery: {stores: {a: {match: [x], backups: [→{at: 02:00Z}]}}}", 'missing key "every" in backups'),
    (
        "recovery: {stores: {db: {kind: database}}, services: {api: {needs: [→bd]}}}",
        'needs: unknown store "bd": known here is db',
    ),
    (
        "recovery: {declared: [{store: →db, loss: zone, rpo: 1m, source: s}]}",
        'store: unknown store "db": recovery.stores declares none',
    ),
    (
        "recovery: {declared: [→{store: a.b, loss: zone, source: s}]}",
        "declared: nothing is declared: write rpo, rto or retention",
    ),
    (
        "recovery: {evidence: [{store: a.b, loss: zone, rto: 1h, date: →2026-02-30, source: s}]}",
        'date: "2026-02-30" is not in the calendar',
    ),
    ("recovery: {assumptions: {→detekt: 5m}}", 'unknown assumption "detekt", did you mean "detect"?'),
    (
        "recovery: {assumptions: {restore.logical: →40GiB}}",
        'restore.logical: "40GiB" is not a rate: write it like 100GiB/h or 100MiB/s',
    ),
    ("recovery: {assumptions: {decide: →10}}", "decide: 10 has no unit: write 10s, 10m, 10h or 10d"),
    ("parity: {compare: [→[staging, staging]]}", "compare: comparing takes two or more different environments"),
    ("parity: {same: [a], free: [b, →a]}", 'free: "a" stands under same already'),
    ("parity: {shared: →https://x}", 'shared: expected a list, not "https://x": write [https://x]'),
    ("variables: {→MY-VAR: {}}", '"MY-VAR" is not a name of an environment variable: letters, digits and _'),
    ("variables: {A: {format: →urll}}", 'format: unknown format "urll", did you mean "url"?'),
    ("variables: {A: {min_length: →'32'}}", 'min_length: expected a whole number, not "32"'),
    ("variables: {A: {min_length: →0}}", "min_length: 0 is below 1"),
    ("variables: {A: {required: →maybe}}", 'required: expected true or false, not "maybe"'),
    (
        "pipeline: {deploys: {production: {strategy: →bluegreen}}}",
        'strategy: unknown strategy "bluegreen", did you mean "blue-green"?',
    ),
    (
        "pipeline: {deploys: {production: {approval: →2}}}",
        "approval: expected true, false or {people: 2}, not the number 2",
    ),
    ("pipeline: {deploys: {production: {steps: [5, →5]}}}", "steps: 5 does not come after 5: steps rise to 100"),
    ("pipeline: {deploys: {production: {steps: [→0]}}}", "steps: 0 is below 1"),
    (
        "pipeline: {deploys: {production: {from: [→workflow_dispatch]}}}",
        'from: unknown trigger "workflow_dispatch", did you mean "manual"?',
    ),
    ("pipeline: {deploys: {production: {after: [→production]}}}", "after: production cannot come after itself"),
    (
        "pipeline: {deploys: {production: {rollback_when: [{signal: x, above: →high}]}}}",
        'above: "high" is not a threshold: write it like 70%, 5s, 100ms, 1GiB, 100/m or 80',
    ),
    ("pipeline: {scheduled: {→secret-scn: 1d}}", 'unknown activity "secret-scn", did you mean "secret-scan"?'),
    ("pipeline: {scheduled: {backup: →0}}", "backup: 0 is not possible here: it has to be above 0"),
    ("pipeline: {activities: {→smoke-tset: [x]}}", 'unknown activity "smoke-tset", did you mean "smoke-test"?'),
    ("pipeline: {scan_severity: →error}", 'scan_severity: unknown severity "error", did you mean "high"?'),
    (
        "monitoring: {level: {staging: →false}}",
        'staging: expected a level of monitoring, not false: write it in quotes, such as "off"',
    ),
    ("monitoring: {health_check: {every: 5s, timeout: →10s}}", "timeout: 10s is longer than every, which is 5s"),
    ("capacity: {production: {min: 3, max: →2}}", "max: 2 is below min, which is 3"),
    ("capacity: {production: {min: →1.5}}", "min: expected a whole number, not the number 1.5"),
    ("capacity: {prod: {}, →production: {}}", '"production" and "prod" are one environment'),
    ("regions: {primary: →a, allowed: [b]}", 'primary: "a" is not in regions.allowed'),
    ("regions: {primary: a, recovery: →a}", 'recovery: "a" is the primary region'),
    ("tags: {required: [Project, →5]}", "required: expected the name of a tag, not the number 5"),
    ("tags: {required: {E: →'{env}'}}", 'E: "{env}" has unknown placeholder "env", did you mean "environment"?'),
    ("names: →'{environment'", 'names: "{environment" has a brace without its partner'),
    ("secrets: {stores: [→ssm]}", 'stores: unknown secret store "ssm", did you mean "aws_ssm"?'),
    ("secrets: {rotation: →90}", "rotation: 90 has no unit: write 90s, 90m, 90h or 90d"),
    ("flags: {promote: →[staging, staging]}", "promote: an environment stands twice in promote"),
    ("versions: {node: →latest}", 'node: "latest" is not a range of versions, did you mean "supported"?'),
    ("promises: →iam-mfa", 'promises: expected a list, not "iam-mfa": write [iam-mfa]'),
    ("evidence: [→{control: c, last: 2026-10-02}]", 'missing key "source" in evidence'),
    ("rules: {fail_on: →warning}", 'fail_on: unknown severity "warning", did you mean "medium"?'),
    ("rules: {profile: →all}", 'profile: unknown profile "all": known here are default, strict'),
    ("rules: {select: →ALL}", 'select: expected a list, not "ALL": write [ALL]'),
    (
        "rules: {ignore: [→open-ingress]}",
        "ignore: an ignored rule needs its reason: write {rule: open-ingress, reason: …}",
    ),
    ("rules: {ignore: [→{rule: x}]}", 'missing key "reason" in ignore'),
    ("rules: {ignore: [{rule: x, reason: →''}]}", "reason: expected text, not an empty one"),
    ("rules: {ignore: [{rule: x, reason: y, until: →soon}]}", 'until: "soon" is not a date: write it like 2027-03-31'),
]


@pytest.mark.parametrize(("marked", "message"), MISTAKES)
def test_one_mistake(marked: str, message: str) -> None:
    column = marked.index("→") + 1
    assert mistakes(marked.replace("→", "")) == [f"depcheck.yaml:1:{column}: {message}"]


def test_unknown_environments_name_the_nearest() -> None:
    declared = "environments: {acceptance: {aliases: [acc]}, production: {}}\n"
    rows = [
        ("capacity: {prodction: {}}", '12: unknown environment "prodction", did you mean "production"?'),
        ("capacity: {prdo: {}}", '12: unknown environment "prdo", did you mean "production"?'),
        (
            "parity: {compare: [[acceptence, production]]}",
            '21: compare: unknown environment "acceptence", did you mean "acceptance"?',
        ),
        (
            "recovery: {stores: {a: {match: [x], by_environment: {mars: {}}}}}",
            '54: unknown environment "mars": known here are acceptance, production',
        ),
        ("parity: {only_in: {mars: [A]}}", '20: unknown environment "mars": known here are acceptance, production'),
    ]
    for text, message in rows:
        assert mistakes(declared + text) == [f"depcheck.yaml:2:{message}"]


def test_without_declared_environments_any_name_may_be_one() -> None:
    policy = load(Source("depcheck.yaml", "capacity: {mars: {min: 1}, prod: {min: 2}}"))
    assert sorted(policy.capacity) == ["mars", "production"]


def test_every_mistake_is_told_at_once_in_the_order_of_the_file() -> None:
    text = dedent(
        """\
        versoin: 1
        recovery:
          stores:
            database:
              match: [aws_db_instance.*]
              retension: 35d
              rpo: 15
        rules:
          ignore:
            - {rule: x}
        docs: ja
        docs: true
        """
    )
    assert mistakes(text) == [
        'depcheck.yaml:1:1: unknown key "versoin", did you mean "version"?',
        'depcheck.yaml:6:7: unknown key "retension", did you mean "retention"?',
        "depcheck.yaml:7:12: rpo: 15 has no unit: write 15s, 15m, 15h or 15d",
        'depcheck.yaml:10:7: missing key "reason" in ignore',
        'depcheck.yaml:12:1: the key "docs" is given again, first in line 11: the last one counts: keep one',
    ]


def test_the_error_stands_for_its_first_mistake() -> None:
    with pytest.raises(PolicyError) as caught:
        load(Source("ops/depcheck.yaml", "docs: 1\nprodct: x\n"))
    error = caught.value
    assert (error.path, error.line, error.column) == ("ops/depcheck.yaml", 1, 7)
    assert str(error).splitlines() == [str(mistake) for mistake in error.mistakes]
    assert len(error.mistakes) == 2


def test_what_cannot_be_parsed_is_told_and_the_rest_is_judged() -> None:
    found = mistakes("recovery:\n  stores:\n    a: {match: [x\nrules:\n  fail_on: always\n")
    assert found[0].startswith("depcheck.yaml:3:")
    assert any("fail_on" in mistake for mistake in found)


def test_a_second_document_is_refused() -> None:
    assert mistakes("docs: true\n---\ndocs: false\n") == [
        "depcheck.yaml:3:1: a second document: a policy is one document"
    ]


def test_a_mistake_under_an_anchor_is_told_once() -> None:
    text = "recovery:\n  stores:\n    a: {match: [x], by_loss: &l {zone: {rpo: 5}}}\n    b: {match: [y], by_loss: *l}\n"
    assert mistakes(text) == ["depcheck.yaml:3:46: rpo: 5 has no unit: write 5s, 5m, 5h or 5d"]


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "latin.yaml").write_bytes(b"docs: true\nproduct: caf\xe9\n")
    (tmp_path / "big.yaml").write_bytes(b"#" * 1_100_000)
    for name, message in (
        ("none.yaml", "none.yaml:1:1: cannot be read: no such file or directory"),
        ("folder", "folder:1:1: cannot be read: is a directory"),
        ("latin.yaml", "latin.yaml:2:13: this byte is not UTF-8: save the file as UTF-8"),
        ("big.yaml", "big.yaml:1:1: has more than 1 MiB, which is no policy"),
    ):
        with pytest.raises(PolicyError) as caught:
            load(tmp_path / name)
        assert str(caught.value) == message
