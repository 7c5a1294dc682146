"""What rules ask of workflows: what a job's token may do, which secrets a step sees, what outsiders write into it."""

from __future__ import annotations

from collections.abc import Iterator

from depcheck.model import Job
from depcheck.model import Step as JobStep
from depcheck.source import Text
from depcheck.syntax import expressions
from depcheck.syntax.yaml_scalars import content_of
from depcheck.values import Known, Unknown, Value, string

#: The permissions of ``GITHUB_TOKEN`` ("Permissions for GITHUB_TOKEN" in GitHub's workflow syntax).
PERMISSIONS = (
    "actions",
    "artifact-metadata",
    "attestations",
    "checks",
    "contents",
    "deployments",
    "discussions",
    "id-token",
    "issues",
    "models",
    "packages",
    "pages",
    "pull-requests",
    "repository-projects",
    "security-events",
    "statuses",
)
#: What read-all does not give, because there is nothing to read.
_WRITE_ONLY = frozenset({"id-token"})
_READ_ONLY = frozenset({"models"})

#: What somebody without write access to the repository can put text into ("Script injections" in GitHub's secure use
#: reference). ``*`` stands for one part of the path.
_UNTRUSTED = tuple(
    tuple(name.split("."))
    for name in (
        "github.head_ref",
        "github.event.issue.title",
        "github.event.issue.body",
        "github.event.pull_request.title",
        "github.event.pull_request.body",
        "github.event.pull_request.head.ref",
        "github.event.pull_request.head.label",
        "github.event.pull_request.head.repo.default_branch",
        "github.event.pull_request.head.repo.description",
        "github.event.pull_request.head.repo.homepage",
        "github.event.comment.body",
        "github.event.review.body",
        "github.event.review_comment.body",
        "github.event.discussion.title",
        "github.event.discussion.body",
        "github.event.pages.*.page_name",
        "github.event.commits.*.message",
        "github.event.commits.*.author.email",
        "github.event.commits.*.author.name",
        "github.event.commits.*.committer.email",
        "github.event.commits.*.committer.name",
        "github.event.head_commit.message",
        "github.event.head_commit.author.email",
        "github.event.head_commit.author.name",
        "github.event.head_commit.committer.email",
        "github.event.head_commit.committer.name",
        "github.event.workflow_run.head_branch",
        "github.event.workflow_run.display_title",
        "github.event.workflow_run.head_commit.message",
        "github.event.workflow_run.head_commit.author.email",
        "github.event.workflow_run.head_commit.author.name",
        "github.event.workflow_run.head_repository.description",
        "github.event.workflow_run.pull_requests.*.head.ref",
    )
)
#: Functions whose result is no longer the outsider's text.
_HARMLESS = frozenset({"contains", "startswith", "endswith", "hashfiles"})
#: Events that run with the rights of the base repository, each with what its payload does not have.
PRIVILEGED = {
    "pull_request_target": ("github.event.workflow_run", "github.event.comment", "github.event.issue"),
    "workflow_run": (
        "github.event.pull_request",
        "github.event.number",
        "github.event.comment",
        "github.event.issue",
        "github.head_ref",
    ),
    "issue_comment": (
        "github.event.pull_request",
        "github.event.number",
        "github.event.workflow_run",
        "github.head_ref",
    ),
}


class Placed:
    """A context that is read somewhere in a step or a job: under which key, and in which scalar."""

    __slots__ = ("key", "scalar", "use")

    def __init__(self, key: str, scalar: Known, use: expressions.Use) -> None:
        self.key = key
        self.scalar = scalar
        self.use = use


def text_of(value: Value) -> Text:
    """The content of a scalar of YAML with the place of each character."""
    text = Text.of(value.span.source)
    content = value.value if isinstance(value, Known) else None
    return content_of(text, value.span.start, value.span.end, content if isinstance(content, str) else None)


def uses(tree: Value) -> Iterator[Placed]:
    """Every context that the expressions below a part of a workflow read, in the order of the file."""
    stack: list[tuple[str, Value]] = [("", tree)]
    while stack:
        key, item = stack.pop()
        if not isinstance(item, Known):
            continue
        if isinstance(item.value, dict):
            stack.extend(reversed(item.value.items()))
        elif isinstance(item.value, list):
            stack.extend((key, each) for each in reversed(item.value))
        elif isinstance(item.value, str):
            for expression in expressions_of(key, item):
                for use in expression.uses:
                    yield Placed(key, item, use)


