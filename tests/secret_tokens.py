"""Tokens for tests, put together from what vendors say of them; nothing here knows how depcheck looks for one.

Each line of :func:`tokens` is what one vendor says of its token: how it begins, over which characters and how long its
body is drawn, which checksum it ends in. Bodies are drawn anew for every seed, so no token stands in the repository.
"""

from __future__ import annotations

import base64
import json
import random
import string
import zlib
from typing import NamedTuple

DIGITS = string.digits
HEX = "0123456789abcdef"
LOWER = string.ascii_lowercase + DIGITS
UPPER = string.ascii_uppercase + DIGITS
LETTERS = string.ascii_letters
ALNUM = LETTERS + DIGITS
URLSAFE = ALNUM + "-_"
BASE64 = ALNUM + "+/"
BASE32 = string.ascii_uppercase + "234567"
BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


class Token(NamedTuple):
    """A token, whose it is, the format it should be told as, and the name of a variable that may hold it."""

    id: str
    vendor: str
    name: str
    text: str


class Draw:
    """Draws bodies of tokens; the same seed draws the same."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def of(self, characters: str, size: int) -> str:
        """A body that no rule of thumb takes for one written by hand: no edge that is a sign, several kinds in it."""
        while True:
            body = "".join(self._random.choice(characters) for _ in range(size))
            edges = body[0].isalnum() and body[-1].isalnum()
            kinds = len({kind(char) for char in body}) >= min(3, len({kind(char) for char in characters}))
            if edges and (kinds or size < 8):
                return body

    def uuid(self) -> str:
        """Version 4, random."""
        body = self.of(HEX, 32)
        return f"{body[:8]}-{body[8:12]}-4{body[13:16]}-a{body[17:20]}-{body[20:]}"

    def word(self) -> str:
        """A word as products make them up."""
        return "".join(self._random.choice(string.ascii_lowercase) for _ in range(7))

    def bytes(self, size: int) -> bytes:
        """Random bytes."""
        return self._random.randbytes(size)

    def base64(self, size: int) -> str:
        """Random bytes in base 64."""
        return base64.b64encode(self.bytes(size)).decode()


def kind(char: str) -> str:
    """Small letter, capital, digit or sign."""
    return "a" if char.islower() else "A" if char.isupper() else "0" if char.isdigit() else "-"


def base62(number: int, size: int) -> str:
    """A number in digits, capitals, small letters; zeros in front."""
    digits = DIGITS + string.ascii_uppercase + string.ascii_lowercase
    out = ""
    for _ in range(size):
        number, rest = divmod(number, 62)
        out = digits[rest] + out
    return out


def with_crc(prefix: str, body: str) -> str:
    """GitHub's way: behind the body its CRC-32 in six characters."""
    return prefix + body + base62(zlib.crc32(body.encode()), 6)


def grafana(body: str) -> str:
    """Grafana's way: the CRC-32 of all ahead of it in hexadecimal, its bytes turned round."""
    head = "glsa_" + body
    return f"{head}_{zlib.crc32(head.encode()).to_bytes(4, 'little').hex()}"


def b64json(content: dict[str, object], *, padded: bool = True) -> str:
    """An object as JSON in base 64."""
    text = base64.b64encode(json.dumps(content, separators=(",", ":")).encode()).decode()
    return text if padded else text.rstrip("=").replace("+", "-").replace("/", "_")


def jwt(draw: Draw, claims: dict[str, object]) -> str:
    """A signed JSON web token."""
    head = b64json({"alg": "HS256", "typ": "JWT"}, padded=False)
    return f"{head}.{b64json(claims, padded=False)}.{draw.of(URLSAFE, 43)}"


def bech32(prefix: str, data: bytes) -> str:
    """BIP 173: five bits a character, and a checksum over prefix and data."""
    bits = "".join(f"{each:08b}" for each in data)
    bits += "0" * (-len(bits) % 5)
    values = [int(bits[at : at + 5], 2) for at in range(0, len(bits), 5)]
    spread = [ord(each) >> 5 for each in prefix] + [0] + [ord(each) & 31 for each in prefix]
    state = 1
    for value in [*spread, *values, 0, 0, 0, 0, 0, 0]:
        top = state >> 25
        state = (state & 0x1FFFFFF) << 5 ^ value
        for bit, part in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            state ^= part if top >> bit & 1 else 0
    state ^= 1
    checksum = [state >> 5 * (5 - at) & 31 for at in range(6)]
    return prefix + "1" + "".join(BECH32[each] for each in values + checksum)


