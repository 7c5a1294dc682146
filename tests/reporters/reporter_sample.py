"""A report that has everything in it: several environments, hops, related places, fixes, suppressed and open ones."""

from __future__ import annotations

from depcheck.findings import (
    Evidence,
    Excerpt,
    Finding,
    Fix,
    Note,
    OpenQuestion,
    ReadError,
    Report,
    RuleInfo,
    Skipped,
    Suppression,
)
from depcheck.source import Edit, Source, Span
from depcheck.values import Missing, Step

DATABASE = Source(
    "infra/db.tf",
    'resource "aws_db_instance" "main" {\n'
    '  engine   = "postgres"\n'
    "\tmulti_az = var.multi_az # 可用性 zone\n"
    "  backup_retention_period = var.retention\n"
    "}\n",
)
VARIABLES = Source("infra/variables.tf", 'variable "retention" {\n  default = 1\n}\n')
PRODUCTION = Source("infra/production.tfvars", "retention = 2\n")
STAGING = Source("infra/staging.tfvars", "retention = 2\n")
WORKFLOW = Source(
    ".github/workflows/déploiement 本番.yml",
    "on: push\njobs:\n  deploy:\n    steps:\n      - name: 本番へデプロイ\n"
    "        run: |\n          terraform init\n          terraform plan\n          terraform apply\n"
    "          echo one\n          echo two\n          echo three\n          echo four\n",
)
ENV_FILE = Source("services/api/.env.production", "# keys\r\nPASSWORD=" + "hunter" * 3 + " # old\r\nDEBUG=true\r\n")
POLICY_JSON = Source(
    "infra/policy.json",
    '{"Version":"2012-10-17","Statement":[' + '{"Effect":"Deny","Action":"s3:Delete*","Resource":"x"},' * 6 + "END]}\n",
)


def at(source: Source, text: str, occurrence: int = 0) -> Span:
    """The span of a text in a source."""
    start = -1
    for _ in range(occurrence + 1):
        start = source.text.index(text, start + 1)
    return source.span(start, start + len(text))


def excerpt(span: Span, *, context: int = 0, masks: dict[str, str] | None = None) -> Excerpt:
    """The lines of a span as the engine cuts them out."""
    lines: list[tuple[int, str]] = []
    for number in range(max(1, span.line - context), span.end_line + context + 1):
        text = span.source.line(number)
        for secret, mask in (masks or {}).items():
            text = text.replace(secret, mask)
        lines.append((number, text))
    return Excerpt(lines)


def rule(id: str, pack: str, severity: str, title: str, **extra: str) -> RuleInfo:
    """A rule with invented reasons."""
    return RuleInfo(
        id=id,
        pack=pack,
        title=title,
        severity=severity,
        confidence="high",
        why=extra.get("why", f"{title.capitalize()}, and that costs somebody a night."),
        fix=extra.get("fix", "Repair it."),
        controls=("catalogue:" + id, "soc2:A1.2"),
        aliases={"checkov": ["CKV_AWS_157"]},
        references=("https://example.com/" + id,),
    )


def database_findings() -> list[Finding]:
    findings = []
    retention = at(DATABASE, "var.retention")
    for name, source in (("staging", STAGING), ("production", PRODUCTION)):
        findings.append(
            Finding(
                rule="retention-below-target",
                pack="recovery",
                title="backups are kept for less than promised",
                severity="high",
                confidence="high",
                message="backups of aws_db_instance.main are kept for 2 days, promised are 7",
                span=retention,
                fingerprint="f00d" + name[:2],
                environment=name,
                resource="aws_db_instance.main",
                via=(
                    Step("variable retention", at(VARIABLES, '"retention"')),
                    Step(f"{name}.tfvars", at(source, "2")),
                ),
                related=[Note("the promise stands here", at(VARIABLES, "default"))],
                excerpt=excerpt(retention, context=1),
                controls=("catalogue:rec-retention", "soc2:A1.2"),
                fix=Fix("keep backups for 7 days", [Edit(retention, "7")], safe=False),
                fix_text="Set `backup_retention_period` to 7.",
            )
        )
    zone = at(DATABASE, "var.multi_az")
    findings.append(
        Finding(
            rule="database-single-zone",
            pack="recovery",
            title="a database runs in one zone",
            severity="medium",
            confidence="medium",
            message="the database runs in one availability zone",
            span=zone,
            fingerprint="beef01",
            resource='module.db["a"].aws_db_instance.main[0]',
            related=[
                Note("the comment says otherwise", at(DATABASE, "可用性")),
                Note("the engine would allow it", at(DATABASE, '"postgres"')),
            ],
            excerpt=excerpt(zone, context=1),
        )
    )
    return findings


