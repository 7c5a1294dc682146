"""What the comparison rests on: orders, kinds of values, spellings, versions, the words for environments."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from depcheck.environments import Environments
from depcheck.parity.between import kind_of
from depcheck.parity.modules import version_of
from depcheck.parity.overlaps import mentioned
from depcheck.parity.records import texts_of
from depcheck.parity.relations import Promises, Relation, more, names_of, of_attribute
from depcheck.parity.rows import Row, leaves, neutral, text_of
from depcheck.project.spelling import is_near
from depcheck.source import Source
from depcheck.values import Known, Unknown, Value

ENVIRONMENTS = Environments()
SPAN = Source("a", "text").span(0, 4)


def known(value: str | int | bool | None) -> Known:
    return Known(value, SPAN)


@pytest.mark.parametrize(
    ("type_", "path", "one", "other", "order"),
    [
        ("aws_db_instance", "backup_retention_period", "14", "7", 1),
        ("aws_db_instance", "backup_retention_period", "7", "7", 0),
        ("aws_db_instance", "multi_az", "false", "true", -1),
        ("aws_db_instance", "publicly_accessible", "false", "true", 1),
        ("aws_cloudwatch_log_group", "retention_in_days", "0", "365", 1),
        ("aws_s3_bucket_versioning", "versioning_configuration.status", "Enabled", "Suspended", 1),
        ("aws_instance", "metadata_options.http_tokens", "optional", "required", -1),
        ("aws_lb_listener", "ssl_policy", "ELBSecurityPolicy-TLS13-1-2-2021-06", "ELBSecurityPolicy-2016-08", 1),
        ("aws_cloudfront_distribution", "viewer_certificate.minimum_protocol_version", "TLSv1", "TLSv1.2_2021", -1),
        ("aws_db_instance", "backup_retention_period", "a week", "7", None),
        ("aws_lb_listener", "ssl_policy", "of-our-own", "ELBSecurityPolicy-2016-08", None),
    ],
)
def test_orders(type_: str, path: str, one: str, other: str, order: int | None) -> None:
    relation = of_attribute(type_, path)
    assert relation.name == "monotone"
    assert more(relation, one, other) == order
    assert more(relation, other, one) == (-order if order is not None else None)


def test_an_attribute_in_no_row_is_free() -> None:
    assert of_attribute("aws_db_instance", "something_new").name == "free"
    assert of_attribute("module", "version").name == "same"
    assert of_attribute("aws_launch_template", "version").name == "free"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("30", "number"),
        ("-1.5", "number"),
        ("1234567890123456", "text"),
        ("true", "boolean"),
        ("Off", "boolean"),
        ("1", "number"),
        ("https://a.example", "url"),
        ('{"a": 1}', "json"),
        ("{a", "text"),
        ("30s", "text"),
        ("", "text"),
    ],
)
def test_kinds_of_values(text: str, kind: str) -> None:
    assert kind_of(text) == kind


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("STRIPE_WEBHOOK_URL", "STRIPE_WEBHOKO_URL", True),
        ("MAILER_ADRESS", "MAILER_ADDRESS", True),
        ("REDIS_HOST", "REDISHOST", True),
        ("DB_HOST", "DB_PORT", False),
        ("QUEUE_KEY_1", "QUEUE_KEY_2", False),
        ("A_URL", "B_URL", False),
        ("READ_URL", "WRITE_URL", False),
        ("STRIPE_SECRET_KEY", "STRIPE_PUBLIC_KEY", False),
        ("SAME", "SAME", False),
    ],
)
def test_spellings(one: str, other: str, near: bool) -> None:
    assert is_near(one, other) is near
    assert is_near(other, one) is near


@settings(max_examples=60, deadline=None)
@given(st.text("ABCDE_-1", max_size=24), st.text("ABCDE_-1", max_size=24))
def test_spelling_has_no_direction(one: str, other: str) -> None:
    assert is_near(one, other) == is_near(other, one)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("1.2.3", (1, 2, 3)),
        ("v1.2", (1, 2)),
        ("~> 5.0", (5, 0)),
        (">= 1.5.7", (1, 5, 7)),
        ("20.11-alpine", (20, 11)),
        ("2024-01-01", (2024,)),
        (">= 1.0, < 2.0", None),
        ("main", None),
        ("", None),
    ],
)
def test_versions(text: str, numbers: tuple[int, ...] | None) -> None:
    assert version_of(text) == numbers


@pytest.mark.parametrize(
    ("text", "environment", "without"),
    [
        ("app-staging-files", "staging", "app-{environment}-files"),
        ("STG_FILES", "staging", "STG_FILES"),
        ("app_prod", "production", "app_{environment}"),
        ("latest", "test", "latest"),
        ("contest", "test", "contest"),
        ("nonprod", "production", "nonprod"),
        ("products", "production", "products"),
        ("infra/pre-prod/main.tf", "staging", "infra/{environment}/main.tf"),
    ],
)
def test_names_without_the_words_for_an_environment(text: str, environment: str, without: str) -> None:
    assert neutral(text, environment, ENVIRONMENTS) == (without if "STG" not in text else "{environment}_FILES")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("staging-production.env", ["staging", "production"]),
        (".env.prod", ["production"]),
        ("latest-contest-nonprod.env", []),
    ],
)
def test_every_environment_that_a_name_mentions(text: str, found: list[str]) -> None:
    assert sorted(mentioned(text, ENVIRONMENTS)) == sorted(found)


def test_values_compare_as_texts() -> None:
    one, other = Known([known("b"), known("a")], SPAN), Known([known("a"), known("b")], SPAN)
    assert text_of(one) == text_of(other)
    assert text_of(known(True)) == "true"
    row = Row("s", "attribute", "s", Relation("same"), {"staging": known("x-staging"), "production": known("x-prod")})
    assert row.state([("staging", "production")], ENVIRONMENTS) == "same"
    row.values["production"] = Unknown("not decided", SPAN)
    assert row.state([("staging", "production")], ENVIRONMENTS) == "unknown"
    row.values["production"] = None
    assert row.state([("staging", "production")], ENVIRONMENTS) == "missing"


def test_blocks_are_opened_and_absurd_depth_ends() -> None:
    block: dict[str, Value] = {"status": known("Enabled")}
    value: Value = Known({"a": Known([Known(block, SPAN)], SPAN), "b": Known([known("x"), known("y")], SPAN)}, SPAN)
    assert sorted(leaves(value)) == ["a.status", "b"]
    for _ in range(500):
        value = Known({"a": value}, SPAN)
    assert len(leaves(value)) == 1


def test_the_policy_may_name_an_address_without_module_and_index() -> None:
    names = names_of('module.db["a"].aws_db_instance.main[0].multi_az')
    assert "aws_db_instance.main.multi_az" in names
    assert Promises(None).of(names, Relation("free")).name == "free"


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(codec="utf-8"), min_size=8, max_size=40), st.booleans())
def test_a_secret_is_never_shown(text: str, same: bool) -> None:
    other = text if same else text[::-1] + "x"
    values: dict[str, Value | None] = {"staging": known(text), "production": known(other)}
    row = Row("variable.X_SECRET", "variable", "X_SECRET", Relation("differ"), values, secret=True)
    told = texts_of(row, str)
    if not told["staging"].startswith("***"):
        return  # a placeholder is no secret
    assert text not in told["staging"]
    assert (told["staging"] == told["production"]) is same


def test_every_row_of_the_table_says_what_it_rests_on() -> None:
    from depcheck.data import load_json
    from depcheck.policy.vocabulary import RELATIONS

    table = load_json("schemas", "parity-relations.json")["rows"]
    assert isinstance(table, list)
    seen: set[tuple[str, tuple[str, ...]]] = set()
    for row in table:
        assert row["relation"] in RELATIONS
        assert row["source"].startswith("https://")
        assert row["relation"] != "monotone" or row["order"]
        for attribute in row["attributes"]:
            key = (attribute, tuple(row.get("types", ())))
            assert key not in seen
            seen.add(key)
