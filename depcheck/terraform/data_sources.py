"""Data sources whose results the configuration itself decides, and why the others are unknown."""

from __future__ import annotations

from depcheck.terraform.conversion import convert
from depcheck.terraform.expressions import evaluate
from depcheck.terraform.instances import Instance
from depcheck.terraform.policy_documents import rendered
from depcheck.terraform.providers import provider_of
from depcheck.terraform.rendering import render_string
from depcheck.terraform.types import STRING
from depcheck.terraform.values import EvaluationError, LimitError, TfValue, make_object, string, text_of

_REGION = frozenset(("name", "id", "region"))


def computed(instance: Instance, name: str) -> TfValue | None:
    """An attribute that a data source computes from what is configured; None where only its provider can tell."""
    type_ = instance.type
    if type_ == "aws_iam_policy_document" and name in ("json", "minified_json"):
        return rendered(instance, name)
    if type_ == "aws_region" and name in _REGION:
        return _region(instance)
    if type_ == "aws_partition" and name in ("partition", "id", "dns_suffix"):
        return _partition(instance, name)
    if type_ == "template_file" and name == "rendered":
        return _template(instance)
    return None


def _region(instance: Instance) -> TfValue | None:
    provider = provider_of(instance)
    value = provider.value("region") if provider is not None else None
    return value if value is not None and value.known else None


def _partition(instance: Instance, name: str) -> TfValue | None:
    region = _region(instance)
    if region is None or not isinstance(region.payload, str):
        return None
    partition, suffix = "aws", "amazonaws.com"
    if region.payload.startswith("cn-"):
        partition, suffix = "aws-cn", "amazonaws.com.cn"
    elif region.payload.startswith("us-gov-"):
        partition = "aws-us-gov"
    found = string(suffix if name == "dns_suffix" else partition)
    return found.at(region.text, region.node, region.via)


def _template(instance: Instance) -> TfValue | None:
    """The older ``template_file`` data source: ``templatestring`` by another name."""
    arguments = instance.declaration.arguments
    argument = arguments.get("template")
    if argument is None:
        return None
    template = instance.evaluated("template", argument)
    if not isinstance(template.payload, str):
        return None
    names = instance.evaluated("vars", arguments["vars"]) if "vars" in arguments else make_object({})
    scope = instance.frame.scope(argument.text)
    try:
        made = convert(render_string(text_of(template), names, scope, evaluate), STRING)
    except (EvaluationError, LimitError):
        return None
    return made.at(template.text, template.node, template.via)
