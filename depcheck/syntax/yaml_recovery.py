"""Reading on after a syntax error: what stands before it is kept, and the next entry of an open block is tried."""

from __future__ import annotations

from depcheck.source import Span
from depcheck.syntax.yaml_build import UNREADABLE, Anchor, Builder, EventSource, TooDeepError
from depcheck.values import Unknown


def read(builder: Builder, content: str) -> None:
    """Parse everything into the builder, as far as it can be read."""
    import yaml

    bom = content.startswith("\ufeff")
    builder.offset = int(bom)
    try:
        builder.feed(_events(content[bom:]))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = (mark.index if mark else 0) + builder.offset
        words = ", ".join(part for part in (error.context, error.problem) if part)
        builder.problem(words, _token(builder, at))
    except TooDeepError:
        pass
    _abandon(builder)


def _events(content: str) -> EventSource:
    import yaml

    if yaml.__with_libyaml__:
        from yaml.cyaml import CParser

        return CParser(content)
    from yaml.loader import SafeLoader

    return SafeLoader(content)


def _token(builder: Builder, at: int) -> Span:
    text = builder.text.text
    end = at
    while end < len(text) and end - at < 40 and not text[end].isspace():
        end += 1
    return builder.span(min(at, len(text)), max(end, min(at, len(text))))


def _abandon(builder: Builder) -> None:
    """Close all that is open: a block keeps its entries, a list or map in brackets is unknown as a whole."""
    builder.skipped = 0
    while builder.frames:
        frame = builder.frames.pop()
        if frame.entries is not None and frame.key is not None:
            span = frame.key_span or builder.span(frame.last, frame.last)
            unknown = Unknown(UNREADABLE, span, key=frame.key_span)
            if not frame.flow and (frame.merges is None or frame.key != "<<"):
                frame.entries.setdefault(frame.key, unknown)
            frame.key = None
        if frame.flow:
            builder.close_unreadable(frame)
        else:
            builder.close(frame, frame.last)
        if frame.anchor:
            builder.anchors[frame.anchor] = Anchor(None, broken=True)
