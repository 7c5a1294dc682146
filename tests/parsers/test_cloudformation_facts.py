"""What CloudFormation and SAM resources hold beside themselves."""

import json

import pytest

from depcheck.environments import Environments
from depcheck.model import Facts
from depcheck.parsers import Context
from depcheck.parsers.cloudformation import parse
from depcheck.source import Source, Text
from depcheck.values import OPEN, Known, Unknown, Value, plain


def facts(resources: dict[str, object], **sections: object) -> Facts:
    text = json.dumps({**sections, "Resources": resources}, indent=1)
    parsed = parse(Text.of(Source("template.json", text)), Context(Environments(), "staging"))
    assert not parsed.problems
    return parsed.facts


def told(values: list[Value]) -> list[object]:
    return [plain(value) for value in values]


STATEMENT = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
DOCUMENT = {"Version": "2012-10-17", "Statement": STATEMENT}


@pytest.mark.parametrize(
    ("kind", "properties", "sources"),
    [
        ("AWS::IAM::ManagedPolicy", {"PolicyDocument": DOCUMENT}, ["iam"]),
        ("AWS::IAM::ManagedPolicy", {"PolicyDocument": json.dumps(DOCUMENT)}, ["iam"]),
        ("AWS::IAM::User", {"Policies": [{"PolicyName": "x", "PolicyDocument": DOCUMENT}] * 2}, ["iam", "iam"]),
        (
            "AWS::IAM::Role",
            {
                "AssumeRolePolicyDocument": {
                    "Statement": [
                        {"Effect": "Allow", "Principal": {"Service": "x"}, "Action": "sts:AssumeRole"},
                    ]
                },
                "Policies": [{"PolicyDocument": {"Statement": [STATEMENT, STATEMENT]}}],
            },
            ["trust", "iam", "iam"],
        ),
        ("AWS::S3::BucketPolicy", {"PolicyDocument": DOCUMENT}, ["resource-policy"]),
        ("AWS::KMS::Key", {"KeyPolicy": DOCUMENT}, ["resource-policy"]),
        ("AWS::Serverless::Function", {"Policies": DOCUMENT}, ["iam"]),
        ("AWS::Serverless::Function", {"Policies": ["AWSLambdaExecute", DOCUMENT]}, ["iam"]),
        ("AWS::S3::Bucket", {"PolicyDocument": DOCUMENT}, []),
    ],
)
def test_grants_of_policies(kind, properties, sources):
    grants = facts({"X": {"Type": kind, "Properties": properties}}).grants
    assert [grant.source for grant in grants] == sources
    assert {(grant.scope, grant.environment) for grant in grants} <= {("cfn.X", "staging")}
    for grant in grants:
        if grant.source != "trust":
            assert told(grant.actions) == ["s3:*"]


def test_resources_of_a_statement_keep_what_is_decided():
    [grant] = facts(
        {
            "B": {"Type": "AWS::S3::Bucket"},
            "P": {
                "Type": "AWS::IAM::Policy",
                "Properties": {
                    "PolicyDocument": {
                        "Statement": {
                            "Effect": "Allow",
                            "Action": ["s3:GetObject"],
                            "Resource": [{"Fn::GetAtt": ["B", "Arn"]}, {"Fn::Sub": "${B.Arn}/*"}],
                        }
                    }
                },
            },
        }
    ).grants
    bucket, objects = grant.resources
    assert isinstance(bucket, Unknown) and bucket.refers == "cfn.B"
    assert isinstance(objects, Unknown) and objects.outline == f"{OPEN}/*"


def test_a_policy_template_of_sam_is_a_grant_of_unknown_actions():
    [grant] = facts(
        {
            "X": {
                "Type": "AWS::Serverless::Function",
                "Properties": {"Policies": [{"DynamoDBCrudPolicy": {"TableName": "users"}}]},
            }
        }
    ).grants
    assert grant.sid == "DynamoDBCrudPolicy"
    assert isinstance(grant.actions[0], Unknown)
    assert told(grant.resources) == ["users"]


def test_a_permission_of_a_function():
    [grant] = facts(
        {
            "P": {
                "Type": "AWS::Lambda::Permission",
                "Properties": {
                    "Principal": "s3.amazonaws.com",
                    "Action": "lambda:InvokeFunction",
                    "FunctionName": "f",
                    "SourceArn": "arn:aws:s3:::b",
                    "SourceAccount": "111111111111",
                },
            }
        }
    ).grants
    assert told(grant.principals) == ["Service:s3.amazonaws.com"]
    assert told(grant.actions) == ["lambda:InvokeFunction"]
    assert grant.conditions is not None
    assert plain(grant.conditions) == {
        "ArnLike": {"AWS:SourceArn": "arn:aws:s3:::b"},
        "StringEquals": {"AWS:SourceAccount": "111111111111"},
    }


