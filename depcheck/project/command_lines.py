"""What a command line runs: through wrappers (``sudo -u app``, ``uv run``, ``docker compose exec web``) to the program,
and through script runners (``npm --prefix web run test``, ``make -C web test``) to the names of scripts."""

from __future__ import annotations

_NONE: frozenset[str] = frozenset()
#: Wrapper → the options of it that take the next word, and how many words of its own follow its options.
_WRAPPERS: dict[tuple[str, ...], tuple[frozenset[str], int]] = {
    ("sudo",): (frozenset({"-u", "-g", "-h", "-p", "-C", "-D", "-r", "-t", "--user", "--group", "--chdir"}), 0),
    ("env",): (frozenset({"-u", "-C", "--unset", "--chdir"}), 0),
    ("xargs",): (frozenset({"-n", "-P", "-I", "-L", "-d", "-a", "-E", "-s"}), 0),
    ("timeout",): (frozenset({"-s", "-k", "--signal", "--kill-after"}), 1),
    ("nice",): (frozenset({"-n"}), 0),
    ("dotenv",): (frozenset({"-e", "-f", "-c", "-v"}), 0),
    ("npx",): (frozenset({"-p", "--package", "-w", "--workspace"}), 0),
    **{(name,): (_NONE, 0) for name in ("bunx", "time", "exec", "command", "nohup", "cross-env")},
    **{(name, "run"): (_NONE, 0) for name in ("poetry", "pipenv", "pdm", "hatch", "rye")},
    ("uv", "run"): (frozenset({"--with", "--extra", "--group", "-p", "--python", "--env-file", "--directory"}), 0),
    **{
        (name, "run"): (frozenset({"-p", "--project", "-c", "--config", "-f", "-e", "--env", "--env-file"}), 0)
        for name in ("doppler", "op", "infisical", "dotenvx")
    },
    **{(name, word): (_NONE, 0) for name in ("npm", "pnpm", "yarn") for word in ("exec", "dlx")},
    ("bundle", "exec"): (_NONE, 0),
    **{
        words: (frozenset({"-e", "-w", "-u", "-v", "-p", "--env", "--user", "--workdir", "--name", "--entrypoint"}), 1)
        for words in (
            ("docker", "exec"),
            ("docker", "compose", "exec"),
            ("docker", "compose", "run"),
            ("docker-compose", "exec"),
            ("docker-compose", "run"),
        )
    },
    ("docker", "run"): (
        frozenset({"-e", "-w", "-u", "-v", "-p", "-h", "-m", "-l"})
        | {"--env", "--user", "--workdir", "--name", "--entrypoint", "--volume", "--publish", "--network", "--net"}
        | {
            "--mount",
            "--env-file",
            "--platform",
            "--memory",
            "--cpus",
            "--hostname",
            "--add-host",
            "--label",
            "--link",
        },
        1,
    ),
}
#: Runner of package scripts or targets → its options that take the next word.
_RUNNERS = {
    "npm": frozenset({"--prefix", "-C", "-w", "--workspace"}),
    "pnpm": frozenset({"-C", "--dir", "--filter", "-F", "--filter-prod"}),
    "yarn": frozenset({"--cwd"}),
    "bun": frozenset({"--cwd", "--filter", "-F"}),
    "turbo": frozenset({"--filter", "-F", "--cwd"}),
    "make": frozenset({"-C", "-f", "-j", "-I", "-o", "-W", "--directory", "--file", "--makefile", "--jobs"}),
    "just": frozenset({"-f", "-d", "--justfile", "--working-directory"}),
    "task": frozenset({"-d", "-t", "--dir", "--taskfile"}),
}
#: Program → its options that take the next word and may stand before its own commands (``aws --region x ecs …``).
_GLOBAL = {
    "aws": frozenset({"--profile", "--region", "--output", "--endpoint-url", "--query", "--color", "--ca-bundle"}),
    "docker": frozenset({"--context", "-c", "--host", "-H", "--config", "--log-level", "-l"}),
    "gcloud": frozenset({"--project", "--account", "--configuration", "--verbosity"}),
    "helm": frozenset({"-n", "--namespace", "--kube-context", "--kubeconfig"}),
    "kubectl": frozenset({"-n", "--namespace", "--context", "--kubeconfig", "--cluster", "--user", "-s", "--server"}),
    **dict.fromkeys(("terraform", "tofu", "terragrunt"), _NONE),
}
#: Runners that take several names.
_SEVERAL = frozenset({"make", "just", "task", "turbo"})
# Words that name a wrapper, and wrappers around one another.
_LONGEST, _DEEPEST = 3, 8


def unwrapped(words: list[str]) -> list[list[str]]:
    """The command line, and what is left of it behind each wrapper."""
    found = [words]
    while len(found) < _DEEPEST and (rest := _behind_wrapper(found[-1])) is not None:
        found.append(rest)
    bare = _without_globals(found[-1])
    if bare is not None:
        found.append(bare)
    return found


def _without_globals(words: list[str]) -> list[str] | None:
    """A command line whose program is followed by its own command at once; None where it is so already."""
    valued = _GLOBAL.get(words[0]) if len(words) > 2 and words[1].startswith("-") else None
    return None if valued is None else [words[0], *_behind_options(words[1:], valued)]


def _behind_wrapper(words: list[str]) -> list[str] | None:
    for count in range(_LONGEST, 0, -1):
        wrapper = _WRAPPERS.get(tuple(words[:count]))
        if wrapper is not None:
            valued, own = wrapper
            rest = _behind_options(words[count:], valued)[own:]
            rest = rest[1:] if rest[:1] == ["--"] else rest
            return rest or None
    return None


def _behind_options(words: list[str], valued: frozenset[str]) -> list[str]:
    """Without the options and assignments at the beginning."""
    at = 0
    while at < len(words):
        word = words[at]
        if word == "--":
            return words[at + 1 :]
        if word in valued:
            at += 2
        elif word.startswith("-") or _is_assignment(word):
            at += 1
        else:
            break
    return words[at:]


def _is_assignment(word: str) -> bool:
    return word.partition("=")[0].isidentifier() and "=" in word


def scripts(words: list[str]) -> list[str]:
    """The names of the scripts or targets that a command line runs; none for a program of its own."""
    valued = _RUNNERS.get(words[0]) if words else None
    if valued is None:
        return []
    rest = _behind_options(words[1:], valued)
    while rest[:1] in (["run"], ["run-script"]) or rest[:1] == ["workspace"]:
        rest = _behind_options(rest[2 if rest[0] == "workspace" else 1 :], valued)
    if words[0] not in _SEVERAL:
        return rest[:1]
    names: list[str] = []
    while rest:
        names.append(rest[0])
        rest = _behind_options(rest[1:], valued)
    return names
