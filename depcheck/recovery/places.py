"""Where something is: the region and the account of a resource or of what an ARN names, and whether two are apart."""

from __future__ import annotations

from depcheck.model import Resource
from depcheck.patterns import Pattern
from depcheck.source import Span
from depcheck.values import Absent, Known, Missing, Unknown, Value, string

TYPE_CHECKING = False
if TYPE_CHECKING:
    from depcheck.project import Project

YES, NO, OPEN = "yes", "no", "open"
#: How AWS names its regions (``us-gov-west-1``): new ones keep to the scheme, so that no list can grow old.
_REGION = Pattern(
    r"(?:af|ap|ca|cn|eu|eusc|il|me|mx|sa|us|us-gov|us-iso[a-z]?|eu-iso[a-z]?)-(?:[a-z]{2}-)?"
    r"(?:(?:north|south)(?:east|west)?|east|west|central)-\d{1,2}"
)


def is_region(text: str) -> bool:
    """Whether AWS can have a region of this name."""
    return _REGION.fullmatch(text) is not None


class Place:
    """A region and an account; each is a value, absent where nothing tells it."""

    __slots__ = ("account", "region", "root")

    def __init__(self, region: Value, account: Value, root: str = "") -> None:
        self.region = region
        self.account = account
        #: The root module that it is deployed from; what nothing tells is the same in one root.
        self.root = root


def place_of(resource: Resource, project: Project) -> Place:
    """Where a resource is: what its provider says, its own ARN, else the policy's primary region."""
    arn = string(resource.get("arn"))
    if arn is not None:
        return of_arn(Known(arn, resource.span), resource)
    region = resource.get("region")
    if isinstance(region, Absent) and project.policy is not None and project.policy.regions.primary:
        region = Known(project.policy.regions.primary, resource.span)
    return Place(_possible(region), _account(resource, project), f"{resource.format}:{resource.root}")


def _account(resource: Resource, project: Project) -> Value:
    """The account that a resource is deployed to; unknown where its providers assume roles."""
    for provider in project.of_type("provider_aws"):
        if provider.root == resource.root and not isinstance(provider.get("assume_role"), Absent):
            return Unknown("its provider assumes a role, perhaps in another account", provider.span)
    entry = project.policy.environments.get(resource.environment or "") if project.policy is not None else None
    account = entry.account if entry is not None else None
    return Known(account, resource.span) if account else Absent(resource.span)


def of_arn(value: Value, beside: Resource) -> Place:
    """Where the thing is that an ARN names; ``beside`` is the resource that names it."""
    root = f"{beside.format}:{beside.root}"
    if isinstance(value, Unknown):
        return _of_outline(value, root)
    text = string(value)
    parts = text.split(":", 5) if text is not None else []
    if len(parts) < 6 or parts[0] != "arn":
        open_ = Unknown("it is no ARN", value.span)
        return Place(open_, open_, root)
    return Place(_possible(_part(parts[3], value)), _part(parts[4], value), "")


def _of_outline(value: Unknown, root: str) -> Place:
    """``arn:aws:backup:us-west-2:${…}:…``: an ARN of which the region may be written."""
    parts = (value.outline or "").split(":", 5)
    if len(parts) < 6 or parts[0] != "arn":
        return Place(value, value, root)
    region = parts[3] if parts[3].isprintable() and "\ufffc" not in parts[3] else ""
    account = parts[4] if parts[4].isdigit() else ""
    return Place(Known(region, value.span) if region else value, Known(account, value.span) if account else value, root)


def _part(text: str, value: Value) -> Value:
    return Known(text, value.span) if text else Absent(value.span)


def impossible(region: Value) -> list[tuple[str, Span]]:
    """Why nothing is copied to a region: AWS has none of that name."""
    text = string(region)
    return [] if text is None or is_region(text) else [(f'AWS has no region "{text[:40]}"', region.span)]


def _possible(region: Value) -> Value:
    """A region; unknown where AWS has none of that name, so that nothing is concluded from it."""
    text = string(region)
    if text is None or is_region(text):
        return region
    words = f'AWS has no region "{text[:40]}"'
    return Unknown(words, region.span, missing=(Missing(words, region.span),))


def other_region(one: Place, other: Place) -> str:
    """Whether two are in different regions: yes, no, or open."""
    return _differ(one.region, other.region, one.root == other.root)


def other_account(one: Place, other: Place) -> str:
    """Whether two are in different accounts."""
    return _differ(one.account, other.account, one.root == other.root)


def _differ(one: Value, other: Value, same_root: bool) -> str:
    if isinstance(one, Known) and isinstance(other, Known):
        return NO if one.value == other.value else YES
    if isinstance(one, Absent) and isinstance(other, Absent):
        return NO if same_root else OPEN
    if isinstance(one, Unknown) and isinstance(other, Unknown) and same_root:
        names = [each.name for each in one.missing]
        if names and names == [each.name for each in other.missing] and one.outline == other.outline:
            return NO
    return OPEN
