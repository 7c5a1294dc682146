"""Restores that automation tries: how far apart they are, and of which stores."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from depcheck.model import Command, Job, Resource
from depcheck.patterns import Pattern
from depcheck.project.activities import activities
from depcheck.recovery.restores import text_of
from depcheck.recovery.schedules import ScheduleError, cadence, union
from depcheck.source import Span
from depcheck.values import Absent, Missing, Unknown, scalar_text, string

TYPE_CHECKING = False
if TYPE_CHECKING:
    from depcheck.project import Project
    from depcheck.recovery.stores import Store

#: What AWS Backup's restore testing calls the types of what it restores.
_PROTECTED = {
    "RDS": ("aws_db_instance",),
    "AURORA": ("aws_rds_cluster",),
    "DOCUMENTDB": ("aws_docdb_cluster",),
    "NEPTUNE": ("aws_neptune_cluster",),
    "DYNAMODB": ("aws_dynamodb_table",),
    "EBS": ("aws_ebs_volume",),
    "EC2": ("aws_instance",),
    "EFS": ("aws_efs_file_system",),
    "FSX": (
        "aws_fsx_windows_file_system",
        "aws_fsx_ontap_file_system",
        "aws_fsx_openzfs_file_system",
        "aws_fsx_lustre_file_system",
    ),
    "S3": ("aws_s3_bucket",),
}
#: What a restoring command is of: engines, or types of resources.
_COMMANDS: tuple[tuple[Pattern, frozenset[str]], ...] = tuple(
    (Pattern(rf"(?:^|[\s/;&|(\"'])(?:{pattern})"), frozenset(of))
    for pattern, of in (
        (r"pg_restore\b|psql\b", ("postgres", "supabase")),
        (r"mysql\b|mariadb\b", ("mysql",)),
        (r"mongorestore\b", ("mongo",)),
        (r"supabase db (?:reset|restore|push)\b", ("supabase", "postgres")),
        (r"convex import\b", ("convex",)),
        (r"aws rds restore-db-instance", ("aws_db_instance",)),
        (r"aws rds restore-db-cluster", ("aws_rds_cluster",)),
        (r"aws docdb restore-", ("aws_docdb_cluster",)),
        (r"aws dynamodb restore-", ("aws_dynamodb_table",)),
    )
)


#: The engines of providers, as the restoring commands know them.
_PROVIDERS = {"supabase": "supabase", "convex": "convex", "neon": "postgres", "planetscale": "mysql", "atlas": "mongo"}


class RestoreTest:
    """A restore that is tried by a schedule. ``of`` are the types and engines that it restores, None for whatever there
    is; ``missing`` is what would decide how far apart they are, where that is open."""

    __slots__ = ("gap", "missing", "of", "span")

    def __init__(self, gap: float, span: Span, of: frozenset[str] | None, missing: tuple[Missing, ...] = ()) -> None:
        self.missing = missing
        self.gap = gap
        self.span = span
        self.of = of

    def is_of(self, store: Store, at: str) -> bool:
        """Whether it tries a store, whose provider is ``at`` where no file shows it."""
        if self.of is None:
            return True
        if store.resource is None:
            names = {_PROVIDERS.get(at.lower(), "")}
        else:
            names = {store.engine, store.resource.type}
        # What is known of neither by its engine nor by its type may be what is restored.
        return names == {""} or not self.of.isdisjoint(names)


def found(project: Project) -> list[RestoreTest]:
    """Every restore that is tried by a schedule."""
    return [*_of_plans(project), *_of_workflows(project)]


def _of_plans(project: Project) -> Iterator[RestoreTest]:
    for plan in project.of_type("aws_backup_restore_testing_plan"):
        expression = plan.get("schedule_expression")
        text = string(expression)
        zone = string(plan.get("schedule_expression_timezone")) or "UTC"
        selected = _selected(plan, project)
        try:
            if text is not None:
                yield RestoreTest(cadence(text, "aws", zone).longest, expression.span, selected)
            elif isinstance(expression, Unknown):
                missing = expression.missing or (Missing(expression.reason, expression.span),)
                yield RestoreTest(0.0, expression.span, selected, missing)
        except ScheduleError as error:
            yield RestoreTest(0.0, expression.span, selected, (Missing(str(error), expression.span),))


def _selected(plan: Resource, project: Project) -> frozenset[str] | None:
    """The types that a plan restores; None where that is not decided, or told elsewhere."""
    selections, undecided = project.related(plan, "aws_backup_restore_testing_selection", "restore_testing_plan_name")
    types: set[str] = set()
    for selection in selections:
        name = scalar_text(selection.get("protected_resource_type"))
        if name is None:
            return None
        types.update(_PROTECTED.get(name.upper(), ()))
    return None if undecided or not selections else frozenset(types)


def _of_workflows(project: Project) -> Iterator[RestoreTest]:
    for job in project.facts.jobs:
        schedule = job.triggers.get("schedule")
        lines = [
            (text, "github", string(entry.get("timezone")) or "UTC")
            for entry in (schedule.elements() if schedule is not None else ())
            if not isinstance(entry.get("cron"), Absent) and (text := scalar_text(entry.get("cron"))) is not None
        ]
        names = {each.name for each in activities(job, project.facts.commands)} if lines else set()
        if not {"restore-test", "dr-drill"} & names:
            continue
        try:
            yield RestoreTest(union(lines).longest, job.span, _restored(_commands(job, project)))
        except ScheduleError:
            continue


def _commands(job: Job, project: Project) -> Iterator[Command]:
    return (each for each in project.facts.commands if each.scope == job.address and each.span.path == job.span.path)


def _restored(commands: Iterable[Command]) -> frozenset[str] | None:
    """What the commands of a job restore; None where they call something else that does."""
    of: set[str] = set()
    for command in commands:
        text = text_of(command)
        for pattern, names in _COMMANDS:
            if pattern.search(text):
                of.update(names)
    return frozenset(of) if of else None
