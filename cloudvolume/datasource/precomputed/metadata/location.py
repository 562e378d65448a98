"""Where a layer is, under the names that users know."""

from __future__ import annotations

import os
import posixpath

from .... import paths

__all__ = ["LayerLocation"]


class LayerLocation:
    """The properties of whatever has a ``path``, which may change when a redirect is followed."""

    path: paths.ExtractedPath

    @property
    def dataset(self) -> str:
        """The last but one component of the path."""
        return self.path.dataset

    @property
    def layer(self) -> str:
        """The last component of the path."""
        return self.path.layer

    @property
    def basepath(self) -> str:
        """The path of the dataset, without protocol."""
        return self.path.basepath

    @property
    def layerpath(self) -> str:
        """The path of the layer, without protocol."""
        return self.cloudpath.split("://", 1)[1]

    @property
    def base_cloudpath(self) -> str:
        """``protocol://basepath``."""
        return f"{self.path.protocol}://{self.path.basepath}"

    @property
    def cloudpath(self) -> str:
        """``protocol://basepath/layer``, no trailing slash, no format."""
        return paths.to_cloudpath(self.path)

    @property
    def infopath(self) -> str:
        """The cloudpath of the info file."""
        return f"{self.cloudpath}/info"

    def join(self, *parts: str) -> str:
        """Join parts of a path, as the operating system does for ``file://``."""
        return (os.path if self.path.protocol == "file" else posixpath).join(*parts)
