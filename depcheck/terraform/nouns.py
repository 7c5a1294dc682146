"""What resources hold beside themselves: settings, images, runtimes, schedules, scripts."""

from __future__ import annotations

from collections.abc import Iterator

from depcheck.environments import Environments
from depcheck.model import Facts, Image, Resource, Runtime, Schedule, Setting
from depcheck.parsers import Context
from depcheck.parsers.aws import from_store, lambda_runtime
from depcheck.source import Span, Text
from depcheck.syntax.hcl_ast import Attribute, Call
from depcheck.terraform.blocks import Part, parts_of
from depcheck.terraform.documents import CONTAINERS
from depcheck.terraform.embedded import Written, written
from depcheck.terraform.expressions import evaluate
from depcheck.terraform.instances import Instance
from depcheck.terraform.scope import Scope
from depcheck.terraform.values import TfValue
from depcheck.values import Absent, Known, Unknown, Value, scalar_text, string

_RUN = "template.containers", "template.template.containers", "template.spec.containers"
#: Maps of variables, and what they belong to.
VARIABLES: dict[str, tuple[tuple[str, str], ...]] = {
    "aws_amplify_app": (("environment_variables", "container"),),
    "aws_amplify_branch": (("environment_variables", "container"),),
    "aws_apprunner_service": (
        (
            "source_configuration.image_repository.image_configuration.runtime_environment_variables",
            "container",
        ),
    ),
    "aws_lambda_function": (("environment.variables", "lambda"),),
    "azurerm_linux_function_app": (("app_settings", "lambda"),),
    "azurerm_linux_web_app": (("app_settings", "container"),),
    "azurerm_windows_function_app": (("app_settings", "lambda"),),
    "azurerm_windows_web_app": (("app_settings", "container"),),
    "google_cloudfunctions_function": (("environment_variables", "lambda"),),
    "google_cloudfunctions2_function": (("service_config.environment_variables", "lambda"),),
}
#: Maps of variables that are read from a secret store.
SECRETS = {
    "aws_apprunner_service": "source_configuration.image_repository.image_configuration.runtime_environment_secrets",
}
#: Blocks that each hold one variable: ``name``, ``value``, and what is given in place of a value that is secret.
BLOCKS: dict[str, tuple[tuple[str, str], ...]] = {
    "aws_codebuild_project": (("environment.environment_variable", ""),),
    "azurerm_container_app": (("template.container.env", "secret_name"),),
    "azurerm_container_app_job": (("template.container.env", "secret_name"),),
    "google_cloud_run_service": tuple((f"{path}.env", "value_from") for path in _RUN),
    "google_cloud_run_v2_job": tuple((f"{path}.env", "value_source") for path in _RUN),
    "google_cloud_run_v2_service": tuple((f"{path}.env", "value_source") for path in _RUN),
}
#: Where a type says which image it runs.
IMAGES: dict[str, tuple[str, ...]] = {
    "aws_apprunner_service": ("source_configuration.image_repository.image_identifier",),
    "aws_codebuild_project": ("environment.image",),
    "aws_lambda_function": ("image_uri",),
    "azurerm_container_app": ("template.container.image", "template.init_container.image"),
    "azurerm_container_app_job": ("template.container.image",),
    "azurerm_container_group": ("container.image",),
    "google_cloud_run_service": tuple(f"{path}.image" for path in _RUN),
    "google_cloud_run_v2_job": tuple(f"{path}.image" for path in _RUN),
    "google_cloud_run_v2_service": tuple(f"{path}.image" for path in _RUN),
}
#: When a type runs something: the expression, the zone beside it.
SCHEDULES: dict[str, tuple[str, str]] = {
    "aws_backup_plan": ("rule.schedule", "schedule_expression_timezone"),
    "aws_cloudwatch_event_rule": ("schedule_expression", ""),
    "aws_dlm_lifecycle_policy": ("policy_details.schedule.create_rule.cron_expression", ""),
    "aws_glue_trigger": ("schedule", ""),
    "aws_redshift_snapshot_schedule": ("definitions", ""),
    "aws_scheduler_schedule": ("schedule_expression", "schedule_expression_timezone"),
    "aws_ssm_maintenance_window": ("schedule", "schedule_timezone"),
    "google_cloud_scheduler_job": ("schedule", "time_zone"),
}
#: Scripts that machines run when they start.
USER_DATA: dict[str, tuple[str, ...]] = {
    "aws_instance": ("user_data", "user_data_base64"),
    "aws_launch_configuration": ("user_data", "user_data_base64"),
    "aws_launch_template": ("user_data",),
    "aws_spot_instance_request": ("user_data", "user_data_base64"),
    "azurerm_linux_virtual_machine": ("custom_data", "user_data"),
    "digitalocean_droplet": ("user_data",),
    "google_compute_instance": ("metadata_startup_script",),
    "google_compute_instance_template": ("metadata_startup_script",),
    "hcloud_server": ("user_data",),
}


