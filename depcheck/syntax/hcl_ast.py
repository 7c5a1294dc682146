"""The tree of a Terraform/HCL file. Offsets count characters of the :class:`~depcheck.source.Text` that was parsed.

Names follow HCL's own syntax specification (github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md).
"""

from __future__ import annotations

from depcheck.model import Comment, Problem
from depcheck.source import Span, Text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias


class Node:
    """A run of characters with a meaning."""

    __slots__ = ("end", "start")

    def __init__(self, start: int, end: int) -> None:
        self.start = start
        self.end = end


class Number(Node):
    """A number as written."""

    __slots__ = ("text",)

    def __init__(self, start: int, end: int, text: str) -> None:
        self.start = start
        self.end = end
        self.text = text


class Bool(Node):
    """``true`` or ``false``."""

    __slots__ = ("value",)

    def __init__(self, start: int, end: int, value: bool) -> None:
        self.start = start
        self.end = end
        self.value = value


class Null(Node):
    """``null``."""

    __slots__ = ()


class String(Node):
    """A quoted string or a heredoc without any interpolation; ``value`` has its escapes decoded (and, for ``<<-``, its
    indentation removed). ``start`` and ``end`` include the quotes or the heredoc's markers."""

    __slots__ = ("heredoc", "value")

    def __init__(self, start: int, end: int, value: str, heredoc: bool = False) -> None:
        self.start = start
        self.end = end
        self.value = value
        self.heredoc = heredoc


class Interpolation(Node):
    """``${expression}`` inside a template. Strip markers are already applied to the neighbouring text."""

    __slots__ = ("expression",)

    def __init__(self, start: int, end: int, expression: Expression) -> None:
        self.start = start
        self.end = end
        self.expression = expression


class IfDirective(Node):
    """``%{ if condition }…%{ else }…%{ endif }``."""

    __slots__ = ("condition", "otherwise", "then")

    def __init__(
        self, start: int, end: int, condition: Expression, then: list[TemplatePart], otherwise: list[TemplatePart]
    ) -> None:
        self.start = start
        self.end = end
        self.condition = condition
        self.then = then
        self.otherwise = otherwise


class ForDirective(Node):
    """``%{ for key, value in collection }…%{ endfor }``; ``key`` is None with one name."""

    __slots__ = ("body", "collection", "key", "value")

    def __init__(
        self, start: int, end: int, key: str | None, value: str, collection: Expression, body: list[TemplatePart]
    ) -> None:
        self.start = start
        self.end = end
        self.key = key
        self.value = value
        self.collection = collection
        self.body = body


class Template(Node):
    """A string with interpolations or directives. Literal parts are :class:`String` nodes without quotes."""

    __slots__ = ("heredoc", "parts")

    def __init__(self, start: int, end: int, parts: list[TemplatePart], heredoc: bool = False) -> None:
        self.start = start
        self.end = end
        self.parts = parts
        self.heredoc = heredoc


class Tuple(Node):
    """``[a, b]``."""

    __slots__ = ("items",)

    def __init__(self, start: int, end: int, items: list[Expression]) -> None:
        self.start = start
        self.end = end
        self.items = items


class Object(Node):
    """``{ key = value }``. A bare name as a key is a :class:`String`; ``(expression)`` as a key is
    :class:`Parentheses`."""

    __slots__ = ("items",)

    def __init__(self, start: int, end: int, items: list[tuple[Expression, Expression]]) -> None:
        self.start = start
        self.end = end
        self.items = items


class ForTuple(Node):
    """``[for key, value in collection : body if condition]``."""

    __slots__ = ("body", "collection", "condition", "key", "value")

    def __init__(
        self,
        start: int,
        end: int,
        key: str | None,
        value: str,
        collection: Expression,
        body: Expression,
        condition: Expression | None,
    ) -> None:
        self.start = start
        self.end = end
        self.key = key
        self.value = value
        self.collection = collection
        self.body = body
        self.condition = condition


class ForObject(Node):
    """``{for key, value in collection : key_body => body if condition}``, ``group`` for ``body...``."""

    __slots__ = ("body", "collection", "condition", "group", "key", "key_body", "value")

    def __init__(
        self,
        start: int,
        end: int,
        key: str | None,
        value: str,
        collection: Expression,
        key_body: Expression,
        body: Expression,
        condition: Expression | None,
        group: bool,
    ) -> None:
        self.start = start
        self.end = end
        self.key = key
        self.value = value
        self.collection = collection
        self.key_body = key_body
        self.body = body
        self.condition = condition
        self.group = group


class Call(Node):
    """``name(arguments)``; ``expand`` for a last argument followed by ``...``. ``name`` may be ``provider::x::y``."""

    __slots__ = ("arguments", "expand", "name")

    def __init__(self, start: int, end: int, name: str, arguments: list[Expression], expand: bool) -> None:
        self.start = start
        self.end = end
        self.name = name
        self.arguments = arguments
        self.expand = expand


