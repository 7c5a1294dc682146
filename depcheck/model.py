"""The nouns that every format is told in.

Nothing here changes after it is built. ``span`` is always the smallest place that names the thing (a block's header, a
variable's name, a job's id). ``scope`` is the address of what a thing belongs to (``compose.web``,
``workflow.deploy.production``, ``aws_ecs_service.api``); the empty string means the file itself. ``environment`` is a
canonical name from :class:`depcheck.environments.Environments`, or None where nothing tells it.
"""

from __future__ import annotations

from depcheck.source import Source, Span
from depcheck.values import Known, Value


class Comment:
    """A comment as written, without its marker; suppressions are read from these."""

    __slots__ = ("span", "text")

    def __init__(self, text: str, span: Span) -> None:
        self.text = text
        self.span = span


class Problem:
    """Something that could not be read: one lower-case clause, its place, and the next step for the person."""

    __slots__ = ("message", "next_step", "span")

    def __init__(self, message: str, span: Span, next_step: str = "") -> None:
        self.message = message
        self.span = span
        self.next_step = next_step


class Resource:
    """Something that is deployed: a Terraform or CloudFormation resource, a data source, a module call, a compose
    service or volume.

    ``kind`` is ``resource``, ``data``, ``module``, ``provider``, ``backend``, ``service`` or ``volume``; ``format`` is
    ``terraform``, ``cloudformation`` or ``compose``. Nested blocks are lists of maps in ``attributes``. ``span`` is
    the header, ``extent`` the whole block. ``root`` is the folder of the root module (Terraform) that it is deployed
    from: addresses are its own, so that equal ones of two roots are two resources. ``instances`` is how many there are
    at this address: more than one where equal ones are told once, None where their number is not decided.
    """

    __slots__ = (
        "address",
        "attributes",
        "environment",
        "extent",
        "format",
        "instances",
        "kind",
        "name",
        "root",
        "span",
        "type",
    )

    def __init__(
        self,
        type: str,
        address: str,
        attributes: Known,
        span: Span,
        *,
        name: str = "",
        kind: str = "resource",
        format: str = "terraform",
        environment: str | None = None,
        extent: Span | None = None,
        root: str = "",
        instances: int | None = 1,
    ) -> None:
        self.extent = extent if extent is not None else span
        self.root = root
        self.instances = instances
        self.type = type
        self.address = address
        self.attributes = attributes
        self.span = span
        self.name = name
        self.kind = kind
        self.format = format
        self.environment = environment

    def get(self, *path: str | int) -> Value:
        """An attribute; what is not given is absent at the header of the resource."""
        return self.attributes.get(*path)


class Setting:
    """A named value handed to a program or a configuration.

    ``origin`` is ``env-file``, ``compose``, ``dockerfile-env``, ``dockerfile-arg``, ``workflow``, ``tfvars``,
    ``terraform-variable``, ``container``, ``lambda``, ``cdk-context``, ``shell``, ``build-arg``, ``platform`` (what a
    hosting platform's file gives), ``kubernetes``, ``flag`` or ``config`` (a program's or a platform's configuration
    of an environment; the name has dots). ``span`` is the place of the name. ``root`` is the folder of
    the root module (Terraform) that its scope is deployed from.
    """

    __slots__ = ("environment", "name", "origin", "root", "scope", "sensitive", "span", "value")

    def __init__(
        self,
        name: str,
        value: Value,
        span: Span,
        *,
        origin: str,
        scope: str = "",
        environment: str | None = None,
        sensitive: bool = False,
        root: str = "",
    ) -> None:
        self.name = name
        self.value = value
        self.span = span
        self.origin = origin
        self.scope = scope
        self.environment = environment
        self.sensitive = sensitive
        self.root = root


class Declaration:
    """A variable, a local value or an output that a Terraform configuration declares. ``span`` is the header (of a
    local its name); ``expression`` is the place of the output's or local's value, or of the variable's default;
    ``sensitive`` what it says of itself."""

    __slots__ = ("environment", "expression", "kind", "name", "sensitive", "span", "type")

    def __init__(
        self,
        name: str,
        kind: str,
        span: Span,
        *,
        expression: Span | None = None,
        sensitive: bool = False,
        type: str = "",
        environment: str | None = None,
    ) -> None:
        self.name = name
        self.kind = kind
        self.span = span
        self.expression = expression
        self.sensitive = sensitive
        self.type = type
        self.environment = environment


