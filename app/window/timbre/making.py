"""Renders a map that nobody has yet, in a process of its own at low priority, and tells its rows as they come."""

from __future__ import annotations

import sys

import msgspec
import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QProcess, Signal

from app.window.timbre.map_file import TimbreMap

__all__ = ["CELLS", "MapMaker"]

CELLS = 24
CODE = "from app.cli.entry import main; main()"


class _Row(msgspec.Struct):
    row: int
    brightness: list[float]
    noisiness: list[float]


class MapMaker(QObject):
    """Makes one map at a time; another one takes its place.

    Signals:
        grown: a TimbreMap, as far as it is there; what is missing is NaN.
        finished: it is complete, and kept for the next time.
        failed: a line that says why not.
    """

    grown = Signal(object)
    finished = Signal()
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._process: QProcess | None = None
        self._map: TimbreMap | None = None
        self._rest = b""

    @property
    def is_busy(self) -> bool:
        """It renders."""
        return self._process is not None

    def command(self, model: str, x: str, y: str) -> list[str]:
        """Program and arguments that render it."""
        return [sys.executable, "-c", CODE, "map", model, "-x", x, "-y", y, "--cells", str(CELLS), "--rows"]

    def start(self, model: str, x: str, y: str) -> None:
        """Render the map of a model (name or file) over two knobs."""
        self.stop()
        empty: NDArray[np.float32] = np.full((CELLS, CELLS), np.nan, np.float32)
        self._map, self._rest = TimbreMap(x, y, empty, empty.copy()), b""
        process = self._process = QProcess(self)
        process.readyReadStandardOutput.connect(self._read)
        process.finished.connect(self._ended)
        process.errorOccurred.connect(self._broke)
        program, *arguments = self.command(model, x, y)
        process.start(program, arguments)

    def stop(self) -> None:
        """Leave it unfinished; nothing of it stays."""
        process, self._process = self._process, None
        if process is not None:
            process.blockSignals(True)
            process.kill()
            process.waitForFinished(1000)
            process.deleteLater()

    def _read(self) -> None:
        if self._process is None or self._map is None:
            return
        lines = (self._rest + bytes(self._process.readAllStandardOutput().data())).split(b"\n")
        self._rest = lines.pop()
        for line in lines:
            self._take(line)
        if lines:
            self.grown.emit(self._map)

    def _take(self, line: bytes) -> None:
        assert self._map is not None
        try:
            row = msgspec.json.decode(line, type=_Row)
        except msgspec.MsgspecError:
            return  # something else that was printed
        if 0 <= row.row < CELLS and len(row.brightness) == len(row.noisiness) == CELLS:
            self._map.brightness[row.row] = row.brightness
            self._map.noisiness[row.row] = row.noisiness

    def _ended(self, status: int) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        lines = bytes(process.readAllStandardError().data()).decode(errors="replace").strip().splitlines()
        process.deleteLater()
        if status == 0:
            self.finished.emit()
        else:
            self.failed.emit(
                lines[-1] if lines else self.tr("The timbre map could not be rendered (status {0})").format(status)
            )

    def _broke(self, error: QProcess.ProcessError) -> None:
        process = self._process
        if process is not None and error == QProcess.ProcessError.FailedToStart:
            self._process = None
            self.failed.emit(self.tr("The timbre map could not be rendered: {0}").format(process.errorString()))
            process.deleteLater()
