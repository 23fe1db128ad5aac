"""A rendering under way, in a process of its own at lower priority: the window and the sound go on undisturbed."""

from __future__ import annotations

import contextlib
import json
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, QTimer, Signal

from app.window.render.render_plan import RenderPlan, command_of, leftovers, read_progress

__all__ = ["RenderJob"]

PATIENCE_MS, END_MS = 10_000, 3_000
"""What a process is given to clean up after it was asked to end; and when the window is closing."""
INTERRUPTED = 130


class RenderJob(QObject):
    """One rendering at a time. What is cancelled leaves nothing behind, and an older file stays as it was.

    Signals:
        progressed: the part 0..1 that is done.
        done: the summary, as `systole render --json` prints it.
        failed: a line.
        cancelled: it was ended as the person wished.
    """

    progressed = Signal(float)
    done = Signal(object)
    failed = Signal(str)
    cancelled = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._process: QProcess | None = None
        self._plan: RenderPlan | None = None
        self._folder: Path | None = None
        self._began = 0.0
        self._is_cancelled = False
        self._out, self._lines, self._rest = b"", list[str](), ""

    @property
    def is_running(self) -> bool:
        """One is under way."""
        return self._process is not None

    def start(self, plan: RenderPlan) -> None:
        """Begin; `done`, `failed` or `cancelled` follows.

        Raises:
            SystoleError: it cannot even begin (`RenderPlan.check`).
        """
        assert self._process is None, "one at a time"
        plan.check()
        self._plan, self._is_cancelled = plan, False
        self._out, self._lines, self._rest = b"", [], ""
        self._began = time.time() - 1.0  # clocks of file systems are coarse
        patch = None
        if plan.patch is not None:
            self._folder = Path(tempfile.mkdtemp(prefix="systole-render-"))
            patch = self._folder / "sound.toml"
            patch.write_text(plan.patch, encoding="utf-8")
        program, *arguments = command_of(plan, patch)
        nice = shutil.which("nice")
        if nice is not None:
            program, arguments = nice, ["-n", "5", program, *arguments]
        process = self._process = QProcess(self)
        environment = QProcessEnvironment.systemEnvironment()
        environment.insert("SYSTOLE_PROGRESS", "lines")
        process.setProcessEnvironment(environment)
        process.readyReadStandardOutput.connect(self._read)
        process.readyReadStandardError.connect(self._read)
        process.finished.connect(self._finished)
        process.errorOccurred.connect(self._could_not)
        process.start(program, arguments)

    def cancel(self) -> None:
        """Ask it to end; one that does not is killed."""
        process = self._process
        if process is None or self._is_cancelled:
            return
        self._is_cancelled = True
        process.terminate()
        QTimer.singleShot(PATIENCE_MS, process, process.kill)

    def shut_down(self) -> None:
        """The window closes: end it now, and wait for that."""
        process = self._process
        if process is None:
            return
        self.cancel()
        if not process.waitForFinished(END_MS):
            process.kill()
            process.waitForFinished(END_MS)

    def _read(self) -> None:
        process = self._process
        if process is None:
            return
        self._out += bytes(process.readAllStandardOutput().data())
        text = self._rest + bytes(process.readAllStandardError().data()).decode("utf-8", "replace")
        *lines, self._rest = text.split("\n")
        part = None
        for line in lines:
            found = read_progress(line)
            if found is None:
                self._lines.append(line.strip())
            else:
                part = found
        if part is not None:
            self.progressed.emit(part)

    def _could_not(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart and self._process is not None:
            reason = self._process.errorString()
            self._end()
            self.failed.emit(self.tr("The render could not be started: {0}").format(reason))

    def _finished(self, status: int, how: QProcess.ExitStatus) -> None:
        self._read()
        was_killed, plan = how == QProcess.ExitStatus.CrashExit, self._plan
        self._end()
        if was_killed and plan is not None:
            for path in leftovers(plan.target.absolute(), self._began):
                with contextlib.suppress(OSError):
                    path.unlink()
        if status == 0 and not was_killed:
            self._succeeded()
        elif self._is_cancelled or (status == INTERRUPTED and not was_killed):
            self.cancelled.emit()
        else:
            said = [line for line in [*self._lines, self._rest.strip()] if line]
            self.failed.emit(said[-1].removeprefix("systole: ") if said else self.tr("The render ended without a word"))

    def _succeeded(self) -> None:
        try:
            summary: Any = json.loads(self._out)
        except ValueError:
            self.failed.emit(self.tr("The render's answer makes no sense"))
            return
        self.progressed.emit(1.0)
        self.done.emit(summary)

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.deleteLater()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None