def add_nouns(resource: Resource, instance: Instance, facts: Facts, environments: Environments) -> None:
    """Add what a resource holds beside itself."""
    facts.settings.extend(_settings(resource))
    for path in IMAGES.get(resource.type, ()):
        facts.images.extend(_image(value, resource) for value in _at(resource.attributes, path))
    if resource.type in CONTAINERS:
        _add_containers(resource, facts)
    if resource.type == "aws_lambda_function":
        for value in _at(resource.attributes, "runtime"):
            language, version = lambda_runtime(value)
            facts.runtimes.append(
                Runtime(language, version, value.span, scope=resource.address, environment=resource.environment)
            )
    facts.schedules.extend(_schedules(resource))
    _add_scripts(resource, instance, facts, environments)


def _at(value: Value, path: str) -> Iterator[Value]:
    """The values at a path through maps and lists; absent ones are left out."""
    head, _, rest = path.partition(".")
    for each in value.elements():
        found = each.get(head)
        if isinstance(found, Absent):
            continue
        if rest:
            yield from _at(found, rest)
        else:
            yield found


def _setting(
    name: str, value: Value, origin: str, resource: Resource, *, secret: bool = False, span: Span | None = None
) -> Setting:
    return Setting(
        name,
        from_store(value) if secret else value,
        span or value.key or value.span,
        origin=origin,
        scope=resource.address,
        environment=resource.environment,
        sensitive=secret or (not isinstance(value, Absent) and value.sensitive),
        root=resource.root,
    )


def _settings(resource: Resource) -> Iterator[Setting]:
    for path, origin in VARIABLES.get(resource.type, ()):
        for variables in _at(resource.attributes, path):
            for name, value in variables.items():
                yield _setting(name, value, origin, resource)
    path = SECRETS.get(resource.type, "")
    for variables in _at(resource.attributes, path) if path else ():
        for name, value in variables.items():
            yield _setting(name, value, "container", resource, secret=True)
    for path, reference in BLOCKS.get(resource.type, ()):
        for blocks in _at(resource.attributes, path):
            for block in blocks.elements():
                yield from _variable(block, "name", "value", reference, resource)


def _variable(block: Value, name: str, value: str, reference: str, resource: Resource) -> Iterator[Setting]:
    """One variable that is a map of its own."""
    called = block.get(name)
    text = scalar_text(called)
    if text is None:
        return
    given = block.get(value)
    secret = string(block.get("type")) in ("SECRETS_MANAGER", "PARAMETER_STORE")
    if isinstance(given, Absent) and reference:
        given, secret = block.get(reference), True
    secret = secret and not isinstance(given, Absent)
    yield _setting(text, given, "container", resource, secret=secret, span=called.span)


def _image(value: Value, resource: Resource) -> Image:
    return Image(value, "container", value.span, scope=resource.address, environment=resource.environment)


# -- containers ----------------------------------------------------------------------------------------------------


