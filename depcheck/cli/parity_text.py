"""Parity for a person: the environments, then a matrix with the rows first that somebody must look at."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from depcheck.parity.comparison import evidence
from depcheck.parity.records import texts_of
from depcheck.parity.verdicts import ALLOWED, EQUAL, OK, VERDICTS
from depcheck.reporters.terminal import cells, paint, visible, without_line_commands

TYPE_CHECKING = False
if TYPE_CHECKING:
    from depcheck.parity.comparison import Comparison
    from depcheck.parity.verdicts import Judged

_STYLES = {"differs": "high", "equal": "high", "missing": "high", "unknown": "info", "allowed": "dim", "ok": "good"}
_MARKS = {"differs": "≠", "equal": "=", "missing": "–", "unknown": "?", "allowed": "~", "ok": "✓"}
#: A cell of the matrix is at most so wide, and at least; a subject has at least so much room.
_WIDEST, _NARROWEST = 40, 14
_SUBJECT = 36
#: Without ``--all``, so many rows with allowed differences are shown.
_ALLOWED = 40


def matrix(
    rows: Sequence[Judged],
    compared: Comparison,
    notices: Sequence[str],
    mask: Callable[[str], str],
    *,
    every: bool,
    color: bool,
    width: int,
) -> str:
    """The whole report."""
    lines = _environments(compared, color)
    lines += [f"note: {visible(notice)}" for notice in notices]
    shown, hidden = _chosen(rows, every)
    if shown:
        names = [name for name in compared.environments if any(name in each.row.values for each in shown)]
        lines.append("")
        room = _room(names, width)
        if room >= _NARROWEST:
            lines += _table(shown, names, room, mask, color, width)
        else:
            lines += _stacked(shown, mask, color, width)
    lines += ["", _summary(rows, hidden)]
    return without_line_commands("".join(f"{line}\n" for line in lines))


def _environments(compared: Comparison, color: bool) -> list[str]:
    """Each environment and how it is known."""
    project = compared.project
    found = evidence(project)
    declared = project.policy.environments if project.policy is not None else {}
    lines = []
    for name in compared.environments:
        critical = " (critical)" if name in project.environments.critical else ""
        origin = "declared" if name in declared else "inferred"
        places = visible(", ".join(found.get(name, ())))
        lines.append(f"{paint(visible(name), 'bold', color)}{critical}: {origin}; {places}")
    return lines


def _chosen(rows: Sequence[Judged], every: bool) -> tuple[list[Judged], int]:
    if every:
        return list(rows), 0
    graver = [each for each in rows if each.verdict not in (OK, ALLOWED)]
    allowed = [each for each in rows if each.verdict == ALLOWED]
    shown = graver + allowed[:_ALLOWED]
    return shown, len(rows) - len(shown)


def _room(names: Sequence[str], width: int) -> int:
    """How wide the cell of an environment may be: what the verdict and a short subject leave."""
    return min(_WIDEST, (width - 11 - _SUBJECT) // max(1, len(names)) - 2)


def _table(
    shown: Sequence[Judged], names: Sequence[str], room: int, mask: Callable[[str], str], color: bool, width: int
) -> list[str]:
    rows = [(each, texts_of(each.row, mask)) for each in shown]
    cells_of = [[_cell(each, name, texts) for name in names] for each, texts in rows]
    rooms = [min(room, max(len(name), *(len(found[at]) for found in cells_of))) for at, name in enumerate(names)]
    longest = max(len(visible(each.row.subject)) for each in shown)
    first = min(longest, width - 11 - sum(rooms) - 2 * len(names))
    head = [_fit("", 9), _fit("", first), *[_fit(name, own) for name, own in zip(names, rooms, strict=True)]]
    lines = [paint("  ".join(head).rstrip(), "bold", color)]
    told: set[tuple[str, str, str]] = set()
    for (each, _), found in zip(rows, cells_of, strict=True):
        verdict = f"{_MARKS[each.verdict]} {each.verdict}"
        begin = paint(verdict, _STYLES[each.verdict], color) + " " * (9 - len(verdict))
        columns = [_fit(text, own) for text, own in zip(found, rooms, strict=True)]
        lines.append("  ".join([begin, _fit(_middle(visible(each.row.subject), first), first), *columns]).rstrip())
        lines += _findings(each, color, told)
    return lines


def _middle(text: str, room: int) -> str:
    """A subject that is cut where it tells least: at its end stands the attribute."""
    if len(text) <= room:
        return text
    begin = max(room // 3, min(text.find("@") + 1, 2 * room // 3))
    return text[:begin] + "…" + text[len(text) - (room - begin - 1) :]


def _stacked(shown: Sequence[Judged], mask: Callable[[str], str], color: bool, width: int) -> list[str]:
    """For narrow terminals: the values of a row one below the other."""
    lines: list[str] = []
    told: set[tuple[str, str, str]] = set()
    for each in shown:
        texts = texts_of(each.row, mask)
        verdict = paint(f"{_MARKS[each.verdict]} {each.verdict}", _STYLES[each.verdict], color)
        lines.append(f"{verdict}  {visible(each.row.subject)}")
        longest = max(len(name) for name in each.row.values)
        for name in each.row.values:
            lines.append(
                f"    {name:<{longest}}  {_fit(_cell(each, name, texts), max(8, width - longest - 6)).rstrip()}"
            )
        lines += _findings(each, color, told)
    return lines


def _cell(each: Judged, name: str, texts: dict[str, str]) -> str:
    if name not in each.row.values:
        return ""
    if name not in texts:
        return "(none)"
    return visible(texts[name]) or '""'


def _findings(each: Judged, color: bool, told: set[tuple[str, str, str]]) -> list[str]:
    """The findings in a row, each where it is met first: one that names ten variables is told once for its ten rows."""
    lines = []
    for finding in each.findings:
        severity = paint(finding.severity, finding.severity, color)
        place = visible(f"{finding.span.path}:{finding.span.line}")
        if (finding.rule, place, finding.message) in told:
            continue
        told.add((finding.rule, place, finding.message))
        lines.append(f"           {severity} {finding.rule} {place} {visible(finding.message)}")
    return lines


def _fit(text: str, room: int) -> str:
    """A text cut and filled to a number of columns."""
    used = 0
    out: list[str] = []
    for at, character in enumerate(text):
        wide = cells(character)
        if used + wide > room - (at + 1 < len(text)):
            if used + wide <= room and at + 1 == len(text):
                pass
            else:
                out.append("…")
                used += 1
                break
        out.append(character)
        used += wide
    return "".join(out) + " " * (room - used)


def _summary(rows: Sequence[Judged], hidden: int) -> str:
    counts: dict[str, int] = {}
    for each in rows:
        counts[each.verdict] = counts.get(each.verdict, 0) + 1
    listed = ", ".join(f"{counts[name]} {_SAID.get(name, name)}" for name in VERDICTS if name in counts)
    more = f"; {hidden} not shown, `--all` shows every row" if hidden else ""
    return f"{len(rows)} rows: {listed}{more}" if rows else "0 rows"


_SAID = {EQUAL: "wrongly equal", "differs": "wrongly different", OK: "as they must be", ALLOWED: "different and may be"}
