"""From a folder to a :class:`~depcheck.project.Project`: find, read, parse, join."""

from __future__ import annotations

import os
from collections.abc import Sequence

from depcheck.discovery import LINKED, SIZE_LIMIT, Candidate, below, discover, find_root, read
from depcheck.environments import Environments, glob_match
from depcheck.findings import ReadError, Skipped, raised
from depcheck.model import Comment, Facts, File, Problem, Resource
from depcheck.parsers import Context, Embedded, Parsed
from depcheck.parsers.table import ON_REQUEST, kind_of, may_be_read, parser_of
from depcheck.project import Project
from depcheck.source import Source, Text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import date

    from depcheck.policy import Policy
    from depcheck.syntax.hcl_ast import HclFile
    from depcheck.terraform.tree import Tree

#: How deep languages may be nested in one another (a shell script in a workflow in a Markdown block is three).
EMBEDDED_DEPTH = 4
#: The kind of texts that are no configuration.
OTHER_TEXT = "text"
#: The kind of files of feature flags that only the policy tells.
FLAGS = "flags"
#: How long a chain of files may be in which each is named by the one before it.
COMPOSE_ROUNDS = 8
# For ``fileset()``: what no configuration means, and how many files are enough.
_NEVER_LISTED = frozenset({".git", ".terraform", "node_modules"})
_LISTED_LIMIT = 10_000
_LINKABLE = (".tf", ".tofu", ".tfvars", ".hcl", ".tf.json", ".tofu.json", ".tfvars.json")
_TERRAFORM = frozenset({"terraform", "terraform-json", "tfvars", "tfvars-json", "hcl"})


class Options:
    """What to read: ``paths`` below ``root``; ``docs`` reads Markdown too, ``all_text`` every other text for the
    secrets in it; ``size_limit`` is in bytes; ``explain_skips`` lists files that are no deployment configuration as
    well; without ``use_git`` folders are walked even in a work tree."""

    __slots__ = (
        "all_text",
        "as_of",
        "docs",
        "environment",
        "explain_skips",
        "paths",
        "root",
        "size_limit",
        "sources",
        "use_git",
        "var_files",
    )

    def __init__(
        self,
        paths: Sequence[str | os.PathLike[str]],
        *,
        root: str | os.PathLike[str] | None = None,
        docs: bool = False,
        all_text: bool = False,
        size_limit: int = SIZE_LIMIT,
        explain_skips: bool = False,
        as_of: date | None = None,
        sources: Sequence[Source] = (),
        environment: str | None = None,
        var_files: Sequence[str] = (),
        use_git: bool = True,
    ) -> None:
        self.use_git = use_git
        self.paths = [os.fspath(path) for path in paths]
        self.root = os.path.abspath(root) if root is not None else find_root(self.paths or ["."])
        self.docs = docs
        self.all_text = all_text
        self.size_limit = size_limit
        self.explain_skips = explain_skips
        self.as_of = as_of
        self.sources = list(sources)
        self.environment = environment
        self.var_files = list(var_files)


def load(options: Options, policy: Policy | None = None, environments: Environments | None = None) -> Project:
    """Read everything and join it.

    Raises:
        FileNotFoundError: a path does not exist.
    """
    return _Loader(options, policy, environments or Environments()).run()


def terraform_tree(options: Options, environments: Environments | None = None) -> Tree:
    """The Terraform configurations that a load reads, for questions about their expressions.

    Raises:
        FileNotFoundError: a path does not exist.
    """
    from depcheck.terraform.tree import Tree

    loader = _Loader(options, None, environments or Environments())
    loader.read_all()
    return Tree(loader.hcl, loader.environments, loader._text_of, loader._files_below)


