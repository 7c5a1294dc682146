"""Which repository on GitHub a project is, as far as it says so itself."""

from __future__ import annotations

from functools import lru_cache

from depcheck.patterns import Pattern
from depcheck.project import Project
from depcheck.values import scalar_text

_SLUG = Pattern(r"github\.repository\s*==\s*'([\w.-]+/[\w.-]+)'|'([\w.-]+/[\w.-]+)'\s*==\s*github\.repository")
_REMOTE = Pattern(r"\[remote \"(?P<name>[^\"]+)\"\][^\[]*?\burl\s*=\s*\S*github\.com[:/](?P<slug>[\w.-]+/[\w.-]+)")


@lru_cache(maxsize=1)
def slug_of(project: Project) -> str | None:
    """``owner/name`` of the repository as its workflows' conditions say, else its remote on GitHub; None if neither."""
    told: set[str] = set()
    for job in project.facts.jobs:
        for condition in (job.condition, *(step.condition for step in job.steps)):
            text = scalar_text(condition) if condition is not None else None
            if text is not None and "github.repository" in text:
                told |= {match[1] or match[2] for match in _SLUG.finditer(text)}
    if told:
        return told.pop() if len(told) == 1 else None
    content = project.text_on_disk(".git/config")
    if content is None:
        return None
    remotes = {match["name"]: match["slug"].removesuffix(".git") for match in _REMOTE.finditer(content)}
    return remotes.get("upstream") or remotes.get("origin")


def is_own(reference: str, project: Project) -> bool:
    """Whether an action or a workflow (``owner/name@ref``) belongs to the owner of the repository."""
    slug = slug_of(project)
    return slug is not None and reference.partition("/")[0].lower() == slug.partition("/")[0].lower()
