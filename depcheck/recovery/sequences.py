"""The order of steps in scripts that recover something: data, application, verification, then traffic."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from depcheck.model import Command
from depcheck.patterns import Pattern
from depcheck.project.activities import of_command
from depcheck.recovery.restores import restores, text_of

#: What leads clients somewhere.
_SWITCHES = Pattern(
    r"aws route53 change-resource-record-sets\b|vercel (?:alias|promote)\b|vercel env rm \S*MAINTENANCE|"
    r"aws globalaccelerator update-endpoint-group\b|az network traffic-manager\b|"
    r"gcloud dns record-sets (?:update|transaction)",
    re.I,
)
#: What makes the other place able to serve.
_READIES = Pattern(
    r"aws rds (?:promote-read-replica|failover-|restore-)|"
    r"aws (?:docdb|dynamodb|backup|elasticache) (?:restore|start-restore|failover)|"
    r"aws (?:ecs update-service|autoscaling (?:set-desired|update-auto)|lambda update-function-code)|vercel scale\b|"
    r"(?:pnpm |npx |yarn )?cdk deploy\b|terraform apply\b|tofu apply\b|kubectl (?:apply|scale|rollout)|helm upgrade\b",
    re.I,
)
_VERIFIES = Pattern(r"verify|smoke|health|integrity|\bcurl\b|aws rds wait|aws \S+ wait|\bassert|\bcheck", re.I)
_VERIFYING = frozenset(("smoke-test", "health-check", "e2e-test", "integration-test", "tests", "watch"))


class Early:
    """A switch of traffic that comes too early: before ``later``, or after ``restore`` and nothing is verified."""

    __slots__ = ("later", "restore", "switch")

    def __init__(self, switch: Command, *, later: Command | None = None, restore: Command | None = None) -> None:
        self.switch = switch
        self.later = later
        self.restore = restore


def early(commands: Iterable[Command]) -> Iterator[Early]:
    """The switches of traffic in a script that come too early, branch by branch."""
    for branch in _branches(list(commands)):
        at = next((index for index, each in enumerate(branch) if _SWITCHES.search(text_of(each))), None)
        if at is None:
            continue
        switch = branch[at]
        later = next((each for each in branch[at + 1 :] if _READIES.search(text_of(each)) or restores(each)), None)
        if later is not None:
            yield Early(switch, later=later)
            continue
        made = [index for index, each in enumerate(branch[:at]) if restores(each) or _READIES.search(text_of(each))]
        if made and not any(_verifies(each) for each in branch[made[-1] + 1 : at]):
            yield Early(switch, restore=branch[made[-1]])


def _verifies(command: Command) -> bool:
    return bool(_VERIFIES.search(text_of(command))) or not _VERIFYING.isdisjoint(of_command(command))


def _branches(commands: Sequence[Command]) -> Iterator[list[Command]]:
    """The commands between two ``;;`` of a script: what one branch of a ``case`` does."""
    branch: list[Command] = []
    for command in commands:
        if branch and ";;" in command.span.source.text[branch[-1].span.end : command.span.start]:
            yield branch
            branch = []
        branch.append(command)
    if branch:
        yield branch
