"""What the programs of a repository read from the environment, beside what env files and templates declare.

Programs are looked at only when a rule asks, and only by the names of variables in them; the number and the size of
what is read are bounded.
"""

from __future__ import annotations

import re
from functools import lru_cache

from depcheck.discovery import read
from depcheck.findings import Skipped
from depcheck.patterns import Pattern
from depcheck.project import Project
from depcheck.project.documented import is_slip
from depcheck.project.env_files import EnvFile, env_files
from depcheck.source import Source, Span
from depcheck.syntax import environment_reads

#: Endings of programs that read variables in one of the ways that are known.
_NAMES = "ts tsx js jsx mjs cjs mts py go rb php rs ex exs java kt cs vue svelte astro prisma"
_ENDINGS = tuple(f".{each}" for each in _NAMES.split())
_ASIDE = Pattern(
    r"(?:^|/)(?:node_modules|vendor|third_party|dist|build|\.next|coverage|__tests__|tests?|spec|e2e|cypress|examples?"
    r"|samples?|demos?|fixtures?|docs?|scripts?|storybook|benchmarks?|migrations)/|\.(?:test|spec|stories|min|d)\.[a-z]+$"
    r"|(?:^|/)(?:test_[^/]*|[^/]*_test|conftest)\.[a-z]+$",
    re.IGNORECASE,
)
_MOST_FILES, _MOST_CHARACTERS, _LARGEST = 6000, 40_000_000, 400_000
#: How much of what a template's programs read it must declare to be meant as the list of it.
_SHARE = 0.5


class Use:
    """A place in a program that reads or requires a variable."""

    __slots__ = ("name", "required", "schema", "span")

    def __init__(self, name: str, span: Span, *, required: bool, schema: bool) -> None:
        self.name = name
        self.span = span
        self.required = required
        self.schema = schema


class Programs:
    """Every use of a variable in the programs of a repository; ``complete`` is False where not all was looked at."""

    __slots__ = ("complete", "uses")

    def __init__(self) -> None:
        self.uses: list[Use] = []
        self.complete = True


@lru_cache(maxsize=1)
def programs(project: Project) -> Programs:
    """The uses of variables in the programs that were listed."""
    found = Programs()
    paths = [path for path in project.listed if path.endswith(_ENDINGS) and not _ASIDE.search(path)]
    left = _MOST_CHARACTERS
    if len(paths) > _MOST_FILES:
        paths, found.complete = sorted(paths, key=lambda path: (path.count("/"), path))[:_MOST_FILES], False
    for path in paths:
        source = read(project.root, path, limit=_LARGEST)
        if isinstance(source, Skipped):
            continue
        left -= len(source.text)
        if left < 0:
            found.complete = False
            break
        if environment_reads.may_read(source.text):
            found.uses.extend(_uses(source))
    return found


def _uses(source: Source) -> list[Use]:
    text = source.text
    found = [
        Use(each.name, source.span(each.start, each.end), required=each.required, schema=True)
        for each in environment_reads.entries(text)
    ]
    found += [
        Use(each.name, source.span(each.start, each.end), required=False, schema=False)
        for each in environment_reads.reads(text)
    ]
    return found


class Lack:
    """A template and the variables that a schema requires and it does not declare."""

    __slots__ = ("template", "uses")

    def __init__(self, template: EnvFile, uses: list[Use]) -> None:
        self.template = template
        self.uses = uses


_PLAIN = Pattern(r"\.?env(?:\.local)?\.[a-z]+")


def lacks(project: Project) -> list[Lack]:
    """Templates without what the schemas below them require and nothing else gives."""
    # One with a word of its own in its name (``.env.docker.example``) is about a part of the programs.
    templates = [file for file in env_files(project) if file.template and file.settings and _PLAIN.fullmatch(file.name)]
    if not templates:
        return []
    given = _given(project)
    found: dict[str, list[Use]] = {}
    declared: dict[str, int] = {}
    for use in programs(project).uses:
        if not use.schema:
            continue
        template = _template_of(use.span.path, templates)
        if template is None:
            continue
        if use.name in template.settings:
            declared[template.path] = declared.get(template.path, 0) + 1
        elif use.required and use.name not in given:
            found.setdefault(template.path, []).append(use)
    by_path = {each.path: each for each in templates}
    return [
        Lack(by_path[path], _once(uses))
        for path, uses in sorted(found.items())
        if declared.get(path, 0) >= _SHARE * (declared.get(path, 0) + len(_once(uses)))
    ]


def _once(uses: list[Use]) -> list[Use]:
    return list({use.name: use for use in reversed(uses)}.values())[::-1]


def _template_of(path: str, templates: list[EnvFile]) -> EnvFile | None:
    """The template in the folder of a program or the nearest one above it."""
    above = [each for each in templates if not each.folder or f"{path}".startswith(f"{each.folder}/")]
    return max(above, key=lambda each: (len(each.folder), each.name == ".env.example"), default=None)


