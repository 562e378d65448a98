"""Trying again what may work the next time."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from ..exceptions import InvalidArgumentError, StorageError

__all__ = ["RetryPolicy", "TransientStorageError"]

Result = TypeVar("Result")


class TransientStorageError(StorageError):
    """A failure of the moment, which a backend raises to have the request tried again.

    Attributes
    ----------
    retry_after_s : float
        The least time to wait that the store asked for.
    """

    retry_after_s: float = 0.0


@dataclass(frozen=True)
class RetryPolicy:
    """How often and how long one request is tried.

    Waits grow exponentially with full jitter, as in "Exponential Backoff And Jitter" of the AWS
    Architecture Blog, so that many clients do not come back at the same moment.
    """

    max_attempts: int = 6
    budget_s: float = 15.0
    first_wait_s: float = 0.25

    def run(self, request: Callable[[], Result]) -> Result:
        """Return what the request returns; its last error once the budget is spent."""
        deadline = time.monotonic() + self.budget_s
        for attempt in range(1, self.max_attempts + 1):
            try:
                return request()
            except TransientStorageError as err:
                wait_s = max(random.uniform(0, self.first_wait_s * 2**attempt), err.retry_after_s)
                if attempt == self.max_attempts or time.monotonic() + wait_s > deadline:
                    raise
            time.sleep(wait_s)
        raise InvalidArgumentError(f"max_attempts must be at least 1, got {self.max_attempts}")
