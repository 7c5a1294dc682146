"""Expressions of HCL, by recursive descent with an explicit stack for operators, so that one level of nesting costs
few Python frames."""

from __future__ import annotations

import re

from depcheck.patterns import Pattern
from depcheck.syntax.hcl_ast import (
    Bad,
    Binary,
    Bool,
    Call,
    Conditional,
    Expression,
    ForObject,
    ForTuple,
    Name,
    Null,
    Number,
    Object,
    Parentheses,
    String,
    Tuple,
    Unary,
)
from depcheck.syntax.hcl_lexer import CLOSERS, IDENTIFIER, PLAIN, Failure, number_is_valid, shown, skip_blank
from depcheck.syntax.hcl_traversal import MAX_HEIGHT, TraversalParser, value_of, word_of

_PRECEDENCE = {
    "||": 1,
    "&&": 2,
    "==": 3,
    "!=": 3,
    "<": 4,
    ">": 4,
    "<=": 4,
    ">=": 4,
    "+": 5,
    "-": 5,
    "*": 6,
    "/": 6,
    "%": 6,
}

# An item of an object at one go, with its value where that is a plain literal or reference before a separator.
_ITEM = re.compile(
    rf'[ \t\r\n]*+(?:({IDENTIFIER})|"({PLAIN})")[ \t]*+[=:](?![=>:])[ \t]*+'
    rf'(?:(?:"({PLAIN})"|(\d++)|({IDENTIFIER})((?:\.{IDENTIFIER}){{0,20}}+))[ \t]*+(?:,|(?=\r?\n|#|//|\}})))?'
).match

# The same for an element of a list or an argument of a call, with the comma after it if there is one.
_ELEMENT = re.compile(
    rf'[ \t\r\n]*+()()(?:"({PLAIN})"|(\d++)|({IDENTIFIER})((?:\.{IDENTIFIER}){{0,20}}+))[ \t\r\n]*+(?:(,)|(?=[\])]))'
).match

_ITEM_LINE = Pattern(rf'(?:{IDENTIFIER}|"[^"\n]*"|\([^\n=]*\))[ \t]*[=:]').match


