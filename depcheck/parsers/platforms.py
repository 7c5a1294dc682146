"""What hosting platforms are told in files of their own → settings by environment, schedules.

Vercel (``vercel.json``), Netlify (``netlify.toml``), Cloudflare (``wrangler.toml``), Fly (``fly.toml``), Expo
(``eas.json``), Supabase (``supabase/config.toml``). Variables have the origin ``platform``, all else ``config``.
"""

from __future__ import annotations

from collections.abc import Callable

from depcheck.model import Schedule
from depcheck.parsers import Context, Parsed
from depcheck.parsers.trees import Teller, environment_of, leaves, read, settled
from depcheck.source import Text
from depcheck.values import Known, Unknown, Value, string

#: What a Worker is bound to: the list of bindings, the entry that names one, and those that say to what.
_BINDINGS = {
    "d1_databases": ("binding", ("database_id", "database_name")),
    "kv_namespaces": ("binding", ("id",)),
    "r2_buckets": ("binding", ("bucket_name",)),
    "hyperdrive": ("binding", ("id",)),
    "vectorize": ("binding", ("index_name",)),
    "services": ("binding", ("service",)),
    "analytics_engine_datasets": ("binding", ("dataset",)),
}
_OF_FLY = ("app", "primary_region")


def parse(text: Text, context: Context) -> Parsed:
    """Read one platform's file; which one it is, its name says."""
    path = context.path or text.source.path
    name = path.rsplit("/", 1)[-1].lower()
    tree = read(text, path)
    parsed = Parsed(tree=tree.root, comments=tree.comments, problems=tree.problems)
    for begin, tell in _PLATFORMS.items():
        if name.startswith(begin):
            tell(tree.root, Teller(parsed.facts, context, "platform"))
            break
    return settled(parsed, text)


def _vercel(root: Value, teller: Teller) -> None:
    environment = teller.context.environment
    for values in (root.get("env"), root.get("build", "env")):
        for name, value in values.items():
            text = string(value)
            if text is not None and text.startswith("@"):
                value = Unknown(f"{text} is a secret that Vercel keeps", value.span, key=value.key, sensitive=True)
            teller.one(name, value, "vercel", environment, sensitive=isinstance(value, Unknown))
    for cron in root.get("crons").elements():
        _schedule(cron.get("schedule"), "vercel.crons", environment, teller)


def _netlify(root: Value, teller: Teller) -> None:
    teller.variables(root.get("build", "environment"), "netlify", teller.context.environment)
    for name, values in root.get("context").items():
        environment = environment_of(name, teller.context)
        teller.variables(values.get("environment"), "netlify", environment)
        for key in ("command", "publish"):
            if isinstance(values.get(key), Known):
                teller.one(key, values.get(key), "netlify", environment, origin="config")
    for name, values in root.get("functions").items():
        _schedule(values.get("schedule"), f"netlify.{name}", teller.context.environment, teller)


def _wrangler(root: Value, teller: Teller) -> None:
    _worker(root, teller.context.environment, teller)
    for name, values in root.get("env").items():
        _worker(values, environment_of(name, teller.context), teller)


def _worker(values: Value, environment: str | None, teller: Teller) -> None:
    for name, value in leaves(values.get("vars")):
        teller.one(name, value, "wrangler", environment)
    for section, (key, told) in _BINDINGS.items():
        for entry in values.get(section).elements():
            name = string(entry.get(key)) or ""
            for each in told:
                value = entry.get(each)
                if name and isinstance(value, Known):
                    teller.one(f"{section}.{name}.{each}", value, "wrangler", environment, origin="config")
    for cron in values.get("triggers", "crons").elements():
        _schedule(cron, "wrangler.crons", environment, teller)


def _fly(root: Value, teller: Teller) -> None:
    environment = teller.context.environment
    if environment is None:
        environment = environment_of(string(root.get("app")) or "", teller.context)
    teller.variables(root.get("env"), "fly", environment)
    for key in _OF_FLY:
        if isinstance(root.get(key), Known):
            teller.one(key, root.get(key), "fly", environment, origin="config")


def _eas(root: Value, teller: Teller) -> None:
    profiles = root.get("build")
    for name, values in profiles.items():
        environment = environment_of(name, teller.context)
        given: dict[str, Value] = {}
        for each in _line(name, profiles):
            given.update(each.get("env").items())
        teller.variables(Known(dict(given), values.span), "eas", environment)


def _line(name: str, profiles: Value) -> list[Value]:
    """A build profile and those that it extends, the first ancestor first."""
    found: list[Value] = []
    seen: set[str] = set()
    while name and name not in seen:
        seen.add(name)
        found.append(profiles.get(name))
        name = string(profiles.get(name, "extends")) or ""
    return found[::-1]


def _supabase(root: Value, teller: Teller) -> None:
    for name, value in root.items():
        if name == "remotes":
            for branch, values in value.items():
                _told(values, environment_of(branch, teller.context), teller)
        else:
            _told(Known({name: value}, value.span), teller.context.environment, teller)


def _told(values: Value, environment: str | None, teller: Teller) -> None:
    for name, value in leaves(values):
        teller.one(name, value, "supabase", environment, origin="config")


def _schedule(value: Value, scope: str, environment: str | None, teller: Teller) -> None:
    if string(value) is not None:
        teller.facts.schedules.append(Schedule(value, value.span, scope=scope, environment=environment))


_PLATFORMS: dict[str, Callable[[Value, Teller], None]] = {
    "vercel": _vercel,
    "netlify": _netlify,
    "wrangler": _wrangler,
    "fly": _fly,
    "eas": _eas,
    "config": _supabase,
}
