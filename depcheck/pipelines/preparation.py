"""Whether a job has what its commands need: the repository's files, and the package manager."""

from __future__ import annotations

from collections.abc import Iterator

from depcheck.findings import Note, Outcome, Violation
from depcheck.model import Job, Step
from depcheck.patterns import Pattern
from depcheck.pipelines.nouns import Done, Unit
from depcheck.pipelines.units import pipeline_of
from depcheck.project import Project
from depcheck.source import Span
from depcheck.values import Absent, string

#: Actions that neither bring files nor need any, by the beginning of their names.
_BRING_NOTHING = (
    "actions/setup-",
    "actions/github-script@",
    "actions/create-github-app-token@",
    "actions/upload-artifact@",
    "aws-actions/configure-aws-credentials@",
    "aws-actions/amazon-ecr-login@",
    "azure/login@",
    "azure/setup-",
    "azure/aks-set-context@",
    "docker/setup-",
    "docker/login-action@",
    "docker/metadata-action@",
    "google-github-actions/auth@",
    "google-github-actions/setup-gcloud@",
    "hashicorp/setup-terraform@",
    "opentofu/setup-opentofu@",
    "pnpm/action-setup@",
    "oven-sh/setup-bun@",
    "expo/expo-github-action@",
    "slackapi/slack-github-action@",
    "step-security/harden-runner@",
    "superfly/flyctl-actions/setup-flyctl@",
    "superfly/flyctl-actions@",
    "webfactory/ssh-agent@",
    "ruby/setup-ruby@",
    "astral-sh/setup-uv@",
    "gradle/actions/setup-gradle@",
    "dtolnay/rust-toolchain@",
    "denoland/setup-deno@",
    "shivammathur/setup-php@",
    "subosito/flutter-action@",
)
#: More of a command line than this says nothing about what it needs.
_LONGEST = 400
_VERSION_MANAGERS = ("./", "jdx/mise-action", "volta-cli/", "moonrepo/", "wyvox/")


def _by_program(*rows: tuple[str, str]) -> dict[str, list[Pattern]]:
    """The patterns of command lines that begin with a program; ``./`` for any file here."""
    found: dict[str, list[Pattern]] = {}
    for programs, expression in rows:
        pattern = Pattern(expression)
        for program in programs.split():
            found.setdefault(program, []).append(pattern)
    return found


#: Commands that need files of the repository. What a program can also do without any is not among them.
_NEEDS = _by_program(
    ("npm pnpm yarn bun", r"\S+(?: --?[\w-]+(?:[= ][\w./@-]+)?)? (?:ci|run|test|build)(?: .*)?"),
    ("npm pnpm yarn bun", r"\S+ install(?: --(?:frozen-lockfile|immutable|prefer-offline|no-audit))*|yarn"),
    ("terraform tofu", r"\S+(?: -chdir=\S+)? (?:init|plan|apply|validate)(?: .*)?"),
    ("make", r"make(?: .*)?"),
    ("docker", r"docker build \.|docker build .*\s\.(?: .*)?"),
    ("uv poetry python pytest", r"(?:uv run |poetry run |python -m )?pytest(?: .*)?"),
    ("pip", r"pip install -r .*"),
    ("go", r"go (?:test|build) .*\./.*"),
    ("cargo", r"cargo (?:build|test)(?: .*)?"),
    ("bash sh ./", r"(?:bash |sh )?\./[\w./-]+(?: .*)?"),
    ("npx pnpm cdk", r"(?:npx |pnpm )?cdk deploy(?: .*)?"),
    ("serverless", r"serverless deploy(?: .*)?"),
    (
        "npx vercel",
        r"(?:npx )?vercel(?: deploy)?(?: --prod| --token[= ](?:\$\{\{[^}]*\}\}|\S+)| --yes| -y| --confirm)*",
    ),
    ("flyctl fly", r"\S+ deploy(?: --remote-only)?"),
    ("helm", r"helm (?:upgrade|install) .* \./.*"),
    ("kubectl", r"kubectl apply -[fk] (?!https?:|-)[\w./-]+"),
)
#: Commands that may bring files, or make them.
_BRINGS = _by_program(
    ("git curl wget tar unzip cp mv mkdir echo cat ssh scp rsync touch sed tee printf gsutil", r"\S+ .*"),
    ("gh", r"gh (?:repo|release|run|pr|api) .*"),
    ("aws gcloud az", r"(?:aws s3|gcloud storage|az storage) .*"),
    ("docker", r"docker (?:cp|run|create|exec) .*"),
    ("npx", r"npx (?:create-|degit).*"),
    ("npm pnpm yarn", r"\S+ (?:init|create|pack).*"),
    ("cd", r"cd (?:/|~|\$).*"),
    ("vercel", r"vercel (?:pull|link).*"),
    ("terraform", r"terraform init -from-module.*"),
)


