"""Provenance records: what is accepted, what is refused, and that files come back as they were."""

import copy
import json
import pickle
import sys

import numpy as np
import pytest

from cloudvolume.exceptions import CloudVolumeError, ProvenanceError
from cloudvolume.provenance import DataLayerProvenance, DatasetProvenance, as_provenance

EMPTY = {"description": "", "owners": [], "processing": [], "sources": []}
LAYER = {
    "description": "cortex",
    "owners": ["a@example.com", "b@example.com"],
    "processing": [{"method": "blur", "sigma": 2.5}, {}],
    "sources": ["gs://bucket/dataset/raw"],
}
DATASET = {
    "dataset_name": "pinky",
    "dataset_description": "visual cortex",
    "organism": "mouse",
    "imaged_date": "2015",
    "imaged_by": "somebody",
    "references": ["doi:1", "doi:2"],
    "owners": ["a@example.com"],
}

WRONG_FIELDS = [
    pytest.param("sources", 3, "a list of strings, each once, got 3", id="number"),
    pytest.param("sources", 0, "got 0", id="zero is not empty"),
    pytest.param("sources", "gs://b/l", "a list of strings, each once, got 'gs", id="bare string"),
    pytest.param("sources", ["a", "a"], r"got \['a', 'a'\]", id="duplicates"),
    pytest.param("owners", ["a", 1], r"'owners' must be .*, got \['a', 1\]", id="number inside"),
    pytest.param("owners", {"a": 1}, r"got \{'a': 1\}", id="object"),
    pytest.param("processing", ["blur"], r"a list of objects, got \['blur'\]", id="no objects"),
    pytest.param("processing", {"a": 1}, "a list of objects, got", id="one object"),
    pytest.param("description", 3, "'description' must be a string, got 3", id="text"),
    pytest.param("description", ["a"], r"must be a string, got \['a'\]", id="list for text"),
]

NOT_A_RECORD = [
    pytest.param("nope", "neither JSON nor JSON5: .* begins 'nope'", id="words"),
    pytest.param("", "neither JSON nor JSON5", id="no text"),
    pytest.param(b"", "neither JSON nor JSON5", id="no bytes"),
    pytest.param(b"\xff{}", "neither JSON nor JSON5: .*utf-8", id="not utf-8"),
    pytest.param('{"sources": ["a"]', "neither JSON nor JSON5", id="cut"),
    pytest.param("[1]", r"must be a JSON object, got \[1\]", id="list"),
    pytest.param('"text"', "must be a JSON object, got 'text'", id="string"),
    pytest.param("null", "must be a JSON object, got None", id="null"),
    pytest.param("[" * 100_000, "neither JSON nor JSON5", id="deep"),
    pytest.param("{a: 1, " + " " * 300_000 + "}", "JSON5 is tried up to 262144", id="large JSON5"),
]

JSON5_TEXT = """// made by hand
{
  description: 'single quotes',
  sources: ["a", "b",], /* trailing comma */
}"""


def test_missing_keys_are_filled():
    """A new record has the four documented fields, empty and its own."""
    record = DataLayerProvenance()
    assert record == EMPTY
    assert list(record) == ["description", "owners", "processing", "sources"]
    record.sources.append("x")
    assert DataLayerProvenance().sources == []


def test_is_a_dictionary_with_attributes():
    """Keys and attributes are two names for the same values, and other keys are kept."""
    record = DataLayerProvenance({"extra": {"deep": [1]}}, owners=["a"])
    assert isinstance(record, dict)
    assert list(record) == ["extra", "owners", "description", "processing", "sources"]
    for name, value in LAYER.items():
        setattr(record, name, value)
        assert record[name] is value
        record[name] = copy.copy(value)
        assert getattr(record, name) is record[name]
    assert record == {**LAYER, "extra": {"deep": [1]}}


def test_deleted_field_is_empty_again():
    """An attribute works whatever was done to the dictionary."""
    record = DataLayerProvenance(LAYER)
    record.clear()
    record.sources.append("x")
    assert record.sources == ["x"]
    assert record.description == ""


def test_misspelt_attribute_is_refused():
    """A value that would never be stored is not taken silently."""
    with pytest.raises(AttributeError, match="owner"):
        DataLayerProvenance().owner = "a"


@pytest.mark.parametrize(
    "copied", [copy.copy, copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))]
)
def test_records_are_copied_and_pickled(copied):
    """Copies are equal and of the same type."""
    for record in (DataLayerProvenance(LAYER, extra=1), DatasetProvenance(**DATASET)):
        assert type(copied(record)) is type(record)
        assert copied(record) == record


def test_layer_serialize():
    """The text has exactly the keys of the record, in the order of insertion."""
    record = DataLayerProvenance(zebra=1, **LAYER)
    assert list(json.loads(record.serialize()).items()) == list(record.items())


