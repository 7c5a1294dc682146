"""Providers' tokens in repositories: each is named once, where it stands, and what only looks like one is not."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from pathlib import Path

import pytest

from depcheck.cli import run

sys.path.insert(0, str(Path(__file__).parent.parent))

from secret_tokens import ALNUM, HEX, LOWER, Draw, Token, jwt, pem, tokens, with_crc

TOKENS = [
    token for token in tokens(21) if token.id not in ("private-key", "encoded-private-key", "cardano-signing-key")
]


def findings(
    root: Path, files: dict[str, str], capfd: pytest.CaptureFixture[str], *options: str
) -> list[tuple[str, ...]]:
    """Rule, severity, path and line, and message of each finding of the pack."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    assert run(["scan", str(root), "--format", "json", "--select", "secrets", "--no-config", *options]) in (0, 1)
    report = json.loads(capfd.readouterr().out)
    assert report["errors"] == []
    return [
        (
            each["rule"],
            each["severity"],
            f"{each['location']['path']}:{each['location']['start']['line']}",
            each["message"],
        )
        for each in report["findings"]
    ]


def vendors_named(found: list[tuple[str, ...]]) -> set[str]:
    return {token.vendor for token in TOKENS if any(f" {token.vendor} " in message for _, _, _, message in found)}


def each_per_line(lines: list[str]) -> str:
    return "\n".join(lines) + "\n"


def escaped(text: str) -> str:
    return text.replace("%", "%%")


