"""CloudFormation and SAM templates: functions, conditions, resources and what they hold."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from depcheck.environments import Environments
from depcheck.parsers import Context
from depcheck.parsers.cloudformation import evaluate, given_parameters, parse
from depcheck.parsers.cloudformation.cidr import subnets
from depcheck.source import Source, Text
from depcheck.syntax import json as json_syntax
from depcheck.values import OPEN, Absent, Known, Unknown, Value, plain


def read(template: object, environment: str | None = None):
    text = template if isinstance(template, str) else json.dumps(template, indent=2)
    return parse(Text.of(Source("template.yaml", text)), Context(Environments(), environment))


BASE = {
    "Parameters": {
        "Env": {"Type": "String", "Default": "dev"},
        "Size": {"Type": "Number"},
        "Zones": {"Type": "CommaDelimitedList", "Default": "a, b"},
        "Password": {"Type": "String", "NoEcho": True, "Default": "hunter2"},
        "Ami": {"Type": "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>", "Default": "/aws/ami"},
    },
    "Mappings": {"Sizes": {"dev": {"Class": "db.t3.micro"}, "prod": {"Class": "db.r6g.large", "L": [1, 2]}}},
    "Conditions": {
        "IsDev": {"Fn::Equals": [{"Ref": "Env"}, "dev"]},
        "IsProd": {"Fn::Not": [{"Condition": "IsDev"}]},
        "Never": {"Fn::Equals": ["a", "b"]},
        "Sized": {"Fn::Equals": [{"Ref": "Size"}, "3"]},
        "Loop": {"Fn::Or": [{"Condition": "Loop"}, {"Condition": "Never"}]},
        "Certain": {"Fn::And": [{"Condition": "Sized"}, {"Condition": "Never"}]},
        "Either": {"Fn::Or": [{"Condition": "Sized"}, {"Condition": "IsDev"}]},
    },
}


def one(value: object) -> Value:
    """What a property with this value resolves to."""
    resources = {"Logs": {"Type": "AWS::S3::Bucket"}, "X": {"Type": "AWS::X::Y", "Properties": {"P": value}}}
    parsed = read({**BASE, "Resources": resources})
    assert not parsed.problems
    return parsed.facts.resources[1].get("P")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"Ref": "Env"}, "dev"),
        ({"Ref": "Zones"}, ["a", "b"]),
        ({"Fn::Sub": "x-${Env}-${!Env}"}, "x-dev-${Env}"),
        ({"Fn::Sub": ["${A}/${Env}", {"A": {"Ref": "Env"}}]}, "dev/dev"),
        ({"Fn::Join": ["-", ["a", {"Ref": "Env"}, 3, True]]}, "a-dev-3-true"),
        ({"Fn::Join": [",", {"Ref": "Zones"}]}, "a,b"),
        ({"Fn::Select": ["1", ["x", {"Ref": "Env"}]]}, "dev"),
        ({"Fn::Select": [0, {"Fn::Split": ["/", "x/y"]}]}, "x"),
        ({"Fn::FindInMap": ["Sizes", {"Ref": "Env"}, "Class"]}, "db.t3.micro"),
        ({"Fn::FindInMap": ["Sizes", "prod", "L"]}, [1, 2]),
        ({"Fn::FindInMap": ["Sizes", "qa", "Class", {"DefaultValue": "z"}]}, "z"),
        ({"Fn::If": ["IsDev", "yes", "no"]}, "yes"),
        ({"Fn::If": ["IsProd", "yes", "no"]}, "no"),
        ({"Fn::If": ["Certain", "yes", "no"]}, "no"),
        ({"Fn::If": ["Either", "yes", "no"]}, "yes"),
        ({"Fn::If": ["Sized", "same", "same"]}, "same"),
        ({"Fn::Base64": {"Fn::Sub": "#!/bin/sh\necho ${Env}"}}, "#!/bin/sh\necho dev"),
        ({"Fn::Length": {"Ref": "Zones"}}, 2),
        ({"Fn::Cidr": ["10.0.0.0/22", 2, 8]}, ["10.0.0.0/24", "10.0.1.0/24"]),
        ({"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":iam::aws:policy/X"]]}, "arn:aws:iam::aws:policy/X"),
        ([1, {"Ref": "AWS::NoValue"}, 2], [1, 2]),
        ({"a": {"Fn::If": ["IsDev", {"Ref": "AWS::NoValue"}, 1]}, "b": 2}, {"b": 2}),
        ({"Ref": "x", "other": 1}, {"Ref": "x", "other": 1}),
        ({"Condition": {"Bool": {}}}, {"Condition": {"Bool": {}}}),
    ],
)
def test_what_the_template_decides(value, expected):
    assert plain(one(value)) == expected


@pytest.mark.parametrize(
    ("value", "reason", "missing"),
    [
        ({"Ref": "Size"}, "parameter Size has no default", ["parameter Size"]),
        ({"Ref": "Ami"}, "parameter Ami is read from Parameter Store", ["parameter Ami"]),
        ({"Ref": "AWS::Region"}, "AWS::Region is known when it is deployed", ["AWS::Region"]),
        ({"Ref": "Nothing"}, "Nothing is neither a parameter nor a resource of this template", []),
        (
            {"Fn::If": ["Sized", 1, 2]},
            "condition Sized is not decided: parameter Size has no default",
            ["parameter Size"],
        ),
        ({"Fn::If": ["Loop", 1, 2]}, "condition Loop is not decided: condition Loop depends on itself", []),
        ({"Fn::If": ["No", 1, 2]}, "condition No is not decided: condition No is not declared", []),
        ({"Fn::ImportValue": {"Fn::Sub": "net-${Env}"}}, "export net-dev belongs to another stack", ["export net-dev"]),
        ({"Fn::GetAZs": ""}, "the zones of a region are known when it is deployed", ["AWS::Region"]),
        ({"Fn::FindInMap": ["Sizes", "qa", "Class"]}, "mapping Sizes has no such entry", []),
        ({"Fn::Select": [5, ["a"]]}, "Fn::Select asks for number 5 of 1", []),
        ({"Fn::Transform": {"Name": "x"}}, "Fn::Transform is not evaluated", ["Fn::Transform"]),
        ({"Fn::Sub": "a-${Size}-${AWS::Region}"}, "parameter Size has no default", ["parameter Size", "AWS::Region"]),
        (
            "{{resolve:secretsmanager:db:SecretString:password}}",
            "read from Secrets Manager when it is deployed",
            ["{{resolve:secretsmanager:db:SecretString:password}}"],
        ),
    ],
)
def test_what_it_leaves_open_says_why(value, reason, missing):
    found = one(value)
    assert isinstance(found, Unknown)
    assert found.reason == reason
    assert [each.name for each in found.missing] == missing


@pytest.mark.parametrize(
    ("value", "refers"),
    [
        ({"Ref": "Logs"}, "cfn.Logs"),
        ({"Fn::GetAtt": ["Logs", "Arn"]}, "cfn.Logs"),
        ({"Fn::GetAtt": "Logs.Arn"}, "cfn.Logs"),
        ({"Fn::Sub": "${Logs.Arn}"}, "cfn.Logs"),
        ({"Fn::Sub": "${Logs}"}, "cfn.Logs"),
        ({"Fn::Join": ["", [{"Ref": "Logs"}]]}, "cfn.Logs"),
        ({"Fn::Sub": "${Logs.Arn}/*"}, None),
        ({"Fn::GetAtt": ["Logs", "DomainName"]}, None),
        ({"Fn::GetAtt": ["Logs", "Endpoint.Address"]}, None),
    ],
)
def test_references_to_a_resource_can_be_followed(value, refers):
    found = one(value)
    assert isinstance(found, Unknown)
    assert found.refers == refers


@pytest.mark.parametrize(
    ("value", "outline"),
    [
        ({"Fn::Sub": "arn:aws:s3:::${Logs}/*"}, f"arn:aws:s3:::{OPEN}/*"),
        ({"Fn::Join": ["", [{"Fn::GetAtt": ["Logs", "Arn"]}, "/*"]]}, f"{OPEN}/*"),
        ({"Fn::Join": [":", ["a", {"Fn::Sub": "b-${Size}"}, {"Ref": "Env"}]]}, f"a:b-{OPEN}:dev"),
        ({"Ref": "Size"}, None),
    ],
)
def test_the_decided_part_of_a_text_is_kept(value, outline):
    found = one(value)
    assert isinstance(found, Unknown)
    assert found.outline == outline


def test_a_value_tells_where_it_was_decided():
    found = one({"Fn::If": ["IsDev", {"Fn::FindInMap": ["Sizes", {"Ref": "Env"}, "Class"]}, "x"]})
    assert isinstance(found, Known)
    words = [step.words for step in found.via]
    assert words == [
        "default of parameter Env",
        "mapping Sizes dev Class",
        "condition IsDev is true",
    ]
    assert found.via[0].span is not None and found.via[0].span.text == '"dev"'
    assert found.key is not None and found.key.text == '"P"'
    assert found.span.text.startswith('{\n          "Fn::If"')


def test_what_is_not_echoed_is_sensitive():
    found = one({"Fn::Sub": "postgres://app:${Password}@db"})
    assert isinstance(found, Known) and found.sensitive and found.value == "postgres://app:hunter2@db"


def test_conditions_of_resources():
    kinds = {name: {"Type": "AWS::S3::Bucket", "Condition": name} for name in ("IsDev", "IsProd", "Never", "Sized")}
    parsed = read({**BASE, "Resources": kinds})
    # What only a default rules out exists with other parameters.
    assert [resource.name for resource in parsed.facts.resources] == ["IsDev", "IsProd", "Sized"]
    assert plain(parsed.facts.resources[0].get("Condition")) == "IsDev"


def test_given_parameters_take_the_place_of_defaults():
    tree = json_syntax.parse(
        Text.of(
            Source(
                "parameters.prod.json",
                json.dumps([{"ParameterKey": "Env", "ParameterValue": "prod"}, {"ParameterKey": "Size"}, "Zones=x"]),
            )
        )
    ).root
    given_values = given_parameters(tree)
    template = read(
        {
            **BASE,
            "Resources": {"X": {"Type": "A::B::C", "Properties": {"P": {"Fn::If": ["IsProd", 1, {"Ref": "Zones"}]}}}},
        }
    ).tree
    facts, problems = evaluate(template, "production", given_values)
    assert not problems
    assert plain(facts.resources[0].get("P")) == 1
    assert facts.resources[0].environment == "production"
    assert sorted(given_values) == ["Env", "Zones"]
    for shape in ({"Parameters": {"Env": "prod"}}, {"Env": "prod"}):
        tree = json_syntax.parse(Text.of(Source("p.json", json.dumps(shape)))).root
        assert {name: plain(value) for name, value in given_parameters(tree).items()} == {"Env": "prod"}


YAML = """\
AWSTemplateFormatVersion: 2010-09-09
Parameters:
  Env: {Type: String, Default: prod}