class _Loader:
    """The state of one load: what was read so far. Lives for the length of :func:`load`."""

    def __init__(self, options: Options, policy: Policy | None, environments: Environments) -> None:
        self.options = options
        self.policy = policy
        self.environments = environments
        self.facts = Facts()
        self.problems: list[Problem] = []
        self.invalid: list[Problem] = []
        self.comments: dict[str, list[Comment]] = {}
        self.skipped: list[Skipped] = []
        self.notices: list[str] = []
        self.failures: list[ReadError] = []
        self.listed: list[str] = []
        self.hcl: dict[str, HclFile] = {}
        self.planned: list[Resource] = []
        self.compose: dict[str, Parsed] = {}
        self.dotenv: dict[str, Parsed] = {}
        self.sources: dict[str, Source] = {}
        # Files that expressions name, whether they are there or not.
        self.named: dict[str, Source | None] = {}
        self.real_root = os.path.realpath(options.root)

    def read_all(self) -> None:
        """Find and parse the files."""
        options = self.options
        if options.paths:
            found = discover(options.root, options.paths, use_git=options.use_git)
            self.skipped.extend(found.skipped)
            self.notices.extend(found.notices)
            self.listed = [candidate.path for candidate in found.candidates]
            explicit = {os.path.relpath(path, options.root) for path in options.paths}
            for candidate in found.candidates:
                self._candidate(candidate, explicit)
        for source in options.sources:
            self._source(source, None)
        self._read_var_files()
        self._follow_links()

    def run(self) -> Project:
        options = self.options
        self.read_all()
        self._join()
        return Project(
            options.root,
            self.facts,
            self.environments,
            policy=self.policy,
            as_of=options.as_of,
            comments=self.comments,
            problems=self.problems,
            invalid=self.invalid,
            skipped=sorted(self.skipped, key=lambda skip: skip.path),
            notices=self.notices,
            failures=self.failures,
            listed=self.listed,
        )

    def _read_var_files(self) -> None:
        """Read the values files of the command line, whatever they are called and wherever they lie."""
        for path in self.options.var_files:
            if path in self.hcl:
                continue
            source = read(self.options.root, path, limit=self.options.size_limit)
            if isinstance(source, Skipped):
                raise FileNotFoundError(f'--var-file: "{path}" {source.reason}')
            self._read(source, "tfvars-json" if path.endswith(".json") else "tfvars", None)

    def _follow_links(self) -> None:
        """A linked file of Terraform's belongs to the folder of the link as well: many root modules share files so."""
        for skip in self.skipped:
            if skip.reason == LINKED and skip.path.endswith(_LINKABLE):
                try:
                    target = below(os.path.realpath(os.path.join(self.real_root, skip.path)), self.real_root)
                except (OSError, ValueError, RuntimeError):
                    continue
                if target is None:
                    continue
                if target in self.hcl:
                    self.hcl.setdefault(skip.path, self.hcl[target])

    def _candidate(self, candidate: Candidate, explicit: set[str]) -> None:
        path = candidate.path
        if not may_be_read(path) and not self.options.all_text:
            if self.options.explain_skips or path in explicit:
                self.skipped.append(Skipped(path, "no kind of deployment configuration that depcheck reads"))
            return
        source = read(self.options.root, path, limit=self.options.size_limit)
        if isinstance(source, Skipped):
            if ("." in path.rsplit("/", 1)[-1] and may_be_read(path)) or self.options.explain_skips:
                self.skipped.append(source)
        else:
            self._source(source, candidate.tracked)

    def _source(self, source: Source, tracked: bool | None) -> None:
        kind = kind_of(source.path, source.text[:4096]) or self._promised_kind(source.path)
        if self.options.all_text and (kind is None or (kind in ON_REQUEST and not self.options.docs)):
            self._other_text(source, tracked)
            return
        if kind is None:
            if self.options.explain_skips:
                self.skipped.append(Skipped(source.path, "its content is no configuration that depcheck reads"))
            return
        if kind in ON_REQUEST and not self.options.docs:
            if self.options.explain_skips:
                self.skipped.append(Skipped(source.path, "documents are read with --docs"))
            return
        self._read(source, kind, tracked)

    def _promised_kind(self, path: str) -> str | None:
        """``flags`` for a file that the policy names as one of feature flags."""
        globs = self.policy.flags.files if self.policy is not None else ()
        return FLAGS if any(glob_match(path, glob) for glob in globs) else None

    def _read(self, source: Source, kind: str, tracked: bool | None) -> None:
        self.sources[source.path] = source
        environment = self.environments.of_path(source.path)
        text = Text.of(source)
        context = Context(self.environments, environment, tracked=tracked, origin="flag" if kind == FLAGS else "")
        try:
            parsed = self._parse(kind, text, context, source.path, 0)
        except Exception as error:
            self._failed(f"reading it as {kind}", error, source.path)
            parsed = None
        if parsed is not None and parsed.template:
            self.skipped.append(Skipped(source.path, f"a template from which {parsed.template} is made"))
            if self.options.all_text:
                self._other_text(source, tracked)
            return
        span = source.head()
        tree = parsed.tree if parsed is not None else None
        self.facts.files.append(File(source, kind, span, tree=tree, environment=environment, tracked=tracked))
        if source.lossy:
            at = source.text.index("\ufffd")
            self.problems.append(
                Problem("these bytes are not UTF-8", source.span(at, at + 1), "save the file in UTF-8")
            )

    def _other_text(self, source: Source, tracked: bool | None) -> None:
        """Keep a text that is no configuration, for the secrets in it."""
        span = source.head()
        environment = self.environments.of_path(source.path)
        self.facts.files.append(File(source, OTHER_TEXT, span, environment=environment, tracked=tracked))

    def _failed(self, what: str, error: Exception, path: str = "") -> None:
        """A fault of our own; the rest is still judged."""
        message = f"{what} raised {raised(error)}; what could be read was judged; please report it"
        self.failures.append(ReadError(path, message, internal=True))

    def _parse(self, kind: str, text: Text, context: Context, path: str, depth: int) -> Parsed | None:
        parse = parser_of(kind)
        if parse is None:
            return None
        parsed = parse(text, context)
        if parsed.template:
            return parsed
        self.problems.extend(parsed.problems)
        if parsed.comments:
            self.comments.setdefault(text.source.path, []).extend(parsed.comments)
        if kind in _TERRAFORM and parsed.hcl is not None:
            self.hcl[path] = parsed.hcl
        elif kind == "terraform-plan":
            self.planned.extend(parsed.facts.resources)
        elif kind == "compose":
            self.compose[path] = parsed
        else:
            if kind == "dotenv":
                self.dotenv[path] = parsed
            self.facts.add(parsed.facts)
        for embedded in parsed.embedded:
            self._embedded(embedded, context, path, depth + 1)
        return parsed

    def _embedded(self, embedded: Embedded, context: Context, path: str, depth: int) -> None:
        if depth > EMBEDDED_DEPTH:
            span = embedded.text.span(0, 0)
            self.problems.append(Problem("languages are nested too deeply here to be read", span))
            return
        inner_path = f"{path}#/{embedded.path}" if embedded.path else path
        environment = embedded.environment or self.environments.of_path(embedded.path) or context.environment
        inner = Context(
            self.environments,
            environment,
            tracked=context.tracked,
            scope=embedded.scope,
            origin=embedded.origin,
            shell=embedded.shell,
            strict=embedded.strict,
            path=embedded.path,
        )
        self._parse(embedded.kind, embedded.text, inner, inner_path, depth)

    def _join(self) -> None:
        steps = (
            ("CloudFormation", self._tell_in_terraforms_words),
            ("Terraform", self._join_terraform),
            ("compose", self._join_compose),
        )
        for name, step in steps:
            try:
                step()
            except Exception as error:
                self._failed(f"joining the {name} files", error)

    def _join_terraform(self) -> None:
        if not self.hcl:
            self.facts.resources.extend(self.planned)
            return
        from depcheck import terraform

        result = terraform.load(
            self.hcl,
            self.environments,
            read_text=self._text_of,
            list_files=self._files_below,
            var_files=self.options.var_files,
            commands=self.facts.commands,
        )
        if self.planned:
            from depcheck.terraform.plans import joined

            result.facts.resources = joined(result.facts.resources, self.planned)
        self.facts.add(result.facts)
        self.invalid.extend(result.problems)
        self.notices.extend(result.notices)

    def _join_compose(self) -> None:
        if not self.compose:
            return
        from depcheck.compose.assembly import assemble

        self._read_what_compose_names()
        facts, problems = assemble(self.compose, self.dotenv, self.environments)
        self.facts.add(facts)
        self.problems.extend(problems)

    def _read_what_compose_names(self) -> None:
        """Read files that compose files include, extend or take variables from, also where they were not asked for."""
        from depcheck.compose.projects import wanted

        for _ in range(COMPOSE_ROUNDS):
            files, env_files = wanted(self.compose, self.dotenv)
            read_any = False
            for kind, paths in (("compose", files), ("dotenv", env_files)):
                for path in sorted(paths):
                    source = self._source_of(path)
                    if source is not None and path not in self.sources:
                        read_any = True
                        self._read(source, kind, None)
            if not read_any:
                return

    def _tell_in_terraforms_words(self) -> None:
        """Add what CloudFormation's resources are in Terraform, so that one rule judges both."""
        templates = [each for each in self.facts.resources if each.format == "cloudformation"]
        if templates:
            from depcheck.parsers.cloudformation.terraform import views

            self.facts.resources += [view for each in templates for view in views(each) if view is not each]

    def _text_of(self, path: str) -> str | None:
        """The text of a file inside the root, for ``file()`` and ``templatefile()``."""
        source = self.sources.get(path)
        if source is None:
            if path not in self.named:
                self.named[path] = self._source_of(path)
            source = self.named[path]
        return source.text if source is not None else None

    def _source_of(self, path: str) -> Source | None:
        """A file inside the root that the configuration names, links followed inside the root only."""
        root = self.real_root
        try:
            target = os.path.realpath(os.path.join(root, path), strict=True)
        except (OSError, ValueError, RuntimeError):
            # There is no such file, a loop of links, or a name that no file can have.
            return None
        if not target.startswith(os.path.join(root, "")) or not os.path.isfile(target):
            return None
        source = read(root, os.path.relpath(target, root), limit=self.options.size_limit)
        return None if isinstance(source, Skipped) else Source(path, source.text, bom=source.bom, lossy=source.lossy)

    def _files_below(self, folder: str) -> list[str]:
        """The files below a folder inside the root, by their paths from there, for ``fileset()``."""
        start = os.path.realpath(os.path.join(self.real_root, folder))
        if below(start, self.real_root) is None:
            return []
        found: list[str] = []
        for path, folders, files in os.walk(start):
            folders[:] = sorted(name for name in folders if name not in _NEVER_LISTED)
            base = below(path, start)
            found.extend(f"{base}/{name}" if base else name for name in files)
            if len(found) > _LISTED_LIMIT:
                break
        return sorted(found)
