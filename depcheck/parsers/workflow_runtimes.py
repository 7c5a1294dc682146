"""Which languages and tools the steps of a job set up, and in which versions."""

from __future__ import annotations

import re
from collections.abc import Mapping

from depcheck.model import Job, Reference, Runtime
from depcheck.model import Step as JobStep
from depcheck.parsers.workflow_values import content, decided, single_use
from depcheck.source import Span
from depcheck.syntax import expressions, yaml
from depcheck.values import Known, Step, Unknown, Value, string

#: Action (without its version) → input → what that is the version of.
_ACTIONS: dict[str, dict[str, str]] = {
    "hashicorp/setup-terraform": {"terraform_version": "terraform"},
    "opentofu/setup-opentofu": {"tofu_version": "opentofu"},
    "hashicorp/setup-packer": {"version": "packer"},
    "azure/setup-helm": {"version": "helm"},
    "azure/setup-kubectl": {"version": "kubectl"},
    "pnpm/action-setup": {"version": "pnpm"},
    "astral-sh/setup-uv": {"version": "uv", "python-version": "python"},
    "dtolnay/rust-toolchain": {"toolchain": "rust"},
    "actions-rust-lang/setup-rust-toolchain": {"toolchain": "rust"},
    "actions-rs/toolchain": {"toolchain": "rust"},
    "julia-actions/setup-julia": {"version": "julia"},
    "dart-lang/setup-dart": {"sdk": "dart"},
    "subosito/flutter-action": {"flutter-version": "flutter"},
    "erlef/setup-beam": {"elixir-version": "elixir", "otp-version": "erlang"},
    "golangci/golangci-lint-action": {"version": "golangci-lint"},
    "supabase/setup-cli": {"version": "supabase"},
    "pulumi/actions": {"pulumi-version": "pulumi"},
    "gruntwork-io/terragrunt-action": {"tf_version": "terraform", "tg_version": "terragrunt"},
}
_VERSION = re.compile(r"(node|python|go|java|dotnet|ruby|php|deno|bun|scala|sbt|gradle|maven|terraform)[-_]version")
_VERSION_FILE = re.compile(r"(?:[a-z]+)[-_]version[-_]file")


def runtimes(
    job: Job, file: yaml.YamlFile, known: Mapping[JobStep, Mapping[str, Value]], scope: str
) -> tuple[list[Runtime], list[Reference]]:
    """The versions that steps ask for, one for each value of a matrix, and the files that versions are read from."""
    found: list[Runtime] = []
    files: list[Reference] = []
    matrix = job.tree.get("strategy", "matrix")
    for step in job.steps:
        action = (string(step.uses) if step.uses is not None else None) or ""
        inputs = _ACTIONS.get(action.partition("@")[0].lower(), {})
        for name, value in step.tree.get("with").items() if action else ():
            lowered = name.lower()
            if _VERSION_FILE.fullmatch(lowered) and (path := string(value)) and not expressions.contains(path):
                files.append(Reference(path, "file", _inside(value, file), scope=scope, environment=job.environment))
            generic = _VERSION.fullmatch(lowered)
            language = inputs.get(lowered) or (generic.group(1) if generic else None)
            if language is None or (isinstance(value, Known) and value.value in (None, "")):
                continue
            for version in _versions(value, file, matrix, known.get(step, {})):
                span = version.span
                found.append(Runtime(language, version, span, scope=scope, environment=job.environment))
    return found, files


def _versions(value: Value, file: yaml.YamlFile, matrix: Value, known: Mapping[str, Value]) -> list[Value]:
    told = decided(value, file, known)
    if isinstance(told, Unknown):
        return from_matrix(value, file, matrix) or [told]
    written = string(told)
    if written is not None and "\n" in written.strip():
        text = content(value, file)
        lines = list(re.finditer(r"[^\s][^\n]*", text.text))
        return [
            Known(
                match.group().rstrip(),
                text.span(match.start(), match.start() + len(match.group().rstrip())),
                key=value.key,
            )
            for match in lines
        ]
    return [told]


def from_matrix(value: Value, file: yaml.YamlFile, matrix: Value) -> list[Value]:
    """The literal values that ``${{ matrix.x }}`` takes in a job; none when they are not all written there."""
    text = content(value, file)
    found = expressions.find(text)
    use = single_use(found[0]) if len(found) == 1 and found[0].written == text.text.strip() else None
    if use is None or use.root != "matrix" or not use.path:
        return []
    dimension = matrix.get(use.path[0])
    candidates = list(dimension.elements()) if isinstance(dimension, Known) else []
    candidates += [
        item for entry in matrix.get("include").elements() if isinstance(item := entry.get(use.path[0]), Known)
    ]
    values: list[Value] = []
    seen: set[str] = set()
    for candidate in candidates:
        item = candidate.get(*use.path[1:])
        if not isinstance(item, Known) or isinstance(item.value, (list, dict)):
            continue
        if isinstance(item.value, str) and expressions.contains(item.value):
            return []
        if item.span.text not in seen:
            seen.add(item.span.text)
            values.append(Known(item.value, item.span, via=(Step(use.dotted, use.span),), key=item.key))
    return values


def _inside(value: Value, file: yaml.YamlFile) -> Span:
    text = content(value, file)
    return text.span(0, len(text.text))
