"""The five products as their documents show them: what is reported, word by word, and for which promise.

``golden/<name>.txt`` is the report as a terminal shows it; ``DEPCHECK_REGENERATE=1`` writes it anew. ``PROMISED`` says
what must be among it: the rule, the path, and in a comment the promise, with the lines of the document it comes from.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from depcheck.cli import run

SYSTEMS = Path(__file__).parents[2] / "fixtures" / "systems"
GOLDEN = Path(__file__).parent / "golden"
NAMES = ["momento", "vibelog", "trivianft", "sharedpayments", "caja"]

PROMISED: dict[str, list[tuple[str, str]]] = {
    "momento": [
        ("missing-variable", ".env.staging"),  # 28, 92-93: staging is like production; an encryption key is required
        ("other-environment-mark", ".env.staging"),  # 101-102: staging has its own endpoints
        ("live-key-outside-production", ".env.staging"),  # 78-81: payments in the mode of the environment
        ("variable-out-of-contract", ".env.staging"),  # 84-85: mail comes from the environment's own address
        ("missing-variable", "docker-compose.yml"),  # 201-208: six variables are required at start-up
        ("undeclared-compose-variable", "docker-compose.yml"),  # 163-192: the template declares every variable
        ("variable-out-of-contract", "infrastructure/modules/ecs/main.tf"),  # 64, 100: NODE_ENV names the environment
        ("other-environment-mark", "infrastructure/modules/ecs/main.tf"),  # 65-66, 101-102: each its own front end
        ("engine-version-differs", "infrastructure/modules/database/main.tf"),  # 28: environments are alike
        ("store-cannot-be-recovered", "infrastructure/modules/database/main.tf"),  # 1114-1118: a backup of every day
        ("action-at-branch", ".github/workflows/security.yml"),  # 29: deployments follow security best practices
        ("action-at-branch", ".github/workflows/container-security.yml"),  # 1018-1044: the image is scanned
        ("port-on-all-interfaces", "docker-compose.yml"),  # 29
        ("unpinned-image", "infrastructure/modules/ecs/main.tf"),  # 616-637: the image is built for this deployment
        # 210-217, 337-338: variables are checked; health and smoke tests
        ("promised-step-missing", ".github/workflows/deploy.yml"),
        ("promised-step-not-awaited", ".github/workflows/deploy.yml"),  # 29, 324-325: scans gate every deployment
        # 36-41: staging is for integration and acceptance
        ("earlier-environment-skipped", ".github/workflows/deploy.yml"),
        ("promised-rollback-missing", ".github/workflows/deploy.yml"),  # 27: a failed deployment rolls back by itself
        ("shared-state", "infrastructure/main.tf"),  # 463-467: one key of the state per environment
        ("unlocked-state", "infrastructure/main.tf"),  # 463-467
    ],
    "vibelog": [
        ("client-exposed-secret", ".env.production"),  # 311: the service role key stays on the server
        ("missing-variable", ".env.production"),  # 291-320, 562-567: all required variables; another provider's key
        ("variable-out-of-contract", ".env.production"),  # 293, 301: one of three modes; a secret of 32 characters
        ("other-environment-mark", ".env.staging"),  # 25-39: each environment has its own database
        ("live-key-outside-production", ".env.staging"),  # 26-40: services of its own in each environment
        ("ungated-production-deploy", ".github/workflows/deploy.yml"),  # 772: production needs an approval
        ("unpinned-image", "compose.yaml"),  # 25: the local PostgreSQL
        ("deploys-to-other-environment", ".github/workflows/deploy.yml"),  # 103-110: pull requests go to staging
        ("checkout-missing", ".github/workflows/deploy.yml"),  # 75-88: every job builds what it deploys
        ("package-manager-missing", ".github/workflows/deploy.yml"),  # 75-88
        # 90-92, 119: nothing is deployed unless all tests passed
        ("tests-cannot-fail", ".github/workflows/deploy.yml"),
        # 109-110, 128-132: smoke tests, monitoring for 30 minutes
        ("promised-step-missing", ".github/workflows/deploy.yml"),
        ("earlier-environment-skipped", ".github/workflows/deploy.yml"),  # 127: staging before production
        ("promised-rollback-missing", ".github/workflows/deploy.yml"),  # 223-233: rollback at thresholds
    ],
    "trivianft": [
        ("other-environment-mark", "apps/web/.env.production"),  # 51, 183: production uses mainnet
        ("other-environment-mark", "infra/synth/production/web-stack.yaml"),  # 168-188: domains by environment
        ("missing-variable", "apps/web/.env.development"),  # 172-175: the front end's variables
        ("retention-below-target", "infra/synth/production/data-stack.yaml"),  # 986, 1059, 1064: 35 and 7 days
        ("engine-version-differs", "infra/synth/staging/data-stack.yaml"),  # 159: staging validates for production
        ("unencrypted-cache-traffic", "infra/synth/production/data-stack.yaml"),  # 714-715: Redis over TLS
        ("old-tls-policy", "infra/synth/production/web-stack.yaml"),  # 973: TLS 1.2 or newer
        ("ungated-production-deploy", ".github/workflows/deploy-production.yml"),  # 979: agreement before production
        ("database-single-zone", "infra/synth/production/data-stack.yaml"),  # 1065-1066: failover, several zones
        ("script-injection", ".github/workflows/deploy-staging.yml"),  # 491: staging deploys from pull requests
        # 400-402, 408-411: end-to-end and load tests, a snapshot
        ("promised-step-missing", ".github/workflows/deploy-production.yml"),
        # 245-250, 416-418: migrations before the code that needs them
        ("promised-step-not-awaited", ".github/workflows/deploy-production.yml"),
        # 395-398: production follows staging
        ("earlier-environment-skipped", ".github/workflows/deploy-production.yml"),
        ("deployed-from-other-branch", ".github/workflows/deploy-production.yml"),  # 492, 496-501: production from main
        # 123: production has values of its own
        ("other-environment-in-job", ".github/workflows/deploy-production.yml"),
        # 313-318: smoke tests follow every deployment
        ("tests-cannot-fail", ".github/workflows/deploy-production.yml"),
        ("promised-step-missing", ".github/workflows/deploy-staging.yml"),  # 313-318, 764-773: smoke tests and health
        ("hotswap-in-production", "scripts/deploy-production.sh"),  # 354-355: never in production
        ("deploy-script-goes-on", "scripts/deploy-production.sh"),  # 289-302: scripts guard what they use
        ("promised-step-not-awaited", "scripts/deploy-production.sh"),  # 245-250
        ("scheduled-activity-too-rare", "depcheck.yaml"),  # 1007: a restore is tried every month
    ],
    "sharedpayments": [
        ("other-environment-mark", ".env.production"),  # 57: production's own domain
        ("missing-variable", ".env.production"),  # 264: configuration is in environment variables
        ("test-key-in-production", ".env.production"),  # 59: production has stable features, payments among them
        ("variable-out-of-contract", ".env.production"),  # 264
        ("engine-version-differs", "infrastructure/data.tf"),  # 54: staging has production's configuration
        ("open-ingress", "infrastructure/network.tf"),  # 231: administrative access over a VPN only
        ("plaintext-listener", "infrastructure/edge.tf"),  # 32-35: CloudFront, WAF, load balancer
        ("unencrypted-cache-traffic", "infrastructure/data.tf"),  # 36-38: only services reach the data layer
        ("missing-variable", "infrastructure/service.tf"),  # 264: configuration is in environment variables
        ("store-cannot-be-recovered", "infrastructure/data.tf"),  # 162-164: files are versioned, replicated and kept
        ("cancelled-deployment", ".github/workflows/pipeline.yml"),  # 78-82: deployments run to their end
        ("ungated-production-deploy", ".github/workflows/pipeline.yml"),  # 250: acceptance before production
        ("promised-step-missing", ".github/workflows/pipeline.yml"),  # 72-82: performance tests, coverage, health
        ("promised-step-not-awaited", ".github/workflows/pipeline.yml"),  # 64-87: build, test, deploy, verify
        ("earlier-environment-skipped", ".github/workflows/pipeline.yml"),  # 244-252: staging before production
        ("promised-rollback-missing", ".github/workflows/pipeline.yml"),  # 255: rollback is triggered by itself
        ("tests-cannot-fail", ".github/workflows/pipeline.yml"),  # 78-82: smoke tests
        ("shared-state", "infrastructure/versions.tf"),  # 51-59: three environments of their own
        ("service-wide-wildcard", "infrastructure/service.tf"),  # 235: least privilege
    ],
    "caja": [
        ("retention-below-target", "infrastructure/modules/rds/main.tf"),  # 199: backups of seven days
        ("engine-version-differs", "infrastructure/modules/rds/main.tf"),  # 64: staging is equivalent to production
        ("unencrypted-database", "infrastructure/modules/rds/main.tf"),  # 185: encrypted at rest
        ("other-environment-mark", "infrastructure/modules/ecs/main.tf"),  # 73: production's own domain
        ("plaintext-listener", "infrastructure/modules/ecs/main.tf"),  # 186: TLS for all communication
        ("public-principal", "infrastructure/modules/cloudfront/main.tf"),  # 49: only CloudFront reads the bucket
        ("tests-cannot-fail", ".github/workflows/pipeline.yml"),  # 82: MyPy is a part of the first stage
        ("ungated-production-deploy", ".github/workflows/pipeline.yml"),  # 92: plans are reviewed
        ("undeclared-compose-variable", "compose.yaml"),  # 187: secrets are managed
        ("workflow-token-write-all", ".github/workflows/pipeline.yml"),  # 191: permissions of each service
        ("promised-step-missing", ".github/workflows/pipeline.yml"),  # 82-109: scans, plans, cost, acceptance
        ("promised-step-not-awaited", ".github/workflows/pipeline.yml"),  # 78-110: validation before deployment
        ("earlier-environment-skipped", ".github/workflows/pipeline.yml"),  # 64: staging is tried before production
        ("other-environment-in-job", ".github/workflows/pipeline.yml"),  # 102: production is checked after a deployment
        ("promised-rollback-missing", ".github/workflows/pipeline.yml"),  # 110: rollback when the validation fails
        ("shared-state", "infrastructure/environments/staging/main.tf"),  # 146: a state of its own per environment
        ("unlocked-state", "infrastructure/environments/dev/main.tf"),  # 145: states are locked
    ],
}


@pytest.fixture(scope="module")
def repositories(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The products as repositories of their own, so that what is tracked in them is the same everywhere."""
    place = tmp_path_factory.mktemp("systems")
    for name in NAMES:
        shutil.copytree(SYSTEMS / name / "documented", place / name)
        for command in (["init", "--quiet"], ["add", "--all"]):
            subprocess.run(["git", *command], cwd=place / name, check=True, timeout=60)
    return place