def other_findings() -> list[Finding]:
    script = WORKFLOW.span(WORKFLOW.text.index("terraform init"), WORKFLOW.text.index("echo four"))
    name = at(WORKFLOW, "デプロイ")
    password = at(ENV_FILE, "hunter" * 3)
    debug = at(ENV_FILE, "DEBUG")
    wildcard = at(POLICY_JSON, '"s3:Delete*"', 4)
    return [
        Finding(
            rule="apply-without-review",
            pack="pipeline",
            title="a deployment runs without review",
            severity="low",
            confidence="low",
            message="terraform apply runs without review",
            span=script,
            fingerprint="aa01",
            excerpt=excerpt(script),
            fix_text="Put the job behind an environment with reviewers.",
        ),
        Finding(
            rule="step-name",
            pack="pipeline",
            title="a step names no environment",
            severity="info",
            confidence="high",
            message="the step names no environment",
            span=name,
            fingerprint="aa02",
            excerpt=excerpt(name),
        ),
        Finding(
            rule="secret-in-env-file",
            pack="secrets",
            title="a secret stands in a tracked file",
            severity="critical",
            confidence="high",
            message="PASSWORD is a literal secret",
            span=password,
            fingerprint="aa03",
            environment="production",
            excerpt=excerpt(password, masks={"hunter" * 3: "***"}),
            fix_text="Rotate it, and read it from the secret store.",
        ),
        Finding(
            rule="debug-in-production",
            pack="parity",
            title="debugging is on",
            severity="medium",
            confidence="high",
            message="DEBUG is on",
            span=debug,
            fingerprint="aa04",
            environment="production",
            excerpt=excerpt(debug),
            fix=Fix(
                "turn it off",
                [Edit(at(ENV_FILE, "true"), "false"), Edit(at(ENV_FILE, "# keys\r\n"), "")],
                safe=True,
            ),
        ),
        Finding(
            rule="wildcard-action",
            pack="identity",
            title="an action has a wildcard",
            severity="high",
            confidence="high",
            message='the action "s3:Delete*" matches more than one',
            span=wildcard,
            fingerprint="aa05",
            excerpt=excerpt(wildcard),
        ),
    ]


def suppressed_findings() -> list[Finding]:
    held = [
        Suppression("inline", "accepted until the move", span=at(DATABASE, "# 可用性 zone"), until="2030-01-31"),
        Suppression("peer", "no reason given", span=at(VARIABLES, "variable"), tool="checkov"),
        Suppression("baseline", "known before"),
    ]
    return [
        Finding(
            rule="deletion-protection",
            pack="recovery",
            title="deletion is not protected",
            severity="high",
            confidence="high",
            message=f"deletion is not protected ({number})",
            span=at(DATABASE, '"main"'),
            fingerprint=f"5ad{number}",
            resource="aws_db_instance.main",
            suppression=each,
        )
        for number, each in enumerate(held)
    ]


def sample() -> Report:
    """The report."""
    findings = [*database_findings(), *other_findings()]
    suppressed = suppressed_findings()
    rules = {
        each.rule: rule(each.rule, each.pack, each.severity, each.title, fix=each.fix_text or "Repair it.")
        for each in findings
    }
    # The engine's own finding need not be in the catalogue.
    rules.pop("step-name")
    rules["quiet-rule"] = rule("quiet-rule", "pipeline", "low", "nothing to say")
    rules["deletion-protection"] = rule("deletion-protection", "recovery", "high", "deletion is not protected")
    asked = at(DATABASE, "var.multi_az")
    return Report(
        files=7,
        resources=3,
        rules=[rules[name] for name in sorted(rules)],
        findings=findings,
        unknown=[
            OpenQuestion(
                "database-single-zone",
                "medium",
                asked,
                "var.multi_az has no value",
                (Missing("var.multi_az", at(VARIABLES, "variable")), Missing("var.zones")),
                name,
                "aws_db_instance.replica",
            )
            for name in ("staging", "production")
        ],
        passed=[
            Evidence(
                "deletion-protection",
                at(DATABASE, '"postgres"'),
                "deletion_protection is true",
                name,
                "aws_db_instance.b",
            )
            for name in ("staging", "production")
        ],
        suppressed=suppressed,
        skipped=[
            Skipped("docs/logo.png", "binary"),
            Skipped("big.json", "larger than 5 MiB"),
            Skipped("a.bin", "binary"),
        ],
        errors=[
            ReadError("infra/broken.tf", 'expected "}" before the end', Source("infra/broken.tf", "a {\n").span(2, 3)),
            ReadError("secret/key.tf", "permission denied"),
            ReadError("infra/db.tf", "check database-single-zone raised KeyError", internal=True),
        ],
        by_kind={"terraform": 4, "workflow": 1, "env-file": 1, "iam": 1},
        environments=["development", "staging", "production"],
        policy="depcheck.yaml",
        notices=["depcheck.yaml promises nothing about caches"],
    )
