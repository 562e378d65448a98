"""Every error that CloudVolume raises on purpose.

One tree, so that ``except CloudVolumeError`` catches whatever this library says, while the
builtin beside a class keeps ``except ValueError`` and friends working where callers expect them::

    CloudVolumeError
    ├── InfoError                         the metadata of a layer
    │   ├── InfoUnavailableError          there is no info file
    │   ├── InvalidInfoError              (ValueError) a field has an impossible value
    │   │   └── MissingFieldError         (KeyError) a required field is absent
    │   └── RedirectError
    │       ├── TooManyRedirects
    │       └── CyclicRedirect
    ├── ScaleUnavailableError             (IndexError) no such mip or resolution
    ├── ReadOnlyException                 writing to a locked scale or a read-only source
    ├── AlignmentError                    (ValueError) not on the chunk grid, or the wrong shape
    ├── OutOfBoundsError                  (ValueError) outside the volume
    ├── SubvoxelVolumeError               (ValueError) less than one voxel
    ├── EmptyRequestException             (ValueError) nothing was asked for
    ├── OversizeRequestError              (ValueError, MemoryError) more bytes than can be held
    ├── DimensionError                    (ValueError) an array of the wrong rank
    │   └── LengthMismatchError           (AssertionError) vectors of different length
    ├── InvalidArgumentError              (ValueError) a value that the function does not take
    │   ├── InvertedBoxError              the faces of a box would pass each other
    │   ├── NegativeAmountError           (AssertionError) a distance below zero
    │   └── UnknownAxisError              (KeyError) none of x, y and z
    ├── InvalidTypeError                  (TypeError) a value of a type that the function does not take
    ├── UnsupportedBoxError               (NotImplementedError) a box cannot be made of this
    ├── DataTypeError                     (ValueError) an array or layer of an unusable data type
    ├── EmptyVolumeException              a chunk is missing and fill_missing is off
    ├── CodecError
    │   ├── DecodingError                 (ValueError) bytes that are not what they should be
    │   │   ├── DecompressionError
    │   │   └── EmptyFileException        an object of zero bytes, or a missing part of one
    │   └── EncodingError                 (ValueError) an array that the encoding cannot hold
    │       └── CompressionError
    ├── UnsupportedEncodingError          (NotImplementedError, ValueError)
    ├── UnsupportedCompressionType        (NotImplementedError, ValueError)
    ├── MissingDependencyError            (ImportError) an optional package is not installed
    ├── UnsupportedFormatError            no plugin opens this format
    ├── UnsupportedProtocolError          (ValueError) a cloudpath that cannot be parsed
    ├── ProvenanceError                   (ValueError, TypeError) a provenance record of the wrong shape
    ├── StorageError                      (OSError) a store refused or broke
    │   ├── StorageFullError              no space, quota or file handles left
    │   ├── StoragePermissionError        (PermissionError)
    │   ├── InvalidKeyError               (ValueError) a name that no object can have
    │   └── UploadError                   some chunks of a write failed; lists them
    ├── AuthenticationError               bad or missing credentials
    ├── WriteLockAcquisitionError         a scale could not be locked
    ├── WriteLockReleaseError             a scale could not be unlocked
    ├── SpecViolation                     (ValueError) a specification with impossible values
    ├── SpatialIndexGapError              a cell of a spatial index is missing
    ├── UnsupportedGrapheneAPIVersionError
    ├── MeshDecodeError                   (ValueError) a damaged mesh
    ├── MeshMissingError                  (ValueError) no mesh for these labels
    └── SkeletonError
        ├── SkeletonDecodeError           (ValueError) a damaged skeleton
        ├── SkeletonEncodeError           (ValueError) a skeleton that cannot be stored
        │   └── SkeletonUnassignedEdgeError   an edge names a vertex that does not exist
        ├── SkeletonTransformError        a transform that cannot be applied
        └── SkeletonAttributeMixingError  skeletons with different attributes
"""

from collections.abc import Iterable
from typing import Optional

