from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from depcheck.model import Command
from depcheck.source import Source, Text
from depcheck.syntax import shell
from depcheck.syntax.shell_words import masked


def read(text: str, name: str = "bash", strict: frozenset[str] = frozenset()) -> shell.ShellScript:
    return shell.parse(Text.of(Source("run.sh", text)), origin="script", shell=name, strict=strict)


def told(text: str) -> list[tuple[str, list[str | None]]]:
    return [(each.joined, [word.text for word in each.words]) for each in read(text).commands]


def names(text: str) -> list[str]:
    return [each.name for each in read(text).commands]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a b c", [("", ["a", "b", "c"])]),
        ("a 'b c' \"d e\" f\\ g h'i'\"j\"", [("", ["a", "b c", "d e", "f g", "hij"])]),
        ("a ''", [("", ["a", ""])]),
        ("a $'b\\n\\x41' $\"c\"", [("", ["a", "b\nA", "c"])]),
        ("a $B \"x$B\" '$B'", [("", ["a", None, None, "$B"])]),
        ('a "b\\"c\\d\\$e"', [("", ["a", 'b"c\\d$e'])]),
        (
            "a | b && c || d; e & f\ng",
            [(j, [n]) for j, n in zip(["", "|", "&&", "||", ";", "&", ";"], "abcdefg", strict=True)],
        ),
        ("a |& b", [("", ["a"]), ("|", ["b"])]),
        ("a &&\n\n  b", [("", ["a"]), ("&&", ["b"])]),
        ("a \\\n  b\\\nc", [("", ["a", "bc"])]),
        ("a \\\r\n  b\r\nc\r\n", [("", ["a", "b"]), (";", ["c"])]),
        ("a # b\nc#d", [("", ["a"]), (";", ["c#d"])]),
        ("./x/y.sh --a=b c=d", [("", ["./x/y.sh", "--a=b", "c=d"])]),
        ("a {} {b,c} *.txt [x]?", [("", ["a", "{}", "{b,c}", "*.txt", "[x]?"])]),
        ("ls !(a|b) x", [("", ["ls", "!(a|b)", "x"])]),
        ("a `b c` d", [("", ["a", None, "d"]), ("", ["b", "c"])]),
        ('a "$(b | c)"', [("", ["a", None]), ("", ["b"]), ("|", ["c"])]),
        ("a $(b $(c))", [("", ["a", None]), ("", ["b", None]), ("", ["c"])]),
        ("a <(b) >(c)", [("", ["a", None, None]), ("", ["b"]), ("", ["c"])]),
        ("a $((1 + 2)) $((x << 3))", [("", ["a", None, None])]),
        ("a $((1 + $(b)))", [("", ["a", None]), ("", ["b"])]),
        ("a $( (b) )", [("", ["a", None]), ("", ["b"])]),
        ("((i++)) && a", [("&&", ["a"])]),
        ("! a; time b", [("", ["a"]), (";", ["b"])]),
        ("echo ${A:-$(b)} ${#C} ${D//x/y} ${!E}", [("", ["echo", None, None, None, None]), ("", ["b"])]),
        (
            "[[ $a == b && ( -f c ) ]] || d",
            [("", ["[[", None, "==", "b", "&&", "(", "-f", "c", ")", "]]"]), ("||", ["d"])],
        ),
    ],
)
def test_commands(text: str, expected: list[tuple[str, list[str | None]]]) -> None:
    assert told(text) == expected
    assert not read(text).problems


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("if a; then b; elif c; then d; else e; fi; f", "a1 b1 c1 d1 e1 f0"),
        ("if a\nthen\n  b\nfi\nf", "a1 b1 f0"),
        ("for x in 1 2; do a; done | b", "a1 b0"),
        ("for x in 1 2\ndo\na\ndone\nb", "a1 b0"),
        ("for x do a; done", "a1"),
        ("for x\nin $(y)\ndo a; done", "y2 a1"),
        ("for ((i=0; i<3; i++)); do a; done; b", "a1 b0"),
        ("for ((;;))\ndo a; done; b", "a1 b0"),
        ("select x in 1; do a; done", "a1"),
        ("while a; do b; done < c; d", "a1 b1 d0"),
        ("until a; do b; done", "a1 b1"),
        ("case $x in (1|2) a;; 3) b; c;; *) d; esac; e", "a1 b1 c1 d1 e0"),
        ("case $x in\n  *.a)\n    a\n    ;;\nesac\nb", "a1 b0"),
        ("case x in esac; b", "b0"),
        ("case in in in) a;; esac; b", "a1 b0"),
        ("case a in x) case b in y) a;; esac;; z) c;; esac; b", "a2 c1 b0"),
        ("(a; b) && c", "a1 b1 c0"),
        ("{ a; b; } > x; c", "a1 b1 c0"),
        ("f() { a; }; b", "a1 b0"),
        ("f() (a); b", "a1 b0"),
        ("f ()\n{\na\n}\nb", "a1 b0"),
        ("function f { a; }; b", "a1 b0"),
        ("function f() { a; }; b", "a1 b0"),
        ("{ if a; then b; fi }; c", "a2 b2 c0"),
        ("x=$(case $y in a) a;; esac); b", "0 a2 b0"),
        ("x=(1 $(a) # )\n 'b)'); c", "0 a1 c0"),
        ("local x=(1 $(a)); c", "local0 a1 c0"),
        ("declare -A x=( [a]=b ); c", "declare0 c0"),
        ("fi; done; ) ; } a; b", "a0 b0"),
    ],
)
def test_depth_in_compound_commands(text: str, expected: str) -> None:
    assert " ".join(f"{each.name}{each.depth}" for each in read(text).commands) == expected


