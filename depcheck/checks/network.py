"""Checks of the network: what the internet reaches, and what goes over it in plain text."""

from __future__ import annotations

from collections.abc import Iterator

from depcheck.findings import Held, Note, Outcome, Undetermined, Violation
from depcheck.model import Resource
from depcheck.project import Project, images
from depcheck.project.buckets import access_block, bucket_of
from depcheck.project.exposures import role_of
from depcheck.project.ingress import Opening, is_all, is_everyone, may_be_everyone, openings, sensitive
from depcheck.values import Absent, Known, Unknown, Value, scalar_text, string

_PUBLIC_ACLS = ("public-read", "public-read-write", "authenticated-read")
_EVERYONE = ("/groups/global/AllUsers", "/groups/global/AuthenticatedUsers")
_BALANCERS = ("aws_lb", "aws_alb")


def open_ingress(subject: Resource, project: Project) -> Iterator[Outcome]:
    """Administration and databases are not offered to everyone."""
    for each in openings(subject):
        if isinstance(each, Unknown):
            yield Undetermined(each)
        else:
            yield from _opened(each)


def _opened(opening: Opening) -> Iterator[Outcome]:
    ports = opening.ports()
    protocol = opening.word or "-1"
    found = sensitive(*ports, protocol) if isinstance(ports, tuple) else []
    if not found and not isinstance(ports, Unknown):
        return
    public = [each for each in opening.sources if is_everyone(scalar_text(each) or "")]
    unknown = [each for each in opening.sources if isinstance(each, Unknown) and may_be_everyone(each)]
    if public:
        undecided = ports if isinstance(ports, Unknown) else opening.condition
        if undecided is not None:
            yield Undetermined(undecided)
        elif isinstance(ports, tuple):
            yield _violation(public, ports, protocol, found)
    elif unknown:
        yield Undetermined(unknown[0])
    elif found and opening.sources:
        names = ", ".join(scalar_text(each) or "addresses of its own" for each in opening.sources[:3])
        yield Held(opening.sources[0], f"{_services(found)} only from {names}")


def _violation(public: list[Value], ports: tuple[int, int], protocol: str, found: list[tuple[int, str]]) -> Violation:
    first, last = ports
    kind = "all" if is_all(first, last) else "" if first == last else "range"
    what = "port" if protocol == "-1" else f"{protocol.upper()} port"
    return Violation(
        public[0],
        variant=kind,
        severity="critical" if kind == "all" else None,
        discriminator=f"{protocol} {first}-{last}",
        related=[Note("from here too", each.span) for each in public[1:]],
        words={
            "source": _told(scalar_text(public[0]) or ""),
            "ports": str(first) if first == last else f"{first} to {last}",
            "what": what,
            "services": _services(found),
        },
    )


def _told(source: str) -> str:
    return source if source in ("0.0.0.0/0", "::/0") or not source.endswith("/0") else f"{source}, which is everybody"


def _services(found: list[tuple[int, str]]) -> str:
    names = list(dict.fromkeys(name for _, name in found))
    if len(names) > 3:
        return f"{', '.join(names[:2])} and {len(names) - 2} more services"
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]


def plaintext_listener(subject: Resource, project: Project) -> Iterator[Outcome]:
    """What comes in over plain HTTP is sent on to HTTPS."""
    if subject.type == "aws_cloudfront_distribution":
        yield from _behaviours(subject)
    elif subject.type == "aws_elb":
        yield from _classic(subject)
    else:
        yield from _listener(subject, project)


def _behaviours(distribution: Resource) -> Iterator[Outcome]:
    for name in ("default_cache_behavior", "ordered_cache_behavior"):
        for behaviour in distribution.get(name).elements():
            match behaviour.get("viewer_protocol_policy"):
                case Known(value="allow-all") as value:
                    yield Violation(value, variant="distribution", discriminator=_path_of(behaviour))
                case Unknown() as value:
                    yield Undetermined(value)


def _path_of(behaviour: Value) -> str:
    return string(behaviour.get("path_pattern")) or "default"


def _classic(balancer: Resource) -> Iterator[Outcome]:
    listeners = balancer.get("listener").elements()
    protocols = [(string(each.get("lb_protocol")) or "").lower() for each in listeners]
    if scalar_text(balancer.get("internal")) == "true" or not {"https", "ssl"}.isdisjoint(protocols):
        return
    internal = balancer.get("internal")
    for listener, protocol in zip(listeners, protocols, strict=True):
        if protocol == "http":
            if isinstance(internal, Unknown):
                yield Undetermined(internal)
            else:
                yield Violation(listener.get("lb_protocol"), words={"port": scalar_text(listener.get("lb_port"))})


