"""The Neuroglancer Precomputed format."""
