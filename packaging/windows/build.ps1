# Builds the Windows program and its installer. Needs Rust (MSVC) and NSIS (makensis on the path).
$ErrorActionPreference = 'Stop'
$top = Resolve-Path (Join-Path $PSScriptRoot '..\..')
$out = Join-Path $top 'packaging\out'
New-Item -ItemType Directory -Force -Path $out | Out-Null

Push-Location $top
try {
    cargo build --release --locked --package photodesk
    if ($LASTEXITCODE -ne 0) { throw 'the build failed' }
    $target = if ($env:CARGO_TARGET_DIR) { $env:CARGO_TARGET_DIR } else { Join-Path $top 'target' }
    $program = Join-Path $target 'release\photodesk.exe'
    $version = (Select-String -Path Cargo.toml -Pattern '^version = "(.+)"').Matches[0].Groups[1].Value
    Compress-Archive -Force -Path $program, LICENSE, LICENSE-APACHE, LICENSE-MIT, README.md `
        -DestinationPath (Join-Path $out "photodesk-$version-windows-x86_64.zip")
    if (Get-Command makensis -ErrorAction SilentlyContinue) {
        makensis "/DVERSION=$version" "/DPROGRAM=$program" "/DTOP=$top" "/DOUT=$out" packaging\windows\photodesk.nsi
        if ($LASTEXITCODE -ne 0) { throw 'makensis failed' }
    } else {
        Write-Warning 'makensis was not found: only the zip was made. Install NSIS for the setup program.'
    }
} finally { Pop-Location }