def expressions_of(key: str, scalar: Known) -> list[expressions.Expression]:
    """The expressions of one scalar; under ``if`` the braces may be missing."""
    if key == "if":
        return expressions.condition(text_of(scalar))
    return expressions.find(text_of(scalar)) if expressions.contains(str(scalar.value)) else []


def secrets(tree: Value, *, own_token: bool = False) -> list[Placed]:
    """The secrets that a job or step reads. A use with an empty path is the whole context (``toJSON(secrets)``), one
    whose path begins with ``?`` is computed. ``GITHUB_TOKEN`` only on request."""
    return [
        placed
        for placed in uses(tree)
        if placed.use.root == "secrets"
        and (own_token or not placed.use.path or placed.use.path[0].upper() != "GITHUB_TOKEN")
    ]


def permissions(job: Job) -> dict[str, Value]:
    """What the job's token may do: for every permission ``read``, ``write`` or ``none``.

    All are unknown where neither the job nor the workflow says anything, because a setting of the repository decides.
    """
    given = job.permissions
    if not isinstance(given, Known):
        reason = "the repository's settings decide what the token may do"
        return {name: Unknown(reason, given.span) for name in PERMISSIONS}
    word = string(given)
    if word is not None:
        return {name: _all(name, word, given) for name in PERMISSIONS}
    told: dict[str, Value] = {name: Known("none", given.span, key=given.key) for name in PERMISSIONS}
    told.update(given.items())
    return told


def _all(name: str, word: str, given: Known) -> Value:
    levels = {
        "read-all": "none" if name in _WRITE_ONLY else "read",
        "write-all": "read" if name in _READ_ONLY else "write",
    }
    if word not in levels:
        return Unknown(f"{word} is neither read-all nor write-all", given.span)
    return Known(levels[word], given.span, key=given.key)


def is_untrusted(use: expressions.Use) -> bool:
    """Whether somebody without write access can decide what a context holds."""
    path = (use.root, *(part.lower() for part in use.path))
    return any(
        len(path) == len(pattern)
        and all(part == wanted or wanted == "*" for part, wanted in zip(path, pattern, strict=True))
        for pattern in _UNTRUSTED
    )


def injections(step: JobStep) -> list[Placed]:
    """What outsiders write that is pasted into the step's script, where it becomes code."""
    scripts = [("run", step.tree.get("run")), ("script", step.tree.get("with", "script"))]
    found: list[Placed] = []
    for key, script in scripts:
        if not isinstance(script, Known) or not isinstance(script.value, str):
            continue
        for expression in expressions_of(key, script):
            for use in expression.uses:
                if is_untrusted(use) and not _HARMLESS.intersection(use.calls) and not _compared(expression, use):
                    found.append(Placed(key, script, use))
    return found


def _compared(expression: expressions.Expression, use: expressions.Use) -> bool:
    """Whether only the outcome of a comparison comes out (``github.head_ref == 'main'``)."""
    operators = {token.text for token in expression.tokens if token.kind == "operator"}
    return bool(operators & {"==", "!=", "<", ">", "<=", ">="}) and not operators & {"&&", "||"}


def always(condition: Value) -> bool:
    """Whether an ``if:`` is always true: ``true``, or any text around the ``${{ … }}``, which makes it never empty."""
    if not isinstance(condition, Known):
        return False
    if isinstance(condition.value, bool):
        return condition.value
    if not isinstance(condition.value, str):
        return False
    found = expressions.condition(text_of(condition))
    if expressions.contains(condition.value) and (len(found) != 1 or found[0].written != condition.value):
        return bool(found)
    tokens = found[0].tokens if found else []
    return [token.text.lower() for token in tokens] in (["true"], ["always", "(", ")"])


def conditions_of(job: Job) -> Iterator[tuple[Value, str]]:
    """The conditions of a job and of its steps, and how a message calls what they belong to."""
    places = [(job.condition, f"the job {job.id}")]
    places += [(step.condition, f'the step "{step.name or step.index + 1}"') for step in job.steps]
    for condition, what in places:
        if isinstance(condition, (Known, Unknown)):
            yield condition, what
