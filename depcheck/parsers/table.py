"""Which file is of which kind, and which module reads that kind. Told by name; where the name leaves it open, by a look
at the beginning of the content."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import import_module

from depcheck.parsers import Parser
from depcheck.patterns import Pattern

#: kind → module below ``depcheck.parsers``. Kinds without a module are read by the step that joins files.
MODULES: dict[str, str] = {
    "terraform": "terraform",
    "terraform-json": "terraform",
    "terraform-plan": "terraform_plan",
    "tfvars": "terraform",
    "tfvars-json": "terraform",
    "hcl": "terraform",
    "workflow": "workflow",
    "action": "action",
    "dependabot": "dependabot",
    "compose": "compose",
    "dockerfile": "dockerfile",
    "dotenv": "dotenv",
    "iam-policy": "iam",
    "cloudformation": "cloudformation",
    "cdk": "cdk",
    "shell": "shell",
    "markdown": "markdown",
    "crontab": "crontab",
    "versions": "versions",
    "package-json": "versions",
    "platform": "platforms",
    "serverless": "serverless",
    "helm-values": "helm",
    "kustomization": "helm",
    "config": "configs",
    "flags": "configs",
    "kubernetes": "kubernetes",
    "node-cron": "node_cron",
}
#: Kinds that are read only on request (``--docs``).
ON_REQUEST = frozenset({"markdown"})

#: Kind, the words of which a name holds one, and the expression that it fits; the first that fits says the kind.
_NAMES: tuple[tuple[str, Pattern], ...] = tuple(
    (kind, Pattern(pattern, re.DOTALL, holding=tuple(words.split())))
    for kind, words, pattern in (
        ("policy", "depcheck.y", r"depcheck\.ya?ml"),
        ("lock", ".lock.hcl", r"\.terraform\.lock\.hcl"),
        ("terraform", ".tf .tofu", r".+\.(?:tf|tofu)"),
        ("terraform-json", ".tf .tofu", r".+\.(?:tf|tofu)\.json"),
        ("tfvars", ".tfvars", r".+\.tfvars"),
        ("tfvars-json", ".tfvars", r".+\.tfvars\.json"),
        ("backend-config", ".tfbackend", r".+\.tfbackend"),
        ("hcl", ".hcl", r".+\.hcl"),
        ("ignore", "ignore", r".*\.dockerignore|\.gitignore"),
        (
            "dockerfile",
            "dockerfile containerfile",
            r"(?:dockerfile|containerfile)(?:[._-].+)?|.+\.(?:dockerfile|containerfile)",
        ),
        ("shell", "sh .envrc", r".+\.(?:sh|bash|zsh|ksh)|\.envrc"),
        ("makefile", "makefile .mk", r"(?:gnu)?makefile|.+\.mk"),
        (
            "dotenv",
            "env",
            r"(?:\.env(?:[._-].+)?|.+\.env|(?:env|dotenv)\.(?:example|sample|template|dist)|.+\.env\.[a-z]+)"
            r"(?<!\.ts|\.js|\.py|\.go|\.rs|\.md|\.sh|\.j2)(?<!\.bak|\.erb|\.swp)(?<!\.orig)(?<!\.patch)",
        ),
        ("markdown", ".md .markdown", r".+\.(?:md|markdown)"),
        (
            "versions",
            "version nvmrc go.mod",
            r"\.(?:nvmrc|(?:node|python|ruby|java|go|bun|terraform|opentofu)-version|tool-versions)|go\.mod",
        ),
        ("crontab", "cron", r"crontab(?:\.(?:txt|example|sample|dist|root))?|.+\.(?:crontab|cron)"),
        (
            "program",
            ".ts .js .mjs .cjs .mts",
            r"(?:.*[._-])?(?:cron|schedul|backup)[\w-]*(?:\.[\w-]+)*\.(?:ts|js|mjs|cjs|mts)",
        ),
        ("yaml", ".y", r".+\.ya?ml"),
        ("json", ".json .template key", r".+\.(?:jsonc?|template|skey|vkey)"),
        ("toml", ".toml", r".+\.toml"),
    )
)
_NOT_DOCKERFILES = Pattern(
    r".+\.(?:md|txt|py|go|js|ts|rb|sh|ya?ml|json|tmpl|j2|erb|rs|java|snap|lock|orig|bak|patch|tf)",
    re.DOTALL,
)
#: Of the programs whose name tells of schedules, those that use node-cron are read.
_NODE_CRON = Pattern(r"(?:from|require\s*\(|import)\s*['\"](?:node-cron|node-cron-tz|cron)['\"]")
_SHEBANG = Pattern(r"#!\s*/(?:usr/)?bin/(?:env\s+(?:-S\s+)?)?(?:ba|da|k|z)?sh\b")


def kind_by_name(path: str) -> str | None:
    """The kind that a path's name tells; ``yaml``, ``json`` and ``program`` where the content must say more; None for
    others."""
    return _kind_of_name(path.rsplit("/", 1)[-1].lower())


@lru_cache(maxsize=1024)
def _kind_of_name(name: str) -> str | None:
    for kind, pattern in _NAMES:
        if pattern.fullmatch(name):
            if kind == "dockerfile" and _NOT_DOCKERFILES.fullmatch(name):
                continue
            return kind
    return None


def kind_of(path: str, head: str) -> str | None:
    """The kind of a file from its name and, where that leaves it open, the beginning of its text."""
    kind = kind_by_name(path)
    if kind == "yaml":
        from depcheck.parsers.yaml_kinds import kind_of as of_yaml

        return of_yaml(path, head)
    if kind == "json":
        from depcheck.parsers.json_kinds import kind_of as of_json

        return of_json(path, head)
    if kind == "program":
        return "node-cron" if _NODE_CRON.search(head) else None
    if kind == "toml":
        from depcheck.parsers.toml_kinds import kind_of as of_toml

        return of_toml(path, head)
    if kind == "shell" and head.lstrip().lower().startswith(("<powershell", "<script", "#ps1")):
        return None  # user data for Windows, whatever its name ends in
    if kind is None and "." not in path.rsplit("/", 1)[-1] and _SHEBANG.match(head):
        return "shell"
    return kind


def may_be_read(path: str) -> bool:
    """Whether a file is worth opening: its name tells a kind, or it has no extension and may begin with ``#!``."""
    return kind_by_name(path) is not None or "." not in path.rsplit("/", 1)[-1]


def parser_of(kind: str) -> Parser | None:
    """The parser for a kind, imported now; None for kinds without one."""
    module = MODULES.get(kind)
    if module is None:
        return None
    parse: Parser = import_module(f"depcheck.parsers.{module}").parse
    return parse
