"""Expressions of HCL, by recursive descent with an explicit stack for operators, so that one level of nesting costs
few Python frames."""

from __future__ import annotations

import re

from depcheck.syntax.hcl_ast import (
    Binary,
    Bool,
    Call,
    Conditional,
    Expression,
    ForObject,
    ForTuple,
    GetAttr,
    Index,
    Name,
    Null,
    Number,
    Object,
    Parentheses,
    Splat,
    SplatItem,
    String,
    Tuple,
    Unary,
)
from depcheck.syntax.hcl_lexer import IDENTIFIER, MAX_DEPTH, PLAIN, number_is_valid
from depcheck.syntax.hcl_template import TemplateParser

MAX_HEIGHT = 2 * MAX_DEPTH
"""How high the tree of one expression may grow: operators and dots in a row make it high without any nesting."""

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


class ExpressionParser(TemplateParser):
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
            node = self._path()
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
            return self._trailers(node)
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
            self.problem(f'"{text}" is not a number', self.start, self.pos, "write a text in quotes")
        node = Number(self.start, self.pos, text)
        self.height = 1
        self.next()
        return node

    def _path(self) -> Expression:
        match = self.match
        start, at = match.span(1)
        node = _word(start, at, match[1])
        names = match[2].split(".")
        for name in names[1:]:
            at += 1 + len(name)
            node = GetAttr(start, at, node, name)
        self.height = len(names)
        if self.height > MAX_HEIGHT:
            self.too_deep(start, at)
        return node

    def _named(self, name: str) -> Expression:
        start, end = self.start, self.pos
        self.height = 1
        self.next()
        if self.kind == "(" or self.kind == "::":
            return self._call(start, name)
        return _word(start, end, name)

    def _call(self, start: int, name: str) -> Expression:
        while self.kind == "::":
            self.next()
            if self.kind != "id":
                self.fail(f'expected a function\'s name after "{name}::", found {self.found()}')
            name = f"{name}::{self.word()}"
            self.next()
        if self.kind != "(":
            self.fail(f'expected "(" after "{name}", found {self.found()}')
        saved = self._open()
        arguments: list[Expression] = []
        expand = False
        height = 0
        while self.kind != ")":
            if self.kind == "dedent":
                break
            arguments.append(self.expression())
            if self.height > height:
                height = self.height
            if self.kind == "...":
                expand = True
                self.next()
                break
            if self.kind != ",":
                break
            self.next()
        end = self._close(")", f'after the arguments of "{name}"', start, saved)
        self.height = height + 1
        return Call(start, end, name, arguments, expand)

    def _open(self) -> bool:
        """Go past an opening bracket; what it returns is what :meth:`_close` wants back."""
        self.enter()
        saved = self.newlines
        self.newlines = False
        self.next()
        return saved

    def _close(self, bracket: str, what: str, start: int, saved: bool) -> int:
        """Go past a closing bracket and return where it ends. In a file with errors the bracket may be lost."""
        self.newlines = saved
        self.depth -= 1
        if self.kind == "dedent":
            return self._lost(bracket, start)
        if self.kind != bracket:
            self.fail(f'expected "{bracket}" {what}, found {self.found()}')
        end = self.pos
        self.next()
        return end

    def _lost(self, bracket: str, start: int) -> int:
        """Report a bracket without its partner, once for all that end at the same place."""
        if self.unclosed != self.start:
            self.unclosed = self.start
            self.problem(f'"{bracket}" is missing', start, start + 1, f'close what begins here with "{bracket}"')
        return len(self.text[: self.start].rstrip()) if self.start > start else start + 1

    def _parentheses(self) -> Expression:
        start = self.start
        saved = self._open()
        inner = self.expression()
        end = self._close(")", "here", start, saved)
        self.height += 1
        return Parentheses(start, end, inner)

    def _bracketed(self) -> Expression:
        start = self.start
        saved = self._open()
        if self.kind == "id" and self.match[1] == "for":
            return self._for_tuple(start, saved)
        items: list[Expression] = []
        height = 0
        while self.kind != "]":
            if self.kind == "dedent":
                break
            items.append(self.expression())
            if self.height > height:
                height = self.height
            if self.kind != ",":
                break
            self.next()
        end = self._close("]", "or a comma in the list", start, saved)
        self.height = height + 1
        return Tuple(start, end, items)

    def _for_tuple(self, start: int, saved: bool) -> Expression:
        key, value, collection, height = self._for_intro()
        body = self.expression()
        height = max(height, self.height)
        condition = self._for_condition()
        height = max(height, self.height)
        end = self._close("]", "after the for expression", start, saved)
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
        end = self._close("}", "after the for expression", start, saved)
        self.height = height + 1
        return ForObject(start, end, key, value, collection, key_body, body, condition, group)

    def _braced(self) -> Expression:
        start, after = self.start, self.pos
        saved = self._open()
        if self.kind == "id" and self.match[1] == "for":
            return self._for_object(start, saved)
        self.newlines = True
        self.pos = after
        items: list[tuple[Expression, Expression]] = []
        height = 1
        while True:
            match = _ITEM(self.text, self.pos, self.limit)
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
                self.next()
            items.append((key, self.item_value()))
            if self.height > height:
                height = self.height
            if self.kind not in (",", "\n"):
                if self.kind == "dedent" and self.recovering and not self.dedented(self.start):
                    continue
                break
        self.newlines = False
        end = self._close("}", "or a comma or line break in the object", start, saved)
        self.height = height + 1
        return Object(start, end, items)

    def _left(self, match: re.Match[str]) -> bool:
        """Whether an item begins a line that stands too far left to belong to this object."""
        at = match.start(1) if match[1] is not None else match.start(2)
        line = self.line_start(at)
        return line >= self.pos and self.dedented(line)

    def _skip_lines(self) -> None:
        self.next()
        while self.kind == "\n":
            self.next()
        if self.recovering and self.kind not in ("end", "dedent"):
            line = self.line_start(self.start)
            if not self.text[line : self.start].strip() and self.dedented(line):
                self.kind = "dedent"
                self.start = self.pos = line
        elif self.kind == "end" and self.recovering:
            self.kind = "dedent"

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

    def item_value(self) -> Expression:
        """Read the value of an object's item."""
        return self.expression()

    def _trailers(self, node: Expression) -> Expression:
        """Read dots, indexes and splats behind an operand."""
        height = self.height
        while True:
            if self.kind == ".":
                self.next()
                node = self._attribute_splat(node) if self.kind == "*" else self._dot(node)
                height = height + self.height - 1
            elif self.kind == "[":
                start = self.start
                saved = self._open()
                if self.kind == "*":
                    node = self._full_splat(node, start, saved)
                    height = max(height, self.height)
                else:
                    key = self.expression()
                    height = max(height, self.height)
                    end = self._close("]", "after the index", start, saved)
                    node = Index(node.start, end, node, key)
            else:
                break
            height += 1
            if height > MAX_HEIGHT:
                self.too_deep(node.start, node.end)
        self.height = height
        return node

    def _dot(self, node: Expression) -> Expression:
        """What follows a dot: names, or digits as an old way to write an index."""
        match = self.match
        self.height = self.pos - self.start if self.kind == "number" else 1
        if self.kind == "id":
            node = GetAttr(node.start, self.pos, node, match[1])
        elif self.kind == "path":
            at = match.end(1)
            node = GetAttr(node.start, at, node, match[1])
            names = match[2].split(".")
            for name in names[1:]:
                at += 1 + len(name)
                node = GetAttr(node.start, at, node, name)
            self.height = len(names)
        elif self.kind == "number":
            at = self.start
            if "." in self.word():
                self.problem("an index after an index needs brackets", at, self.pos, 'write "[0][1]"')
            for digits in self.word().split("."):
                if not digits.isdigit():
                    self.fail(f"expected a whole number after the dot, found {self.found()}")
                key = Number(at, at + len(digits), digits)
                node = Index(node.start, key.end, node, key)
                at = key.end + 1
        else:
            self.fail(f"expected a name after the dot, found {self.found()}")
        self.next()
        return node

    def _attribute_splat(self, node: Expression) -> Expression:
        start, end = self.start - 1, self.pos
        each: Expression = SplatItem(start, end)
        self.next()
        height = 1
        while self.kind == ".":
            self.next()
            if self.kind == "*":
                self.fail("a splat inside of a splat", 'use "[*]" or a for expression')
            each = self._dot(each)
            height += self.height
        self.height = height + 1
        return Splat(node.start, each.end, node, each, False)

    def _full_splat(self, node: Expression, start: int, saved: bool) -> Expression:
        self.next()
        end = self._close("]", "after the splat", start, saved)
        item = SplatItem(start, end)
        self.enter()
        self.height = 1
        each = self._trailers(item) if self.kind in (".", "[") else item
        self.depth -= 1
        return Splat(node.start, each.end, node, each, True)


def _word(start: int, end: int, word: str) -> Expression:
    if word == "true" or word == "false":
        return Bool(start, end, word == "true")
    return Null(start, end) if word == "null" else Name(start, end, word)


def _key_of(match: re.Match[str]) -> Expression:
    if match[1] is not None:
        return String(match.start(1), match.end(1), match[1])
    return String(match.start(2) - 1, match.end(2) + 1, match[2])


def value_of(match: re.Match[str]) -> Expression:
    """The value of an item or attribute that one pattern took whole: groups 3 to 6."""
    if match[3] is not None:
        return String(match.start(3) - 1, match.end(3) + 1, match[3])
    if match[4] is not None:
        return Number(match.start(4), match.end(4), match[4])
    start, at = match.span(5)
    node = _word(start, at, match[5])
    if match[6]:
        for name in match[6].split(".")[1:]:
            at += 1 + len(name)
            node = GetAttr(start, at, node, name)
    return node
