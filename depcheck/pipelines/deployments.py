"""The deployments of a pipeline: which unit puts what into which environment, what comes before it and what after."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from functools import lru_cache

from depcheck.environments import Environments
from depcheck.patterns import Pattern
from depcheck.pipelines.conditions import Situation, calls, holds
from depcheck.pipelines.nouns import Done, Unit
from depcheck.pipelines.units import Pipeline, pipeline_of
from depcheck.project import Project
from depcheck.project.activities import TALKS, is_off
from depcheck.source import Span

#: Scripts and jobs of these put back or bring back, and are no way to a new version.
_BACKWARDS = Pattern(
    r"roll-?_?back|restore|recover|disaster|failover|(?:^|[^a-z])dr(?:[^a-z]|$)|destroy|teardown|tear-down|cleanup"
)
#: Words that name an environment but mean something else in most arguments.
_WEAK = frozenset({"test", "testing", "local", "live", "review", "preview", "develop", "dev", "qa", "stage"})
#: Deployments that prepare what the code runs on.
_INFRASTRUCTURE = Pattern(
    r"(?:terraform|tofu|terragrunt|pulumi) .*|.*cdk deploy (?!.*--all).*|aws cloudformation .*|.*aws-cloudformation-.*"
    r"|pulumi/actions.*|sam deploy.*"
)
_TOKENS = Pattern(r"[a-z0-9]+")
_ARGUMENT = Pattern(r"[\w./:@%+=-]+")


#: How the titles of steps say that they do an activity of the policy.
_TITLES = {
    "backup": Pattern(r"\bback[- ]?up (?:the |current |prod|staging|data)", 2),
    "health-check": Pattern(r"\bhealth[- ]?checks?\b|\bverify .*health", 2),
    "migrate": Pattern(r"\b(?:run|apply|execute) .*migrations?\b", 2),
    "notify": Pattern(r"\bnotif(?:y|ication)|\bannounce\b|\bslack\b", 2),
    "tests": Pattern(r"^(?:run )?(?:[\w-]+ ){0,2}tests?$|^test (?!results?|report)|\b(?:unit|integration) tests?\b", 2),
    "smoke-test": Pattern(r"\bsmoke[- ]?tests?\b", 2),
    "watch": Pattern(r"\b(?:watch|monitor|observe)\b", 2),
}


class Deployment:
    """What one unit puts into one environment, at the indexes ``at`` among the things that it does."""

    __slots__ = ("at", "environment", "unit")

    def __init__(self, unit: Unit, environment: str | None, at: list[int]) -> None:
        self.unit = unit
        self.environment = environment
        self.at = at

    @property
    def first(self) -> Done:
        """The first thing that it puts there."""
        return self.unit.done[self.at[0]]

    @property
    def last(self) -> Done:
        """The last one."""
        return self.unit.done[self.at[-1]]

    @property
    def span(self) -> Span:
        """The place of the unit: the job's id, or the first deploying command of a script."""
        return self.unit.span if self.unit.job is not None else self.first.span

    @property
    def name(self) -> str:
        """How messages call it: the job's id, or the script's path."""
        return self.unit.name


@lru_cache(maxsize=1)
def deployments(project: Project) -> tuple[Deployment, ...]:
    """Every deployment of a project, in the order in which they stand."""
    pipeline = pipeline_of(project)
    found: list[Deployment] = []
    for unit in pipeline.units:
        if _goes_back(unit) or any(link.job is not None and is_off(link.job.condition) for link in unit.chain):
            continue
        by_environment: dict[str | None, list[int]] = {}
        for index, done in enumerate(unit.done):
            if "deploy" in done.names and not on_failure(done) and not _on_runner(done, unit):
                for name in _environments(done, unit, project.environments):
                    by_environment.setdefault(name, []).append(index)
        found += [Deployment(unit, name, at) for name, at in by_environment.items()]
    return tuple(found)


def deployments_to(project: Project, environment: str) -> list[Deployment]:
    """The deployments to an environment."""
    return [each for each in deployments(project) if each.environment == environment]


def _goes_back(unit: Unit) -> bool:
    job = unit.job
    if job is not None and "failure" in calls(job.condition) and holds(job.condition, Situation({})) is False:
        return True
    return _BACKWARDS.search(unit.name.rsplit("/", 1)[-1].lower()) is not None


def on_failure(done: Done) -> bool:
    """Whether something is done only after a failure."""
    condition = done.step.condition if done.step is not None else None
    return "failure" in calls(condition) and holds(condition, Situation({})) is False


