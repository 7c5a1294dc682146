"""What a command line runs that stands in the repository: package scripts, Makefile targets, shell scripts."""

from __future__ import annotations

from posixpath import dirname, join, normpath

from depcheck.model import Command
from depcheck.patterns import Pattern
from depcheck.project import Project
from depcheck.project.command_lines import scripts as named_scripts
from depcheck.project.command_lines import unwrapped
from depcheck.source import Source, Text
from depcheck.syntax import shell
from depcheck.values import Known

_SHELLS = frozenset({"bash", "sh", "zsh", "dash", "ksh", "source", "."})
_PACKAGE_RUNNERS = frozenset({"npm", "pnpm", "yarn", "bun", "turbo"})
#: What npm runs without ``run``; every other word after it is a command of its own.
_NPM_WORDS = frozenset({"test", "t", "tst", "start", "stop", "restart"})
_FOLDER_OPTIONS = ("--prefix", "-C", "--cwd", "--dir", "--directory")
_MAKEFILES = ("GNUmakefile", "makefile", "Makefile")
_TARGET = Pattern(r"^(?P<targets>[A-Za-z0-9_.%/$(){} -]+?)\s*::?(?![=:])(?P<needs>[^=\n#;]*?)(?:\s*(?:#.*)?)$")
_ASSIGNED = Pattern(
    r"^\s*(?:export\s+|override\s+)?(?P<name>[A-Za-z_][\w.-]*)\s*(?P<how>::?:?|\?|!)?=\s*(?P<value>.*)$"
)
_VARIABLE = Pattern(r"\$\$|\$(?:\((?P<round>[A-Za-z_][\w.-]*)\)|\{(?P<curly>[A-Za-z_][\w.-]*)\})")
#: More text than this in a Makefile is made by machines.
_LARGEST = 400_000
_LONGEST_LINE = 4_000


class Script:
    """A script that is called: its name, the file and the folder it runs in, its commands. ``key`` tells it from every
    other."""

    __slots__ = ("commands", "folder", "key", "name", "path")

    def __init__(self, name: str, path: str, folder: str, commands: list[Command]) -> None:
        self.name = name
        self.path = path
        self.folder = folder
        self.commands = commands
        self.key = (path, name)


class _Target:
    __slots__ = ("lines", "name", "needs")

    def __init__(self, name: str, needs: list[str]) -> None:
        self.name = name
        self.needs = needs
        self.lines: list[tuple[int, int]] = []


