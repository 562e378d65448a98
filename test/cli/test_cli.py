"""The command, as a person runs it: in a process of its own, told by what it prints and returns."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import tensorstore as ts
from reference_layers import files_of, make_info, write_info

from cloudvolume import CloudVolume, __version__
from cloudvolume.cli import main
from cloudvolume.cli.synthetic import make_tissue

ROOT = Path(__file__).parent.parent.parent


def run(*arguments, cwd=None, **environment) -> subprocess.CompletedProcess:
    """``python -m cloudvolume ARGUMENTS``."""
    return _execute([sys.executable, "-m", "cloudvolume", *arguments], cwd, environment)


def _execute(words, cwd, environment, **options) -> subprocess.CompletedProcess:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        words,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        cwd=cwd or ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PATH": path, **environment},
        **options,
    )


@pytest.fixture
def call(capsys):
    """The same without a process of its own, which is quicker."""

    def call(*arguments) -> subprocess.CompletedProcess:
        try:
            status = main(arguments)
        except SystemExit as end:
            status = end.code
        return subprocess.CompletedProcess(arguments, status, *capsys.readouterr())

    return call


def assert_failed(done: subprocess.CompletedProcess, message: str) -> None:
    """One line on stderr, an exit status, and no traceback."""
    assert done.returncode == 1
    assert re.fullmatch(rf"cloudvolume: .*{message}.*\n", done.stderr), done.stderr


# --- the demo ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """A directory with an awkward name, and what making the dataset there printed."""
    root = tmp_path_factory.mktemp("cli") / "it's a $HOME #1"
    done = run("demo", str(root))
    assert done.returncode == 0, done.stderr
    return root, done.stdout


def test_the_demo_reports_what_it_did(demo):
    """Every layer and mip has a row of the table; nothing goes to stderr but errors."""
    root, printed = demo
    rows = re.findall(r"^(image|segmentation) +(\d) +(\d+) ", printed, re.M)
    assert rows == [
        *(("image", "0", "120"), ("image", "1", "36"), ("image", "2", "16")),
        *(("segmentation", "0", "120"), ("segmentation", "1", "36"), ("segmentation", "2", "16")),
    ]
    assert f"The dataset is in {root}\n" in printed
    assert max(map(len, printed.partition("The dataset")[0].splitlines())) <= 80


@pytest.mark.parametrize("layer", ["image", "segmentation"])
def test_the_demo_is_read_alike_by_tensorstore(demo, layer):
    """The dataset is one for every reader of the format, at each mip."""
    root, _ = demo
    for mip in range(3):
        store = ts.open(
            {
                "driver": "neuroglancer_precomputed",
                "kvstore": {"driver": "file", "path": f"{root / layer}/"},
                "scale_index": mip,
            }
        ).result()
        ours = CloudVolume(root / layer, mip=mip)[:]
        np.testing.assert_array_equal(store.read().result(), ours)


def test_a_second_demo_changes_nothing(demo):
    """Running it again writes the same files, and says the same but for the speeds."""
    root, printed = demo
    before = {layer: files_of(f"file://{root / layer}") for layer in ("image", "segmentation")}
    again = run("demo", str(root))
    assert again.returncode == 0, again.stderr
    assert again.stdout.splitlines()[-8:] == printed.splitlines()[-8:]
    assert before == {layer: files_of(f"file://{root / layer}") for layer in before}


def test_the_printed_commands_work_when_pasted(demo, tmp_path):
    """Each line after a heading is one for the shell, whatever the directory is called."""
    root, printed = demo
    commands = re.findall(r"^  ((?!>>>).+)$", printed, re.M)
    assert len(commands) == 2
    described, saved = (_execute(line, tmp_path, {}, shell=True) for line in commands)
    assert (described.stderr, described.returncode) == ("", 0)
    assert described.stdout.startswith(f"file://{root}/segmentation\n")
    assert (saved.stderr, saved.returncode) == ("", 0)
    assert [path.name for path in Path(saved.stdout.rstrip("\n")).iterdir()] == ["00000.png"]
    assert tmp_path in Path(saved.stdout).parents


def test_the_printed_python_works_when_pasted(demo):
    """The lines for the prompt are a program, and its comment tells the shape."""
    _, printed = demo
    code = "\n".join(re.findall(r"^  >>> (.+)$", printed, re.M))
    names = {}
    exec(code, names)
    assert names["labels"].shape == (64, 64, 8, 1)
    assert str(names["labels"].shape) in code


def test_the_commands_name_the_interpreter_that_made_them(demo):
    """Without ``python`` on the path, the full name of the interpreter is printed."""
    _, printed = demo
    words = [shlex.split(line)[0] for line in re.findall(r"^  ((?!>>>).+)$", printed, re.M)]
    assert words == ["python", "python"] or {*words} == {sys.executable}


def test_the_demo_goes_to_its_own_directory_by_default(tmp_path, call, monkeypatch):
    """Without an argument it is ``cloudvolume-demo``, under the current one; HOME is understood."""
    (tmp_path / "cloudvolume-demo" / "image").mkdir(parents=True)
    (tmp_path / "cloudvolume-demo" / "image" / "mine").write_text("mine")
    assert_failed(run("demo", cwd=tmp_path), "cloudvolume-demo/image already holds something")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert_failed(
        call("demo", "~/cloudvolume-demo"),
        re.escape(f"{tmp_path}/cloudvolume-demo/image already holds something"),
    )


@pytest.mark.parametrize("layer", ["image", "segmentation"])
def test_the_demo_does_not_write_over_other_layers(tmp_path, layer, call):
    """Somebody else's layer stays as it is, and its neighbour is not begun either."""
    path = f"file://{tmp_path}/{layer}"
    write_info(path, make_info(np.zeros((8, 8, 8, 1), np.uint8), (0, 0, 0), (4, 4, 4)))
    before = files_of(path)
    assert_failed(call("demo", str(tmp_path)), f"{layer} already holds something else.*another")
    assert files_of(path) == before
    assert [entry.name for entry in tmp_path.iterdir()] == [layer]


