"""``depcheck rules``: the catalogue."""

from __future__ import annotations

import click

from depcheck.cli import CLEAN, UserError, write
from depcheck.discovery import find_root


@click.command(name="rules")
@click.option("--format", "format_", type=click.Choice(("text", "json")), default="text", help="How to write it.")
@click.option("--pack", metavar="NAME", help="One pack only.")
@click.option("--config", metavar="FILE", help="The policy whose packs and plugins are listed too.")
def command(format_: str, pack: str | None, config: str | None) -> int:
    """List the rules: built-in ones and those that depcheck.yaml brings."""
    from depcheck.cli.inputs import Inputs, packs_folder, policy_of, rules_of

    root = find_root(["."])
    inputs = Inputs(config=config)
    rules = rules_of(policy_of(inputs, root), packs_folder(inputs, root))
    if pack is not None:
        packs = sorted({rule.pack for rule in rules})
        rules = [rule for rule in rules if rule.pack == pack]
        if not rules:
            raise UserError(f'--pack: no pack is called "{pack}" (known: {", ".join(packs)})')
    if format_ == "json":
        from depcheck.reporters.json import render_rules

        write(render_rules([rule.info() for rule in rules]))
        return CLEAN
    out = []
    for name in dict.fromkeys(rule.pack for rule in rules):
        own = [rule for rule in rules if rule.pack == name]
        out.append(f"{name} ({len(own)})")
        for rule in sorted(own, key=lambda each: each.id):
            strict = "  [strict]" if rule.profile == "strict" else ""
            out.append(f"  {rule.id:<44} {rule.severity:<9}{rule.title}{strict}")
    count = "1 rule" if len(rules) == 1 else f"{len(rules)} rules"
    out += ["", f"{count}; `depcheck explain RULE` shows why, examples and the fix", ""]
    write("\n".join(out))
    return CLEAN
