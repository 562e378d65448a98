"""The kit explains its failures as test modules do."""

import pytest

pytest.register_assert_rewrite("storage.storage_kit")
