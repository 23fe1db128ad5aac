"""What can be done with one parameter, as a menu: default, typing, copying, a controller of its own, modulation."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from accel.errors import SystoleError
from app.window.services import Services
from app.window.session.sound import NO_ROW
from app.window.sound.arming import Arming
from app.window.sound.learning import Learning
from app.window.sound.routing import (
    SOURCE_NAMES,
    amount_of,
    amount_text,
    remove,
    rows_for,
    source_label,
    target_label,
)
from app.window.values import parse_value, value_text
from app.window.widgets.value_entry import ValueEntry
from app.window.words import translate

if TYPE_CHECKING:
    from app.window.sound.labelled_knob import LabelledKnob

__all__ = ["knob_menu"]

STARTS = 0.25
"""Amount that a source begins with."""


def knob_menu(services: Services, owner: LabelledKnob) -> QMenu:
    """The menu of one knob; to be shown once."""
    knob, menu = owner.knob, QMenu(owner)
    entry = knob.parameter
    menu.setAccessibleName(translate("KnobMenu", "Menu of {0}").format(entry.label))
    _add(menu, translate("KnobMenu", "Default: {0}").format(value_text(entry, entry.default)), knob.reset)
    _add(menu, translate("KnobMenu", "Type a value…"), knob.type_value)
    menu.addSeparator()
    _add(menu, translate("KnobMenu", "Copy {0}").format(knob.text), partial(_copy, owner))
    pasted = _pasted(owner)
    if pasted is None:
        menu.addAction(translate("KnobMenu", "Paste")).setEnabled(False)
    else:
        text = translate("KnobMenu", "Paste {0}").format(value_text(entry, pasted))
        _add(menu, text, partial(services.document.set_number, owner.id, pasted))
    menu.addSeparator()
    _add_learning(services, owner, menu)
    if owner.target is not None:
        menu.addSeparator()
        _add_modulation(services, owner, menu)
    return menu


def _add(menu: QMenu, text: str, call: Callable[[], object]) -> None:
    menu.addAction(text).triggered.connect(lambda *_: call())


def _below(menu: QMenu, title: str) -> QMenu:
    found = QMenu(title, menu)  # with a parent: what `addMenu` makes of a text is not kept by Python
    menu.addMenu(found)
    return found


def _copy(owner: LabelledKnob) -> None:
    knob = owner.knob
    QGuiApplication.clipboard().setText(str(knob.parameter.decode(knob.number)))


def _pasted(owner: LabelledKnob) -> float | None:
    """The number on the clipboard, if it is one for this."""
    text = QGuiApplication.clipboard().text()
    try:
        return parse_value(owner.knob.parameter, text) if 0 < len(text) < 40 else None
    except SystoleError:
        return None


def _add_learning(services: Services, owner: LabelledKnob, menu: QMenu) -> None:
    learning = Learning.of(services)
    _add(menu, translate("KnobMenu", "Learn a MIDI controller"), partial(learning.learn, owner.id))
    tied = learning.controller(owner.id)
    text = (
        translate("KnobMenu", "Forget its controller")
        if tied is None
        else translate("KnobMenu", "Forget {0}").format(tied)
    )
    _add(menu, text, partial(learning.forget, owner.id))


def _add_modulation(services: Services, owner: LabelledKnob, menu: QMenu) -> None:
    sound, target = services.document.sound, owner.target
    assert target is not None
    sources = list(dict.fromkeys(row.source for _, row in rows_for(sound, target)))
    arming = Arming.of(services)
    for source in sources:
        amount = amount_of(sound, source, target)
        each = _below(menu, f"{source_label(source)}  {amount_text(target, amount)}")
        _add(each, translate("KnobMenu", "Type the amount in %…"), partial(_type_amount, services, owner, source))
        _add(each, translate("KnobMenu", "Turn around"), partial(owner.set_amount, source, -amount))
        _add(each, translate("KnobMenu", "Show on all knobs"), partial(arming.arm, source))
        _add(each, translate("KnobMenu", "Remove"), partial(remove, services.document, source, target))
    more = _below(menu, translate("KnobMenu", "Modulate {0} by").format(target_label(sound, target)))
    for source in SOURCE_NAMES:
        if source not in sources:
            _add(more, source_label(source), partial(_begin, arming, owner, source))
    if sources:
        _add(menu, translate("KnobMenu", "Remove all modulation"), partial(_remove_all, services, target, sources))


def _begin(arming: Arming, owner: LabelledKnob, source: str) -> None:
    owner.set_amount(source, STARTS)
    arming.arm(source)


def _remove_all(services: Services, target: str, sources: list[str]) -> None:
    sound = services.document.sound
    for index, row in enumerate(sound.rows):
        if row.target == target and row.source in sources:
            sound = sound.with_row(index, NO_ROW)
    services.document.replace_patch(sound.patch, translate("KnobMenu", "Remove all modulation"))


def _type_amount(services: Services, owner: LabelledKnob, source: str) -> None:
    assert owner.target is not None
    amount = amount_of(services.document.sound, source, owner.target)
    entry = ValueEntry(owner.knob, f"{100 * amount:g}", selects=True)
    entry.accepted.connect(partial(_typed_amount, services, owner, source))
    entry.show_over(owner.knob)


def _typed_amount(services: Services, owner: LabelledKnob, source: str, text: str) -> None:
    try:
        amount = float(text.replace(",", ".").strip().rstrip("%")) / 100
    except ValueError:
        amount = float("nan")
    if -1 <= amount <= 1:  # so it is no NaN
        owner.set_amount(source, amount)
    else:
        services.notices.say(
            "warning", translate("KnobMenu", "Amount: {0} is not allowed; needed: -100 to 100 %").format(repr(text))
        )
