"""The closed lists of words in ``depcheck.yaml``, least first where they are ordered."""

from __future__ import annotations

from depcheck.data import load_json

EVERYWHERE = "*"

SEVERITIES = ("critical", "high", "medium", "low", "info")
FAIL_ON = (*SEVERITIES, "never")
PROFILES = ("default", "strict")
LOSSES = ("deletion", "destroy", "instance", "zone", "region", "account")
#: What a store is judged for where nothing says otherwise.
DEFAULT_LOSSES = LOSSES[:4]
#: What a service is judged for where nothing says otherwise.
SERVICE_LOSSES = ("instance", "zone")
STORE_KINDS = ("database", "cache", "object", "volume", "queue", "search")
DESTINATIONS = ("object", "other_region", "other_account", "other_provider", "offline", "cold")
SELECTORS = ("kind", "tag", "path")
RELATIONS = ("same", "differ", "belongs", "monotone", "superset", "fixed", "free")
TRIGGERS = ("push", "pull_request", "schedule", "manual", "release", "workflow_run")
STRATEGIES = ("rolling", "blue-green", "canary")
MONITORING_LEVELS = ("off", "basic", "full")
VARIABLE_FORMATS = (
    "url",
    "email",
    "host",
    "port",
    "integer",
    "number",
    "boolean",
    "uuid",
    "json",
    "base64",
    "hex",
    "arn",
)
LOG_FORMATS = ("json", "logfmt", "text")
SECRET_PLACEHOLDERS = ("environment", "name", "product", "service")
NAME_PLACEHOLDERS = ("environment", "service", "name", "product", "region")


def names_in(file: str) -> tuple[str, ...]:
    """The names that a data file in ``schemas/`` lists under ``entries``."""
    entries = load_json("schemas", file)["entries"]
    if not isinstance(entries, list):
        raise ValueError(f"schemas/{file} has no list of entries")
    return tuple(str(entry["name"]) for entry in entries if isinstance(entry, dict))


def activities() -> tuple[str, ...]:
    """The words for what a pipeline does."""
    return names_in("activities.json")


def secret_stores() -> tuple[str, ...]:
    """The words for where secrets are kept."""
    return names_in("secret-stores.json")