def pem(draw: Draw, label: str = "") -> str:
    """A private key as RFC 7468 writes it."""
    body = draw.base64(600)
    name = f"{label} PRIVATE KEY".strip()
    lines = [body[at : at + 64] for at in range(0, len(body), 64)]
    return "\n".join((f"-----BEGIN {name}-----", *lines, f"-----END {name}-----"))


def tokens(seed: int = 1) -> list[Token]:
    """One token of every kind that has a name, a body and nothing around it."""
    d = Draw(seed)
    return [*_clouds(d), *_forges(d), *_payments(d), *_messages(d), *_watchers(d), *_models(d), *_hosts(d), *_others(d)]


def _clouds(d: Draw) -> list[Token]:
    host = d.word()
    return [
        Token("aws-access-key-id", "AWS", "AWS_ACCESS_KEY_ID", "AKIA" + d.of(BASE32, 16)),
        Token("aws-temporary-access-key-id", "AWS", "KEY_ID", "ASIA" + d.of(BASE32, 16)),
        Token("aws-secret-access-key", "AWS", "AWS_SECRET_ACCESS_KEY", d.of(BASE64, 40)),
        Token("aws-session-token", "AWS", "SESSION", "IQoJb3JpZ2luX2Vj" + d.base64(300)),
        Token("aws-bedrock-api-key", "Amazon Bedrock", "LLM_KEY", "ABSKQmVkcm9ja0FQSUtleS" + d.of(BASE64, 108) + "="),
        Token("gcp-api-key", "Google Cloud", "TRANSLATE_KEY", "AIza" + d.of(URLSAFE, 35)),
        Token("gemini-api-key", "Gemini", "LLM_KEY", "AQ.Ab8RN6" + d.of(URLSAFE, 44)),
        Token("google-oauth-client-secret", "Google", "OAUTH_SECRET", "GOCSPX-" + d.of(URLSAFE, 28)),
        Token("google-oauth-access-token", "Google", "TOKEN", "ya29." + d.of(URLSAFE, 180)),
        Token(
            "azure-client-secret", "Microsoft Entra", "CLIENT_SECRET", f"{d.of(ALNUM, 3)}8Q~{d.of(ALNUM + '~.', 34)}"
        ),
        Token(
            "azure-storage-account-key",
            "Azure Storage",
            "STORAGE",
            f"DefaultEndpointsProtocol=https;AccountName={host};AccountKey={d.of(BASE64, 86)}==;EndpointSuffix=core.x",
        ),
        Token(
            "azure-shared-access-key",
            "Azure Service Bus",
            "BUS",
            f"Endpoint=sb://{host}.servicebus.windows.net/;SharedAccessKeyName=A;SharedAccessKey={d.of(BASE64, 43)}=",
        ),
        Token(
            "azure-app-configuration",
            "Azure App Configuration",
            "APP_CONFIG",
            f"Endpoint=https://{host}.azconfig.io;Id={d.of(ALNUM, 8)};Secret={d.of(BASE64, 43)}=",
        ),
        Token("azure-container-registry", "Azure Container Registry", "PW", f"{d.of(BASE64, 42)}+ACR{d.of(ALNUM, 6)}"),
        Token("azure-devops-token", "Azure DevOps", "PIPELINE_PAT", f"{d.of(ALNUM, 76)}AZDO{d.of(ALNUM, 4)}"),
        Token("alibaba-access-key-id", "Alibaba Cloud", "ALI", "LTAI" + d.of(ALNUM, 20)),
        Token("digitalocean-token", "DigitalOcean", "DO_TOKEN", "dop_v1_" + d.of(HEX, 64)),
        Token("linode-token", "Linode", "LINODE_TOKEN", d.of(HEX, 64)),
        Token("hetzner-token", "Hetzner", "HCLOUD_TOKEN", d.of(ALNUM, 64)),
        Token("scaleway-secret-key", "Scaleway", "SCW_SECRET_KEY", d.uuid()),
    ]


