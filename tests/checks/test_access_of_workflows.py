"""Whatever a workflow, an action or a trust says, the rules of access say something or nothing and never raise."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from depcheck.catalogue import all_rules
from depcheck.engine.judging import outcomes
from depcheck.engine.subjects import subjects
from depcheck.project.loading import Options, load

RULES = [rule for rule in all_rules() if rule.pack == "access"]
FIXTURES = Path(__file__).parents[2] / "fixtures" / "access"
PATHS = (
    "token-lacks-permission/violating/.github/workflows/deploy.yml",
    "token-wider-than-needed/compliant/.github/workflows/release.yml",
    "oidc-subject-mismatch/violating/.github/workflows/deploy.yml",
)
FILES = [(FIXTURES / path).read_text("utf-8").splitlines() for path in PATHS]
ACTION = (FIXTURES / "token-lacks-permission/violating/.github/actions/publish/action.yml").read_text("utf-8")
TRUST = (FIXTURES / "oidc-subject-mismatch/violating/infra/main.tf").read_text("utf-8").splitlines()
WORDS = ["null", "[]", "{}", "true", "1", "'*'", "${{ github.token }}", "${{ x", '"', "[a, {b: c}]", "&a *a", "- -"]
CHANGES = st.lists(st.tuples(st.integers(0, 200), st.sampled_from(["drop", "copy", *WORDS])), max_size=6)


def changed(lines: list[str], changes: list[tuple[int, str]]) -> str:
    kept = list(lines)
    for place, change in changes:
        at = place % len(kept)
        if change == "drop":
            kept[at : at + 1] = []
        elif change == "copy":
            kept.insert(at, kept[place * 7 % len(kept)])
        else:
            head, colon, _ = kept[at].partition(":")
            kept[at] = f"{head}{colon} {change}"
    return "\n".join(kept) + "\n"


@settings(max_examples=40, deadline=None)
@given(st.tuples(CHANGES, CHANGES, CHANGES), CHANGES)
def test_rules_of_workflows_raise_nothing(
    changes: tuple[list[tuple[int, str]], ...], of_trust: list[tuple[int, str]]
) -> None:
    with TemporaryDirectory() as folder:
        root = Path(folder)
        for name, content in (
            *((f".github/workflows/w{at}.yml", changed(FILES[at], each)) for at, each in enumerate(changes)),
            (".github/workflows/called.yml", changed(FILES[1], changes[0]).replace("on:", "on: workflow_call #", 1)),
            (".github/actions/publish/action.yml", changed(ACTION.splitlines(), of_trust)),
            ("main.tf", changed(TRUST, [each for each in of_trust if each[1] in ("drop", "copy", "null", "[]")])),
        ):
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
        project = load(Options([root], root=root, use_git=False), None, None)
        for rule in RULES:
            for subject in subjects(rule, project):
                for outcome in outcomes(rule, subject, project):
                    assert outcome.span is not None
