"""Hashes, name-based identifiers, and RSA decryption."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable

from depcheck.terraform.functions.encoding import from_base64, to_base64
from depcheck.terraform.functions.spec import plain, text
from depcheck.terraform.types import STRING
from depcheck.terraform.values import EvaluationError, LimitError

# The name spaces of RFC 9562, appendix B.
_NAMESPACES = {
    "dns": "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
    "url": "6ba7b811-9dad-11d1-80b4-00c04fd430c8",
    "oid": "6ba7b812-9dad-11d1-80b4-00c04fd430c8",
    "x500": "6ba7b814-9dad-11d1-80b4-00c04fd430c8",
}
_UUID = re.compile(
    r"(?:urn:uuid:)?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\Z|[0-9a-f]{32}\Z"
    r"|\{[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\}\Z",
    re.IGNORECASE,
)
_PEM = re.compile(r"-----BEGIN ([A-Z ]+)-----\s+(.*?)-----END \1-----", re.DOTALL)


def digest(algorithm: str, data: bytes) -> bytes:
    """The hash of bytes."""
    return hashlib.new(algorithm, data, usedforsecurity=False).digest()


def _hexadecimal(algorithm: str) -> Callable[[str], str]:
    return lambda value: digest(algorithm, value.encode("utf-8", "surrogatepass")).hex()


def _in_base64(algorithm: str) -> Callable[[str], str]:
    return lambda value: to_base64(digest(algorithm, value.encode("utf-8", "surrogatepass")))


def _uuid5(namespace: str, name: str) -> str:
    namespace = _NAMESPACES.get(namespace, namespace)
    if not _UUID.match(namespace):
        raise EvaluationError(f"{namespace!r} is no name space of uuidv5()", 0)
    space = bytes.fromhex(re.sub(r"urn:uuid:|[-{}]", "", namespace.lower()))
    found = bytearray(digest("sha1", space + name.encode("utf-8", "surrogatepass"))[:16])
    found[6] = found[6] & 0x0F | 0x50
    found[8] = found[8] & 0x3F | 0x80
    text_ = found.hex()
    return f"{text_[:8]}-{text_[8:12]}-{text_[12:16]}-{text_[16:20]}-{text_[20:]}"


def _rsa_decrypt(ciphertext: str, key: str) -> str:
    try:
        data = from_base64(ciphertext)
    except EvaluationError:
        raise EvaluationError("the encrypted text is not valid base64", 0) from None
    modulus, exponent = _private_key(key)
    size = (modulus.bit_length() + 7) // 8
    number = int.from_bytes(data, "big")
    if len(data) > size or number >= modulus:
        raise EvaluationError("the text cannot be decrypted with this key")
    if size > 1024:
        raise LimitError("the key is too long")
    block = pow(number, exponent, modulus).to_bytes(size, "big")
    end = block.find(b"\0", 2)
    if block[:2] != b"\0\2" or end < 10:
        raise EvaluationError("the text cannot be decrypted with this key")
    try:
        return block[end + 1 :].decode("utf-8")
    except UnicodeDecodeError:
        raise LimitError("the decrypted bytes are not UTF-8") from None


def _private_key(pem: str) -> tuple[int, int]:
    """Modulus and private exponent of a key in PEM (RFC 8017 appendix A.1.2, RFC 5958)."""
    found = _PEM.search(pem)
    if found is None:
        raise EvaluationError("the private key is not in PEM form", 1)
    if found[1] not in ("RSA PRIVATE KEY", "PRIVATE KEY") or ":" in found[2]:
        raise LimitError(f"a key of kind {found[1].lower()} is not read")
    try:
        content = _sequence(from_base64("".join(found[2].split())))
        if found[1] == "PRIVATE KEY":
            content = _sequence(content[2])
        return int.from_bytes(content[1], "big"), int.from_bytes(content[3], "big")
    except (IndexError, EvaluationError):
        raise EvaluationError("the private key cannot be read", 1) from None


def _sequence(data: bytes) -> list[bytes]:
    """The contents of the elements of a DER sequence."""
    _, content, _ = _element(data, 0)
    found: list[bytes] = []
    at = 0
    while at < len(content):
        _, inner, at = _element(content, at)
        found.append(inner)
    return found


def _element(data: bytes, at: int) -> tuple[int, bytes, int]:
    length = data[at + 1]
    start = at + 2
    if length & 0x80:
        count = length & 0x7F
        length = int.from_bytes(data[start : start + count], "big")
        start += count
    return data[at], data[start : start + length], start + length


FUNCTIONS = {
    "base64sha256": plain(STRING, _in_base64("sha256"), text("str")),
    "base64sha512": plain(STRING, _in_base64("sha512"), text("str")),
    "md5": plain(STRING, _hexadecimal("md5"), text("str")),
    "rsadecrypt": plain(STRING, _rsa_decrypt, text("ciphertext"), text("privatekey")),
    "sha1": plain(STRING, _hexadecimal("sha1"), text("str")),
    "sha256": plain(STRING, _hexadecimal("sha256"), text("str")),
    "sha512": plain(STRING, _hexadecimal("sha512"), text("str")),
    "uuidv5": plain(STRING, _uuid5, text("namespace"), text("name")),
}