def _forges(d: Draw) -> list[Token]:
    return [
        Token("github-personal-access-token", "GitHub", "GH", with_crc("ghp_", d.of(ALNUM, 30))),
        Token("github-oauth-token", "GitHub", "GH", with_crc("gho_", d.of(ALNUM, 30))),
        Token("github-app-user-token", "GitHub", "GH", with_crc("ghu_", d.of(ALNUM, 30))),
        Token("github-app-installation-token", "GitHub", "GH", with_crc("ghs_", d.of(ALNUM, 30))),
        Token("github-refresh-token", "GitHub", "GH", with_crc("ghr_", d.of(ALNUM, 70))),
        Token("github-fine-grained-token", "GitHub", "GH", f"github_pat_{d.of(ALNUM, 22)}_{d.of(ALNUM, 59)}"),
        Token(
            "github-app-installation-jwt",
            "GitHub",
            "GH",
            f"ghs_{d.of(DIGITS, 6)}_" + jwt(d, {"iss": d.of(DIGITS, 6), "exp": 1_900_000_000}),
        ),
        Token("gitlab-personal-access-token", "GitLab", "GL", "glpat-" + d.of(URLSAFE, 20)),
        Token("gitlab-routable-token", "GitLab", "GL", f"glpat-{d.of(URLSAFE, 40)}.01.{d.of(LOWER, 9)}"),
        Token("gitlab-deploy-token", "GitLab", "GL", "gldt-" + d.of(URLSAFE, 20)),
        Token("gitlab-runner-token", "GitLab", "GL", "glrt-t1_" + d.of(URLSAFE, 20)),
        Token("gitlab-trigger-token", "GitLab", "GL", "glptt-" + d.of(HEX, 40)),
        Token("gitlab-job-token", "GitLab", "GL", "glcbt-64_" + d.of(URLSAFE, 20)),
        Token("gitlab-agent-token", "GitLab", "GL", "glagent-" + d.of(URLSAFE, 50)),
        Token("npm-token", "npm", "NPM", with_crc("npm_", d.of(ALNUM, 30))),
        Token("npm-legacy-token", "npm", "NPMRC", f"//registry.npmjs.org/:_authToken={d.uuid()}"),
        Token("pypi-token", "PyPI", "TWINE", "pypi-AgEIcHlwaS5vcmc" + d.of(URLSAFE, 150)),
        Token("rubygems-key", "RubyGems", "GEM", "rubygems_" + d.of(HEX, 48)),
        Token("crates-io-token", "crates.io", "CARGO", "cio" + d.of(ALNUM, 32)),
        Token("nuget-api-key", "NuGet", "NUGET", "oy2" + d.of(LOWER, 43)),
        Token("dockerhub-token", "Docker Hub", "HUB", "dckr_pat_" + d.of(URLSAFE, 27)),
        Token("dockerhub-org-token", "Docker Hub", "HUB", "dckr_oat_" + d.of(URLSAFE, 32)),
        Token("docker-swarm-token", "Docker Swarm", "JOIN", f"SWMTKN-1-{d.of(LOWER, 50)}-{d.of(LOWER, 25)}"),
        Token("circleci-token", "CircleCI", "CI", f"CCIPAT_{d.of(ALNUM, 22)}_{d.of(HEX, 40)}"),
        Token("buildkite-token", "Buildkite", "CI", "bkua_" + d.of(HEX, 40)),
        Token("sonar-token", "SonarQube", "SCAN", "squ_" + d.of(HEX, 40)),
        Token("codecov-token", "Codecov", "CODECOV_TOKEN", d.uuid()),
        Token("snyk-token", "Snyk", "SNYK_TOKEN", d.uuid()),
        Token("jfrog-reference-token", "JFrog", "JF", _reftkn(d)),
        Token("terraform-cloud-token", "HCP Terraform", "TFC", f"{d.of(ALNUM, 14)}.atlasv1.{d.of(ALNUM, 67)}"),
        Token("pulumi-token", "Pulumi", "IAC", "pul-" + d.of(HEX, 40)),
        Token("infracost-key", "Infracost", "COST", "ico-" + d.of(ALNUM, 32)),
    ]


def _reftkn(d: Draw) -> str:
    return base64.b64encode(f"reftkn:01:1900000000:{d.of(ALNUM, 27)}".encode()).decode().rstrip("=")


