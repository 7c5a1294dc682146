"""CloudFormation and SAM templates (JSON, YAML with short tags, what the CDK writes to ``cdk.out``) → every noun.

Resources keep CloudFormation's types and property names at the address ``cfn.<LogicalId>``;
:func:`~depcheck.parsers.cloudformation.terraform.as_terraform` tells one in Terraform's words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from depcheck.model import Facts, Problem
from depcheck.parsers import Context, Embedded, Parsed
from depcheck.parsers.cloudformation.facts import add_facts
from depcheck.parsers.cloudformation.functions import short_tag
from depcheck.parsers.cloudformation.template import Template, given_parameters, resources_of, root_of
from depcheck.source import Text
from depcheck.values import Known, Value

__all__ = ["evaluate", "given_parameters", "parse"]


def parse(text: Text, context: Context) -> Parsed:
    """Read a template with its parameters' defaults; ``tree`` is the template as written, short tags in long form."""
    content: Callable[[Known], Text | None]
    if text.text.lstrip()[:1] == "{":
        from depcheck.syntax import json as json_syntax

        file = json_syntax.parse(text)
        tree, comments, found = file.root, file.comments, file.problems
        content = partial(json_syntax.content, text=text)
    else:
        from depcheck.syntax import yaml as yaml_syntax

        document = yaml_syntax.parse(text, tags=short_tag)
        tree, comments, found = document.root, document.comments, document.problems
        content = partial(yaml_syntax.scalar_text, file=document)
    facts, problems = evaluate(tree, context.environment)
    root = root_of(tree)
    embedded: list[Embedded] = []
    if root is not None and "UserData" in text.text:
        from depcheck.parsers.cloudformation.scripts import scripts

        embedded = list(scripts(dict(root.get("Resources").items()), content))
    return Parsed(facts=facts, tree=tree, comments=comments, problems=[*found, *problems], embedded=embedded)


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
