"""Progress bars, drawn by tqdm only when one is wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Optional, Union

__all__ = ["progress_bar"]


def _nothing() -> None:
    """Advance a bar that is not there."""


@contextmanager
def progress_bar(
    progress: Union[bool, str], total: Optional[int]
) -> Iterator[Callable[[], object]]:
    """A function to call after each job; it draws when ``progress`` is true or a label."""
    if not progress:
        yield _nothing
        return
    from tqdm.auto import tqdm

    label = progress if isinstance(progress, str) else None
    with tqdm(total=total, desc=label, disable=total == 0) as bar:
        yield bar.update