def _payments(d: Draw) -> list[Token]:
    return [
        Token("stripe-live-secret-key", "Stripe", "PAY", "sk_live_" + d.of(ALNUM, 24)),
        Token("stripe-test-secret-key", "Stripe", "PAY", "sk_test_51" + d.of(ALNUM, 97)),
        Token("stripe-restricted-key", "Stripe", "PAY", "rk_live_51" + d.of(ALNUM, 97)),
        Token("stripe-webhook-secret", "Stripe", "HOOK", "whsec_" + d.of(ALNUM, 32)),
        Token("svix-webhook-secret", "Svix", "HOOK", "whsec_" + d.of(BASE64, 31) + "="),
        Token("clerk-secret-key", "Clerk", "CLERK_SECRET_KEY", "sk_live_" + d.of(ALNUM, 42)),
        Token("paystack-secret-key", "Paystack", "PAYSTACK_SECRET_KEY", "sk_live_" + d.of(HEX, 40)),
        Token(
            "paddle-api-key",
            "Paddle",
            "PAY",
            f"pdl_live_apikey_01{d.of(LOWER, 24)}_{d.of(ALNUM, 22)}_{d.of(ALNUM, 3)}",
        ),
        Token("square-access-token", "Square", "PAY", "EAAA" + d.of(URLSAFE, 60)),
        Token("shopify-access-token", "Shopify", "SHOP", "shpat_" + d.of(HEX, 32)),
        Token("flutterwave-secret-key", "Flutterwave", "PAY", f"FLWSECK-{d.of(HEX, 32)}-X"),
        Token("shippo-token", "Shippo", "SHIP", "shippo_live_" + d.of(HEX, 40)),
        Token("easypost-key", "EasyPost", "SHIP", "EZAK" + d.of(ALNUM, 54)),
        Token("duffel-token", "Duffel", "FLY", "duffel_live_" + d.of(URLSAFE, 43)),
        Token("blockfrost-mainnet-project", "Blockfrost", "CHAIN", "mainnet" + d.of(ALNUM, 32)),
        Token("cardano-bech32-key", "Cardano", "CHAIN", bech32("addr_xsk", d.bytes(96))),
        Token("cardano-signing-key", "Cardano", "CHAIN", cardano(d)),
    ]


def cardano(d: Draw) -> str:
    """A signing key in the envelope of cardano-cli: CBOR, a string of 32 bytes."""
    kind = "PaymentSigningKeyShelley_ed25519"
    return json.dumps(
        {"type": kind, "description": "Payment Signing Key", "cborHex": "5820" + d.bytes(32).hex()}, indent=4
    )


def _messages(d: Draw) -> list[Token]:
    app = d.of(DIGITS, 12)
    bot = base64.b64encode(("1" + d.of(DIGITS, 17)).encode()).decode()
    return [
        Token("slack-bot-token", "Slack", "CHAT", f"xoxb-{app}-{d.of(DIGITS, 12)}-{d.of(ALNUM, 24)}"),
        Token("slack-user-token", "Slack", "CHAT", f"xoxp-{app}-{d.of(DIGITS, 12)}-{d.of(HEX, 32)}"),
        Token("slack-app-token", "Slack", "CHAT", f"xapp-1-A{d.of(UPPER, 10)}-{app}-{d.of(HEX, 64)}"),
        Token(
            "slack-webhook",
            "Slack",
            "CHAT",
            f"https://hooks.slack.com/services/T{d.of(UPPER, 10)}/B{d.of(UPPER, 10)}/{d.of(ALNUM, 24)}",
        ),
        Token("postmark-token", "Postmark", "POSTMARK_SERVER_TOKEN", d.uuid()),
        Token("resend-api-key", "Resend", "MAIL", f"re_{d.of(ALNUM, 8)}_{d.of(ALNUM, 24)}"),
        Token("sendgrid-api-key", "SendGrid", "MAIL", f"SG.{d.of(URLSAFE, 22)}.{d.of(URLSAFE, 43)}"),
        Token("twilio-auth-token", "Twilio", "TWILIO_AUTH_TOKEN", d.of(HEX, 32)),
        Token("mailgun-private-key", "Mailgun", "MAIL", "key-" + d.of(HEX, 32)),
        Token("mailchimp-api-key", "Mailchimp", "MAIL", d.of(HEX, 32) + "-us21"),
        Token("brevo-api-key", "Brevo", "MAIL", f"xkeysib-{d.of(HEX, 64)}-{d.of(ALNUM, 16)}"),
        Token(
            "telegram-bot-token", "Telegram", "BOT", f"{d.of('123456789', 1)}{d.of(DIGITS, 9)}:AA{d.of(URLSAFE, 33)}"
        ),
        Token("discord-bot-token", "Discord", "DISCORD_TOKEN", f"{bot}.{d.of(ALNUM, 6)}.{d.of(URLSAFE, 38)}"),
        Token(
            "discord-webhook",
            "Discord",
            "HOOK",
            f"https://discord.com/api/webhooks/1{d.of(DIGITS, 18)}/{d.of(URLSAFE, 68)}",
        ),
        Token("linear-api-key", "Linear", "WORK", "lin_api_" + d.of(ALNUM, 40)),
        Token("notion-token", "Notion", "WORK", f"ntn_{d.of(DIGITS, 11)}{d.of(ALNUM, 35)}"),
        Token("figma-token", "Figma", "WORK", "figd_" + d.of(URLSAFE, 40)),
        Token(
            "atlassian-api-token", "Atlassian", "WORK", "ATATT3xFfGF0" + d.of(URLSAFE, 172) + "=" + d.of(HEX, 8).upper()
        ),
        Token("bitbucket-app-password", "Bitbucket", "WORK", "ATBB" + d.of(ALNUM, 32)),
        Token("hubspot-token", "HubSpot", "CRM", "pat-na1-" + d.uuid()),
        Token("airtable-token", "Airtable", "AIRTABLE_TOKEN", f"pat{d.of(ALNUM, 14)}.{d.of(HEX, 64)}"),
        Token("contentful-token", "Contentful", "CMS", "CFPAT-" + d.of(URLSAFE, 43)),
        Token("postman-api-key", "Postman", "TEST", f"PMAK-{d.of(HEX, 24)}-{d.of(HEX, 34)}"),
        Token(
            "mapbox-secret-token",
            "Mapbox",
            "MAP",
            f"sk.{b64json({'u': d.word(), 'a': d.of(LOWER, 25)}, padded=False)}.{d.of(URLSAFE, 22)}",
        ),
    ]


