"""Names of environments: which words mean which environment, and where such a word stands in a path or a name.

Words are matched case-insensitively and as whole tokens only: ``latest``, ``contest`` and ``nonprod`` name nothing that
``test`` or ``prod`` would.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase

from depcheck.patterns import Pattern

#: Built-in aliases. They stay beside the declared ones.
ALIASES: dict[str, tuple[str, ...]] = {
    "development": ("development", "develop", "dev", "local"),
    "test": ("test", "testing", "qa"),
    "preview": ("preview", "review", "ephemeral"),
    "staging": ("staging", "stage", "stg", "preprod", "pre-prod", "pre-production", "preproduction", "uat"),
    "production": ("production", "prod", "prd", "live"),
}
ORDER = tuple(ALIASES)
_TOKEN = Pattern(r"[a-z0-9]+")


class Environments:
    """The environments of a deployment, ordered from the least to the most critical."""

    __slots__ = ("_longest", "_of_file_names", "_of_names", "_phrases", "aliases", "critical", "names", "sources")

    def __init__(
        self,
        declared: Mapping[str, Iterable[str]] | None = None,
        *,
        sources: Mapping[str, Iterable[str]] | None = None,
        critical: Iterable[str] = (),
    ) -> None:
        aliases: dict[str, tuple[str, ...]] = {}
        for name, words in (declared or {}).items():
            canonical = _canonical(name, words)
            aliases[name] = tuple(dict.fromkeys([name, *words, *ALIASES.get(canonical, ())]))
        taken = {word.lower() for words in aliases.values() for word in words}
        for name in ORDER:
            if name.lower() not in {each.lower() for each in aliases} and not any(
                ORDER_OF.get(each.lower()) == name for words in aliases.values() for each in words
            ):
                aliases[name] = tuple(word for word in ALIASES[name] if word not in taken)
        self.aliases = aliases
        self.names = tuple(declared) if declared else ORDER
        self.sources = {name: tuple(globs) for name, globs in (sources or {}).items()}
        self.critical = tuple(critical) or (_most_critical(self.names),)
        phrases: dict[tuple[str, ...], str] = {}
        for name, words in aliases.items():
            for word in words:
                tokens = tuple(_TOKEN.findall(word.lower()))
                if tokens:
                    phrases.setdefault(tokens, name)
        self._phrases = phrases
        self._longest = max(map(len, phrases), default=0)
        # What was asked already: paths repeat their folders, and names of files are few.
        self._of_names: dict[str, str | None] = {}
        self._of_file_names: dict[str, str | None] = {}

    def named(self, word: str) -> str | None:
        """The environment that a whole name means (``prod`` is production); None for any other name."""
        if word not in self._of_names:
            self._of_names[word] = self._phrases.get(tuple(_TOKEN.findall(word.lower())))
        return self._of_names[word]

    def role(self, name: str | None) -> str | None:
        """What an environment is for, in the usual words (``production`` for one that is declared as ``live-eu`` with
        the alias ``prod``); its own name where none of its words is a usual one."""
        return _canonical(name, self.aliases.get(name, ())) if name is not None else None

    def within(self, text: str) -> str | None:
        """The one environment that a name mentions as whole tokens (``deploy-prod``); None for none or several."""
        tokens = _TOKEN.findall(_split_camel(text).lower())
        found: set[str] = set()
        at = 0
        while at < len(tokens):
            for length in range(self._longest, 0, -1):
                name = self._phrases.get(tuple(tokens[at : at + length]))
                if name is not None:
                    found.add(name)
                    at += length
                    break
            else:
                at += 1
        return found.pop() if len(found) == 1 else None

    def of_path(self, path: str) -> str | None:
        """The environment of a file: ``sources`` globs first, then the file's name, then the nearest folder.

        Folders count only as a whole name (``live/staging/``, not ``test-utils/``), because words such as ``test`` and
        ``local`` in a folder's name usually mean something else. In ``live/<name>/`` the next part decides. A file that
        repeats such a folder's name (``apps/live/Dockerfile.live``) is about the same thing as the folder.
        """
        for name, globs in self.sources.items():
            if any(glob_match(path, glob) for glob in globs):
                return name
        *folders, file = path.split("/")
        own = self.of_file_name(file)
        parent = folders[-1].lower() if folders else ""
        repeated = parent in _NOT_AS_FOLDER and parent in _TOKEN.findall(file.lower()) and not file.startswith(".env")
        if own is not None and not repeated:
            return own
        for index in range(len(folders) - 1, -1, -1):
            name_of = self.named(folders[index])
            if name_of is None or folders[index].lower() in _NOT_AS_FOLDER:
                continue
            return name_of
        return None

    def of_file_name(self, file: str) -> str | None:
        """The environment that a file's name tells: ``.env.production``, ``staging.tfvars``, ``compose.prod.yaml``."""
        if file not in self._of_file_names:
            self._of_file_names[file] = self._of_file_name(file)
        return self._of_file_names[file]

    def _of_file_name(self, file: str) -> str | None:
        lowered = file.lower()
        for pattern in _FILE_NAMES:
            match = pattern.fullmatch(lowered)
            if match and not (lowered.endswith(".tf") and match.group("env") in _NOT_AS_FOLDER):
                return self.within(match.group("env"))
        return None


