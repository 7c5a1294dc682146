"""HCL with errors: one mistake costs one item, no input raises, and cost stays in proportion to size."""

import pytest
from hcl_shapes import expression, messages, outline, parse, text_of, walk
from hypothesis import example, given, settings
from hypothesis import strategies as st

from depcheck.syntax import hcl
from depcheck.syntax.hcl_expression import MAX_HEIGHT
from depcheck.syntax.hcl_lexer import MAX_DEPTH, MAX_PROBLEMS

FILE = """\
variable "region" {
  type    = string
  default = "eu-west-1"
}

resource "aws_db_instance" "main" {
  identifier = "main-${var.region}"
  multi_az   = true
  tags = {
    Name  = "main"
    Owner = var.owner
  }

  security_groups = [
    "a",
    "b",
  ]

  lifecycle {
    prevent_destroy = true
    ignore_changes  = [password]
  }

  storage = merge({
    size = 10
  }, local.more)
}

output "endpoint" {
  value = aws_db_instance.main.endpoint
}
"""
WHOLE = outline(parse(FILE).body)


def broken(old: str, new: str):
    """The file with one passage replaced (it has to be there once), as it is read."""
    assert FILE.count(old) == 1
    return parse(FILE.replace(old, new))


def test_the_sample_is_valid() -> None:
    assert messages(parse(FILE)) == []
    assert len(WHOLE) == 3


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("multi_az   =", "multi_az   = =", 'one "=" too many'),
        ("Name  =", "Name = =", 'one "=" too many'),
        ("multi_az   =", "multi_az   ==", 'expected "=" after the name, found "=="'),
        ("multi_az   =", "multi_az   :", 'expected "=" after the name, found ":"'),
        ("multi_az   =", '"multi_az" =', "an argument's name stands without quotes"),
        ('"eu-west-1"\n}', '"eu-west-1"\n', 'block "variable" is not closed'),
        ("[password]\n  }", "[password]\n", 'block "lifecycle" is not closed'),
        ("var.owner\n  }", "var.owner\n", '"}" is missing'),
        ('"b",\n  ]', '"b",\n', '"]" is missing'),
        ('"b",\n  ]', '"b"\n', '"]" is missing'),
        ('"main"\n    Owner', '"main\n    Owner', "string is not closed on its line"),
        ('"eu-west-1"', '"eu-west-1', "string is not closed on its line"),
        ("endpoint\n}\n", "endpoint\n", 'block "output" is not closed'),
        ("variable", "}\nvariable", '"}" closes nothing'),
        ('"region" {', '"region"\n{', 'expected "=" or "{", found the end of the line'),
        ('"region" {', '"region"', 'expected "=" or "{", found the end of the line'),
        ("\noutput", "\nwhat is this\n\noutput", 'expected "=" or "{", found the end of the line'),
        ("  multi_az", "what is this?\n  multi_az", 'expected "=" or "{", found "?"'),
        ("    Owner", "what is this\n    Owner", 'expected "=" after the key of the object, found "is"'),
    ],
)
def test_everything_is_read_in_spite_of(old: str, new: str, message: str) -> None:
    file = broken(old, new)
    assert message in messages(file)
    found = outline(file.body)
    # A lost quote leaves what stands to its line's end as the string.
    assert str(found).replace("'what': Bad, ", "") == str(WHOLE)


@pytest.mark.parametrize(
    ("old", "new", "lost"),
    [
        ("[password]", "[password", "ignore_changes=Bad"),
        ('"main-${var.region}"', '"main-${var.region"', "identifier=Bad"),
        ('"main-${var.region}"', "main-${var.region}", "identifier=(- main- Bad)"),
        ("= var.owner", "= var.", "'Owner': Bad"),
        ('"a",', '"a" "c",', "security_groups=Bad"),
        ("}, local.more)", "}, local.more", "storage=Bad"),
        ("= true\n  tags", "=\n  tags", "multi_az=Bad"),
        ("= string", "= <<EOT", "type=Bad"),
    ],
)
def test_what_is_lost_is_one_item(old: str, new: str, lost: str) -> None:
    file = broken(old, new)
    assert len(messages(file)) == 1
    intact = {line for line in lines(WHOLE) if not line.startswith(lost.split("=")[0])}
    missing = intact - set(lines(outline(file.body)))
    assert missing <= {line for line in intact if "Owner" in lost and line.startswith("tags=")}
    names = [line.split("=")[0] for line in lines(outline(file.body))]
    assert names == [line.split("=")[0] for line in lines(WHOLE)]


def lines(found: list) -> list[str]:
    return [line for each in found for line in (lines(each) if isinstance(each, list) else [each])]


def test_a_lost_quote_in_a_header() -> None:
    file = broken('resource "aws_db_instance" "main" {', 'resource "aws_db_instance "main" {')
    assert str(outline(file.body)) == str(WHOLE)


def test_both_sides_of_a_merge_are_read() -> None:
    file = broken(
        "  multi_az   = true\n",
        "<<<<<<< HEAD\n  multi_az   = true\n=======\n  multi_az = false\n>>>>>>> topic\n",
    )
    assert messages(file) == ["merge conflict marker"] * 3
    assert [problem.span.text for problem in file.problems] == ["<<<<<<<", "=======", ">>>>>>>"]
    assert [each for each in lines(outline(file.body)) if each.startswith("multi")] == [
        "multi_az=true",
        "multi_az=false",
    ]


