"""Which names are those of secrets, and which values could be one: pure functions over names and texts.

The words and patterns are data, in ``schemas/secret-words.json``. A value counts as a secret by its name, by being no
placeholder, and by looking like something that nobody would write down otherwise; a length or one word in it says
nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from depcheck.data import load_json
from depcheck.patterns import Pattern
from depcheck.secrets.strength import alphabet, entropy, randomness

_TOKENS = Pattern(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_WORDS = Pattern(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
#: Written for letters so often that a word with them is still that word (``P@ssw0rd``).
_LEET = str.maketrans({"0": "o", "1": "l", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i"})
_SEQUENCES = ("01234567890123456789", "98765432109876543210", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl")
#: Longer values are keys and documents; the patterns for placeholders are about what a person types.
_LONGEST_PLACEHOLDER = 400
#: Signs of references and of what is to be filled in.
_TEMPLATED = Pattern(r"[\s${}<>%\[\]()/:*]|@[\w-]+\.|@\w+@|\.{3}|x{4,}")
_SWITCHES = frozenset(
    {"true", "false", "none", "null", "nil", "auto", "default", "disabled", "enabled", "no", "yes", "off"}
)
_TO_CHANGE = Pattern(
    r"change[-_]?(?:me|this|it)|replace[-_]?(?:me|this|it)|insecure|not[-_]?(?:so[-_]?)?secret|super[-_]?secret"
    r"|(?:your|my)[-_](?:super|secret|own|very|long|random|strong|jwt|session)|placeholder|dev[-_]secret",
    re.IGNORECASE,
)
#: In a value of several words these tell that it speaks of a secret and is none.
_NAMING = frozenset({"key", "pass", "passphrase", "passwd", "password", "pw", "pwd", "secret", "token"})
#: Before ``key`` these make it the name under which something is kept (``LAMBDA_CODE_S3_KEY``).
_KEPT = frozenset(
    {"s", "object", "state", "code", "artifact", "zip", "layer", "prefix", "lock", "row", "hash", "range"}
)
_SHORTEST = {"password": 6, "secret": 6, "token": 12, "key": 12, "weak": 20}


class _Vocabulary:
    """The words of ``schemas/secret-words.json``, compiled once."""

    __slots__ = (
        "anywhere",
        "client",
        "client_names",
        "glued",
        "glued_ending",
        "last",
        "never",
        "not_after",
        "not_before",
        "not_with",
        "patterns",
        "public_values",
        "server_only",
        "signing",
        "words",
    )

    def __init__(self, data: dict[str, object]) -> None:
        #: By their last word, in their order: those that may stand anywhere in a name, and those that end it.
        self.anywhere: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        self.last: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        self.glued: list[tuple[str, str]] = []
        for entry in _entries(data["names"]):
            for phrase in _texts(entry["phrases"]):
                words = tuple(phrase.split())
                table = self.last if entry.get("last") else self.anywhere
                table.setdefault(words[-1], []).append((words, str(entry["kind"])))
                if entry.get("glued"):
                    self.glued.append((phrase, str(entry["kind"])))
        self.glued_ending = tuple(phrase for phrase, _ in self.glued)
        self.not_after = _words(data["not_after"])
        self.not_before = _words(data["not_before"])
        self.not_with = _words(data["not_with"])
        self.never = _words(data["never"])
        placeholders = _map(data["placeholders"])
        self.words = _words(placeholders)
        self.patterns = [_regex(entry) for entry in _entries(placeholders["patterns"])]
        public = _map(data["public"])
        self.public_values = [_regex(entry, re.DOTALL) for entry in _entries(public["values"])]
        self.client_names = [_regex(entry) for entry in _entries(public["client_names"])]
        self.signing = [tuple(phrase.split()) for phrase in _texts(_map(data["signing"]).get("phrases"))]
        self.server_only = _words(data["server_only"])
        self.client = [(str(entry["prefix"]), str(entry["tool"])) for entry in _entries(data["client"])]


@lru_cache(maxsize=1)
def _vocabulary() -> _Vocabulary:
    return _Vocabulary(load_json("schemas", "secret-words.json"))


def _map(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _entries(value: object) -> list[dict[str, object]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _texts(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else []


def _words(value: object) -> frozenset[str]:
    return frozenset(_texts(_map(value).get("words")))


def _regex(entry: dict[str, object], flags: int = re.IGNORECASE | re.DOTALL) -> Pattern:
    return Pattern(str(entry["pattern"]), flags)


# --- names


def tokens(name: str) -> list[str]:
    """The words of a name in lower case: ``dbApiKey_2`` → ``db api key 2``."""
    return [word.lower() for word in _TOKENS.findall(name)]


@lru_cache(maxsize=32_768)
def kind_of_name(name: str) -> str | None:
    """What a name says that its value is: ``password``, ``secret``, ``token``, ``key``, ``weak`` (any ``…_KEY``), else
    None."""
    words = _vocabulary()
    parts = tokens(name)
    if not parts or name.lower() in words.never or parts[0] in words.not_before:
        return None
    if words.not_with.intersection(parts):
        return None
    found = _phrase(parts, words)
    if found is None:
        return None
    end, kind = found
    return None if words.not_after.intersection(parts[end:]) else kind


def _phrase(parts: list[str], words: _Vocabulary) -> tuple[int, str] | None:
    """The last phrase in a name that makes it that of a secret: where it ends, and the kind."""
    for end in range(len(parts), 0, -1):
        for phrase, kind in words.anywhere.get(parts[end - 1], ()):
            if tuple(parts[max(end - len(phrase), 0) : end]) == phrase:
                return end, kind
    for end in range(len(parts), 0, -1):
        if parts[end - 1].endswith(words.glued_ending):
            return end, next(kind for ending, kind in reversed(words.glued) if parts[end - 1].endswith(ending))
    spoken = [part for part in parts if not part.isdigit()]
    for phrase, kind in words.last.get(spoken[-1], ()) if spoken else ():
        if phrase == ("key",) and spoken[-2:-1] and spoken[-2] in _KEPT:
            continue
        alone = len(spoken) == len(phrase)
        if tuple(spoken[-len(phrase) :]) == phrase and not (alone and (kind == "weak" or phrase == ("pat",))):
            return len(parts), kind
    return None


def client_prefix(name: str) -> tuple[str, str] | None:
    """The prefix with which a build tool writes a variable into what clients load, and the tool's name."""
    for prefix, tool in _vocabulary().client:
        if name.startswith(prefix) and len(name) > len(prefix):
            return prefix, tool
    return None


