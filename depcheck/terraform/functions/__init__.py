"""Terraform's built-in functions, by family; a family is imported when one of its functions is first called."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from depcheck.terraform.functions.spec import Function

FAMILIES = {
    "conversion": "ephemeralasnull issensitive nonsensitive sensitive tobool tolist tomap tonumber toset tostring",
    "csvtext": "csvdecode",
    "dates": "formatdate timeadd timecmp",
    "encoding": "base64decode base64encode base64gzip jsondecode jsonencode"
    " textdecodebase64 textencodebase64 urlencode",
    "filesystem": "abspath basename dirname file filebase64 filebase64sha256 filebase64sha512 fileexists filemd5"
    " fileset filesha1 filesha256 filesha512 pathexpand",
    "format": "format formatlist",
    "hashes": "base64sha256 base64sha512 md5 rsadecrypt sha1 sha256 sha512 uuidv5",
    "mappings": "coalesce keys length list lookup map merge transpose values zipmap",
    "network": "cidrhost cidrnetmask cidrsubnet cidrsubnets",
    "numeric": "abs ceil floor log max min parseint pow signum sum",
    "regex": "regex regexall",
    "sequences": "alltrue anytrue chunklist coalescelist concat contains distinct element flatten index matchkeys one"
    " range reverse slice",
    "setfunctions": "setintersection setproduct setsubtract setunion",
    "strings": "chomp compact endswith indent join lower replace sort split startswith strcontains strrev substr title"
    " trim trimprefix trimspace trimsuffix upper",
    "yamltext": "yamldecode yamlencode",
}
_FAMILY = {name: family for family, names in FAMILIES.items() for name in names.split()}

# Functions whose result is another one each time, and why it is not known before.
IMPURE = {
    "bcrypt": "bcrypt() gives another text each time",
    "plantimestamp": "plantimestamp() is the time of the plan",
    "timestamp": "timestamp() is the time of the apply",
    "uuid": "uuid() gives another text each time",
}
# Functions that read files, which a template of templatestring() must not.
READING = frozenset(name for name in _FAMILY if name.startswith("file"))
# Functions that the evaluator carries out itself, because they look at expressions or render templates.
SPECIAL = frozenset(("can", "templatefile", "templatestring", "try"))


@cache
def lookup(name: str) -> Function | None:
    """The function of a name; None where there is none (or it is impure or special)."""
    family = _FAMILY.get(name)
    if family is None:
        return None
    functions: dict[str, Function] = import_module(f"{__name__}.{family}").FUNCTIONS
    return functions[name]
