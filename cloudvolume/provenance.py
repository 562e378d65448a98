"""Provenance: who made a layer, from what and how. Stored as the object ``provenance``.

A layer's record is a JSON object; on reading, JSON5 (comments, trailing commas, bare keys) is
accepted too. Keys that are not listed here survive, in the order in which they came::

    {
      "description": "free text",
      "owners": ["who@example.com"],          strings, each once
      "processing": [{"method": "..."}],      one object per step
      "sources": ["gs://bucket/dataset/raw"]  strings, each once
    }
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Union

from .exceptions import ProvenanceError

__all__ = ["DataLayerProvenance", "DatasetProvenance", "as_provenance"]

# The JSON5 parser is written in Python and takes 30 s for each megabyte.
_MAX_JSON5_CHARACTERS = 1 << 18


@dataclass(frozen=True)
class _Field:
    """What a field of a record must be."""

    expected: str
    accepts: Callable[[Any], bool]
    empty: Callable[[], Any]
    required: bool = True

    def check(self, record: str, name: str, value: Any) -> None:
        if not self.accepts(value):
            raise ProvenanceError(f"{record}: {name!r} must be {self.expected}, got {value!r:.200}")


def _is_str(value: Any) -> bool:
    return isinstance(value, str)


def _is_str_set(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_str, value)) and len(set(value)) == len(value)


def _is_nonempty_str_set(value: Any) -> bool:
    return _is_str_set(value) and len(value) > 0


def _is_object_list(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


_TEXT = _Field("a string", _is_str, str)
_NAMES = _Field("a list of strings, each once", _is_str_set, list)

_LAYER_FIELDS = {
    "description": _TEXT,
    "owners": _NAMES,
    "processing": _Field("a list of objects", _is_object_list, list),
    "sources": _NAMES,
}

_DATASET_FIELDS = {
    "dataset_name": _TEXT,
    "dataset_description": _TEXT,
    "organism": _TEXT,
    "imaged_date": _TEXT,
    "imaged_by": _TEXT,
    "references": _Field(_NAMES.expected, _is_str_set, list, required=False),
    "owners": _Field(f"{_NAMES.expected}, at least one", _is_nonempty_str_set, list),
}


class DataLayerProvenance(dict[str, Any]):
    """The provenance of a layer: a dictionary whose four documented keys are attributes too.

    Parameters
    ----------
    *args, **kwargs
        As for ``dict``. Of the documented keys, those that are missing are filled: ``description``
        with ``''``, ``owners``, ``processing`` and ``sources`` with ``[]``.
    """

    __slots__ = ()  # a misspelt attribute is an error, not a value that is never stored

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in _LAYER_FIELDS.items():
            self.setdefault(name, field.empty())

    @classmethod
    def create(cls, mydict: Mapping[str, Any]) -> "DatasetProvenance":
        """Build the record of a *dataset* from a dictionary."""
        return DatasetProvenance(**mydict)

    @property
    def description(self) -> str:
        """What the layer is, in free text."""
        value: str = self._get("description")
        return value

    @description.setter
    def description(self, value: str) -> None:
        self["description"] = value

    @property
    def owners(self) -> list[str]:
        """Who answers for the layer, usually e-mail addresses."""
        value: list[str] = self._get("owners")
        return value

    @owners.setter
    def owners(self, value: list[str]) -> None:
        self["owners"] = value

    @property
    def processing(self) -> list[dict[str, Any]]:
        """The steps that made the layer, oldest first, one dictionary each."""
        value: list[dict[str, Any]] = self._get("processing")
        return value

    @processing.setter
    def processing(self, value: list[dict[str, Any]]) -> None:
        self["processing"] = value

    @property
    def sources(self) -> list[str]:
        """Where the layer's data came from, usually cloudpaths."""
        value: list[str] = self._get("sources")
        return value

    @sources.setter
    def sources(self, value: list[str]) -> None:
        self["sources"] = value

    def validate(self) -> None:
        """Check the type of the documented fields.

        Raises
        ------
        ProvenanceError
            A field is not what the module says; the message names it.
        """
        for name, field in _LAYER_FIELDS.items():
            field.check("provenance", name, self._get(name))

    def serialize(self) -> str:
        """The record as JSON text, keys in the order of insertion.

        Raises
        ------
        ProvenanceError
            A value cannot be expressed in JSON.
        """
        return _to_json("provenance", self)

    def from_json(self, text: Union[str, bytes]) -> "DataLayerProvenance":
        """Update this record from JSON or JSON5 text and return it.

        Raises
        ------
        ProvenanceError
            The text is neither, is not an object, or a field is wrong; the record is unchanged.
        """
        fresh = DataLayerProvenance(self)
        fresh.update(_parse_object("provenance", text))
        self.update(as_provenance(fresh))
        return self

    def _get(self, name: str) -> Any:
        return self.setdefault(name, _LAYER_FIELDS[name].empty())