class ExpressionParser(TraversalParser):
    """Reads expressions. Every method begins at its first token and ends at the token after its last."""

    __slots__ = ()

    def expression(self) -> Expression:
        """Read a conditional, which is the loosest expression there is."""
        node = self.term()
        if self.kind in _PRECEDENCE:
            node = self._operation(node)
        return self._conditional(node) if self.kind == "?" else node

    def _conditional(self, condition: Expression) -> Expression:
        """The else branches of a chain are read in a loop, and put together from the last one."""
        arms: list[tuple[Expression, Expression]] = []
        height = self.height
        while True:
            self.next()
            self.enter()
            then = self.expression()
            height = max(height, self.height)
            self.expect(":", "in the conditional")
            self.next()
            arms.append((condition, then))
            node = self.term()
            if self.kind in _PRECEDENCE:
                node = self._operation(node)
            height = max(height, self.height)
            if self.kind != "?":
                break
            condition = node
        self.depth -= len(arms)
        self.height = height + len(arms)
        for condition, then in reversed(arms):
            node = Conditional(condition.start, node.end, condition, then, node)
        return node

    def _operation(self, first: Expression) -> Expression:
        """Operators of equal precedence bind to the left; a stack holds those that wait for a tighter one."""
        operands = [first]
        heights = [self.height]
        operators: list[str] = []

        def reduce() -> None:
            right = operands.pop()
            operands[-1] = Binary(operands[-1].start, right.end, operators.pop(), operands[-1], right)
            heights[-2:] = [max(heights[-2:]) + 1]
            if heights[-1] > MAX_HEIGHT:
                self.too_deep(operands[-1].start, operands[-1].end)

        while precedence := _PRECEDENCE.get(self.kind, 0):
            while operators and _PRECEDENCE[operators[-1]] >= precedence:
                reduce()
            operators.append(self.kind)
            self.next()
            operands.append(self.term())
            heights.append(self.height)
        while operators:
            reduce()
        self.height = heights[0]
        return operands[0]

    def term(self) -> Expression:
        """Read an operand with its unary operators, dots and indexes."""
        kind = self.kind
        node: Expression
        start = self.start
        if kind == "string":
            node = String(start, self.pos, self.match[3])
            self.height = 1
            self.next()
        elif kind == "path":
            node = self.path()
            self.next()
        elif kind == "id":
            node = self._named(self.match[1])
        elif kind == "[":
            node = self._bracketed()
        elif kind == "{":
            node = self._braced()
        elif kind == "quote":
            node = self.quoted(start)
            self.next()
        elif kind == "number":
            node = self._number()
        elif kind == "(":
            node = self._parentheses()
        elif kind == "heredoc":
            node = self.heredoc()
            self.next()
        elif kind in ("-", "!"):
            return self._unary()
        else:
            self.fail(f"expected a value, found {self.found()}")
        if self.kind == "." or self.kind == "[":
            return self.trailers(node)
        return node

    def _unary(self) -> Expression:
        operators: list[tuple[str, int]] = []
        while self.kind in ("-", "!"):
            operators.append((self.kind, self.start))
            self.next()
        node = self.term()
        self.height += len(operators)
        if self.height > MAX_HEIGHT:
            self.too_deep(operators[0][1], node.end)
        for operator, start in reversed(operators):
            node = Unary(start, node.end, operator, node)
        return node

    def _number(self) -> Expression:
        text = self.word()
        if not number_is_valid(text):
            self.problem(f"{shown(text)} is not a number", self.start, self.pos, "write a text in quotes")
        node = Number(self.start, self.pos, text)
        self.height = 1
        self.next()
        return node

    def _named(self, name: str) -> Expression:
        start, end = self.start, self.pos
        self.height = 1
        self.next()
        if self.kind == "(" or self.kind == "::":
            return self._call(start, name)
        return word_of(start, end, name)

    def _call(self, start: int, name: str) -> Expression:
        while self.kind == "::":
            self.next()
            if self.kind != "id":
                self.fail(f"expected a function's name after {shown(name)}, found {self.found()}")
            name = f"{name}::{self.word()}"
            self.next()
        if self.kind != "(":
            self.fail(f'expected "(" after {shown(name)}, found {self.found()}')
        saved = self.newlines
        arguments, height = self._elements(self._first_element(), ")")
        expand = self.kind == "..."
        if expand:
            self.next()
        end = self.close(")", f"after the arguments of {shown(name)}", start, saved)
        self.height = height + 1
        return Call(start, end, name, arguments, expand)

    def _parentheses(self) -> Expression:
        start = self.start
        saved = self.open()
        inner = self.expression()
        end = self.close(")", "here", start, saved)
        self.height += 1
        return Parentheses(start, end, inner)

    def _bracketed(self) -> Expression:
        start, saved = self.start, self.newlines
        first = self._first_element()
        if first is None and self.kind == "id" and self.match[1] == "for":
            return self._for_tuple(start, saved)
        items, height = self._elements(first, "]")
        end = self.close("]", "or a comma in the list", start, saved)
        self.height = height + 1
        return Tuple(start, end, items)

    def _first_element(self) -> re.Match[str] | None:
        """Go into brackets: the first element where one pattern takes it whole, else its first token is current."""
        self.enter()
        self.newlines = False
        match = None if self.recovering else _ELEMENT(self.text, self.pos, self.limit)
        if match is None:
            self.next()
        return match

    def _elements(self, match: re.Match[str] | None, closing: str) -> tuple[list[Expression], int]:
        """Read the elements from the first one on, and how high their trees are. What ends them is current then."""
        text, limit = self.text, self.limit
        found: list[Expression] = []
        height = 0
        while True:
            if match is not None:
                found.append(value_of(match))
                self.height = match[6].count(".") + 1 if match[6] else 1
                self.pos = match.end()
                if match[7] is None:
                    self.next()
            elif self.kind == closing or self.kind == "dedent":
                return found, height
            else:
                found.append(self.expression())
            if self.height > height:
                height = self.height
            if (match is None or match[7] is None) and self.kind != ",":
                return found, height
            match = None if self.recovering else _ELEMENT(text, self.pos, limit)
            if match is None:
                self.next()

    def _for_tuple(self, start: int, saved: bool) -> Expression:
        key, value, collection, height = self._for_intro()
        body = self.expression()
        height = max(height, self.height)
        condition = self._for_condition()
        height = max(height, self.height)
        end = self.close("]", "after the for expression", start, saved)
        self.height = height + 1
        return ForTuple(start, end, key, value, collection, body, condition)

    def _for_intro(self) -> tuple[str | None, str, Expression, int]:
        self.next()
        key, value, collection = self.for_header()
        height = self.height
        self.expect(":", "after the collection of the for expression")
        self.next()
        return key, value, collection, height

    def _for_condition(self) -> Expression | None:
        if self.kind != "id" or self.match[1] != "if":
            return None
        self.next()
        return self.expression()

    def _for_object(self, start: int, saved: bool) -> Expression:
        key, value, collection, height = self._for_intro()
        key_body = self.expression()
        height = max(height, self.height)
        self.expect("=>", "after the key of the for expression")
        self.next()
        body = self.expression()
        height = max(height, self.height)
        group = self.kind == "..."
        if group:
            self.next()
        condition = self._for_condition()
        height = max(height, self.height)
        end = self.close("}", "after the for expression", start, saved)
        self.height = height + 1
        return ForObject(start, end, key, value, collection, key_body, body, condition, group)

    def _braced(self) -> Expression:
        start, after = self.start, self.pos
        saved = self.open()
        if self.kind == "id" and self.match[1] == "for":
            return self._for_object(start, saved)
        self.newlines = True
        self.pos = after
        items: list[tuple[Expression, Expression]] = []
        height = 1
        depth = self.depth
        while True:
            at = self.pos
            match = _ITEM(self.text, at, self.limit)
            key: Expression | None = None
            try:
                if match is None or (self.recovering and self._left(match)):
                    self._skip_lines()
                    if self.kind in ("}", "dedent"):
                        break
                    key = self._key()
                else:
                    key = _key_of(match)
                    self.pos = match.end()
                    if match.lastindex and match.lastindex > 2:
                        items.append((key, value_of(match)))
                        if match[6] and match[6].count(".") >= height:
                            height = match[6].count(".") + 1
                        continue
                    self.next_value()
                items.append((key, self.expression()))
                if self.height > height:
                    height = self.height
                if self.kind not in (",", "\n"):
                    if self.kind in ("}", "dedent"):
                        break
                    self.fail(f'expected "}}", a comma or a line break in the object, found {self.found()}')
            except Failure:
                if not self.recovering or not self._resume_item(at, depth):
                    raise
                if key is not None and (not items or items[-1][0] is not key):
                    items.append((key, Bad(key.end, key.end)))
        self.newlines = False
        end = self.close("}", "after the object", start, saved)
        self.height = height + 1
        return Object(start, end, items)

    def next_value(self) -> None:
        """Go to the value after an equals sign; in a file with errors there may be more than one sign."""
        self.next()
        while self.recovering and self.kind in ("=", "=="):
            self.problem('one "=" too many', self.start, self.pos, "remove it")
            self.next()

    def _resume_item(self, at: int, depth: int) -> bool:
        """After an error in an object whose items have lines of their own, go to the line of the next one."""
        text, limit = self.text, self.limit
        begin = skip_blank(text, at, limit)
        own = self.line_start(begin)
        if text[own:begin].strip():
            return False
        indent = begin - own if _ITEM_LINE(text, begin, limit) else limit
        consume = 0 <= self.floor < indent or self.depth > depth
        self.depth = depth
        self.newlines = True
        self.pos = limit
        for line, column, end in self.lines_after(begin):
            if column <= indent:
                self.pos = end if column == indent and consume and CLOSERS(text, line, limit) else line
                break
        return True

    def _left(self, match: re.Match[str]) -> bool:
        """Whether an item begins a line that stands too far left to belong to this object."""
        line = self.fresh_line(self.pos, match.start(1) if match[1] is not None else match.start(2) - 1)
        return line >= 0 and self.dedented(line)

    def _skip_lines(self) -> None:
        at = self.pos
        self.next()
        while self.kind == "\n":
            self.next()
        if not self.recovering or self.kind == "dedent":
            return
        line = self.fresh_line(at, self.start)
        if self.kind == "end":
            self.kind = "dedent"
        elif line >= 0 and self.dedented(line):
            self.kind = "dedent"
            self.start = self.pos = line

    def _key(self) -> Expression:
        """Any expression may be a key; a single word is a text."""
        key = self.expression()
        if isinstance(key, Name):
            key = String(key.start, key.end, key.name)
        elif isinstance(key, (Bool, Null)):
            key = String(key.start, key.end, self.text[key.start : key.end])
        if self.kind not in ("=", ":"):
            self.fail(f'expected "=" after the key of the object, found {self.found()}')
        self.next()
        return key


def _key_of(match: re.Match[str]) -> Expression:
    if match[1] is not None:
        return String(match.start(1), match.end(1), match[1])
    return String(match.start(2) - 1, match.end(2) + 1, match[2])
