#!/usr/bin/env bash
# Opens the real window on a virtual screen, presses keys, and sees that something was drawn and nothing died.
# usage: smoke.sh PROGRAM [SCREENSHOT.png]
set -euo pipefail

program=$1
work=$(mktemp -d)
picture=${2:-$work/window.png}
export LIBGL_ALWAYS_SOFTWARE=1 XDG_RUNTIME_DIR=$work
unset WAYLAND_DISPLAY DBUS_SESSION_BUS_ADDRESS

exec 3< <(exec Xvfb -displayfd 1 -screen 0 1440x900x24 -nolisten tcp 2>"$work/xvfb.log")
screen=$!
read -r -t 20 number <&3 || { echo "smoke: the virtual screen did not start"; exit 1; }
export DISPLAY=:$number

"$program" --data "$work/desk" --key-file "$work/key" 2>"$work/program.log" &
desk=$!
trap 'kill $desk $screen 2>/dev/null || true; rm -rf "$work"' EXIT

for _ in $(seq 100); do
    window=$(xdotool search --onlyvisible --class photodesk 2>/dev/null | tail -1 || true)
    [ -n "$window" ] && break
    kill -0 $desk 2>/dev/null || { cat "$work/program.log"; echo "smoke: the program ended early"; exit 1; }
    sleep 0.2
done
[ -n "${window:-}" ] || { cat "$work/program.log"; echo "smoke: no window appeared"; exit 1; }

sleep 2
xdotool key --window "$window" Tab sleep 0.3 key --window "$window" Escape sleep 0.5
import -window root "$picture"
kill -0 $desk || { cat "$work/program.log"; echo "smoke: the program died after a key"; exit 1; }
colours=$(identify -format %k "$picture")
[ "$colours" -gt 50 ] || { echo "smoke: the window is blank ($colours colours)"; exit 1; }
echo "smoke: window $window, $colours colours"