def test_numpy_values_are_stored():
    """Processing steps may hold the numbers that the step was called with."""
    step = {"factor": np.array([2, 2, 1]), "mip": np.int64(3), "id": np.uint64(2**64 - 1)}
    text = DataLayerProvenance(processing=[step]).serialize()
    assert json.loads(text)["processing"] == [{"factor": [2, 2, 1], "mip": 3, "id": 2**64 - 1}]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        pytest.param(object(), "cannot be stored as JSON: object", id="object"),
        pytest.param({(1, 2): 3}, "cannot be stored as JSON: keys", id="key"),
        pytest.param({1, 2}, "cannot be stored as JSON: set", id="set"),
    ],
)
def test_values_that_json_cannot_hold(value, message):
    """They are an error of ours, not half a file."""
    with pytest.raises(ProvenanceError, match=message):
        DataLayerProvenance(processing=[{"value": value}]).serialize()


@pytest.mark.parametrize("text", [json.dumps(LAYER), json.dumps(LAYER).encode()])
def test_layer_from_json(text):
    """The record takes the fields of the text and is returned."""
    record = DataLayerProvenance(extra=1)
    assert record.from_json(text) is record
    assert record == {**LAYER, "extra": 1}
    assert {type(value) for value in record.values()} == {str, list, int}


@pytest.mark.parametrize("text", ["nope", '{"description": "new", "sources": 3}'])
def test_failed_from_json_changes_nothing(text):
    """A record is updated whole or not at all."""
    record = DataLayerProvenance(LAYER)
    with pytest.raises(ProvenanceError, match="neither JSON nor JSON5|'sources' must be"):
        record.from_json(text)
    assert record == LAYER


def test_json5_is_read():
    """Comments, bare keys, single quotes and trailing commas are welcome."""
    record = DataLayerProvenance().from_json(JSON5_TEXT)
    assert record == {**EMPTY, "description": "single quotes", "sources": ["a", "b"]}
    assert as_provenance(JSON5_TEXT) == record


def test_json5_without_its_package(monkeypatch):
    """JSON is read without the package; for the rest the error names it."""
    monkeypatch.setitem(sys.modules, "json5", None)
    assert as_provenance("{}") == EMPTY
    with pytest.raises(ProvenanceError, match="reading JSON5 needs: pip install json5"):
        as_provenance(JSON5_TEXT)


def test_byte_order_mark_is_skipped():
    """Editors on Windows write one."""
    assert as_provenance("\ufeff{}") == as_provenance("\ufeff{}".encode()) == EMPTY


def test_big_integers_and_unicode_survive():
    """Numbers are exact and text is not mangled."""
    text = '{"id": 18446744073709551615, "description": "α — β"}'
    record = as_provenance(as_provenance(text).serialize())
    assert record["id"] == 2**64 - 1
    assert record.description == "α — β"


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(None, id="nothing"),
        pytest.param({}, id="empty"),
        *[pytest.param({name: EMPTY[name]}, id=f"empty {name}") for name in EMPTY],
        *[pytest.param({name: None}, id=f"no {name}") for name in EMPTY],
        pytest.param({"sources": ""}, id="empty text for a list"),
        pytest.param({"owners": {}, "processing": ()}, id="empty containers"),
        pytest.param('{"sources": "", "description": null}', id="text"),
        pytest.param(b"{}", id="bytes"),
    ],
)
def test_casting_of_what_is_empty(value):
    """Empty fields become the empty value of their type, and a missing record an empty one."""
    record = as_provenance(value)
    assert record == EMPTY
    assert isinstance(record, DataLayerProvenance)


def test_casting_keeps_a_record():
    """A record is used as it is, after its empty fields are put right."""
    record = DataLayerProvenance(LAYER, sources="")
    assert as_provenance(record) is record
    assert record == {**LAYER, "sources": []}


def test_casting_wraps_a_dictionary():
    """The caller's dictionary is not changed; its lists are used, empty ones too."""
    sources: list[str] = []
    given = {"sources": sources, "owners": ("a", "b")}
    record = as_provenance(given)
    assert record.sources is sources
    assert record.owners == ["a", "b"]
    assert list(given) == ["sources", "owners"]


def test_casting_a_string():
    """Text is parsed."""
    assert as_provenance(json.dumps({"sources": ["x"]})).sources[0] == "x"


@pytest.mark.parametrize(("name", "value", "message"), WRONG_FIELDS)
def test_wrong_field_is_refused(name, value, message):
    """The error names the field, the value and what was expected; it is a TypeError too."""
    record = DataLayerProvenance({name: value})
    with pytest.raises(ProvenanceError, match=message):
        record.validate()
    with pytest.raises(ProvenanceError, match=message) as caught:
        as_provenance({name: value})
    assert isinstance(caught.value, TypeError)
    assert isinstance(caught.value, CloudVolumeError)
    assert repr(name) in str(caught.value)


