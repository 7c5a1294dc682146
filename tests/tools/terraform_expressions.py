"""The expressions that tests/data/terraform-console.json holds the answers to, by what they are about.

One expression a line; lines that begin with spaces continue the one before.
"""

from __future__ import annotations

CONFIGURATION = """\
variable "unknown_string" { type = string }
variable "unknown_number" { type = number }
variable "unknown_bool" { type = bool }
variable "unknown_list" { type = list(string) }
variable "unknown_set" { type = set(string) }
variable "unknown_map" { type = map(string) }
variable "unknown_object" { type = object({ a = string, b = number }) }
variable "unknown_any" {}
variable "name" {
  type    = string
  default = "app"
}
variable "size" { default = 3 }
variable "enabled" {
  type    = bool
  default = "true"
}
variable "nothing" {
  type    = string
  default = null
}
variable "secret" {
  type      = string
  default   = "swordfish"
  sensitive = true
}
variable "secrets" {
  type      = map(string)
  default   = { user = "u", word = "w" }
  sensitive = true
}
variable "token" {
  type      = string
  default   = "t"
  ephemeral = true
}
variable "zones" {
  type    = list(string)
  default = ["a", "b", "c"]
}
variable "tags" {
  type    = map(string)
  default = { Team = "core", Cost = 12 }
}
variable "ports" {
  type    = set(number)
  default = [443, 80, "8080", 80]
}
variable "template" { default = "Hello $${name}, %%{ for x in list }[$${x}]%%{ endfor }" }
variable "database" {
  type = object({
    engine    = string
    retention = optional(number, 7)
    multi_az  = optional(bool)
    backup    = optional(object({ window = optional(string, "03:00"), keep = optional(number) }), {})
    replicas  = optional(list(object({ zone = string, size = optional(string, "small") })), [])
  })
  default = {
    engine   = "postgres"
    replicas = [{ zone = "a" }, { zone = "b", size = "large" }]
    other    = true
  }
}
variable "services" {
  type    = map(object({ port = optional(number, 80), public = optional(bool, false) }))
  default = { web = { public = true }, api = { port = 8080 } }
}
variable "mixed" {
  type    = tuple([string, number, bool])
  default = [1, "2", "false"]
}
locals {
  numbers = [3, 1, 2]
  people = [
    { name = "ann", age = 30, team = "a" },
    { name = "bob", age = 25, team = "b" },
    { name = "cid", age = 35, team = "a" },
  ]
  partly = { known = "k", open = var.unknown_string, list = ["x", var.unknown_string] }
}
"""

FILES = {
    "hello.txt": "Hello, World!\n",
    "empty.txt": "",
    "greeting.tftpl": "Hi ${name}!\n%{ for i, item in items ~}\n${i}: ${item}\n%{ endfor ~}\nend",
    "plain.tftpl": "no names here",
    "wrap.tftpl": "${values}",
    "bad.tftpl": "${missing",
    "policy.json": '{"Version": "2012-10-17", "Statement": []}',
    "folder/one.txt": "1",
    "folder/two.md": "2",
    "folder/deep/three.txt": "3",
    "folder/deep/er/four.txt": "4",
    "folder/.hidden": "h",
}

GROUPS: dict[str, str] = {}

GROUPS["literals"] = r"""
1
-1
1.5
0.1
1e3
1.5e-3
1E2
100000000000000000000000000000000000000
0.1 + 0.2
123456789.123456789
1e100
1e-20
true
null
"text"
"a\tb\\c\"d"
"line\nbreak"
"unicode: ä ö €"
"\u00e9"
"\U0001F600"
"$${not}"
"%%{not}"
"$"
"100%"
""
[]
{}
[1, "a", true, null]
[1, [2, [3]]]
{ a = 1, "b" = 2, (var.name) = 3 }
{ a : 1, b : 2 }
{ "${var.name}-x" = 1 }
{ 1 = "one", true = "yes" }
{ a = 1, a = 2 }
{ (null) = 1 }
{ ([]) = 1 }
{ b = 1, a = { d = 2, c = 3 } }
[{ a = 1 }, { b = 2 }]
"""

GROUPS["arithmetic"] = r"""
1 + 2
1 - 2
2 * 3
7 / 2
7 % 3
-7 % 3
7 % -3
7.5 % 2
-7.5 % 2
5 % 0
1 / 3
2 / 3
10 / 4
22 / 7
1 / 0
-1 / 0
0 / 0
1 / 0 - 1 / 0
1 + 2 * 3
(1 + 2) * 3
10 - 2 - 3
2 * 3 % 4
-var.size
- -1
"1" + 2
"a" + 1
true + 1
null + 1
[] + 1
1 + "2.5"
"0x10" + 1
0.1 * 3
1e50 + 1
1e200 * 1e200
3 * 1.1
100 * 1.15
1.1 * 1.1
99999999999999999999 + 1
length("ab") / length("abc")
length([1]) / 3
(1 / 3) * 3
1 / 3 + 1 / 3
1 - 0.9
0.3 - 0.1
4.35 * 100
1.005 * 1000
2 / 4
1e3 / 1e-3
7 / 2 * 2
5 - -5
1 + 1 == 2
var.size / 2
var.size % 2 == 0
"""

GROUPS["comparison"] = r"""
1 < 2
2 <= 2
3 > 2
2 >= 3
"1" < 2
"a" < "b"
null < 1
true < 2
1 == 1
1 == 1.0
1 == "1"
"a" == "a"
"a" != "b"
true == "true"
null == null
null == 1
1 == null
null != "x"
var.nothing == null
var.nothing != null
[] == []
[1] == [1]
[1] == tolist([1])
tolist([1]) == tolist(["1"])
{} == {}
{ a = 1 } == { a = 1 }
{ a = 1 } == tomap({ a = 1 })
{ a = 1 } == { a = 2 }
{ a = 1 } == { b = 1 }
tomap({ a = 1 }) == tomap({ a = 1 })
toset([1, 2]) == toset([2, 1])
toset([1, 2]) == [1, 2]
[1, "a"] == [1, "a"]
[1, null] == [1, null]
"é" == "é"
0.1 + 0.2 == 0.3
1 / 3 == 1 / 3
1 == true
"" == null
var.zones == ["a", "b", "c"]
var.zones == tolist(["a", "b", "c"])
var.name == "app"
[for z in var.zones : z] == ["a", "b", "c"]
1 < 2 == true
"""

GROUPS["logic"] = r"""
true && true
true && false
false || true
false || false
!true
!false
!null
true && null
null || true
"true" && true
"yes" && true
1 && true
"1" || false
!"false"
!"x"
!!true
true || false && false
(true || false) && false
!true || true
var.enabled && var.size > 2
false && tobool("x")
true || tobool("x")
true && tobool("x")
var.nothing != null && length(var.nothing) > 2
var.nothing == null || length(var.nothing) > 2
"""

