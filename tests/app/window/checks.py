"""What every panel must pass, as functions: its paint is cheap, it can be reached by keys, it looks as it did."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QAbstractButton, QDialog, QWidget

from tests.app.window.yardstick import reference_seconds

__all__ = ["controls", "paint_seconds", "same_picture", "unnamed", "unreachable"]

PICTURES = Path(__file__).parent / "pictures"
UPDATE = "SYSTOLE_UPDATE_PICTURES"
MEAN, FAR, MANY = 2.0, 32, 0.005
"""Pictures are the same if they differ by at most MEAN of 255, and by more than FAR in at most MANY of their pixels."""


def paint_seconds(widget: QWidget, move: Callable[[int], object], frames: int = 60) -> float:
    """Processor time of one frame of a shown widget, `move(number)` and painting, in seconds of the reference core.

    See `yardstick`: neither a slow core nor other work on it makes a frame dearer.
    """
    ratio = widget.devicePixelRatioF()
    target = QImage(widget.size() * ratio, QImage.Format.Format_ARGB32_Premultiplied)
    target.setDevicePixelRatio(ratio)

    def frame(number: int) -> None:
        move(number)
        widget.render(target)

    return reference_seconds(frame, frames)


def controls(window: QWidget) -> list[QWidget]:
    """Everything in a shown window that can take the keyboard's focus by Tab."""
    policy = Qt.FocusPolicy.TabFocus
    return [
        each
        for each in window.findChildren(QWidget)
        if each.isVisibleTo(window) and each.isEnabled() and each.focusPolicy() & policy and each.focusProxy() is None
    ]


def unreachable(window: QWidget) -> list[str]:
    """Controls that can be used by mouse only: they are pressed or turned, but Tab does not lead there."""
    chain, each = set(), window.nextInFocusChain()
    while each is not None and each is not window and each not in chain:
        chain.add(each)
        each = each.nextInFocusChain()
    pressed = ("QAbstractButton", "QAbstractSlider", "QAbstractItemView", "QComboBox", "QLineEdit")
    used = [each for each in window.findChildren(QWidget) if any(each.inherits(kind) for kind in pressed)]
    used = [each for each in used if each.isVisibleTo(window) and each.isEnabled() and not _is_part(each)]
    used = [each for each in used if not each.inherits("QScrollBar")]  # keys scroll what it belongs to
    reached = [each for each in controls(window) if each in chain]
    return [_name(each) for each in used if each not in reached and _checked(each) not in reached]


def _checked(widget: QWidget) -> QWidget | None:
    """Of a group of which one is always checked, that one: Tab leads to it, and arrows from there to the others."""
    group = widget.group() if isinstance(widget, QAbstractButton) else None
    return group.checkedButton() if group is not None and group.exclusive() else None


def unnamed(window: QWidget) -> list[str]:
    """Controls that a screen reader could only call "button": neither text nor accessible name."""
    return [
        _name(each)
        for each in controls(window)
        if not each.accessibleName() and not getattr(each, "text", lambda: "")() and not _is_part(each)
    ]


def _is_part(widget: QWidget) -> bool:
    """Inside a standard widget, which sees to it."""
    parent = widget.parentWidget()
    return parent is not None and any(parent.inherits(kind) for kind in ("QComboBox", "QAbstractSpinBox", "QTabBar"))


def _name(widget: QWidget) -> str:
    return f"{type(widget).__name__} {widget.objectName() or widget.accessibleName()}".strip()


def _picture(widget: QWidget) -> QImage:
    """On plain grey: what lies behind a panel depends on where it is used, and is not its own. A dialog's is."""
    picture = QImage(widget.size(), QImage.Format.Format_RGB32)
    picture.fill(Qt.GlobalColor.darkGray)
    flags = QWidget.RenderFlag.DrawChildren
    if isinstance(widget, QDialog):
        flags |= QWidget.RenderFlag.DrawWindowBackground
    widget.render(picture, renderFlags=flags)
    return picture


def _pixels(picture: QImage) -> NDArray[np.int16]:
    plain = picture.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), plain.bytesPerLine())
    return rows[:, : 3 * plain.width()].reshape(plain.height(), plain.width(), 3).astype(np.int16)


def same_picture(widget: QWidget, name: str, size: QSize | None = None) -> None:
    """Assert that a widget looks as in `pictures/NAME.png`; SYSTOLE_UPDATE_PICTURES=1 writes that file instead."""
    if size is not None:
        widget.resize(size)
    picture, path = _picture(widget), PICTURES / f"{name}.png"
    if os.environ.get(UPDATE) == "1":
        PICTURES.mkdir(exist_ok=True)
        assert picture.save(str(path))
        return
    wanted = QImage(str(path))
    assert not wanted.isNull(), f"{path.name} is missing: look at it, and write it with {UPDATE}=1"
    assert wanted.size() == picture.size(), (wanted.size(), picture.size())
    away = np.abs(_pixels(picture) - _pixels(wanted)).max(axis=2)
    assert away.mean() <= MEAN and (away > FAR).mean() <= MANY, (
        f"{name}: {away.mean():.2f} of 255 on average, {(away > FAR).mean():.2%} of its pixels are far away"
    )
