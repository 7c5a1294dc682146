"""Checks of what Terraform and CloudFormation do with the secrets that they are given: show, keep and hand them on."""

from __future__ import annotations

import re
from collections.abc import Iterator

from depcheck.findings import Outcome, Violation
from depcheck.model import Setting
from depcheck.patterns import Pattern
from depcheck.project import Project
from depcheck.project.credentials import is_placeholder, kind_of_name
from depcheck.project.secret_reads import secret_reads
from depcheck.source import Span
from depcheck.values import Absent, Known, Unknown, Value, scalar_text, string

_STRONG = frozenset({"password", "secret", "token", "key"})
#: Descriptions of variables that hold no secret but say which one.
_NAMES_ONE = Pattern(
    r"\b(?:name|arn|id|path|key|url|reference|location)s? of\b|\b(?:ARN|KMS|CMEK)\b|customer[- ]managed|self[- ]?link"
    r"|whether|set to true",
    re.IGNORECASE,
)
#: What is printed by ``terraform output`` and kept as it is although it is no text.
_TEXT_TYPES = ("", "string", "any")
_USER_DATA = ("user_data", "user_data_base64", "custom_data", "metadata_startup_script")
_TEMPLATE_USER_DATA = (("UserData",), ("LaunchTemplateData", "UserData"))
_OF_STORES = ("{{resolve:", "arn:aws", "projects/")


def secret_variable_not_sensitive(subject: Project, project: Project) -> Iterator[Outcome]:
    """Variables that carry secrets are marked, so that plans do not show them."""
    for each in project.facts.declarations:
        if each.kind != "variable" or each.sensitive or kind_of_name(each.name) not in _STRONG:
            continue
        default = each.expression.text if each.expression is not None else ""
        if each.type not in _TEXT_TYPES or default.startswith(("true", "false", "[", "{")):
            continue
        if _NAMES_ONE.search(_block(each.span.source.text, each.span.end)):
            continue
        yield Violation(
            each.span, environment=each.environment, discriminator=each.name, words={"name": f"var.{each.name}"}
        )
    for name, parameter, path in _parameters(project):
        kind = kind_of_name(name)
        type_ = string(parameter.get("Type")) or "String"
        if kind not in _STRONG or type_ != "String" or scalar_text(parameter.get("NoEcho")) == "true":
            continue
        if _NAMES_ONE.search(string(parameter.get("Description")) or ""):
            continue
        if not isinstance(parameter.get("AllowedValues"), Absent) or _OF_STORES[1] in str(
            scalar_text(parameter.get("Default"))
        ):
            continue
        place = parameter.key or parameter.span
        yield Violation(place, variant="parameter", discriminator=f"{path} {name}", words={"name": name})


def _block(text: str, at: int) -> str:
    """What stands in a block from its header to the brace that closes it at the beginning of a line."""
    end = text.find("\n}", at)
    return text[at : end if end >= 0 else at + 2000]


def _parameters(project: Project) -> Iterator[tuple[str, Known, str]]:
    for file in project.facts.files:
        if file.kind == "cloudformation" and isinstance(file.tree, Known):
            for name, parameter in file.tree.get("Parameters").items():
                if isinstance(parameter, Known):
                    yield name, parameter, file.source.path


def secret_in_output(subject: Project, project: Project) -> Iterator[Outcome]:
    """Outputs show no secret."""
    unmarked = {
        (each.span.path.rpartition("/")[0], each.name): each
        for each in project.facts.declarations
        if each.kind == "variable" and not each.sensitive
    }
    for each in project.facts.declarations:
        if each.kind != "output" or each.sensitive or each.expression is None:
            continue
        lifted = "nonsensitive(" in each.expression.text
        for read in secret_reads(each.expression, project):
            root, _, name = read.name.partition(".")
            folder = each.span.path.rpartition("/")[0]
            if not lifted and (read.made or (root == "var" and (folder, name) not in unmarked)):
                continue  # Terraform itself refuses to show it
            yield Violation(
                read.span,
                environment=each.environment,
                discriminator=f"{each.name} {read.name}",
                words={"name": f"output.{each.name}", "secret": read.name},
            )
            break
    yield from _in_template_outputs(project)