GROUPS["unknown"] = r"""
var.unknown_string
var.unknown_any
true && var.unknown_bool
false && var.unknown_bool
var.unknown_bool && false
true || var.unknown_bool
var.unknown_bool || true
!var.unknown_bool
var.unknown_number + 1
var.unknown_number * 0
var.unknown_number > 1
-var.unknown_number
var.unknown_string == "a"
var.unknown_string == null
var.unknown_string == var.unknown_string
"${var.unknown_string}-x" == null
"a-${var.unknown_string}" == "b"
"a-${var.unknown_string}" == "a-b"
"a-${var.unknown_string}"
"${var.unknown_string}"
var.unknown_bool ? 1 : 2
var.unknown_bool ? "a" : "a"
var.unknown_bool ? null : null
true ? var.unknown_string : "b"
false ? var.unknown_string : "b"
true ? "a" : var.unknown_any
[var.unknown_string, "b"]
[var.unknown_string, "b"][1]
[var.unknown_string, "b"][0]
{ a = var.unknown_string, b = 1 }
{ a = var.unknown_string, b = 1 }.b
{ (var.unknown_string) = 1 }
[for x in var.unknown_list : x]
[for x in ["a", var.unknown_string] : upper(x)]
[for x in ["a", var.unknown_string] : x if x != "a"]
{ for x in ["a", var.unknown_string] : x => 1 }
{ for k, v in { a = var.unknown_string } : k => v }
var.unknown_list[0]
var.unknown_list[*]
var.unknown_map.a
var.unknown_map["a"]
var.unknown_object.a
var.unknown_object.c
var.unknown_object["b"]
var.unknown_any.a.b[0].c
var.unknown_any[*].a
var.unknown_set[0]
["a", "b"][var.unknown_number]
tolist(["a", "b"])[var.unknown_number]
{ a = 1 }[var.unknown_string]
length(var.unknown_list)
length([var.unknown_string])
length({ a = var.unknown_any })
length(var.unknown_any)
length(var.unknown_object)
length(toset([var.unknown_string, "a"]))
keys({ a = var.unknown_string })
keys(var.unknown_object)
keys(var.unknown_map)
values({ a = var.unknown_string })
concat(["a"], var.unknown_list)
concat(["a"], [var.unknown_string])
flatten([["a"], var.unknown_list])
flatten([["a"], [var.unknown_string]])
flatten([["a"], var.unknown_any])
contains(["a", var.unknown_string], "a")
contains(["a", var.unknown_string], "b")
contains(var.unknown_list, "a")
lookup({ a = 1 }, var.unknown_string, 2)
lookup({ a = var.unknown_string, b = "x" }, "b", "d")
lookup(var.unknown_map, "a", "d")
merge({ a = 1 }, { b = var.unknown_string })
merge({ a = 1 }, var.unknown_map)
coalesce(var.unknown_string, "a")
coalesce("a", var.unknown_string)
coalesce(null, var.unknown_string)
coalescelist(var.unknown_list, ["a"])
coalescelist(["a"], var.unknown_list)
compact(["a", var.unknown_string])
distinct(["a", var.unknown_string])
sort(["b", var.unknown_string])
join(",", ["a", var.unknown_string])
split(",", var.unknown_string)
format("a %s", var.unknown_string)
format("%s", "x")
formatlist("%s-x", ["a", var.unknown_string])
upper(var.unknown_string)
startswith("abc-${var.unknown_string}", "abc")
startswith("abc-${var.unknown_string}", "b")
startswith("abc-${var.unknown_string}", "abc-d")
startswith(var.unknown_string, "")
jsonencode({ a = var.unknown_string })
jsondecode(var.unknown_string)
tostring(var.unknown_number)
tonumber(var.unknown_string)
tolist([var.unknown_string])
toset([var.unknown_string])
tomap({ a = var.unknown_string })
tolist(var.unknown_set)
tolist(var.unknown_any)
try(var.unknown_string, "a")
try(var.unknown_any.a, "a")
can(var.unknown_string)
can(var.unknown_any.a)
can(tonumber(var.unknown_string))
one([var.unknown_string])
one(var.unknown_list)
element(["a", var.unknown_string], 0)
element(var.unknown_list, 0)
index(["a", var.unknown_string], "a")
index([var.unknown_string, "a"], "a")
slice(["a", var.unknown_string, "c"], 0, 2)
reverse(["a", var.unknown_string])
zipmap(["a"], [var.unknown_string])
zipmap([var.unknown_string], ["a"])
setunion(["a"], var.unknown_set)
setunion(["a"], [var.unknown_string])
setintersection(["a"], [var.unknown_string])
setproduct(["a"], [var.unknown_string])
alltrue([false, var.unknown_bool])
alltrue([true, var.unknown_bool])
alltrue([var.unknown_bool, false])
anytrue([true, var.unknown_bool])
anytrue([var.unknown_bool, true])
anytrue([false, var.unknown_bool])
sum([1, var.unknown_number])
max(1, var.unknown_number)
cidrsubnet(var.unknown_string, 8, 1)
nonsensitive(var.unknown_string)
sensitive(var.unknown_string)
issensitive(var.unknown_string)
local.partly
local.partly.known
local.partly.open
local.partly.list
[for k, v in local.partly : k]
"%{ if var.unknown_bool }a%{ endif }"
"x%{ for a in var.unknown_list }a%{ endfor }"
replace("a", "a", var.unknown_string)
regex("a", var.unknown_string)
regexall("a", var.unknown_string)
range(var.unknown_number)
matchkeys(["a"], ["k"], [var.unknown_string])
transpose({ a = [var.unknown_string] })
yamlencode({ a = var.unknown_string })
templatefile("greeting.tftpl", { name = var.unknown_string, items = [] })
type(var.unknown_any)
type([var.unknown_string])
type(var.unknown_bool ? 1 : "a")
type(var.unknown_list[0])
type(keys(var.unknown_map))
type(values(var.unknown_map))
type(var.unknown_object)
type(var.unknown_list[*])
type(merge({ a = 1 }, var.unknown_map))
type(lookup(var.unknown_map, "a"))
type(one(var.unknown_list))
type(toset(var.unknown_list))
"""

GROUPS["conditional"] = r"""
true ? 1 : 2
false ? 1 : 2
"true" ? 1 : 2
1 ? 1 : 2
null ? 1 : 2
true ? 1 : "a"
false ? 1 : "a"
true ? 1 : true
true ? true : "a"
true ? null : 1
false ? null : 1
true ? null : null
true ? [] : [1]
true ? [1] : []
true ? [1, 2] : ["a"]
true ? ["a"] : [1, 2]
true ? { a = 1 } : { a = "x" }
true ? { a = 1 } : { b = "x" }
true ? { a = 1 } : {}
false ? { a = 1 } : {}
true ? { a = 1, b = "x" } : { a = 2 }
true ? { a = [1] } : { a = ["x"] }
true ? { a = 1 } : { a = [1] }
true ? [1] : { a = 1 }
true ? 1 : [1]
true ? "a" : null
true ? tolist([1]) : ["a"]
true ? tolist([1]) : [1, "a"]
true ? toset([1]) : [2]
true ? toset([1]) : tolist([2])
true ? tomap({ a = 1 }) : { b = "x" }
true ? tomap({ a = 1 }) : { b = 2 }
true ? 1 : tonumber("x")
true ? tonumber("x") : 1
false ? tonumber("x") : 1
var.nothing == null ? "none" : var.nothing
var.size > 2 ? "big" : var.size > 1 ? "mid" : "small"
true ? [{ a = 1 }] : []
false ? [{ a = 1 }] : []
true ? [{ a = 1 }] : [{ a = 2, b = 3 }]
true ? [{ a = 1 }, { a = 2 }] : [{ a = "x" }]
true ? { x = { a = 1 } } : { x = null }
true ? { x = null } : { x = { a = 1 } }
type(true ? 1 : "a")
type(true ? [] : ["a"])
type(true ? { a = 1 } : {})
type(true ? null : "a")
type(false ? { a = 1, b = true } : { a = "x", b = false })
true ? var.zones : []
false ? var.zones : []
true ? var.tags : {}
false ? var.tags : { a = true }
"""

GROUPS["access"] = r"""
[1, 2, 3][0]
[1, 2, 3][2]
[1, 2, 3][3]
[1, 2, 3][-1]
[1, 2, 3][1.5]
[1, 2, 3]["1"]
[1, 2, 3]["x"]
[1, 2, 3][null]
[][0]
tolist(["a"])[0]
tolist(["a"])[1]
toset(["a"])[0]
{ a = 1 }["a"]
{ a = 1 }["b"]
{ a = 1 }.a
{ a = 1 }.b
{ "0" = "zero" }[0]
{ a = 1 }[null]
tomap({ a = 1 }).a
tomap({ a = 1 }).b
tomap({ a = 1 })["a"]
tomap({ a = 1 })["b"]
tomap({ "1" = "one" })[1]
tomap({ true = "yes" })[true]
"abc"[0]
"abc".a
null.a
null[0]
1[0]
var.zones[1]
var.zones.1
var.zones[var.size]
var.zones[var.size - 1]
var.tags["Team"]
var.tags.Cost
var.nothing.a
local.people[0].name
local.people[0]["age"]
local.people.0.name
local.people.name
toset([{ a = 1 }]).a
local.people[length(local.people) - 1].name
[[1, 2], [3, 4]][1][0]
{ a = { b = { c = 1 } } }.a.b.c
{ "a b" = 1 }["a b"]
var.missing
local.missing
nope
nope.attribute
var.mixed
var.mixed[0]
path.module
terraform.workspace
"""

