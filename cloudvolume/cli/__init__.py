"""The ``cloudvolume`` command: one module per subcommand."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from typing import Optional

from .. import __version__
from ..exceptions import CloudVolumeError
from . import demo, info

__all__ = ["main"]

_COMMANDS = {"demo": demo, "info": info}


def main(argv: Optional[Sequence[str]] = None) -> int:
    """Run the command line and return its exit status: 0, or 1 after an error that it printed."""
    parser = argparse.ArgumentParser(
        prog="cloudvolume", description="Read and write Neuroglancer Precomputed layers."
    )
    parser.add_argument("--version", action="version", version=f"cloudvolume {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, module in _COMMANDS.items():
        summary = module.SUMMARY
        command = commands.add_parser(name, help=summary, description=summary)
        module.add_arguments(command)
    arguments = parser.parse_args(argv)
    for stream in (sys.stdout, sys.stderr):  # a terminal without × or … is no reason to fail
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        _COMMANDS[arguments.command].run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader of our output, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (CloudVolumeError, OSError) as err:
        print(f"cloudvolume: {err}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0