class Reference:
    """A name that is used and defined elsewhere.

    ``kind`` is ``secret``, ``variable`` (GitHub ``vars``), ``environment`` (a process's environment variable),
    ``input`` or ``file``. ``default`` tells whether the use carries its own default (``${X:-y}``).
    """

    __slots__ = ("default", "environment", "kind", "name", "scope", "span")

    def __init__(
        self,
        name: str,
        kind: str,
        span: Span,
        *,
        scope: str = "",
        environment: str | None = None,
        default: bool = False,
    ) -> None:
        self.name = name
        self.kind = kind
        self.span = span
        self.scope = scope
        self.environment = environment
        self.default = default


class Image:
    """A container image or an action that is run.

    ``role`` is ``from`` (a Dockerfile stage), ``copy`` (``COPY --from``), ``service`` (compose), ``container`` (a job's
    or a task's container), ``action`` or ``workflow`` (``uses:``). ``reference`` is the text as written, after
    arguments were resolved; ``final`` tells whether a Dockerfile stage is the one that is shipped.
    """

    __slots__ = ("environment", "final", "reference", "role", "scope", "span", "stage")

    def __init__(
        self,
        reference: Value,
        role: str,
        span: Span,
        *,
        stage: str | None = None,
        final: bool = True,
        scope: str = "",
        environment: str | None = None,
    ) -> None:
        self.reference = reference
        self.role = role
        self.span = span
        self.stage = stage
        self.final = final
        self.scope = scope
        self.environment = environment


class Runtime:
    """A language or tool and the version that is asked for (``node`` ``20``, ``terraform`` ``~> 1.9``)."""

    __slots__ = ("environment", "language", "scope", "span", "version")

    def __init__(
        self, language: str, version: Value, span: Span, *, scope: str = "", environment: str | None = None
    ) -> None:
        self.language = language
        self.version = version
        self.span = span
        self.scope = scope
        self.environment = environment


class Grant:
    """What somebody may do.

    ``source`` is ``iam`` (one policy statement), ``trust`` (an assume-role statement), ``resource-policy``,
    ``workflow`` (a token permission: action ``contents:write``), ``dockerfile`` (USER: principal is the user) or
    ``compose`` (``privileged``, ``cap_add`` …). Each list holds values, because each entry has its own place and may be
    unknown. The ``not_…`` lists are IAM's NotAction, NotResource and NotPrincipal.
    An IAM principal is ``*`` or ``<type>:<identifier>`` (``AWS:arn:aws:iam::…``, ``AWS:*``, ``Service:…``,
    ``Federated:…``); ``sid`` is a statement's own name. ``root`` is that of the resource that holds it.
    """

    __slots__ = (
        "actions",
        "conditions",
        "effect",
        "environment",
        "not_actions",
        "not_principals",
        "not_resources",
        "principals",
        "resources",
        "root",
        "scope",
        "sid",
        "source",
        "span",
    )

    def __init__(
        self,
        span: Span,
        *,
        source: str,
        effect: Value | None = None,
        principals: list[Value] | None = None,
        actions: list[Value] | None = None,
        resources: list[Value] | None = None,
        not_principals: list[Value] | None = None,
        not_actions: list[Value] | None = None,
        not_resources: list[Value] | None = None,
        conditions: Value | None = None,
        scope: str = "",
        environment: str | None = None,
        sid: str = "",
        root: str = "",
    ) -> None:
        self.span = span
        self.source = source
        self.effect: Value = effect if effect is not None else Known("Allow", span)
        self.principals = principals or []
        self.actions = actions or []
        self.resources = resources or []
        self.not_principals = not_principals or []
        self.not_actions = not_actions or []
        self.not_resources = not_resources or []
        self.conditions = conditions
        self.scope = scope
        self.environment = environment
        self.sid = sid
        self.root = root


class Word:
    """One word of a shell command after quotes are removed.

    ``text`` is None where an expansion makes it undecided (``$TOKEN``); ``raw`` is the word as written, ``quoted``
    whether any part of it was quoted, ``variables`` the names it expands.
    """

    __slots__ = ("quoted", "raw", "span", "text", "variables")

    def __init__(
        self, text: str | None, raw: str, span: Span, *, quoted: bool = False, variables: tuple[str, ...] = ()
    ) -> None:
        self.text = text
        self.raw = raw
        self.span = span
        self.quoted = quoted
        self.variables = variables


class Redirection:
    """``>``, ``>>``, ``<``, ``<<`` … and its target word."""

    __slots__ = ("operator", "target")

    def __init__(self, operator: str, target: Word) -> None:
        self.operator = operator
        self.target = target