GROUPS["splat"] = r"""
[{ a = 1 }, { a = 2 }][*].a
[{ a = 1 }, { a = 2 }].*.a
[{ a = [1] }, { a = [2] }][*].a[0]
[{ a = [1] }, { a = [2] }].*.a[0]
[[1, 2], [3]][*][0]
[][*].a
null[*]
null[*].a
"a"[*]
1[*]
{ a = 1 }[*]
{ a = 1 }[*].a
{ a = 1 }[*].b
toset(["b", "a"])[*]
tolist([{ a = 1 }])[*].a
tolist([{ a = 1 }])[*].b
tolist([])[*].a
[{ a = 1 }, { b = 2 }][*].a
[null][*].a
local.people[*].name
local.people[*].age
local.people.*.name
local.people[*]
var.nothing[*]
var.name[*]
[for p in local.people : p.team][*]
length(local.people[*].name)
{ x = [{ a = 1 }] }.x[*].a
[{ x = [{ a = 1 }, { a = 2 }] }][*].x[*].a
[{ x = [{ a = 1 }, { a = 2 }] }].*.x.*.a
tomap({ a = 1 })[*]
type(tolist(["a"])[*])
type(["a", 1][*])
type(toset(["a"])[*])
type(tolist([{ a = 1 }])[*].a)
"""

GROUPS["for"] = r"""
[for x in [1, 2, 3] : x * 2]
[for x in [1, 2, 3] : x if x != 2]
[for i, x in ["a", "b"] : "${i}${x}"]
[for k, v in { b = 1, a = 2 } : "${k}=${v}"]
[for v in { b = 1, a = 2 } : v]
[for x in toset(["b", "a"]) : x]
[for k, v in toset(["b", "a"]) : k]
[for x in [] : x]
[for x in {} : x]
[for x in null : x]
[for x in "abc" : x]
[for x in 1 : x]
[for x in [1] : y]
[for x in [1, 2] : x if "a"]
[for x in [1, 2] : x if null]
[for x in [1, 2] : x if "true"]
{ for x in ["a", "b"] : x => upper(x) }
{ for i, x in ["a", "b"] : i => x }
{ for k, v in { a = 1, b = 2 } : v => k }
{ for k, v in { a = 1, b = 2 } : k => v if v > 1 }
{ for x in ["a", "a"] : x => 1 }
{ for x in ["a", "a"] : x => 1... }
{ for i, x in ["a", "b", "a"] : x => i... }
{ for p in local.people : p.team => p.name... }
{ for p in local.people : p.name => p.age if p.age > 26 }
{ for x in [] : x => x }
{ for x in [null] : x => 1 }
{ for x in [[]] : x => 1 }
{ for x in [1] : x => x }
[for x in [1, 2] : [for y in [3, 4] : x * y]]
[for x in [[1, 2], [3]] : [for y in x : y + 1]]
flatten([for p in local.people : [for i in range(2) : "${p.name}${i}"]])
[for s in var.zones : s if s != "b"]
{ for z in var.zones : z => { name = z } }
{ for k, v in var.tags : lower(k) => v }
[for p in var.ports : p]
[for x in [1, 2] : { x = x }]
[for x in [var.name] : x]
{ for s, c in var.services : s => c.port }
[for s, c in var.services : s if c.public]
type([for x in [1, 2] : x])
type({ for x in ["a"] : x => 1 })
[for i in range(3) : cidrsubnet("10.0.0.0/16", 8, i)]
{ for x in ["b", "a"] : x => x }
[for v in tomap({ b = 1, a = 2 }) : v]
[for x in [{ a = 1 }] : x.b]
sum([for p in local.people : p.age])
"""

GROUPS["templates"] = r"""
"${1}"
"${true}"
"${"a"}"
"${null}"
"${[]}"
"a${null}"
"a${[]}"
"a${1}b${true}c"
"${var.name}-${var.size}"
"${1 / 3}"
"a${1e20}"
"${1}${2}"
"%{ if true }yes%{ else }no%{ endif }"
"%{ if false }yes%{ else }no%{ endif }"
"%{ if false }yes%{ endif }"
"%{ if "x" }a%{ endif }"
"%{ if null }a%{ endif }"
"%{ for x in ["a", "b"] }${x},%{ endfor }"
"%{ for i, x in ["a", "b"] }${i}${x},%{ endfor }"
"%{ for k, v in { a = 1 } }${k}=${v}%{ endfor }"
"%{ for x in [] }a%{ endfor }"
"%{ for x in null }a%{ endfor }"
"%{ for x in [null] }${x}%{ endfor }"
"%{ for x in [1, 2] }%{ if x > 1 }${x}%{ endif }%{ endfor }"
"  ${~ 1 ~}  "
"a ${~ "b" ~} c"
"a %{~ if true ~} b %{~ endif ~} c"
"${upper("a${lower("B")}")}"
"$${a}"
"$$${1}"
"%%{if}"
"${var.zones[0]}"
"${"${1}"}"
"a${"b"}"
"${true ? "x" : "y"}"
type("${1}")
type("a${1}")
type("%{ if true }1%{ endif }")
"""

GROUPS["multiline"] = "\n".join(
    "§" + text
    for text in (
        "<<EOT\nhello\n  world\nEOT\n",
        "<<-EOT\n    hello\n      world\n    EOT\n",
        "<<-EOT\n  a\n\n  b\n  EOT\n",
        "<<EOT\n${var.name}\n%{ for z in var.zones ~}\n- ${z}\n%{ endfor ~}\nEOT\n",
        "<<EOT\n${1}\nEOT\n",
        "<<EOT\n%{ if true ~}\nyes\n%{ else ~}\nno\n%{ endif ~}\nEOT\n",
        "<<EOT\nEOT\n",
        '<<EOT\n$${x} %%{y} \\n "q"\nEOT\n',
        "<<EOT\na\n%{ if false }b%{ endif }\nc\nEOT\n",
        'jsondecode(<<EOT\n{"a": [1, 2]}\nEOT\n)',
        "[\n  1,\n  2,\n]",
        '{\n  a = 1\n  b = [\n    "x",\n  ]\n}',
        "[\n  for x in [1, 2] :\n  x + 1\n  if x > 1\n]",
        'upper(\n  "a",\n)',
        "true ? 1 : (\n  2\n)",
        '<<-EOT\n    ${join("\\n", ["a", "b"])}\n    c\n  EOT\n',
        "<<EOT\n  x: ${~ 1 }\n  y: ${ 2 ~}\n  z\nEOT\n",
        'try(\n  tonumber("a"),\n  tonumber("1"),\n)',
        "indent(2, <<EOT\na\nb\nEOT\n)",
        'yamlencode({\n  a = 1\n  b = "x\\ny"\n})',
    )
)

GROUPS["variables"] = r"""
var.name
var.size
var.enabled
var.nothing
var.zones
var.tags
var.ports
var.database
var.database.backup
var.database.backup.window
var.database.retention
var.database.replicas[*].size
var.services
var.services["api"].public
var.mixed
type(var.size)
type(var.enabled)
type(var.nothing)
type(var.tags)
type(var.ports)
type(var.database)
type(var.services)
type(var.mixed)
"""

GROUPS["marks"] = r"""
var.secret
var.secrets
var.secrets.user
var.secrets["word"]
"${var.secret}!"
upper(var.secret)
length(var.secret)
[var.secret, "a"]
{ a = var.secret }
{ a = var.secret, b = 1 }.b
{ (var.secret) = 1 }
var.secret == "x"
var.secret == null
var.secret != null ? 1 : 2
true ? 1 : var.secret
false ? var.secret : "b"
[for k, v in var.secrets : k]
{ for k, v in var.secrets : k => 1 }
[for x in [var.secret] : 1]
[for x in [var.secret] : x]
keys(var.secrets)
values(var.secrets)
length(var.secrets)
merge(var.secrets, { a = 1 })
merge({ a = var.secret }, { b = 1 })
concat([var.secret], ["a"])
join(",", [var.secret])
jsonencode({ a = var.secret })
nonsensitive(var.secret)
nonsensitive(var.secrets)
nonsensitive("a")
nonsensitive([sensitive(1)])
sensitive("a")
sensitive([1, 2])
sensitive({ a = 1 }).a
sensitive([1, 2])[0]
sensitive(1) + 1
!sensitive(true)
sensitive(true) && false
issensitive(var.secret)
issensitive("a")
issensitive([sensitive(1)])
issensitive(null)
tostring(sensitive(1))
tolist([sensitive(1), 2])
toset([sensitive(1), 2])
tomap({ a = sensitive(1) })
lookup({ a = 1 }, sensitive("a"))
lookup(var.secrets, "user")
contains([sensitive("a")], "a")
coalesce(sensitive("a"), "b")
try(var.secret, "a")
can(var.secret)
flatten([[var.secret], ["b"]])
slice([var.secret, "b"], 1, 2)
reverse([var.secret, "b"])
zipmap(["a"], [var.secret])
element([var.secret, "b"], 1)
one([var.secret])
distinct([var.secret])
setunion([var.secret], ["b"])
setproduct([var.secret], ["b"])
chunklist([var.secret, "b"], 1)
format("%s", var.secret)
formatlist("%s", [var.secret])
"%{ if sensitive(true) }a%{ endif }"
[var.secret][*]
var.token
"${var.token}x"
ephemeralasnull(var.token)
ephemeralasnull("a")
ephemeralasnull({ a = var.token, b = 1 })
[var.token]
type(ephemeralasnull(var.token))
parseint(sensitive("12"), 10)
base64decode(sensitive("YQ=="))
startswith(var.secret, "s")
"""