def _in_template_outputs(project: Project) -> Iterator[Outcome]:
    secrets = {(path, name) for name, parameter, path in _parameters(project) if _is_secret_parameter(name, parameter)}
    for file in project.facts.files:
        if file.kind != "cloudformation" or not isinstance(file.tree, Known):
            continue
        for name, output in file.tree.get("Outputs").items():
            value = output.get("Value")
            read = next((each for each in _references(value) if (file.source.path, each) in secrets), None)
            if read is not None:
                yield Violation(
                    value, discriminator=f"{name} {read}", words={"name": f"Outputs.{name}", "secret": read}
                )


def _is_secret_parameter(name: str, parameter: Known) -> bool:
    return scalar_text(parameter.get("NoEcho")) == "true" and kind_of_name(name) in _STRONG


def _references(value: Value) -> Iterator[str]:
    """The parameters that a value of a template refers to, in whatever way it is written."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if not isinstance(each, Known):
            continue
        for name, part in each.items():
            if name == "Ref":
                yield string(part) or ""
            waiting.append(part)
        if isinstance(each.value, list):
            waiting.extend(each.value)
        elif isinstance(each.value, str):
            yield from re.findall(r"\$\{(\w+)\}", each.value)


def secret_in_user_data(subject: Project, project: Project) -> Iterator[Outcome]:
    """What machines run when they start carries no secret."""
    seen: set[Span] = set()  # a configuration for several environments is written once
    for resource in project.facts.resources:
        if resource.format != "terraform" or resource.kind != "resource":
            continue
        for name in _USER_DATA:
            value = resource.get(name)
            if isinstance(value, Absent) or value.span in seen:
                continue
            seen.add(value.span)
            read = next(secret_reads(value.span, project), None)
            if read is not None:
                yield Violation(
                    read.span,
                    resource=resource.address,
                    environment=resource.environment,
                    discriminator=f"{name} {read.name}",
                    words={"name": f"{resource.address}.{name}", "secret": read.name},
                )
    yield from _in_template_user_data(project)


def _in_template_user_data(project: Project) -> Iterator[Outcome]:
    secrets = {(path, name) for name, parameter, path in _parameters(project) if kind_of_name(name) in _STRONG}
    for file in project.facts.files:
        if file.kind != "cloudformation" or not isinstance(file.tree, Known) or not secrets:
            continue
        for name, resource in file.tree.get("Resources").items():
            for path in _TEMPLATE_USER_DATA:
                value = resource.get("Properties", *path)
                read = next((each for each in _references(value) if (file.source.path, each) in secrets), None)
                if read is not None:
                    yield Violation(
                        value,
                        resource=f"cfn.{name}",
                        discriminator=f"{name} {read}",
                        words={"name": f"cfn.{name}.{path[-1]}", "secret": read},
                    )


def secret_in_task_environment(subject: Project, project: Project) -> Iterator[Outcome]:
    """Containers and functions are given secrets from a store, not in the configuration that everybody may list."""
    seen: set[Span] = set()  # a module that is called often is written once
    for setting in project.facts.settings:
        if setting.origin not in ("container", "lambda") or kind_of_name(setting.name) not in _STRONG:
            continue
        value = setting.value
        if isinstance(value, Absent) or value.span in seen or not _is_plain(setting):
            continue
        read = next(secret_reads(value.span, project), None)
        name = read.name if read is not None else _parameter_of(value)
        if not name:
            continue
        seen.add(value.span)
        yield Violation(
            value,
            resource=setting.scope or None,
            environment=setting.environment,
            discriminator=setting.name,
            words={"name": setting.name, "owner": setting.scope, "secret": name},
        )


def _parameter_of(value: Value) -> str:
    """The parameter of a template, called like a secret, that a value waits for."""
    for missing in value.missing if isinstance(value, Unknown) else ():
        word, _, name = missing.name.partition(" ")
        if word == "parameter" and kind_of_name(name) in _STRONG:
            return name
    return ""


def _is_plain(setting: Setting) -> bool:
    """Whether what is handed over is the secret itself, not where it is kept."""
    value = setting.value
    if isinstance(value, Unknown):
        if value.reason.startswith("read from "):  # a store hands it over
            return False
        if value.refers is not None and not value.refers.startswith("random_password."):
            return False
        text = value.outline or ""
    elif isinstance(value, Known) and value.via and isinstance(value.value, str):
        text = value.value
        if is_placeholder(text, (setting.name,)):
            return False
    else:
        return False
    return not text.startswith(_OF_STORES) and "secretsmanager" not in text
