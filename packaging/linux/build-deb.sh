#!/usr/bin/env bash
# Builds the .deb into packaging/out. Needs Rust and gcc; installs cargo-deb when it is not there.
set -euo pipefail
cd "$(dirname "$0")/../.."

command -v cargo-deb >/dev/null || cargo install cargo-deb --locked
mkdir -p packaging/out
cargo deb --package photodesk --locked --output packaging/out