GROUPS["numeric functions"] = r"""
abs(-5)
abs(5.5)
abs("-3")
abs("x")
abs(null)
abs()
abs(1, 2)
ceil(1.2)
ceil(-1.2)
ceil(5)
ceil(1 / 0)
ceil("0.1")
floor(1.9)
floor(-1.1)
floor(5)
floor(-1 / 0)
log(8, 2)
log(50, 10)
log(16, 2)
log(1000, 10)
log(0, 10)
log(-1, 10)
log(10, 1)
log(2.718281828459045, 2.718281828459045)
log(100, 3)
max(1, 2, 3)
max(5)
max()
max("1", 2)
max([1, 2]...)
max(-1.5, -1.4)
min(1, 2, 3)
min(3, -7.5, "2")
min()
min([]...)
pow(3, 2)
pow(2, 0.5)
pow(2, -1)
pow(4, 0.5)
pow(0, 0)
pow(0, -1)
pow(-8, 1 / 3)
pow(2, 60)
pow(2, 100)
pow(2, 1024)
pow(10, -2)
pow(1.1, 10)
pow(2, 10)
pow(10, 3)
pow(1.5, 2.5)
parseint("100", 10)
parseint("FF", 16)
parseint("ff", 16)
parseint("-10", 2)
parseint("+7", 8)
parseint("1011111011101111", 2)
parseint("aA", 62)
parseint("12345678901234567890123", 10)
parseint("", 10)
parseint("12", 1)
parseint("12", 63)
parseint("12", 2.5)
parseint("zz", 16)
parseint("1_000", 10)
parseint(" 12", 10)
parseint(12, 10)
signum(-13)
signum(0)
signum(344)
signum(0.5)
signum("2")
sum([1, 2, 3])
sum([0.1, 0.2])
sum(["1", 2])
sum([])
sum(["a"])
sum([null])
sum(toset([1, 2]))
sum({ a = 1 })
sum("abc")
sum([1 / 0, -1 / 0])
range(3)
range(0)
range(1, 4)
range(4, 1)
range(1, 8, 2)
range(4, 1, -1)
range(1, 4, 0)
range(1, 4, -1)
range(-3)
range(0, 1, 0.25)
range(1024)[1023]
range(1025)
range(1000000000)
range()
range(1, 2, 3, 4)
range(2.5)
"""

GROUPS["string functions"] = r"""
chomp("hello\n")
chomp("hello\r\n\n")
chomp("hello")
chomp("a\nb\n")
chomp("")
endswith("hello", "lo")
endswith("hello", "")
endswith("hello", "x")
endswith(12, 2)
endswith(null, "a")
format("Hello, %s!", "Ann")
format("%d", 12)
format("%d", 12.5)
format("%d", "12")
format("%5d|%-5d|%05d|%+d", 1, 2, 3, 4)
format("%x %X %o %b", 255, 255, 8, 5)
format("%#x %#o %#b", 255, 8, 5)
format("%f", 1.5)
format("%.2f", 3.14159)
format("%8.3f|%-8.3f|%08.3f", 3.14159, 3.14159, 3.14159)
format("%e", 1234.5678)
format("%E", 0.00012)
format("%.3e", 1234.5678)
format("%g", 1234567.0)
format("%g", 0.00001)
format("%g", 100000)
format("%.3g", 1234.5678)
format("%G", 1e-10)
format("%v", "a")
format("%v", 1)
format("%v", 1000000)
format("%v", 123456)
format("%v", 1.5)
format("%v", true)
format("%v", null)
format("%v", [1, "a", null])
format("%v", { a = 1 })
format("%v", toset(["b", "a"]))
format("%#v", "a")
format("%#v", 1)
format("%#v", [1])
format("%q", "a\"b")
format("%q", 1)
format("%s", 1)
format("%s", true)
format("%s", null)
format("%s", [])
format("%t", true)
format("%t", "false")
format("%t", "x")
format("%10s|%-10s|", "ab", "cd")
format("%.2s", "abcdef")
format("%5.1s|", "abc")
format("%%")
format("%")
format("%s")
format("%s", "a", "b")
format("%[2]s %[1]s", "a", "b")
format("%[1]s %[1]s", "a")
format("%[3]s", "a")
format("%z", 1)
format("%d", "x")
format("no verbs")
format("%*d", 1, 2)
format("%010v|", "ab")
format("%5v|%-5v|", 1, 2)
format("%+.2f % d", 1.5, 3)
format("%f", 1 / 3)
format("%.30f", 0.1)
format("%.0f", 2.5)
format("%.0f", 3.5)
format("%d", 100000000000000000000)
format("%s", 1e20)
format("%v", 1e20)
format("%s-%s", "ü", "é")
format("%4s|", "ü")
format("%b", 10)
format("%x", "ff")
format("%x", -255)
format("%v", 0.1)
format("%v", 1 / 3)
format("%6.2f%%", 12.345)
format("%s", sensitive("x"))
format(null)
format("%v", 123456789)
format("%v", 12345.678)
format("%q", "a<b>&c")
format("%v", "a<b>")
formatlist("%s=%s", ["a", "b"], ["1", "2"])
formatlist("%s=%s", "k", ["1", "2"])
formatlist("%s", [])
formatlist("x")
formatlist("%s", "a")
formatlist("%s=%s", ["a"], ["1", "2"])
formatlist("%s", [null])
formatlist("%s", toset(["b", "a"]))
formatlist("%d", ["1", 2])
formatlist("%s", { a = 1 })
formatlist("%s-%s", ["a", "b"], null)
indent(2, "a\nb\nc")
indent(0, "a\nb")
indent(-1, "a\nb")
indent(1.5, "a\nb")
indent("4", "a\n\nb")
join(", ", ["a", "b"])
join("", ["a", "b"])
join(",", [])
join(",", ["a"], ["b", "c"])
join(",", [1, true])
join(",", [null])
join(",", "a")
join(",")
join(",", toset(["b", "a"]))
join(null, ["a"])
join("-", var.zones)
lower("HELLO Ä")
lower(1)
lower("İ")
replace("1 + 2 + 3", "+", "-")
replace("hello world", "/w.*d/", "everybody")
replace("hello", "l", "")
replace("hello", "", "-")
replace("hello", "/l/", "L")
replace("hello", "/(l+)/", "<$1>")
replace("hello", "/(?P<x>l+)/", "<$${x}>")
replace("hello", "/(h)(e)/", "$2$1")
replace("hello", "/h/", "$1x")
replace("hello", "/", "x")
replace("a/b/c", "/", "-")
replace("a/b/c", "//", "-")
replace("hello", "/[/", "x")
replace("aaa", "/a*/", "x")
replace("abc", "/x*/", "-")
replace("a.b", ".", "_")
replace("a.b", "/\\./", "_")
replace("hello", "/$/", "!")
replace("$1", "1", "$1")
split(",", "a,b,c")
split(",", "")
split("", "abc")
split("", "")
split(",", "abc")
split("ab", "1ab2ab3")
split(",", null)
startswith("hello", "he")
startswith("hello", "")
startswith("hello", "x")
strcontains("hello", "ell")
strcontains("hello", "")
strcontains("hello", "x")
strrev("hello")
strrev("☃a")
strrev("ae\u0301")
strrev("👨‍👩‍👧x")
strrev("")
substr("hello world", 1, 4)
substr("hello", 0, 0)
substr("hello", -3, 2)
substr("hello", -3, -1)
substr("hello", 2, -1)
substr("hello", 10, 2)
substr("hello", 0, 100)
substr("hello", 5, 1)
substr("hello", 1.5, 1)
substr("", 0, 1)
substr("🤔🤷", 0, 1)
substr("hello", -10, 2)
title("hello world")
title("HELLO wORLD")
title("a-b_c d.e")
title("o'neill 3rd")
title("ünder élan")
trim("?!hello?!", "!?")
trim("  a  ", " ")
trim("aba", "a")
trim("a", "")
trim("äbä", "ä")
trimprefix("helloworld", "hello")
trimprefix("helloworld", "world")
trimprefix("aab", "a")
trimsuffix("helloworld", "world")
trimsuffix("aa", "a")
trimspace("  hello\n\n")
trimspace("\t\u00a0x\u2003")
trimspace("")
upper("hello ß ä")
upper(null)
upper(["a"])
upper("ǆ")
regex("[a-z]+", "53453453.345345aaabbbccc23454")
regex("(\\d\\d\\d\\d)-(\\d\\d)-(\\d\\d)", "2019-02-01")
regex("^(?:(?P<scheme>[^:/?#]+):)?(?://(?P<authority>[^/?#]*))?", "https://terraform.io/docs/")
regex("[a-z]+", "123")
regex("(a)|(b)", "b")
regex("(?P<x>a)(b)", "ab")
regex("(?P<x>a)(?P<x>b)", "ab")
regex("[", "a")
regex("(", "a")
regex("a{2,1}", "a")
regex("(?=a)", "a")
regex("\\1", "a")
regex("a**", "a")
regex("*", "a")
regex("", "abc")
regex("a.c", "a\nc")
regex("(?s)a.c", "a\nc")
regex("(?i)ABC", "xabcx")
regex("(?m)^b$", "a\nb\nc")
regex("^b$", "a\nb\nc")
regex("a+?", "aaa")
regex("(?U)a+", "aaa")
regex("a|ab", "ab")
regex("(a|ab)(c|bcd)(d*)", "abcd")
regex("\\bfoo\\b", "a foo b")
regex("[[:alpha:]]+", "12abc")
regex("[^[:digit:]]+", "12abc")
regex("\\pL+", "12äbc")
regex("\\p{Greek}+", "abc αβγ")
regex("\\x41\\x{42}", "xAB")
regex("\\Qa.b\\E", "a.b")
regex("[\\w.-]+@[\\w-]+", "mail a.b-c@d-e.f")
regex("[a\\-z]+", "z-a")
regex("[]a]+", "]a]")
regex("x{2}", "xxx")
regex("x{,2}", "x{,2}")
regex("\\Aabc\\z", "abc")
regex("\\d+$", "abc 123")
regex("(\\w+)\\s(\\w+)?", "hello ")
regex("(a*)*", "aaa")
regex("(a*)+", "b")
regex("(?:a|b)+c", "ababc")
regex("[0-9]{1,3}(\\.[0-9]{1,3}){3}", "ip 10.0.12.1 x")
regex("^arn:aws:([a-z0-9]+):([a-z0-9-]*):(\\d*):(.*)$", "arn:aws:s3:::bucket/key")
regexall("[a-z]+", "1234abcd5678efgh9")
regexall("\\d", "abc")
regexall("(\\w)(\\d)", "a1 b2 c")
regexall("(?P<l>\\w)(?P<d>\\d)?", "a1 b")
regexall("a*", "baac")
regexall("", "ab")
regexall("[", "ab")
regexall("(a)(?P<b>b)", "ab")
length(regexall("[a-z]", "abc"))
can(regex("^[a-z][a-z0-9-]{2,10}$", var.name))
regex("(a+)+$", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab")
length("hello")
length("")
length("👾🕹️")
length("e\u0301")
length("🇩🇪🇫🇷")
length("각")
length("\r\n")
"""