class Name(Node):
    """The root of a reference: ``var``, ``local``, ``aws_s3_bucket`` …"""

    __slots__ = ("name",)

    def __init__(self, start: int, end: int, name: str) -> None:
        self.start = start
        self.end = end
        self.name = name


class GetAttr(Node):
    """``base.name``. ``a.0`` (legacy index) is an :class:`Index` with a :class:`Number`."""

    __slots__ = ("base", "name")

    def __init__(self, start: int, end: int, base: Expression, name: str) -> None:
        self.start = start
        self.end = end
        self.base = base
        self.name = name


class Index(Node):
    """``base[key]``."""

    __slots__ = ("base", "key")

    def __init__(self, start: int, end: int, base: Expression, key: Expression) -> None:
        self.start = start
        self.end = end
        self.base = base
        self.key = key


class SplatItem(Node):
    """Inside :attr:`Splat.each`, the element that the splat is at."""

    __slots__ = ()


class Splat(Node):
    """``base[*].rest`` or ``base.*.rest`` (``full`` is False): ``each`` is ``rest`` applied to a :class:`SplatItem`.

    After an attribute-only splat (``.*``) an index ends the splat and applies to its result, as HCL says.
    """

    __slots__ = ("base", "each", "full")

    def __init__(self, start: int, end: int, base: Expression, each: Expression, full: bool) -> None:
        self.start = start
        self.end = end
        self.base = base
        self.each = each
        self.full = full


class Unary(Node):
    """``!operand`` or ``-operand``."""

    __slots__ = ("operand", "operator")

    def __init__(self, start: int, end: int, operator: str, operand: Expression) -> None:
        self.start = start
        self.end = end
        self.operator = operator
        self.operand = operand


class Binary(Node):
    """``left operator right``."""

    __slots__ = ("left", "operator", "right")

    def __init__(self, start: int, end: int, operator: str, left: Expression, right: Expression) -> None:
        self.start = start
        self.end = end
        self.operator = operator
        self.left = left
        self.right = right


class Conditional(Node):
    """``condition ? then : otherwise``."""

    __slots__ = ("condition", "otherwise", "then")

    def __init__(self, start: int, end: int, condition: Expression, then: Expression, otherwise: Expression) -> None:
        self.start = start
        self.end = end
        self.condition = condition
        self.then = then
        self.otherwise = otherwise


class Parentheses(Node):
    """``(inner)``."""

    __slots__ = ("inner",)

    def __init__(self, start: int, end: int, inner: Expression) -> None:
        self.start = start
        self.end = end
        self.inner = inner


class Bad(Node):
    """An expression that could not be read; a :class:`Problem` tells why."""

    __slots__ = ()


TemplatePart: TypeAlias = "String | Interpolation | IfDirective | ForDirective"
Expression: TypeAlias = (
    "Number | Bool | Null | String | Template | Tuple | Object | ForTuple | ForObject | Call | Name | GetAttr | Index"
    " | SplatItem | Splat | Unary | Binary | Conditional | Parentheses | Bad"
)


class Attribute(Node):
    """``name = value``; ``name_end`` is just past the name, which begins at ``start``."""

    __slots__ = ("name", "name_end", "value")

    def __init__(self, start: int, end: int, name: str, name_end: int, value: Expression) -> None:
        self.start = start
        self.end = end
        self.name = name
        self.name_end = name_end
        self.value = value


class Label(Node):
    """A block's label without its quotes."""

    __slots__ = ("text",)

    def __init__(self, start: int, end: int, text: str) -> None:
        self.start = start
        self.end = end
        self.text = text


class Block(Node):
    """``type "label" { … }``; the header runs from ``start`` to ``header_end`` (just past the last label or the
    type)."""

    __slots__ = ("body", "header_end", "labels", "type")

    def __init__(self, start: int, end: int, type: str, labels: list[Label], header_end: int, body: Body) -> None:
        self.start = start
        self.end = end
        self.type = type
        self.labels = labels
        self.header_end = header_end
        self.body = body


class Body(Node):
    """Attributes and blocks in the order in which they stand."""

    __slots__ = ("attributes", "blocks")

    def __init__(self, start: int, end: int, attributes: list[Attribute], blocks: list[Block]) -> None:
        self.start = start
        self.end = end
        self.attributes = attributes
        self.blocks = blocks

    def attribute(self, name: str) -> Attribute | None:
        """The last attribute of a name, or None."""
        for attribute in reversed(self.attributes):
            if attribute.name == name:
                return attribute
        return None


class HclFile:
    """A parsed file: its text, its body, its comments, and what could not be read."""

    __slots__ = ("body", "comments", "problems", "text")

    def __init__(self, text: Text, body: Body, comments: list[Comment], problems: list[Problem]) -> None:
        self.text = text
        self.body = body
        self.comments = comments
        self.problems = problems

    def span(self, node: Node) -> Span:
        """Where a node stands in its source."""
        return self.text.span(node.start, node.end)