def _add_containers(resource: Resource, facts: Facts) -> None:
    told = resource.get(CONTAINERS[resource.type])
    if isinstance(told, Absent) or told.document is None:
        return
    for container in told.document.elements():
        image = container.get("image")
        if not isinstance(image, Absent):
            facts.images.append(_image(image, resource))
        for variable in container.get("environment").elements():
            facts.settings.extend(_variable(variable, "name", "value", "", resource))
        for variable in container.get("secrets").elements():
            facts.settings.extend(_variable(variable, "name", "", "valueFrom", resource))


# -- schedules -----------------------------------------------------------------------------------------------------


def _schedules(resource: Resource) -> Iterator[Schedule]:
    """When something runs, unless it is switched off."""
    found = SCHEDULES.get(resource.type)
    if found is None or string(resource.get("state")) == "DISABLED":
        return
    if scalar_text(resource.get("is_enabled")) == "false" or scalar_text(resource.get("enabled")) == "false":
        return
    path, zone_name = found
    holder, _, name = path.rpartition(".")
    holders = _at(resource.attributes, holder) if holder else iter((resource.attributes,))
    for listed in holders:
        for each in listed.elements():
            zone = string(each.get(zone_name)) if zone_name else None
            for expression in each.get(name).elements():
                yield _schedule(expression, zone or "UTC", resource)
            if resource.type == "aws_dlm_lifecycle_policy":
                yield from _interval(each, resource)


def _schedule(expression: Value, zone: str, resource: Resource) -> Schedule:
    return Schedule(expression, expression.span, scope=resource.address, zone=zone, environment=resource.environment)


def _interval(rule: Value, resource: Resource) -> Iterator[Schedule]:
    """Every so many hours, as Data Lifecycle Manager says it."""
    interval = rule.get("interval")
    if isinstance(interval, Unknown):
        yield _schedule(interval, "UTC", resource)
    elif isinstance(interval, Known):
        hours = Known(f"rate({scalar_text(interval)} hours)", interval.span, via=interval.via, key=interval.key)
        yield _schedule(hours, "UTC", resource)


# -- scripts -------------------------------------------------------------------------------------------------------


def _add_scripts(resource: Resource, instance: Instance, facts: Facts, environments: Environments) -> None:
    for name in USER_DATA.get(resource.type, ()):
        argument = instance.declaration.arguments.get(name)
        if argument is not None:
            scope = instance.frame.scope(argument.text)
            value = _unencoded(argument.node, scope) or instance.evaluated(name, argument)
            script = written(value, instance.frame, argument.span)
            if script is not None and script.text.text.lstrip().startswith("#!"):
                _add_script(script, "user-data", resource, facts, environments)
    for inner in instance.declaration.blocks("provisioner"):
        labels = inner.block.labels
        for part in parts_of(inner.text, (inner.block,), instance.frame.scope(inner.text)):
            for value in _provisioned(part, labels[0].text if labels else ""):
                script = written(value, instance.frame, part.span)
                if script is not None:
                    _add_script(script, "provisioner", resource, facts, environments)


def _unencoded(node: Attribute, scope: Scope) -> TfValue | None:
    """The text that is encoded for transport only: ``base64encode(…)``."""
    call = node.value
    if isinstance(call, Call) and call.name in ("base64encode", "base64gzip") and len(call.arguments) == 1:
        return evaluate(call.arguments[0], scope)
    return None


def _provisioned(part: Part, kind: str) -> Iterator[TfValue]:
    """The commands of a provisioner."""
    name = "command" if kind == "local-exec" else "inline"
    value = part.value(name)
    if value is None:
        return
    if isinstance(value.payload, list):
        yield from value.payload
    else:
        yield value


def _add_script(script: Written, origin: str, resource: Resource, facts: Facts, environments: Environments) -> None:
    from depcheck.parsers import shell
    from depcheck.syntax.shell_words import MASK

    text = script.text
    if script.holes:
        filled = text.text.translate({ord(mark): MASK for mark in script.holes})
        text = Text(text.source, filled, base=text.base, pieces=text.pieces)
    context = Context(environments, resource.environment, scope=resource.address, origin=origin)
    parsed = shell.parse(text, context)
    facts.add(parsed.facts)