def _watchers(d: Draw) -> list[Token]:
    return [
        Token(
            "sentry-org-token",
            "Sentry",
            "ERRORS",
            "sntrys_"
            + b64json({"iat": 1690000000.5, "url": "https://sentry.io", "org": d.word()})
            + "_"
            + d.of(BASE64, 43),
        ),
        Token("sentry-user-token", "Sentry", "ERRORS", "sntryu_" + d.of(HEX, 64)),
        Token("datadog-api-key", "Datadog", "DD_API_KEY", d.of(HEX, 32)),
        Token("datadog-app-key", "Datadog", "DATADOG_APP_KEY", d.of(HEX, 40)),
        Token("newrelic-user-key", "New Relic", "APM", "NRAK-" + d.of(UPPER, 27)),
        Token("newrelic-license-key", "New Relic", "APM", d.of(HEX, 36) + "NRAL"),
        Token("grafana-service-account-token", "Grafana", "DASH", grafana(d.of(ALNUM, 32))),
        Token(
            "grafana-cloud-token",
            "Grafana Cloud",
            "DASH",
            "glc_" + b64json({"o": "123456", "n": d.word(), "k": d.of(ALNUM, 24)}),
        ),
        Token("grafana-api-key", "Grafana", "DASH", b64json({"k": d.of(ALNUM, 32), "n": d.word(), "id": 1})),
        Token("honeycomb-ingest-key", "Honeycomb", "TRACE", "hcaik_" + d.of(LOWER, 58)),
        Token("pagerduty-user-token", "PagerDuty", "PAGERDUTY_TOKEN", "u+" + d.of(URLSAFE, 18)),
        Token("pagerduty-routing-key", "PagerDuty", "PAGERDUTY_ROUTING_KEY", d.of(HEX, 32)),
        Token("axiom-token", "Axiom", "LOGS", "xaat-" + d.uuid()),
        Token("dynatrace-token", "Dynatrace", "APM", f"dt0c01.{d.of(UPPER, 24)}.{d.of(UPPER, 64)}"),
        Token("launchdarkly-sdk-key", "LaunchDarkly", "FLAGS", "sdk-" + d.uuid()),
        Token("posthog-personal-key", "PostHog", "EVENTS", "phx_" + d.of(ALNUM, 43)),
        Token("rollbar-token", "Rollbar", "ROLLBAR_ACCESS_TOKEN", d.of(HEX, 32)),
    ]