@pytest.mark.parametrize(
    ("text", "assignments", "redirections"),
    [
        ("A=b C='d e' cmd x=y", [("A", "b"), ("C", "d e")], []),
        ("A=$B cmd", [("A", None)], []),
        ("A=", [("A", "")], []),
        ("A+=b c[1]=d", [("A", "b"), ("c", "d")], []),
        ("A=(x y)", [("A", None)], []),
        ("cmd > a 2>&1 >>'b c' <d &>e", [], [(">", "a"), ("2>&", "1"), (">>", "b c"), ("<", "d"), ("&>", "e")]),
        ("cmd <<<'a b' >$C", [], [("<<<", "a b"), (">", None)]),
        ("> a cmd", [], [(">", "a")]),
    ],
)
def test_assignments_and_redirections(
    text: str, assignments: list[tuple[str, str | None]], redirections: list[tuple[str, str | None]]
) -> None:
    (command,) = read(text).commands
    assert [(name, word.text) for name, word in command.assignments] == assignments
    assert [(each.operator, each.target.text) for each in command.redirections] == redirections


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cat <<EOF\na; b\nEOF\nc", ["cat", "c"]),
        ("cat <<EOF\n$(a) `b` \\$(x)\nEOF\nc", ["cat", "a", "b", "c"]),
        ("cat <<'EOF'\n$(a)\nEOF\nc", ["cat", "c"]),
        ("cat <<-E > x\n\ta\n\tE\nc", ["cat", "c"]),
        ("cat <<A <<B\na\nA\nb\nB\nc", ["cat", "c"]),
        ("bash <<'EOF'\na\nb | c\nEOF\nd", ["bash", "a", "b", "c", "d"]),
        ("sudo -u x bash -eu <<EOF\na\nEOF", ["sudo", "a"]),
        ("bash run.sh <<EOF\na\nEOF", ["bash"]),
        ("bash -s -- x <<EOF\na\nEOF", ["bash", "a"]),
        ("ssh -i k host <<EOF\na\nEOF", ["ssh", "a"]),
        ("ssh host cat <<EOF\na\nEOF", ["ssh"]),
        ("cat <<EOF | sh\na\nEOF", ["cat", "sh", "a"]),
        ("python3 - <<EOF\na\nEOF\nb", ["python3", "b"]),
        ("x=$(cat <<EOF\na\nEOF\n); b", ["", "cat", "b"]),
        ("x=$(cat <<EOF\na\nEOF); b", ["", "cat", "b"]),
        ("bash -c 'a && b'; c", ["bash", "a", "b", "c"]),
        ('sudo sh -ec "a $X; b"', ["sudo", "a", "b"]),
        ('sh -c "$(a)"', ["sh", "a"]),
        ("grep -c 'a'", ["grep"]),
    ],
)
def test_here_documents_and_scripts_in_words(text: str, expected: list[str]) -> None:
    found = read(text)
    assert [each.name for each in found.commands] == expected
    assert not found.problems


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("set -e\na", {"e"}),
        ("set -euo pipefail; a", {"e", "u", "pipefail"}),
        ("set -o errexit -o pipefail\na", {"e", "pipefail"}),
        ("set -ex\na", {"e", "x"}),
        ("set -ex\nset +x\na", {"e"}),
        ("set -- -e\na", set()),
        ("(set -e); a", set()),
        ("f() { set -e; }; a", set()),
        ("x=$(set -e); a", set()),
        ("if true; then set -e; fi; a", {"e"}),
        ("bash -eu -c 'a'", {"e", "u"}),
    ],
)
def test_strict_options(text: str, expected: set[str]) -> None:
    assert read(text).commands[-1].strict == expected


def test_strict_options_from_outside() -> None:
    assert read("a", strict=frozenset({"e"})).commands[0].strict == {"e"}
    assert read("a", "bash --noprofile --norc -eo pipefail {0}").commands[0].strict == {"e", "pipefail"}
    assert read("a", "/bin/sh -e {0}").commands[0].shell == "sh"
    assert read("a", "/usr/bin/env bash").commands[0].shell == "bash"


