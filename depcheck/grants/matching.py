"""What resources of statements stand for: ARNs with wildcards against the templates of types of resources."""

from __future__ import annotations

from depcheck.project.wildcards import ANY, folded, matches


def covers(wide: str, narrow: str) -> bool:
    """Whether everything that ``narrow`` matches is matched by ``wide`` too; a yes is certain."""
    return matches(wide, narrow.replace("*", ANY).replace("?", ANY))


def covers_every(resource: str, template: str) -> bool:
    """Whether a resource of a statement takes in all that an action's ``service:relative`` template stands for.

    Partition, region and account are left out: all of one region, or of one account, is still everything there.
    """
    if resource.strip("*") == "" and resource:
        return True
    parts = resource.split(":", 5)
    if len(parts) < 6 or not matches(parts[0], "arn"):
        return False
    service, _, relative = template.partition(":")
    return matches(folded(parts[2]), service) and covers(folded(parts[5]), relative)


def may_name(resource: str, template: str) -> bool:
    """Whether a resource of a statement may be one that a template stands for, going by its service."""
    if resource.strip("*") == "":
        return bool(resource)
    parts = resource.split(":", 5)
    if len(parts) < 6:
        return False
    return matches(folded(parts[2]), template.partition(":")[0])
