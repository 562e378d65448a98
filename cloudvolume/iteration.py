"""Small tools for things that can be iterated over."""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Optional, TypeVar

from .exceptions import InvalidArgumentError

__all__ = ["duplicates", "first", "nvl", "scatter", "sip", "toiter", "totalfn"]

T = TypeVar("T")
H = TypeVar("H", bound=Hashable)


def nvl(*args: Optional[T]) -> Optional[T]:
    """Return the first argument that is not None, or None."""
    return next((arg for arg in args if arg is not None), None)


def first(x: Iterable[T]) -> Optional[T]:
    """Return the first element, or None if there is none. An iterator advances by one."""
    return next(iter(x), None)


def toiter(obj: Any, is_iter: bool = False) -> Any:
    """Wrap what is a single thing in a list.

    Parameters
    ----------
    obj : object
        Strings, bytes and dicts count as single things, like all that cannot be iterated over.
    is_iter : bool, optional
        Return also whether ``obj`` was iterable.

    Returns
    -------
    ``obj`` or ``[obj]``, or with ``is_iter`` a pair of that and a bool
    """
    iterable = not isinstance(obj, (str, bytes, dict))
    if iterable:
        try:
            iter(obj)
        except TypeError:
            iterable = False
    result = obj if iterable else [obj]
    return (result, iterable) if is_iter else result


def sip(iterable: Iterable[T], n: int) -> Iterator[list[T]]:
    """Yield lists of ``n`` elements; the last one may be shorter."""
    iterator = iter(iterable)
    _check_count(n)
    return iter(lambda: list(islice(iterator, n)), [])


def scatter(sequence: Sequence[T], n: int) -> Iterator[Sequence[T]]:
    """Yield ``n`` parts of a sequence; part ``i`` has every ``n``-th element from ``i``."""
    _check_count(n)
    return (sequence[i::n] for i in range(n))


def duplicates(lst: Iterable[H]) -> set[H]:
    """Return the elements that occur more than once."""
    return {element for element, count in Counter(lst).items() if count > 1}


def totalfn(iterator: Any, total: Optional[int]) -> Optional[int]:
    """Return ``total``, or else the length, or None where there is none (for progress bars)."""
    if total is not None:
        return total
    try:
        return len(iterator)
    except TypeError:
        return None


def _check_count(n: int) -> None:
    if n < 1:
        raise InvalidArgumentError(f"n must be at least 1, got {n}")
