"""From compose files to what each environment runs.

:func:`assemble` takes the compose files and the env files of a scan as their parsers left them, by path from the root.
It reads nothing itself: a file that others include or extend from and that is not among them is a problem.
:func:`~depcheck.compose.projects.wanted` names such files, and env files, so that whoever may read the disk can add
them first.
"""

from __future__ import annotations

from collections.abc import Mapping

from depcheck.compose.loading import Loader
from depcheck.compose.projects import Run, runs_of
from depcheck.compose.telling import Telling
from depcheck.compose.variables import Variables, of_env_files
from depcheck.environments import Environments
from depcheck.model import Facts, Problem
from depcheck.parsers import Parsed
from depcheck.values import Known, string


def assemble(
    files: Mapping[str, Parsed], env_files: Mapping[str, Parsed], environments: Environments
) -> tuple[Facts, list[Problem]]:
    """Everything that the compose files tell, including what their parser found in each of them alone."""
    facts = Facts()
    problems: list[Problem] = []
    for path in sorted(files):
        facts.add(files[path].facts)
    for run in runs_of(files, env_files, environments):
        _tell(run, files, env_files, facts, problems)
    distinct = {(problem.message, problem.span): problem for problem in problems}
    return facts, list(distinct.values())


def _tell(
    run: Run,
    files: Mapping[str, Parsed],
    env_files: Mapping[str, Parsed],
    facts: Facts,
    problems: list[Problem],
) -> None:
    outside = Variables(_built_in(run, files), run.environment)
    given = of_env_files((env_files[path] for path in run.env_files if path in env_files), outside)
    variables = outside.below(given)
    sections = Loader(files, env_files, run.folder, problems).project(run.files, run.folder, variables)
    telling = Telling(facts, run.folder, env_files, variables, run.environment)
    services, volumes = sections.get("services"), sections.get("volumes")
    for name, service in services.items() if services is not None else ():
        if isinstance(service, Known) and isinstance(service.value, dict) and (run.only is None or name in run.only):
            telling.service(name, service)
    for name, volume in volumes.items() if volumes is not None and run.only is None else ():
        if isinstance(volume, Known) and isinstance(volume.value, dict):
            telling.volume(name, volume)


def _built_in(run: Run, files: Mapping[str, Parsed]) -> dict[str, Known]:
    """``COMPOSE_PROJECT_NAME``, where a file names the project."""
    for path in reversed(run.files):
        tree = files[path].tree
        name = tree.get("name") if tree is not None else None
        if isinstance(name, Known) and string(name):
            return {"COMPOSE_PROJECT_NAME": name}
    return {}
