"""Comments that silence findings: depcheck's own and the peers', in every format that has comments."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from depcheck.engine import Run, Shown, run
from depcheck.engine.selection import Selection
from depcheck.findings import Report
from depcheck.packs import Json, Rule, built_in
from depcheck.project.loading import Options, load

ALIASES: dict[str, Json] = {
    "checkov": ["CKV_AWS_24"],
    "trivy": ["AVD-AWS-0107"],
    "hadolint": ["DL3006"],
    "zizmor": ["template-injection"],
    "gitleaks": ["generic-api-key"],
    "detect-secrets": ["KeywordDetector"],
    "kics": ["4728cd65"],
}


def rule(name: str, looks_at: Json, forbid: Json, **more: Json) -> Rule:
    entry: dict[str, Json] = {
        "id": name,
        "title": "t",
        "severity": "high",
        "confidence": "high",
        "message": "{name} is bad{others}" if more.get("group") else "{name} is bad",
        "looks_at": looks_at,
        "forbid": forbid,
        "aliases": ALIASES,
    }
    return Rule("test", {**entry, **more})


SETTING = rule("bad-setting", "setting", {"value": {"matches": "^bad"}})
INGRESS = rule("open-door", {"resource": ["aws_security_group"]}, {"ingress.cidr_blocks": "0.0.0.0/0"})
ZONE = rule("one-zone", {"resource": ["aws_db_instance"]}, {"multi_az": False})
IMAGE = rule("bad-image", "image", {"reference": {"matches": "bad"}})
COMMAND = rule("bad-workflow", "workflow", {"jobs.a.steps.run": {"matches": "bad"}})
META = next(each for each in built_in() if each.id == "suppression")
RULES = [SETTING, INGRESS, ZONE, IMAGE, COMMAND, META]


def scan(folder: Path, name: str, text: str, rules: list[Rule] = RULES, **how: object) -> Report:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    project = load(Options([folder], root=folder, use_git=False, as_of=date(2026, 6, 15)))
    return run(project, rules, Run(Selection(rules), **how))  # type: ignore[arg-type]


def lines(report: Report) -> tuple[list[int], list[int], list[str]]:
    """Where findings count, where they are silenced, and what is said of the comments."""
    return (
        sorted(each.span.line for each in report.findings if each.rule != "suppression"),
        sorted(each.span.line for each in report.suppressed),
        [each.message for each in report.findings if each.rule == "suppression"],
    )


OWN = "depcheck: ignore[bad-setting, open-door, one-zone, bad-image, bad-workflow] known"


@pytest.mark.parametrize(
    ("name", "text", "silenced"),
    [
        (".env", "# {own}\nA=bad\n", 2),
        (".env", "A=bad # {own}\n", 1),
        (".env", "# {own}\n# two lines of words\n\nA=bad\n", 4),
        ("Dockerfile", "FROM x:1\n# {own}\nENV A=bad\n", 3),
        ("Dockerfile", "# {own}\nFROM bad:1\n", 2),
        ("Dockerfile", "FROM x:1\n# {own}\nENV B=1 \\\n  C=2 \\\n  A=bad\n", 5),
        ("compose.yaml", "services:\n  a:\n    image: x:1\n    environment:\n      # {own}\n      A: bad\n", 6),
        ("compose.yaml", "services:\n  a:\n    image: x:1\n    environment:\n      A: bad # {own}\n", 5),
        ("compose.yaml", "services:\n  # {own}\n  a:\n    image: x:1\n    environment:\n      - A=bad\n", 6),
        ("compose.yaml", "services:\n  a:\n    image: x:1\n    environment:\n      # {own}\n      - A=bad\n", 6),
        (".github/workflows/w.yml", "on: push\njobs:\n  # {own}\n  a:\n    env:\n      A: bad\n    steps: []\n", 6),
        (
            ".github/workflows/w.yml",
            "on: push\njobs:\n  a:\n    steps:\n      # {own}\n      - name: x\n        run: bad\n",
            7,
        ),
        (
            ".github/workflows/w.yml",
            "on: push\njobs:\n  a:\n    steps:\n      # {own}\n      - name: x\n        env:\n          A: bad\n",
            8,
        ),
        ("x.tfvars", '# {own}\na = "bad"\n', 2),
        ("x.tfvars", '// {own}\na = "bad"\n', 2),
        ("x.tfvars", '/* {own} */\na = "bad"\n', 2),
        ("x.tfvars", '/*\n {own}\n*/\na = "bad"\n', 4),
        ("x.tfvars", 'a = "bad" /* {own} */\n', 1),
        (
            "main.tf",
            '# {own}\nresource "aws_security_group" "x" {\n  ingress {\n    cidr_blocks = ["0.0.0.0/0"]\n  }\n}\n',
            4,
        ),
        (
            "main.tf",
            'resource "aws_security_group" "x" {\n  # {own}\n  ingress {\n    cidr_blocks = ["0.0.0.0/0"]\n  }\n}\n',
            4,
        ),
        (
            "t.yaml",
            "Resources:\n  # {own}\n  D:\n    Type: AWS::RDS::DBInstance\n    Properties:\n      MultiAZ: false\n",
            6,
        ),
        (
            "t.yaml",
            "Resources:\n  D:\n    Type: AWS::RDS::DBInstance\n    Properties:\n      MultiAZ: false # {own}\n",
            5,
        ),
        ("run.sh", "# {own}\nexport A=bad\n", 2),
    ],
)
def test_own_comments_in_every_format(tmp_path: Path, name: str, text: str, silenced: int) -> None:
    counted, quiet, said = lines(scan(tmp_path, name, text.replace("{own}", OWN)))
    assert (counted, quiet, said) == ([], [silenced], [])
    counted, quiet, _ = lines(scan(tmp_path, name, text.replace("{own}", "nothing is said")))
    assert (counted, quiet) == ([silenced], [])


@pytest.mark.parametrize(
    ("name", "text", "counted"),
    [
        (".env", "A=bad\n# {own}\nB=1\n", [1]),
        (".env", "B=1 # {own}\nA=bad\n", [2]),
        (".env", "# {own}\nA=bad\nB=bad\n", [3]),
        ("x.tfvars", '/*\n{own}\n*/\nb = 1\na = "bad"\n', [5]),
        ("compose.yaml", "# {own}\nversion: '3'\nservices:\n  a:\n    environment:\n      A: bad\n", [6]),
        ("compose.yaml", "services:\n  # {own}\n  b:\n    image: x:1\n  a:\n    environment:\n      A: bad\n", [7]),
        (
            "main.tf",
            'resource "aws_security_group" "x" {\n  # {own}\n  tags = {}\n  ingress {\n'
            '    cidr_blocks = ["0.0.0.0/0"]\n  }\n}\n',
            [5],
        ),
        (
            "main.tf",
            '# {own}\nresource "aws_security_group" "y" {\n}\nresource "aws_security_group" "x" {\n  ingress {\n'
            '    cidr_blocks = ["0.0.0.0/0"]\n  }\n}\n',
            [6],
        ),
    ],
)
def test_what_a_comment_does_not_reach(tmp_path: Path, name: str, text: str, counted: list[int]) -> None:
    assert lines(scan(tmp_path, name, text.replace("{own}", OWN)))[0] == counted


@pytest.mark.parametrize(
    ("words", "silent", "said"),
    [
        ("ignore[bad-setting] why until=2026-06-15", True, None),
        ("ignore[bad-setting] until=2026-06-15 why", True, None),
        ("ignore[bad-setting] why until 2026-06-16", True, None),
        ("ignore[bad-setting] why until=2026-06-14", False, "this suppression ended on 2026-06-14"),
        ("ignore[bad-setting] why until 2026-06-14", False, "this suppression ended on 2026-06-14"),
        ("ignore[bad-setting] why until=20260101", False, '"20260101" is no date'),
        ("ignore[bad-setting] why until=2026-W01-1", False, '"2026-W01-1" is no date'),
        ("ignore[bad-setting] why until=soon", False, '"soon" is no date'),
        ("ignore[bad-setting] until=2026-12-31", False, "it gives no reason"),
        ("ignore[bad-setting]", False, "it gives no reason"),
        ("ignore why", False, "it names no rule"),
        ("ignore[] why", False, "it names no rule"),
        ("ignore[bad-settin] why", False, 'names the rule "bad-settin", did you mean "bad-setting"?'),
        ("ignore[bad-setting,bad-settin] why", True, 'names the rule "bad-settin"'),
        ("ignore[one-zone] why", False, "nothing is suppressed here any more (one-zone)"),
        ("IGNORE[bad-setting] why", True, None),
        ("ignore-file[bad-setting] why", True, None),
    ],
)
def test_dates_reasons_and_names(tmp_path: Path, words: str, silent: bool, said: str | None) -> None:
    counted, quiet, messages = lines(scan(tmp_path, ".env", f"# depcheck: {words}\nA=bad\n"))
    assert (counted, quiet) == (([], [2]) if silent else ([2], []))
    assert len(messages) == (said is not None)
    assert said is None or said in messages[0]


def test_one_comment_that_is_read_twice_is_one(tmp_path: Path) -> None:
    """A compose file is read for its services and again for what extends them."""
    (tmp_path / "base.yaml").write_text("services:\n  a:\n    environment:\n      A: bad # " + OWN + "\n")
    text = "services:\n  b:\n    extends: {file: base.yaml, service: a}\n    image: x:1\n"
    assert lines(scan(tmp_path, "compose.yaml", text))[2] == []


@pytest.mark.parametrize(
    "how", [{"partial": True}, {"environment": "production"}, {"shown": Shown(["./"])}], ids=lambda how: next(iter(how))
)
def test_half_a_look_cannot_tell_that_a_comment_is_of_no_use(tmp_path: Path, how: dict[str, object]) -> None:
    text = "# depcheck: ignore[one-zone] why\nA=1\n"
    assert lines(scan(tmp_path, ".env", text))[2] == ["nothing is suppressed here any more (one-zone)"]
    assert lines(scan(tmp_path, ".env", text, **how))[2] == []


def test_a_rule_that_could_not_decide_or_that_yielded_had_something_to_say(tmp_path: Path) -> None:
    text = (
        'variable "v" {}\nresource "aws_db_instance" "x" {\n  # depcheck: ignore[one-zone] why\n  multi_az = var.v\n}\n'
    )
    report = scan(tmp_path, "main.tf", text)
    assert [each.rule for each in report.unknown] == ["one-zone"]
    assert lines(report)[2] == []
    (tmp_path / "main.tf").unlink()
    general = rule("bad-name", "setting", {"name": "A"}, yields_to=["bad-setting"])
    report = scan(tmp_path, ".env", "# depcheck: ignore[bad-name] why\nA=bad\n", [SETTING, general, META])
    assert lines(report) == ([2], [], [])


def test_a_rule_that_did_not_run_tells_nothing(tmp_path: Path) -> None:
    asks = rule("promised", "setting", {"name": "A"}, needs="policy")
    report = scan(tmp_path, ".env", "# depcheck: ignore[promised] why\nA=1\n", [asks, META])
    assert lines(report) == ([], [], [])


@pytest.mark.parametrize("need", ["environments", "schedule", "command:psql", "uses:actions/cache", "word:backup|dump"])
def test_where_there_is_nothing_of_what_a_rule_needs_it_is_kept(tmp_path: Path, need: str) -> None:
    """A gate is no reason to keep a comment that silences nothing."""
    asks = rule("gated", "setting", {"name": "A"}, needs=[need])
    report = scan(tmp_path, ".env", "# depcheck: ignore[gated] why\nA=1\n", [asks, META])
    assert lines(report) == ([], [], ["nothing is suppressed here any more (gated)"])
    asks = rule("gated", "setting", {"name": "A"}, needs=[need, "policy"])
    report = scan(tmp_path, ".env", "# depcheck: ignore[gated] why\nA=1\n", [asks, META])
    assert lines(report) == ([], [], [])


def test_a_silenced_instance_leaves_its_group(tmp_path: Path) -> None:
    """Thirteen placeholders are one finding; silencing the first one must not hide twelve."""
    grouped = rule("bad-setting", "setting", {"value": {"matches": "^bad"}}, group="file")
    for at, rest in (("A", ["B", "C"]), ("B", ["A", "C"])):
        text = "".join(f"{name}=bad{'  # ' + OWN if name == at else ''}\n" for name in "ABC")
        report = scan(tmp_path, ".env", text, [grouped, META, INGRESS, ZONE, IMAGE, COMMAND])
        assert [each.message for each in report.findings] == [f"{rest[0]} is bad (and 1 more in this file)"]
        assert [note.message for each in report.findings for note in each.related] == [f"also here: {rest[1]}"]
        assert [each.message for each in report.suppressed] == [f"{at} is bad"]


SG = 'resource "aws_security_group" "x" {\n%s  ingress {%s\n%s    cidr_blocks = ["0.0.0.0/0"]%s\n  }\n%s}\n'
TWO = 'resource "aws_db_instance" "d" {\n%s  multi_az = false\n}\n'


@pytest.mark.parametrize(
    ("name", "text", "silent"),
    [
        # Checkov: anywhere in the resource, with or without a reason.
        ("main.tf", SG % ("  # checkov:skip=CKV_AWS_24:known\n", "", "", "", ""), True),
        ("main.tf", SG % ("", "", "", "", "  #checkov:skip=CKV_AWS_24: known\n"), True),
        ("main.tf", SG % ("  # checkov:skip=CKV_AWS_1,CKV_AWS_24\n", "", "", "", ""), True),
        ("main.tf", SG % ("  /*\n  checkov:skip=CKV_AWS_24:known\n  */\n", "", "", "", ""), True),
        ("main.tf", SG % ("  # checkov:skip=CKV_AWS_2:known\n", "", "", "", ""), False),
        ("main.tf", TWO % "  # checkov:skip=CKV_AWS_24:known\n", True),
        ("main.tf", "# checkov:skip=CKV_AWS_24:known\n\nlocals {}\n" + SG % ("", "", "", "", ""), False),
        ("Dockerfile", "FROM bad:1\n# checkov:skip=CKV_AWS_24:known\nRUN x\n", True),
        # Trivy and tfsec: the line, the line above, above or beside a block's header; not elsewhere in the block.
        ("main.tf", "#trivy:ignore:AVD-AWS-0107\n" + SG % ("", "", "", "", ""), True),
        ("main.tf", "#trivy:ignore:AWS-0107\n" + SG % ("", "", "", "", ""), True),
        ("main.tf", "#tfsec:ignore:avd-aws-0107\n" + SG % ("", "", "", "", ""), True),
        ("main.tf", "#trivy:ignore:*\n" + SG % ("", "", "", "", ""), True),
        ("main.tf", "#trivy:ignore:AWS-0001 trivy:ignore:AWS-0107\n" + SG % ("", "", "", "", ""), True),
        ("main.tf", "#trivy:ignore:AWS-0107:exp:2026-06-15\n" + SG % ("", "", "", "", ""), True),
        ("main.tf", "#trivy:ignore:AWS-0107:exp:2026-06-14\n" + SG % ("", "", "", "", ""), False),
        ("main.tf", SG % ("", " #trivy:ignore:AWS-0107", "", "", ""), True),
        ("main.tf", SG % ("", "", "    #trivy:ignore:AWS-0107\n", "", ""), True),
        ("main.tf", SG % ("", "", "", " #trivy:ignore:AWS-0107", ""), True),
        ("main.tf", SG % ("", "", "", "", "  #trivy:ignore:AWS-0107\n"), False),
        # hadolint: above an instruction, also one of several lines; global for the file.
        ("Dockerfile", "# hadolint ignore=DL3006\nFROM bad:1\n", True),
        ("Dockerfile", "# hadolint ignore=DL1,DL3006 # why\nFROM bad:1\n", True),
        ("Dockerfile", "FROM x:1\n# hadolint ignore=DL3006\nENV B=1 \\\n  A=bad\n", True),
        ("Dockerfile", "# hadolint global ignore=DL3006\nFROM x:1\nRUN x\nENV A=bad\n", True),
        ("Dockerfile", "# hadolint ignore=DL3006\nFROM x:1\nENV A=bad\n", False),
        ("Dockerfile", "FROM bad:1 # hadolint ignore=DL3006\n", False),
        # zizmor: anywhere in the step.
        ("w", "      - name: x # zizmor: ignore[template-injection] why\n        run: bad\n", True),
        ("w", "      - name: x\n        run: bad # zizmor: ignore[template-injection]\n", True),
        ("w", "      - name: x\n        run: bad\n        shell: bash # zizmor: ignore[a, template-injection]\n", True),
        ("w", "      - run: bad\n      - run: x # zizmor: ignore[template-injection]\n", False),
        ("w", "      - run: bad # zizmor: ignore[unpinned-uses]\n", False),
        # Secret scanners: the line, no more.
        (".env", "A=bad # gitleaks:allow\n", True),
        (".env", "A=bad # pragma: allowlist secret\n", True),
        (".env", "# pragma: allowlist nextline secret\nA=bad\n", True),
        (".env", "# pragma: allowlist nextline secret\n\nA=bad\n", False),
        (".env", "B=1 # gitleaks:allow\nA=bad\n", False),
        ("compose.yaml", "services:\n  # gitleaks:allow\n  a:\n    environment:\n      A: bad\n", False),
        # A tool that the rule does not name.
        (".env", "A=bad # kingfisher:ignore\n", False),
    ],
)
def test_peers_comments(tmp_path: Path, name: str, text: str, silent: bool) -> None:
    if name == "w":
        name, text = ".github/workflows/w.yml", "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n" + text
    counted, quiet, said = lines(scan(tmp_path, name, text))
    assert (len(counted), len(quiet)) == ((0, 1) if silent else (1, 0))
    assert said == []


@pytest.mark.parametrize("name", ["t.yaml", "t.json", "cdk.out/Stack.template.json"])
def test_checkov_s_metadata_in_templates(tmp_path: Path, name: str) -> None:
    text = (
        '{"Resources": {"D": {"Type": "AWS::RDS::DBInstance",\n'
        ' "Metadata": {"checkov": {"skip": [{"id": "CKV_AWS_24", "comment": "one zone"}]}},\n'
        ' "Properties": {"MultiAZ": false}},\n'
        '"E": {"Type": "AWS::RDS::DBInstance",\n "Properties": {"MultiAZ": false}}}}'
    )
    report = scan(tmp_path, name, text)
    assert [each.resource for each in report.findings] == ["cfn.E"]
    assert [(each.resource, each.suppression and each.suppression.reason) for each in report.suppressed] == [
        ("cfn.D", "one zone")
    ]


@pytest.mark.parametrize(
    "text",
    [
        '{"Resources": 1}',
        '{"Resources": {"D": 1, "E": {"Type": "AWS::RDS::DBInstance", "Metadata": [1]}}}',
        '{"Resources": {"E": {"Type": "AWS::RDS::DBInstance", "Metadata": {"checkov": {"skip": [1, {"id": {}}]}}}}}',
    ],
)
def test_odd_metadata(tmp_path: Path, text: str) -> None:
    assert scan(tmp_path, "a.template.json", text).suppressed == []


def test_aliases_of_aliases_are_looked_at_once(tmp_path: Path) -> None:
    text = "x-a: &a [1]\n" + "".join(
        f"x-{new}: &{new} [{', '.join([f'*{old}'] * 9)}]\n"
        for old, new in zip("abcdefghijkl", "bcdefghijklm", strict=True)
    )
    text += "services:\n  a:\n    environment:\n      # " + OWN + "\n      A: bad\n"
    assert lines(scan(tmp_path, "compose.yaml", text))[:2] == ([], [len(text.splitlines())])


def test_a_long_row_of_comments_costs_little(tmp_path: Path) -> None:
    many = 20_000
    report = scan(tmp_path, ".env", f"# {OWN}\n" * many + "A=bad\n")
    assert lines(report)[:2] == ([many + 1], [])
    assert any("this file has more than 1,000" in each.message for each in report.findings)