def _fits(text: str, patterns: dict[str, list[Pattern]]) -> bool:
    program = "./" if text.startswith("./") else text.partition(" ")[0]
    return any(each.fullmatch(text) for each in patterns.get(program, ()))


def without_checkout(project: Project) -> Iterator[Outcome]:
    """Jobs that use the repository's files and never check them out."""
    for unit in pipeline_of(project).units:
        job = unit.job
        if job is None or not job.steps or job.uses is not None or _keeps_files(job):
            continue
        needed = _first_need(unit, job)
        if needed is not None:
            yield Violation(
                needed.span,
                resource=unit.address,
                related=[Note("the first step of the job", job.steps[0].span)]
                if needed.step is not job.steps[0]
                else [],
                words={"job": unit.name, "command": " ".join(needed.text.split())[:60]},
            )


def _keeps_files(job: Job) -> bool:
    """Whether files may be there before the first step: a machine of one's own, an image."""
    runner = job.tree.get("runs-on").span.text
    hosted = any(word in runner for word in ("ubuntu", "macos", "windows"))
    return not hosted or not isinstance(job.tree.get("container"), Absent)


def _first_need(unit: Unit, job: Job) -> Done | None:
    for done in unit.done:
        if done.inner is not None:
            continue
        if done.command is None:
            used = done.text.lower()
            if not used.startswith(_BRING_NOTHING):
                return None
            continue
        text = done.text[:_LONGEST]
        if done.command.redirections and any(each.operator.startswith(">") for each in done.command.redirections):
            return None
        if _fits(text, _BRINGS) or _elsewhere(done.step, job):
            return None
        if _fits(text, _NEEDS):
            return done
    return None


def _elsewhere(step: Step | None, job: Job) -> bool:
    folder = string(step.tree.get("working-directory")) if step is not None else None
    return folder is not None and folder.startswith(("/", "~", "$"))


def without_package_manager(project: Project) -> Iterator[Outcome]:
    """``setup-node`` with ``cache: pnpm`` before anything has installed pnpm: the step fails."""
    for unit in pipeline_of(project).units:
        job = unit.job
        if job is None or _keeps_files(job):
            continue
        place = _uncached(job)
        if place is not None:
            yield Violation(place, resource=unit.address, words={"job": unit.name})


def _uncached(job: Job) -> Span | None:
    for step in job.steps:
        used = (string(step.uses) or "").lower() if step.uses is not None else ""
        run = string(step.tree.get("run")) or ""
        if used.startswith("actions/setup-node@"):
            cache = step.tree.get("with", "cache")
            if string(cache) == "pnpm":
                return cache.span
        elif _may_bring_pnpm(used, run):
            return None
    return None


def _may_bring_pnpm(used: str, run: str) -> bool:
    if used.startswith(_VERSION_MANAGERS) or "pnpm" in used or "pnpm" in run or "corepack" in run:
        return True
    return bool(used) and not used.startswith(("actions/", *_BRING_NOTHING))
