"""``depcheck explain``: why a rule asks, examples, the fix, controls, references. Offline."""

from __future__ import annotations

import textwrap
from difflib import get_close_matches

import click

from depcheck.cli import CLEAN, UserError, write
from depcheck.discovery import find_root
from depcheck.packs import Rule


@click.command(name="explain")
@click.argument("name", metavar="RULE|FINGERPRINT")
@click.option("--config", metavar="FILE", help="The policy whose packs and plugins are known too.")
def command(name: str, config: str | None) -> int:
    """Explain a rule, or the finding with a fingerprint (its first eight characters are enough)."""
    from depcheck.cli.inputs import Inputs, packs_folder, policy_of, rules_of

    root = find_root(["."])
    inputs = Inputs(config=config)
    rules = rules_of(policy_of(inputs, root), packs_folder(inputs, root))
    by_id = {rule.id: rule for rule in rules}
    if name in by_id:
        write(_explained(by_id[name]) + "\n")
        return CLEAN
    by_alias = [rule for rule in rules if any(name.upper() in map(str.upper, ids) for ids in rule.aliases.values())]
    if by_alias:
        write("\n\n".join(_explained(rule) for rule in by_alias) + "\n")
        return CLEAN
    if len(name) >= 8 and all(character in "0123456789abcdef" for character in name):
        return _finding(name, by_id, config)
    if any(rule.pack == name for rule in rules):
        raise UserError(f'"{name}" is a pack of rules; `depcheck rules --pack {name}` lists them')
    near = get_close_matches(name, by_id, 1, 0.5)
    raise UserError(
        f'no rule is called "{name}"' + (f', did you mean "{near[0]}"?' if near else "; see `depcheck rules`")
    )


def _finding(mark: str, rules: dict[str, Rule], config: str | None) -> int:
    from depcheck.cli.inputs import Inputs
    from depcheck.cli.scanning import Choices, report_of
    from depcheck.reporters.terminal import visible

    report = report_of(Inputs(config=config), Choices())
    for item in [*report.findings, *report.suppressed]:
        if item.fingerprint.startswith(mark):
            where = f"{item.span.path}:{item.span.line}:{item.span.column}"
            write(f"{visible(f'{where}: {item.message}')}\n\n{_explained(rules[item.rule])}\n")
            return CLEAN
    raise UserError(f'no finding here has the fingerprint "{mark}"; run `depcheck scan --format json` to see them')


def _explained(rule: Rule) -> str:
    from depcheck.data import load_json

    out = [rule.id, "=" * len(rule.id), "", f"{rule.title}.", ""]
    out += [f"severity {rule.severity}, confidence {rule.confidence}, pack {rule.pack}, profile {rule.profile}", ""]
    out += ["Why", *_wrapped(rule.why), ""]
    examples = load_json("rules", "examples.json").get(rule.id)
    if isinstance(examples, dict):
        for word, title in (("violating", "Reported"), ("compliant", "Not reported")):
            name, text = examples.get(word, ("", ""))
            if text:
                out += [f"{title} ({name})", *[f"    {line}".rstrip() for line in text.splitlines()], ""]
    out += ["Fix", *_wrapped(rule.fix)]
    if rule.controls:
        out += ["", "Controls", *_wrapped(", ".join(rule.controls))]
    if rule.aliases:
        said = "; ".join(f"{tool} {', '.join(ids)}" for tool, ids in sorted(rule.aliases.items()))
        out += ["", "Also known as", *_wrapped(said)]
    if rule.references:
        out += ["", "References", *[f"    {url}" for url in rule.references]]
    out += ["", f"Suppress with a reason: # depcheck: ignore[{rule.id}] the reason"]
    return "\n".join(out)


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, 96, initial_indent="    ", subsequent_indent="    ", break_on_hyphens=False)