GROUPS["collection functions"] = r"""
alltrue([true, true])
alltrue([true, false])
alltrue([])
alltrue(["true", true])
alltrue([null])
alltrue("a")
alltrue(["x"])
anytrue([false, true])
anytrue([])
anytrue([null, true])
anytrue(["false"])
chunklist(["a", "b", "c", "d", "e"], 2)
chunklist(["a"], 0)
chunklist([], 2)
chunklist(["a"], -1)
chunklist(["a", 1], 1)
chunklist(["a", "b"], 1.5)
chunklist("a", 1)
coalesce("a", "b")
coalesce("", "b")
coalesce(null, "b")
coalesce(null, null)
coalesce("", "")
coalesce()
coalesce(1, "a")
coalesce(null, 0)
coalesce(false, true)
coalesce([], [1])
coalesce("a", [1])
coalesce(["", "b"]...)
coalesce({ a = 1 }, { b = 2 })
coalescelist(["a"], ["b"])
coalescelist([], ["b"])
coalescelist([], [])
coalescelist()
coalescelist(null, ["a"])
coalescelist(tolist([]), [1])
coalescelist("a")
compact(["a", "", "b", null])
compact([])
compact([1, ""])
compact([[]])
concat(["a"], ["b", "c"])
concat([], [])
concat(["a"], [1])
concat(tolist(["a"]), tolist(["b"]))
concat(tolist(["a"]), [1])
concat(tolist([1]), tolist(["b"]))
concat(toset(["a"]), ["b"])
concat()
concat("a")
concat(null, ["a"])
concat(var.zones, ["d"])
contains(["a", "b"], "a")
contains(["a", "b"], "c")
contains([1, 2], "1")
contains([], "a")
contains(toset(["a"]), "a")
contains({ a = 1 }, "a")
contains("abc", "a")
contains([null], "a")
contains([1, 2], 1)
contains([[1]], [1])
contains(var.zones, "a")
contains(null, "a")
contains(["a"], null)
distinct(["a", "b", "a", "c"])
distinct([])
distinct([1, "1"])
distinct([[1], [1]])
distinct(toset(["a"]))
distinct("a")
element(["a", "b", "c"], 1)
element(["a", "b", "c"], 3)
element(["a", "b", "c"], -1)
element(tolist(["a", "b", "c"]), -1)
element([], 0)
element(tolist([]), 0)
element(["a"], 1.5)
element(toset(["a"]), 0)
element("a", 0)
element({ a = 1 }, 0)
element(["a", 1], 1)
flatten([["a", "b"], [], ["c"]])
flatten([[["a"]], "b"])
flatten([])
flatten("a")
flatten({ a = 1 })
flatten([toset(["b", "a"]), null])
flatten([{ a = [1] }])
flatten(tolist([["a"], ["b"]]))
flatten([["a", 1], true])
index(["a", "b"], "b")
index(["a", "b"], "c")
index([], "a")
index([1, 2], "1")
index(toset(["a"]), "a")
index([1, 2], 2)
keys({ a = 1, c = 2, b = 3 })
keys({})
keys(tomap({ a = 1 }))
keys([1])
keys(null)
keys(var.tags)
length([1, 2])
length([])
length({ a = 1 })
length(toset(["a", "a"]))
length(1)
length(null)
length(true)
length(var.tags)
list("a", "b")
lookup({ a = "ay", b = "bee" }, "a", "what?")
lookup({ a = "ay" }, "c", "what?")
lookup({ a = "ay" }, "a")
lookup({ a = "ay" }, "c")
lookup({ a = 1 }, "c", "x")
lookup(tomap({ a = 1 }), "c", "x")
lookup(tomap({ a = 1 }), "c", 2)
lookup(tomap({ a = 1 }), "c", null)
lookup(tomap({ a = 1 }), "b")
lookup({}, "a", 1)
lookup([1], 0)
lookup({ a = 1 }, "a", 2, 3)
lookup({ a = 1 }, null, 2)
lookup(null, "a", 2)
lookup(var.tags, "Team", "none")
lookup(var.tags, "x", "none")
lookup({ a = { b = 1 } }, "a", {})
lookup({ a = { b = 1 } }, "z", {})
map("a", "b")
matchkeys(["i-123", "i-abc", "i-def"], ["us-west", "us-east", "us-east"], ["us-east"])
matchkeys(["a"], ["b", "c"], ["b"])
matchkeys(["a"], ["b"], [])
matchkeys([], [], ["a"])
matchkeys(["a", "b"], [1, 2], ["2"])
matchkeys(["a"], ["b"], [["x"]])
merge({ a = "b", c = "d" }, { e = "f", c = "z" })
merge({ a = "b" }, { a = [1, 2], c = "z" }, { d = 3 })
merge()
merge({})
merge({ a = 1 }, null)
merge(null, null)
merge(null)
merge(tomap({ a = 1 }), tomap({ b = 2 }))
merge(tomap({ a = 1 }), tomap({ b = "x" }))
merge(tomap({ a = 1 }), { b = "x" })
merge({ a = 1 }, [1])
merge("a")
merge([{ a = 1 }, { b = 2 }]...)
merge({ a = { x = 1 } }, { a = { y = 2 } })
merge(var.tags, { Team = "x" })
merge(var.tags, var.tags)
merge({}, tomap({}))
one([])
one(["a"])
one(["a", "b"])
one(toset(["a"]))
one(toset([]))
one(tolist([]))
one(null)
one("a")
one({ a = 1 })
reverse([1, 2, 3])
reverse([])
reverse(toset(["a", "b"]))
reverse(tolist(["a", "b"]))
reverse("abc")
reverse({ a = 1 })
setintersection(["a", "b"], ["b", "c"], ["b"])
setintersection(["a"], ["b"])
setintersection(["a"])
setintersection([1, 2], ["2"])
setintersection()
setintersection("a")
setproduct(["a", "b"], [1, 2])
setproduct(["a", "b"], ["x"], [true])
setproduct(toset(["b", "a"]), [1])
setproduct(["a"], [])
setproduct(["a"])
setproduct()
setproduct("a", ["b"])
setproduct(["a", 1], [true])
setproduct([{ a = 1 }], ["b"])
setsubtract(["a", "b", "c"], ["a", "c"])
setsubtract(["a"], [])
setsubtract([1], ["1"])
setsubtract([], ["a"])
setsubtract("a", [])
setunion(["a", "b"], ["b", "c"], ["d"])
setunion([], [])
setunion(["b", "a"])
setunion([1], ["a"])
setunion(["a"], [["b"]])
slice(["a", "b", "c", "d"], 1, 3)
slice(["a"], 0, 1)
slice(["a"], 0, 0)
slice(["a"], 1, 0)
slice(["a"], 0, 2)
slice(["a"], -1, 1)
slice(tolist(["a", "b"]), 1, 2)
slice(toset(["a"]), 0, 1)
slice("abc", 0, 1)
slice(["a", "b"], 0.5, 1)
slice([], 0, 0)
slice(tolist([1]), 0, 0)
sort(["e", "d", "a", "x"])
sort([10, 9, 100])
sort([])
sort(["b", null])
sort(toset(["b", "a"]))
sort(["ä", "z", "a", "Z"])
sort("a")
transpose({ a = ["1", "2"], b = ["2", "3"] })
transpose({})
transpose({ a = [] })
transpose({ a = [null] })
transpose({ a = "x" })
transpose({ a = [1] })
values({ a = 3, c = 2, b = 1 })
values({})
values(tomap({ b = "x", a = "y" }))
values([1])
values(null)
zipmap(["a", "b"], [1, 2])
zipmap(["a", "b"], tolist([1, 2]))
zipmap(["a"], [1, 2])
zipmap([], [])
zipmap(["a", "a"], [1, 2])
zipmap([1], ["x"])
zipmap([null], ["x"])
zipmap(["a"], "x")
type(concat(tolist(["a"]), [1]))
type(merge(tomap({ a = 1 }), { b = "x" }))
type(merge({ a = 1 }, { b = "x" }))
type(keys({ a = 1 }))
type(values({ a = 1, b = "x" }))
type(flatten([["a"], [1]]))
type(setproduct(["a"], [1]))
type(one([]))
type(one(tolist([])))
type(lookup({ a = 1 }, "b", "x"))
type(coalesce(1, "a"))
type(slice(["a", 1], 0, 1))
type(zipmap(["a"], ["x"]))
type(distinct(["a"]))
type(regexall("a", "b"))
"""

