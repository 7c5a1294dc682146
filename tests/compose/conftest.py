from __future__ import annotations

import textwrap
from collections.abc import Callable

import pytest

from depcheck.compose.assembly import assemble
from depcheck.environments import Environments
from depcheck.model import Facts, Problem, Resource
from depcheck.parsers import Context, Parsed
from depcheck.parsers import compose as compose_parser
from depcheck.parsers import dotenv as dotenv_parser
from depcheck.source import Source, Text
from depcheck.values import plain


class Told:
    """What a few files tell, by their names."""

    def __init__(self, texts: dict[str, str]) -> None:
        environments = Environments()
        self.files: dict[str, Parsed] = {}
        self.env_files: dict[str, Parsed] = {}
        for path, text in texts.items():
            source = Source(path, textwrap.dedent(text).lstrip("\n"))
            is_compose = path.endswith((".yaml", ".yml"))
            parse = compose_parser.parse if is_compose else dotenv_parser.parse
            parsed = parse(Text.of(source), Context(environments, environments.of_path(path)))
            (self.files if is_compose else self.env_files)[path] = parsed
        self.facts: Facts
        self.problems: list[Problem]
        self.facts, self.problems = assemble(self.files, self.env_files, environments)

    def resource(self, address: str, environment: str | None = None) -> Resource:
        (found,) = [
            each for each in self.facts.resources if each.address == address and each.environment == environment
        ]
        return found

    def service(self, name: str, environment: str | None = None) -> dict[str, object]:
        value = plain(self.resource(f"compose.{name}", environment).attributes)
        assert isinstance(value, dict)
        return value

    def settings(self, name: str, environment: str | None = None) -> dict[str, object]:
        return {
            each.name: plain(each.value)
            for each in self.facts.settings
            if each.scope == f"compose.{name}" and each.environment == environment and each.origin == "compose"
        }

    def runs(self) -> set[tuple[str, str | None]]:
        return {(each.address, each.environment) for each in self.facts.resources}

    def messages(self) -> list[str]:
        return [problem.message for problem in self.problems]


@pytest.fixture
def tell() -> Callable[..., Told]:
    def build(texts: dict[str, str] | None = None, /, **named: str) -> Told:
        return Told({**(texts or {}), **{name.replace("_", ".") + ".yaml": text for name, text in named.items()}})

    return build