def scanned(folder: Path, kind: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(folder)
    monkeypatch.setenv("NO_COLOR", "1")
    capsys.readouterr()
    assert run(["scan", ".", "--format", kind, "--as-of", "2026-10-15", "--fail-on", "never"]) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("name", NAMES)
def test_report(
    name: str, repositories: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = scanned(repositories / name, "text", capsys, monkeypatch)
    assert text == scanned(repositories / name, "text", capsys, monkeypatch)
    text = re.sub(r"and \d+ rules", "and all rules", text)
    golden = GOLDEN / f"{name}.txt"
    if os.environ.get("DEPCHECK_REGENERATE"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(text, "utf-8")
    assert text == golden.read_text("utf-8"), "DEPCHECK_REGENERATE=1 writes the report anew"


@pytest.mark.parametrize("name", NAMES)
def test_promises_that_are_not_kept_are_reported(
    name: str, repositories: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    report = json.loads(scanned(repositories / name, "json", capsys, monkeypatch))
    found = {(each["rule"], each["location"]["path"]) for each in report["findings"]}
    assert [pair for pair in PROMISED[name] if pair not in found] == []
    assert report["errors"] == []
    assert report["skipped"] == []


@pytest.mark.parametrize("name", NAMES)
def test_the_promises_of_a_product_are_a_valid_policy(name: str) -> None:
    from depcheck.policy import load

    policy = load(SYSTEMS / name / "documented" / "depcheck.yaml")
    assert policy.product == name
    assert list(policy.environments) == ["development", "staging", "production"]


def test_no_value_that_looks_like_a_providers_key_is_in_the_products() -> None:
    formats = re.compile(
        r"(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{8}|AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{20}|sk-[A-Za-z0-9]{16}"
        r"|xox[abp]-|-----BEGIN"
    )
    for path in sorted(SYSTEMS.rglob("*")):
        if path.is_file():
            assert formats.search(path.read_text("utf-8")) is None, path
