"""What threads hand over arrives in the window's own, in order; after the end nothing does, whenever it comes."""

from __future__ import annotations

import threading

from PySide6.QtCore import QCoreApplication, QEvent, QObject
from pytestqt.qtbot import QtBot

from app.window.handover import Handover


def test_calls_arrive_in_order_in_the_window_s_thread(qtbot: QtBot) -> None:
    parent = QObject()
    handover, found = Handover(parent), list[tuple[int, int]]()

    def work() -> None:
        for number in range(100):
            handover.hand(lambda value: found.append((value, threading.get_ident())), number)

    thread = threading.Thread(target=work)
    thread.start()
    qtbot.waitUntil(lambda: len(found) == 100)
    thread.join()
    assert found == [(number, threading.get_ident()) for number in range(100)]


def test_a_closed_one_drops_what_comes(qtbot: QtBot) -> None:
    parent, found = QObject(), list[int]()
    handover = Handover(parent)
    handover.hand(found.append, 1)
    qtbot.waitUntil(lambda: found == [1])
    handover.hand(found.append, 2)  # on its way
    handover.close()
    handover.hand(found.append, 3)
    qtbot.wait(20)
    assert found == [1]


def test_the_end_of_its_parent_closes_it(qtbot: QtBot) -> None:
    parent, found = QObject(), list[int]()
    handover = Handover(parent)
    handover.hand(found.append, 1)  # on its way
    parent.deleteLater()
    QCoreApplication.sendPostedEvents(parent, QEvent.Type.DeferredDelete.value)
    handover.hand(found.append, 2)
    qtbot.wait(20)
    assert found == []


def test_threads_may_go_on_while_qt_deletes_it(qtbot: QtBot) -> None:
    """A signal of an object that is being deleted ends the process, or the thread by a RuntimeError."""
    for _ in range(100):
        parent, errors, is_over = QObject(), list[BaseException](), threading.Event()
        handover = Handover(parent)

        def work(to: Handover = handover, found: list[BaseException] = errors, over: threading.Event = is_over) -> None:
            try:
                while not over.is_set():
                    to.hand(lambda _: None, None)
            except BaseException as error:
                found.append(error)

        thread = threading.Thread(target=work)
        thread.start()
        qtbot.wait(1)
        parent.deleteLater()
        QCoreApplication.sendPostedEvents(parent, QEvent.Type.DeferredDelete.value)
        is_over.set()
        thread.join(10)
        assert errors == []