GROUPS["conversion functions"] = r"""
tobool(true)
tobool("true")
tobool("false")
tobool("1")
tobool("yes")
tobool("True")
tobool(1)
tobool(null)
tobool([])
tonumber(1)
tonumber("1")
tonumber("1.50")
tonumber("1e3")
tonumber("-0")
tonumber(".5")
tonumber("5.")
tonumber("0x1F")
tonumber("1_000")
tonumber("")
tonumber(" 1")
tonumber("abc")
tonumber(true)
tonumber(null)
tonumber("+5")
tonumber("Inf")
tonumber("NaN")
tonumber([])
tonumber("١")
tostring("a")
tostring(1)
tostring(1.50)
tostring(true)
tostring(null)
tostring([])
tostring({})
tostring(1e21)
tostring(0.000001)
tolist(["a", "b"])
tolist(["a", 1, true])
tolist([])
tolist(toset(["b", "a"]))
tolist("a")
tolist({ a = 1 })
tolist([1, [2]])
tolist([[1], ["a"]])
tolist([{ a = 1 }, { a = "x" }])
tolist([{ a = 1 }, { b = 2 }])
tolist([{ a = 1 }, { b = [2] }])
tolist([null, "a"])
tolist([null])
tolist(null)
tolist([[], [1]])
tolist([{}, { a = 1 }])
tolist([null, { a = 1 }])
tolist([1, null, 2])
tolist([{ a = 1, b = null }, { a = 2, b = "x" }])
toset(["c", "b", "b"])
toset([])
toset(["a", 1])
toset([1, 1.0, "1"])
toset([true, false])
toset([[1], [1]])
toset([{ b = 1 }, { b = 0 }])
toset(null)
toset("a")
toset({ a = 1 })
toset([null, "a"])
toset(["B", "a", "C"])
toset([10, 9, 100, -1, 0.5])
toset([["b"], ["a"]])
toset([{ n = "b", v = 2 }, { n = "a", v = 1 }, { n = "b", v = 1 }])
toset([100000000000, 3, 20])
toset([[100000000000], [3], [20]])
tomap({ a = 1, b = 2 })
tomap({ a = 1, b = "x" })
tomap({})
tomap({ a = [1], b = ["x"] })
tomap({ a = 1, b = [2] })
tomap({ a = { x = 1 }, b = { y = 2 } })
tomap(null)
tomap([1])
tomap("a")
tomap({ a = null, b = "x" })
tomap({ a = null })
try(1, 2)
try(tonumber("x"), 2)
try(tonumber("x"), tonumber("y"))
try({}.a, {}.b, "c")
try()
try(null, 1)
try(local.people[5].name, "none")
try(local.people[0].name, "none")
try([1, tonumber("x")], "fallback")
try(upper(tonumber("x")), "fallback")
try(nope.x, "fallback")
try(lookup({}, "a"), "none")
can(1)
can(tonumber("x"))
can({}.a)
can({ a = 1 }.a)
can(null)
can()
can(1, 2)
can(regex("[a-z]", "1"))
can(local.people[9])
type(1)
type("a")
type(true)
type(null)
type([])
type([1, "a"])
type({})
type({ a = 1 })
type(tolist(["a"]))
type(tolist([]))
type(toset([1]))
type(tomap({ a = true }))
type(tolist([{ a = 1 }]))
type(tolist([[1]]))
type(tolist([1, "a"]))
type(tomap({ a = [1], b = ["x"] }))
type(tolist([{ a = 1 }, { a = "x" }]))
type(tolist([{ a = 1 }, { b = true }]))
type({ a = { b = [1] } })
type(tolist([null, "a"]))
type(tostring(null))
type(tolist(null))
type(jsondecode("{\"a\": [1, null]}"))
"""

