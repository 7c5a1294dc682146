"""Names of secrets, placeholders, and what looks made by a machine."""

from __future__ import annotations

import base64
import random
import string
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from depcheck.project.credentials import (
    alphabet,
    client_prefix,
    entropy,
    is_credible,
    is_placeholder,
    is_public_name,
    is_public_value,
    is_random,
    kind_of_name,
    randomness,
    tokens,
)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("DB_PASSWORD", "db password"),
        ("stripeApiKey", "stripe api key"),
        ("AWSSecretKey2", "aws secret key 2"),
        ("aws-secret.access_key", "aws secret access key"),
        ("", ""),
    ],
)
def test_tokens(name: str, words: str) -> None:
    assert " ".join(tokens(name)) == words


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("DB_PASSWORD", "password"),
        ("PGPASSWORD", "password"),
        ("SMTP_PASS", "password"),
        ("MYSQL_PWD", "password"),
        ("db_password_prod", "password"),
        ("clientSecret", "secret"),
        ("SECRET_KEY_BASE", "secret"),
        ("PASSWORD_SALT", "password"),
        ("GITHUB_TOKEN", "token"),
        ("npm-token", "token"),
        ("STRIPE_API_KEY", "key"),
        ("AWS_SECRET_ACCESS_KEY", "key"),
        ("JWT_PRIVATE_KEY", "key"),
        ("SENDGRID_KEY", "weak"),
        # where it is kept, how long it lives, what it is made with
        ("DB_PASSWORD_FILE", None),
        ("SECRET_ARN", None),
        ("API_KEY_ID", None),
        ("AWS_ACCESS_KEY_ID", None),
        ("KMS_KEY_ALIAS", None),
        ("TOKEN_URL", None),
        ("TOKEN_TTL", None),
        ("JWT_SECRET_NAME", None),
        ("ACCESS_TOKEN_EXPIRE_MINUTES", None),
        ("PASSWORD_HASH_ALGORITHM", None),
        ("PASSWORD_MIN_LENGTH", None),
        ("REQUIRE_PASSWORD", None),
        ("ENABLE_TOKEN_AUTH", None),
        # public, or another word
        ("STRIPE_PUBLISHABLE_KEY", None),
        ("SSH_PUBLIC_KEY", None),
        ("SUPABASE_ANON_KEY", None),
        ("SENTRY_DSN", None),
        ("GOPRIVATE", None),
        ("PWD", None),
        ("SSH_AUTH_SOCK", None),
        ("MAX_TOKENS", None),
        ("TOKENIZERS_PARALLELISM", None),
        ("COMPASS", None),
        ("MONKEY", None),
        ("AUTHOR", None),
        ("CACHE_KEY", None),
        ("KEY", None),
        ("USERNAME", None),
    ],
)
def test_kind_of_name(name: str, kind: str | None) -> None:
    assert kind_of_name(name) == kind


@pytest.mark.parametrize(
    "value",
    [
        "",
        "changeme",
        "change-this-now",
        "password",
        "P@ssw0rd",
        "Passw0rd!",
        "postgres123",
        "my-super-secret-jwt-token",
        "your-super-secret-jwt-token-with-at-least-32-characters-long",
        "yourStrong(!)Password",
        "ChooseYourOwnPasswordHere1234",
        "this_is_not_secret",
        "<token>",
        "xxxxxxxx",
        "********",
        "abcabcabcabc",
        "1234567890",
        "sk-1234567890abcdef",
        "qwertyuiop",
        "00000000-0000-0000-0000-000000000000",
        "${DB_PASSWORD}",
        "$DB_PASSWORD",
        "{{ vault_password }}",
        "${{ secrets.TOKEN }}",
        "%DB_PASSWORD%",
        "@password@",
        "#{password}#",
        "JWT_SECRET_KEY",
        "/run/secrets/password",
        "./certs/server.key",
        "server.pem",
        "op://vault/item/field",
        "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db",
        "ENC[AES256_GCM,data:abc]",
        "https://acme.io/token",
        "$2b$12$abcdefghijklmnopqrstuv",
        "openssl rand -hex 32",
        "generate with openssl rand",
        "true",
        "3600s",
        "user@example.com",
        "A sentence that says what to put here.",
    ],
)
def test_placeholders(value: str) -> None:
    assert is_placeholder(value)


@pytest.mark.parametrize("value", ["hunter2", "Trustno1-Paris", "db-q5n2g", "Sommer!2031", "correct-horse-7"])
def test_chosen_passwords_are_none(value: str) -> None:
    assert not is_placeholder(value)
    assert is_credible("password", value)


