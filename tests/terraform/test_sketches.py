from __future__ import annotations

import pytest
from terraform_tree import attribute, chain, load, parsed, resources, unknown

from depcheck.data import load_json
from depcheck.terraform.sketches import name_of
from depcheck.values import Known, plain

DATABASE = """
variable "days" { default = 3 }
module "db" {
  source                  = "terraform-aws-modules/rds/aws"
  version                 = "~> 6.0"
  identifier              = "main"
  engine                  = "postgres"
  backup_retention_period = var.days
  multi_az                = false
}
resource "a_b" "c" { db = module.db.db_instance_arn }
"""


def test_a_public_module_is_judged_by_its_sketch() -> None:
    found = resources(DATABASE)
    database = found[None, "module.db.aws_db_instance.this[0]"]
    told = {name: plain(database.get(name)) for name in ("backup_retention_period", "multi_az", "storage_encrypted")}
    assert told == {"backup_retention_period": 3, "multi_az": False, "storage_encrypted": True}
    assert database.span.text == 'module "db"'
    days, zones, encrypted = (
        database.get(name) for name in ("backup_retention_period", "multi_az", "storage_encrypted")
    )
    assert days.span.text == "var.days" and chain(days) == ["var.days main.tf:2"]
    assert zones.span.text == "false" and chain(zones) == []
    assert isinstance(encrypted, Known)
    assert [step.words for step in encrypted.via] == ["the default of terraform-aws-modules/rds/aws"]
    assert encrypted.span.text == 'module "db"'
    # What the module leaves open is the provider's.
    apply = database.get("apply_immediately")
    assert isinstance(apply, Known) and [step.words for step in apply.via] == ["the provider's default"]
    assert unknown(found[None, "a_b.c"].get("db")).refers == "module.db.aws_db_instance.this[0]"
    assert load(DATABASE).problems == []


def test_defaults_of_earlier_versions_are_not_guessed() -> None:
    text = 'module "lb" {\n  source  = "terraform-aws-modules/alb/aws"\n  version = "8.7.0"\n}\n'
    found = unknown(attribute(text, "module.lb.aws_lb.this[0]", "enable_deletion_protection"))
    assert found.reason == "module.lb leaves enable_deletion_protection to the default of its version"
    assert found.span.text == 'module "lb"'
    newer = attribute(text.replace("8.7.0", ">= 9"), "module.lb.aws_lb.this[0]", "enable_deletion_protection")
    assert isinstance(newer, Known) and newer.value is True


def test_a_bucket_with_what_belongs_to_it() -> None:
    text = """
    module "bucket" {
      source     = "git::https://github.com/terraform-aws-modules/terraform-aws-s3-bucket.git?ref=v4.1.0"
      bucket     = "logs"
      versioning = { enabled = true }
      attach_deny_insecure_transport_policy = true
    }
    """
    found = resources(text)
    versioning = found[None, "module.bucket.aws_s3_bucket_versioning.this[0]"]
    assert plain(versioning.get("versioning_configuration", 0, "status")) == "Enabled"
    assert unknown(versioning.get("bucket")).refers == "module.bucket.aws_s3_bucket.this[0]"
    block = found[None, "module.bucket.aws_s3_bucket_public_access_block.this[0]"]
    assert plain(block.get("block_public_acls")) is True
    (grant,) = load(text).facts.grants
    assert (plain(grant.effect), grant.span.text) == ("Deny", 'module "bucket"')


def test_rules_of_a_security_group() -> None:
    text = """
    module "sg" {
      source              = "terraform-aws-modules/security-group/aws"
      name                = "x"
      ingress_rules       = ["ssh-tcp"]
      ingress_cidr_blocks = ["0.0.0.0/0"]
      ingress_with_cidr_blocks = [{ from_port = 5432, to_port = 5432, protocol = "tcp", cidr_blocks = "10.0.0.0/8" }]
    }
    """
    found = resources(text)
    rule = found[None, "module.sg.aws_security_group_rule.ingress_rules[0]"]
    assert (plain(rule.get("from_port")), plain(rule.get("cidr_blocks"))) == (22, ["0.0.0.0/0"])
    assert rule.get("cidr_blocks", 0).span.text == '"0.0.0.0/0"'
    other = found[None, "module.sg.aws_security_group_rule.ingress_with_cidr_blocks[0]"]
    assert (plain(other.get("from_port")), plain(other.get("cidr_blocks"))) == (5432, ["10.0.0.0/8"])


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("terraform-aws-modules/rds/aws", ("terraform-aws-modules/rds/aws", "")),
        ("registry.terraform.io/terraform-aws-modules/rds/aws", ("terraform-aws-modules/rds/aws", "")),
        (
            "github.com/terraform-aws-modules/terraform-aws-iam//modules/iam-user?ref=v5.1.0",
            ("terraform-aws-modules/iam/aws//modules/iam-user", "v5.1.0"),
        ),
        ("git@github.com:terraform-aws-modules/terraform-aws-vpc.git", ("terraform-aws-modules/vpc/aws", "")),
        (
            "git::ssh://git@github.com/terraform-aws-modules/terraform-aws-eks.git",
            ("terraform-aws-modules/eks/aws", ""),
        ),
        ("https://example.com/x.zip", ("https://example.com/x.zip", "")),
    ],
)
def test_names_of_modules(source: str, expected: tuple[str, str]) -> None:
    assert name_of(source) == expected


def _modules() -> list[dict[str, object]]:
    modules = load_json("schemas", "terraform-modules.json")["modules"]
    assert isinstance(modules, list)
    return modules


@pytest.mark.parametrize("module", _modules(), ids=lambda module: module["names"][0])
def test_every_sketch_evaluates(module: dict[str, object]) -> None:
    names = module["names"]
    assert isinstance(names, list) and str(module["page"]).startswith("https://github.com/")
    for name in names:
        text = f'module "m" {{\n  source = "{name}"\n  create_role = true\n}}\n'
        result = load(text)
        assert result.problems == []
        kinds = [each.kind for each in result.facts.resources]
        assert kinds[0] == "module" and set(kinds[1:]) == {"resource"}
        assert all(each.span.path == "main.tf" for each in result.facts.resources)
        configuration = module["configuration"]
        assert isinstance(configuration, dict)
        import json

        sketch = parsed({"m.tf.json": json.dumps(configuration)})["m.tf.json"]
        assert sketch.problems == []


def test_listeners_of_different_shapes() -> None:
    text = """
    module "lb" {
      source = "terraform-aws-modules/alb/aws"
      listeners = {
        http  = { port = 80, protocol = "HTTP", redirect = { protocol = "HTTPS", status_code = "HTTP_301" } }
        https = { port = 443, protocol = "HTTPS", certificate_arn = "arn", forward = { target_group_key = "x" } }
      }
    }
    """
    found = resources(text)
    http = found[None, 'module.lb.aws_lb_listener.this["http"]']
    assert plain(http.get("default_action", 0, "redirect", 0, "protocol")) == "HTTPS"
    assert plain(found[None, 'module.lb.aws_lb_listener.this["https"]'].get("port")) == 443