def _models(d: Draw) -> list[Token]:
    return [
        Token("openai-api-key", "OpenAI", "LLM", f"sk-proj-{d.of(URLSAFE, 74)}T3BlbkFJ{d.of(URLSAFE, 74)}"),
        Token("openai-legacy-key", "OpenAI", "LLM", f"sk-{d.of(ALNUM, 20)}T3BlbkFJ{d.of(ALNUM, 20)}"),
        Token("anthropic-api-key", "Anthropic", "LLM", f"sk-ant-api03-{d.of(URLSAFE, 93)}AA"),
        Token("groq-api-key", "Groq", "LLM", "gsk_" + d.of(ALNUM, 52)),
        Token("xai-api-key", "xAI", "LLM", "xai-" + d.of(ALNUM, 80)),
        Token("openrouter-api-key", "OpenRouter", "LLM", "sk-or-v1-" + d.of(HEX, 64)),
        Token("huggingface-token", "Hugging Face", "LLM", "hf_" + d.of(LETTERS, 34)),
        Token("replicate-token", "Replicate", "LLM", "r8_" + d.of(ALNUM, 37)),
        Token("langfuse-secret-key", "Langfuse", "LLM", "sk-lf-" + d.uuid()),
        Token("langsmith-api-key", "LangSmith", "LLM", f"lsv2_pt_{d.of(HEX, 32)}_{d.of(HEX, 10)}"),
        Token("elevenlabs-api-key", "ElevenLabs", "VOICE", "sk_" + d.of(HEX, 48)),
        Token("perplexity-api-key", "Perplexity", "LLM", "pplx-" + d.of(ALNUM, 48)),
        Token("pinecone-api-key", "Pinecone", "VECTORS", f"pcsk_{d.of(ALNUM, 6)}_{d.of(ALNUM, 63)}"),
        Token("nvidia-api-key", "NVIDIA", "LLM", "nvapi-" + d.of(URLSAFE, 64)),
        Token("firecrawl-api-key", "Firecrawl", "LLM", "fc-" + d.of(HEX, 32)),
        Token("mistral-api-key", "Mistral", "MISTRAL_API_KEY", d.of(ALNUM, 32)),
        Token("cohere-api-key", "Cohere", "COHERE_API_KEY", d.of(ALNUM, 40)),
    ]


def _hosts(d: Draw) -> list[Token]:
    deploy = f"prod:{d.word()}-{d.word()}-123|"
    return [
        Token("convex-deploy-key", "Convex", "BACKEND", deploy + b64json({"v2": d.of(HEX, 32)})),
        Token("supabase-access-token", "Supabase", "DB", "sbp_" + d.of(HEX, 40)),
        Token("supabase-secret-key", "Supabase", "DB", "sb_secret_" + d.of(URLSAFE, 31)),
        Token(
            "json-web-token",
            "Supabase",
            "DB",
            jwt(d, {"iss": "supabase", "ref": d.of(LOWER, 20), "role": "service_role"}),
        ),
        Token("vercel-token", "Vercel", "HOST", "vcp_" + d.of(ALNUM, 56)),
        Token("vercel-legacy-token", "Vercel", "VERCEL_TOKEN", d.of(ALNUM, 24)),
        Token("expo-token", "Expo", "EXPO_TOKEN", d.of(URLSAFE, 40)),
        Token("railway-token", "Railway", "RAILWAY_TOKEN", d.uuid()),
        Token("heroku-api-key", "Heroku", "HEROKU_API_KEY", d.uuid()),
        Token("heroku-api-key-2", "Heroku", "HOST", "HRKU-AA" + d.of(URLSAFE, 58)),
        Token("cloudflare-api-token", "Cloudflare", "DNS", "cfut_" + d.of(ALNUM, 40) + d.of(HEX, 8)),
        Token("cloudflare-legacy-token", "Cloudflare", "CLOUDFLARE_API_TOKEN", d.of(URLSAFE, 40)),
        Token("cloudflare-legacy-global-key", "Cloudflare", "CLOUDFLARE_API_KEY", d.of(HEX, 37)),
        Token("cloudflare-origin-ca-key", "Cloudflare", "CA", f"v1.0-{d.of(HEX, 24)}-{d.of(HEX, 146)}"),
        Token(
            "cloudflare-tunnel-token",
            "Cloudflare",
            "TUNNEL",
            b64json({"a": d.of(HEX, 32), "t": d.uuid(), "s": d.base64(32)}),
        ),
        Token("fly-token", "Fly.io", "HOST", "FlyV1 fm2_" + d.base64(300)),
        Token("render-api-key", "Render", "HOST", "rnd_" + d.of(ALNUM, 28)),
        Token("neon-api-key", "Neon", "DB", "napi_" + d.of(LOWER, 64)),
        Token("netlify-token", "Netlify", "HOST", "nfp_" + d.of(ALNUM, 36)),
        Token("upstash-token", "Upstash", "UPSTASH_REDIS_REST_TOKEN", d.base64(38)),
        Token("qstash-token", "Upstash", "QUEUE", b64json({"UserID": d.uuid(), "Password": d.of(HEX, 32)})),
        Token("aiven-service-password", "Aiven", "DB", "AVNS_" + d.of(URLSAFE, 19)),
        Token("mongodb-atlas-secret", "MongoDB Atlas", "DB", "mdb_sa_sk_" + d.of(URLSAFE, 40)),
        Token("planetscale-token", "PlanetScale", "DB", "pscale_tkn_" + d.of(URLSAFE, 43)),
        Token("databricks-token", "Databricks", "DB", "dapi" + d.of(HEX, 32)),
        Token("tailscale-key", "Tailscale", "NET", f"tskey-auth-k{d.of(ALNUM, 12)}CNTRL-{d.of(ALNUM, 32)}"),
        Token("doppler-token", "Doppler", "STORE", f"dp.st.{d.word()}.{d.of(ALNUM, 43)}"),
        Token("vault-service-token", "Vault", "STORE", "hvs." + d.of(URLSAFE, 95)),
        Token(
            "1password-service-account-token",
            "1Password",
            "STORE",
            "ops_" + b64json({"signInAddress": "my.1password.com", "key": d.of(ALNUM, 220)}),
        ),
    ]