def _allow(sid: str) -> dict[str, str]:
    return {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme/*", "Sid": sid}


LAYOUTS = {
    "app/.env.production": lambda made: each_per_line([f"{token.name}={token.text}" for token in made]),
    "compose.yaml": lambda made: (
        "services:\n  web:\n    image: acme/web:1.2\n    environment:\n"
        + each_per_line([f"      - {token.name}={token.text}" for token in made])
    ),
    ".github/workflows/deploy.yml": lambda made: (
        "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n"
        + each_per_line([f"      - run: true\n        env: {{{token.name}: '{token.text}'}}" for token in made])
    ),
    "deploy.sh": lambda made: "#!/bin/sh\n" + each_per_line([f"export {token.name}='{token.text}'" for token in made]),
    "main.tf": lambda made: each_per_line(
        [f'resource "acme" "a{at}" {{\n  {token.name} = "{escaped(token.text)}"\n}}' for at, token in enumerate(made)]
    ),
    "Dockerfile": lambda made: "FROM alpine:3.20\n" + each_per_line([f"ENV {t.name}='{t.text}'" for t in made]),
    "production.tfvars": lambda made: each_per_line([f'v{at}_{t.name} = "{t.text}"' for at, t in enumerate(made)]),
    "policy.json": lambda made: json.dumps(
        {"Version": "2012-10-17", "Statement": [_allow(f"{t.name}={t.text}") for t in made]}, indent=1
    ),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_each_vendor_is_named_once_in_every_format(
    name: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    found = findings(tmp_path, {name: LAYOUTS[name](TOKENS)}, capfd)
    told = [each for each in found if each[0] == "provider-token"]
    assert len(told) == len(TOKENS)
    assert vendors_named(told) == {token.vendor for token in TOKENS}
    places = [place for _, _, place, _ in found]
    assert len(places) == len(set(places)), "one defect, one finding"


def test_any_other_text_is_read_on_request(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    d = Draw(2)
    files = {
        "main.tf": "",
        "app/settings.py": each_per_line([f"{token.name} = '{token.text}'" for token in TOKENS]),
        "notes": f"call with {with_crc('ghp_', d.of(ALNUM, 30))}, then\n{pem(d)}\n",
        "logo.png": "\0\0" + with_crc("ghp_", d.of(ALNUM, 30)),
        "README.md": f"the token is `{with_crc('npm_', d.of(ALNUM, 30))}`\n",
        "old.txt": "caf\u00e9 " + with_crc("ghp_", d.of(ALNUM, 30)),
    }
    assert findings(tmp_path, files, capfd) == []
    (tmp_path / "old.txt").write_bytes(files["old.txt"].encode("latin-1"))
    found = findings(tmp_path, {}, capfd, "--all-text")
    assert vendors_named(found) == {token.vendor for token in TOKENS}
    beside = {(rule, place) for rule, _, place, _ in found if not place.startswith("app/")}
    assert beside == {
        ("provider-token", "notes:1"),
        ("private-key", "notes:2"),
        ("provider-token", "README.md:1"),
        ("provider-token", "old.txt:1"),
    }
    assert len(findings(tmp_path, {}, capfd, "--docs")) == 1


def test_names_on_other_lines_vouch_for_a_value(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    d = Draw(3)
    files = {
        "main.tf": f"""provider "datadog" {{
  api_key = "{d.of(HEX, 32)}"
  app_key = "{d.of(HEX, 40)}"
}}
provider "acme" {{
  api_key = "{d.of(HEX, 32)}"
}}
""",
        ".github/workflows/ci.yml": f"""on: push
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - uses: snyk/actions/node@v1
        with: {{token: {d.uuid()}}}
      - uses: actions/cache@{d.of(HEX, 40)}
        with: {{key: npm-{d.of(HEX, 64)}, path: x}}
""",
    }
    found = [
        (place, message.split(" stands")[0])
        for rule, _, place, message in findings(tmp_path, files, capfd)
        if rule == "provider-token"
    ]
    assert found == [
        (".github/workflows/ci.yml:7", "a Snyk API token"),
        ("main.tf:2", "a Datadog API key"),
        ("main.tf:3", "a Datadog application key"),
    ]


def test_what_a_token_can_do_decides_how_severe_it_is(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    d = Draw(4)
    lines = {
        "LIVE=sk_live_" + d.of(ALNUM, 24): ("critical", "a Stripe live secret key stands in app.env"),
        "TEST=sk_test_" + d.of(ALNUM, 24): ("medium", "a Stripe test secret key stands in app.env"),
        "KEY_ID=AKIA" + d.of("ABCDEFGHIJ234567", 16): ("low", "an AWS access key id stands in app.env"),
        "SESSION=" + jwt(d, {"iss": "https://acme.io"}): ("high", "a JSON web token stands in app.env"),
        "OLD=" + jwt(d, {"iss": "https://acme.io", "exp": 1_600_000_000}): (
            "low",
            "a JSON web token that has expired stands in app.env",
        ),
    }
    found = findings(tmp_path, {"app.env": each_per_line(list(lines))}, capfd, "--as-of", "2026-01-01")
    assert [each[1::2] for each in found] == list(lines.values())
    found = findings(tmp_path, {}, capfd, "--as-of", "2019-01-01")
    assert [each[1] for each in found] == ["critical", "medium", "low", "high", "high"]
    live = {"app.env": "", "tests/fixture.env": next(iter(lines)), ".env.example": next(iter(lines))}
    assert [each[1] for each in findings(tmp_path, live, capfd)] == ["high", "medium"]


def test_hashes_references_and_public_keys_are_none(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    d = Draw(5)
    publishable = base64.b64encode(b"clerk.acme.com$").decode()
    files = {
        "compose.yaml": f"""services:
  web:
    image: ghcr.io/acme/web@sha256:{d.of(HEX, 64)}
    environment:
      STRIPE_SECRET_KEY: ${{STRIPE_SECRET_KEY}}
      CLERK_PUBLISHABLE_KEY: pk_live_{publishable}
      POSTHOG_KEY: phc_{d.of(ALNUM, 43)}
      HEROKU_APP_ID: {d.uuid()}
      SUPABASE_ANON: {jwt(d, {"iss": "supabase", "ref": d.of(LOWER, 20), "role": "anon"})}
""",
        ".github/workflows/ci.yml": f"""on: push
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@{d.of(HEX, 40)}
      - run: echo {d.of(HEX, 64)} file | sha256sum -c
      - run: deploy
        env: {{SNYK_TOKEN: '${{{{ secrets.SNYK_TOKEN }}}}'}}
""",
        ".terraform.lock.hcl": f'provider "x" {{\n  hashes = ["h1:{d.base64(32)}", "zh:{d.of(HEX, 64)}"]\n}}\n',
    }
    assert findings(tmp_path, files, capfd) == []


def test_clerk_is_known_by_its_publishable_key_beside(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    d = Draw(6)
    publishable = base64.b64encode(b"clerk.acme.com$").decode()
    text = f"PUBLISHABLE=pk_live_{publishable}\nSERVER=sk_live_{d.of(ALNUM, 42)}\n"
    ((_, _, place, message),) = findings(tmp_path, {"app.env": text}, capfd)
    assert (place, message) == ("app.env:2", "a Clerk live secret key stands in app.env")


def test_a_secret_of_production_stays_there(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    d = Draw(7)
    shared, own = with_crc("ghp_", d.of(ALNUM, 30)), with_crc("ghp_", d.of(ALNUM, 30))
    files = {
        "deploy/production.env": f"A={shared}\nB_TOKEN={d.of(ALNUM, 24)}\n",
        "deploy/staging.env": f"OTHER={shared}\nB_TOKEN={d.of(ALNUM, 24)}\n",
        "deploy/development.env": f"A={own}\n",
        "deploy/preview.env": f"A={own}\n",
    }
    found = [each for each in findings(tmp_path, files, capfd) if each[0] == "secret-in-several-environments"]
    assert [each[2:] for each in found] == [("deploy/staging.env:1", "OTHER in staging has the secret of production")]


def test_an_env_file_with_a_token_is_one_with_secrets(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    d = Draw(9)
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    (tmp_path / "app.env").write_text(f"A=sk_live_{d.of(ALNUM, 24)}\nAPI_TOKEN={with_crc('ghp_', d.of(ALNUM, 30))}\n")
    subprocess.run(["git", "-C", str(tmp_path), "add", "app.env"], check=True)
    found = [each for each in findings(tmp_path, {}, capfd) if each[0] == "env-file-tracked"]
    assert [each[3] for each in found] == ["app.env holds 2 secrets and is tracked by git"]


def test_long_lines_and_data_are_no_obstacle(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    d = Draw(8)
    token = with_crc("ghp_", d.of(ALNUM, 30))
    files = {
        "policy.json": json.dumps({"Version": "2012-10-17", "Statement": [*[_allow("x")] * 400, _allow(token)]}),
        "app.env": f"BLOB={d.base64(150_000)}\nTOKEN={token}\n",
        "blob.yaml": f"data: '{'eyJ' * 50_000}'\n",
    }
    found = [each[2] for each in findings(tmp_path, files, capfd, "--all-text") if each[0] == "provider-token"]
    assert found == ["app.env:2", "policy.json:1"]


def named(token: Token) -> str:
    return token.id


@pytest.mark.parametrize("token", TOKENS[::9], ids=named)
def test_no_report_shows_more_than_the_public_prefix(
    token: Token, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "app.env").write_text(f"{token.name}={token.text} # {token.text}\n")
    for format in ("text", "json", "sarif", "html", "github", "junit", "markdown"):
        run(["scan", str(tmp_path), "--format", format, "--no-config"])
        out = capfd.readouterr()
        assert token.text[-12:] not in out.out + out.err
        assert token.vendor in out.out