_FILE_NAMES = tuple(
    Pattern(pattern, holding=tuple(words.split()))
    for words, pattern in (
        (".env.", r"\.env\.(?P<env>[a-z0-9_.-]+?)(?:\.(?:local|example|template|sample|dist))?"),
        (".env", r"(?P<env>[a-z0-9_-]+)\.env"),
        (".tfvars", r"(?P<env>[a-z0-9_.-]+?)(?:\.auto)?\.tfvars(?:\.json)?"),
        ("compose", r"(?:docker-)?compose[._-](?P<env>[a-z0-9_-]+)\.ya?ml"),
        ("dockerfile.", r"dockerfile\.(?P<env>[a-z0-9_-]+)"),
        (".dockerfile", r"(?P<env>[a-z0-9_-]+)\.dockerfile"),
        ("values", r"values[._-](?P<env>[a-z0-9_-]+)\.ya?ml"),
        (
            "fly serverless wrangler appsettings",
            r"(?:fly|serverless|wrangler|appsettings)[._-](?P<env>[a-z0-9_-]+)\.(?:toml|ya?ml|jsonc?)",
        ),
        (".tf", r"(?P<env>[a-z0-9_-]+)\.tf(?:\.json)?"),
    )
)
_DEEP = Pattern(r"((?:(?<=/)|^)\*{2,}/|\*{2,})")
_NOT_AS_FOLDER = frozenset({"test", "testing", "local", "live", "review", "preview", "develop"})
ORDER_OF = {word: name for name, words in ALIASES.items() for word in words}


def _canonical(name: str, words: Iterable[str]) -> str:
    for word in (name, *words):
        if word.lower() in ORDER_OF:
            return ORDER_OF[word.lower()]
    return name


def _most_critical(names: tuple[str, ...]) -> str:
    for name in names:
        if ORDER_OF.get(name.lower()) == "production":
            return name
    return names[-1]


def _split_camel(text: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", text)


_TEMPLATES = (".example", ".template", ".sample", ".dist", ".tpl", ".tmpl", ".defaults", ".schema")
_BARE_TEMPLATES = frozenset(each.removeprefix(".") + ".env" for each in _TEMPLATES)


def is_template(path: str) -> bool:
    """Whether an env file only shows which variables there are (``.env.example``)."""
    name = path.rsplit("/", 1)[-1].lower()
    return name.endswith(_TEMPLATES) or name.removesuffix(".env").endswith(_TEMPLATES) or name in _BARE_TEMPLATES


def glob_match(path: str, pattern: str) -> bool:
    """Whether a path matches a glob in which ``**`` crosses folders and ``*`` does not."""
    if "**" not in pattern:
        return path.count("/") == pattern.count("/") and all(
            fnmatchcase(part, each) for part, each in zip(path.split("/"), pattern.split("/"), strict=True)
        )
    return re.fullmatch(_glob_regex(pattern), path, re.DOTALL) is not None


def _glob_regex(pattern: str) -> str:
    """What a star takes is never given back (``(?>…)``): the earliest match of what follows it is as good as any other,
    and a pattern with many stars would else take time without bound."""
    first, *rest = _DEEP.split(pattern)
    out = _shallow(first, last=not rest)
    for index in range(0, len(rest), 2):
        stars, chunk = rest[index], rest[index + 1]
        last = index + 2 == len(rest)
        any_folders = "(?:.*?/)??" if stars.endswith("/") else ".*?"
        body = any_folders + _shallow(chunk, last=last)
        out += body if last else f"(?>{body})"
    return out


def _shallow(chunk: str, *, last: bool) -> str:
    """A part of a glob in which ``*`` and ``?`` stay in a folder."""
    first, *rest = ("".join("[^/]" if each == "?" else re.escape(each) for each in part) for part in chunk.split("*"))
    for index, part in enumerate(rest):
        anchored = last and index + 1 == len(rest)
        first += f"[^/]*{part}" if anchored else f"(?>[^/]*?{part})"
    return first
