"""Records that are to lead clients to another place when the first one fails."""

from __future__ import annotations

from collections.abc import Iterator

from depcheck.model import Resource
from depcheck.recovery.found import given, number
from depcheck.values import Absent, Unknown, Value, scalar_text, string

TYPE_CHECKING = False
if TYPE_CHECKING:
    from depcheck.project import Project

#: Clients that hold on to an address for longer than this come late, in seconds.
LONGEST_TTL = 300.0


def primaries(project: Project) -> Iterator[Resource]:
    """The records that clients follow as long as all is well."""
    for record in project.of_type("aws_route53_record"):
        if record.kind != "data" and string(_policy(record)) == "PRIMARY":
            yield record


def _policy(record: Resource) -> Value:
    found = record.get("failover_routing_policy", 0, "type")
    return record.get("failover") if isinstance(found, Absent) else found


def checked(record: Resource) -> Unknown | bool:
    """Whether something tells that the primary is down: a health check, or that of an alias; a value that is open."""
    check = record.get("health_check_id")
    evaluates = record.get("alias", 0, "evaluate_target_health")
    for value in (check, evaluates):
        if isinstance(value, Unknown) and value.refers is None:
            return value
    if given(check) and (isinstance(check, Unknown) or scalar_text(check)):
        return True
    return scalar_text(evaluates) == "true"


def ttl(record: Resource) -> Value | None:
    """The time to live of a record that has a failover, where it is too long or not decided."""
    value = record.get("ttl")
    amount = number(value)
    return value if isinstance(value, Unknown) or (amount is not None and amount > LONGEST_TTL) else None
