"""The README's Python runs, block after block, as a reader would paste it."""

import re
from pathlib import Path

README = Path(__file__).parent.parent / "README.md"
BLOCKS = re.findall(r"^```python\n(.*?)^```", README.read_text(encoding="utf-8"), re.S | re.M)


def test_the_readme_runs(tmp_path, monkeypatch):
    """Every block works after the ones above it, in a directory of its own."""
    monkeypatch.chdir(tmp_path)
    assert len(BLOCKS) >= 6
    session = {}
    for number, block in enumerate(BLOCKS, start=1):
        exec(compile(block, f"README.md, Python block {number}", "exec"), session)
    assert (tmp_path / "saved_images/cortex/labels/0/0-64_0-64_0-32/00000.png").stat().st_size > 0


def test_the_readme_says_what_ci_runs():
    """The second of the two commands is what CI calls."""
    ci = (README.parent / ".ci/run").read_text(encoding="utf-8")
    commands = re.findall(r"^```bash\n(.*?)^```", README.read_text(encoding="utf-8"), re.S | re.M)
    assert commands[1].strip() in ci