GROUPS["encoding functions"] = r"""
base64encode("Hello World")
base64encode("")
base64encode("äöü")
base64encode(1)
base64decode("SGVsbG8gV29ybGQ=")
base64decode("SGVsbG8gV29ybGQ")
base64decode("####")
base64decode("/w==")
base64decode("")
base64decode("SGVs\nbG8=")
base64decode("YR==")
base64decode("YQ==YQ==")
textencodebase64("Hello", "UTF-16LE")
textencodebase64("Hello", "UTF-16BE")
textencodebase64("Hello", "UTF-16")
textencodebase64("Hello", "UTF-8")
textencodebase64("ä", "ISO-8859-1")
textencodebase64("ä", "windows-1252")
textencodebase64("日本", "Shift_JIS")
textencodebase64("日本", "EUC-JP")
textencodebase64("日本", "ISO-8859-1")
textencodebase64("a", "nope")
textencodebase64("a", "US-ASCII")
textencodebase64("a", "latin1")
textencodebase64("日", "GBK")
textencodebase64("日", "Big5")
textencodebase64("ж", "KOI8-R")
textdecodebase64("SABlAGwAbABvAA==", "UTF-16LE")
textdecodebase64("AEgAZQ==", "UTF-16BE")
textdecodebase64("//5IAGUA", "UTF-16")
textdecodebase64("SGVsbG8=", "UTF-8")
textdecodebase64("5A==", "ISO-8859-1")
textdecodebase64("gQ==", "Shift_JIS")
textdecodebase64("x", "UTF-8")
textdecodebase64("SGVsbG8=", "nope")
urlencode("Hello World!")
urlencode("a/b?c=d&e=f")
urlencode("ä ~_-.*")
urlencode("")
urlencode("☃")
jsonencode({ a = 1, b = [true, null], c = "x" })
jsonencode("a")
jsonencode(null)
jsonencode([])
jsonencode({})
jsonencode(1.5)
jsonencode(1e30)
jsonencode(1 / 3)
jsonencode("<a & b>")
jsonencode("\"\\\n\t")
jsonencode("ä☃😀")
jsonencode("\u0001\u007f\u2028")
jsonencode(toset(["b", "a"]))
jsonencode(tomap({ b = 1, a = 2 }))
jsonencode({ "a b" = { "<" = 1 } })
jsonencode(1 / 0)
jsonencode(var.database)
jsonencode(local.people)
jsondecode("{\"a\": 1, \"b\": [true, null, \"x\"]}")
jsondecode("1")
jsondecode("\"a\"")
jsondecode("null")
jsondecode("true")
jsondecode("[]")
jsondecode("{}")
jsondecode("")
jsondecode("{")
jsondecode("[1,]")
jsondecode("{\"a\":1,}")
jsondecode("{a:1}")
jsondecode("'a'")
jsondecode("01")
jsondecode("1.50")
jsondecode("1e3")
jsondecode("-0")
jsondecode("[1] x")
jsondecode("\"\\u00e9\\ud83d\\ude00\\/\"")
jsondecode("\"\\ud800\"")
jsondecode("\"a\nb\"")
jsondecode(" [ 1 , 2 ] ")
jsondecode("{\"a\":1,\"a\":2}")
jsondecode("12345678901234567890")
jsondecode("NaN")
jsondecode("{\"a\": {\"b\": []}}").a.b
jsondecode(null)
csvdecode("a,b,c\n1,2,3\n4,5,6\n")
csvdecode("a,b\r\n1,\"x,y\"\r\n")
csvdecode("a,b\n\"q\"\"q\",\"l\nm\"\n")
csvdecode("a,b\n")
csvdecode("a,b\n1\n")
csvdecode("a,a\n1,2\n")
csvdecode("")
csvdecode("a,b\n\n1,2\n")
csvdecode("a\n\"x")
csvdecode("a\nx\"y\n")
csvdecode("a\n\"x\"y\n")
csvdecode("a,b\n,\n")
csvdecode(" a, b\n1, 2")
csvdecode("a,\n1,2")
csvdecode("a\n1,\n")
csvdecode("\na\n1")
yamlencode("a")
yamlencode(1)
yamlencode(true)
yamlencode(null)
yamlencode([])
yamlencode({})
yamlencode([1, "a", null, true])
yamlencode({ a = 1, b = "x", c = [1, 2], d = { e = "f" } })
yamlencode({ a = [], b = {} })
yamlencode({ a = "line one\nline two" })
yamlencode({ a = "line one\nline two\n" })
yamlencode({ a = "x\n\ny\n\n" })
yamlencode({ a = "  lead\nx" })
yamlencode([[1, 2], [3]])
yamlencode([{ a = 1, b = 2 }, { c = 3 }])
yamlencode("quote \" and \\ and \t")
yamlencode("ä ☃ 😀")
yamlencode({ "true" = "true", "1" = "1" })
yamlencode(1.5)
yamlencode(1e30)
yamlencode(toset(["b", "a"]))
yamlencode("a long line of words that goes on and on, well past the eighty columns that an emitter keeps to, and on")
yamlencode({ a = "a: b # c" })
yamlencode("trailing space \nx")
yamlencode({ "multi\nline" = 1 })
yamldecode("{a: 1, b: [x, y]}")
yamldecode("a: 1\nb:\n  - x\n  - y\n")
yamldecode("a")
yamldecode("")
yamldecode("~")
yamldecode("null")
yamldecode("true")
yamldecode("yes")
yamldecode("No")
yamldecode("y")
yamldecode("on")
yamldecode("\"true\"")
yamldecode("'1'")
yamldecode("1")
yamldecode("1.5")
yamldecode("1e3")
yamldecode("0x1F")
yamldecode("0o17")
yamldecode("017")
yamldecode("1_000")
yamldecode("+1")
yamldecode(".5")
yamldecode(".inf")
yamldecode("-.INF")
yamldecode(".nan")
yamldecode("2020-01-02")
yamldecode("2020-01-02T03:04:05Z")
yamldecode("2020-1-2 3:4:5")
yamldecode("2020-13-02")
yamldecode("12:30:00")
yamldecode("a: &x 1\nb: *x")
yamldecode("a: &x {k: v}\nb:\n  <<: *x\n  c: 1")
yamldecode("a: *x")
yamldecode("- a\n- b: c")
yamldecode("|\n  a\n  b\n")
yamldecode(">\n  a\n  b\n\n  c\n")
yamldecode("a: b: c")
yamldecode("[1, 2")
yamldecode("---\na\n---\nb")
yamldecode("!!str 1")
yamldecode("!!int \"5\"")
yamldecode("!!float 5")
yamldecode("!!bool x")
yamldecode("!custom a")
yamldecode("!!binary aGk=")
yamldecode("? [a]\n: 1")
yamldecode("1: a\ntrue: b")
yamldecode("null: a")
yamldecode("a: 1\na: 2")
yamldecode("# only a comment")
yamldecode("a: # comment\n  b")
yamldecode("%YAML 1.2\n---\na")
yamldecode("- 'it''s'\n- \"a\\tb\\u00e9\"")
yamldecode("a:\n- 1\n- 2")
yamldecode("\ta: 1")
yamldecode("{a, b}")
yamldecode("a: 'x\n  y'")
yamldecode("...")
type(yamldecode("[1, a, null]"))
"""

GROUPS["hash functions"] = r"""
md5("hello world")
md5("")
sha1("hello world")
sha256("hello world")
sha512("hello world")
base64sha256("hello world")
base64sha512("hello world")
md5(1)
md5(null)
md5("ä")
sha256(["a"])
base64sha256("")
sha1("")
sha512("")
uuidv5("dns", "www.terraform.io")
uuidv5("url", "https://www.terraform.io/")
uuidv5("oid", "1.3.6.1.4")
uuidv5("x500", "CN=Example,C=GB")
uuidv5("6ba7b810-9dad-11d1-80b4-00c04fd430c8", "www.terraform.io")
uuidv5("urn:uuid:6ba7b810-9dad-11d1-80b4-00c04fd430c8", "x")
uuidv5("{6ba7b810-9dad-11d1-80b4-00c04fd430c8}", "x")
uuidv5("6ba7b8109dad11d180b400c04fd430c8", "x")
uuidv5("nope", "x")
uuidv5("dns", "")
uuidv5("DNS", "x")
rsadecrypt("a", "b")
rsadecrypt("YQ==", "not a key")
rsadecrypt("####", "b")
bcrypt("a", 1, 2)
bcrypt()
"""

