"""A unit of a pipeline (a job, or a script that deploys by itself) and the things that it does."""

from __future__ import annotations

from collections.abc import Mapping

from depcheck.model import Command, Job, Step, Workflow
from depcheck.source import Span
from depcheck.values import Value


class Done:
    """One thing that a unit does: a command or an action, the words of the policy for it (``names``), its place in the
    unit's own file, and in ``inner`` that in the script which the unit calls; ``folder`` is where it runs. ``opaque``
    marks what cannot be looked into: a script that is not here, a workflow of another repository."""

    __slots__ = ("command", "environment", "folder", "inner", "names", "opaque", "span", "step", "text")

    def __init__(
        self,
        text: str,
        span: Span,
        names: list[str],
        *,
        step: Step | None = None,
        command: Command | None = None,
        inner: Span | None = None,
        environment: str | None = None,
        opaque: bool = False,
        folder: str = "",
    ) -> None:
        self.folder = folder
        self.text = text
        self.span = span
        self.names = names
        self.step = step
        self.command = command
        self.inner = inner
        self.environment = environment
        self.opaque = opaque


class Unit:
    """A job, or a script that deploys by itself (then ``job`` is None). ``caller`` is the unit whose job calls the
    workflow of this one; ``needs`` are the units that come before it, ``given`` the inputs that the caller gives."""

    __slots__ = (
        "address",
        "caller",
        "done",
        "environments",
        "given",
        "job",
        "name",
        "needs",
        "path",
        "span",
        "workflow",
    )

    def __init__(
        self,
        name: str,
        address: str,
        span: Span,
        *,
        job: Job | None = None,
        workflow: Workflow | None = None,
        caller: Unit | None = None,
        given: Mapping[str, Value] | None = None,
    ) -> None:
        self.name = name
        self.address = address
        self.span = span
        self.path = span.path
        self.job = job
        self.workflow = workflow
        self.caller = caller
        self.given: Mapping[str, Value] = given or {}
        self.needs: list[Unit] = []
        self.done: list[Done] = []
        self.environments: list[str] = []

    @property
    def chain(self) -> list[Unit]:
        """The unit and those that call it, the outermost last."""
        found = [self]
        while found[-1].caller is not None:
            found.append(found[-1].caller)
        return found

    @property
    def triggers(self) -> dict[str, Value]:
        """What starts it: of a called workflow, what starts the outermost caller."""
        job = self.chain[-1].job
        return job.triggers if job is not None else {}

    @property
    def environment(self) -> str | None:
        """Its only environment; None for none or several."""
        return self.environments[0] if len(self.environments) == 1 else None
