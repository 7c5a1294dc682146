"""Terraform evaluation: CPU time and peak memory of whole scans, over real module trees and over made ones that grow.

    python benchmarks/terraform.py [FOLDER …]

Each folder is scanned once, cold (target for some 500 KB of HCL with nested modules and examples, as the public modules
for vpc and eks are: under 3 s of CPU and 300 MiB). Then trees of one shape each are made in a temporary folder, at
sizes that double; the last column is the time above that of the smallest scan for a thousand parts: it stays the same
where the cost is linear.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

_MODULE = 'variable "name" {}\n' + "".join(
    f'resource "aws_sqs_queue" "q{number}" {{\n  name = "${{var.name}}-{number}"\n}}\n' for number in range(200)
)


def resources(size: int) -> Iterator[tuple[str, str]]:
    """Buckets with their versioning, databases, groups and policies, five blocks to a part."""
    yield "variables.tf", 'variable "kept" {\n  default = 7\n}\n'
    for start in range(0, size // 5, 100):
        yield f"part{start}.tf", "".join(_PART.replace("#", str(number)) for number in range(start, start + 100))


_PART = """resource "aws_s3_bucket" "b#" {
  bucket = "bucket-#"
}
resource "aws_s3_bucket_versioning" "b#" {
  bucket = aws_s3_bucket.b#.id
  versioning_configuration {
    status = "Enabled"
  }
}
resource "aws_db_instance" "d#" {
  engine                  = "postgres"
  storage_encrypted       = true
  deletion_protection     = true
  multi_az                = true
  backup_retention_period = var.kept
  vpc_security_group_ids  = [aws_security_group.s#.id]
}
resource "aws_security_group" "s#" {
  ingress {
    from_port   = 5432
    to_port     = 5432
    protocol    = "tcp"
    cidr_blocks = ["10.0.0.0/8"]
  }
}
resource "aws_iam_role_policy" "p#" {
  role   = "role-#"
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = aws_s3_bucket.b#.arn }] })
}
"""


def instances(size: int) -> Iterator[tuple[str, str]]:
    """Resources with a hundred instances each that differ."""
    yield (
        "main.tf",
        'locals {\n  keys = toset([for i in range(100) : "k${i}"])\n}\n'
        + "".join(
            f'resource "aws_sqs_queue" "q{number}" {{\n  for_each = local.keys\n  name = "{number}-${{each.key}}"\n}}\n'
            for number in range(size // 100)
        ),
    )


def counts(size: int) -> Iterator[tuple[str, str]]:
    """Resources with a million instances each."""
    yield (
        "main.tf",
        "".join(
            f'resource "aws_sqs_queue" "q{number}" {{\n  count = 1000000\n  name = "q-${{count.index}}"\n}}\n'
            f'output "o{number}" {{\n  value = aws_sqs_queue.q{number}[*].arn\n}}\n'
            for number in range(size)
        ),
    )


def roots(size: int) -> Iterator[tuple[str, str]]:
    """Root modules that call one module of 200 resources."""
    yield "modules/m/main.tf", _MODULE
    for number in range(size // 200):
        call = f'module "m" {{\n  source = "../../modules/m"\n  name = "r{number}"\n}}\n'
        yield f"roots/r{number}/main.tf", call


def environments(size: int) -> Iterator[tuple[str, str]]:
    """One root module with values files of many services in three environments each."""
    for number in range(size // 600):
        yield f"s{number}/main.tf", _MODULE
        for name in ("dev", "staging", "production"):
            yield f"s{number}/{name}.tfvars", f'name = "{name}-{number}"\n'


def modules(size: int) -> Iterator[tuple[str, str]]:
    """Modules that call modules, with for_each."""
    yield (
        "main.tf",
        "".join(
            f'module "m{number}" {{\n  source = "./o"\n  for_each = toset(["a", "b"])\n  name = each.key\n}}\n'
            for number in range(size // 8)
        ),
    )
    yield "o/main.tf", 'variable "name" {}\nmodule "i" {\n  source = "../i"\n  count = 2\n  name = var.name\n}\n'
    yield (
        "i/main.tf",
        'variable "name" {}\nresource "aws_sqs_queue" "a" {\n  name = var.name\n}\n'
        'resource "aws_sqs_queue" "b" {\n  name = aws_sqs_queue.a.name\n}\n',
    )


SHAPES: tuple[tuple[Callable[[int], Iterator[tuple[str, str]]], int], ...] = (
    (resources, 5000),
    (instances, 10_000),
    (counts, 500),
    (roots, 10_000),
    (environments, 6000),
    (modules, 4000),
)

_RUN = """import resource, sys
from depcheck.cli import run
code = run(["scan", sys.argv[1], "--format", "json", "--fail-on", "never"])
used = resource.getrusage(resource.RUSAGE_SELF)
print(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, file=sys.stderr)
sys.exit(code if code == 2 else 0)
"""


def measure(folder: Path) -> tuple[float, float]:
    """Seconds of CPU and MiB of a cold scan."""
    done = subprocess.run([sys.executable, "-c", _RUN, str(folder)], capture_output=True, text=True, check=True)
    seconds, peak = done.stderr.split()[-2:]
    return float(seconds), float(peak)


def lay(folder: Path, files: Iterator[tuple[str, str]]) -> None:
    """Write files."""
    for name, text in files:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def main() -> None:
    """Measure and print."""
    for name in sys.argv[1:]:
        size = sum(path.stat().st_size for path in Path(name).rglob("*.tf") if path.is_file())
        seconds, peak = measure(Path(name))
        print(f"{Path(name).name:44} {size / 1024:7.0f} KB of HCL {seconds:6.2f} s {peak:5.0f} MiB", flush=True)
    with tempfile.TemporaryDirectory() as empty:
        (Path(empty) / "main.tf").write_text("terraform {\n}\n")
        least, _ = measure(Path(empty))
    for shape, start in SHAPES:
        for size in (start, 2 * start, 4 * start):
            with tempfile.TemporaryDirectory() as folder:
                lay(Path(folder), shape(size))
                seconds, peak = measure(Path(folder))
            rate = (seconds - least) / size * 1000
            print(f"{shape.__name__:14} {size:7,} {seconds:6.2f} s {peak:5.0f} MiB {rate:7.3f} s", flush=True)


if __name__ == "__main__":
    main()