def _others(d: Draw) -> list[Token]:
    return [
        Token("trigger-dev-key", "Trigger.dev", "JOBS", "tr_prod_" + d.of(ALNUM, 20)),
        Token("inngest-signing-key", "Inngest", "JOBS", "signkey-prod-" + d.of(HEX, 64)),
        Token("liveblocks-secret-key", "Liveblocks", "LIVE", "sk_prod_" + d.of(URLSAFE, 64)),
        Token("polar-token", "Polar", "PAY", "polar_oat_" + d.of(ALNUM, 43)),
        Token("prefect-key", "Prefect", "JOBS", "pnu_" + d.of(ALNUM, 36)),
        Token("algolia-admin-key", "Algolia", "ALGOLIA_ADMIN_API_KEY", d.of(HEX, 32)),
        Token("okta-token", "Okta", "OKTA_API_TOKEN", "00" + d.of(URLSAFE, 40)),
        Token("age-secret-key", "age", "SOPS", bech32("age-secret-key-", d.bytes(32)).upper()),
        Token("private-key", "", "TLS", pem(d)),
        Token("encoded-private-key", "", "TLS", base64.b64encode(pem(d, "RSA").encode()).decode()),
    ]


#: The vendors whose tokens stand in the deployments of small products.
SIXTY = (
    """
    AWS,Google Cloud,Google,Gemini,Azure Storage,Microsoft Entra,GitHub,GitLab,Slack,Stripe,Clerk,Convex,Postmark,
    Resend,SendGrid,Twilio,Mailgun,Mailchimp,Brevo,Sentry,Datadog,New Relic,Grafana,Honeycomb,PagerDuty,Supabase,OpenAI,
    Anthropic,PostHog,Vercel,Expo,Blockfrost,Cardano,Snyk,Railway,Heroku,npm,PyPI,Docker Hub,Cloudflare,Fly.io,
    Render,Neon,Netlify,DigitalOcean,Upstash,HCP Terraform,Pulumi,Doppler,Vault,1Password,Groq,Hugging Face,Linear,
    Notion,Shopify,PlanetScale,Databricks,Telegram,Discord
""".replace("\n    ", "")
    .strip()
    .split(",")
)


