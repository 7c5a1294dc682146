"""What commands, scripts and files tell of themselves: whether they do anything, where, and to whom."""

from __future__ import annotations

from posixpath import join, normpath

from depcheck.model import Command
from depcheck.patterns import Pattern
from depcheck.pipelines.scripts import Script

#: Words that only say something; a script of nothing else does nothing.
_IDLE = frozenset({"echo", "printf", "true", ":", "exit", "false", "sleep"})
#: What puts something onto a machine that a step is connected to.
_PUTS = Pattern(
    r"compose\b.*\b(?:up|pull)\b|docker (?:run|stack|service)|pm2|systemctl (?:re|daemon|start)|service .*start"
    r"|git (?:pull|checkout|reset|clone)|kubectl|helm|npm|pnpm|yarn|make\b|artisan|bundle|rsync|\./|\.sh\b"
    r"|(?:^|\s)(?:cp|mv|ln) |supervisorctl|nginx|terraform|ansible|dokku|flyctl|tar |unzip"
)
_INSIDE = Pattern(
    r"(?:sudo )?docker(?:[- ]compose)?\b[^|;&]*?\b(?:exec|logs|ps)\b|(?:sudo )?docker[- ]compose\b[^|;&]*?\brun\b"
)
#: Commands that ask GitHub how other runs ended.
ASKS_GITHUB = ("gh run ", "gh pr checks", "gh api repos", "gh api /repos")
#: How the paths of scripts say that they bring a new version, and not something else that also restarts services.
FORWARD = Pattern(
    r"deploy|releas|publish|ship|roll-?_?out|promote|apply|provision|update|upgrade|launch|bootstrap|infra|cd\b|up\."
)
MAY_DEPLOY = Pattern(
    r"deploy|apply|sync|up\b|publish|release|prod|push|install|upgrade|rollout|image|create|submit|vercel"
)
#: Folders of scripts that show something, or that other programs bring.
SHOWS = Pattern(
    r"(?:^|/)(?:docs?|documentation|examples?|samples?|templates?|vendor|third[-_]party|tests?|fixtures)/", 2
)
SENDS = Pattern(r"curl .*(?:-X\s*(?:POST|PUT|PATCH)|--request (?:POST|PUT|PATCH)|\s(?:-d|--data\S*)\s)")
#: Variables whose value names the environment that the following commands are for.
TELLING = frozenset(
    {
        "ENVIRONMENT",
        "ENV",
        "STAGE",
        "DEPLOY_ENV",
        "DEPLOYMENT_ENV",
        "APP_ENV",
        "TF_WORKSPACE",
        "AWS_PROFILE",
        "TARGET_ENV",
    }
)


def puts(command: Command) -> bool:
    """Whether a command on a machine may put a new version there, and does not only run something of the old one."""
    text = command.span.text
    return _PUTS.search(text) is not None and _INSIDE.match(text) is None


def asks_elsewhere(used: str, script: str) -> bool:
    """Whether an action asks GitHub how other runs ended, so that it may stand for what they do."""
    name = used.split("@", 1)[0].lower()
    return "wait-on-check" in name or "wait-for-check" in name or ("github-script" in name and "conclusion" in script)


def is_run(path: str) -> bool:
    """Whether a workflow stands where it is run from; elsewhere, in documents or for other services, it is not."""
    folder = path.rpartition("/")[0]
    return folder.endswith((".github/workflows", ".gitea/workflows", ".forgejo/workflows"))


def is_idle(script: Script) -> bool:
    """Whether a script only says something (``echo "no tests yet" && exit 0``)."""
    return bool(script.commands) and all(each.name in _IDLE for each in script.commands)


def moved(command: Command, folder: str) -> str:
    """The folder after a ``cd``."""
    if command.name not in ("cd", "pushd") or len(command.words) != 2 or command.words[1].text is None:
        return folder
    to = command.words[1].text
    whole = normpath(join(folder, to)) if folder and not to.startswith("/") else normpath(to)
    while whole.startswith("../"):
        whole = whole[3:]
    return "" if whole in (".", "..", "/") else whole