class Scripts:
    """The scripts of a project. Files are looked into when they are first called."""

    __slots__ = ("_made", "_manifests", "_packages", "_project", "_shell", "_targets")

    def __init__(self, project: Project) -> None:
        self._project = project
        self._shell: dict[str, list[Command]] = {}
        for command in project.facts.commands:
            if command.origin == "script" and not command.scope:
                self._shell.setdefault(command.span.path, []).append(command)
        self._packages: dict[str, dict[str, Text]] = {}
        self._manifests: list[str] | None = None
        self._targets: dict[str, dict[str, _Target]] = {}
        self._made: dict[tuple[str, str], Script] = {}

    @property
    def files(self) -> dict[str, list[Command]]:
        """The shell scripts of the project and their commands."""
        return self._shell

    def called(self, command: Command, folder: str) -> list[Script] | None:
        """The scripts that a command runs in a folder; none for a program of its own, None for one that is not here."""
        words = [word.text if word.text is not None else word.raw for word in command.words]
        for line in unwrapped(words):
            if not line:
                continue
            program = line[0]
            if program in _PACKAGE_RUNNERS:
                return self._package_scripts(line, folder)
            if program == "make":
                return self._make(line, folder)
            if program in _SHELLS and len(line) > 1:
                path = next((each for each in line[1:] if not each.startswith("-")), "")
                options = line[1 : line.index(path)] if path else line[1:]
                inline = any(not each.startswith("--") and "c" in each for each in options)
                settings = program in ("source", ".") and not path.endswith((".sh", ".bash"))
                return [] if inline or settings or not path else self._file(path, folder)
            if program.startswith(("./", "../")) or program.endswith((".sh", ".bash")) or "/" in program:
                found = self._file(program, folder)
                if found is not None or program.startswith(("./", "../")):
                    return found
        return []

    def names_of(self, path: str) -> set[str]:
        """The names of the scripts of a package.json; none of a file that is not here."""
        return set(self._scripts_of(path))

    # -- shell files ---------------------------------------------------------------------------------------------------

    def _file(self, path: str, folder: str) -> list[Script] | None:
        if "$" in path:
            tail = path.rsplit("/", 1)[-1]
            same = [each for each in self._shell if each.rsplit("/", 1)[-1] == tail] if "$" not in tail else []
            return [Script(same[0], same[0], folder, self._shell[same[0]])] if len(same) == 1 else None
        for base in dict.fromkeys((folder, "")):
            whole = normpath(join(base, path)) if base else normpath(path)
            if whole in self._shell:
                return [Script(whole, whole, folder, self._shell[whole])]
        return None

    # -- package.json --------------------------------------------------------------------------------------------------

    def _package_scripts(self, line: list[str], folder: str) -> list[Script] | None:
        program, rest = line[0], line[1:]
        names = named_scripts(line)
        if not names:
            return []
        name = names[0]
        runs = "run" in rest or "run-script" in rest
        if program == "npm" and not runs and name not in _NPM_WORDS:
            return []
        place = folder_option(rest, folder)
        found: list[Script] = []
        for each in names if program == "turbo" else [name]:
            each = "test" if program == "npm" and each in ("t", "tst") else each
            before, after = (f"pre{each}", f"post{each}") if program == "npm" else ("", "")
            for wanted in (before, each, after):
                script = self._package_script(wanted, place, workspace=_is_workspace(rest)) if wanted else None
                if script is not None:
                    found.append(script)
        return found or (None if runs else [])

    def _package_script(self, name: str, folder: str, *, workspace: bool) -> Script | None:
        parts = folder.strip("/").split("/") if folder else []
        for count in range(-1 if workspace else len(parts), -1, -1):
            place = "/".join(parts[:count])
            path = f"{place}/package.json" if place else "package.json"
            scripts = self._scripts_of(path)
            if name in scripts:
                return self._parsed(name, path, place, scripts[name])
            if self._project.file(path) is not None:
                break
        if workspace:
            if self._manifests is None:
                self._manifests = [each for each in self._project.files if each.rsplit("/", 1)[-1] == "package.json"]
            for path in self._manifests:
                if name in self._scripts_of(path):
                    return self._parsed(name, path, dirname(path), self._scripts_of(path)[name])
        return None

    def _scripts_of(self, path: str) -> dict[str, Text]:
        found = self._packages.get(path)
        if found is None:
            found = self._packages[path] = {}
            file = self._project.file(path)
            if file is not None:
                found.update(_read_package(file.source))
        return found

    def _parsed(self, name: str, path: str, folder: str, text: Text) -> Script:
        script = self._made.get((path, name))
        if script is None:
            commands = shell.parse(text, origin="script", shell="sh").commands
            script = self._made[path, name] = Script(name, path, folder, commands)
        return script

    # -- make ----------------------------------------------------------------------------------------------------------

    def _make(self, line: list[str], folder: str) -> list[Script] | None:
        place = folder_option(line[1:], folder)
        named = _option(line[1:], ("-f", "--file", "--makefile"))
        paths = [named] if named else list(_MAKEFILES)
        for each in paths:
            path = normpath(join(place, each)) if place else normpath(each)
            file = self._project.file(path)
            if file is None or len(file.source.text) > _LARGEST:
                continue
            if path not in self._targets:
                self._targets[path] = _read_makefile(file.source.text)
            targets = self._targets[path]
            names = named_scripts(line) or list(targets)[:1]
            found: list[Script] = []
            for name in names:
                found += self._target(name, path, place, file.source, targets, [])
            return found or None
        return None

    def _target(
        self, name: str, path: str, folder: str, source: Source, targets: dict[str, _Target], around: list[str]
    ) -> list[Script]:
        target = targets.get(name)
        if target is None or name in around or len(around) > 8:
            return []
        found: list[Script] = []
        for need in target.needs:
            found += self._target(need, path, folder, source, targets, [*around, name])
        script = self._made.get((path, name))
        if script is None:
            text = Text.of(source)
            values = _assigned(source.text)
            commands: list[Command] = []
            for start, end in target.lines:
                recipe = _recipe(text.cut(start, end), values)
                commands += shell.parse(recipe, origin="script", shell="sh").commands
            script = self._made[path, name] = Script(name, path, folder, commands)
        return [*found, script]