def placeholders() -> str:
    """A page of what looks like secrets and is none: placeholders, public keys, identifiers, references."""
    d = Draw(10)
    publishable = base64.b64encode(b"apt-clam-12.clerk.accounts.dev$").decode()
    anon = jwt(d, {"iss": "supabase", "ref": d.of(LOWER, 20), "role": "anon", "exp": 2_000_000_000})
    return f"""
AWS_ACCESS_KEY_ID=AKIA{"IOSFODNN7"}EXAMPLE
AWS_SECRET_ACCESS_KEY={"wJalrXUtnFEMI"}/K7MDENG/bPxRfiCYEXAMPLEKEY
STRIPE_SECRET_KEY=sk_live_...
STRIPE_SECRET_KEY=sk_test_{"x" * 24}
STRIPE_SECRET_KEY=sk_test_your_key_here
STRIPE_PUBLISHABLE_KEY=pk_live_51{d.of(ALNUM, 97)}
NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY=pk_test_{publishable}
CLERK_SECRET_KEY=sk_test_{"X" * 40}
POSTHOG_KEY=phc_{d.of(ALNUM, 43)}
SENTRY_DSN=https://{d.of(HEX, 32)}@o{d.of(DIGITS, 6)}.ingest.us.sentry.io/{d.of(DIGITS, 16)}
SUPABASE_PUBLISHABLE_KEY=sb_publishable_{d.of(URLSAFE, 31)}
SUPABASE_ANON_KEY={anon}
RESEND_API_KEY=re_123456789
RESEND_API_KEY=re_{"x" * 8}_{"x" * 24}
SLACK_WEBHOOK=https://hooks.slack.com/services/T00000000/B00000000/{"X" * 24}
SENDGRID_API_KEY=SG.{"x" * 22}.{"x" * 43}
SENDGRID_API_KEY=SG.xxxx
DATABASE_URL=postgres://postgres:postgres@localhost:5432/app
NEXT_PUBLIC_FIREBASE_API_KEY=AIza{d.of(URLSAFE, 35)}
ALGOLIA_SEARCH_KEY={d.of(HEX, 32)}
NEXT_PUBLIC_MAPBOX_TOKEN=pk.{b64json({"u": "acme", "a": d.of(LOWER, 25)}, padded=False)}.{d.of(URLSAFE, 22)}
TWILIO_ACCOUNT_SID=AC{d.of(HEX, 32)}
TWILIO_API_KEY=SK{d.of(HEX, 32)}
GOOGLE_CLIENT_ID={d.of(DIGITS, 12)}-{d.of(LOWER, 32)}.apps.googleusercontent.com
NEW_RELIC_BROWSER_KEY=NRJS-{d.of(HEX, 19)}
GITHUB_TOKEN=ghp_{d.of(ALNUM, 36)}
GITHUB_TOKEN=ghp_{"x" * 36}
GITHUB_TOKEN=${{{{ secrets.GITHUB_TOKEN }}}}
OPENAI_API_KEY=sk-your-openai-api-key
ANTHROPIC_API_KEY=sk-ant-api03-...
HEROKU_APP_ID={d.uuid()}
SNYK_ORG_ID={d.uuid()}
POSTMARK_API_TOKEN=POSTMARK_API_TEST
HEROKU_API_KEY=00000000-0000-0000-0000-000000000000
HEROKU_API_KEY=12345678-1234-1234-1234-123456789012
VERCEL_PROJECT_ID=prj_{d.of(ALNUM, 28)}
DD_CLIENT_TOKEN=pub{d.of(HEX, 32)}
CLOUDFLARE_ACCOUNT_ID={d.of(HEX, 32)}
IMAGE=nginx@sha256:{d.of(HEX, 64)}
uses: actions/checkout@{d.of(HEX, 40)}
key: npm-{d.of(HEX, 64)}
  integrity sha512-{d.base64(64)}
RAZORPAY_KEY_ID=rzp_test_{d.of(ALNUM, 14)}
RECAPTCHA_SITE_KEY=6L{d.of(URLSAFE, 38)}
EXPO_TOKEN=your-expo-access-token
UPSTASH_REDIS_REST_TOKEN=your_upstash_redis_rest_token_here
DOPPLER_TOKEN=dp.st.dev.{"x" * 40}
VAULT_TOKEN=hvs.{"x" * 24}
BLOCKFROST_PROJECT_ID=mainnet{"x" * 32}
PRIVATE_KEY="-----BEGIN PRIVATE KEY-----\\n...\\n-----END PRIVATE KEY-----\\n"
SECRET_ARN=arn:aws:secretsmanager:eu-west-1:111122223333:secret:{d.word()}-{d.of(ALNUM, 6)}
LOGIN_TOKEN=op://vault/item/{d.of(LOWER, 26)}
AccountKey={"Eby8vdM02x"}{d.of(ALNUM, 76)}==
"""