Conditions:
  IsProd: !Equals [!Ref Env, prod]
Resources:
  Database:
    Type: AWS::RDS::DBInstance
    DeletionPolicy: Retain
    Condition: IsProd
    Metadata:
      aws:cdk:path: App/Db/Resource
    Properties:
      MultiAZ: !If [IsProd, true, false]
      BackupRetentionPeriod: 7
      DBSubnetGroupName: !Ref Subnets
      MasterUserPassword: !Sub "{{resolve:secretsmanager:${Secret}}}"
      Tags:
        - Key: env
          Value: !Sub ${Env}-${AWS::Region}
      VPCSecurityGroups: [!GetAtt Group.GroupId]
      UserData: !Base64
        Fn::Sub: |
          #!/bin/sh
          echo ${Env}
  Subnets:
    Type: AWS::RDS::DBSubnetGroup
"""


def test_short_tags():
    parsed = read(YAML, "production")
    assert not parsed.problems
    [database, _] = parsed.facts.resources
    assert (database.address, database.type, database.kind, database.format, database.environment) == (
        "cfn.Database",
        "AWS::RDS::DBInstance",
        "resource",
        "cloudformation",
        "production",
    )
    assert database.span.text == "Database"
    assert database.extent.text.startswith("Database:\n    Type") and database.extent.text.rstrip().endswith("${Env}")
    assert plain(database.get("MultiAZ")) is True
    assert database.get("BackupRetentionPeriod").span.text == "7"
    group = database.get("DBSubnetGroupName")
    assert isinstance(group, Unknown) and group.refers == "cfn.Subnets"
    assert isinstance(database.get("MasterUserPassword"), Unknown)
    tag = database.get("Tags", 0, "Value")
    assert isinstance(tag, Unknown) and tag.outline == f"prod-{OPEN}"
    assert plain(database.get("UserData")) == "#!/bin/sh\necho prod\n"
    assert plain(database.get("DeletionPolicy")) == "Retain"
    assert plain(database.get("aws:cdk:path")) == "App/Db/Resource"


def test_loops_are_written_out():
    parsed = read(
        {
            "Transform": "AWS::LanguageExtensions",
            "Resources": {
                "Fn::ForEach::Tables": [
                    "Name",
                    ["Points", "Sc-ore"],
                    {"Table&{Name}": {"Type": "AWS::DynamoDB::Table", "Properties": {"TableName": {"Ref": "Name"}}}},
                ],
                "Fn::ForEach::Open": ["X", {"Ref": "Missing"}, {"A${X}": {"Type": "AWS::S3::Bucket"}}],
            },
        }
    )
    assert [(each.name, plain(each.get("TableName"))) for each in parsed.facts.resources] == [
        ("TablePoints", "Points"),
        ("TableScore", "Sc-ore"),
    ]
    assert [problem.message for problem in parsed.problems] == ["Fn::ForEach::Open is not decided by this template"]


def test_loops_inside_loops_stay_bounded():
    body: dict[str, object] = {"B": {"Type": "AWS::S3::Bucket"}}
    for level in range(5):
        body = {
            f"Fn::ForEach::L{level}": [f"I{level}", [f"v{index}" for index in range(60)], {f"${{I{level}}}": 1, **body}]
        }
    assert len(read({"Resources": body}).facts.resources) <= 500


def test_what_functions_make_stays_bounded():
    template = {
        "Parameters": {"P": {"Type": "String", "Default": "x" * 50_000}},
        "Resources": {
            f"R{index}": {"Type": "A::B::C", "Properties": {"P": {"Fn::Sub": "${P}" * 100}}} for index in range(10)
        },
    }
    found = [resource.get("P") for resource in read(template).facts.resources]
    assert isinstance(found[0], Known)
    assert isinstance(found[-1], Unknown) and "too much text" in found[-1].reason


def test_a_long_chain_of_conditions_is_not_followed_to_its_end():
    conditions: dict[str, object] = {f"C{index}": {"Condition": f"C{index + 1}"} for index in range(2000)}
    conditions["C2000"] = {"Fn::Equals": ["a", "a"]}
    parsed = read({"Conditions": conditions, "Resources": {"X": {"Type": "A::B::C", "Condition": "C0"}}})
    assert len(parsed.facts.resources) == 1


def test_the_serverless_framework_keeps_resources_deeper():
    parsed = read("service: x\nresources:\n  Resources:\n    B:\n      Type: AWS::S3::Bucket\n")
    assert [resource.address for resource in parsed.facts.resources] == ["cfn.B"]


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ('{"Resources": {"A": {"Properties": {}}}}', ["resource A has no Type"]),
        ('{"Resources": []}', []),
        ("Resources:\n  A: 5\n  B:\n    Type: AWS::S3::Bucket\n", ["resource A has no Type"]),
        ("Resources:\n  A:\n    Type: !Rain::Module x.yml\n", []),
        ('{"Resources": {"A": {"Type": "AWS::S3::Bucket", "Properties": {"X" 1}}}}', ['no : after the key "X"']),
        ("", None),
    ],
)
def test_malformed_templates(text, messages):
    parsed = read(text)
    if messages is not None:
        assert [problem.message for problem in parsed.problems] == messages


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("10.0.0.0/24", "2", "5"), ["10.0.0.0/27", "10.0.0.32/27"]),
        (("10.0.5.7/16", "1", "8"), ["10.0.0.0/24"]),
        (("10.0.0.0/24", "9", "5"), None),
        (("10.0.0.0/24", "0", "5"), None),
        (("300.0.0.0/24", "1", "5"), None),
        (("2001:db8::/56", "1", "64"), None),
    ],
)
def test_blocks_of_addresses(arguments, expected):
    assert subnets(*arguments) == expected


NAMES = """Ref Fn::Sub Fn::Join Fn::If Fn::Select Fn::Split Fn::FindInMap Fn::GetAtt Fn::Cidr Fn::Equals Fn::And Fn::Not
Fn::Base64 Fn::ImportValue Fn::Length Fn::ForEach::X Condition Statement Policies Environment Variables Events Type
ContainerDefinitions Properties"""
functions = st.sampled_from(NAMES.split())
words = st.sampled_from(["Env", "Size", "IsDev", "Logs", "Logs.Arn", "${Env}", "${X.Y}", "{{resolve:ssm:x}}", "", "1"])
trees = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 300) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(functions, inner, max_size=2),
    max_leaves=12,
)


@settings(max_examples=250, deadline=None)
@given(
    trees,
    st.sampled_from(["AWS::IAM::Role", "AWS::Serverless::Function", "AWS::ECS::TaskDefinition", "AWS::S3::Bucket"]),
)
def test_no_template_raises_and_every_value_has_its_place(tree, kind):
    properties = tree if isinstance(tree, dict) else {"P": tree, "Policies": tree, "Environment": tree}
    template = {
        **BASE,
        "Conditions": {**BASE["Conditions"], "Random": tree},
        "Resources": {
            "A": {"Type": kind, "Condition": "Random", "Properties": properties},
            "B": tree,
            "Fn::ForEach::C": tree,
        },
    }
    text = json.dumps(template)
    parsed = read(text)
    for resource in parsed.facts.resources:
        for value in resource.attributes.value.values():
            assert not isinstance(value, Absent)
            assert 0 <= value.span.start <= value.span.end <= len(text)
