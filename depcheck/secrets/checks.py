"""How a token proves itself: checksums, and what it decodes to.

Each function takes the whole text of a form and answers what it learned, or None where it is not of this form at all.
Nothing here raises on any text, and everything is linear in its length.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from depcheck.patterns import Pattern

_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_HOST = Pattern(r"[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,8}\$", re.IGNORECASE)
_PLAIN = Pattern(r"[\x20-\x7e]{3,2000}")
_DECODED_LIMIT = 16_000
#: All that its oldest keys claim; they name no issuer.
_SUPABASE_CLAIMS = frozenset({"role", "iat", "exp"})


class Learned:
    """What a text proves: that it is of the form (``verified``), or a better name, environment, verdict or end."""

    __slots__ = ("environment", "expires", "kind", "vendor", "verdict", "verified")

    def __init__(
        self,
        *,
        verified: bool = False,
        verdict: str = "",
        vendor: str = "",
        kind: str = "",
        environment: str = "",
        expires: int | None = None,
    ) -> None:
        self.verified = verified
        self.verdict = verdict
        self.vendor = vendor
        self.kind = kind
        self.environment = environment
        self.expires = expires


def learn(check: str, text: str) -> Learned | None:
    """What the check of a format finds out; None where the text is not of the format after all."""
    return CHECKS[check](text)


# --- checksums


def base62_checksum(text: str) -> str:
    """CRC-32 in six base 62 digits, as GitHub and npm put it behind their tokens."""
    from zlib import crc32

    number, digits = crc32(text.encode("ascii", "replace")), ""
    while number:
        number, digit = divmod(number, 62)
        digits = _BASE62[digit] + digits
    return digits.rjust(6, "0")


def _crc32_base62(text: str) -> Learned:
    body = text[text.index("_") + 1 :]
    good = base62_checksum(body[:-6]) == body[-6:]
    return Learned(verified=good, verdict="" if good else "invalid")


def _crc32_base62_if(text: str) -> Learned:
    """The vendor says that there is a checksum, not over what: it proves where it holds, and nothing where not."""
    body = text[text.index("_") + 1 :]
    return Learned(verified=base62_checksum(body[:-6]) == body[-6:])


def _crc32_hex(text: str) -> Learned:
    """Grafana: CRC-32 of everything ahead of the last underscore, lowest byte first."""
    head, _, tail = text.rpartition("_")
    from zlib import crc32

    good = crc32(head.encode("ascii", "replace")).to_bytes(4, "little").hex() == tail
    return Learned(verified=good, verdict="" if good else "invalid")


def bech32_holds(text: str) -> bool:
    """Whether the checksum of a text in Bech32 (BIP 173) is right."""
    lowered = text.lower()
    prefix, _, data = lowered.rpartition("1")
    if not prefix or len(data) < 6 or (text != lowered and text != text.upper()):
        return False
    values = [ord(each) >> 5 for each in prefix] + [0] + [ord(each) & 31 for each in prefix]
    for each in data:
        at = _BECH32.find(each)
        if at < 0:
            return False
        values.append(at)
    state = 1
    for value in values:
        top = state >> 25
        state = (state & 0x1FFFFFF) << 5 ^ value
        for bit, part in enumerate(_GENERATOR):
            if top >> bit & 1:
                state ^= part
    return state == 1


def _bech32(text: str) -> Learned:
    good = bech32_holds(text)
    return Learned(verified=good, verdict="" if good else "invalid")


# --- what is inside


def decoded(text: str) -> bytes | None:
    """Base 64 of either alphabet, padded or not; None where it is none."""
    text = text.rstrip("=").replace("-", "+").replace("_", "/")
    if len(text) > _DECODED_LIMIT or len(text) % 4 == 1:
        return None
    from base64 import b64decode

    try:
        return b64decode(text + "=" * (-len(text) % 4), validate=True)
    except ValueError:  # binascii.Error is one
        return None


def json_object(text: str) -> dict[str, object] | None:
    """The JSON object that a text is base 64 of, else None."""
    import json

    data = decoded(text)
    if data is None or not data.lstrip().startswith(b"{"):
        return None
    try:
        loaded: object = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return {str(key): value for key, value in loaded.items()} if isinstance(loaded, dict) else None


def _jwt(text: str) -> Learned | None:
    head, payload, _ = text.split(".", 2)
    header = json_object(head)
    if header is None or "alg" not in header:
        return None
    claims = json_object(payload)
    if claims is None:
        return Learned(verified=True)
    expires = claims.get("exp")
    learned = Learned(verified=True, expires=int(expires) if isinstance(expires, (int, float)) else None)
    issuer, role = claims.get("iss"), claims.get("role")
    if issuer == "supabase-demo" or claims.get("sub") == "1234567890":
        learned.verdict = "placeholder"  # everybody's: a local Supabase, and the token of the introduction to JWT
    of_supabase = issuer in ("supabase", "supabase-demo") or "ref" in claims or claims.keys() <= _SUPABASE_CLAIMS
    if of_supabase and isinstance(role, str):
        learned.vendor = "Supabase"
        learned.kind = f"{role} key"
        if role == "anon":
            learned.kind, learned.verdict = "anon key", "public"
    return learned


def _jwt_inside(text: str) -> Learned | None:
    inner = _jwt(text[text.index("eyJ") :])
    return Learned(verified=True) if inner is not None else None


def _json(text: str) -> Learned | None:
    return Learned(verified=True) if json_object(text) is not None else None


def _json_inside(text: str) -> Learned | None:
    return _json(text[text.index("eyJ") :])


def _keys(*names: str) -> Callable[[str], Learned | None]:
    """A check that the JSON object of a base 64 text has these keys."""

    def check(text: str) -> Learned | None:
        found = json_object(text)
        return Learned(verified=True) if found is not None and all(name in found for name in names) else None

    return check


def _sentry(text: str) -> Learned | None:
    found = json_object(text[text.index("eyJ") :].rpartition("_")[0])
    return Learned(verified=True) if found is not None and "iat" in found else None


def _clerk_publishable(text: str) -> Learned | None:
    """A host and a dollar sign in base 64: Clerk's; what else begins so is Stripe's."""
    data = decoded(text.split("_", 2)[2])
    host = data.decode("ascii", "replace") if data is not None else ""
    return Learned(verified=True) if _HOST.fullmatch(host) else None


def _user_password(text: str) -> Learned | None:
    data = decoded(text)
    plain = data.decode("utf-8", "replace") if data is not None else ""
    user, colon, password = plain.partition(":")
    if not colon or not user or not password or not _PLAIN.fullmatch(plain):
        return None
    from depcheck.secrets.strength import is_filled_in

    filled_in = len(password) < 8 or password.lower() == user.lower() or is_filled_in(password)
    return Learned(verified=True, verdict="placeholder" if filled_in else "")


def _jfrog(text: str) -> Learned | None:
    data = decoded(text)
    return Learned(verified=True) if data is not None and data.startswith(b"reftkn:") else None


def _discord(text: str) -> Learned | None:
    """The first part of a bot's token is its number in base 64."""
    data = decoded(text.split(".", 1)[0])
    return Learned(verified=True) if data is not None and data.isdigit() and 16 <= len(data) <= 20 else None


