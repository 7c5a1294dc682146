"""CloudFormation and SAM templates (JSON, YAML with short tags, what the CDK writes to ``cdk.out``) → every noun.

Resources keep CloudFormation's types and property names at the address ``cfn.<LogicalId>``;
:func:`~depcheck.parsers.cloudformation.terraform.as_terraform` tells one in Terraform's words.
"""

from __future__ import annotations

from collections.abc import Mapping

from depcheck.model import Facts, Problem
from depcheck.parsers import Context, Parsed
from depcheck.parsers.cloudformation.facts import add_facts
from depcheck.parsers.cloudformation.functions import short_tag
from depcheck.parsers.cloudformation.template import Template, given_parameters, resources_of, root_of
from depcheck.source import Text
from depcheck.values import Value

__all__ = ["evaluate", "given_parameters", "parse"]


def parse(text: Text, context: Context) -> Parsed:
    """Read a template with its parameters' defaults; ``tree`` is the template as written, short tags in long form."""
    if text.text.lstrip()[:1] == "{":
        from depcheck.syntax import json as json_syntax

        file = json_syntax.parse(text)
        parsed = Parsed(tree=file.root, comments=file.comments, problems=list(file.problems))
    else:
        from depcheck.syntax import yaml as yaml_syntax

        document = yaml_syntax.parse(text, tags=short_tag)
        parsed = Parsed(tree=document.root, comments=document.comments, problems=list(document.problems))
    assert parsed.tree is not None
    facts, problems = evaluate(parsed.tree, context.environment)
    parsed.facts = facts
    parsed.problems.extend(problems)
    return parsed


def evaluate(
    tree: Value, environment: str | None, given: Mapping[str, Value] | None = None
) -> tuple[Facts, list[Problem]]:
    """The nouns of a template's tree in one environment, with the parameters that are ``given`` there."""
    facts = Facts()
    problems: list[Problem] = []
    root = root_of(tree)
    if root is not None:
        facts.resources.extend(resources_of(Template(root, given), environment, problems))
        for resource in facts.resources:
            add_facts(resource, facts, problems)
    return facts, problems
