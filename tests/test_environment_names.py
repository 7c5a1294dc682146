from __future__ import annotations

import pytest

from depcheck.environments import Environments


@pytest.mark.parametrize(
    ("path", "environment"),
    [
        ("apps/api/Dockerfile.prod", "production"),
        ("Dockerfile.live", "production"),
        ("apps/live/Dockerfile.live", None),
        ("services/review/compose.review.yaml", None),
        ("live/staging/Dockerfile.live", "production"),
        ("test/.env.test", "test"),
        ("test/.env.production", "production"),
        ("production/.env.production", "production"),
        ("infrastructure/production.tf", "production"),
        # What belongs to this machine, values that are local to the module, a page for reviews …
        ("infrastructure/local.tf", None),
        ("infrastructure/review.tf", None),
        ("production/test.tf", "production"),
        ("local.tfvars", "development"),
    ],
)
def test_words_that_often_mean_something_else(path: str, environment: str | None) -> None:
    assert Environments().of_path(path) == environment