@pytest.mark.parametrize(("text", "message"), NOT_A_RECORD)
def test_text_that_is_no_record(text, message):
    """Every reader refuses it with the same ValueError."""
    for read in (as_provenance, DataLayerProvenance().from_json, DatasetProvenance.from_json):
        with pytest.raises(ProvenanceError, match=message) as caught:
            read(text)
        assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize("value", [3, ["a"], object, ("a", "b")])
def test_values_that_are_no_record(value):
    """Only a mapping or text can be a record."""
    with pytest.raises(ProvenanceError, match="must be a mapping or JSON text, got"):
        as_provenance(value)


def test_long_values_are_cut_in_messages():
    """A message stays readable whatever a file holds."""
    with pytest.raises(ProvenanceError, match="got 'x+$") as caught:
        as_provenance({"sources": "x" * 10_000})
    assert len(str(caught.value)) < 300


def test_dataset_round_trip():
    """Fields set one by one are exactly what is stored and read."""
    record = DatasetProvenance()
    for name, value in DATASET.items():
        assert getattr(record, name) is None
        setattr(record, name, value)
    assert json.loads(record.serialize()) == DATASET
    for read in (DatasetProvenance.from_json, DatasetProvenance().from_json):
        again = read(record.serialize())
        assert again == record
        for name, value in DATASET.items():
            assert getattr(again, name) == value


def test_dataset_from_json_leaves_the_instance():
    """Called on an instance it makes a new record."""
    record = DatasetProvenance(organism="fly")
    assert record.from_json('{"organism": "mouse"}') is not record
    assert record.organism == "fly"


def test_create_makes_a_dataset_record():
    """The documented shortcut from a dictionary."""
    assert DataLayerProvenance.create(DATASET) == DatasetProvenance(**DATASET)


@pytest.mark.parametrize("missing", [name for name in DATASET if name != "references"])
def test_dataset_required_fields(missing):
    """Nothing is stored while a required field is unset."""
    record = DatasetProvenance(**{name: DATASET[name] for name in DATASET if name != missing})
    with pytest.raises(ProvenanceError, match=f"'{missing}' is missing; set it to a"):
        record.serialize()


def test_dataset_references_are_optional():
    """The record is complete without them."""
    record = DatasetProvenance(**{name: DATASET[name] for name in DATASET if name != "references"})
    assert "references" not in json.loads(record.serialize())


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        pytest.param("dataset_name", 3, "must be a string, got 3", id="number for text"),
        pytest.param("organism", None, "must be a string, got None", id="None"),
        pytest.param("owners", [], r"at least one, got \[\]", id="nobody"),
        pytest.param("owners", "a", "a list of strings, each once, at least one", id="bare string"),
        pytest.param("references", ["a", "a"], "each once, got", id="duplicates"),
        pytest.param("references", [1], r"got \[1\]", id="number inside"),
    ],
)
def test_dataset_checks_each_assignment(name, value, message):
    """A wrong type is refused at once, wherever it comes from, and the old value stays."""
    record = DatasetProvenance(**DATASET)
    with pytest.raises(ProvenanceError, match=f"'{name}' .*{message}"):
        setattr(record, name, value)
    assert getattr(record, name) == DATASET[name]
    with pytest.raises(ProvenanceError, match=message):
        DatasetProvenance(**{name: value})
    with pytest.raises(ProvenanceError, match=message):
        DatasetProvenance.from_json(json.dumps({name: value}))


def test_dataset_checks_lists_again_before_storing():
    """Changing a list in place does not get round the check."""
    record = DatasetProvenance(**copy.deepcopy(DATASET))
    record.owners.append(3)
    with pytest.raises(ProvenanceError, match="'owners' must be"):
        record.serialize()


def test_dataset_extra_fields():
    """Other fields are kept, read as attributes and stored."""
    record = DatasetProvenance(**DATASET, microscope={"kind": "SEM"})
    record.voltage = 5
    assert record.microscope == {"kind": "SEM"}
    assert {"voltage", "microscope", "owners"} <= set(dir(record))
    again = DatasetProvenance.from_json(record.serialize())
    assert again == record
    assert again.voltage == 5
    with pytest.raises(AttributeError, match="no field 'voltag'"):
        _ = again.voltag


def test_names_from_a_file_shadow_nothing():
    """A field called like a method stays a field of the document and cannot replace the method."""
    text = json.dumps({**DATASET, "serialize": "x", "__class__": "y", "_values": {}, "self": "z"})
    record = DatasetProvenance.from_json(text)
    assert type(record) is DatasetProvenance
    assert json.loads(record.serialize()) == json.loads(text)
    for name in ("serialize", "_values", "__class__"):
        with pytest.raises(AttributeError, match="cannot be the name of a field"):
            setattr(record, name, 1)


def test_dataset_comparison_and_repr():
    """Records compare by their fields and show them."""
    record = DatasetProvenance(organism="fly", references=("a",))
    assert record == DatasetProvenance(references=["a"], organism="fly")
    assert record != DatasetProvenance(organism="fly")
    assert record != {"organism": "fly"}
    assert repr(record) == "DatasetProvenance(organism='fly', references=['a'])"