def is_public_name(name: str) -> bool:
    """Whether a variable for clients holds what its vendor makes for them (``VITE_FIREBASE_API_KEY``)."""
    return any(pattern.fullmatch(name) for pattern in _vocabulary().client_names)


def is_server_name(name: str) -> bool:
    """Whether a name is that of a vendor's key that is never made for clients (``OPENAI_API_KEY``)."""
    return not _vocabulary().server_only.isdisjoint(tokens(name))


def is_signing_name(name: str) -> bool:
    """Whether what has this name signs or encrypts, so that whoever guesses it forges (``JWT_SECRET``)."""
    parts = tokens(name)
    return kind_of_name(name) is not None and any(
        tuple(parts[at : at + len(phrase)]) == phrase
        for phrase in _vocabulary().signing
        for at in range(len(parts) - len(phrase) + 1)
    )


# --- values


def is_placeholder(value: str, context: Iterable[str] = ()) -> bool:
    """Whether a value only holds a secret's place: a reference, a path, words that say so, or nothing but such words.

    ``context`` are names around it (the variable's own, the service's): a value made of their words is no secret.
    """
    text = value.strip().strip("\"'`")
    if len(text) > _LONGEST_PLACEHOLDER:
        return False
    words = _vocabulary()
    if any(pattern.fullmatch(text) for pattern in words.patterns):
        return True
    return made_of_words(text, {token for name in context for token in tokens(name)}) or _says_what_it_is(text)


def _says_what_it_is(text: str) -> bool:
    """Whether a text is spoken words of which one is ``password`` or the like (``ChooseYourOwnPasswordHere1``)."""
    spoken = tokens(text)
    letters = [word for word in spoken if word.isalpha()]
    digits = sum(len(word) for word in spoken if word.isdigit())
    return len(letters) > 1 and digits <= 4 and _mean_word(text) >= 3 and not _NAMING.isdisjoint(letters)


