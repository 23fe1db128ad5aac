"""On a screen that is too small a size that fits is offered, and taken from the next start on."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSize

from app.window.fitting import fitting_zoom, offer_fitting
from app.window.preferences import load_preferences
from tests.app.window.conftest import Open


@pytest.mark.parametrize(
    ("room", "zoom", "wanted"),
    [
        ((1024, 640), 1.0, None),
        ((1920, 1080), 1.0, None),
        ((910, 512), 1.0, 0.75),  # 1366 x 768 scaled by 1.5
        ((960, 540), 1.0, 0.75),  # full HD scaled by 2
        ((1000, 700), 2.0, 1.75),  # the size was chosen too big
        ((400, 300), 1.0, 0.5),
    ],
)
def test_the_largest_size_that_fits(room: tuple[int, int], zoom: float, wanted: float | None) -> None:
    assert fitting_zoom(QSize(*room), zoom) == wanted


def test_it_is_offered_once_and_kept(open_window: Open) -> None:
    opened = open_window()
    offer_fitting(opened.services, QSize(1024, 640))
    assert opened.window.status.text == ""
    offer_fitting(opened.services, QSize(910, 512))
    assert opened.window.status.text == "This screen is too small to show the whole window at this size"
    opened.services.notices.history[-1].call()  # type: ignore[misc]
    assert opened.window.status.text.startswith("The window opens at 75 % the next time")
    opened.end()
    assert load_preferences()[0].zoom == 0.75


def test_where_nothing_smaller_is_left_nothing_is_said(open_window: Open) -> None:
    opened = open_window()
    opened.services.remembered.change(zoom=0.5)
    offer_fitting(opened.services, QSize(400, 300))
    assert opened.window.status.text == ""