@pytest.mark.parametrize("name", ["pwsh", "powershell", "cmd", "python", "cmd.exe /c", "node {0}"])
def test_other_languages_yield_nothing(name: str) -> None:
    found = read("Write-Host 'it", name)
    assert (found.commands, found.problems) == ([], [])


def test_expressions_are_masked() -> None:
    text = "deploy ${{ secrets.KEY }} '${{ x == 'y' }}' \"a${{ b }}\" --c=${{ d }}e\nnext"
    found = read(text)
    assert [each.name for each in found.commands] == ["deploy", "next"]
    words = found.commands[0].words
    assert [word.text for word in words] == ["deploy", None, None, None, None]
    assert [word.raw for word in words[1:]] == [
        "${{ secrets.KEY }}",
        "'${{ x == 'y' }}'",
        '"a${{ b }}"',
        "--c=${{ d }}e",
    ]
    assert [word.span.text for word in words] == [word.raw for word in words]
    assert len(masked(text)) == len(text)
    assert masked("a ${{ b") == "a ${{ b"


def test_uses_and_assigned_names() -> None:
    found = read(
        'A=1\nexport B=2 C\nread -r D\nfor e in $F; do "$G" "${H:-x}" ${I-} ${J:?no}; done\nlocal k=$((L + $M))'
    )
    assert [(use.name, use.default) for use in found.uses] == [
        ("F", False),
        ("G", False),
        ("H", True),
        ("I", True),
        ("J", False),
        ("M", False),
    ]
    assert found.assigned == {"A", "B", "D", "e", "k"}
    assert {found.text.span(use.start, use.end).text for use in found.uses} >= {"$F", "${H:-x}", "${J:?no}"}


def test_names_from_outside() -> None:
    found = read('A=1; echo $A $B ${C:-x} $HOME ${D-y}; echo "$B" $C')
    assert [(use.name, use.default) for use in found.free()] == [("B", False), ("C", False), ("D", True)]


def test_comments() -> None:
    found = read("#!/bin/bash\na # why\r\n# depcheck:ignore x\necho '# no' ${#b}\n")
    assert [each.text for each in found.comments] == ["!/bin/bash", "why", "depcheck:ignore x"]
    assert [each.span.text for each in found.comments] == ["#!/bin/bash", "# why", "# depcheck:ignore x"]


@pytest.mark.parametrize(
    ("text", "message", "place", "last"),
    [
        ("a 'b\nc", "a single quote is never closed", "'", "c"),
        ('a "b\nc', "a double quote is never closed", '"', "c"),
        ("a `b\nc", "a backtick is never closed", "`", "c"),
        ("cat <<EOF\nb\n", "the here-document `EOF` is never closed", "\n", "cat"),
    ],
)
def test_problems(text: str, message: str, place: str, last: str) -> None:
    found = read(text)
    (problem,) = found.problems
    assert problem.message == message
    assert problem.span.text == place
    assert problem.next_step
    assert found.commands[-1].name == last


def test_nesting_is_bounded() -> None:
    for text in ("$(" * 5000, '"$(' * 5000, "${a:-" * 5000, "((" * 5000, "`" * 5001, "( " * 5000, "${" * 5000 + "}"):
        assert len(read("a " + text).problems) <= 130
    (problem,) = read("echo " + "$(echo " * 90 + ")" * 90).problems
    assert problem.message == "substitutions are nested deeper than 60 levels"


PIECES = [
    "a",
    " ",
    "\n",
    "'",
    '"',
    "\\",
    "$",
    "$(",
    "`",
    ")",
    "(",
    "{",
    "}",
    "${",
    "$((",
    "))",
    "|",
    "&&",
    ";",
    ";;",
    "&",
]
PIECES += [
    "<<E\n",
    "\nE\n",
    "<",
    ">",
    "#",
    "if ",
    "then ",
    "fi ",
    "for x in ",
    "do ",
    "done",
    "case x in ",
    "esac",
    "[[ ",
    "]]",
]
PIECES += ["A=", "A=(", "${{ x }}", "\r\n", "é", "\t", "bash -c ", "set -e;", "f() ", "in ", "2>&1", "<("]
SCRIPTS = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)


def all_words(command: Command) -> list[tuple[str, str]]:
    words = [*command.words, *(word for _, word in command.assignments)]
    words += [each.target for each in command.redirections]
    return [(word.raw, word.span.text) for word in words]


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.one_of(SCRIPTS, st.text(max_size=100)))
def test_any_text_is_read_and_places_are_exact(text: str) -> None:
    found = read(text)
    for command in found.commands:
        assert all(raw == there for raw, there in all_words(command))
        assert 0 <= command.span.start < command.span.end <= len(text)
    for comment in found.comments:
        assert comment.span.text.startswith("#")
    for use in found.uses:
        assert text[use.start : use.end].startswith("$")
