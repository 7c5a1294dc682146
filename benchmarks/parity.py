"""How long the comparison of environments takes, over what a scan of the same files takes.

python benchmarks/parity.py                    1,000 variables in 10 environments, 300 Terraform roots in 4
python benchmarks/parity.py --variables 5000   more of them
"""

from __future__ import annotations

import argparse
import gc
import time
from pathlib import Path

from depcheck.engine import Run, run
from depcheck.engine.selection import Selection
from depcheck.packs import built_in
from depcheck.parity.comparison import Comparison
from depcheck.parity.records import record
from depcheck.parity.verdicts import judged
from depcheck.policy import environments_of
from depcheck.policy import load as load_policy
from depcheck.project.loading import Options, load
from depcheck.source import Source

ROOT = """resource "aws_db_instance" "main" {{
  identifier              = "app{n}-{environment}"
  engine                  = "postgres"
  engine_version          = "{version}"
  instance_class          = "db.t3.small"
  storage_encrypted       = true
  backup_retention_period = {days}
}}
resource "aws_s3_bucket" "files" {{
  bucket = "files{n}-{environment}"
  tags   = {{ Environment = "{environment}" }}
}}
resource "aws_sqs_queue" "orders" {{
  name                       = "orders{n}"
  visibility_timeout_seconds = 30
}}
resource "aws_lambda_function" "web" {{
  function_name = "web{n}"
  role          = "arn:aws:iam::111122223333:role/web"
  runtime       = "nodejs22.x"
  memory_size   = 512
  environment {{
    variables = {{
      API_URL = "https://api{n}.{environment}.example.org"
      LEVEL   = "info"
    }}
  }}
}}
"""


def env_files(variables: int, names: list[str]) -> list[Source]:
    """An env file for each environment; a tenth of the variables are addresses, a tenth numbers, a few are missing."""
    sources = []
    for order, name in enumerate(names):
        lines = []
        for n in range(variables):
            if (n + order) % 97 == 0:
                continue
            value = f"https://a{n}.{name}.example.org/v1" if n % 10 == 0 else str(n + order) if n % 10 == 1 else f"v{n}"
            lines.append(f"SETTING_{n}_OF_THE_APP={value}\n")
        sources.append(Source(f".env.{name}", "".join(lines)))
    return sources


def roots(count: int, names: list[str]) -> list[Source]:
    """Terraform roots, each in every environment."""
    return [
        Source(
            f"stacks/s{n}/{name}/main.tf",
            ROOT.format(n=n, environment=name, version="16.4" if n % 9 else f"1{4 + order % 3}.1", days=7 + order),
        )
        for n in range(count)
        for order, name in enumerate(names)
    ]


def measure(sources: list[Source], policy_text: str) -> None:
    """Load, compare, hold the other rules and those of parity, and tell how long each took."""
    policy = load_policy(Source("depcheck.yaml", policy_text))
    begin = time.process_time()
    project = load(Options([], root=Path(), sources=sources, use_git=False), policy, environments_of(policy))
    loaded = time.process_time()
    rules = built_in()
    others = [rule for rule in rules if rule.pack != "parity"]
    run(project, others, Run(Selection(others, profile="strict")))
    scanned = time.process_time()
    compared = Comparison(project)
    made = time.process_time()
    own = [rule for rule in rules if rule.pack == "parity"]
    report = run(project, own, Run(Selection(own, profile="strict")))
    held = time.process_time()
    rows = judged(compared, report.findings, report.suppressed)
    for each in rows:
        record(each, str, project)
    ended = time.process_time()
    print(f"{len(sources)} files, {len(compared.rows)} rows, {len(report.findings)} findings")
    print(f"  loading {loaded - begin:.2f} s of CPU, the other rules {scanned - loaded:.2f} s")
    print(
        f"  comparing {made - scanned:.2f} s, the rules of parity {held - made:.2f} s, the report {ended - held:.2f} s"
    )


def main() -> None:
    """Measure what the command line asks for."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--variables", type=int, default=1_000)
    options.add_argument("--roots", type=int, default=300)
    chosen = options.parse_args()
    gc.disable()
    names = [f"stage{n}" for n in range(9)]
    declared = "version: 1\nenvironments:\n" + "".join(f"  {name}: {{}}\n" for name in [*names, "production"])
    measure(env_files(chosen.variables, [*names, "production"]), declared)
    four = ["development", "qa", "staging", "production"]
    measure(roots(chosen.roots, four), "version: 1\nenvironments:\n" + "".join(f"  {name}: {{}}\n" for name in four))


if __name__ == "__main__":
    main()