def _read_package(source: Source) -> dict[str, Text]:
    from depcheck.syntax import json
    from depcheck.syntax.json_strings import content

    text = Text.of(source)
    found: dict[str, Text] = {}
    for name, value in json.parse(text, lenient=True).root.get("scripts").items():
        told = content(value, text) if isinstance(value, Known) else None
        if told is not None:
            found[name] = told
    return found


def _is_workspace(words: list[str]) -> bool:
    return any(each in ("--filter", "-F", "-w", "--workspace", "workspace") for each in words) or any(
        each.startswith(("--filter=", "--workspace=")) for each in words
    )


def _option(words: list[str], names: tuple[str, ...]) -> str:
    for index, word in enumerate(words):
        if word in names and index + 1 < len(words):
            return words[index + 1]
        name, equals, value = word.partition("=")
        if equals and name in names:
            return value
    return ""


def folder_option(words: list[str], folder: str) -> str:
    """The folder that a runner of scripts works in, which its options may lead to from the one that it is called in."""
    named = _option(words, _FOLDER_OPTIONS)
    if not named or "$" in named:
        return folder
    whole = normpath(join(folder, named)) if folder else normpath(named)
    return "" if whole == "." else whole


def _read_makefile(text: str) -> dict[str, _Target]:
    """The targets of a makefile with the places of their recipes' lines, in the order in which they stand."""
    targets: dict[str, _Target] = {}
    current: list[_Target] = []
    at = 0
    while at < len(text):
        start = at
        at = _end_of_line(text, at)
        line = text[start:at]
        at += 1
        if line.startswith("\t"):
            for target in current:
                target.lines.append((start + 1, start + len(line)))
            continue
        if not line.strip() or line.lstrip().startswith("#") or len(line) > _LONGEST_LINE:
            continue
        match = _TARGET.match(line.replace("\\\n", " "))
        current = []
        if match is None or _ASSIGNED.match(line):
            continue
        for name in match["targets"].split():
            if name.startswith("."):
                continue
            target = targets.setdefault(name, _Target(name, []))
            target.needs += [need for need in match["needs"].split() if need != "|"]
            current.append(target)
    return targets


def _end_of_line(text: str, start: int) -> int:
    """The end of a line that backslashes may continue."""
    at = start
    while True:
        end = text.find("\n", at)
        if end < 0:
            return len(text)
        if end > start and text[end - 1] == "\\":
            at = end + 1
            continue
        return end


def _assigned(text: str) -> dict[str, str]:
    """The variables of a makefile that are given one plain value."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        match = None if line.startswith("\t") else _ASSIGNED.match(line)
        if match is not None and match["how"] != "!" and "$" not in match["value"] and len(match["value"]) < 200:
            found.setdefault(match["name"], match["value"].split("#", 1)[0].strip())
    return found


def _recipe(line: Text, values: dict[str, str]) -> Text:
    """A line as the shell sees it: without make's marks, its variables replaced by their values or by the shell's."""
    text = line.text
    begin = len(text) - len(text.lstrip(" \t@-+"))
    parts: list[tuple[str, int, int]] = []
    at = begin
    for match in _VARIABLE.finditer(text, begin):
        if match.start() > at:
            span = line.span(at, match.start())
            parts.append((text[at : match.start()], span.start, span.end))
        span = line.span(match.start(), match.end())
        name = match["round"] or match["curly"] or ""
        known = values.get(name, "${" + name.replace("-", "_").replace(".", "_") + "}")
        parts.append((known if name else "$", span.start, span.end))
        at = match.end()
    if at < len(text):
        span = line.span(at, len(text))
        parts.append((text[at:], span.start, span.end))
    return Text.joined(line.source, parts or [("", line.span(0, 0).start, line.span(0, 0).start)])