GROUPS["date functions"] = r"""
formatdate("DD MMM YYYY hh:mm ZZZ", "2018-01-02T23:12:01Z")
formatdate("EEEE, DD-MMM-YY hh:mm:ss ZZZ", "2018-01-02T23:12:01Z")
formatdate("EEE, DD MMM YYYY hh:mm:ss ZZZ", "2018-01-02T23:12:01-08:00")
formatdate("MMM DD, YYYY", "2018-01-02T23:12:01Z")
formatdate("HH:mmaa", "2018-01-02T23:12:01Z")
formatdate("H:mmAA", "2018-01-02T00:12:01Z")
formatdate("h 'o''clock'", "2018-01-02T23:12:01Z")
formatdate("YYYY-MM-DD'T'hh:mm:ssZ", "2018-01-02T23:12:01Z")
formatdate("YYYY-MM-DD'T'hh:mm:ssZ", "2018-01-02T23:12:01+05:30")
formatdate("YYYYMMDDhhmmss", "2018-01-02T23:12:01Z")
formatdate("M/D/YY", "2018-11-02T03:04:05Z")
formatdate("MMMM", "2018-05-02T03:04:05Z")
formatdate("ZZZZ ZZZZZ", "2018-05-02T03:04:05-07:00")
formatdate("ZZZ", "2018-05-02T03:04:05-07:00")
formatdate("m s", "2018-05-02T03:04:05Z")
formatdate("YYY", "2018-05-02T03:04:05Z")
formatdate("x", "2018-05-02T03:04:05Z")
formatdate("'open", "2018-05-02T03:04:05Z")
formatdate("''", "2018-05-02T03:04:05Z")
formatdate("'", "2018-05-02T03:04:05Z")
formatdate("", "2018-05-02T03:04:05Z")
formatdate("YYYY", "2018-05-02")
formatdate("YYYY", "2018-05-02 03:04:05Z")
formatdate("YYYY", "2018-13-02T03:04:05Z")
formatdate("YYYY", "2018-02-30T03:04:05Z")
formatdate("YYYY", "2018-02-03T24:04:05Z")
formatdate("YYYY", "2018-02-03T3:04:05Z")
formatdate("YYYY", "2018-02-03T03:04:05")
formatdate("ss", "2018-02-03T03:04:05.999Z")
formatdate("EEE", "2024-02-29T00:00:00Z")
formatdate("YYYY", "0000-01-01T00:00:00Z")
formatdate("YYYY", "")
timeadd("2017-11-22T00:00:00Z", "10m")
timeadd("2017-11-22T00:00:00Z", "-1h")
timeadd("2017-11-22T00:00:00Z", "1h30m15s")
timeadd("2017-11-22T00:00:00Z", "1.5h")
timeadd("2017-11-22T00:00:00Z", "36h")
timeadd("2017-12-31T23:59:59Z", "1s")
timeadd("2017-11-22T00:00:00+02:00", "1h")
timeadd("2017-11-22T00:00:00Z", "500ms")
timeadd("2017-11-22T00:00:00Z", "1d")
timeadd("2017-11-22T00:00:00Z", "")
timeadd("2017-11-22T00:00:00Z", "0")
timeadd("2017-11-22T00:00:00Z", "h")
timeadd("2017-11-22T00:00:00Z", "+1us")
timeadd("2017-11-22T00:00:00Z", "1h 2m")
timeadd("2017-11-22", "1h")
timeadd("2020-02-28T12:00:00Z", "24h")
timeadd("2017-11-22T00:00:00.5Z", "500ms")
timeadd("2017-11-22T00:00:00Z", "9999999h")
timeadd("2017-11-22T00:00:00-00:00", "0s")
timecmp("2017-11-22T00:00:00Z", "2017-11-22T00:00:00Z")
timecmp("2017-11-22T00:00:00Z", "2017-11-22T01:00:00Z")
timecmp("2017-11-22T01:00:00Z", "2017-11-22T00:00:00Z")
timecmp("2017-11-22T01:00:00Z", "2017-11-22T00:00:00-01:00")
timecmp("x", "2017-11-22T00:00:00Z")
timecmp("2017-11-22T00:00:00Z", "2017-11-22")
timecmp("2017-11-22T00:00:00.1Z", "2017-11-22T00:00:00Z")
"""

GROUPS["network functions"] = r"""
cidrhost("10.12.112.0/20", 16)
cidrhost("10.12.112.0/20", 268)
cidrhost("fd00:fd12:3456:7890:00a2::/72", 34)
cidrhost("10.0.0.0/24", 0)
cidrhost("10.0.0.0/24", 255)
cidrhost("10.0.0.0/24", 256)
cidrhost("10.0.0.0/24", -1)
cidrhost("10.0.0.0/24", -256)
cidrhost("10.0.0.0/24", -257)
cidrhost("10.0.0.5/32", 0)
cidrhost("10.0.0.0/24", 1.5)
cidrhost("10.0.0.0", 1)
cidrhost("10.0.0.300/24", 1)
cidrhost("10.0.0.0/33", 1)
cidrhost("::/0", 5)
cidrhost("10.1.2.3/16", 1)
cidrhost("010.001.0.0/16", 1)
cidrnetmask("172.16.0.0/12")
cidrnetmask("10.0.0.0/8")
cidrnetmask("0.0.0.0/0")
cidrnetmask("1.2.3.4/32")
cidrnetmask("fd00::/8")
cidrnetmask("10.0.0.0/a")
cidrnetmask("x")
cidrsubnet("172.16.0.0/12", 4, 2)
cidrsubnet("10.1.2.0/24", 4, 15)
cidrsubnet("10.1.2.0/24", 4, 16)
cidrsubnet("fd00:fd12:3456:7890::/56", 16, 162)
cidrsubnet("10.0.0.0/16", 8, 1)
cidrsubnet("10.0.0.0/16", 0, 0)
cidrsubnet("10.0.0.0/16", 17, 0)
cidrsubnet("10.0.0.0/16", -1, 0)
cidrsubnet("10.0.0.0/16", 8, -1)
cidrsubnet("10.0.0.0/16", 8.5, 1)
cidrsubnet("10.0.0.0/16", "8", "3")
cidrsubnet("10.0.5.0/16", 8, 1)
cidrsubnet("10.0.0.0", 8, 1)
cidrsubnet("::/0", 64, 5)
cidrsubnet("2001:db8::/32", 32, 4294967295)
cidrsubnets("10.1.0.0/16", 4, 4, 8, 4)
cidrsubnets("10.0.0.0/24", 1, 1)
cidrsubnets("10.0.0.0/24", 1, 1, 1)
cidrsubnets("10.0.0.0/24")
cidrsubnets("10.0.0.0/24", 0)
cidrsubnets("10.0.0.0/24", 9)
cidrsubnets("10.0.0.0/24", 33)
cidrsubnets("fd00:fd12:3456:7890::/56", 16, 16, 16, 32)
cidrsubnets("x", 1)
cidrsubnets("10.0.0.0/16", [4, 8]...)
cidrsubnets("10.0.0.0/16", 1.5)
cidrsubnets("::/64", 8, 4)
cidrhost("::ffff:10.0.0.0/120", 1)
cidrhost("2001:db8:0:0:1:0:0:0/64", 1)
"""

GROUPS["filesystem functions"] = r"""
basename("foo/bar/baz.txt")
basename("foo/")
basename("/")
basename("")
basename("a")
dirname("foo/bar/baz.txt")
dirname("foo/")
dirname("/a")
dirname("a")
dirname("")
dirname("/")
dirname("a//b")
dirname("./a/../b/c")
abspath("/a/../b")
pathexpand("a/b")
pathexpand("/a")
file("hello.txt")
file("./hello.txt")
file("${path.module}/hello.txt")
file("missing.txt")
file("folder")
file(null)
fileexists("hello.txt")
fileexists("missing.txt")
fileexists("folder")
filebase64("hello.txt")
filebase64("missing.txt")
filemd5("hello.txt")
filesha1("hello.txt")
filesha256("hello.txt")
filesha512("hello.txt")
filebase64sha256("hello.txt")
filebase64sha512("hello.txt")
filemd5("missing.txt")
filesha256("empty.txt")
fileset("folder", "*")
fileset("folder", "*.txt")
fileset("folder", "**")
fileset("folder", "**/*.txt")
fileset("folder", "deep/*")
fileset("folder", "*.{txt,md}")
fileset("folder", "[ot]*")
fileset("folder", "???.txt")
fileset("folder", "x*")
fileset(".", "folder/*.txt")
fileset("missing", "*")
fileset("${path.module}/folder", "one.*")
templatefile("greeting.tftpl", { name = "Ann", items = ["a", "b"] })
templatefile("greeting.tftpl", { name = "Ann" })
templatefile("plain.tftpl", {})
templatefile("wrap.tftpl", { values = [1, 2] })
templatefile("wrap.tftpl", { values = "x" })
templatefile("wrap.tftpl", { values = null })
templatefile("bad.tftpl", {})
templatefile("missing.tftpl", {})
templatefile("plain.tftpl", "x")
templatefile("plain.tftpl", { "a b" = 1 })
templatefile("greeting.tftpl", { name = sensitive("x"), items = [] })
templatefile("greeting.tftpl", tomap({ name = "x", items = "y" }))
templatestring(var.template, { name = "Ann", list = [1, 2] })
templatestring(var.template, { name = "Ann" })
templatestring("literal", {})
templatestring("${var.template}", {})
templatestring(var.name, {})
templatestring(upper(var.template), {})
templatestring(var.zones, {})
templatestring(local.people[0].name, {})
templatestring(var.nothing, {})
jsondecode(file("policy.json")).Version
length(fileset("folder", "**"))
"""

GROUPS["calls"] = r"""
nope()
upper()
upper("a", "b")
max([1, 2, 3]...)
max(4, [1, 2]...)
max({ a = 1 }...)
max(null...)
max("a"...)
max(toset([1, 5])...)
format("%s %s", ["a", "b"]...)
concat([["a"], ["b"]]...)
core::upper("a")
core::nope("a")
provider::aws::arn_parse("a")
other::f("a")
upper(lower("A"))
upper("a")[0]
keys({ a = 1 })[0]
{ a = [1] }.a[0] + 1
split(",", "a,b")[1]
merge({ a = 1 }, { b = 2 }).b
(1 + 2)
((("a")))
!(1 == 2)
-(1 + 2)
"""
