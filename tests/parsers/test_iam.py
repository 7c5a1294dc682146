"""IAM policies: every form of a statement as a grant, what is malformed as a problem."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from depcheck.environments import Environments
from depcheck.model import Problem
from depcheck.parsers import Context
from depcheck.parsers.iam import is_policy, parse, source_of, statements
from depcheck.source import Source, Text
from depcheck.syntax import json as json_syntax
from depcheck.values import OPEN, Absent, Known, Unknown, Value, plain


def read(document: object):
    text = document if isinstance(document, str) else json.dumps(document, indent=1)
    return parse(Text.of(Source("policy.json", text)), Context(Environments(), "production"))


def told(values: list[Value]) -> list[object]:
    return [plain(value) for value in values]


def statement(**elements: object) -> dict[str, object]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*", **elements}]}


def test_a_statement_is_a_grant_with_places():
    parsed = read(
        '{"Statement": {"Sid": "Read", "Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"],'
        ' "Resource": "arn:aws:s3:::logs/*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}}}'
    )
    [grant] = parsed.facts.grants
    assert not parsed.problems
    assert (grant.source, grant.sid, grant.environment) == ("iam", "Read", "production")
    assert told(grant.actions) == ["s3:GetObject", "s3:ListBucket"]
    assert [action.span.text for action in grant.actions] == ['"s3:GetObject"', '"s3:ListBucket"']
    assert told(grant.resources) == ["arn:aws:s3:::logs/*"]
    assert grant.conditions is not None
    assert plain(grant.conditions) == {"Bool": {"aws:SecureTransport": "true"}}
    assert grant.span.text == '"Read"'
    assert grant.principals == [] and grant.not_actions == []


@pytest.mark.parametrize(
    ("principal", "expected"),
    [
        ("*", ["*"]),
        ({"AWS": "*"}, ["AWS:*"]),
        ({"AWS": ["111111111111", "arn:aws:iam::222222222222:root"]}, None),
        ({"AWS": 111111111111}, ["AWS:111111111111"]),
        ({"Service": "ec2.amazonaws.com", "Federated": "accounts.google.com"}, None),
        ({"CanonicalUser": "79a5"}, ["CanonicalUser:79a5"]),
        ([{"AWS": "*"}, {"Service": "x"}], ["AWS:*", "Service:x"]),
    ],
)
def test_forms_of_a_principal(principal, expected):
    parsed = read(statement(Principal=principal))
    if expected is None:
        expected = [
            f"{kind}:{each}"
            for kind, given_ in principal.items()
            for each in (given_ if isinstance(given_, list) else [given_])
        ]
    assert told(parsed.facts.grants[0].principals) == expected
    assert parsed.facts.grants[0].source == "resource-policy"
    assert not parsed.problems


def test_the_not_elements():
    parsed = read(
        {"Statement": {"Effect": "Deny", "NotAction": "iam:*", "NotResource": ["a", "b"], "NotPrincipal": "*"}}
    )
    [grant] = parsed.facts.grants
    assert plain(grant.effect) == "Deny"
    assert (told(grant.not_actions), told(grant.not_resources), told(grant.not_principals)) == (
        ["iam:*"],
        ["a", "b"],
        ["*"],
    )
    assert grant.actions == [] and grant.resources == [] and grant.principals == []


def test_a_trust_policy_is_recognised():
    parsed = read(
        {
            "Statement": [
                {"Effect": "Allow", "Principal": {"Service": "ecs.amazonaws.com"}, "Action": "sts:AssumeRole"},
                {"Effect": "Allow", "Principal": {"Federated": "x"}, "Action": ["sts:AssumeRoleWithWebIdentity"]},
            ]
        }
    )
    assert [grant.source for grant in parsed.facts.grants] == ["trust", "trust"]
    assert not parsed.problems


@pytest.mark.parametrize(
    ("elements", "message"),
    [
        ({"Effect": "allow"}, 'Effect is "allow"'),
        ({"Efect": "Allow"}, "Efect is no element of a policy statement"),
        ({"Action": 5}, "Action holds something that is not a string"),
        ({"NotAction": "x"}, "a statement has both Action and NotAction"),
        ({"Condition": []}, "Condition is not an object"),
        ({"Principal": 5}, "Principal is neither * nor an object"),
        ({"Principal": {"Aws": "*"}}, "Aws is no type of principal"),
        ({"Principal": "arn:aws:iam::1:root"}, 'Principal is "arn:aws:iam::1:root"'),
    ],
)
def test_malformed_elements_are_problems(elements, message):
    parsed = read(statement(**elements))
    assert message in [problem.message for problem in parsed.problems]
    assert len(parsed.facts.grants) == 1


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"Statement": [{"Action": "x", "Resource": "*"}]}, "a statement has no Effect"),
        ({"Statement": [{"Effect": "Deny", "Resource": "*"}]}, "a statement has no Action"),
        ({"Statement": [{"Effect": "Deny", "Action": "x"}]}, "a statement has no Resource"),
        ({"Statement": ["x"]}, "a statement is not an object"),
        ({"PolicyDocument": {"Statement": 5}}, "a statement is not an object"),
        ({"openapi": "3.0.1"}, None),
        ([], None),
    ],
)
def test_malformed_documents(document, message):
    messages = [problem.message for problem in read(document).problems]
    assert messages == ([message] if message else [])


def test_an_object_that_should_be_a_policy_and_has_no_statement():
    source = Source("main.tf", "{}")
    problems: list[Problem] = []
    assert statements(Known({}, source.span(0, 2)), "", None, "iam", problems=problems) == []
    assert [problem.message for problem in problems] == ["a policy has no Statement"]


def test_an_effect_that_is_missing_is_absent():
    assert isinstance(read({"Statement": {"Action": "x", "Resource": "*"}}).facts.grants[0].effect, Absent)


def test_what_the_command_line_prints_is_unwrapped():
    inner = {"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}
    parsed = read({"RoleName": "x", "PolicyDocument": inner})
    assert told(parsed.facts.grants[0].actions) == ["s3:*"]
    parsed = read({"Policy": json.dumps(inner)})
    [grant] = parsed.facts.grants
    assert grant.actions[0].span.text == '\\"s3:*\\"'


def test_a_broken_file_still_tells_its_other_statements():
    parsed = read(
        '{"Statement": [{"Effect": "Allow" "Action": "a", "Resource": "*"},, {"Effect": "Deny", "Action": "b",'
        ' "Resource": "*"}'
    )
    assert [told(grant.actions) for grant in parsed.facts.grants] == [["a"], ["b"]]
    assert parsed.problems


def test_undecided_policies_and_statements_are_undecided_grants():
    source = Source("main.tf", "data.x.json")
    unknown = Unknown("data.x is read at apply time", source.span(0, 11))
    problems: list[Problem] = []
    [grant] = statements(unknown, "aws_iam_policy.x", "staging", "iam", problems=problems)
    assert grant.scope == "aws_iam_policy.x"
    assert told([grant.effect, *grant.actions, *grant.resources]) == [{"unknown": unknown.reason}] * 3
    assert grant.principals == []
    [trust] = statements(Known({"Statement": unknown}, source.span(0, 1)), "", None, "trust")
    assert len(trust.principals) == 1 and trust.resources == []
    assert not problems


def test_a_policy_in_a_text_with_open_parts():
    place = Source("t.yaml", "x" * 400).span(10, 300)
    outline = json.dumps(
        {
            "Statement": [
                {"Effect": "Allow", "Action": ["s3:*", f"{OPEN}:Get*"], "Resource": f"arn:aws:s3:::{OPEN}/*"},
                {"Effect": "Allow", "Action": "*", "Resource": OPEN},
            ]
        }
    )
    problems: list[Problem] = []
    first, second = statements(Unknown("later", place, outline=outline), "x", None, "iam", problems=problems)
    assert [each.outline if isinstance(each, Unknown) else told([each])[0] for each in first.actions] == [
        "s3:*",
        f"{OPEN}:Get*",
    ]
    (resource,) = first.resources
    assert isinstance(resource, Unknown) and resource.outline == f"arn:aws:s3:::{OPEN}/*"
    assert isinstance(second.resources[0], Unknown) and told(second.actions) == ["*"]
    # Where a part stands outside of a string, nothing is decided.
    (whole,) = statements(Unknown("later", place, outline='{"Statement": ' + OPEN + "}"), "x", None, "iam")
    assert isinstance(whole.effect, Unknown)
    assert not problems


def test_shape_of_a_policy():
    tree = json_syntax.parse(Text.of(Source("a", json.dumps(statement())))).root
    assert is_policy(tree)
    assert source_of(tree) == "iam"
    assert not is_policy(json_syntax.parse(Text.of(Source("a", '{"Statement": "SELECT 1"}'))).root)


names = st.sampled_from(["Statement", "Effect", "Action", "Principal", "NotAction", "Condition", "Policy", "Sid", "x"])
trees = st.recursive(
    st.none() | st.integers(-1, 5) | st.sampled_from(["*", "Allow", "s3:*", '{"Statement": []}', ""]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=200, deadline=None)
@given(trees)
def test_no_tree_raises_and_each_value_has_its_place(document):
    parsed = read({"Statement": document} if isinstance(document, list) else document)
    length = len(json.dumps(document, indent=1)) + 100
    for grant in parsed.facts.grants:
        for value in [grant.effect, *grant.actions, *grant.principals, *grant.resources]:
            assert 0 <= value.span.start <= value.span.end <= length
        for action in grant.actions:
            assert isinstance(action, Known) and isinstance(action.value, str)