def made_of_words(text: str, more: Iterable[str] = ()) -> bool:
    """Whether a text is nothing but words of the vocabulary, a few digits and signs (``my-secret_pw!123``)."""
    known = _vocabulary().words | {word for word in more if len(word) > 1}
    lowered = text.lower()
    return _segments(re.sub(r"[\W_]+", "", lowered), known) or _segments(
        re.sub(r"[\W_]+", "", lowered.translate(_LEET)), known
    )


def is_spoken(text: str, context: Iterable[str] = ()) -> bool:
    """Whether a value is words that everybody tries first (``changeme``, ``postgres``, ``change-this-key``)."""
    if len(text) > 80 or not text.isascii() or _TEMPLATED.search(text) or text.lower() in _SWITCHES:
        return False
    return (
        made_of_words(text, {token for name in context for token in tokens(name)})
        or _says_what_it_is(text)
        or _TO_CHANGE.search(text) is not None
    )


def _segments(text: str, known: Iterable[str]) -> bool:
    """Whether a text can be cut into known words, runs along the keyboard, and numbers of up to four digits."""
    if len(text) > _LONGEST_PLACEHOLDER:
        return False
    words = known if isinstance(known, (set, frozenset)) else frozenset(known)
    longest = max(map(len, words), default=0)
    reached = [False] * (len(text) + 1)
    reached[0] = True
    for start in range(len(text)):
        if not reached[start]:
            continue
        for end in range(start + 1, min(start + max(longest, 20), len(text)) + 1):
            part = text[start:end]
            if part in words or _filler(part):
                reached[end] = True
    return reached[-1]


def _filler(part: str) -> bool:
    if part.isdigit():
        return len(part) <= 4 or part in _SEQUENCES[0] or part in _SEQUENCES[1] or len(set(part)) == 1
    return len(part) >= 3 and (len(set(part)) == 1 or any(part in sequence for sequence in _SEQUENCES))


def is_public_value(value: str) -> bool:
    """Whether a vendor makes values of this form to be seen (publishable keys, identifiers)."""
    return any(pattern.fullmatch(value) for pattern in _vocabulary().public_values)


def is_random(value: str) -> bool:
    """Whether a value looks made by a machine: 16 characters or more that no words explain."""
    text = value.strip().rstrip("=")
    if len(text) < 16 or any(char.isspace() for char in text) or randomness(text) < 0.62:
        return False
    digits = sum(char.isdigit() for char in text)
    if alphabet(text) <= 16:
        return digits >= 2 and entropy(text) >= 2.6
    mixed = any(char.islower() for char in text) and any(char.isupper() for char in text)
    if not mixed:
        return digits >= 0.12 * len(text) and entropy(text) >= 3.0 and _mean_word(text) < 6
    if not digits:
        return len(text) >= 20 and _mean_word(text) < 3.2
    return entropy(text) >= 3.0 and _mean_word(text) < 4.0


def _mean_word(text: str) -> float:
    """The mean length of the runs of letters: long in what is spoken, short in what is drawn at random."""
    runs = [len(run) for run in _WORDS.findall(text)]
    return sum(runs) / len(runs) if runs else 0.0


def is_credible(kind: str, value: str, context: Iterable[str] = ()) -> bool:
    """Whether the literal value of a name of this kind (see :func:`kind_of_name`) is a secret that somebody set."""
    text = value.strip()
    if len(text) < _SHORTEST[kind] or is_public_value(text) or is_placeholder(text, context):
        return False
    if kind in ("password", "secret"):
        return is_random(text) or _chosen(text)
    return is_random(text)


def _chosen(text: str) -> bool:
    """Whether a person may have chosen this as a password: letters and digits, or signs inside."""
    if len(text) > 64 or any(char.isspace() for char in text):
        return False
    letters = any(char.isalpha() for char in text)
    mixed = any(char.islower() for char in text) and any(char.isupper() for char in text)
    digits = any(char.isdigit() for char in text)
    signs = any(not char.isalnum() and char not in "-_./:" for char in text)
    return letters and (digits or signs or (mixed and len(text) >= 10 and not text.istitle()))
