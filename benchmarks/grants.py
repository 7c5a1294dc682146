"""What IAM policies cost: the table of actions, and every rule of the pack over many policies.

    python benchmarks/grants.py [POLICIES]      each with four statements, four to a role (default 4000)

Targets on one core: 30 ms until the first action is known, 1 ms per policy for all rules together.
"""

from __future__ import annotations

import sys
import time

from depcheck.environments import Environments
from depcheck.model import Facts, Grant, Resource
from depcheck.packs import built_in
from depcheck.project import Project
from depcheck.source import Source
from depcheck.values import Known, Unknown, Value


def main() -> None:
    """Measure and print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 4000
    start = time.process_time()
    from depcheck.grants import actions

    actions.action("s3:GetObject")
    print(f"first action   {1000 * (time.process_time() - start):8.1f} ms")
    start = time.process_time()
    total = sum(1 for _ in actions.expanded("*"))
    print(f"{total:,} actions {1000 * (time.process_time() - start):8.1f} ms")
    rules(project(count), count)


def rules(made: Project, count: int) -> None:
    """The time of every rule."""
    from depcheck.engine.judging import outcomes
    from depcheck.engine.subjects import subjects

    whole = 0.0
    for rule in built_in():
        if rule.pack == "iam":
            start = time.process_time()
            said = sum(1 for subject in subjects(rule, made) for _ in outcomes(rule, subject, made))
            spent = time.process_time() - start
            whole += spent
            print(f"{rule.id:36} {1000 * spent:8.1f} ms {said:8,}")
    print(f"{'all':36} {1000 * whole:8.1f} ms, {1000 * whole / count:.2f} ms a policy")


def project(count: int) -> Project:
    """Roles with inline policies, as evaluation tells them."""
    from pathlib import Path

    facts = Facts()
    span = Source("main.tf", "x" * 100).span(0, 10)

    def value(told: object) -> Value:
        if isinstance(told, list):
            return Known([value(each) for each in told], span)
        if isinstance(told, dict):
            return Known({name: value(each) for name, each in told.items()}, span)
        assert isinstance(told, str)
        return Known(told, span)

    for number in range(count // 4):
        attributes = value({"name": f"r{number}"})
        assert isinstance(attributes, Known)
        facts.resources.append(Resource("aws_iam_role", f"aws_iam_role.r{number}", attributes, span))
    for number in range(count):
        address = f"aws_iam_role_policy.p{number}"
        role = Unknown("later", span, refers=f"aws_iam_role.r{number // 4}")
        facts.resources.append(Resource("aws_iam_role_policy", address, Known({"role": role}, span), span))
        for effect, names, where in (
            ("Allow", ["s3:GetObject", "s3:Put*", "logs:*"], f"arn:aws:s3:::b{number}/*"),
            ("Allow", ["iam:PassRole", "lambda:Create*", "ec2:Describe*"], f"arn:aws:iam::1:role/x{number}"),
            ("Allow", ["dynamodb:*", "sqs:SendMessage"], f"arn:aws:dynamodb:eu-west-1:1:table/t{number}"),
            ("Deny", ["iam:*"], "*"),
        ):
            listed = [value(name) for name in names]
            grant = Grant(span, source="iam", effect=value(effect), actions=listed, scope=address)
            grant.resources = [value(where)]
            facts.grants.append(grant)
    return Project(Path(), facts, Environments())


if __name__ == "__main__":
    main()
