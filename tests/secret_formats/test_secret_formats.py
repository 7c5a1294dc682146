"""Formats of providers' secrets: the table, the tokens of many vendors, and what only looks like one."""

from __future__ import annotations

import base64
import json
import re
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from depcheck.secrets import find_in_text, find_in_value, prefilter
from depcheck.secrets.checks import CHECKS, learn
from depcheck.secrets.finding import Match
from depcheck.secrets.formats import table
from depcheck.secrets.names import gated_by
from depcheck.secrets.strength import is_filled_in

sys.path.insert(0, str(Path(__file__).parent.parent))

from secret_tokens import (
    ALNUM,
    BASE32,
    HEX,
    LOWER,
    SIXTY,
    UPPER,
    URLSAFE,
    Draw,
    Token,
    b64json,
    bech32,
    cardano,
    grafana,
    jwt,
    pem,
    placeholders,
    tokens,
    with_crc,
)

SEED = 7
TOKENS = tokens(SEED)


def secrets_of(found: list[Match]) -> list[Match]:
    return [each for each in found if each.verdict == "secret"]


# --- the table


def test_the_table_says_of_every_format_how_it_is_recognised_and_where_that_is_written() -> None:
    entries = json.loads((Path(__file__).parents[2] / "schemas" / "secret-formats.json").read_text("utf-8"))["formats"]
    assert len(entries) >= 90
    assert len({entry["id"] for entry in entries}) == len(entries)
    for entry in entries:
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", entry["id"])
        assert entry["source"].startswith("https://"), entry["id"]
        assert entry["kind"], entry["id"]
        assert {"prefix", "anchor", "gate"} & entry.keys(), entry["id"]
        assert "structure" in entry or {"alphabet", "length"} <= entry.keys(), entry["id"]
    for each in table().formats:
        assert each.pattern.groups <= 1 or "secret" in each.pattern.groupindex
        assert not each.check or each.check in CHECKS


def test_the_sixty_vendors_are_sixty() -> None:
    assert len(set(SIXTY)) == 60
    assert set(SIXTY) <= {token.vendor for token in TOKENS}


# --- what is one


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_of_sixty_vendors_tokens_at_least_58_are_named(seed: int) -> None:
    by_vendor: dict[str, Token] = {}
    for token in tokens(seed):
        by_vendor.setdefault(token.vendor, token)
    page = "\n".join(f"{by_vendor[vendor].name}={by_vendor[vendor].text}" for vendor in SIXTY if vendor != "Cardano")
    page += "\n" + by_vendor["Cardano"].text + "\n"
    named = [match.vendor for match in secrets_of(find_in_text(page))]
    assert len(named) <= 60
    assert len(set(named) & set(SIXTY)) >= 58


@pytest.mark.parametrize("token", TOKENS, ids=lambda token: token.id)
def test_each_token_is_told_by_its_value_and_its_name(token: Token) -> None:
    (match,) = secrets_of(find_in_value(token.text, f"services.web.environment.{token.name}"))
    assert (match.id, match.vendor) == (token.id, token.vendor)
    assert match.shown <= 48
    assert match.title.startswith(token.vendor)


SYNTAXES = {
    "env": "{name}={text}\n",
    "shell": "export {name}='{text}' # set\n",
    "yaml": "  {name}: {text}\n",
    "json": '{{"{name}": "{text}"}}\n',
    "toml": '{name} = "{text}"\n',
    "hcl": '  {name} = "{text}"\r\n',
    "ruby": "config['{name}'] => '{text}',\n",
    "table": "| `{name}={text}` |\n",
}


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_each_token_is_told_in_a_line_of_any_syntax_at_its_place(syntax: str) -> None:
    for token in TOKENS:
        if token.id in ("private-key", "cardano-signing-key"):
            continue
        line = "# é: one 'line' before\n" + SYNTAXES[syntax].format(name=token.name, text=token.text)
        found = secrets_of(find_in_text(line))
        assert [(each.id, each.vendor) for each in found] == [(token.id, token.vendor)], token.id
        told = line[found[0].start : found[0].end]
        assert told and told in token.text
        assert told == token.text or "=" in token.text or "|" in token.text or "https://" in token.text