class Command:
    """A simple command in some script.

    ``origin`` is ``workflow``, ``dockerfile``, ``script``, ``user-data``, ``compose``, ``provisioner`` or ``document``.
    ``assignments`` are ``NAME=value`` prefixes (a command without words is an assignment alone). ``joined`` is the
    operator before it in its list (``|``, ``&&``, ``||``, ``;``, ``&`` or the empty string for the first), ``pipeline``
    numbers the pipelines of a script, ``depth`` counts enclosing compound commands and substitutions, ``strict`` lists
    the ``set -e``/``-u``/``-o pipefail`` options in force.
    """

    __slots__ = (
        "assignments",
        "depth",
        "environment",
        "joined",
        "origin",
        "pipeline",
        "redirections",
        "scope",
        "shell",
        "span",
        "strict",
        "words",
    )

    def __init__(
        self,
        words: list[Word],
        span: Span,
        *,
        origin: str,
        shell: str = "sh",
        assignments: list[tuple[str, Word]] | None = None,
        redirections: list[Redirection] | None = None,
        joined: str = "",
        pipeline: int = 0,
        depth: int = 0,
        strict: frozenset[str] = frozenset(),
        scope: str = "",
        environment: str | None = None,
    ) -> None:
        self.words = words
        self.span = span
        self.origin = origin
        self.shell = shell
        self.assignments = assignments or []
        self.redirections = redirections or []
        self.joined = joined
        self.pipeline = pipeline
        self.depth = depth
        self.strict = strict
        self.scope = scope
        self.environment = environment

    @property
    def name(self) -> str:
        """The program that is run, without its folder; empty where it is not decided."""
        text = self.words[0].text if self.words else None
        return text.rsplit("/", 1)[-1] if text else ""

    def arguments(self) -> list[str]:
        """The decided words after the program's name."""
        return [word.text for word in self.words[1:] if word.text is not None]


class Step:
    """One step of a job. ``tree`` is the whole step as written."""

    __slots__ = ("condition", "index", "name", "run", "settings", "span", "tree", "uses")

    def __init__(
        self,
        index: int,
        span: Span,
        tree: Known,
        *,
        name: str = "",
        uses: Value | None = None,
        run: Value | None = None,
        condition: Value | None = None,
        settings: list[Setting] | None = None,
    ) -> None:
        self.index = index
        self.span = span
        self.tree = tree
        self.name = name
        self.uses = uses
        self.run = run
        self.condition = condition
        self.settings = settings or []


class Job:
    """One job of a workflow (or a composite action, as its only job). ``address`` is ``workflow.<stem>.<id>``.

    ``triggers`` maps each event's name to its configuration and is shared by the jobs of a workflow. ``permissions`` is
    the job's own map, else the workflow's, else absent. ``tree`` is the job as written.
    """

    __slots__ = (
        "address",
        "condition",
        "environment",
        "id",
        "name",
        "needs",
        "permissions",
        "span",
        "steps",
        "tree",
        "triggers",
        "uses",
        "workflow",
    )

    def __init__(
        self,
        id: str,
        address: str,
        span: Span,
        tree: Known,
        *,
        name: str = "",
        needs: list[Value] | None = None,
        triggers: dict[str, Value] | None = None,
        permissions: Value,
        steps: list[Step] | None = None,
        condition: Value | None = None,
        uses: Value | None = None,
        environment: str | None = None,
        workflow: str = "",
    ) -> None:
        self.id = id
        self.address = address
        self.span = span
        self.tree = tree
        self.name = name
        self.needs = needs or []
        self.triggers = triggers or {}
        self.permissions = permissions
        self.steps = steps or []
        self.condition = condition
        self.uses = uses
        self.environment = environment
        self.workflow = workflow


class Workflow:
    """A workflow file (``kind`` ``workflow``) or an action's metadata file (``kind`` ``action``)."""

    __slots__ = ("jobs", "kind", "name", "span", "tree", "triggers")

    def __init__(
        self,
        name: str,
        span: Span,
        tree: Known,
        *,
        kind: str = "workflow",
        triggers: dict[str, Value] | None = None,
        jobs: list[Job] | None = None,
    ) -> None:
        self.name = name
        self.span = span
        self.tree = tree
        self.kind = kind
        self.triggers = triggers or {}
        self.jobs = jobs or []


class Schedule:
    """When something runs. ``expression`` is a cron line or an AWS ``cron(…)``/``rate(…)``; ``zone`` an IANA name;
    ``runs`` the function that is called, where a program has the schedule in itself."""

    __slots__ = ("environment", "expression", "runs", "scope", "span", "zone")

    def __init__(
        self,
        expression: Value,
        span: Span,
        *,
        scope: str = "",
        zone: str = "UTC",
        environment: str | None = None,
        runs: str = "",
    ) -> None:
        self.expression = expression
        self.span = span
        self.scope = scope
        self.zone = zone
        self.environment = environment
        self.runs = runs


