#!/usr/bin/env bash
# The main job, once set up: render the demo piece to a WAV. A progress bar shows on a terminal.
set -euo pipefail
cd "$(dirname "$0")/.."
.venv/bin/systole render presets/demo/bach_bwv66_6.mid -o demo.wav
echo "The demo is in $PWD/demo.wav"
