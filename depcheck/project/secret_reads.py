"""Where expressions of Terraform read a secret: variables and locals called like one, and what providers make."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from depcheck.patterns import Pattern
from depcheck.project import Project
from depcheck.project.credentials import kind_of_name
from depcheck.source import Span

#: A reference as it is written: names, indexes and splats.
_REFERENCE = Pattern(r"(?<![\w.\"-])[A-Za-z_][\w-]*(?:\[[^\]\n]{0,80}\]|\.[\w*-]+){1,8}")
#: Attributes that providers fill with a secret, by type.
_MADE = {
    "random_password": ("result",),
    "tls_private_key": ("private_key_pem", "private_key_openssh", "private_key_pem_pkcs8"),
    "aws_iam_access_key": ("secret", "ses_smtp_password_v4"),
    "aws_secretsmanager_secret_version": ("secret_string",),
    "azurerm_key_vault_secret": ("value",),
    "google_secret_manager_secret_version": ("secret_data",),
    "google_service_account_key": ("private_key",),
}
_NAMED = frozenset({"var", "local"})
_STRONG = frozenset({"password", "secret", "token", "key"})
#: Functions whose result is not the secret any more.
_HARMLESS = Pattern(
    r"(?:sha\d+|md5|bcrypt|base64sha\d+|length|nonsensitive\(\s*length|issensitive|coalesce_empty)\(\s*\Z"
)
_LONGEST = 60_000


class SecretRead:
    """A reference to a secret: how it is written, where, and whether its provider marks it as sensitive."""

    __slots__ = ("made", "name", "span")

    def __init__(self, name: str, span: Span, *, made: bool) -> None:
        self.name = name
        self.span = span
        self.made = made


def secret_reads(expression: Span, project: Project) -> Iterator[SecretRead]:
    """The references in an expression that stand for a secret."""
    text = expression.source.text
    end = min(expression.end, expression.start + _LONGEST)
    for match in _REFERENCE.finditer(text, expression.start, end):
        parts = match.group().split(".")
        root = parts[0]
        if root == "data":
            parts = parts[1:]
            root = parts[0]
        made = _is_made(parts)
        if not made and not (root in _NAMED and _is_secret(parts[1], root, expression, project)):
            continue
        if _HARMLESS.search(text, max(match.start() - 40, 0), match.start()):
            continue
        if text[match.end() : match.end() + 5].lstrip().startswith(("!=", "==", "?")):
            continue
        yield SecretRead(match.group(), Span(expression.source, match.start(), match.end()), made=made)


def _is_made(parts: list[str]) -> bool:
    attributes = _MADE.get(parts[0])
    return attributes is not None and parts[-1].partition("[")[0] in attributes


def _is_secret(name: str, root: str, expression: Span, project: Project) -> bool:
    name = name.partition("[")[0]
    if kind_of_name(name) not in _STRONG:
        return False
    folder = expression.path.rpartition("/")[0]
    declared = _declared(project).get((folder, root, name))
    return declared is None or declared not in ("bool", "number")


@lru_cache(maxsize=1)
def _declared(project: Project) -> dict[tuple[str, str, str], str]:
    """The types of variables and locals by folder, ``var`` or ``local``, and name."""
    kinds = {"variable": "var", "local": "local"}
    return {
        (each.span.path.rpartition("/")[0], kinds[each.kind], each.name): each.type
        for each in project.facts.declarations
        if each.kind in kinds
    }