__all__ = [
    "AlignmentError",
    "AuthenticationError",
    "CloudVolumeError",
    "CodecError",
    "CompressionError",
    "CyclicRedirect",
    "DataTypeError",
    "DecodingError",
    "DecompressionError",
    "DimensionError",
    "EmptyFileException",
    "EmptyRequestException",
    "EmptyVolumeException",
    "EncodingError",
    "InfoError",
    "InfoUnavailableError",
    "InvalidArgumentError",
    "InvalidInfoError",
    "InvalidKeyError",
    "InvalidTypeError",
    "InvertedBoxError",
    "LengthMismatchError",
    "MeshDecodeError",
    "MeshMissingError",
    "MissingDependencyError",
    "MissingFieldError",
    "NegativeAmountError",
    "OutOfBoundsError",
    "OversizeRequestError",
    "ProvenanceError",
    "ReadOnlyException",
    "RedirectError",
    "ScaleUnavailableError",
    "SkeletonAttributeMixingError",
    "SkeletonDecodeError",
    "SkeletonEncodeError",
    "SkeletonError",
    "SkeletonTransformError",
    "SkeletonUnassignedEdgeError",
    "SpatialIndexGapError",
    "SpecViolation",
    "StorageError",
    "StorageFullError",
    "StoragePermissionError",
    "SubvoxelVolumeError",
    "TooManyRedirects",
    "UnknownAxisError",
    "UnsupportedBoxError",
    "UnsupportedCompressionType",
    "UnsupportedEncodingError",
    "UnsupportedFormatError",
    "UnsupportedGrapheneAPIVersionError",
    "UnsupportedProtocolError",
    "UploadError",
    "WriteLockAcquisitionError",
    "WriteLockReleaseError",
]


class CloudVolumeError(Exception):
    """Base of everything in this module."""


class InfoError(CloudVolumeError):
    """Something is wrong with the metadata of a layer."""


class InfoUnavailableError(InfoError):
    """There is no info file at the cloudpath."""


class InvalidInfoError(InfoError, ValueError):
    """A field of the info file has an impossible value; the message names it."""


class MissingFieldError(InvalidInfoError, KeyError):
    """A required field of the info file is absent."""

    __str__ = Exception.__str__  # KeyError would show the repr of the message


class RedirectError(InfoError):
    """A ``redirect`` in an info file could not be followed."""


class TooManyRedirects(RedirectError):
    """More redirects than ``max_redirects`` in a row."""


class CyclicRedirect(RedirectError):
    """A redirect leads back to a layer that was already visited."""


class ScaleUnavailableError(CloudVolumeError, IndexError):
    """The volume has no such mip or resolution."""


class ReadOnlyException(CloudVolumeError):
    """A write or delete reached a read-only source or a locked scale."""


class AlignmentError(CloudVolumeError, ValueError):
    """A box is not on the chunk grid, or an array does not have the shape of its box."""


class OutOfBoundsError(CloudVolumeError, ValueError):
    """A request leaves the bounds of the volume."""


class SubvoxelVolumeError(CloudVolumeError, ValueError):
    """A request holds less than one voxel."""


class EmptyRequestException(CloudVolumeError, ValueError):
    """A request holds nothing."""


class OversizeRequestError(CloudVolumeError, ValueError, MemoryError):
    """A request needs more memory than there is; raised before anything is allocated."""


class DimensionError(CloudVolumeError, ValueError):
    """An array has the wrong number of axes."""


class LengthMismatchError(DimensionError, AssertionError):
    """Two vectors of different length were paired."""


class InvalidArgumentError(CloudVolumeError, ValueError):
    """An argument is outside of what the function takes."""


class InvertedBoxError(InvalidArgumentError):
    """The faces of a box would pass each other."""


class NegativeAmountError(InvalidArgumentError, AssertionError):
    """A distance is negative where only a positive one has a meaning."""


class UnknownAxisError(InvalidArgumentError, KeyError):
    """An axis is not one of x, y and z."""

    __str__ = Exception.__str__  # KeyError would show the repr of the message


class InvalidTypeError(CloudVolumeError, TypeError):
    """An argument is of a type that the function does not take."""


