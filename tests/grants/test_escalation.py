"""Every published path of privilege escalation, with what it needs and with what ends it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from depcheck.grants import actions
from depcheck.grants.escalation import Path as Way
from depcheck.grants.escalation import escalation, of_documents, of_holders, paths
from depcheck.project import Project
from depcheck.project.loading import Options, load

PATHS = {path.id: path for path in paths()}


def policy(folder: Path, *statements: dict[str, object], name: str = "policy.json") -> Project:
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    (folder / name).write_text(json.dumps(document))
    return load(Options([folder], root=folder, use_git=False))


def allow(action: object, resource: object = "*", **more: object) -> dict[str, object]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def found(project: Project, path: Way) -> list[str]:
    return [each.path.id for _, each in of_documents(project, [path]) if each.undecided is None]


@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS)
def test_a_path_is_found_with_all_that_it_needs(tmp_path: Path, path: Way) -> None:
    assert found(policy(tmp_path, allow(list(path.needs))), path) == [path.id]
    apart = [allow(need.upper() if index % 2 else need) for index, need in enumerate(path.needs)]
    assert found(policy(tmp_path, *apart), path) == [path.id]


@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS)
def test_it_is_not_without_one_of_its_actions(tmp_path: Path, path: Way) -> None:
    for left_out in path.needs:
        rest = [need for need in path.needs if need != left_out]
        assert found(policy(tmp_path, allow([*rest, "ec2:DescribeInstances"])), path) == []
        denied = {"Effect": "Deny", "Action": left_out, "Resource": "*"}
        assert found(policy(tmp_path, allow(list(path.needs)), denied), path) == []


@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS)
def test_it_ends_where_what_matters_is_for_named_resources(tmp_path: Path, path: Way) -> None:
    for need in path.needs:
        service = need.partition(":")[0]
        named = f"arn:aws:{service}:eu-west-1:123456789012:thing/app"
        rest = [allow(other) for other in path.needs if other != need]
        narrowed = found(policy(tmp_path, *rest, allow(need, named)), path)
        assert narrowed == ([] if need in path.every else [path.id])


@pytest.mark.parametrize("path", [path for path in PATHS.values() if path.passed_to], ids=lambda path: path.id)
def test_a_role_for_another_service_is_of_no_use(tmp_path: Path, path: Way) -> None:
    others = [allow(need) for need in path.needs if need != "iam:PassRole"]

    def passed(to: str) -> dict[str, object]:
        return allow("iam:PassRole", Condition={"StringEquals": {"iam:PassedToService": [to]}})

    assert found(policy(tmp_path, *others, passed(path.passed_to)), path) == [path.id]
    assert found(policy(tmp_path, *others, passed("events.amazonaws.com")), path) == []


def test_each_path_is_known_by_its_source_and_its_actions() -> None:
    assert len(PATHS) == len(paths()) > 70
    # Rhino Security Labs' own list, by the services that it goes through.
    wanted = {"iam": 13, "lambda": 5, "ec2": 1, "glue": 2, "cloudformation": 1, "datapipeline": 1, "codestar": 3}
    for service, count in wanted.items():
        assert sum(path.needs[-1].startswith(f"{service}:") for path in paths()) >= count
    for path in paths():
        assert path.source.startswith("https://")
        assert path.every <= set(path.needs)
        assert all(actions.action(need) for need in path.needs) or path.needs[0].startswith("codestar:")


def test_the_shortest_path_speaks_and_the_others_are_counted(tmp_path: Path) -> None:
    needs = ["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction", "ec2:RunInstances", "iam:PutRolePolicy"]
    ((_, told),) = of_documents(policy(tmp_path, allow(needs)), paths())
    assert (told.path.id, told.others) == ("iam-put-role-policy", 2)


def test_policies_of_one_role_count_together(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(
        """
resource "aws_iam_role" "a" {
  name = "a"
}
resource "aws_iam_role_policy" "a" {
  role   = "a"
  policy = jsonencode({ Statement = { Effect = "Allow", Action = "iam:PassRole", Resource = "*" } })
}
resource "aws_iam_policy" "b" {
  policy = jsonencode({ Statement = { Effect = "Allow", Action = "ec2:RunInstances", Resource = "*" } })
}
resource "aws_iam_policy_attachment" "b" {
  roles      = [aws_iam_role.a.name]
  policy_arn = aws_iam_policy.b.arn
}
"""
    )
    project = load(Options([tmp_path], root=tmp_path, use_git=False))
    assert list(of_documents(project, paths())) == []
    ((holder, told),) = of_holders(project, paths())
    assert (holder.resource.address, told.path.id) == ("aws_iam_role.a", "ec2-run-instances")


MEMBERSHIPS = [
    'resource "aws_iam_group_membership" "m" {\n  name = "m"\n  group = "g"\n  users = [aws_iam_user.u.name]\n}',
    'resource "aws_iam_user_group_membership" "m" {\n  user = "u"\n  groups = [aws_iam_group.g.name]\n}',
]


@pytest.mark.parametrize("membership", MEMBERSHIPS)
def test_a_user_has_what_his_groups_have(tmp_path: Path, membership: str) -> None:
    def inline(kind: str, name: str, action: str) -> str:
        allowed = json.dumps({"Statement": allow(action)})
        return (
            f'resource "aws_iam_{kind}_policy" "{name}" {{\n  {kind} = "{kind[0]}"\n  policy = <<E\n{allowed}\nE\n}}\n'
        )

    people = 'resource "aws_iam_user" "u" {\n  name = "u"\n}\nresource "aws_iam_group" "g" {\n  name = "g"\n}\n'
    (tmp_path / "main.tf").write_text(
        people + membership + "\n" + inline("user", "a", "iam:PassRole") + inline("group", "b", "ec2:RunInstances")
    )
    project = load(Options([tmp_path], root=tmp_path, use_git=False))
    ((holder, told),) = of_holders(project, paths())
    assert (holder.resource.address, told.path.id) == ("aws_iam_user.u", "ec2-run-instances")
    # What the group alone makes possible is told of the group alone.
    (tmp_path / "more.tf").write_text(inline("group", "c", "iam:PassRole"))
    project = load(Options([tmp_path], root=tmp_path, use_git=False))
    assert [each.resource.address for each, _ in of_holders(project, paths())] == ["aws_iam_user.u", "aws_iam_group.g"]


def test_what_is_not_decided_stays_open(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(
        """
variable "more" { type = list(string) }
resource "aws_iam_policy" "b" {
  policy = jsonencode({ Statement = { Effect = "Allow", Action = "iam:Put*", Resource = var.more } })
}
"""
    )
    project = load(Options([tmp_path], root=tmp_path, use_git=False))
    ((document, told),) = of_documents(project, [PATHS["iam-put-role-policy"]])
    assert (document.address, told.undecided is not None) == ("aws_iam_policy.b", True)
    assert escalation(document.statements, ()) is None