def test_a_heredoc_may_hold_markers() -> None:
    text = "a = <<E\n<<<<<<< x\n=======\n>>>>>>> y\nE\n"
    assert messages(parse(text)) == []


def test_layout_does_not_matter_to_valid_files() -> None:
    flat = "\n".join(line.strip() for line in FILE.split("\n"))
    assert outline(parse(flat).body) == WHOLE
    stairs = "\n".join(" " * (40 - index) + line.strip() for index, line in enumerate(FILE.split("\n")))
    assert outline(parse(stairs).body) == WHOLE


def test_an_error_in_a_file_without_indentation() -> None:
    flat = "\n".join(line.strip() for line in FILE.split("\n")).replace("multi_az   =", "multi_az = =")
    file = parse(flat)
    assert messages(file) == ['one "=" too many']
    assert outline(file.body) == WHOLE


NESTED = [
    "a = " + "(" * 1200,
    "a = " + "[" * 1200 + "]" * 1200,
    "a = " + "{b=" * 1200,
    "a = " + '"${' * 1200,
    "a = " + "f(" * 1200,
    "a = " + "b?" * 1200,
    "a = " + "b?c:" * 1200 + "d",
    "a = " + "!" * 1200 + "b",
    "a = 1" + "-1" * 1200,
    "a = b" + ".c" * 1200,
    "a = b" + "[0]" * 1200,
    "a = b" + "[*]" * 1200,
    "a = b.*" + ".c" * 1200,
    "a = " + "[for b in " * 1200,
    "a {\n" * 1200 + "}\n" * 1200,
    "a{" * 1200,
    'a = "' + "%{ if b }" * 1200 + '"',
    'a = "' + "%{ if b }" * 1200 + "%{ endif }" * 1200 + '"',
]


@pytest.mark.parametrize("text", NESTED, ids=[text[:12] for text in NESTED])
def test_deep_nesting_is_a_problem_and_no_crash(text: str) -> None:
    file = parse(text + "\n\nlast = 1\n")
    assert f"nested more than {MAX_DEPTH} levels deep" in messages(file) or text == "a{" * 1200
    for each in walk(file.body):
        assert each.start <= each.end
    assert height(file.body) <= MAX_HEIGHT + MAX_DEPTH
    hcl.parse_expression(text_of(text[4:]))
    hcl.parse_template(text_of(text))
    hcl.parse_json(text_of('{"a":' * 1200))


def height(root) -> int:
    """The height of a tree, measured level by level."""
    level, count = [root], 0
    while level:
        count += 1
        following = []
        for node in level:
            for slot in type(node).__slots__:
                waiting = [getattr(node, slot)]
                while waiting:
                    each = waiting.pop()
                    if isinstance(each, (list, tuple)):
                        waiting.extend(each)
                    elif hasattr(each, "start"):
                        following.append(each)
        level = following
    return count


@pytest.mark.parametrize("levels", [30, 90])
def test_what_people_write_is_not_too_deep(levels: int) -> None:
    assert expression("(" * levels + "a" + ")" * levels) == "<" * levels + "a" + ">" * levels
    assert expression(" || ".join(["a"] * levels)).count("||") == levels - 1
    assert expression("a ? b : " * levels + "c").count("?") == levels


def test_problems_are_counted_up_to_a_limit() -> None:
    file = parse("a = = 1\n" * 1000)
    assert len(file.problems) <= 2 * MAX_PROBLEMS
    assert len(file.body.attributes) == 1000


FRAGMENTS = st.sampled_from(
    [
        *'{}[]()=:?,.*-+!<"$%~#/\n\r\t \\',
        "a",
        "b-c",
        "for",
        "in",
        "if",
        "1",
        "1.5",
        '"x"',
        "${",
        "%{",
        "<<E\n",
        "E\n",
        "=>",
        "...",
        "/*",
        "*/",
        "//",
        "&&",
        "é",
        "\ufeff",
        "\x00",
        "<<<<<<< a\n",
        "=======\n",
        ">>>>>>> b\n",
        "  ",
        "a = 1\n",
        "b {\n",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(FRAGMENTS, max_size=40).map("".join))
@example("a = <<E\n${<<E\n")
@example("a = {\n b\n}}\n")
def test_no_input_raises_and_every_place_is_in_the_text(text: str) -> None:
    file = parse(text)
    for problem in file.problems:
        assert 0 <= problem.span.start <= problem.span.end <= len(text)
        assert problem.message
    for node in walk(file.body):
        assert 0 <= node.start <= node.end <= len(text)
    for comment in file.comments:
        assert comment.span.text.startswith(("#", "//", "/*"))
    hcl.parse_expression(text_of(text))
    hcl.parse_template(text_of(text))


@settings(max_examples=80, deadline=None)
@given(st.integers(0, len(FILE) - 1), st.sampled_from(["", "{", "}", '"', "=", "${", "[", "x", "\n"]))
def test_one_changed_character_leaves_the_other_blocks(place: int, new: str) -> None:
    file = parse(FILE[:place] + new + FILE[place + 1 :])
    names = {block.labels[0].text for block in file.body.blocks if block.labels}
    kept = {
        block.labels[0].text
        for block in parse(FILE).body.blocks
        if block.labels and not block.start - 2 <= place <= block.end + 2
    }
    assert kept <= names | {label.text for each in walk(file.body) for label in getattr(each, "labels", [])}
