"""Which addresses a glob of the policy means."""

from __future__ import annotations

import pytest

from depcheck.project.addresses import matches

PLAIN = "aws_db_instance.this"
DEEP = 'module.db["a.b"].module.inner[0].aws_db_instance.this["x[1].y"]'


@pytest.mark.parametrize(
    ("address", "glob", "meant"),
    [
        (PLAIN, PLAIN, True),
        (PLAIN, "aws_db_instance.*", True),
        (PLAIN, "aws_db_instance.that", False),
        (f"{PLAIN}[0]", PLAIN, True),
        (f"{PLAIN}[0]", f"{PLAIN}[0]", True),
        (f"{PLAIN}[0]", f"{PLAIN}[1]", False),
        (f"module.db.{PLAIN}", PLAIN, True),
        (f"module.db.{PLAIN}", f"module.db.{PLAIN}", True),
        (f"module.db.{PLAIN}", f"module.other.{PLAIN}", False),
        (f"module.db.{PLAIN}", "module.*.aws_db_instance.*", True),
        (f'module.db["a"].{PLAIN}[0]', f"module.db.{PLAIN}", True),
        (f'module.db["a"].{PLAIN}[0]', f'module.db["a"].{PLAIN}', True),
        (f'module.db["a"].{PLAIN}[0]', f'module.db["b"].{PLAIN}', False),
        (f'module.db["a"].{PLAIN}[0]', f"{PLAIN}[0]", True),
        (DEEP, PLAIN, True),
        (DEEP, DEEP, True),
        (DEEP, f"module.db.module.inner.{PLAIN}", True),
        (DEEP, f'module.db["a.b"].module.inner[0].{PLAIN}', True),
        (DEEP, f'{PLAIN}["x[1].y"]', True),
        (DEEP, f"module.inner.{PLAIN}", False),
        ("workflow.deploy.production", "workflow.deploy.*", True),
        ("compose.volume.data", "compose.volume.*", True),
        ("", PLAIN, False),
    ],
)
def test_with_and_without_module_path_and_index(address: str, glob: str, meant: bool) -> None:
    assert matches(address, glob) is meant
