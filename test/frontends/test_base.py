"""Properties that pass on to a part."""

from types import SimpleNamespace

import pytest

from cloudvolume.frontends.base import LayerProperties, forward


class Owner(LayerProperties):
    """Something with the parts that the properties speak of."""

    speed = forward("engine.speed", "How fast.", assignable=True)
    fuel = forward("engine.fuel", "What is left.")

    def __init__(self):
        self.engine = SimpleNamespace(speed=1, fuel=2)
        self.config = SimpleNamespace(mip=1, progress=False)
        self.meta = SimpleNamespace(
            to_mip=lambda mip: mip % 2,
            shape=lambda mip: ("shape", mip),
            chunk_size=lambda mip: ("chunk", mip),
            scale=lambda mip: ("scale", mip),
            scales=["zero", "one"],
        )


def test_a_property_is_that_of_the_part():
    """Read and, where allowed, assigned; it says what it is."""
    owner = Owner()
    owner.speed = 5
    assert owner.engine.speed == owner.speed == 5
    with pytest.raises(AttributeError, match="fuel"):
        owner.fuel = 5
    assert Owner.speed.__doc__ == "How fast."


def test_what_depends_on_the_mip():
    """As a property at the current one, as a method at any."""
    owner = Owner()
    assert owner.shape == ("shape", 1)
    assert owner.mip_shape(0) == ("shape", 0)
    assert owner.underlying == owner.chunk_size == ("chunk", 1)
    assert owner.mip_underlying(0) == owner.mip_chunk_size(0) == ("chunk", 0)
    owner.mip = 4
    assert (owner.config.mip, owner.shape) == (0, ("shape", 0))
    assert owner.scale == ("scale", 0)
    owner.scale = "new"
    assert owner.meta.scales == ["new", "one"]


@pytest.mark.parametrize("value", [1, "yes", [0]])
def test_progress_is_a_boolean(value):
    owner = Owner()
    owner.progress = value
    assert owner.config.progress is True


def test_everything_says_what_it_is():
    """Help on a volume is not empty."""
    names = [name for name in dir(LayerProperties) if not name.startswith("_")]
    assert len(names) > 50
    for name in names:
        assert getattr(LayerProperties, name).__doc__, name
    assert LayerProperties.mip_shape.__name__ == "mip_shape"