class Store:
    """Something that keeps data. ``kind`` is ``database``, ``cache``, ``object``, ``volume``, ``queue`` or ``search``;
    ``resource`` is what it is made of, ``mechanisms`` the resources and jobs that could bring its data back."""

    __slots__ = ("address", "environment", "kind", "mechanisms", "resource", "span")

    def __init__(
        self,
        kind: str,
        address: str,
        span: Span,
        *,
        resource: Resource | None = None,
        mechanisms: list[Resource] | None = None,
        environment: str | None = None,
    ) -> None:
        self.kind = kind
        self.address = address
        self.span = span
        self.resource = resource
        self.mechanisms = mechanisms or []
        self.environment = environment


class Instruction:
    """One Dockerfile instruction. ``words`` are its arguments (the parsed JSON form, or split on blanks), ``flags``
    its ``--name=value`` options, ``text`` all after the keyword with continuations joined."""

    __slots__ = ("flags", "heredocs", "json_form", "keyword", "on_build", "span", "text", "words")

    def __init__(
        self,
        keyword: str,
        span: Span,
        text: str,
        words: list[Value],
        *,
        flags: dict[str, Value] | None = None,
        json_form: bool = False,
        heredocs: list[str] | None = None,
        on_build: bool = False,
    ) -> None:
        self.keyword = keyword
        self.span = span
        self.text = text
        self.words = words
        self.flags = flags or {}
        self.json_form = json_form
        self.heredocs = heredocs or []
        self.on_build = on_build


class Stage:
    """One build stage. ``base`` is the image or the earlier stage it starts from; ``parent`` that stage's index."""

    __slots__ = ("base", "index", "instructions", "name", "parent", "span")

    def __init__(
        self,
        index: int,
        name: str | None,
        base: Value,
        span: Span,
        *,
        parent: int | None = None,
        instructions: list[Instruction] | None = None,
    ) -> None:
        self.index = index
        self.name = name
        self.base = base
        self.span = span
        self.parent = parent
        self.instructions = instructions or []


class Build:
    """A Dockerfile. ``final`` tells which stages the shipped (last) one is built on, itself included, in order."""

    __slots__ = ("environment", "name", "span", "stages")

    def __init__(self, name: str, span: Span, stages: list[Stage], *, environment: str | None = None) -> None:
        self.name = name
        self.span = span
        self.stages = stages
        self.environment = environment

    def shipped(self) -> list[Stage]:
        """The last stage and every stage it inherits from, first ancestor first."""
        chain: list[Stage] = []
        stage = self.stages[-1] if self.stages else None
        while stage is not None and stage not in chain:
            chain.append(stage)
            stage = self.stages[stage.parent] if stage.parent is not None else None
        return chain[::-1]


class File:
    """A file as a subject of rules. ``kind`` is the name of its format; ``tracked`` is None outside a work tree."""

    __slots__ = ("environment", "kind", "source", "span", "tracked", "tree")

    def __init__(
        self,
        source: Source,
        kind: str,
        span: Span,
        *,
        tree: Value | None = None,
        environment: str | None = None,
        tracked: bool | None = None,
    ) -> None:
        self.source = source
        self.kind = kind
        self.span = span
        self.tree = tree
        self.environment = environment
        self.tracked = tracked


class Facts:
    """Everything that was read, in the order in which it stands. Parsers fill one each; the project joins them."""

    __slots__ = (
        "builds",
        "commands",
        "declarations",
        "files",
        "grants",
        "images",
        "jobs",
        "references",
        "resources",
        "runtimes",
        "schedules",
        "settings",
        "stores",
        "workflows",
    )

    def __init__(self) -> None:
        self.resources: list[Resource] = []
        self.settings: list[Setting] = []
        self.references: list[Reference] = []
        self.images: list[Image] = []
        self.runtimes: list[Runtime] = []
        self.grants: list[Grant] = []
        self.commands: list[Command] = []
        self.jobs: list[Job] = []
        self.workflows: list[Workflow] = []
        self.schedules: list[Schedule] = []
        self.stores: list[Store] = []
        self.builds: list[Build] = []
        self.declarations: list[Declaration] = []
        self.files: list[File] = []

    def add(self, other: Facts) -> None:
        """Take over everything that another one holds."""
        for name in Facts.__slots__:
            getattr(self, name).extend(getattr(other, name))
