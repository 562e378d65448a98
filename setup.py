"""Packaging of cloud-volume, imported as ``cloudvolume``."""

import re
from pathlib import Path

from setuptools import find_packages, setup

HERE = Path(__file__).parent
VERSION = re.search(
    r'^__version__ = "(.+)"$', (HERE / "cloudvolume/__init__.py").read_text(), re.MULTILINE
).group(1)

EXTRAS = {
    "png": ["pyspng-seunglab", "imagecodecs"],
    "jxl": ["imagecodecs"],
    "compresso": ["compresso"],
    "crackle": ["crackle-codec"],
    "zfpc": ["zfpc", "zfpy!=1.0.1.post0"],
    "zstd": ["zstandard"],
    "draco": ["DracoPy>=1"],
    "dask": ["dask[array]", "distributed"],
    "boss": ["blosc"],
    "mesh_viewer": ["vtk"],
    "skeleton_viewer": ["matplotlib"],
}
EXTRAS["all_viewers"] = EXTRAS["mesh_viewer"] + EXTRAS["skeleton_viewer"]
EXTRAS["all_codecs"] = sorted(
    {
        package
        for name in ("png", "jxl", "compresso", "crackle", "zfpc", "zstd")
        for package in EXTRAS[name]
    }
)
EXTRAS["all"] = sorted({package for packages in EXTRAS.values() for package in packages})
EXTRAS["test"] = ["hypothesis", "pillow", "pytest", "pytest-xdist", "tensorstore", "zstandard"]

setup(
    name="cloud-volume",
    version=VERSION,
    description="Read and write petavoxel Neuroglancer Precomputed images, segmentations, meshes and skeletons, without a server.",
    long_description=(HERE / "README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="BSD-3-Clause",
    packages=find_packages(include=["cloudvolume", "cloudvolume.*"]),
    package_data={"cloudvolume": ["py.typed"]},
    python_requires=">=3.10",
    install_requires=(HERE / "requirements.txt").read_text().split(),
    extras_require=EXTRAS,
    entry_points={"console_scripts": ["cloudvolume=cloudvolume.cli:main"]},
    classifiers=[
        "Development Status :: 5 - Production/Stable",
        "Intended Audience :: Science/Research",
        "Operating System :: POSIX",
        "Operating System :: MacOS",
        "Operating System :: Microsoft :: Windows",
        "Programming Language :: Python :: 3",
        "Programming Language :: Python :: 3.10",
        "Programming Language :: Python :: 3.11",
        "Programming Language :: Python :: 3.12",
        "Programming Language :: Python :: 3.13",
        "Topic :: Scientific/Engineering :: Image Processing",
    ],
)
