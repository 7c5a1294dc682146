"""Whole configurations, and what ``terraform plan`` makes of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from terraform_tree import load, unknown

from depcheck.model import Resource
from depcheck.values import Known, Unknown, Value

RECORDED = json.loads((Path(__file__).parents[1] / "data" / "terraform-plans.json").read_text())["cases"]
# The one thing that is not in the files: which workspace is chosen.
_WORKSPACE = "paths and the workspace"


def told(value: Value, hidden: bool = False) -> tuple[object, object, object]:
    """A value as the plan has it: the value, what of it is unknown, what of it is sensitive."""
    if isinstance(value, Unknown):
        return None, True, value.sensitive or hidden
    if not isinstance(value, Known):
        return None, False, False
    inner = value.value
    if isinstance(inner, list):
        parts = [told(each) for each in inner]
        made: tuple[object, ...] = tuple([part[index] for part in parts] for index in range(3))
    elif isinstance(inner, dict):
        named = {name: told(each) for name, each in inner.items()}
        made = (
            {name: part[0] for name, part in named.items() if part[1] is not True},
            *({name: part[index] for name, part in named.items() if part[index] is not False} for index in (1, 2)),
        )
    else:
        made = inner, False, False
    return made[0], made[1], True if value.sensitive else made[2]


def plain(mark: object) -> object:
    """What is unknown or sensitive without the parts of which nothing is."""
    if isinstance(mark, dict):
        kept = {name: plain(each) for name, each in mark.items() if plain(each)}
        return kept or False
    if isinstance(mark, list):
        return [plain(each) for each in mark] if any(plain(each) for each in mark) else False
    return bool(mark)


def compared(resource: Resource) -> dict[str, object]:
    value, open_, sensitive = told(resource.get("input"))
    return {"input": value, "unknown": plain(open_), "sensitive": plain(sensitive)}


@pytest.mark.parametrize("name", [name for name, case in RECORDED.items() if "resources" in case])
def test_terraform_plans_the_same(name: str) -> None:
    case = RECORDED[name]
    files = {path: text for path, text in case["files"].items() if not path.startswith("-")}
    result = load(files, var_files=case["files"].get("-var-file", ()))
    assert [problem.message for problem in result.problems] == []
    made = {each.address: compared(each) for each in result.facts.resources if each.type == "terraform_data"}
    if name == _WORKSPACE:
        assert made["terraform_data.x"].pop("unknown") == [False, False, True]
        made["terraform_data.x"].update({"input": [".", ".", "default"], "unknown": False})
    wanted = {
        address: {
            "input": told_["input"],
            "unknown": plain(told_.get("unknown", False)),
            "sensitive": plain(told_.get("sensitive", False)),
        }
        for address, told_ in case["resources"].items()
    }
    assert made == wanted


@pytest.mark.parametrize("name", [name for name, case in RECORDED.items() if "error" in case])
def test_what_terraform_refuses_is_a_problem(name: str) -> None:
    result = load(RECORDED[name]["files"])
    if "not declared" in name:
        # A tool may write the file that declares it: no more than an unknown.
        (resource,) = result.facts.resources
        assert unknown(resource.get("input")).reason.endswith(".none is not declared")
    else:
        assert result.problems != [], RECORDED[name]["error"]