def test_a_token_in_a_name_of_another_vendor_keeps_its_own() -> None:
    gated = [token for token in TOKENS if not find_in_value(token.text)]
    assert len(gated) > 20
    shared = {"sk_live_", "sk_test_", "whsec_"}
    for other in gated:
        for token in TOKENS:
            if token in gated or any(token.text.startswith(prefix) for prefix in shared):
                continue
            (match,) = secrets_of(find_in_value(token.text, other.name))
            assert match.vendor == token.vendor or not token.vendor, (token.id, other.name)


def test_no_format_takes_another_formats_token() -> None:
    known = {each.id: each for each in table().formats}
    families = {  # formats that share a form, and are told apart by a name or by what is inside
        frozenset({"stripe-live-secret-key", "clerk-secret-key", "paystack-secret-key", "workos-api-key"}),
        frozenset({"stripe-webhook-secret", "clerk-webhook-secret", "svix-webhook-secret"}),
        frozenset({"gcp-api-key", "firebase-web-api-key"}),
        frozenset({"stripe-test-secret-key", "workos-api-key"}),
    }
    for token in TOKENS:
        for each in known.values():
            if each.id == token.id or (each.gate and not each.prefixes) or each.beside:
                continue
            match = each.pattern.fullmatch(token.text)
            if match is None or any({each.id, token.id} <= family for family in families):
                continue
            if (
                each.check
                and learn(each.check, match["secret"] if "secret" in each.pattern.groupindex else token.text) is None
            ):
                continue
            assert each.gate and not gated_by(token.name), f"{each.id} takes {token.id}"


def test_formats_without_a_form_need_the_vendors_name_and_that_of_a_secret() -> None:
    uuid = Draw(3).uuid()
    assert [each.vendor for each in find_in_value(uuid, "SNYK_TOKEN")] == ["Snyk"]
    assert [each.vendor for each in find_in_value(f'"{uuid}"', "railwayApiToken")] == ["Railway"]
    assert [each.vendor for each in find_in_value(uuid, "provider.heroku.api_key")] == ["Heroku"]
    for name in ("SNYK_ORG_ID", "SNYK_TOKEN_ID", "HEROKU_APP_NAME", "REQUEST_TOKEN", "RAILWAY", ""):
        assert not find_in_value(uuid, name), name


def test_the_environment_is_told_by_the_token() -> None:
    d = Draw(4)
    told = {
        "sk_live_" + d.of(ALNUM, 24): "Stripe live secret key",
        "sk_test_" + d.of(ALNUM, 24): "Stripe test secret key",
        "rk_test_" + d.of(ALNUM, 24): "Stripe test restricted key",
        f"pdl_sdbx_apikey_01{d.of(LOWER, 24)}_{d.of(ALNUM, 22)}_abc": "Paddle test API key",
        f"dev:{d.word()}-{d.word()}-9|" + b64json({"v2": d.of(HEX, 32)}): "Convex test deploy key",
        f"prod:{d.word()}-{d.word()}-9|" + b64json({"v2": d.of(HEX, 32)}): "Convex live deploy key",
    }
    for text, title in told.items():
        assert [each.title for each in find_in_value(text)] == [title]


def test_clerk_is_told_from_stripe_by_name_and_by_its_publishable_key() -> None:
    d = Draw(5)
    secret = "sk_live_" + d.of(ALNUM, 42)
    publishable = "pk_live_" + base64.b64encode(b"clerk.acme.com$").decode()
    assert [each.vendor for each in find_in_value(secret, "CLERK_SECRET_KEY")] == ["Clerk"]
    assert [each.vendor for each in find_in_value(secret, "SECRET_KEY")] == ["Stripe"]
    found = find_in_text(f"PUBLISHABLE_KEY={publishable}\nSECRET_KEY={secret}\nPAY_KEY=sk_live_{d.of(ALNUM, 24)}\n")
    assert [(each.vendor, each.verdict) for each in found] == [
        ("Clerk", "public"),
        ("Clerk", "secret"),
        ("Stripe", "secret"),
    ]
    assert [each.vendor for each in find_in_value("pk_live_" + d.of(ALNUM, 90))] == ["Stripe"]


# --- what proves itself


