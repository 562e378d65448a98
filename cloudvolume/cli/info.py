"""``cloudvolume info CLOUDPATH``: what a layer is, and its mips."""

from __future__ import annotations

import argparse

from ..cloudvolume import CloudVolume

__all__ = ["SUMMARY", "add_arguments", "run"]

SUMMARY = "Show shape, dtype, encoding, bounds and the mip table of a layer."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what follows the command."""
    parser.add_argument("cloudpath", help="such as file:///data/layer, or a local directory")


def run(arguments: argparse.Namespace) -> None:
    """Print the description of the layer."""
    print(CloudVolume(arguments.cloudpath))