class UnsupportedBoxError(CloudVolumeError, NotImplementedError):
    """A box cannot be made of a value of this type."""


class DataTypeError(CloudVolumeError, ValueError):
    """A data type that the layer, the format or the encoding cannot hold."""


class EmptyVolumeException(CloudVolumeError):
    """A chunk is missing and ``fill_missing`` is off."""


class CodecError(CloudVolumeError):
    """Base of encoding and decoding errors."""


class DecodingError(CodecError, ValueError):
    """Stored bytes are not what the metadata says they are."""


class DecompressionError(DecodingError):
    """A compressed object is damaged, mislabelled or larger than it may be."""


class EmptyFileException(DecodingError):
    """An object holds zero bytes where data must be."""


class EncodingError(CodecError, ValueError):
    """An array cannot be expressed in the encoding."""


class CompressionError(EncodingError):
    """Bytes could not be compressed."""


class UnsupportedEncodingError(CloudVolumeError, NotImplementedError, ValueError):
    """No codec of that name."""


class UnsupportedCompressionType(CloudVolumeError, NotImplementedError, ValueError):
    """No compression of that name, or the store cannot hold it."""


class MissingDependencyError(CloudVolumeError, ImportError):
    """An optional package is needed; the message says which extra brings it."""


class UnsupportedFormatError(CloudVolumeError):
    """No plugin opens layers of this format."""


class UnsupportedProtocolError(CloudVolumeError, ValueError):
    """A cloudpath cannot be parsed or names an unknown protocol."""


class ProvenanceError(CloudVolumeError, ValueError, TypeError):
    """A provenance record has a field of the wrong type."""


class StorageError(CloudVolumeError, OSError):
    """A store refused, broke, or ran out of something; ``errno`` is kept where there is one."""


class StorageFullError(StorageError):
    """No space, quota or file handle is left; what was stored before is intact."""


class StoragePermissionError(StorageError, PermissionError):
    """The store does not allow the operation."""


class InvalidKeyError(StorageError, ValueError):
    """A name that no object of a store can have."""


class UploadError(StorageError):
    """Some chunks of a write failed while others were stored; the write can be run again.

    Attributes
    ----------
    failed : list of (str, Exception)
        The key of each chunk that was not stored, and why.
    """

    def __init__(
        self,
        errno: Optional[int],
        message: str,
        failed: Iterable[tuple[str, Exception]] = (),
    ) -> None:
        super().__init__(errno, message)
        self.failed = list(failed)

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return type(self), (*self.args, self.failed)


class AuthenticationError(CloudVolumeError):
    """Credentials are missing or were refused."""


class WriteLockAcquisitionError(CloudVolumeError):
    """A scale could not be locked."""


class WriteLockReleaseError(CloudVolumeError):
    """A scale could not be unlocked."""


class SpecViolation(CloudVolumeError, ValueError):
    """A specification (sharding and the like) has impossible values."""


class SpatialIndexGapError(CloudVolumeError):
    """A cell that the spatial index must have is missing."""


class UnsupportedGrapheneAPIVersionError(CloudVolumeError):
    """The graph server speaks a version of its interface that we do not."""


class MeshDecodeError(CloudVolumeError, ValueError):
    """Stored bytes are not a mesh."""


class MeshMissingError(CloudVolumeError, ValueError):
    """There is no mesh for the labels that the message lists."""


class SkeletonError(CloudVolumeError):
    """Base of what can be wrong with a skeleton."""


class SkeletonDecodeError(SkeletonError, ValueError):
    """Stored bytes are not a skeleton."""


class SkeletonEncodeError(SkeletonError, ValueError):
    """A skeleton cannot be expressed in the format."""


class SkeletonUnassignedEdgeError(SkeletonEncodeError):
    """An edge names a vertex that does not exist."""


class SkeletonTransformError(SkeletonError):
    """A transform cannot be applied or undone."""


class SkeletonAttributeMixingError(SkeletonError):
    """Skeletons with different vertex attributes cannot be combined."""