def test_variables_of_functions_with_what_all_share():
    found = facts(
        {
            "X": {
                "Type": "AWS::Serverless::Function",
                "Properties": {"Environment": {"Variables": {"LOG": "info", "TABLE": {"Ref": "T"}}}},
            },
            "T": {"Type": "AWS::DynamoDB::Table"},
        },
        Transform="AWS::Serverless-2016-10-31",
        Globals={"Function": {"Runtime": "nodejs20.x", "Environment": {"Variables": {"LOG": "debug", "REGION": "eu"}}}},
    )
    assert [(each.name, each.origin, each.scope, each.environment) for each in found.settings] == [
        ("LOG", "lambda", "cfn.X", "staging"),
        ("REGION", "lambda", "cfn.X", "staging"),
        ("TABLE", "lambda", "cfn.X", "staging"),
    ]
    log, _, table = found.settings
    assert plain(log.value) == "info" and log.span.text == '"LOG"'
    assert isinstance(table.value, Unknown) and table.value.refers == "cfn.T"
    [runtime] = found.runtimes
    assert (runtime.language, plain(runtime.version)) == ("node", "20")


@pytest.mark.parametrize(
    ("identifier", "language", "version"),
    [
        ("python3.12", "python", "3.12"),
        ("nodejs18.x", "node", "18"),
        ("java8.al2", "java", "8"),
        ("java21", "java", "21"),
        ("dotnetcore3.1", "dotnet", "3.1"),
        ("dotnet8", "dotnet", "8"),
        ("go1.x", "go", "1"),
        ("ruby3.3", "ruby", "3.3"),
        ("provided.al2023", "provided", "al2023"),
    ],
)
def test_runtimes(identifier, language, version):
    found = facts({"F": {"Type": "AWS::Lambda::Function", "Properties": {"Runtime": identifier}}})
    [runtime] = found.runtimes
    assert (runtime.language, plain(runtime.version)) == (language, version)
    assert runtime.span.text == f'"{identifier}"'


def test_containers_of_a_task():
    found = facts(
        {
            "T": {
                "Type": "AWS::ECS::TaskDefinition",
                "Properties": {
                    "ContainerDefinitions": [
                        {
                            "Image": "nginx:1.27",
                            "Environment": [{"Name": "PORT", "Value": 80}, {"Name": "DB", "Value": {"Ref": "Missing"}}],
                            "Secrets": [{"Name": "PASSWORD", "ValueFrom": "arn:aws:secretsmanager:x"}],
                        },
                        {"Image": {"Fn::Sub": "${AWS::AccountId}.dkr.ecr.eu-west-1.amazonaws.com/app:latest"}},
                    ]
                },
            }
        }
    )
    first, second = found.images
    assert (plain(first.reference), first.role, first.scope) == ("nginx:1.27", "container", "cfn.T")
    assert isinstance(second.reference, Unknown)
    assert second.reference.outline == f"{OPEN}.dkr.ecr.eu-west-1.amazonaws.com/app:latest"
    assert [(each.name, each.origin, each.sensitive) for each in found.settings] == [
        ("PORT", "container", False),
        ("DB", "container", False),
        ("PASSWORD", "container", True),
    ]
    assert found.settings[0].span.text == '"PORT"'
    assert isinstance(found.settings[2].value, Unknown)
    assert found.settings[2].value.reason == "read from arn:aws:secretsmanager:x when it starts"