def _given(project: Project) -> set[str]:
    """The names that anything but a template gives."""
    shown = {file.path for file in env_files(project) if file.template}
    given = {setting.name for setting in project.facts.settings if setting.span.path not in shown}
    return given | {name for command in project.facts.commands for name, _ in command.assignments}


class Slip:
    """A read of a variable that nothing gives, whose name is that of a declared one but for a slip."""

    __slots__ = ("declared", "use")

    def __init__(self, use: Use, declared: Span) -> None:
        self.use = use
        self.declared = declared


def slips(project: Project) -> list[Slip]:
    """Reads of misspelt names: declared nowhere, and one slip away from a name that is declared."""
    places: dict[str, Span] = {}
    for file in env_files(project):
        for name, setting in file.settings.items():
            places.setdefault(name, setting.span)
    if not places:
        return []
    given = _given(project) | set(places)
    by_sketch: dict[str, list[str]] = {}
    for name in places:
        for sketch in _sketches(name):
            by_sketch.setdefault(sketch, []).append(name)
    uses = programs(project).uses
    given |= {use.name for use in uses if use.schema}
    read_often: dict[str, int] = {}
    for use in uses:
        read_often[use.name] = read_often.get(use.name, 0) + 1
    found: dict[str, Slip] = {}
    for use in uses:
        if use.name in given or use.name in found or read_often[use.name] > 2:
            continue
        near = sorted({other for sketch in _sketches(use.name) for other in by_sketch.get(sketch, ())})
        meant = next((other for other in near if is_slip(use.name, other)), None)
        if meant is not None:
            found[use.name] = Slip(use, places[meant])
    return list(found.values())


def _sketches(name: str) -> set[str]:
    return {name, *(name[:at] + name[at + 1 :] for at in range(len(name)))} if len(name) >= 6 else set()


def unread(project: Project) -> list[tuple[EnvFile, list[str]]]:
    """Templates with the names that nothing in the repository mentions."""
    templates = [file for file in env_files(project) if file.template and file.settings]
    if not templates:
        return []
    found = programs(project)
    if not found.complete or not found.uses:
        return []
    mentioned = _mentioned(project)
    if mentioned is None:
        return []
    result = []
    for template in templates:
        names = [
            name
            for name in template.settings
            if len(name) > 3 and not _OF_OTHERS.fullmatch(name) and not _is_mentioned(name, mentioned)
        ]
        if names and len(names) <= _SHARE * len(template.settings):
            result.append((template, names))
    return result


#: Endings of files that mention names without reading variables, or are no text.
_NO_PROGRAM_NAMES = "md mdx rst png jpg jpeg gif svg ico webp pdf woff woff2 ttf mp4 zip gz lock snap map po"
_NO_PROGRAMS = tuple(f".{each}" for each in _NO_PROGRAM_NAMES.split())
#: What libraries, tools and images of others read by themselves.
_OF_OTHERS = Pattern(
    r"(?:NEXTAUTH|AUTH|NEXT_PUBLIC_CLERK|CLERK|SENTRY|AWS|COMPOSE|DOCKER|OTEL|NODE|PRISMA|NPM|VERCEL|TURBO|NEW_RELIC|DD|PG"
    r"|POSTGRES|MYSQL|MARIADB|MONGO|REDIS|MINIO|GF|DJANGO|FLASK|RAILS|SPRING|JAVA|PYTHON|UVICORN|GUNICORN|CELERY|GOOGLE"
    r"|AZURE|ARM|TF|SUPABASE|STRIPE|NETLIFY|CLOUDFLARE|CF|CI|GITHUB|GH|DATABASE|VITE|NEXT|NUXT|EXPO|ASTRO|TRIGGER)_.*"
    r"|TZ|PORT|HOST|LANG|LOG_LEVEL|DEBUG|PATH|.*_\d+|.*\d"
)
_WORD = Pattern(r"[A-Za-z][A-Za-z0-9_]{2,79}")


def _mentioned(project: Project) -> set[str] | None:
    """Every word of the programs and of the configuration, without its case and its underscores."""
    words: set[str] = set()
    left = _MOST_CHARACTERS
    for file in project.facts.files:
        if file.kind not in ("dotenv", "markdown"):
            words.update(_WORD.findall(file.source.text))
    for path in project.listed:
        if not path.lower().endswith(_NO_PROGRAMS) and project.file(path) is None:
            source = read(project.root, path, limit=_LARGEST)
            if isinstance(source, Source):
                left -= len(source.text)
                if left < 0:
                    return None
                words.update(_WORD.findall(source.text))
    return {word.replace("_", "").lower() for word in words}


def _is_mentioned(name: str, mentioned: set[str]) -> bool:
    """Whether a name stands somewhere, whole or without its first word, which may be a prefix that code adds."""
    rest = name.partition("_")[2]
    return any(each.replace("_", "").lower() in mentioned for each in (name, rest) if each)
