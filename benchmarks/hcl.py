"""How fast, how faithful and how forgiving the HCL parser is, over folders of Terraform files.

python benchmarks/hcl.py FOLDER...               MB of source per second of CPU, and the files with problems
python benchmarks/hcl.py --oracles FOLDER...     also against HashiCorp's parser (pygohcl) and tree-sitter
python benchmarks/hcl.py --faults 400 FOLDER...  also with one fault in each of so many files: what is still found
"""

from __future__ import annotations

import argparse
import gc
import random
import re
import time
from collections.abc import Iterable
from pathlib import Path

from depcheck.source import Source, Text
from depcheck.syntax import hcl
from depcheck.syntax.hcl_ast import Body, HclFile

SUFFIXES = (".tf", ".tofu", ".tfvars", ".hcl")
# Name of the fault → (pattern of the places for it, what is put there instead of the match).
FAULTS = {
    "no closing brace": (r"^ *\}\n", ""),
    "no closing bracket": (r"^ *[\])]+,?\n", ""),
    "no opening brace": (r"\{$", ""),
    "two equals signs": (r"(?<= )= ", "= = "),
    "a lost quote": (r'"', ""),
    "an open interpolation": (r"(?<=\w)\}", ""),
    "a stray line": (r"^(?=  )", "what is this\n"),
    "a merge conflict": (r"^(?= *\w+ += )", "<<<<<<< HEAD\n=======\n>>>>>>> topic\n"),
}


def main() -> None:
    """Measure what the command line asks for."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("folders", nargs="+", type=Path)
    options.add_argument("--oracles", action="store_true")
    options.add_argument("--faults", type=int, default=0, metavar="FILES")
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    gc.disable()  # as the command line does: trees hold no cycles
    texts = {path: text for path in files(chosen.folders) if (text := decoded(path)) is not None}
    speed(texts)
    if chosen.oracles:
        oracles(texts)
    if chosen.faults:
        dice = random.Random(chosen.seed)
        sample = dice.sample(sorted(texts), min(chosen.faults, len(texts)))
        for name, (pattern, new) in FAULTS.items():
            faults(name, re.compile(pattern, re.MULTILINE), new, [texts[path] for path in sample], dice)


def files(folders: Iterable[Path]) -> list[Path]:
    """Every HCL file below some folders."""
    return [
        path for folder in folders for path in sorted(folder.rglob("*")) if path.suffix in SUFFIXES and path.is_file()
    ]


def decoded(path: Path) -> str | None:
    """The text of a file, or None if it is not UTF-8."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        return None


def read(text: str, path: str = "main.tf") -> HclFile:
    """A text as the parser reads it."""
    return hcl.parse(Text.of(Source(path, text)))


def speed(texts: dict[Path, str]) -> None:
    """The best of three passes, and what the parser complains of."""
    size = sum(len(text.encode()) for text in texts.values())
    seconds = []
    for _ in range(3):
        start = time.process_time()
        read_files = [(path, read(text, str(path))) for path, text in texts.items()]
        seconds.append(time.process_time() - start)
    best = min(seconds)
    print(f"{len(texts)} files, {size / 1e6:.1f} MB, {best:.2f} s of CPU: {size / best / 1e6:.2f} MB/s")
    refused = [(path, file) for path, file in read_files if file.problems]
    print(f"{len(refused)} files with problems")
    for path, file in refused:
        problem = file.problems[0]
        print(f"  {path}:{problem.span.line}:{problem.span.column}: {problem.message}")


def oracles(texts: dict[Path, str]) -> None:
    """Acceptance against HashiCorp's parser, starts and ends of blocks and attributes against tree-sitter's."""
    import pygohcl
    import tree_sitter
    import tree_sitter_hcl

    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_hcl.language()))
    verdicts = places = compared = 0
    for path, text in texts.items():
        file = read(text)
        try:
            pygohcl.loads(text)
            accepted = True
        except pygohcl.HCLParseError:
            accepted = False
        except pygohcl.HCLInternalError:
            accepted = not file.problems
        if accepted == bool(file.problems):
            verdicts += 1
            print(f"  {path}: {'accepted' if accepted else 'refused'} by HashiCorp's parser only")
        if not file.problems:
            compared += 1
            if items(file.body, ends=True) != tree_sitter_items(parser, text):
                places += 1
                print(f"  {path}: other places in tree-sitter")
    print(
        f"{verdicts} of {len(texts)} verdicts differ from HashiCorp's, {places} of {compared} trees from tree-sitter's"
    )


def tree_sitter_items(parser: object, text: str) -> set[tuple[str, int, int]]:
    """Kind, start and end of each attribute and block, in characters."""
    raw = text.encode()
    found = set()
    waiting = [parser.parse(raw).root_node]  # type: ignore[attr-defined]
    while waiting:
        node = waiting.pop()
        waiting.extend(node.children)
        if node.type in ("attribute", "block"):
            found.add((node.type, len(raw[: node.start_byte].decode()), len(raw[: node.end_byte].decode())))
    return found


def items(body: Body, *, ends: bool = False) -> set[tuple[str, int, int]]:
    """Kind, start and (on request) end of each attribute and block."""
    found = set()
    waiting = [body]
    while waiting:
        each = waiting.pop()
        found |= {("attribute", node.start, node.end if ends else 0) for node in each.attributes}
        found |= {("block", node.start, node.end if ends else 0) for node in each.blocks}
        waiting.extend(block.body for block in each.blocks)
    return found


def faults(name: str, pattern: re.Pattern[str], new: str, texts: list[str], dice: random.Random) -> None:
    """Put one fault into each text and count the attributes and blocks that are still found."""
    found = wanted = count = problems = 0
    for text in texts:
        before = items(read(text).body)
        places = list(pattern.finditer(text))
        if not places or not before:
            continue
        place = dice.choice(places)
        file = read(text[: place.start()] + new + text[place.end() :])
        shift = len(new) - len(place[0])
        expected = {(kind, at + shift if at >= place.end() else at, end) for kind, at, end in before}
        found += len(expected & items(file.body))
        wanted += len(expected)
        problems += len(file.problems)
        count += 1
    if count:
        print(
            f"{name}: {found / wanted:.2%} of {wanted} items in {count} files, {problems / count:.1f} problems a file"
        )


if __name__ == "__main__":
    main()
