"""Commands compared with those of tree-sitter's grammar for Bash."""

from __future__ import annotations

import pytest
import tree_sitter
import tree_sitter_bash
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from depcheck.source import Source, Text
from depcheck.syntax import shell

PARSER = tree_sitter.Parser(tree_sitter.Language(tree_sitter_bash.language()))
SAMPLES = (
    'set -euo pipefail\nfor f in *.sql; do psql -f "$f" || exit 1; done\n',
    'if ! command -v aws >/dev/null 2>&1; then\n  echo "no aws" >&2\n  exit 1\nfi\n',
    'x="$(git rev-parse --short HEAD)"\ndocker build -t "app:${x}" . && docker push "app:${x}"\n',
    "while IFS= read -r line; do\n  echo \"$line\"\ndone < <(cat file | grep -v '^#')\n",
    'case "$1" in\n  start) run ;;\n  stop|halt)\n    kill "$(cat pid)"\n    ;;\n  *) usage; exit 2 ;;\nesac\n',
    'deploy() {\n  local env=$1; shift\n  (cd infra && terraform apply -auto-approve "$@")\n}\ndeploy prod\n',
    "cat > config <<EOF\nuser=$(whoami)\nEOF\nchmod 600 config\n",
    'pg_dump "$URL" | gzip > dump.gz &\nwait $!\n',
    "[[ $REF =~ ^v[0-9]+$ ]] && release || true\n",
    "trap 'rm -rf \"$tmp\"' EXIT\ntmp=$(mktemp -d)\n",
    'A=1 B="$C" env | sort\nexport D="$(date +%s)"\n',
    "until curl -fs localhost; do sleep $((2 * 3)); done\n",
    "echo one; { echo two; echo three; } | cat\n",
    "diff <(sort a) <(sort b) > out 2>&1\n",
)


def theirs(text: str) -> set[tuple[int, str]] | None:
    data = text.encode()
    tree = PARSER.parse(data)
    if tree.root_node.has_error:
        return None
    found: set[tuple[int, str]] = set()
    waiting = [tree.root_node]
    while waiting:
        node = waiting.pop()
        name = None
        if node.type == "command":
            name = node.child_by_field_name("name")
        elif node.type in ("declaration_command", "unset_command", "test_command"):
            name = node.children[0]
        if name is not None and name.text is not None and name.text != b"((":
            found.add((len(data[: name.start_byte].decode()), name.text.decode()))
        waiting.extend(node.children)
    return found


def ours(text: str) -> set[tuple[int, str]]:
    found = shell.parse(Text.of(Source("run.sh", text)), origin="script", shell="bash")
    return {(each.words[0].span.start, each.words[0].raw) for each in found.commands if each.words}


@pytest.mark.parametrize("text", SAMPLES)
def test_same_commands(text: str) -> None:
    assert ours(text) == theirs(text)


SIMPLE = st.sampled_from(
    ["a b", "c 'd; e'", 'f "$(g | h)"', "i=1", "j=2 k", "l `m` > n", "o ${p:-q}", "r | s", "t && u"]
)


def compound(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds("{}\n{}".format, inner, inner),
        st.builds("{} ; {}".format, inner, inner),
        st.builds("if {}\nthen {}\nelse {}\nfi".format, inner, inner, inner),
        st.builds("for x in y $(z); do {}\ndone".format, inner),
        st.builds("while {}\ndo {}\ndone".format, inner, inner),
        st.builds("case $v in w) {} ;; *) {} ;; esac".format, inner, inner),
        st.builds("( {} )".format, inner),
        st.builds("{{ {}\n}}".format, inner),
        st.builds("fn() {{ {}\n}}".format, inner),
        st.builds('say "$( {} )"'.format, inner),
    )


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.recursive(SIMPLE, compound, max_leaves=8))
def test_same_commands_in_made_up_scripts(text: str) -> None:
    expected = theirs(text)
    if expected is not None:
        assert ours(text) == expected
