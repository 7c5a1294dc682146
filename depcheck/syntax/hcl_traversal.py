"""References of HCL: names, and the dots, indexes and splats behind an operand."""

from __future__ import annotations

import re

from depcheck.syntax.hcl_ast import Bool, Expression, GetAttr, Index, Name, Null, Number, Splat, SplatItem, String
from depcheck.syntax.hcl_lexer import MAX_DEPTH
from depcheck.syntax.hcl_template import TemplateParser

MAX_HEIGHT = 2 * MAX_DEPTH
"""How high the tree of one expression may grow: operators and dots in a row make it high without any nesting."""


class TraversalParser(TemplateParser):
    """Reads what follows an operand. Every method begins at its first token and ends at the token after its last."""

    __slots__ = ()

    def open(self) -> bool:
        """Go past an opening bracket; what it returns is what :meth:`close` wants back."""
        self.enter()
        saved = self.newlines
        self.newlines = False
        self.next()
        return saved

    def close(self, bracket: str, what: str, start: int, saved: bool) -> int:
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
        end = self.start
        while end > start + 1 and self.text[end - 1].isspace():
            end -= 1
        return end

    def path(self) -> Expression:
        """The reference that the current token is, with all of its dots."""
        match = self.match
        start, at = match.span(1)
        node = word_of(start, at, match[1])
        names = match[2].split(".")
        for name in names[1:]:
            at += 1 + len(name)
            node = GetAttr(start, at, node, name)
        self.height = len(names)
        if self.height > MAX_HEIGHT:
            self.too_deep(start, at)
        return node

    def trailers(self, node: Expression) -> Expression:
        """Read dots, indexes and splats behind an operand."""
        height = self.height
        while True:
            if self.kind == ".":
                self.next()
                node = self._attribute_splat(node) if self.kind == "*" else self._dot(node)
                height = height + self.height - 1
            elif self.kind == "[":
                start = self.start
                saved = self.open()
                if self.kind == "*":
                    node = self._full_splat(node, start, saved)
                    height = max(height, self.height)
                else:
                    key = self.expression()
                    height = max(height, self.height)
                    end = self.close("]", "after the index", start, saved)
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
        end = self.close("]", "after the splat", start, saved)
        item = SplatItem(start, end)
        self.enter()
        self.height = 1
        each = self.trailers(item) if self.kind in (".", "[") else item
        self.depth -= 1
        return Splat(node.start, each.end, node, each, True)


def word_of(start: int, end: int, word: str) -> Expression:
    """A single word: a keyword or a name."""
    if word == "true" or word == "false":
        return Bool(start, end, word == "true")
    return Null(start, end) if word == "null" else Name(start, end, word)


def value_of(match: re.Match[str]) -> Expression:
    """The value of an item or attribute that one pattern took whole: groups 3 to 6."""
    if match[3] is not None:
        return String(match.start(3) - 1, match.end(3) + 1, match[3])
    if match[4] is not None:
        return Number(match.start(4), match.end(4), match[4])
    start, at = match.span(5)
    node = word_of(start, at, match[5])
    if match[6]:
        for name in match[6].split(".")[1:]:
            at += 1 + len(name)
            node = GetAttr(start, at, node, name)
    return node