def _on_runner(done: Done, unit: Unit) -> bool:
    """Whether containers are only started where the job itself runs, to be tested."""
    command = done.command
    if command is None or command.name not in ("docker", "docker-compose") or "up" not in done.text:
        return False
    if unit.job is None:
        return done.environment is None
    on_host = done.step is not None and done.step.uses is not None
    return not on_host and not unit.environments and "ssh" not in done.text and "context" not in done.text


def _environments(done: Done, unit: Unit, environments: Environments) -> list[str | None]:
    if done.environment is not None:
        return [done.environment]
    if unit.environments:
        return [*unit.environments]
    target = target_of(done, environments)
    return [target if target is not None or not done.folder else environments.of_path(f"{done.folder}/main.tf")]


def target_of(done: Done, environments: Environments) -> str | None:
    """The environment that the arguments of a command name; None for none or several."""
    if done.command is None:
        return None
    found: set[str] = set()
    container = done.command.name in ("docker", "docker-compose")
    for word in done.command.words[1:]:
        if container and (word.text or "").endswith((".yml", ".yaml")):
            continue  # how containers are run (`compose.prod.yaml`), not where
        for part in _ARGUMENT.findall(word.text or ""):
            name = environments.within(part)
            if name is not None and not _is_weak(part):
                found.add(name)
    return found.pop() if len(found) == 1 else None


def _is_weak(word: str) -> bool:
    """Whether the environment is told by a word that usually means something else."""
    return any(each in _WEAK for each in _TOKENS.findall(word.lower()))


class Place:
    """Something that is done, and by which unit."""

    __slots__ = ("done", "unit")

    def __init__(self, unit: Unit, done: Done | None) -> None:
        self.unit = unit
        self.done = done

    @property
    def span(self) -> Span:
        """Its place in the unit's file."""
        return self.done.span if self.done is not None else self.unit.span


def matching(name: str, unit: Unit, done: Iterable[Done] | None = None) -> Iterator[Place]:
    """What of a unit a name of the policy means: an activity, a job, a step; all of it, or only of ``done``."""
    titled = [each for link in unit.chain if link.job is not None for each in (link.job.id, link.job.name)]
    if done is None and any(_is(name, each) for each in titled):
        yield Place(unit, None)
    for each in unit.done if done is None else done:
        titles = (each.step.name, _id_of(each)) if each.step is not None else ()
        if name in each.names or any(_is(name, title) for title in titles) or _is_titled(name, each):
            yield Place(unit, each)


def _is_titled(name: str, done: Done) -> bool:
    """Whether a step does something and says in its title that it is what is asked for."""
    pattern = _TITLES.get(name)
    if pattern is None or done.step is None or (done.command is not None and done.command.name in TALKS):
        return False
    return pattern.search(done.step.name) is not None and done.inner is None


def _id_of(done: Done) -> str:
    value = done.step.tree.get("id") if done.step is not None else None
    return (
        value.span.text if value is not None and done.step is not None and "id" in dict(done.step.tree.items()) else ""
    )


def _is(glob: str, name: str) -> bool:
    """Whether a name is meant, however its words are put together (``Smoke tests``, ``smoke-tests``)."""
    if not name:
        return False
    plain, wanted = _plain(name), _plain(glob)
    return plain == wanted or fnmatchcase(plain, wanted)


def _plain(name: str) -> str:
    return name.lower().replace("_", "-").replace(" ", "-")


def earlier(deployment: Deployment, pipeline: Pipeline, *, code_only: bool = False) -> tuple[list[Done], list[Unit]]:
    """What the unit itself has done when it begins to deploy, and the units that have ended.

    With ``code_only`` what the code runs on (infrastructure) may be deployed already.
    """
    unit = deployment.unit
    at = deployment.at[0]
    if code_only:
        code = [index for index in deployment.at if not _INFRASTRUCTURE.fullmatch(unit.done[index].text)]
        at = code[0] if code else len(unit.done)
    return [each for each in unit.done[:at] if not on_failure(each)], pipeline.before(unit)


def later(deployment: Deployment, pipeline: Pipeline) -> tuple[list[Done], list[Unit]]:
    """What the unit itself does when it has deployed, and the units that begin then."""
    unit = deployment.unit
    others = [each for each in deployments(pipeline.project) if each.unit is unit and each.at[0] > deployment.at[-1]]
    end = min((each.at[0] for each in others), default=len(unit.done))
    return unit.done[deployment.at[-1] + 1 : end], pipeline.after(unit)


def is_for_another(done: Done, unit: Unit, environment: str | None, environments: Environments) -> bool:
    """Whether something is done to another environment than one."""
    told = done.environment or target_of(done, environments) or unit.environment
    return told is not None and environment is not None and told != environment
