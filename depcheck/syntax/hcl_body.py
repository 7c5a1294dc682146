"""Bodies of HCL: attributes and blocks, and how reading goes on after an error."""

from __future__ import annotations

import re

from depcheck.patterns import Pattern
from depcheck.syntax.hcl_ast import Attribute, Bad, Block, Body, Label, String
from depcheck.syntax.hcl_expression import ExpressionParser
from depcheck.syntax.hcl_lexer import CLOSERS, IDENTIFIER, ITEM_LINE, MAX_DEPTH, PLAIN, Failure, shown, skip_blank
from depcheck.syntax.hcl_traversal import value_of

_END = r"(?=[ \t]*+(?:\r?\n|#|//|\Z))"
# An attribute at one go, with its value where that is a plain literal or reference that ends its line.
# Groups 3 to 6 are those of an object's item.
_ATTRIBUTE = re.compile(
    rf"[ \t\r\n]*+({IDENTIFIER})()[ \t]*+=(?![=>])[ \t]*+"
    rf'(?:(?:"({PLAIN})"|(\d++)|({IDENTIFIER})((?:\.{IDENTIFIER}){{0,20}}+)){_END})?'
).match
_HEADER = re.compile(rf'[ \t\r\n]*+({IDENTIFIER})((?:[ \t]*+(?:"{PLAIN}"|{IDENTIFIER}))*+)[ \t]*+\{{').match
# What stands between items: a comment, or what ends the body.
_BETWEEN = re.compile(r"[ \t\n]*+(?:\r\n[ \t\n]*+)*+(?:(#[^\n]*+|//[^\n]*+|/\*[\s\S]*?(?:\*/|\Z))|(\})|(\Z))").match
_LABEL = re.compile(rf'"({PLAIN})"|({IDENTIFIER})').finditer
_LINE_END = re.compile(_END).match
_LAST_BRACE = Pattern(r"[^\n]*\{[ \t]*\r?$", re.MULTILINE).match
_LOOSE_LABEL = Pattern(r"[\w./-]+").finditer