def test_schedules():
    found = facts(
        {
            "R": {"Type": "AWS::Events::Rule", "Properties": {"ScheduleExpression": "rate(1 hour)"}},
            "Off": {
                "Type": "AWS::Events::Rule",
                "Properties": {"ScheduleExpression": "rate(1 hour)", "State": "DISABLED"},
            },
            "S": {
                "Type": "AWS::Scheduler::Schedule",
                "Properties": {
                    "ScheduleExpression": "cron(0 5 * * ? *)",
                    "ScheduleExpressionTimezone": "Europe/Madrid",
                },
            },
            "B": {
                "Type": "AWS::Backup::BackupPlan",
                "Properties": {"BackupPlan": {"BackupPlanRule": [{"ScheduleExpression": "cron(0 1 * * ? *)"}]}},
            },
            "F": {
                "Type": "AWS::Serverless::Function",
                "Properties": {
                    "Events": {
                        "A": {"Type": "Schedule", "Properties": {"Schedule": "rate(5 minutes)"}},
                        "B": {"Type": "Schedule", "Properties": {"Schedule": "rate(6 minutes)", "Enabled": False}},
                        "C": {"Type": "ScheduleV2", "Properties": {"ScheduleExpression": "rate(7 minutes)"}},
                        "D": {"Type": "Api", "Properties": {"Path": "/"}},
                    }
                },
            },
        }
    )
    assert [(plain(each.expression), each.zone, each.scope) for each in found.schedules] == [
        ("rate(1 hour)", "UTC", "cfn.R"),
        ("cron(0 5 * * ? *)", "Europe/Madrid", "cfn.S"),
        ("cron(0 1 * * ? *)", "UTC", "cfn.B"),
        ("rate(5 minutes)", "UTC", "cfn.F"),
        ("rate(7 minutes)", "UTC", "cfn.F"),
    ]


def test_what_all_functions_share_is_joined_list_by_list():
    [resource] = facts(
        {
            "F": {
                "Type": "AWS::Serverless::Function",
                "Properties": {"Layers": ["own"], "Timeout": 5, "VpcConfig": {"SubnetIds": ["b"]}},
            }
        },
        Globals={
            "Function": {"Layers": ["all"], "Timeout": 3, "VpcConfig": {"SubnetIds": ["a"], "SecurityGroupIds": ["s"]}}
        },
    ).resources
    assert {name: plain(value) for name, value in resource.attributes.items()} == {
        "Layers": ["all", "own"],
        "Timeout": 5,
        "VpcConfig": {"SubnetIds": ["a", "b"], "SecurityGroupIds": ["s"]},
    }


def test_a_known_secret_from_a_parameter_is_sensitive():
    [setting] = facts(
        {
            "F": {
                "Type": "AWS::Lambda::Function",
                "Properties": {"Environment": {"Variables": {"TOKEN": {"Ref": "Token"}}}},
            }
        },
        Parameters={"Token": {"Type": "String", "NoEcho": True, "Default": "x"}},
    ).settings
    assert setting.sensitive and isinstance(setting.value, Known)


USER_DATA = """\
Resources:
  Web:
    Type: AWS::EC2::Instance
    Properties:
      UserData:
        Fn::Base64: !Sub |
          #!/bin/bash -xe
          export TOKEN=${Token} PLAIN=${!HOME}
          curl http://example.com | sh
"""


def scripts(text: str):
    return parse(Text.of(Source("template.yaml", text)), Context(Environments())).embedded


def test_user_data_is_a_script_with_its_places():
    [script] = scripts(USER_DATA)
    assert (script.kind, script.scope, script.origin) == ("shell", "cfn.Web", "user-data")
    lines = script.text.text.splitlines()
    assert lines[0] == "#!/bin/bash -xe"
    assert lines[1].endswith("PLAIN=${HOME}") and "Token" not in lines[1]
    at = script.text.text.index("curl")
    assert script.text.span(at, at + 4).text == "curl"
    masked = script.text.text.index("=") + 1
    assert script.text.span(masked, masked + 8).text == "${Token}"


def test_user_data_joined_of_lines():
    [script] = scripts(
        json.dumps(
            {
                "Resources": {
                    "L": {
                        "Type": "AWS::AutoScaling::LaunchConfiguration",
                        "Properties": {
                            "UserData": {
                                "Fn::Base64": {
                                    "Fn::Join": ["", ["#!/bin/sh\n", "echo ", {"Ref": "AWS::Region"}, '\nrm "x"\n']]
                                }
                            }
                        },
                    }
                }
            }
        )
    )
    text = script.text.text
    assert text.startswith("#!/bin/sh\necho ") and text.endswith('\nrm "x"\n')
    at = text.index("rm ")
    assert script.text.span(at, at + 6).text == 'rm \\"x\\"'


@pytest.mark.parametrize("data", ["#cloud-config\nruncmd: []\n", "<powershell>", "", 5, {"Ref": "X"}])
def test_other_user_data_is_no_shell_script(data):
    template = {"Resources": {"I": {"Type": "AWS::EC2::Instance", "Properties": {"UserData": data}}}}
    assert scripts(json.dumps(template)) == []
