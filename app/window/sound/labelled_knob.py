"""A knob with its name, its value, its menu, and the arcs of what moves it: one parameter of the sound, complete."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap, QRegion, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.window.services import Services
from app.window.session.document import Change
from app.window.sound.arming import Arming
from app.window.sound.knob_menu import knob_menu
from app.window.sound.modulated_knob import ModulatedKnob
from app.window.sound.routing import (
    BIPOLAR,
    amount_of,
    amount_text,
    remove,
    rows_for,
    set_amount,
    source_label,
    swing_of,
    target_of,
    travel_of,
)
from app.window.theme.fonts import Role, font
from app.window.widgets.knob_paint import Arc
from engine.patch import ModulationRow

__all__ = ["DROPPED", "LINE", "LabelledKnob"]

LINE = 15
"""Height of a line of text, px."""
DROPPED = 0.25
"""Amount that a chip brings when it is dropped."""
MARK = 0.012
"""An armed source that does not move a target yet is shown this small there."""


class LabelledKnob(QWidget):
    """Edits the document, and shows what it is told of.

    Args:
        side: of the knob, px.
        label: a shorter name than the table's.
        has_value: a second line always shows the value; else the name makes room for it while somebody looks.
    """

    def __init__(
        self,
        services: Services,
        id: str,
        parent: QWidget | None = None,
        *,
        side: int = 48,
        label: str = "",
        has_value: bool = False,
    ) -> None:
        super().__init__(parent)
        self.id, self._services, self._label, self._has_value = id, services, label, has_value
        self._arming = Arming.of(services)
        self._lines: tuple[str, str, str] = ("", "", "")
        self._side = side
        self._picture: tuple[Hashable, QPixmap] | None = None
        self._rows: tuple[ModulationRow, ...] = ()
        self.knob = ModulatedKnob(services.document.sound.parameter(id), services.theme, self, side=side)
        self.knob.edited.connect(self._edited)
        self.knob.held.connect(services.document.hold)
        self.knob.released.connect(self._released)
        self.knob.refused.connect(lambda line: services.notices.say("warning", line))
        self.knob.menu_wanted.connect(self._show_menu)
        self.knob.amount_moved.connect(self._move_amount)
        self.knob.amount_wanted.connect(self._drop)
        self.knob.looked_at.connect(self._write)
        self._arming.changed.connect(self._rearm)
        services.theme.changed.connect(self.update)
        roles: tuple[Role, ...] = ("text", "number", "small")
        self._fonts = {role: font(role) for role in roles}
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._rearm()

    @property
    def target(self) -> str | None:
        """What modulation calls it."""
        return target_of(self.id)

    @property
    def lines(self) -> tuple[str, str]:
        """What is written below the knob; the second may be empty."""
        return self._lines[0], self._lines[1]

    def set_id(self, id: str, label: str = "") -> None:
        """Be another parameter's from now on."""
        self.id, self._label = id, label
        self.knob.set_parameter(self._services.document.sound.parameter(id))
        self.knob.show_live(None)
        self.show_sound(None)

    def set_side(self, side: int, *, has_value: bool) -> None:
        """Make the knob bigger or smaller, px, with a line for its value or without."""
        if (side, has_value) != (self._side, self._has_value):
            self._side, self._has_value = side, has_value
            self.updateGeometry()
            self._arrange()
            self._write()

    def sizeHint(self) -> QSize:
        """The knob with its lines."""
        return QSize(self._side, self._foot + (2 if self._has_value else 1) * LINE)

    @property
    def _foot(self) -> int:
        """Where the text begins: in the gap that the dial leaves below."""
        return self._side - self._side // 11

    def minimumSizeHint(self) -> QSize:
        """The same."""
        return self.sizeHint()

    def show_sound(self, change: Change | None) -> None:
        """Show what changed; None: all of it."""
        if change is None or self.id in change.ids:
            self.knob.show_number(self._services.document.sound.number(self.id))
            self._write()
        if self.target is not None and (change is None or change.has_other_rows):
            self._rearm()

    def show_live(self, sources: Mapping[str, float] | None, travel: float | None = None) -> None:
        """Show where the sound is.

        Args:
            sources: values of the sources now; None: nothing sounds.
            travel: the dial position, where the engine says it; else it follows from the sources.
        """
        if travel is None and sources is not None and self.is_moved:
            travel = self.travel_at(sources)
        self.knob.show_live(travel)

    def travel_at(self, sources: Mapping[str, float]) -> float:
        """The dial position to which these values of the sources bring it."""
        return travel_of(self._rows, self.knob.parameter.travel(self.knob.number), sources)

    @property
    def is_moved(self) -> bool:
        """Rows of the matrix aim here."""
        return bool(self._rows)

    # What the person does.

    def _edited(self, number: float) -> None:
        self._services.document.set_number(self.id, number)

    def _released(self) -> None:
        source, target = self._arming.armed, self.target
        document = self._services.document
        if source and target and self.knob.is_turning_amount and not amount_of(document.sound, source, target):
            remove(document, source, target)
        document.release()

    def _move_amount(self, moved: float) -> None:
        if self._arming.armed and self.target:
            now = amount_of(self._services.document.sound, self._arming.armed, self.target)
            self.set_amount(self._arming.armed, round(now + moved, 4))

    def _drop(self, source: str) -> None:
        if self.target and source in self._services.theme.palette.sources:
            if not amount_of(self._services.document.sound, source, self.target):
                self.set_amount(source, DROPPED)
            self._arming.arm(source)

    def set_amount(self, source: str, amount: float) -> None:
        """Let a source move this by so much; a line says if there is no row left."""
        assert self.target is not None
        if not set_amount(self._services.document, source, self.target, amount):
            self._services.notices.say("warning", self.tr("All eight rows of the matrix are in use"))

    def _show_menu(self, place: QPoint) -> None:
        menu = knob_menu(self._services, self)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(place)

    # What it shows.

    def _arcs(self) -> tuple[Arc, ...]:
        """One for each source whose rows aim here."""
        amounts: dict[str, float] = {}
        for row in self._rows:
            amounts[row.source] = amounts.get(row.source, 0.0) + row.amount
        target = self.target or ""
        return tuple(
            Arc(source, round(swing_of(target, amount), 4), source in BIPOLAR) for source, amount in amounts.items()
        )

    def _rearm(self) -> None:
        armed, target = self._arming.armed, self.target
        self.knob.set_target(target is not None, armed is not None)
        sound = self._services.document.sound
        self._rows = () if target is None else tuple(row for _, row in rows_for(sound, target))
        arcs = self._arcs()
        if armed is not None and target is not None:
            arcs = tuple(arc for arc in arcs if arc.source == armed) or (Arc(armed, MARK, True),)
        self.knob.show_arcs(arcs)
        self._write()

    def _write(self) -> None:
        knob = self.knob
        name, value, colour = self._label or knob.parameter.label, knob.text, ""
        armed = self._arming.armed
        if knob.is_armed and armed and self.target:
            amount = amount_of(self._services.document.sound, armed, self.target)
            if amount or knob.underMouse() or knob.hasFocus():
                value, colour = amount_text(self.target, amount), f"source.{armed}"
                value = f"{source_label(armed)} {value}" if self._has_value else value
        is_looked_at = knob.underMouse() or knob.hasFocus() or bool(colour)
        lines = (name, value, colour) if self._has_value else (value if is_looked_at else name, "", colour)
        if lines != self._lines:
            self._lines = lines
            self.update()
        self._describe()

    def _describe(self) -> None:
        """What moves it, for the help line and the screen reader; the knob itself has said the rest."""
        target, entry = self.target, self.knob.parameter
        moved = (
            [f"{source_label(row.source)} {amount_text(target, row.amount)}" for row in self._rows] if target else []
        )
        text = f"{self.knob.text}. {entry.help}"
        if moved:
            text += " " + self.tr("Moved by {0}.").format(", ".join(moved))
        if text != self.knob.accessibleDescription():
            self.knob.setAccessibleDescription(text)
            self.knob.setStatusTip(f"{entry.label}: {text}")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Its place is known now."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        self.knob.setGeometry((self.width() - self._side) // 2, 0, self._side, self._side)
        self.knob.setMask(QRegion(0, 0, self._side, self._foot))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Name and value, below the knob."""
        if event.rect().bottom() >= self._foot:
            painter = QPainter(self)
            painter.drawPixmap(0, self._foot, self._written())
            painter.end()

    def _written(self) -> QPixmap:
        """The lines as a picture, made anew when they change: text is dear, and most of it stands still."""
        ratio, theme = self.devicePixelRatioF(), self._services.theme
        key = (self.width(), self._side, self._has_value, ratio, theme.palette.name, self._lines)
        if self._picture is None or self._picture[0] != key:
            size = QSize(self.width(), self.sizeHint().height() - self._foot)
            picture = QPixmap(size * ratio)
            picture.setDevicePixelRatio(ratio)
            picture.fill(Qt.GlobalColor.transparent)
            painter = QPainter(picture)
            first, second, colour = self._lines
            if self._has_value:
                self._line(painter, 0, first, "text", "text")
                self._line(painter, 1, second, colour or "muted", "number")
            else:
                is_name = first == (self._label or self.knob.parameter.label)
                self._line(painter, 0, first, colour or ("muted" if is_name else "text"), "small")
            painter.end()
            self._picture = (key, picture)
        return self._picture[1]

    def _line(self, painter: QPainter, index: int, text: str, colour: str, role: Role) -> None:
        painter.setPen(self._services.theme.colour(colour))
        painter.setFont(self._fonts[role])
        box = QRect(0, LINE * index, self.width(), LINE)
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, shown)