def as_provenance(
    value: Union[None, str, bytes, Mapping[str, Any], DataLayerProvenance],
) -> DataLayerProvenance:
    """Turn what a caller gave, or a file held, into a checked record.

    Parameters
    ----------
    value : DataLayerProvenance, mapping, JSON or JSON5 text, or None
        A `DataLayerProvenance` is checked and returned as it is, None makes an empty record.
        Fields that are None or empty get the empty value of their type; tuples become lists.

    Raises
    ------
    ProvenanceError
        The text cannot be parsed, or a field is not what the module says; the message names it.
    """
    if isinstance(value, (str, bytes)):
        value = _parse_object("provenance", value)
    elif value is not None and not isinstance(value, Mapping):
        raise ProvenanceError(f"provenance must be a mapping or JSON text, got {value!r:.200}")
    record = value if isinstance(value, DataLayerProvenance) else DataLayerProvenance(value or {})
    for name, field in _LAYER_FIELDS.items():
        found = record.get(name)
        if _is_empty(found):
            record[name] = found if type(found) is type(field.empty()) else field.empty()
        elif isinstance(found, tuple):
            record[name] = list(found)
    record.validate()
    return record


class DatasetProvenance:
    """The provenance of a dataset: a record whose fields are checked on assignment.

    Parameters
    ----------
    **kwargs
        Initial values. ``dataset_name``, ``dataset_description``, ``organism``, ``imaged_date`` and
        ``imaged_by`` are strings, ``owners`` (at least one) and ``references`` (optional) lists of
        strings without duplicates. Any other field may be added.

    Raises
    ------
    ProvenanceError
        A value has the wrong type.
    """

    _values: dict[str, Any]

    def __init__(self, **kwargs: Any) -> None:
        # Fields live in a dictionary of their own, so that a file cannot name one that shadows
        # a method.
        object.__setattr__(self, "_values", {})
        for name, value in kwargs.items():
            self._assign(name, value)

    @classmethod
    def from_json(cls, text: Union[str, bytes]) -> "DatasetProvenance":
        """Build a record from JSON or JSON5 text; callable on the class and on an instance.

        Raises
        ------
        ProvenanceError
            The text is neither, is not an object, or a field has the wrong type.
        """
        record = cls()
        for name, value in _parse_object("dataset provenance", text).items():
            record._assign(name, value)
        return record

    def validate(self) -> None:
        """Check that every required field is set and every field has its type.

        Raises
        ------
        ProvenanceError
            One is missing or wrong; the message names it.
        """
        for name, field in _DATASET_FIELDS.items():
            if name in self._values:
                field.check("dataset provenance", name, self._values[name])
            elif field.required:
                raise ProvenanceError(
                    f"dataset provenance: {name!r} is missing; set it to {field.expected}"
                )

    def serialize(self) -> str:
        """The fields that are set, as JSON text.

        Raises
        ------
        ProvenanceError
            A required field is missing, or a value cannot be expressed in JSON.
        """
        self.validate()
        return _to_json("dataset provenance", self._values)

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("_") and (name in self._values or name in _DATASET_FIELDS):
            return self._values.get(name)
        raise AttributeError(f"{type(self).__name__} has no field {name!r}")

    def __setattr__(self, name: str, value: Any) -> None:
        if name.startswith("_") or hasattr(type(self), name):
            raise AttributeError(f"{name!r} cannot be the name of a field")
        self._assign(name, value)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *_DATASET_FIELDS, *self._values})

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, DatasetProvenance):
            return NotImplemented
        return self._values == other._values

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={value!r}" for name, value in self._values.items())
        return f"{type(self).__name__}({fields})"

    def _assign(self, name: str, value: Any) -> None:
        if isinstance(value, tuple):
            value = list(value)
        if name in _DATASET_FIELDS:
            _DATASET_FIELDS[name].check("dataset provenance", name, value)
        self._values[name] = value


def _is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, (str, list, tuple, dict)) and not value)


def _plain(value: Any) -> Any:
    """Numpy's scalars and arrays, which users put into processing steps, as JSON can hold them."""
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} {value!r:.200} has no form in JSON")


def _to_json(record: str, fields: Mapping[str, Any]) -> str:
    try:
        return json.dumps(fields, separators=(",", ":"), default=_plain)
    except (TypeError, ValueError, RecursionError) as err:
        raise ProvenanceError(f"{record} cannot be stored as JSON: {err}") from err


def _parse_object(record: str, text: Union[str, bytes]) -> dict[str, Any]:
    try:
        decoded = text if isinstance(text, str) else bytes(text).decode("utf-8")
        parsed = _parse(decoded.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as err:
        raise ProvenanceError(
            f"{record} is neither JSON nor JSON5: {err}; it begins {text[:80]!r}"
        ) from err
    if not isinstance(parsed, dict):
        raise ProvenanceError(f"{record} must be a JSON object, got {parsed!r:.200}")
    return parsed


def _parse(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as err:
        if len(text) > _MAX_JSON5_CHARACTERS:
            raise ValueError(
                f"{err}; JSON5 is tried up to {_MAX_JSON5_CHARACTERS} characters, not {len(text)}"
            ) from err
        try:
            import json5
        except ImportError:
            raise ValueError(f"{err}; reading JSON5 needs: pip install json5") from err
        return json5.loads(text)
