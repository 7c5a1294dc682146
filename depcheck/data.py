"""Where the data that ships with depcheck lies: ``rules/`` and ``schemas/``, in a wheel or in a checkout."""

from __future__ import annotations

import json
from pathlib import Path

_INSTALLED = Path(__file__).parent / "_data"
_CHECKOUT = Path(__file__).parent.parent


def data_file(folder: str, name: str) -> Path:
    """The path of a data file (``rules``/``compiled.json``), whether depcheck is installed or run from a checkout."""
    installed = _INSTALLED / folder / name
    return installed if installed.exists() else _CHECKOUT / folder / name


def load_json(folder: str, name: str) -> dict[str, object]:
    """A data file that holds a JSON object.

    Raises:
        FileNotFoundError: the installation is damaged.
    """
    loaded: object = json.loads(data_file(folder, name).read_text("utf-8"))
    if not isinstance(loaded, dict):
        raise ValueError(f"{folder}/{name} does not hold an object")
    return loaded
