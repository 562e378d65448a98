"""The provenance record of a layer: where it came from and what was done to it."""

import json

import numpy as np
import pytest
from reference_layers import directory_of, files_of

from cloudvolume import CloudVolume, DataLayerProvenance, exceptions
from cloudvolume.provenance import DatasetProvenance

FIELDS = {"sources", "owners", "processing", "description"}


@pytest.fixture
def vol(layer_root):
    """A layer that ``from_numpy`` made."""
    return CloudVolume.from_numpy(np.ones((4, 4, 4), np.uint8), vol_path=f"{layer_root}/layer")


def _set(cloudpath: str, text: str) -> None:
    (directory_of(cloudpath) / "provenance").write_text(text)


def test_the_record_has_four_fields(vol):
    """Neither more nor fewer in what is serialized."""
    record = json.loads(vol.provenance.serialize())
    assert set(record) == FIELDS
    assert record["processing"] != []


def test_a_change_is_committed_and_refreshed(vol):
    """In place changes reach storage and come back, also for another object."""
    vol.provenance.sources.append("gs://somewhere/else")
    vol.provenance.owners = ["a@example.org", "b@example.org"]
    vol.provenance.description = "résumé"
    vol.provenance.processing.append({"method": "x", "by": "y", "n": 2**60 + 1})
    vol.commit_provenance()
    found = CloudVolume(vol.cloudpath).refresh_provenance()
    assert isinstance(found, DataLayerProvenance)
    assert found.sources == ["gs://somewhere/else"]
    assert found.owners == ["a@example.org", "b@example.org"]
    assert found.description == "résumé"
    assert found.processing[-1] == {"method": "x", "by": "y", "n": 2**60 + 1}
    vol.provenance.sources.append("not committed")
    vol.refresh_provenance()
    assert vol.provenance.sources == ["gs://somewhere/else"]


def test_the_file_is_sorted_and_indented(file_root):
    """The same JSON style as the info file, uncompressed, with extra keys kept."""
    vol = CloudVolume.from_numpy(np.ones((4, 4, 4), np.uint8), vol_path=f"{file_root}/layer")
    vol.provenance["extra"] = {"b": 1, "a": [2]}
    vol.commit_provenance()
    text = files_of(vol.cloudpath)["provenance"].decode()
    record = json.loads(text)
    assert set(record) == FIELDS | {"extra"}
    assert text.rstrip("\n") == json.dumps(record, sort_keys=True, indent=2, separators=(",", ": "))


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"sources": []}, id="sources"),
        pytest.param({"owners": []}, id="owners"),
        pytest.param({"processing": []}, id="processing"),
        pytest.param({"description": ""}, id="description"),
        pytest.param("{}", id="text"),
        pytest.param(DataLayerProvenance(), id="object"),
        pytest.param({"sources": None, "owners": None}, id="null fields"),
    ],
)
def test_missing_fields_are_filled(vol, given):
    """Whatever is left out is empty, and all four can be written."""
    opened = CloudVolume(vol.cloudpath, provenance=given)
    assert opened.provenance.sources == []
    assert opened.provenance.owners == []
    assert opened.provenance.processing == []
    assert opened.provenance.description == ""
    opened.commit_provenance()
    assert set(json.loads(opened.refresh_provenance().serialize())) == FIELDS


@pytest.mark.parametrize(
    "given",
    [
        pytest.param('{"sources": ["s3://b/raw"]}', id="text"),
        pytest.param({"sources": ["s3://b/raw"]}, id="dict"),
        pytest.param(DataLayerProvenance(sources=["s3://b/raw"]), id="object"),
    ],
)
def test_a_passed_record_is_used_instead_of_the_stored(vol, given):
    """Text is parsed, a dict is wrapped, an object is taken."""
    assert CloudVolume(vol.cloudpath, provenance=given).provenance.sources[0] == "s3://b/raw"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        pytest.param({"sources": 3}, "sources", id="sources is a number"),
        pytest.param({"sources": "one"}, "sources", id="sources is text"),
        pytest.param({"sources": [1]}, "sources", id="a source is a number"),
        pytest.param({"owners": ["a", "a"]}, "owners", id="an owner twice"),
        pytest.param({"owners": {"a": 1}}, "owners", id="owners is an object"),
        pytest.param({"processing": ["did it"]}, "processing", id="a step is text"),
        pytest.param({"processing": {"method": 1}}, "processing", id="processing is an object"),
        pytest.param({"description": 4}, "description", id="description is a number"),
    ],
)
def test_a_record_of_the_wrong_shape_is_refused(vol, given, message):
    """The message names the field."""
    with pytest.raises((ValueError, TypeError), match=message):
        CloudVolume(vol.cloudpath, provenance=given)


