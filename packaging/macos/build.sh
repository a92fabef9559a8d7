#!/usr/bin/env bash
# Builds Photodesk.app and a disk image. Needs Rust and, for the image, hdiutil (part of macOS).
# The bundle is not signed: sign and notarise it with your own identity before you hand it on.
set -euo pipefail
cd "$(dirname "$0")/../.."

version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -1)
out=packaging/out
app=$out/Photodesk.app
cargo build --release --locked --package photodesk
rm -rf "$app"
mkdir -p "$app/Contents/MacOS" "$app/Contents/Resources"
cp "${CARGO_TARGET_DIR:-target}/release/photodesk" "$app/Contents/MacOS/"
cp LICENSE LICENSE-APACHE LICENSE-MIT "$app/Contents/Resources/"
sed "s/@VERSION@/$version/g" packaging/macos/Info.plist > "$app/Contents/Info.plist"
if command -v hdiutil >/dev/null; then
    hdiutil create -ov -volname Photodesk -srcfolder "$app" "$out/photodesk-$version-macos.dmg"
else
    tar -C "$out" -czf "$out/photodesk-$version-macos.tar.gz" Photodesk.app
fi