def _listener(listener: Resource, project: Project) -> Iterator[Outcome]:
    protocol, port = listener.get("protocol"), listener.get("port")
    if isinstance(protocol, Unknown):
        yield Undetermined(protocol)
        return
    # Only an Application Load Balancer takes a listener without a protocol, and takes HTTP for it.
    if string(protocol) != "HTTP" and not (isinstance(protocol, Absent) and scalar_text(port) == "80"):
        return
    served = _served(listener, project)
    if served is None:
        yield Held(protocol, "plain HTTP is only redirected")
        return
    balancer = _balancer(listener, project)
    if isinstance(balancer, Unknown):
        yield Undetermined(balancer)
        return
    internal = balancer.get("internal") if balancer is not None else None
    if isinstance(internal, Unknown):
        yield Undetermined(internal)
    elif isinstance(served, Unknown):
        yield Undetermined(served)
    elif internal is None or scalar_text(internal) != "true":
        notes = [Note("requests are served here", served.span)] if served.span != protocol.span else []
        yield Violation(protocol, related=notes, words={"port": scalar_text(port) or "80"})


def _served(listener: Resource, project: Project) -> Value | None:
    """The action that answers requests over plain HTTP; None where they are redirected or refused."""
    undecided: Unknown | None = None
    actions = list(listener.get("default_action").elements())
    for name in ("aws_lb_listener_rule", "aws_alb_listener_rule"):
        for rule in project.related(listener, name, "listener_arn")[0]:
            actions.extend(rule.get("action").elements())
    for action in actions:
        kind = action.get("type")
        if isinstance(kind, Unknown):
            undecided = kind if undecided is None else undecided
        elif string(kind) == "redirect":
            target = action.get("redirect", 0, "protocol")
            if isinstance(target, Unknown):
                undecided = target if undecided is None else undecided
            elif string(target) != "HTTPS":
                return kind
        elif string(kind) == "forward":
            return kind
    return undecided


def _balancer(listener: Resource, project: Project) -> Resource | Unknown | None:
    """The load balancer that a listener belongs to; None where only its address is given."""
    reference = listener.get("load_balancer_arn")
    for name in _BALANCERS:
        for balancer in project.of_type(name):
            if listener in project.related(balancer, listener.type, "load_balancer_arn")[0]:
                return balancer
    return reference if isinstance(reference, Unknown) else None


def public_bucket_acl(subject: Resource, project: Project) -> Iterator[Outcome]:
    """No access list gives a bucket's objects to everyone."""
    outcome = _acl(subject)
    if outcome is None:
        return
    if isinstance(outcome, Violation):
        bucket = bucket_of(subject, project)
        ignored = access_block(bucket, project, "ignore_public_acls", "block_public_acls")
        if isinstance(ignored, Unknown):
            yield Undetermined(ignored)
            return
        if ignored is not None:
            yield Held(ignored, "public access lists are blocked")
            return
    yield outcome


def _acl(subject: Resource) -> Violation | Undetermined | None:
    match subject.get("acl"):
        case Known(value=str(acl)) as value if acl in _PUBLIC_ACLS:
            severity = "critical" if acl == "public-read-write" else None
            return Violation(value, severity=severity, words={"acl": f'"{acl}"', "can": _can(acl)})
        case Unknown() as value:
            return Undetermined(value)
    grants = [*subject.get("access_control_policy", 0, "grant").elements(), *subject.get("grant").elements()]
    for grant in grants:
        uri = grant.get("grantee", 0, "uri")
        if isinstance(uri, Absent):
            uri = grant.get("uri")
        text = string(uri) or ""
        if text.endswith(_EVERYONE):
            acl = "AllUsers" if text.endswith(_EVERYONE[0]) else "AuthenticatedUsers"
            return Violation(uri, words={"acl": f"a grant to {acl}", "can": _can(acl)})
    return None


def _can(acl: str) -> str:
    who = "everyone with an AWS account" if acl.lower().startswith("authenticated") else "everyone"
    return f"be read and written by {who}" if acl == "public-read-write" else f"be read by {who}"


def port_on_all_interfaces(subject: Resource, project: Project) -> Iterator[Outcome]:
    """What keeps data, or administers what does, is published on the loopback interface at most."""
    for port in subject.get("ports").elements():
        published, target = port.get("published"), port.get("target")
        service = _offered(subject, target)
        if service is None or isinstance(published, Absent):
            continue
        address = port.get("host_ip")
        if isinstance(port, Unknown) or isinstance(address, Unknown):
            yield Undetermined(port if isinstance(port, Unknown) else address if isinstance(address, Unknown) else None)
        elif isinstance(address, Absent) and isinstance(published, Unknown):
            reason = f"whether an address stands in the published port: {published.reason}"
            yield Undetermined(place=port, reason=reason, missing=published.missing)
        elif isinstance(address, Absent) or scalar_text(address) in ("0.0.0.0", "::", ""):
            inner = scalar_text(target) or ""
            words: dict[str, object] = {"service": service, "port": scalar_text(published) or inner, "target": inner}
            severity = "low" if role_of(port.span.path) == "test" else None
            yield Violation(port.span, severity=severity, discriminator=inner, words=words)
        else:
            yield Held(port, f"{service} is published on {scalar_text(address)}")


def _offered(service: Resource, target: Value) -> str | None:
    """What a compose service offers at a port, where that is a data store or its administration."""
    number = scalar_text(target)
    image = string(service.get("image"))
    if number is None or image is None or not number.isdigit():
        return None
    for section in ("stores", "administration"):
        found = images.service_of(image, section)
        if found is not None:
            return found.name if int(number) in found.ports else None
    return None