def test_text_that_is_not_json_is_refused(vol):
    """A passed text must parse."""
    with pytest.raises(ValueError, match=r"\w"):
        CloudVolume(vol.cloudpath, provenance="{not json at all")


def test_a_missing_file_is_an_empty_record(file_root):
    """Nobody else writes provenance, so most layers have none."""
    vol = CloudVolume.from_numpy(np.ones((4, 4, 4), np.uint8), vol_path=f"{file_root}/layer")
    (directory_of(vol.cloudpath) / "provenance").unlink()
    opened = CloudVolume(vol.cloudpath)
    assert json.loads(opened.provenance.serialize()) == {
        "sources": [],
        "owners": [],
        "processing": [],
        "description": "",
    }
    assert "provenance" not in files_of(vol.cloudpath)


def test_json5_is_accepted(file_root):
    """Comments, single quotes and trailing commas occur in files edited by hand."""
    vol = CloudVolume.from_numpy(np.ones((4, 4, 4), np.uint8), vol_path=f"{file_root}/layer")
    _set(vol.cloudpath, "{ // by hand\n sources: ['gs://a/b',], owners: [], description: 'x',}")
    opened = CloudVolume(vol.cloudpath)
    assert opened.provenance.sources == ["gs://a/b"]
    assert opened.provenance.description == "x"
    assert opened.provenance.processing == []


@pytest.mark.filterwarnings("ignore")  # opening may warn about what it could not use
@pytest.mark.parametrize(
    "text",
    [
        pytest.param("{ sources: [", id="cut"),
        pytest.param("<xml/>", id="not json5"),
        pytest.param("", id="empty file"),
        pytest.param('{"sources": 3}', id="wrong shape"),
        pytest.param("[1, 2]", id="not an object"),
    ],
)
def test_a_broken_file_never_blocks_reading(file_root, text):
    """The voxels can be read; asking for the record again says what is wrong."""
    vol = CloudVolume.from_numpy(np.ones((4, 4, 4), np.uint8), vol_path=f"{file_root}/layer")
    _set(vol.cloudpath, text)
    opened = CloudVolume(vol.cloudpath)
    assert np.all(opened[:] == 1)
    with pytest.raises((ValueError, exceptions.CloudVolumeError), match=r"\w"):
        opened.refresh_provenance()
    assert files_of(vol.cloudpath)["provenance"].decode() == text


# --- the records themselves -------------------------------------------------------------------


def test_a_layer_record_is_assigned_serialized_and_parsed():
    """Attributes, JSON text and back, with plain lists, strings and dicts."""
    record = DataLayerProvenance()
    record.description = "a layer"
    record.sources = ["s3://b/raw"]
    record.owners = ["x@example.org"]
    record.processing = [{"method": "blur", "sigma": 2}]
    text = record.serialize()
    assert json.loads(text) == {
        "description": "a layer",
        "sources": ["s3://b/raw"],
        "owners": ["x@example.org"],
        "processing": [{"method": "blur", "sigma": 2}],
    }
    parsed = DataLayerProvenance().from_json(text)
    assert isinstance(parsed, dict)
    assert parsed.description == parsed["description"] == "a layer"
    assert parsed.sources == ["s3://b/raw"]
    assert parsed.owners == ["x@example.org"]
    assert parsed.processing == [{"method": "blur", "sigma": 2}]


def test_two_empty_records_share_nothing():
    """Filled defaults are new lists each time."""
    DataLayerProvenance().sources.append("x")
    assert DataLayerProvenance().sources == []


def test_a_dataset_record_is_assigned_serialized_and_parsed():
    """Seven fields, each settable on its own, compared with plain values."""
    values = {
        "dataset_name": "cortex",
        "dataset_description": "a block",
        "organism": "mouse",
        "imaged_date": "a winter",
        "imaged_by": "the lab",
        "references": ["doi:1", "doi:2"],
        "owners": ["a@example.org"],
    }
    record = DatasetProvenance()
    for name, value in values.items():
        assert getattr(record, name) is None
        setattr(record, name, value)
    assert json.loads(record.serialize()) == values
    for parsed in (DatasetProvenance().from_json(record.serialize()), DatasetProvenance(**values)):
        assert {name: getattr(parsed, name) for name in values} == values


def test_a_dataset_record_checks_itself():
    """A wrong type is refused on assignment, a missing field when serialized."""
    record = DatasetProvenance()
    with pytest.raises((ValueError, TypeError), match="organism"):
        record.organism = 5
    with pytest.raises((ValueError, TypeError), match="owners"):
        record.owners = ["a", "a"]
    record.dataset_name = "only the name"
    with pytest.raises(
        (ValueError, TypeError), match=r"dataset_description|organism|imaged|owners"
    ):
        record.serialize()
