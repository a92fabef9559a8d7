"""Times the program against its peers on one folder of photos, in turns, and prints the table of BENCHMARKS.md.

    pip install numpy opencv-python-headless pillow pyvips-binary pyvips reportlab img2pdf
    python run.py PHOTODESK PHOTOS [--count 200] [--rounds 3] [--pdf]

PHOTOS holds 480 × 640 JPEGs; they are repeated until there are --count of them. Where it is the photos folder of an
export (`cargo bench --bench export -- 1000 --keep DIR`), the export's manifest goes with them, so that the program knows
them again for a PDF; the row photodesk-foreign has the same files without it. Processor seconds of whole processes
with all their children; the least of all rounds.
"""

import argparse
import pathlib
import resource
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).parent


def measured(command):
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after, took = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic() - began
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime, took


def repeated(photos, count, folder):
    sources = sorted(photos.rglob("*.jpg"))
    if not sources:
        sys.exit(f"{photos} holds no .jpg")
    if len(sources) >= count:
        for source in sources[:count]:
            shutil.copy(source, folder / source.name)
        return
    for number in range(count):
        shutil.copy(sources[number % len(sources)], folder / f"{number:05}.jpg")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("photodesk", type=pathlib.Path)
    parser.add_argument("photos", type=pathlib.Path)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--pdf", action="store_true")
    parser.add_argument("--engines", nargs="*")
    args = parser.parse_args()
    work = pathlib.Path(tempfile.mkdtemp(prefix="peers-"))
    photos, foreign, sheets = work / "export" / "photos", work / "foreign", work / "sheets"
    photos.mkdir(parents=True)
    foreign.mkdir()
    repeated(args.photos, args.count, photos)
    repeated(args.photos, args.count, foreign)
    manifest = args.photos.parent / "manifest.json"
    if args.photos.name == "photos" and manifest.exists():
        shutil.copy(manifest, photos.parent)

    def own(source):
        return [args.photodesk.resolve(), "layout", source, "--layout", "版式一", "--paper", "6寸"]

    if args.pdf:
        subprocess.run([*own(photos), "--out", sheets], check=True, stdout=subprocess.DEVNULL)
    engines = args.engines or (
        ["reportlab", "reportlab-tuned", "img2pdf"] if args.pdf else ["opencv", "pillow", "vips", "magick", "hivision-png", "hivision-kb"]
    )
    kind = ["--format", "pdf" if args.pdf else "jpeg", "--out"]
    commands = {"photodesk": [*own(photos), *kind, work / "photodesk"]}
    if args.pdf:
        commands["photodesk-foreign"] = [*own(foreign), *kind, work / "photodesk-foreign"]
    for engine in engines:
        source = sheets if engine == "img2pdf" else photos
        commands[engine] = [sys.executable, HERE / "sheets.py", engine, source, work / engine]
    best = {}
    for _ in range(args.rounds):
        for name, command in commands.items():
            shutil.rmtree(work / name, ignore_errors=True)
            now = measured(command)
            best[name] = min(best.get(name, now), now)
            shutil.rmtree(work / name, ignore_errors=True)
    print("| engine | CPU s for 1,000 | sheets/s | times the program's CPU |\n|---|---|---|---|")
    own_cpu = best["photodesk"][0]
    for name, (cpu, took) in best.items():
        print(f"| {name} | {cpu / args.count * 1000:.3f} | {args.count / took:.0f} | {cpu / own_cpu:.1f} |")
    shutil.rmtree(work)


if __name__ == "__main__":
    main()