class BodyParser(ExpressionParser):
    """Reads attributes and blocks. Between items ``pos`` is what counts, and no token is current."""

    __slots__ = ()

    def file(self) -> Body:
        """Read everything."""
        if self.text.startswith("\ufeff"):
            self.pos = 1
        body = Body(self.pos, self.limit, [], [])
        while not self._items(body, -1):
            self.problem('"}" closes nothing', self.start, self.pos, "remove it, or open what it closes")
            if not self.recovering:
                raise Failure
        return body

    def _items(self, body: Body, outer: int) -> bool:
        """Read items until a closing brace (False; it is the current token), or until the file ends or, in a file with
        errors, an item stands no further right than the header at column ``outer`` (True)."""
        text, limit = self.text, self.limit
        attributes = body.attributes
        seen: set[str] = set()
        inner = -1
        while True:
            at = self.pos
            if self.recovering:
                inner = self._indented(at, inner)
                if self.floor <= outer < inner and self.floor >= 0:
                    return True
            match = _ATTRIBUTE(text, at, limit)
            if match is not None and match.lastindex and match.lastindex > 2:
                self.pos = match.end()
                name = match[1]
                attributes.append(Attribute(match.start(1), self.pos, name, match.end(1), value_of(match)))
            else:
                header = None if match else _HEADER(text, at, limit)
                if match is None and header is None and not self.recovering:
                    between = _BETWEEN(text, at, limit)
                    if between is not None:
                        index = between.lastindex or 0
                        self.start, self.pos = between.span(index)
                        if index == 1:
                            self._comment(self.start, self.pos)
                            continue
                        self.kind = "}" if index == 2 else "end"
                        return index == 3
                depth = self.depth
                begin = match.start(1) if match else header.start(1) if header else at
                count = len(attributes)
                try:
                    if match is not None:
                        self.pos = match.end()
                        self._attribute(body, match.start(1), match.end(1))
                    elif header is not None:
                        self.pos = header.end()
                        self._block(body, header.start(1), header.end(1), _labels(header))
                    else:
                        begin = self._first(at)
                        if self.kind in ("}", "end"):
                            return self.kind == "end"
                        if self.kind != "\n":
                            self._item(body)
                except Failure:
                    if not self.recovering:
                        raise
                    self._resume(begin, outer, depth)
                if len(attributes) == count:
                    continue
                name = attributes[-1].name
            if name in seen and not self.recovering:
                start, end = attributes[-1].start, attributes[-1].name_end
                self.problem(f"{shown(name)} is already set in this block", start, end, "keep one of them")
            seen.add(name)

    def _indented(self, at: int, inner: int) -> int:
        """Note how far right the item after ``at`` stands (-1 if something is before it on its line; in ``floor`` also
        if it does not look like an item), and return the indentation of the first item of the body."""
        begin = skip_blank(self.text, at, self.limit)
        line = self.fresh_line(at, begin)
        self.column = begin - line if line >= 0 else -1
        likely = line >= 0 and ITEM_LINE(self.text, line, self.limit) is not None and self.text[begin] != "}"
        self.floor = self.column if likely else -1
        return self.floor if inner < 0 else inner

    def _first(self, at: int) -> int:
        self.newlines = True
        self.pos = at
        self.next()
        return self.start

    def _attribute(self, body: Body, start: int, name_end: int) -> None:
        """Read the value of an attribute whose name and sign were read."""
        after = self.pos
        self.newlines = True
        if self.floor >= 0 and self._flat(after):
            self.floor = -1
        self.next_value()
        attribute = Attribute(start, after, self.text[start:name_end], name_end, Bad(after, after))
        try:
            value = self.expression()
        except Failure:
            # The name is told even where the value is lost.
            attribute.value.end = attribute.end = max(after, min(self.start, self.line_end(after)))
            body.attributes.append(attribute)
            raise
        attribute.value = value
        attribute.end = value.end
        body.attributes.append(attribute)
        if self.kind not in ("\n", "end", "dedent"):
            self._crowded("argument", f"after the value of {shown(attribute.name)}")
        else:
            self.pos = self.start

    def _flat(self, at: int) -> bool:
        """Whether the line ends with an opening bracket and what follows is not indented: then lines tell nothing."""
        end = self.line_end(at)
        if self.text[at:end].rstrip()[-1:] not in ("{", "[", "("):
            return False
        begin = skip_blank(self.text, end, self.limit)
        return begin - self.line_start(begin) <= self.floor and self.text[begin : begin + 1] not in ("}", "]", ")")

    def _crowded(self, what: str, where: str) -> None:
        """Something stands on the line where the line has to end."""
        start = self.start
        self.problem(f"expected a line break {where}, found {self.found()}", start, max(self.pos, start))
        if not self.recovering or not (ITEM_LINE(self.text, start, self.limit) and self.kind != "}"):
            raise Failure
        self.pos = start

    def _block(self, body: Body, start: int, type_end: int, labels: list[Label]) -> None:
        """Read the body of a block whose header and opening brace were read, and add the block."""
        header_end = labels[-1].end if labels else type_end
        self.start = start
        self.depth += 1
        inner = Body(self.pos - 1, self.pos, [], [])
        block = Block(start, self.pos, self.text[start:type_end], labels, header_end, inner)
        body.blocks.append(block)
        if self.depth > MAX_DEPTH:
            self.too_deep(start, header_end)
        column = self.column
        if _LINE_END(self.text, self.pos, self.limit) is not None:
            ended = self._items(inner, column)
        else:
            ended = self._one_line(inner, column)
        self.depth -= 1
        if ended:
            last = max([item.end for item in (*inner.attributes, *inner.blocks)], default=self.pos)
            block.end = inner.end = last
            self.problem(
                f"block {shown(block.type)} is not closed", start, header_end, 'end it with "}" on its own line'
            )
            if not self.recovering:
                raise Failure
            return
        block.end = inner.end = self.pos
        if _LINE_END(self.text, self.pos, self.limit) is None:
            self.newlines = True
            self.next()
            if self.kind in ("\n", "end"):
                self.pos = self.start
            else:
                self._crowded("block", "after the block")

    def _one_line(self, inner: Body, column: int) -> bool:
        """Read ``{ name = value }``; such a block holds one argument at most."""
        self.newlines = True
        after = self.pos
        self.next()
        if self.kind == "}":
            return False
        if self.kind == "\n":  # a comment in brackets stood before the end of the line
            return self._items(inner, column)
        if self.kind == "id":
            start, name_end = self.start, self.pos
            self.next()
            if self.kind == "=":
                self.next()
                value = self.expression()
                inner.attributes.append(Attribute(start, value.end, self.text[start:name_end], name_end, value))
                if self.kind == "}":
                    return False
                after = self.start
        message = "a block on one line holds one argument and nothing else"
        self.problem(message, self.start, max(self.pos, self.start), "give each argument a line of its own")
        if not self.recovering:
            raise Failure
        self.pos = after + 1 if self.text.startswith(",", after) else after
        return self._items(inner, column)

    def _item(self, body: Body) -> None:
        """Read an item token by token: one with comments in between, with labels to decode, or with an error."""
        start, kind = self.start, self.kind
        if kind not in ("id", "string"):
            self.fail(f"expected an argument or a block, found {self.found()}")
        type_end = self.pos
        labels: list[Label] = []
        self.next()
        if self.kind in ("==", ":", "=>") or (kind == "string" and self.kind == "="):
            self._odd_attribute(body, start, type_end)
            return
        if kind == "string":
            self.fail_at("an argument or a block begins with a name", start, type_end, "remove the quotes")
        if self.kind == "=":
            self._attribute(body, start, type_end)
            return
        try:
            while self.kind in ("id", "string", "quote"):
                labels.append(self._label())
                self.next()
            if self.kind != "{":
                self._no_brace(start)
        except Failure:
            line = _LAST_BRACE(self.text, start, self.limit)
            if not self.recovering or line is None:
                raise
            # A lost quote: the words of the line are the labels all the same.
            words = _LOOSE_LABEL(self.text, type_end, line.end())
            labels = [Label(word.start(), word.end(), word[0]) for word in words]
            self.pos = self.text.rindex("{", start, line.end()) + 1
        self._block(body, start, type_end, labels)

    def _odd_attribute(self, body: Body, start: int, end: int) -> None:
        """``name : value``, ``"name" = value`` and the like: reported, and read as what was meant."""
        if self.text[start] == '"':
            self.problem("an argument's name stands without quotes", start, end, "remove the quotes")
        else:
            self.problem(f'expected "=" after the name, found {self.found()}', self.start, self.pos, 'write "="')
        if not self.recovering:
            raise Failure
        self._attribute(body, start, end)
        last = body.attributes[-1]
        last.name = last.name.strip('"')

    def _label(self) -> Label:
        start = self.start
        if self.kind == "id":
            return Label(start, self.pos, self.word())
        if self.kind == "string":
            return Label(start, self.pos, self.match[3])
        recovering, self.recovering = self.recovering, False
        try:
            node = self.quoted(start)
        finally:
            self.recovering = recovering
        if not isinstance(node, String):
            self.problem("a label holds no template", start, self.pos, "write the name out")
            return Label(start, self.pos, self.text[start + 1 : self.pos - 1])
        return Label(start, self.pos, node.value)

    def _no_brace(self, start: int) -> None:
        """The header lacks its brace where it belongs. In a file with errors, find it, or do without."""
        at = self.start
        self.problem(f'expected "=" or "{{", found {self.found()}', at, max(at, self.pos), 'a block opens with "{"')
        if not self.recovering:
            raise Failure
        if self.kind == "\n":
            begin = skip_blank(self.text, at, self.limit)
            line = self.line_start(begin)
            if self.text.startswith("{", begin):
                self.pos = begin + 1
                return
            if begin - line > self.indent(self.line_start(start)) and ITEM_LINE(self.text, line, self.limit):
                self.pos = at
                return
        raise Failure

    def _resume(self, begin: int, outer: int, depth: int) -> None:
        """Go to the next line that begins an item and stands no further right than the item that failed."""
        text, limit = self.text, self.limit
        own = self.line_start(begin)
        indent = self.indent(own) if ITEM_LINE(text, own, limit) else limit
        open_brackets = self.depth > depth
        self.depth = depth
        self.newlines = True
        self.pos = limit
        for line, column, end in self.lines_after(begin):
            if column > indent:
                continue
            if column == indent and CLOSERS(text, line, limit) and (outer < indent or open_brackets):
                self.pos = end
                break
            if ITEM_LINE(text, line, limit):
                self.pos = line
                break


def _labels(header: re.Match[str]) -> list[Label]:
    labels: list[Label] = []
    for match in _LABEL(header.string, header.start(2), header.end(2)):
        plain = match[1]
        labels.append(Label(match.start(), match.end(), match[2] if plain is None else plain))
    return labels