@pytest.mark.parametrize(
    "text",
    [
        with_crc("ghp_", Draw(1).of(ALNUM, 30)),
        with_crc("npm_", Draw(1).of(ALNUM, 30)),
        grafana(Draw(1).of(ALNUM, 32)),
        bech32("stake_xsk", Draw(1).bytes(96)),
        bech32("age-secret-key-", Draw(1).bytes(32)).upper(),
    ],
)
def test_a_checksum_proves_a_token_and_refutes_a_changed_one(text: str) -> None:
    (match,) = find_in_value(text)
    assert (match.verdict, match.verified) == ("secret", True)
    at = len(text) - 12
    changed = text[:at] + next(each for each in ("2", "3") if each != text[at]) + text[at + 1 :]
    (other,) = find_in_value(changed)
    assert (other.verdict, other.verified) == ("invalid", False)


def test_web_tokens_are_judged_by_what_they_say() -> None:
    d = Draw(6)

    def told(claims: dict[str, object]) -> tuple[str, str, int | None]:
        (match,) = find_in_value(jwt(d, claims))
        return match.title, match.verdict, match.expires

    ref = d.of(LOWER, 20)
    assert told({"iss": "supabase", "ref": ref, "role": "service_role", "exp": 2_000_000_000}) == (
        "Supabase service_role key",
        "secret",
        2_000_000_000,
    )
    assert told({"iss": "supabase", "ref": ref, "role": "anon"}) == ("Supabase anon key", "public", None)
    assert told({"role": "anon", "iat": 1, "exp": 2_000_000_000})[1] == "public"
    assert told({"role": "admin", "sub": "7", "exp": 2_000_000_000})[0] == "JSON web token"
    assert told({"iss": "supabase-demo", "role": "service_role"})[1] == "placeholder"
    assert told({"iss": "https://login.acme.io", "sub": "robot"}) == ("JSON web token", "secret", None)
    assert told({"sub": "1234567890", "name": "John Doe", "iat": 1516239022})[1] == "placeholder"
    assert not find_in_value(f"eyJ{d.of(URLSAFE, 30)}.eyJ{d.of(URLSAFE, 30)}.{d.of(URLSAFE, 40)}")


# --- documents


def test_documents_that_hold_keys() -> None:
    d = Draw(8)
    key = pem(d)
    account = json.dumps({"type": "service_account", "project_id": "acme", "private_key": key + "\n"}, indent=2)
    logins = json.dumps({"auths": {"ghcr.io": {"auth": base64.b64encode(f"bot:{d.of(ALNUM, 20)}".encode()).decode()}}})
    cluster = f"users:\n- name: ci\n  user:\n    client-key-data: {base64.b64encode(key.encode()).decode()}\n"
    putty = "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: a\nPublic-Lines: 1\nAAAA\n"
    putty += f"Private-Lines: 1\n{d.base64(36)}\nPrivate-MAC: 00\n"
    for text, title in (
        (account, "Google Cloud service account key"),
        (json.dumps(json.loads(account)), "Google Cloud service account key"),
        (logins, "container registry login"),
        (cluster, "Kubernetes client key"),
        (putty, "PuTTY private key"),
        (f"tls:\n{key}\n", "private key"),
        (pem(d, "OPENSSH"), "OPENSSH private key"),
        ("KEY='" + key.replace("\n", "\\n") + "'", "private key"),
    ):
        assert [each.title for each in secrets_of(find_in_text(text))] == [title]
        assert [each.title for each in secrets_of(find_in_value(text))] == [title]


def test_only_signing_keys_of_cardano_are_secret() -> None:
    text = cardano(Draw(9))
    (match,) = find_in_text(text)
    assert text[match.start : match.end].startswith("5820")
    assert len(text[match.start : match.end]) == 68
    assert not find_in_text(text.replace("SigningKey", "VerificationKey"))


# --- what is none


def test_a_page_of_placeholders_and_public_keys_has_at_most_one_false_line() -> None:
    lines = placeholders().splitlines()
    by_text = [line for line in lines if secrets_of(find_in_text(line))]
    by_value = [line for line in lines if secrets_of(find_in_value(line.partition("=")[2], line.partition("=")[0]))]
    assert len(lines) > 50
    assert by_text == []
    assert by_value == []
    assert secrets_of(find_in_text(placeholders())) == []


@pytest.mark.parametrize(
    ("body", "filled_in"),
    [
        ("x" * 24, True),
        ("your-staging-access-token", True),
        ("00000000-0000-0000-0000-000000000000", True),
        ("abcabcabcabcabcabc", True),
        ("insertYourKeyHere", True),
        ("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB", True),
        (Draw(11).of(ALNUM, 24), False),
        (Draw(11).of(HEX, 32), False),
        (Draw(11).of(BASE32, 16), False),
        (Draw(11).of(UPPER, 27), False),
        (Draw(11).uuid(), False),
    ],
)
def test_what_a_person_filled_in_was_not_drawn(body: str, filled_in: bool) -> None:
    assert is_filled_in(body) is filled_in


