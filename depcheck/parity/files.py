"""What env files say by themselves: keys of two modes in one file, names that the template does not show."""

from __future__ import annotations

from collections.abc import Iterator

from depcheck.findings import Note, Outcome, Violation
from depcheck.model import Setting
from depcheck.project import Project, contract, key_modes
from depcheck.project.env_files import EnvFile, base_of, env_files
from depcheck.project.key_modes import KeyMode
from depcheck.source import Span
from depcheck.values import Known, scalar_text


def mixed_modes(project: Project) -> Iterator[Outcome]:
    """Files of no told environment with keys of both modes of a provider; in others the wrong one is told by itself."""
    for file in env_files(project):
        if file.environment is not None or file.shown:
            continue
        found: dict[str, dict[str, tuple[Setting, Known, KeyMode]]] = {}
        for setting in file.settings.values():
            text = scalar_text(setting.value)
            mode = key_modes.mode_of(setting.name, text) if text else None
            if mode is None or text is None or not isinstance(setting.value, Known):
                continue
            if contract.is_placeholder(text[len(mode.prefix) :]) or len(text) < len(mode.prefix) + 8:
                continue
            found.setdefault(mode.provider, {}).setdefault(mode.mode, (setting, setting.value, mode))
        for provider, modes in found.items():
            if len(modes) < 2:
                continue
            (live, _, live_mode), (test, value, test_mode) = modes["live"], modes["test"]
            yield Violation(
                value,
                discriminator=provider,
                secrets=[_rest(live.value.span, live_mode), _rest(value.span, test_mode)],
                related=[Note(f"{live.name} is of the live mode", live.span)],
                words={
                    "name": test.name,
                    "provider": provider,
                    "mode": test_mode.mode,
                    "other": live.name,
                    "theirs": live_mode.mode,
                },
            )


def _rest(span: Span, mode: KeyMode) -> Span:
    at = span.text.find(mode.prefix)
    return Span(span.source, span.start + max(at, 0) + (len(mode.prefix) if at >= 0 else 0), span.end)


def undocumented(project: Project) -> Iterator[Outcome]:
    """Templates that lack what an environment's file beside them sets."""
    files = env_files(project)
    templates = {file.folder: file for file in files if file.template and file.settings}
    for file in files:
        template = templates.get(file.folder)
        if template is None or file.environment is None or file.personal or file.shown:
            continue
        names = _lacking(template, file, files)
        if names and len(names) < len(template.settings):
            listed = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
            yield Violation(
                template.file.span,
                discriminator=file.path,
                related=[Note(f"{name} is set here", file.settings[name].span) for name in names[:3]],
                words={"template": template.path, "file": file.path, "names": listed},
            )


def _lacking(template: EnvFile, file: EnvFile, files: list[EnvFile]) -> list[str]:
    shown = set(template.settings) | {name for base in base_of(file, files) for name in base.settings}
    return [name for name in file.settings if name not in shown]
