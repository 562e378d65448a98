"""Colours on a terminal."""

__all__ = ["COLORS", "colorize", "green", "red", "yellow"]

ESC = "\033["

COLORS = {
    "RESET": ESC + "m",
    "YELLOW": ESC + "1;93m",
    "RED": ESC + "1;91m",
    "GREEN": ESC + "1;92m",
}


def colorize(color: str, text: str) -> str:
    """Return the text between the codes of a colour of `COLORS`, in any case, and of a reset."""
    return COLORS[color.upper()] + text + COLORS["RESET"]


def green(text: str) -> str:
    """Return the text in green."""
    return colorize("green", text)


def yellow(text: str) -> str:
    """Return the text in yellow."""
    return colorize("yellow", text)


def red(text: str) -> str:
    """Return the text in red."""
    return colorize("red", text)