def test_an_interrupted_demo_is_taken_up_again(tmp_path, monkeypatch):
    """What a first run left is known for a demo before it is a layer."""
    monkeypatch.setattr("cloudvolume.cli.demo._SHAPE", (64, 64, 16))
    monkeypatch.setattr("cloudvolume.frontends.precomputed.CloudVolumePrecomputed.commit_info", 0)
    with pytest.raises(TypeError, match="not callable"):
        main(["demo", str(tmp_path)])
    monkeypatch.undo()
    monkeypatch.setattr("cloudvolume.cli.demo._SHAPE", (64, 64, 16))
    assert main(["demo", str(tmp_path)]) == 0


def test_a_place_that_cannot_be_written_is_an_error(tmp_path, call, monkeypatch):
    """A file where a directory should be is told in one line."""
    (tmp_path / "file").write_text("")
    monkeypatch.setattr("cloudvolume.cli.demo._SHAPE", (64, 64, 16))
    assert_failed(call("demo", str(tmp_path / "file")), "file/image")


# --- info -------------------------------------------------------------------------------------


def test_info_describes_a_layer(demo):
    """A path of the file system is enough; the table has one row for each mip."""
    root, _ = demo
    done = run("info", "image", cwd=root)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{CloudVolume(root / 'image')}\n"
    assert re.findall(r"^[* ](\d) ", done.stdout, re.M) == ["0", "1", "2"]


@pytest.mark.parametrize(
    ("cloudpath", "message"),
    [
        pytest.param("no/such/layer", "no info file at file://.*no/such/layer", id="nothing there"),
        pytest.param("", "is not a cloudpath", id="empty"),
        pytest.param("ftp://a/b", "'ftp' is unknown", id="unknown protocol"),
        pytest.param("boss://https://a/b/c/d", "no plugin opens format 'boss'", id="no plugin"),
    ],
)
def test_info_of_nothing_is_an_error(cloudpath, message, call):
    assert_failed(call("info", cloudpath), message)


# --- the command itself -----------------------------------------------------------------------


def test_version():
    """The version of the package, and nothing else."""
    assert run("--version").stdout == f"cloudvolume {__version__}\n"


def test_help_names_every_command(call):
    """Each command has a line, and help of its own."""
    printed = call("--help").stdout
    for command in ("demo", "info"):
        assert re.search(rf"^ +{command} +\w", printed, re.M)
        assert f"usage: cloudvolume {command}" in call(command, "--help").stdout


@pytest.mark.parametrize("arguments", [[], ["paint"], ["info"], ["demo", "a", "b"]], ids=str)
def test_a_wrong_call_shows_the_usage(arguments, call):
    """argparse answers, with status 2."""
    done = call(*arguments)
    assert done.returncode == 2
    assert done.stderr.startswith("usage: cloudvolume")


def test_a_plain_terminal_is_no_reason_to_fail(demo):
    """What an encoding lacks is written as an escape."""
    root, _ = demo
    done = run("info", str(root / "image"), PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, "")
    assert "\\xd7" in done.stdout


def test_a_reader_that_stops_early_is_no_error(demo):
    """``cloudvolume info … | head -0`` prints no traceback."""
    root, _ = demo
    command = shlex.join([sys.executable, "-m", "cloudvolume", "info", str(root / "image")])
    assert _execute(f"{command} | true", None, {}, shell=True).stderr == ""


def test_an_interrupt_ends_the_command(monkeypatch, tmp_path, call):
    """With the status of shells for Ctrl-C, and no traceback."""

    def interrupt(arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr("cloudvolume.cli.info.run", interrupt)
    assert call("info", str(tmp_path)).returncode == 130


# --- the tissue -------------------------------------------------------------------------------


def test_the_tissue_is_the_same_every_time():
    """A seed fixes every voxel; another seed draws other tissue."""
    image, labels = make_tissue((50, 40, 3), seed=5)
    again = make_tissue((50, 40, 3), seed=5)
    np.testing.assert_array_equal(image, again[0])
    np.testing.assert_array_equal(labels, again[1])
    assert (image != make_tissue((50, 40, 3), seed=6)[0]).any()


def test_the_tissue_looks_like_tissue():
    """Bright neurites of several voxels, each with its label, and dark membranes between."""
    image, labels = make_tissue((200, 150, 9))
    assert (image.dtype, image.shape, image.flags.f_contiguous) == (np.uint8, (200, 150, 9), True)
    assert (labels.dtype, labels.shape, labels.flags.f_contiguous) == (np.uint32, image.shape, True)
    membrane = labels == 0
    assert 0.1 < membrane.mean() < 0.3
    assert image[membrane].mean() < image[~membrane].mean() - 20
    assert len(np.unique(labels)) > 20
    through = np.intersect1d(labels[:, :, 0], labels[:, :, -1])
    assert len(through) > 20
