"""Whatever a resource or a grant holds, the rules about them say something or nothing and never raise."""

from __future__ import annotations

import re
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from depcheck.catalogue import all_rules
from depcheck.engine.judging import outcomes
from depcheck.environments import Environments
from depcheck.model import Facts, Grant, Resource
from depcheck.policy import load
from depcheck.project import Project
from depcheck.source import Source
from depcheck.values import Absent, Known, Missing, Unknown

PACKAGE = Path(__file__).parents[2] / "depcheck"
PACKS = ("recovery", "backups", "network", "encryption", "access", "iam")
RULES = [rule for rule in all_rules() if rule.pack in PACKS and rule.looks_at[0] in ("resource", "grant")]
TYPES = sorted({name for rule in RULES if rule.looks_at[0] == "resource" for name in rule.looks_at[1]})
RELATED = [
    "aws_backup_plan",
    "aws_backup_selection",
    "aws_ebs_encryption_by_default",
    "aws_iam_policy",
    "aws_lb",
    "aws_rds_cluster_instance",
    "aws_s3_bucket_lifecycle_configuration",
    "aws_s3_bucket_logging",
    "aws_s3_bucket_public_access_block",
    "aws_s3_bucket_versioning",
    "aws_lb_listener_rule",
    "aws_opensearch_domain_policy",
    "provider_aws",
]
HELPERS = ("backups", "buckets", "ingress", "promises", "retention")
SOURCES = [PACKAGE / "checks" / f"{name}.py" for name in ("recovery", "backups", "network", "encryption")]
SOURCES += [PACKAGE / "project" / f"{name}.py" for name in HELPERS]
NAMES = sorted(
    {
        name
        for path in SOURCES
        for name in re.findall(r'"([a-z]+(?:_[a-z0-9]+)*)"', path.read_text("utf-8"))
        if not name.startswith(("aws_", "backend_"))
    }
)
TEXTS = [
    "true",
    "false",
    "0",
    "1",
    "7",
    "35",
    "tcp",
    "-1",
    "all",
    "22",
    "0.0.0.0/0",
    "::/0",
    "10.0.0.0/8",
    "HTTP",
    "HTTPS",
    "redirect",
    "forward",
    "aurora-mysql",
    "redis",
    "valkey",
    "public-read",
    "NONE",
    "Enabled",
    "Disabled",
    "serverless",
    "*",
    "arn:aws:iam::aws:policy/AdministratorAccess",
    "http://a/b",
    "LockID",
]
SPAN = Source("main.tf", "x" * 80).span(0, 10)
POLICY = load(
    Source(
        "depcheck.yaml",
        'version: 1\nrecovery: {stores: {a: {match: ["kind:database", "kind:cache"], retention: 35d,'
        " require: {multi_zone: true, final_snapshot: true}}, b: {match: ['kind:object'], retention: 1d}}}\n",
    )
)

UNKNOWN = st.builds(
    Unknown,
    st.just("not decided"),
    st.just(SPAN),
    missing=st.sampled_from([(), (Missing("var.x"),)]),
    refers=st.sampled_from([None, None, "aws_db_instance.a", "aws_s3_bucket.a"]),
    outline=st.sampled_from([None, "arn:aws:iam::￼:role/*", "￼/32"]),
)
SCALAR = st.one_of(st.sampled_from([*TEXTS, ""]), st.booleans(), st.none(), st.integers(-2, 70_000), st.floats(0, 40))
KEY = st.sampled_from([None, SPAN])
LEAF = st.one_of(UNKNOWN, st.builds(Known, SCALAR, st.just(SPAN), key=KEY), st.just(Absent(SPAN)))
TREE = st.recursive(
    LEAF,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: Known(items, SPAN, key=SPAN)),
        st.dictionaries(st.sampled_from(NAMES), inner, max_size=6).map(lambda items: Known(items, SPAN, key=SPAN)),
    ),
    max_leaves=12,
)
ATTRIBUTES = st.dictionaries(st.sampled_from(NAMES), TREE, min_size=4, max_size=16)


@st.composite
def resources(draw: st.DrawFn, types: list[str]) -> Resource:
    type_ = draw(st.sampled_from(types))
    return Resource(
        type_,
        f"{type_}.a",
        Known(draw(ATTRIBUTES), SPAN, key=SPAN),
        SPAN,
        format=draw(st.sampled_from(["terraform", "terraform", "cloudformation"])),
        environment=draw(st.sampled_from([None, "production", "staging"])),
        instances=draw(st.sampled_from([None, 1, 2])),
    )


WORDS = st.lists(st.one_of(UNKNOWN, st.sampled_from(TEXTS).map(lambda text: Known(text, SPAN))), max_size=3)
CONDITION = st.one_of(
    st.none(),
    UNKNOWN,
    st.dictionaries(
        st.sampled_from(["StringEquals", "StringLike", "IpAddress", "ForAllValues:StringLike", "Bool"]),
        st.one_of(
            LEAF,
            st.dictionaries(
                st.sampled_from(["aws:SourceArn", "aws:SourceIp", "token.actions.githubusercontent.com:sub"]),
                st.one_of(LEAF, WORDS.map(lambda items: Known(items, SPAN))),
                max_size=2,
            ).map(lambda items: Known(items, SPAN)),
        ),
        max_size=2,
    ).map(lambda items: Known(items, SPAN)),
)
PRINCIPALS = st.lists(
    st.one_of(
        UNKNOWN,
        st.sampled_from(["*", "AWS:*", "Federated:oidc-provider/token.actions.githubusercontent.com"]).map(
            lambda text: Known(text, SPAN)
        ),
    ),
    max_size=2,
)
GRANTS = st.builds(
    Grant,
    st.just(SPAN),
    source=st.sampled_from(["iam", "trust", "resource-policy"]),
    effect=st.one_of(st.just(Known("Allow", SPAN)), UNKNOWN),
    principals=PRINCIPALS,
    actions=WORDS,
    resources=WORDS,
    not_principals=PRINCIPALS,
    not_actions=WORDS,
    conditions=CONDITION,
    scope=st.sampled_from(["", "aws_s3_bucket.a", "aws_opensearch_domain_policy.a", "aws_nothing.a"]),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(resources(TYPES), max_size=6), st.lists(resources([*RELATED, *TYPES]), max_size=6), st.booleans())
def test_resources(subjects: list[Resource], others: list[Resource], promised: bool) -> None:
    facts = Facts()
    facts.resources = [*subjects, *others]
    project = Project(Path(), facts, Environments(), policy=POLICY if promised else None)
    for rule in RULES:
        for subject in subjects:
            if rule.looks_at[0] == "resource" and subject.type in rule.looks_at[1]:
                assert all(outcome.span is not None for outcome in outcomes(rule, subject, project))


@settings(max_examples=60, deadline=None)
@given(st.lists(GRANTS, max_size=4), st.lists(resources([*RELATED, "aws_s3_bucket"]), max_size=4))
def test_grants(subjects: list[Grant], others: list[Resource]) -> None:
    facts = Facts()
    facts.grants, facts.resources = subjects, others
    project = Project(Path(), facts, Environments())
    for rule in RULES:
        for subject in subjects:
            if rule.looks_at[0] == "grant" and subject.source in rule.looks_at[1]:
                assert all(outcome.span is not None for outcome in outcomes(rule, subject, project))
