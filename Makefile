# make play   set everything up and open the window; without a screen, render the demo to demo.wav
# make test   set everything up, then lint, type-check and run all tests
# make rtl-full   the long proofs of the RTL: all arrays, all planted faults, all formal tasks
# make live-full  the long proofs of live playing: soak, kills, a minute of nonsense; on an idle machine
# Set-up itself is scripts/setup.sh; the two stamps make a second call quick.

PY := .venv/bin/python
INPUTS := pyproject.toml requirements.lock scripts/setup.sh

.PHONY: play test rtl-full live-full
.DELETE_ON_ERROR:

play: .venv/.ready-play
	@scripts/play.sh

test: export OMP_NUM_THREADS = 1
test: export QT_QPA_PLATFORM = offscreen
test: .venv/.ready-test
	$(PY) -m ruff check .
	$(PY) -m mypy
	$(PY) -m pytest -q -n 2 --dist loadfile
	$(PY) -m pytest -q -m slow tests/app/window/test_cost.py

rtl-full: .venv/.ready-test
	$(PY) -m pytest -q -m '' tests/rtl

live-full: export OMP_NUM_THREADS = 1
live-full: export QT_QPA_PLATFORM = offscreen
live-full: .venv/.ready-test
	$(PY) -m pytest -q -m '' -rP tests/engine/live

.venv/.ready-play: $(INPUTS)
	@scripts/setup.sh play
	@touch $@

.venv/.ready-test: $(INPUTS)
	@scripts/setup.sh test
	@touch $@ .venv/.ready-play
