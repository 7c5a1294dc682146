"""What the policy promises of a resource, and where its recovery matters."""

from __future__ import annotations

from pathlib import Path

import pytest

from depcheck.environments import Environments
from depcheck.model import Facts, Resource
from depcheck.policy import environments_of, load
from depcheck.project import Project, promises
from depcheck.source import Source
from depcheck.values import Known, Unknown

POLICY = """
version: 1
environments: {development: {}, staging: {}, production: {critical: true}}
recovery:
  defaults: {environments: [production]}
  stores:
    orders:
      match: ["aws_db_instance.orders"]
      retention: 35d
      require: {multi_zone: true, deletion_protection: false}
      by_environment: {staging: {retention: 7d}}
    caches: {match: ["kind:cache"], retention: 7d}
    uploads: {match: ["tag:data=up*", "path:uploads/**"]}
"""


def resource(
    address: str, *, environment: str | None = None, root: str = "", path: str = "main.tf", **given
) -> Resource:
    type_ = next(part for part in address.split(".") if part.startswith("aws_"))
    span = Source(path, "x" * 40).span(0, 10)
    attributes = {name: Known(value, span) if not isinstance(value, Known) else value for name, value in given.items()}
    return Resource(type_, address, Known(attributes, span), span, environment=environment, root=root)


def project(policy: str | None = POLICY) -> Project:
    read = load(Source("depcheck.yaml", policy)) if policy is not None else None
    environments = environments_of(read) if read is not None else Environments()
    return Project(Path(), Facts(), environments, policy=read)


MATCHES = [
    ("aws_db_instance.orders", "aws_db_instance.orders", True),
    ("aws_db_instance.orders[0]", "aws_db_instance.orders", True),
    ('module.shop["eu.west"].module.db.aws_db_instance.orders[0]', "aws_db_instance.orders", True),
    ("module.shop.aws_db_instance.orders", "module.shop.aws_db_instance.*", True),
    ("aws_db_instance.orders_old", "aws_db_instance.orders", False),
    ("aws_elasticache_cluster.a", "kind:cache", True),
    ("aws_db_instance.a", "kind:cache", False),
]


@pytest.mark.parametrize(("address", "selector", "expected"), MATCHES)
def test_selectors(address: str, selector: str, expected: bool) -> None:
    assert promises.matches(resource(address), selector) is expected


def test_tags_and_paths_select() -> None:
    tagged = resource("aws_s3_bucket.a", tags={"data": Known("uploads", Source("a", "a").span(0, 1))})
    assert promises.matches(tagged, "tag:data=up*")
    assert promises.matches(tagged, "tag:data")
    assert not promises.matches(tagged, "tag:data=logs")
    assert promises.matches(resource("aws_s3_bucket.a", path="uploads/eu/main.tf"), "path:uploads/**")


def test_promises_hold_where_they_are_made() -> None:
    there = project()
    staging = resource("aws_db_instance.orders", environment="staging")
    production = resource("aws_db_instance.orders", environment="production")
    development = resource("aws_db_instance.orders", environment="development")
    assert [promises.retention(each, there).value for each in (staging, production)] == [7 * 86_400, 35 * 86_400]
    assert promises.retention(development, there) is None
    assert promises.is_wanted(production, there, "multi_zone")
    assert promises.is_wanted(staging, there, "multi_zone")
    assert not promises.is_wanted(production, there, "deletion_protection")


CRITICAL = [
    (resource("aws_db_instance.a"), True),
    (resource("aws_db_instance.a", environment="production"), True),
    (resource("aws_db_instance.a", environment="staging"), False),
    (resource("aws_db_instance.a", root="examples/complete"), False),
    (resource("aws_db_instance.a", path="tests/fixtures/main.tf"), False),
    (resource("aws_db_instance.contest", root="latest"), True),
    (resource("module.database_staging.aws_db_instance.a"), False),
    (resource("module.production.aws_db_instance.a"), True),
]


@pytest.mark.parametrize(("given", "expected"), CRITICAL)
def test_where_recovery_matters_without_a_policy(given: Resource, expected: bool) -> None:
    assert promises.is_critical(given, project(None)) is expected


def test_replicas_are_no_stores() -> None:
    span = Source("a", "a").span(0, 1)
    assert promises.is_copy(resource("aws_db_instance.a")) is False
    assert promises.is_copy(resource("aws_db_instance.a", replicate_source_db="b")) is True
    assert promises.is_copy(resource("aws_db_instance.a", replicate_source_db="")) is False
    named = Resource(
        "aws_db_instance",
        "aws_db_instance.a",
        Known({"replicate_source_db": Unknown("later", span, refers="aws_db_instance.b")}, span),
        span,
    )
    assert promises.is_copy(named) is True
    open_ = Resource(
        "aws_db_instance", "aws_db_instance.a", Known({"replicate_source_db": Unknown("var.x", span)}, span), span
    )
    assert isinstance(promises.is_copy(open_), Unknown)