def _mixed(text: str) -> Learned | None:
    body = text[7:] if not text.startswith("ipfs") else text[4:]
    kinds = (any(map(str.isdigit, body)), any(map(str.islower, body)), any(map(str.isupper, body)))
    return Learned() if all(kinds) else None


def _azure_storage(text: str) -> Learned:
    """The storage emulator's key is the same for everybody."""
    return Learned(verdict="public" if text.startswith("Eby8vdM02x") else "")


def _pem(text: str) -> Learned | None:
    kind = text[len("-----BEGIN ") : text.index("PRIVATE KEY")].strip()
    body = re.sub(r"\\[nrt]|[^A-Za-z0-9+/]", "", text[text.index("-----", 11) + 5 : text.rindex("-----END")])
    if len(body) < 64 or len(set(body)) < 16:
        return None
    return Learned(verified=True, kind=f"{kind} private key" if kind else "")


def _pem_base64(text: str) -> Learned | None:
    data = decoded(text[: 120 - 120 % 4])
    return Learned(verified=True) if data is not None and b"PRIVATE KEY" in data else None


#: By the names that the table of formats uses.
CHECKS: dict[str, Callable[[str], Learned | None]] = {
    "crc32-base62": _crc32_base62,
    "crc32-base62-if": _crc32_base62_if,
    "crc32-hex": _crc32_hex,
    "bech32": _bech32,
    "jwt": _jwt,
    "jwt-inside": _jwt_inside,
    "json": _json,
    "json-inside": _json_inside,
    "sentry-org": _sentry,
    "convex": _keys("v2"),
    "grafana-key": _keys("k", "n", "id"),
    "cloudflare-tunnel": _keys("a", "t", "s"),
    "clerk-publishable": _clerk_publishable,
    "user-password": _user_password,
    "jfrog-reference": _jfrog,
    "discord": _discord,
    "mixed": _mixed,
    "azure-emulator": _azure_storage,
    "pem": _pem,
    "pem-base64": _pem_base64,
}
