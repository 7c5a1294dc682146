"""Which provider a secret is of: the formats of ``schemas/secret-formats.json`` found in texts and values.

Pure functions over characters. They know no file, no rule and no severity. :func:`find_in_value` looks at one value and
the name that introduces it, :func:`find_in_text` at a text of any kind; both tell exact places and never hold the
secret itself.
"""

from __future__ import annotations

from depcheck.secrets.finding import find_in_text, find_in_value
from depcheck.secrets.match import Match
from depcheck.secrets.names import gated_by, names_a_vendor

__all__ = ["Match", "find_in_text", "find_in_value", "gated_by", "names_a_vendor"]
