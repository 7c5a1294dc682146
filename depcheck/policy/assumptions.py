"""What an estimate of recovery assumes: keys, units and defaults, which are data in ``schemas/``."""

from __future__ import annotations

from depcheck.data import load_json
from depcheck.policy import words
from depcheck.policy.words import WordError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pydantic.config import JsonDict

FILE = "recovery-assumptions.json"
_EXAMPLES = {"duration": "15m", "rate": "40GiB/h", "factor": "0.15"}


class Assumption:
    """One number that an estimate is made of, in seconds, bytes per second or as a factor.

    ``worst`` is the upper bound where the sources give one, else the typical figure. ``variants`` are the figures for
    named circumstances (``parallel``, ``no_alarm``).
    """

    __slots__ = ("confidence", "name", "source", "title", "typical", "unit", "variants", "worst")

    def __init__(self, entry: dict[str, object]) -> None:
        self.name = str(entry["name"])
        self.unit = str(entry["unit"])
        self.title = str(entry["title"])
        self.typical = read(str(entry["typical"]), self.unit)
        self.worst = read(str(entry.get("worst", entry["typical"])), self.unit)
        self.source = str(entry["source"])
        self.confidence = str(entry["confidence"])
        variants = entry.get("variants", {})
        self.variants = (
            {str(name): read(str(text), self.unit) for name, text in variants.items()}
            if isinstance(variants, dict)
            else {}
        )


def defaults() -> dict[str, Assumption]:
    """Every assumption with its documented default, by key."""
    return {entry.name: entry for entry in (Assumption(each) for each in _entries())}


def units() -> dict[str, str]:
    """The unit of every key: ``duration``, ``rate`` or ``factor``."""
    return {str(entry["name"]): str(entry["unit"]) for entry in _entries()}


def read(text: str, unit: str) -> float:
    """A figure in base units.

    Raises:
        WordError: the text is not of that unit.
    """
    if unit == "duration":
        return words.parse_duration(text)
    if unit == "rate":
        return words.parse_rate(text)
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number < 1e6:
        raise WordError(f"{words.shown(text)} is not a factor: write a number such as 0.15")
    return number


def amount(value: object, unit: str, described: str) -> float:
    """The value of a policy entry in base units.

    Raises:
        WordError: it is not of that unit.
    """
    text = getattr(value, "text", value)
    if not isinstance(text, str):
        raise WordError(f"expected a {unit} such as {_EXAMPLES[unit]}, not {described}")
    return read(text, unit)


def json_schema(schema: JsonDict) -> None:
    """Let an editor complete the keys, with their documented defaults."""
    schema["additionalProperties"] = False
    schema["properties"] = {
        str(entry["name"]): {
            "description": f"{entry['title']} Default: {entry['typical']}.",
            "type": "number" if entry["unit"] == "factor" else ["string", "integer"],
            "examples": [str(entry["typical"])],
        }
        for entry in _entries()
    }


def _entries() -> list[dict[str, object]]:
    entries = load_json("schemas", FILE)["entries"]
    if not isinstance(entries, list):
        raise ValueError(f"schemas/{FILE} has no list of entries")
    return [entry for entry in entries if isinstance(entry, dict)]
