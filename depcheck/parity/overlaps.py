"""What about the environments themselves is not clear: overlaps, files of two environments, environments without
anything. Said plainly, so that nothing is guessed in silence."""

from __future__ import annotations

from collections.abc import Iterator

from depcheck.environments import Environments, glob_match
from depcheck.patterns import Pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from depcheck.parity.comparison import Comparison
    from depcheck.project import Project

#: Kinds of files whose names tell an environment.
_NAMED = frozenset({"dotenv", "tfvars", "tfvars-json", "compose"})
_MOST = 5
_TOKEN = Pattern(r"[a-z0-9]+")


def notices(compared: Comparison) -> list[str]:
    """One sentence each."""
    project = compared.project
    return [*_claimed_twice(project), *_of_two(project), *_empty(compared), *_nothing_to_compare(compared)]


def _claimed_twice(project: Project) -> Iterator[str]:
    """Files that the ``sources`` of two environments match; the first one has them."""
    sources = project.environments.sources
    if len(sources) < 2:
        return
    told = 0
    for file in project.facts.files:
        path = file.source.path
        owners = [name for name, globs in sources.items() if any(glob_match(path, glob) for glob in globs)]
        if len(owners) > 1:
            told += 1
            if told <= _MOST:
                listed = " and ".join(owners)
                yield f"{path} is a source of {listed}; it counts for {owners[0]}, the first that names it"
    if told > _MOST:
        yield f"{told - _MOST} more files are sources of two environments"


def _of_two(project: Project) -> Iterator[str]:
    """Files whose name tells two environments, so that they belong to none."""
    for file in project.facts.files:
        if file.kind not in _NAMED or file.environment is not None:
            continue
        name = file.source.path.rpartition("/")[2]
        found = mentioned(name, project.environments)
        if len(found) > 1:
            listed = " and ".join(found)
            yield f"{file.source.path} names {listed}, so it is taken for neither; say which under `sources`"


def mentioned(text: str, environments: Environments) -> list[str]:
    """Every environment whose words stand in a text as whole tokens."""
    tokens = _TOKEN.findall(text.lower())
    found: dict[str, None] = {}
    for name, words in environments.aliases.items():
        for word in words:
            phrase = _TOKEN.findall(word.lower())
            if phrase and any(tokens[at : at + len(phrase)] == phrase for at in range(len(tokens))):
                found[name] = None
    return list(found)


def _empty(compared: Comparison) -> Iterator[str]:
    """Environments that the policy declares and nothing belongs to."""
    policy = compared.project.policy
    if policy is None:
        return
    for name in policy.environments:
        if name not in compared.environments:
            place = policy.key_span("environments", name)
            yield f"{place.path}:{place.line}: nothing that was read belongs to {name}, so it is compared with nothing"


def _nothing_to_compare(compared: Comparison) -> Iterator[str]:
    if compared.rows:
        return
    names = compared.environments
    if not names:
        yield "no environment is told by any file, job or policy, so nothing could be compared"
    elif len(compared.compared) < 2:
        yield f"only one environment is told that is compared ({', '.join(compared.compared or names)})"
    else:
        yield "no two environments have the same kind of file or resource, so nothing could be compared"