# --- any text


def test_without_the_automaton_the_same_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    page = placeholders() + "\n".join(f"{token.name}: {token.text}" for token in TOKENS)
    by_automaton = [(each.id, each.start, each.end) for each in find_in_text(page)]
    assert [(each.id, each.start, each.end) for each in find_in_text(page, little=True)] == by_automaton
    prefilter.searcher.cache_clear()
    monkeypatch.setitem(sys.modules, "ahocorasick_rs", None)
    assert [(each.id, each.start, each.end) for each in find_in_text(page)] == by_automaton
    prefilter.searcher.cache_clear()
    assert len(by_automaton) > 150


_PIECES = st.sampled_from(
    [
        *table().literals,
        *table().names,
        "=",
        ":",
        '"',
        "\n",
        " ",
        "eyJ",
        "-----BEGIN PRIVATE KEY-----",
        "é",
        "İ",
        "\ue000",
    ]
    + [token.text for token in TOKENS[:40]]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(_PIECES | st.text(max_size=12), max_size=30), st.text(max_size=20))
def test_no_text_breaks_it_and_places_stand_in_it(pieces: list[str], name: str) -> None:
    text = "".join(pieces)
    for found in (find_in_text(text), find_in_value(text, name)):
        end = 0
        for each in found:
            assert end <= each.start < each.end <= len(text)
            assert 0 <= each.shown <= each.end - each.start
            end = each.end


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([token for token in TOKENS if token.id in [each.id for each in find_in_value(token.text)]]),
    st.text(st.characters(exclude_characters="\\"), max_size=30),
    st.sampled_from("\n \t\"'`(=,;<>|é"),
)
def test_a_token_is_found_whatever_stands_around_it(token: Token, around: str, edge: str) -> None:
    text = f"{around}\n{edge}{token.text}{edge}\n{around}"
    assert token.id in [each.id for each in find_in_text(text)]


def test_a_signed_address_ends_on_the_day_that_it_names() -> None:
    d = Draw(13)
    address = f"https://{d.word()}.blob.core.windows.net/x?sv=2022-11-02&se=%s&sr=b&sp=r&sig={d.of(ALNUM, 43)}%%3D"
    (match,) = find_in_value(address % "2024-12-10T12%3A00%3A00Z")
    assert (match.vendor, match.expires) == ("Azure Storage", 1_733_875_200)
    (match,) = find_in_value(address % "2024-99-99")
    assert match.expires is None


def test_half_a_character_hides_nothing() -> None:
    token = with_crc("ghp_", Draw(12).of(ALNUM, 30))
    assert [each.vendor for each in find_in_text(f"\ud800 A={token} \udfff\n")] == ["GitHub"]
    assert [each.vendor for each in find_in_value(f"\ud800 {token}")] == ["GitHub"]


BEGINNINGS = """eyJ. eyJhbGciOiJub25l.eyJ AKIA AZDO sk- sig= hooks.slack.com/ datadog_key= "service_account" "auths":
SigningKey client-key-data:LS0t PuTTY-User-Key-File-2: xoxb-1 prod:a-a-1| https://a:b@ AccountKey= fm2_ :A ik_"""


@pytest.mark.parametrize("piece", [*BEGINNINGS.split(), f"-----BEGIN {'PRIVATE KEY'}-----", "A" * 64 + "\n"])
def test_long_lines_of_beginnings_are_read_to_their_end(piece: str) -> None:
    assert secrets_of(find_in_text(piece * (60_000 // len(piece)))) == []


def test_a_key_of_google_beside_the_settings_of_firebase_is_made_to_be_seen() -> None:
    key = "AIza" + Draw(14).of(URLSAFE, 35)
    settings = (
        f'const config = {{\n  apiKey: "{key}",\n  authDomain: "acme.firebaseapp.com",\n  projectId: "acme",\n}};\n'
    )
    assert [each.verdict for each in find_in_text(settings)] == ["public"]
    assert [each.verdict for each in find_in_text(f'client = Client(api_key="{key}")\n')] == ["secret"]
