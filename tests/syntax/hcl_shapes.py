"""HCL trees as short texts, and walks over them, for the tests of the HCL parser."""

from depcheck.source import Source, Text
from depcheck.syntax import hcl
from depcheck.syntax.hcl_ast import (
    Binary,
    Body,
    Bool,
    Call,
    Conditional,
    ForDirective,
    ForObject,
    ForTuple,
    GetAttr,
    HclFile,
    IfDirective,
    Index,
    Interpolation,
    Name,
    Node,
    Null,
    Number,
    Object,
    Parentheses,
    Splat,
    SplatItem,
    String,
    Template,
    Tuple,
    Unary,
)


def text_of(characters: str, path: str = "main.tf") -> Text:
    return Text.of(Source(path, characters))


def parse(characters: str) -> HclFile:
    return hcl.parse(text_of(characters))


def messages(file: HclFile) -> list[str]:
    return [problem.message for problem in file.problems]


def expression(characters: str) -> str:
    """The shape of an expression that has to be valid."""
    node, problems = hcl.parse_expression(text_of(characters))
    assert not problems, [problem.message for problem in problems]
    return shape(node)


def shape(node) -> str:
    """A tree in prefix form: ``(+ 1 (* 2 3))``."""
    match node:
        case Number():
            return node.text
        case Bool():
            return str(node.value).lower()
        case Null():
            return "null"
        case String():
            return repr(node.value)
        case Name():
            return node.name
        case SplatItem():
            return "@"
        case GetAttr():
            return f"{shape(node.base)}.{node.name}"
        case Index():
            return f"{shape(node.base)}[{shape(node.key)}]"
        case Splat():
            return f"({'splat' if node.full else 'attrsplat'} {shape(node.base)} {shape(node.each)})"
        case Unary():
            return f"({node.operator} {shape(node.operand)})"
        case Binary():
            return f"({node.operator} {shape(node.left)} {shape(node.right)})"
        case Conditional():
            return f"(? {shape(node.condition)} {shape(node.then)} {shape(node.otherwise)})"
        case Parentheses():
            return f"<{shape(node.inner)}>"
        case Call():
            inside = ", ".join(shape(each) for each in node.arguments)
            return f"{node.name}({inside}{'...' if node.expand else ''})"
        case Tuple():
            return f"[{', '.join(shape(each) for each in node.items)}]"
        case Object():
            return f"{{{', '.join(f'{shape(key)}: {shape(value)}' for key, value in node.items)}}}"
        case _:
            return _compound(node)


def _compound(node) -> str:
    match node:
        case Template():
            return f"t({parts(node.parts)})"
        case Interpolation():
            return f"${shape(node.expression)}"
        case IfDirective():
            return f"if({shape(node.condition)}, {parts(node.then)}, {parts(node.otherwise)})"
        case ForDirective():
            return f"for({node.key}, {node.value}, {shape(node.collection)}, {parts(node.body)})"
        case ForTuple():
            return f"[for {node.key},{node.value} {shape(node.collection)}: {shape(node.body)}{_if(node)}]"
        case ForObject():
            body = f"{shape(node.key_body)}=>{shape(node.body)}{'...' if node.group else ''}{_if(node)}"
            return f"{{for {node.key},{node.value} {shape(node.collection)}: {body}}}"
    return type(node).__name__


def _if(node) -> str:
    return f" if {shape(node.condition)}" if node.condition is not None else ""


def parts(nodes) -> str:
    return " ".join(shape(each) for each in nodes)


def outline(body: Body) -> list:
    """Names of attributes, and blocks as lists, in the order in which they stand."""
    items = [(each.start, f"{each.name}={shape(each.value)}") for each in body.attributes]
    for each in body.blocks:
        items.append((each.start, [" ".join([each.type, *[label.text for label in each.labels]]), *outline(each.body)]))
    return [item for _, item in sorted(items, key=lambda pair: pair[0])]


def walk(root):
    """Every node below a tree, itself included."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, (list, tuple)):
            waiting.extend(node)
        elif isinstance(node, Node):
            yield node
            waiting.extend(getattr(node, slot) for slot in type(node).__slots__)
