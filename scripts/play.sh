#!/usr/bin/env bash
# The main job, once set up: open the instrument's window, with or without a sound device. Where there is no screen, as
# on a build machine, render the demo piece to a WAV instead. Options go to `systole play`.
set -euo pipefail
cd "$(dirname "$0")/.."

# Why no window can be seen; nothing if one can.
no_window() {
    case "${QT_QPA_PLATFORM:-}" in
    offscreen* | minimal*) echo "QT_QPA_PLATFORM=$QT_QPA_PLATFORM shows nothing" ;;
    *) .venv/bin/python -c 'from app.window.display import no_display; print(no_display() or "", end="")' ;;
    esac
}

reason=$(no_window)
if [ -z "$reason" ]; then
    exec .venv/bin/systole play "$@"
fi
echo "play: no window: $reason: rendering the demo instead" >&2
.venv/bin/systole render presets/demo/bach_bwv66_6.mid -o demo.wav
echo "The demo is in $PWD/demo.wav"
