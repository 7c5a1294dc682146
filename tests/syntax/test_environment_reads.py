"""Names of variables in programs: the ways of reading them in several languages, and schemas."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from depcheck.syntax.environment_reads import entries, may_read, reads


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("const a = process.env.API_URL;", ["API_URL"]),
        ("const a = process.env['API_URL'] ?? process.env?.API_KEY", ["API_KEY", "API_URL"]),
        ("import.meta.env.VITE_API_URL", ["VITE_API_URL"]),
        ("const { API_URL, API_KEY: key, MODE = 'x' } = process.env;", ["API_URL", "API_KEY", "MODE"]),
        ('os.environ["API_URL"]; os.environ.get("API_KEY", "x"); os.getenv("MODE")', ["API_URL", "API_KEY", "MODE"]),
        ('os.Getenv("API_URL"); v, ok := os.LookupEnv("API_KEY")', ["API_URL", "API_KEY"]),
        ('ENV["API_URL"] ENV.fetch("API_KEY")', ["API_URL", "API_KEY"]),
        ("env('API_URL', 'x'); getenv('API_KEY')", ["API_URL", "API_KEY"]),
        ('std::env::var("API_URL")', ["API_URL"]),
        ('System.getenv("API_URL")', ["API_URL"]),
        ('Deno.env.get("API_URL") Bun.env.API_KEY', ["API_KEY", "API_URL"]),
        ('url = env("DATABASE_URL")', ["DATABASE_URL"]),
        ("process.env.API_URL = 'x'", []),
        ("if (process.env.API_URL === 'x')", ["API_URL"]),
        ("// process.env.API_URL", []),
        ("# os.environ['API_URL']", []),
        ("process.env[name] process.env.lower", []),
        ("myenv('API_URL') object.env('API_URL')", []),
    ],
)
def test_reads_are_found(text: str, expected: list[str]) -> None:
    found = list(reads(text))
    assert [each.name for each in found] == expected
    assert [text[each.start : each.end] for each in found] == expected
    assert may_read(text) or not expected


ZOD = """
export const env = createEnv({
  server: {
    A_ONE: z.string(),
    A_TWO: z.string().optional(),
    A_THREE: z.coerce.number().default(3),
    A_FOUR: z.enum(["a", "b"]).transform((x) => ({ x })),
    "A_FIVE": z
      .string(),
    // A_SIX: z.string(),
    A_SEVEN: shared,
    lower: z.string(),
  },
  runtimeEnv: process.env,
});
"""
ENVALID = """
const env = cleanEnv(process.env, {
  A_ONE: str(),
  A_TWO: port({ default: 3000 }),
  A_THREE: url({ devDefault: "http://localhost" }),
});
"""
PYDANTIC = '''
class Other(Base):
    not_this: str


class Settings(BaseSettings):
    """What it needs."""

    model_config = SettingsConfigDict(env_prefix="APP_")

    one: str
    two: int = 3
    three: SecretStr = Field(..., min_length=3)
    four: str | None
    five: Nested
    six: str = Field(alias="ELSEWHERE")

    @property
    def seven(self) -> str:
        inner: str
        return self.one


after: str
'''


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (ZOD, [("A_ONE", True), ("A_TWO", False), ("A_THREE", False), ("A_FOUR", True), ("A_FIVE", True)]),
        (ENVALID, [("A_ONE", True), ("A_TWO", False), ("A_THREE", False)]),
        (
            PYDANTIC,
            [("APP_ONE", True), ("APP_TWO", False), ("APP_THREE", True), ("APP_FOUR", False), ("APP_FIVE", False)],
        ),
        (ZOD.replace("process.env", "values").replace("createEnv", "make"), []),
        ("const a = z.object({ A_ONE: z.string() }).safeParse(process.env)", []),
        ("z.object({\n A_ONE: z.string() }).safeParse(process.env)", [("A_ONE", False)]),
    ],
)
def test_entries_of_schemas_are_found(text: str, expected: list[tuple[str, bool]]) -> None:
    found = list(entries(text))
    assert [(each.name, each.required) for each in found] == expected
    for each in found:
        assert each.name.endswith(text[each.start : each.end].upper())


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "z.object({\n",
                "A_ONE: z",
                ".string()",
                "(",
                "}",
                "\n",
                " ",
                '"',
                "process.env",
                ".B_TWO",
                "class S(BaseSettings):\n",
                "    one: str\n",
                "os.environ[",
                "'C_THREE']",
                "{",
                "=",
                ",",
                "\\",
            ]
        ),
        max_size=25,
    )
)
def test_any_text_is_read(parts: list[str]) -> None:
    text = "".join(parts)
    for each in (*reads(text), *entries(text)):
        assert 0 <= each.start < each.end <= len(text)
