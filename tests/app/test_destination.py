"""Files appear whole or not at all; devices and pipes are written through."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest

from accel.errors import SystoleError
from app.rendering.destination import Destination, opened, stem_path


def test_a_file_appears_at_the_end_with_ordinary_permissions(tmp_path: Path) -> None:
    target = tmp_path / "a.wav"
    target.write_bytes(b"old")
    with opened(Destination.of(str(target))) as sink:
        sink.write(b"new")
        assert target.read_bytes() == b"old"
    assert target.read_bytes() == b"new"
    umask = os.umask(0)
    os.umask(umask)
    assert stat.S_IMODE(target.stat().st_mode) == 0o666 & ~umask


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "a.wav"
    target.write_bytes(b"old")
    with pytest.raises(KeyboardInterrupt), opened(Destination.of(str(target))) as sink:
        sink.write(b"new")
        raise KeyboardInterrupt
    assert target.read_bytes() == b"old"
    assert [each.name for each in tmp_path.iterdir()] == ["a.wav"]


def test_a_link_is_followed_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "link.wav").symlink_to(tmp_path / "real.wav")
    with opened(Destination.of(str(tmp_path / "link.wav"))) as sink:
        sink.write(b"new")
    assert (tmp_path / "link.wav").is_symlink()
    assert (tmp_path / "real.wav").read_bytes() == b"new"


def test_a_named_pipe_is_written_through(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()))
    reader.start()
    destination = Destination.of(str(pipe))
    assert destination.is_stream
    with opened(destination) as sink:
        sink.write(b"new")
    reader.join(10)
    assert got == [b"new"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux only")
def test_a_full_disk_names_the_file() -> None:
    with pytest.raises(SystoleError, match=r"^/dev/full: No space left on device$"):  # noqa: SIM117
        with opened(Destination.of("/dev/full")) as sink:
            sink.write(b"new")


@pytest.mark.parametrize(("name", "message"), [("none/a.wav", "none does not exist"), (".", "is a folder")])
def test_what_cannot_be_a_file(name: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystoleError, match=message):
        Destination.of(name)


@pytest.mark.parametrize(
    ("stem", "path"),
    [("ch1", "out/rag.ch1.wav"), ("a/b .c", "out/rag.a_b__c.wav"), ("", "out/rag.stem.wav")],
)
def test_stem_names_stay_in_the_folder(stem: str, path: str) -> None:
    assert Path(stem_path("out/rag.wav", stem)) == Path(path)