def test_words_around_a_value_explain_it() -> None:
    assert not is_placeholder("acmewiki")
    assert is_placeholder("acmewiki", ("ACME_PASSWORD", "compose.wiki"))
    assert not is_credible("password", "acme-wiki-12", ("acme/wiki:1",))
    assert is_credible("password", "acme-wiki-q7x", ("acme/wiki:1",))


@pytest.mark.parametrize("value", ["sunflower", "Sunflower", "redis-cache", "en", "7"])
def test_plain_words_and_short_values_are_no_credentials(value: str) -> None:
    assert not is_credible("password", value)


def test_entropy() -> None:
    assert entropy("") == 0
    assert entropy("aaaa") == 0
    assert entropy("abcd") == 2
    assert [alphabet(each) for each in ("12", "3f", "AXC", "a1z", "aZ9", "a+/=", "a b!")] == [
        10,
        16,
        32,
        36,
        62,
        64,
        94,
    ]
    assert randomness("abcdabcd") < randomness("abcdefgh") == 1


def _drawn(size: int, letters: str) -> Callable[[random.Random], str]:
    return lambda source: "".join(source.choice(letters) for _ in range(size))


@pytest.mark.parametrize(
    ("make", "share"),
    [
        (_drawn(32, "0123456789abcdef"), 0.99),
        (_drawn(40, "0123456789ABCDEF"), 0.99),
        (_drawn(24, string.ascii_letters + string.digits), 0.95),
        (_drawn(32, string.ascii_lowercase + string.digits), 0.9),
        (lambda source: base64.b64encode(source.randbytes(32)).decode(), 0.99),
        (lambda source: base64.urlsafe_b64encode(source.randbytes(24)).decode(), 0.97),
    ],
    ids=["hex", "HEX", "base62", "base36", "base64", "base64url"],
)
def test_what_a_machine_drew_is_random(make: Callable[[random.Random], str], share: float) -> None:
    source = random.Random(20)
    drawn = [make(source) for _ in range(400)]
    assert sum(is_random(each) for each in drawn) >= share * len(drawn)


@pytest.mark.parametrize(
    "value",
    [
        "e2e-builder-service-account-key",
        "ThisIsMySuperSecretKey",
        "com.acme.web.production.Main",
        "projects/acme/locations/europe",
        "arn-of-something-in-production",
        "application-default-credentials-1",
        "11111111111111111111111111111111",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1",
    ],
)
def test_names_are_not_random(value: str) -> None:
    assert not is_random(value)


def test_public_by_design() -> None:
    drawn = _drawn(32, string.ascii_letters + string.digits)(random.Random(3))
    assert is_public_value("pk_" + "live_" + drawn)
    assert is_public_value("phc_" + drawn)
    assert not is_public_value("sk_" + "live_" + drawn)
    assert not is_credible("key", "pk_" + "live_" + drawn)
    assert is_credible("key", drawn)


@pytest.mark.parametrize(
    ("name", "tool"),
    [
        ("NEXT_PUBLIC_X", "Next.js"),
        ("VITE_X", "Vite"),
        ("PUBLIC_X", "SvelteKit or Astro"),
        ("VITE_", None),
        ("X", None),
    ],
)
def test_client_prefix(name: str, tool: str | None) -> None:
    found = client_prefix(name)
    assert (found[1] if found else None) == tool


@pytest.mark.parametrize(
    ("name", "public"),
    [
        ("FIREBASE_API_KEY", True),
        ("SUPABASE_ANON_KEY", True),
        ("RECAPTCHA_SITE_KEY", True),
        ("STRIPE_SECRET_KEY", False),
        ("SUPABASE_SERVICE_ROLE_KEY", False),
    ],
)
def test_public_names(name: str, public: bool) -> None:
    assert is_public_name(name) is public


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300), st.sampled_from(["password", "secret", "token", "key", "weak"]))
def test_any_text_gets_an_answer(text: str, kind: str) -> None:
    credible = is_credible(kind, text, (text[:20],))
    assert not (credible and is_placeholder(text.strip(), (text[:20],)))
    assert 0 <= randomness(text) <= 1.0001
    kind_of_name(text)


@pytest.mark.parametrize("unit", ["${", "<", "a ", "x", "a/", "%", "ab1", "password", "{{", "aB"])
def test_long_values_are_answered_in_time(unit: str) -> None:
    text = unit * (400 // len(unit))
    is_placeholder(text)
    assert is_placeholder(text * 1000 + "!") is False
