"""What is tied, and the file that remembers it."""

from __future__ import annotations

import re
import threading
from pathlib import Path

import pytest

from accel.errors import SystoleError
from engine.midi.bindings import ANY, CC, MOST, NRPN, RESERVED, Bindings, Control, load_bindings

DECAY, TIMBRE = "amp.decay", "knobs.timbre"


def test_round_trip_through_the_file(tmp_path: Path) -> None:
    path = tmp_path / "new" / "midi.toml"
    bindings, line = load_bindings(path)
    assert line is None and bindings.ties == {}
    bindings.tie(Control(CC, 21, 0), DECAY)
    bindings.tie(Control(NRPN, 1000, 15), TIMBRE)
    bindings.tie(Control(CC, 7, ANY), 'knobs.a "b\\c ü')
    assert not path.parent.exists()
    bindings.save()
    again, line = load_bindings(path)
    assert line is None and again.ties == bindings.ties and len(again.ties) == 3
    assert list(path.parent.iterdir()) == [path]


def test_the_channel_before_any_channel() -> None:
    bindings = Bindings()
    bindings.tie(Control(CC, 21, ANY), DECAY)
    bindings.tie(Control(CC, 21, 3), TIMBRE)
    assert [bindings.target(CC, 21, channel) for channel in (3, 4)] == [TIMBRE, DECAY]
    assert bindings.target(CC, 22, 3) is None and bindings.target(NRPN, 21, 3) is None


def test_a_target_has_one_control_and_a_control_one_target(tmp_path: Path) -> None:
    bindings, changes = Bindings(tmp_path / "midi.toml"), []
    bindings.changed = lambda: changes.append(bindings.ties)
    bindings.tie(Control(CC, 21, 0), DECAY)
    bindings.tie(Control(CC, 22, 0), DECAY)
    bindings.tie(Control(CC, 22, 0), TIMBRE)
    assert bindings.ties == {Control(CC, 22, 0): TIMBRE}
    assert bindings.forget(TIMBRE) and not bindings.forget(TIMBRE)
    assert len(changes) == 4 and changes[-1] == {}
    bindings.save()
    assert load_bindings(tmp_path / "midi.toml")[0].ties == {}


@pytest.mark.parametrize("number", sorted(RESERVED))
def test_reserved_controllers_are_refused(number: int) -> None:
    bindings = Bindings()
    with pytest.raises(SystoleError, match=f"CC {number}: has a fixed meaning"):
        bindings.tie(Control(CC, number, 0), DECAY)
    assert bindings.ties == {}


def test_targets_that_are_none_are_refused() -> None:
    for target in ("amp.decoy", "knobs.", "knobs.a\nb", "", "decay"):
        with pytest.raises(SystoleError) as refused:
            Bindings().learn(target)
        assert "\n" not in str(refused.value)


def test_there_is_an_end_to_it() -> None:
    bindings = Bindings(None, {Control(NRPN, number, 0): f"knobs.k{number}" for number in range(MOST)})
    with pytest.raises(SystoleError, match="no more"):
        bindings.tie(Control(CC, 1, 0), DECAY)


HEAD = "schema = 1\n"
ENTRY = HEAD + "[[control]]\n"


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("schema =", "not valid TOML"),
        ("[[control]]", "schema = None; allowed: 1"),
        ("schema = 2", "schema = 2; allowed: 1"),
        (HEAD + "control = 3", r"allowed: schema, and up to 1024 tables \[\[control\]\]"),
        (HEAD + "x = 3", "allowed: schema"),
        (ENTRY + 'target = "amp.decay"', "control 1: needed: target, either cc or nrpn"),
        (ENTRY + 'target = "amp.decay"\ncc = 1\nnrpn = 2', "either cc or nrpn"),
        (ENTRY + 'target = "amp.decay"\ncc = 1\nx = 2', "either cc or nrpn"),
        (ENTRY + 'target = "amp.decay"\ncc = 128', "cc = 128; allowed: whole number 0 to 127"),
        (ENTRY + 'target = "amp.decay"\ncc = true', "cc = True; allowed"),
        (ENTRY + 'target = "amp.decay"\ncc = 64', "CC 64: has a fixed meaning"),
        (ENTRY + 'target = "amp.decay"\ncc = 1\nchannel = 17', "channel = 17; allowed: whole number 1 to 16"),
        (ENTRY + 'target = "amp.decay"\ncc = 1\nchannel = "all"', "channel = 'all'; allowed"),
        (ENTRY + 'target = "amp.x"\ncc = 1', "amp.x: unknown parameter"),
        (ENTRY + "target = 3\ncc = 1", "unknown parameter"),
        ("\0", "not valid TOML"),
    ],
)
def test_a_broken_file_is_put_aside_with_one_line(text: str, part: str, tmp_path: Path) -> None:
    path = tmp_path / "midi.toml"
    path.write_text(text)
    bindings, line = load_bindings(path)
    assert bindings.ties == {} and line is not None and "\n" not in line
    assert re.search(part, line)
    assert line.startswith(str(path)) and line.endswith("put aside as midi.toml.broken")
    assert not path.exists() and (tmp_path / "midi.toml.broken").read_text() == text
    bindings.tie(Control(CC, 1, 0), DECAY)
    bindings.save()
    assert load_bindings(path)[0].ties == bindings.ties


def test_bytes_that_are_no_text_and_a_folder_in_its_place(tmp_path: Path) -> None:
    path = tmp_path / "midi.toml"
    path.write_bytes(b"\xff\xfe")
    assert "not UTF-8" in (load_bindings(path)[1] or "")
    path.mkdir()
    assert "cannot be read" in (load_bindings(path)[1] or "")


def test_a_disk_that_refuses_is_a_line_and_the_tie_holds() -> None:
    bindings = Bindings(Path("/dev/full/midi.toml"))
    bindings.tie(Control(CC, 1, 0), DECAY)
    with pytest.raises(SystoleError, match="cannot be written"):
        bindings.save()
    assert bindings.target(CC, 1, 0) == DECAY


def test_nobody_that_ties_or_looks_up_waits_for_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bindings, writing, may_end = Bindings(tmp_path / "midi.toml"), threading.Event(), threading.Event()
    real = bindings._write

    def slow(path: Path) -> None:
        writing.set()
        assert may_end.wait(20)
        real(path)

    monkeypatch.setattr(bindings, "_write", slow)
    thread = threading.Thread(target=bindings.save)
    thread.start()
    assert writing.wait(20)
    bindings.tie(Control(CC, 1, 0), DECAY)
    assert bindings.target(CC, 1, 0) == DECAY and bindings.forget(DECAY)
    bindings.tie(Control(CC, 2, 0), TIMBRE)
    may_end.set()
    thread.join()
    assert load_bindings(tmp_path / "midi.toml")[0].ties == {Control(CC, 2, 0): TIMBRE}
