from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from depcheck.policy import PolicyError, load, schema
from depcheck.source import Source

SCHEMA = json.loads(schema.text())
KEYS = sorted(
    {key for definition in (SCHEMA, *SCHEMA["$defs"].values()) for key in definition.get("properties", {})}
    | {"production", "staging", "prod", "*", "database", "backup", "NODE_ENV", "zone", "detect"}
)
SAMPLES = (
    "15m|1d|0|50GiB|40GiB/h|2027-03-31|zone|az|kind:database|kind:|{environment}|{|| |>= 20|supported|70%|production"
    "|stage|*|other_region|canary|critical|02:00Z|a.b"
)
WORDS = st.sampled_from(SAMPLES.split("|"))
SCALARS = st.one_of(
    WORDS,
    st.none(),
    st.booleans(),
    st.integers(-5, 10**40),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=8),
)
TREES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.one_of(st.sampled_from(KEYS), st.text(max_size=6)), inner, max_size=5),
    ),
    max_leaves=25,
)
#: Trees that begin as a policy does, so that validation gets deep.
POLICIES = st.dictionaries(st.sampled_from(sorted(SCHEMA["properties"])), TREES, max_size=4)


def outcome(text: str) -> list[str]:
    source = Source("depcheck.yaml", text)
    try:
        policy = load(source)
    except PolicyError as error:
        assert error.mistakes
        for mistake in error.mistakes:
            assert mistake.message
            assert "\n" not in str(mistake)
            assert 1 <= mistake.line <= source.line_count + 1
            assert 1 <= mistake.column <= len(source.line(mistake.line)) + 1
        return [str(mistake) for mistake in error.mistakes]
    assert policy.span("recovery", "stores").source is source
    return []


@settings(max_examples=200, deadline=None)
@given(st.one_of(POLICIES, TREES))
def test_any_tree_loads_or_has_mistakes(tree: object) -> None:
    text = json.dumps(tree, ensure_ascii=False, indent=1)
    assert outcome(text) == outcome(text)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=st.sampled_from(list("abrules:- \n\t[]{},&*!|>'\"#?%0123.éx")), max_size=60))
def test_any_text_loads_or_has_mistakes(text: str) -> None:
    outcome(text)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(sorted(SCHEMA["properties"])), st.text(max_size=60))
def test_any_broken_section_loads_or_has_mistakes(section: str, text: str) -> None:
    outcome(f"{section}:\n  {text}\n")


def test_depth_and_repetition_are_bounded() -> None:
    outcome("recovery: " + "[" * 50_000)
    outcome("recovery: " + "{stores: " * 5_000)
    levels = "\n".join(f"a{n + 1}: &a{n + 1} [{', '.join([f'*a{n}'] * 9)}]" for n in range(9))
    assert outcome(f"a0: &a0 [x]\n{levels}\nparity: {{compare: *a9}}\n")
