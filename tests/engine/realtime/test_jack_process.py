"""The process callback against a JACK of ctypes: frames, sizes, what does not fit, cycles left out."""

from __future__ import annotations

import ctypes

import pytest

from engine.realtime import jack_process
from engine.realtime.jack_process import (
    LENGTH,
    WORD_AT,
    JackTable,
    allocate_jack_table,
    gone_address,
    process_address,
    silent_address,
)
from tests.engine.machine_code import allocators

Event = tuple[int, bytes]


class FakeJack:
    """The four functions that the callback asks, and the descriptor that it writes to."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.frame, self.broken = 0, False
        wide, narrow, pointer = ctypes.c_int64, ctypes.c_uint32, ctypes.c_void_p
        self._kept = {
            "get_buffer": ctypes.CFUNCTYPE(pointer, pointer, narrow)(lambda port, frames: port + frames),
            "event_count": ctypes.CFUNCTYPE(narrow, pointer)(lambda buffer: len(self.events)),
            "event_get": ctypes.CFUNCTYPE(ctypes.c_int, pointer, pointer, narrow)(self._event),
            "frame_time": ctypes.CFUNCTYPE(narrow, pointer)(lambda client: self.frame),
            "write": ctypes.CFUNCTYPE(wide, ctypes.c_int, pointer, wide)(self._write),
        }
        self.written: list[tuple[int, bytes]] = []
        self.table = allocate_jack_table()
        words = {name: ctypes.cast(function, pointer).value for name, function in self._kept.items()}
        for name, value in {**words, "client": 11, "port": 4096, "wake": 5}.items():
            self.table.words[WORD_AT[name]] = value
        self._process = ctypes.CFUNCTYPE(ctypes.c_int, narrow, wide)(process_address())

    def _event(self, out: int, buffer: int, index: int) -> int:
        assert buffer == 4096 + 128
        time, data = self.events[index]
        self._bytes = ctypes.create_string_buffer(data, len(data) or 1)
        ctypes.c_uint32.from_address(out).value = time
        ctypes.c_size_t.from_address(out + 8).value = len(data)
        ctypes.c_size_t.from_address(out + 16).value = ctypes.addressof(self._bytes)
        return -1 if self.broken else 0

    def _write(self, descriptor: int, data: int, size: int) -> int:
        self.written.append((descriptor, ctypes.string_at(data, size)))
        return size

    def cycle(self, *events: Event) -> None:
        self.events = list(events)
        assert self._process(128, self.table.address) == 0

    def count(self, name: str) -> int:
        return int(self.table.words[WORD_AT[name]])

    def messages(self) -> list[Event]:
        rows = self.table.ring[int(self.table.tail[0]) : int(self.table.head[0])]
        return [(int(row["frame"]), int(row["data"]).to_bytes(8, "little")[: row["size"]]) for row in rows]


@pytest.fixture
def jack() -> FakeJack:
    return FakeJack()


def test_every_message_has_its_frame(jack: FakeJack) -> None:
    jack.frame = 1000
    jack.cycle((0, b"\x90\x3c\x64"), (64, b"\x80\x3c\x00"), (127, b"\xf8"))
    assert jack.messages() == [(1000, b"\x90\x3c\x64"), (1064, b"\x80\x3c\x00"), (1127, b"\xf8")]
    assert jack.written == [(5, (1).to_bytes(8, "little"))]  # once, for all of them


def test_a_silent_cycle_wakes_nobody(jack: FakeJack) -> None:
    jack.cycle()
    assert jack.written == []
    assert jack.count("cycles") == 1


def test_frames_wrap_at_32_bits(jack: FakeJack) -> None:
    jack.frame = (1 << 32) - 10
    jack.cycle((9, b"\xfa"), (10, b"\xfc"))
    assert [frame for frame, _ in jack.messages()] == [(1 << 32) - 1, 0]
    jack.frame = 118
    jack.cycle()
    assert jack.count("skipped") == 0


def test_long_empty_and_unreadable_messages(jack: FakeJack) -> None:
    sysex = b"\xf0" + bytes(20) + b"\xf7"
    jack.cycle((0, sysex), (1, b""), (2, b"\xf0\x01\x02\x03\x04\x05\x06\xf7"), (3, sysex))
    assert jack.messages() == [(2, b"\xf0\x01\x02\x03\x04\x05\x06\xf7")]
    assert jack.count("long") == 2
    jack.broken = True
    jack.cycle((0, b"\xf8"))
    assert len(jack.messages()) == 1


def test_a_full_ring_counts_and_keeps_what_it_has(jack: FakeJack) -> None:
    table: JackTable = jack.table
    table.head[0] = LENGTH - 2
    jack.cycle(*[(at, bytes([0xC0, at])) for at in range(4)])
    assert (int(table.head[0]), jack.count("lost")) == (LENGTH, 2)
    table.tail[0] = 1
    jack.cycle((7, b"\xf8"), (8, b"\xfa"))
    assert (int(table.head[0]), jack.count("lost")) == (LENGTH + 1, 3)
    assert table.ring[0].tolist() == (7, 1, 0xF8)


def test_cycles_left_out_are_counted_in_frames_and_marked(jack: FakeJack) -> None:
    for frame in (0, 128, 384, 512, 1024, 1152):
        jack.frame = frame
        jack.cycle((1, b"\x90\x3c\x64"))
    assert jack.count("skipped") == 128 + 384
    marks = [frame for frame, data in jack.messages() if not data]
    assert marks == [384, 1024] and len(jack.messages()) == 6 + 2
    assert jack.messages()[4] == (512 + 1, b"\x90\x3c\x64")  # after the cycle that followed the gap
    assert len(jack.written) == 6


def test_a_late_client_is_told_the_frame_of_the_next_cycle_and_then_again(jack: FakeJack) -> None:
    for frame in (0, 128, 384, 384, 512, (1 << 32) - 128, 128):
        jack.frame = frame
        jack.cycle()
        if frame == 512:
            assert jack.count("skipped") == 0 and jack.messages() == []


def test_a_gap_that_finds_the_ring_full_counts_as_lost(jack: FakeJack) -> None:
    jack.cycle()
    jack.table.head[0] = LENGTH
    for frame in (512, 640):
        jack.frame = frame
        jack.cycle()
    assert (int(jack.table.head[0]), jack.count("lost")) == (LENGTH, 1)


def test_the_server_leaves(jack: FakeJack) -> None:
    ctypes.CFUNCTYPE(None, ctypes.c_int64)(gone_address())(jack.table.address)
    assert jack.count("gone") == 1
    assert len(jack.written) == 1
    ctypes.CFUNCTYPE(None, ctypes.c_char_p)(silent_address())(b"nothing happens")


def test_nothing_is_allocated() -> None:
    process_address()
    assert allocators(jack_process._compiled()[0]) == []
