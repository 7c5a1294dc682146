"""Checks of what workflows do with the secrets that they are given: print, keep, hand on, and share them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from depcheck.data import load_json
from depcheck.findings import Note, Outcome, Violation
from depcheck.model import Command, Job, Setting, Step, Word
from depcheck.patterns import Pattern
from depcheck.project import Project
from depcheck.project.credentials import client_prefix, kind_of_name
from depcheck.project.step_commands import PASTED, of_step, pasted, pasted_in, secret_variables
from depcheck.source import Span
from depcheck.values import Known, Unknown, Value, scalar_text, string

_STRONG = frozenset({"password", "secret", "token", "key"})
_PRINTING = frozenset({"echo", "printf"})
_MASKING = Pattern(r"::(?:add-mask|set-output|set-env)")
_GROUP_END = Pattern(r"(?:\}|\bdone|\bfi|\))\s*(?:>|\|(?!\|))")
#: Programs that write a secret in characters that GitHub does not look for.
_ENCODING = frozenset({"base64", "base32", "xxd", "od", "hexdump", "rev", "openssl", "gzip", "tr", "fold"})
_BUILD_ACTIONS = ("docker/build-push-action", "redhat-actions/buildah-build", "docker/bake-action")
_UPLOADS = ("actions/upload-artifact", "actions/cache", "actions/cache/save", "actions/upload-pages-artifact")
#: From this version on, files whose names begin with a dot are left out unless the step asks for them.
_WITHOUT_HIDDEN = Pattern(r"@(?:v[4-9]|[0-9a-f]{40}|main|master)\b.*")
_SECRET_FILES = Pattern(
    r"(?:.*/)?(?:\.env(?:\.(?!example|sample|template|dist|test)[\w-]+)?|\.npmrc|\.pypirc|\.netrc|id_rsa|id_ed25519|id_ecdsa"
    r"|kubeconfig|\.kube/config|\.docker/config\.json|\.aws/credentials|service[-_]account\.json)"
)


# --- printed


def secret_printed(subject: Job, project: Project) -> Iterator[Outcome]:
    """No step writes a secret into the log."""
    for step in subject.steps:
        commands = of_step(step, subject, project)
        if not commands:
            continue
        names = secret_variables(step, subject, project)
        for index, command in enumerate(commands):
            if command.name in _PRINTING:
                yield from _printed_by(command, commands[index + 1 :], names, subject)
            elif names and _prints_everything(command) and _to_log(command):
                first = sorted(names)[0]
                yield Violation(
                    command.span,
                    resource=subject.address,
                    variant="environment",
                    severity="low",
                    discriminator=command.name,
                    words={"name": first, "command": command.name},
                )


def _printed_by(command: Command, behind: list[Command], names: dict[str, str], job: Job) -> Iterator[Outcome]:
    encoder = _encoder(command, behind)
    if encoder is None and not _to_log(command):
        return
    for word in command.words[1:]:
        name = _printed(word, frozenset(names))
        if name is not None and kind_of_name(name) is not None:
            yield Violation(
                word.span,
                resource=job.address,
                variant="encoded" if encoder else "",
                severity="high" if encoder else None,
                discriminator=name,
                words={"name": name, "encoder": encoder or ""},
            )


def _encoder(command: Command, behind: list[Command]) -> str | None:
    """The program through which what is printed goes into the log."""
    last = command
    for each in behind:
        if each.pipeline != command.pipeline or each.joined != "|":
            break
        last = each
    if last is command or last.name not in _ENCODING or not _to_log(last) or _is_captured(command):
        return None
    words = last.arguments()
    if last.name == "base64" and {"-d", "--decode", "-D"}.intersection(words):
        return None
    if last.name == "openssl" and not {"base64", "enc"}.intersection(words):
        return None
    return None if last.name == "tr" and "-d" in words else last.name


def _prints_everything(command: Command) -> bool:
    words = [word.text for word in command.words]
    return words in (["env"], ["printenv"], ["set"], ["export"], ["export", "-p"], ["declare", "-p"])


def _printed(word: Word, names: frozenset[str]) -> str | None:
    """The name of a secret whose value a word is or holds; testing or counting it shows nothing."""
    if _MASKING.search(word.raw):
        return None
    for name in sorted(names.intersection(word.variables)):
        if re.search(rf"\$(?:{re.escape(name)}\b|\{{{re.escape(name)}(?:\}}|:-))", word.raw):
            return name
    found = re.search(r"\$\{\{\s*secrets\.([\w-]+)\s*\}\}", word.raw)
    return f"secrets.{found[1]}" if found else None


def _is_captured(command: Command) -> bool:
    """Whether the output of a command becomes part of another one."""
    text = command.span.source.text
    before = text[max(command.span.start - 3, 0) : command.span.start]
    return "$(" in before or before.endswith(("`", "<("))


def _to_log(command: Command) -> bool:
    """Whether the output of a command goes to the log: not into a file, another command or a variable."""
    if any(each.operator.startswith((">", "&>")) or "<<" in each.operator for each in command.redirections):
        return any(
            each.target.text in ("/dev/stdout", "/dev/stderr", "&1", "&2", "1", "2") for each in command.redirections
        )
    text = command.span.source.text
    rest = text[command.span.end : command.span.end + 300].split("\n", 1)[0].lstrip(" \t\"'")
    if rest.startswith("|") and not rest.startswith("||"):
        return False
    if _is_captured(command):
        return False
    return not (command.depth and _GROUP_END.search(text, command.span.end, command.span.end + 600))


# --- handed on


def secret_in_job_output(subject: Job, project: Project) -> Iterator[Outcome]:
    """Neither a job nor a step hands on a secret as its output."""
    for name, value in subject.tree.get("outputs").items():
        secret = pasted(value, own_token=True)
        if secret is not None:
            yield Violation(
                value,
                resource=subject.address,
                discriminator=name,
                words={"name": name, "secret": f"secrets.{secret}"},
            )
    for step in subject.steps:
        names: dict[str, str] | None = None
        for command in of_step(step, subject, project):
            if command.name not in _PRINTING or not _writes_to(command, "GITHUB_OUTPUT"):
                continue
            names = secret_variables(step, subject, project) if names is None else names
            for word in command.words[1:]:
                secret = _printed(word, frozenset(names))
                if secret is not None:
                    yield Violation(
                        word.span,
                        resource=subject.address,
                        variant="step",
                        discriminator=secret,
                        words={"secret": secret},
                    )


def _writes_to(command: Command, variable: str) -> bool:
    return any(each.operator.startswith(">") and variable in each.target.variables for each in command.redirections)


def secret_in_artifact(subject: Job, project: Project) -> Iterator[Outcome]:
    """What a job uploads or caches holds no file that a secret was written into."""
    written: dict[str, Note] = {}
    for step in subject.steps:
        names = secret_variables(step, subject, project) if step.uses is None else {}
        for command in of_step(step, subject, project):
            secret = next((found for word in command.words[1:] if (found := _printed(word, frozenset(names)))), None)
            for redirection in command.redirections:
                target = redirection.target.text
                if secret is not None and redirection.operator.startswith(">") and target:
                    path = target.removeprefix("./")
                    written.setdefault(path, Note(f"{secret} is written into it here", command.span))
        used = string(step.uses) if step.uses is not None else None
        if used is None or used.partition("@")[0].lower() not in _UPLOADS:
            continue
        given = step.tree.get("with", "path")
        hidden = "cache" in used or scalar_text(step.tree.get("with", "include-hidden-files")) == "true"
        hidden = hidden or not _WITHOUT_HIDDEN.search(used)
        for path in (string(given) or "").split():
            path = path.removeprefix("./").rstrip("/")
            name = path.rpartition("/")[2]
            note = written.get(path)
            if (note is None and not _SECRET_FILES.fullmatch(path)) or (name.startswith(".") and not hidden):
                continue
            at = given.span.text.find(path) if isinstance(given, Known) else -1
            span = given.span
            if at >= 0:
                span = Span(span.source, span.start + at, span.start + at + len(path))
            yield Violation(
                span,
                resource=subject.address,
                related=[note] if note else [],
                variant="cache" if "cache" in used else "",
                discriminator=path,
                words={"path": path},
            )


# --- build arguments


def secret_build_argument(subject: Project, project: Project) -> Iterator[Outcome]:
    """No image is built with a secret as an argument."""
    for command in project.facts.commands:
        if command.name in ("docker", "podman", "buildah", "nerdctl", "docker-compose", "kaniko", "executor"):
            yield from _in_build_command(command, project)
    for job in project.facts.jobs:
        for step in job.steps:
            used = string(step.uses) if step.uses is not None else None
            if used is not None and used.partition("@")[0].lower() in _BUILD_ACTIONS:
                yield from _in_build_action(step, job)
    seen: set[Span] = set()  # a service of several environments may be written once
    for setting in project.facts.settings:
        if setting.span in seen:
            continue
        seen.add(setting.span)
        if setting.origin == "build-arg" and isinstance(setting.value, Unknown) and _is_secret(setting.name, ""):
            yield _argument(setting.value.span, setting.name, setting)


def _in_build_command(command: Command, project: Project) -> Iterator[Outcome]:
    words = command.words
    for index, word in enumerate(words):
        raw = word.raw.strip("\"'")
        if raw == "--build-arg" and index + 1 < len(words):
            word = words[index + 1]
            raw = word.raw.strip("\"'")
        elif raw.startswith("--build-arg="):
            raw = raw.removeprefix("--build-arg=")
        else:
            continue
        name, _, value = raw.partition("=")
        secret = next(pasted_in(word), "")
        if word.text is not None and value:
            continue  # a literal, which another rule reports
        if _is_secret(name.strip("\"'"), secret):
            yield _argument(word.span, name.strip("\"'"), command)


def _in_build_action(step: Step, job: Job) -> Iterator[Outcome]:
    given = step.tree.get("with", "build-args")
    if not isinstance(given, (Known, Unknown)):
        return
    source, start = given.span.source, given.span.start
    for match in re.finditer(r"(?m)^[ \t]*(?P<name>[A-Za-z_]\w*)=(?P<value>.*)$", given.span.text):
        found = PASTED.search(match["value"])
        if found is not None and _is_secret(match["name"], found["name"]):
            yield _argument(Span(source, start + match.start("name"), start + match.end("name")), match["name"], job)


def _is_secret(name: str, secret: str) -> bool:
    """Whether an argument carries a secret: by its name, or by that of the secret that it is given."""
    if client_prefix(name) is not None:
        return False
    return kind_of_name(name) in _STRONG or (bool(secret) and kind_of_name(secret) in _STRONG and "PUBLIC" not in name)


def _argument(place: Span, name: str, owner: Command | Setting | Job) -> Violation:
    resource = owner.address if isinstance(owner, Job) else owner.scope or None
    return Violation(place, resource=resource, environment=owner.environment, discriminator=name, words={"name": name})


# --- keys that stay valid


def long_lived_cloud_key(subject: Project, project: Project) -> Iterator[Outcome]:
    """Pipelines ask the cloud for a token of their own instead of keeping its key."""
    actions, variables = _cloud_keys()
    for job in project.facts.jobs:
        for step in job.steps:
            used = (string(step.uses) or "").partition("@")[0].lower() if step.uses is not None else ""
            for action, taken, cloud in actions:
                value = step.tree.get("with", taken)
                if used == action and pasted(value) is not None:
                    yield _key(value, cloud, job.address, job.environment)
    for tree, address, environment in _envs(project):
        given = dict(tree.items())
        for name, cloud, unless in variables:
            found = given.get(name)
            if found is None or pasted(found) is None or any(other in given for other in unless):
                continue
            yield _key(found, cloud, address, environment)


def _key(value: Value, cloud: str, address: str, environment: str | None) -> Violation:
    words: dict[str, object] = {"cloud": cloud, "secret": f"secrets.{pasted(value)}"}
    return Violation(value, resource=address, environment=environment, discriminator=cloud, words=words)


def _envs(project: Project) -> Iterator[tuple[Value, str, str | None]]:
    for workflow in project.facts.workflows:
        yield workflow.tree.get("env"), f"workflow.{workflow.name}", None
        for job in workflow.jobs:
            yield job.tree.get("env"), job.address, job.environment
            for step in job.steps:
                yield step.tree.get("env"), job.address, job.environment


@lru_cache(maxsize=1)
def _cloud_keys() -> tuple[list[tuple[str, str, str]], list[tuple[str, str, tuple[str, ...]]]]:
    data = load_json("schemas", "secret-cloud-keys.json")
    actions, variables = data["actions"], data["variables"]
    return (
        [(str(e["action"]), str(e["input"]), str(e["cloud"])) for e in (actions if isinstance(actions, list) else [])],
        [
            (str(e["name"]), str(e["cloud"]), tuple(map(str, e["unless"])))
            for e in (variables if isinstance(variables, list) else [])
        ],
    )
