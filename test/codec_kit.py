"""What every chunk codec must do; a codec's test subclasses `ChunkCodecTests` and says what it holds."""

import pickle
import re
from itertools import product

import numpy as np
import pytest
from reference_layers import random_voxels

from cloudvolume.codecs import ENCODINGS, ChunkSpec, get_codec
from cloudvolume.codecs.registry import get_codec_class
from cloudvolume.exceptions import DecodingError, EncodingError

SHAPES = [
    pytest.param((8, 8, 8), id="cube"),
    pytest.param((5, 3, 7), id="odd"),
    pytest.param((1, 1, 1), id="one voxel"),
    pytest.param((17, 1, 1), id="along x"),
    pytest.param((1, 17, 1), id="along y"),
    pytest.param((1, 1, 17), id="along z"),
    pytest.param((33, 9, 2), id="flat"),
]


def spec_of(chunk: np.ndarray) -> ChunkSpec:
    """What a decoder is told of a chunk."""
    return ChunkSpec(chunk.shape, chunk.dtype.newbyteorder("="))


class ChunkCodecTests:
    """Subclass it as ``TestMyCodec`` and fill in what stands between the lines."""

    codec = None
    """The codec with its default parameters."""
    kinds = ()
    """Pairs of dtype and number of channels that it holds."""
    refused = ()
    """Pairs that it cannot hold."""
    atol = 0
    """The most by which a voxel may change."""
    checks_every_byte = True
    """False if some truncations cannot be told from a whole chunk."""

    def make_chunk(self, rng, shape, dtype) -> np.ndarray:
        """A chunk in Fortran order; a lossy codec draws something smooth."""
        return np.asfortranarray(random_voxels(rng, shape, dtype))

    # ------------------------------------------------------------------------------------------

    def _chunks(self, rng, shape):
        for dtype, channels in self.kinds:
            yield self.make_chunk(rng, (*shape, channels), np.dtype(dtype))

    def _small(self, rng, shape=(6, 5, 4)) -> np.ndarray:
        return next(self._chunks(rng, shape))

    def _assert_survives(self, chunk, data) -> None:
        decoded = self.codec.decode(data, spec_of(chunk))
        assert type(decoded) is np.ndarray
        assert decoded.shape == chunk.shape
        assert decoded.dtype == spec_of(chunk).dtype
        assert decoded.flags.f_contiguous
        if self.atol:
            np.testing.assert_allclose(decoded, chunk, rtol=0, atol=self.atol)
        else:
            np.testing.assert_array_equal(decoded, chunk)

    @pytest.mark.parametrize("shape", SHAPES)
    def test_a_chunk_survives(self, rng, shape):
        """What is decoded is what was encoded: shape, dtype, values, in Fortran order."""
        for chunk in self._chunks(rng, shape):
            self._assert_survives(chunk, self.codec.encode(chunk))

    def test_a_constant_chunk_survives(self):
        """As do the ends of the range of a dtype."""
        for dtype, channels in self.kinds:
            limits = np.finfo(dtype) if np.dtype(dtype).kind == "f" else np.iinfo(dtype)
            for value in (0, limits.min, limits.max):
                chunk = np.full((4, 4, 4, channels), value, dtype, order="F")
                self._assert_survives(chunk, self.codec.encode(chunk))

    def test_the_memory_of_a_chunk_plays_no_part(self, rng):
        """C order, steps, foreign byte order and read-only memory give the same bytes."""
        for chunk in self._chunks(rng, (6, 5, 4)):
            wanted = bytes(self.codec.encode(chunk))
            wide = np.repeat(chunk, 2, axis=0)
            locked = chunk.copy(order="F")
            locked.flags.writeable = False
            forms = (
                np.ascontiguousarray(chunk),
                wide[::2],
                chunk[::-1].copy()[::-1],
                chunk.astype(chunk.dtype.newbyteorder(">")),
                locked,
            )
            for form in forms:
                assert bytes(self.codec.encode(form)) == wanted

    def test_encoding_leaves_the_chunk_alone(self, rng):
        """The array that is encoded belongs to the caller."""
        for chunk in self._chunks(rng, (6, 5, 4)):
            before = chunk.copy()
            self.codec.encode(chunk)
            np.testing.assert_array_equal(chunk, before)

    @pytest.mark.parametrize("buffer", [bytes, bytearray, memoryview])
    def test_any_buffer_is_decoded(self, rng, buffer):
        chunk = self._small(rng)
        self._assert_survives(chunk, buffer(bytes(self.codec.encode(chunk))))

    def test_a_chunk_stays_below_the_declared_limit(self, rng):
        """What decompression may give is enough for the worst chunk."""
        for shape, (dtype, channels) in product([(8, 8, 8), (1, 1, 1)], self.kinds):
            chunk = random_voxels(rng, (*shape, channels), dtype)
            assert len(self.codec.encode(chunk)) <= self.codec.max_encoded_nbytes(spec_of(chunk))

    def test_a_truncated_chunk_is_refused(self, rng):
        """Every length short of the whole is an error, never a guess."""
        for chunk in self._chunks(rng, (6, 5, 4)):
            data = bytes(self.codec.encode(chunk))
            decoded = []
            for length in range(len(data)):
                try:
                    self.codec.decode(data[:length], spec_of(chunk))
                    decoded.append(length)
                except DecodingError:
                    pass
            assert not (decoded and self.checks_every_byte), decoded
            assert 0 not in decoded

    def test_noise_is_refused(self, rng):
        """Bytes that are something else altogether."""
        spec = spec_of(self._small(rng))
        for length in (1, 7, 64, spec.nbytes - 1, spec.nbytes + 1, 4096):
            for data in (rng.bytes(length), b"\0" * length, b"\xff" * length):
                with pytest.raises(DecodingError, match="."):
                    self.codec.decode(data, spec)

    def test_a_damaged_chunk_is_an_error_or_a_chunk(self, rng):
        """Whatever byte is changed: a typed error, or an array that keeps the contract."""
        for chunk in self._chunks(rng, (6, 5, 4)):
            data = bytes(self.codec.encode(chunk))
            spec = spec_of(chunk)
            for place in rng.permutation(len(data))[:200]:
                damaged = bytearray(data)
                damaged[place] ^= 1 << int(rng.integers(8))
                try:
                    decoded = self.codec.decode(bytes(damaged), spec)
                except DecodingError:
                    continue
                assert (decoded.shape, decoded.dtype) == spec

    def test_a_chunk_of_another_size_is_refused(self, rng):
        """More or fewer voxels, or channels, than there should be."""
        chunk = self._small(rng)
        data = self.codec.encode(chunk)
        x, y, z, channels = chunk.shape
        for shape in ((x + 1, y, z, channels), (x, y - 1, z, channels), (x, y, z, channels + 1)):
            with pytest.raises(DecodingError, match="."):
                self.codec.decode(data, ChunkSpec(shape, chunk.dtype))

    def test_what_it_cannot_hold_is_refused(self):
        """Encoding raises and names the dtype or the channels; nothing is converted."""
        for dtype, channels in self.refused:
            with pytest.raises(
                EncodingError, match=f"{re.escape(str(np.dtype(dtype)))}|{channels}"
            ):
                self.codec.encode(np.zeros((4, 4, 4, channels), dtype))

    def test_it_is_found_by_its_name(self):
        """The table and the class agree, and a bare scale gives the defaults."""
        encoding = self.codec.encoding
        assert encoding in ENCODINGS
        assert get_codec_class(encoding) is type(self.codec)
        assert get_codec({"encoding": encoding}) == self.codec

    def test_it_is_plain_data(self):
        """It goes to another process and comes back equal; it never changes."""
        assert pickle.loads(pickle.dumps(self.codec)) == self.codec
        assert "/" in self.codec.content_type
        with pytest.raises(AttributeError, match="."):
            self.codec.encoding = "other"
