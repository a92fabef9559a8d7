"""The print room's job done by other tools, one process for a whole folder of photos.

    python sheets.py ENGINE PHOTOS OUT

Each 480 × 640 photo becomes a 6-inch sheet of eight 1-inch and four 2-inch pieces: 1800 × 1200 pixels at 300 dpi,
JPEG of quality 95 with full chroma, or a PDF page. Engines: opencv, pillow, vips, magick, reportlab,
reportlab-tuned, img2pdf (the last takes finished sheets). Crop, resampling and places are those of the program;
none of these scripts syncs its files, the program does.

hivision-png and hivision-kb do what HivisionIDPhotos does for its layout photo, told anew from its published steps with
the same libraries (it is not packaged): it cannot mix sizes, so that a sheet has ten 1-inch pieces, resampled bilinearly.
The first writes PNG, as its window and its server give it out; the second a JPEG of at most 200 KB, as the command in its
manual. It starts a process for each sheet and loads its networks; here one process does all of them.
"""

import pathlib
import subprocess
import sys

QUALITY = 95
SHEET = (1800, 1200)
# Source crop of a 480 × 640 photo with the proportions 5:7.
CROP = (11, 0, 457, 640)
COLUMNS = (73, 487, 900, 1313)
ROWS_SMALL = (15, 311)
ROW_LARGE = 606
# Upright pixels of a 1-inch and a 2-inch piece.
SMALL, LARGE = (295, 413), (413, 579)
MM = 72 / 25.4
# The same in millimetres on the page.
COLUMNS_MM = (6.2, 41.2, 76.2, 111.2)
ROWS_SMALL_MM, ROW_LARGE_MM = (1.3, 26.3), 51.3
PAGE_MM = (152.4, 101.6)


def opencv(photos, out):
    import cv2
    import numpy as np

    cv2.setNumThreads(1)
    x, y, w, h = CROP
    for photo in photos:
        crop = cv2.imread(str(photo))[y : y + h, x : x + w]
        small = cv2.rotate(cv2.resize(crop, SMALL, interpolation=cv2.INTER_LANCZOS4), cv2.ROTATE_90_CLOCKWISE)
        large = cv2.resize(crop, LARGE, interpolation=cv2.INTER_LANCZOS4)
        sheet = np.full((SHEET[1], SHEET[0], 3), 255, np.uint8)
        for left in COLUMNS:
            for top in ROWS_SMALL:
                sheet[top : top + SMALL[0], left : left + SMALL[1]] = small
            sheet[ROW_LARGE : ROW_LARGE + LARGE[1], left : left + LARGE[0]] = large
        full_chroma = [cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444]
        cv2.imwrite(str(out / photo.name), sheet, [cv2.IMWRITE_JPEG_QUALITY, QUALITY, *full_chroma])


def pillow(photos, out):
    from PIL import Image

    x, y, w, h = CROP
    for photo in photos:
        source = Image.open(photo).convert("RGB")
        box = (x, y, x + w, y + h)
        small = source.resize(SMALL, Image.LANCZOS, box=box).transpose(Image.ROTATE_270)
        large = source.resize(LARGE, Image.LANCZOS, box=box)
        sheet = Image.new("RGB", SHEET, "white")
        for left in COLUMNS:
            for top in ROWS_SMALL:
                sheet.paste(small, (left, top))
            sheet.paste(large, (left, ROW_LARGE))
        sheet.save(out / photo.name, quality=QUALITY, subsampling=0, dpi=(300, 300))


def vips(photos, out):
    import pyvips

    pyvips.cache_set_max(0)
    for photo in photos:
        crop = pyvips.Image.new_from_file(str(photo)).crop(*CROP)
        small = crop.resize(SMALL[0] / CROP[2], vscale=SMALL[1] / CROP[3]).rot90().copy_memory()
        large = crop.resize(LARGE[0] / CROP[2], vscale=LARGE[1] / CROP[3]).copy_memory()
        sheet = (pyvips.Image.black(*SHEET, bands=3) + 255).cast("uchar")
        for left in COLUMNS:
            for top in ROWS_SMALL:
                sheet = sheet.insert(small, left, top)
            sheet = sheet.insert(large, left, ROW_LARGE)
        sheet = sheet.copy(xres=300 / 25.4, yres=300 / 25.4)
        sheet.jpegsave(str(out / photo.name), Q=QUALITY, subsample_mode="off")


def magick(photos, out):
    x, y, w, h = CROP
    for photo in photos:
        command = ["convert", str(photo), "-crop", f"{w}x{h}+{x}+{y}", "+repage"]
        command += ["(", "-clone", "0", "-resize", f"{SMALL[0]}x{SMALL[1]}!", "-rotate", "90", "-write", "mpr:s", "+delete", ")"]
        command += ["-resize", f"{LARGE[0]}x{LARGE[1]}!", "-write", "mpr:l", "+delete"]
        command += ["-size", f"{SHEET[0]}x{SHEET[1]}", "xc:white"]
        for left in COLUMNS:
            for top in ROWS_SMALL:
                command += ["mpr:s", "-geometry", f"+{left}+{top}", "-composite"]
            command += ["mpr:l", "-geometry", f"+{left}+{ROW_LARGE}", "-composite"]
        command += ["-density", "300", "-quality", str(QUALITY), "-sampling-factor", "1x1", str(out / photo.name)]
        subprocess.run(command, check=True)


def reportlab(photos, out, tuned=False):
    from reportlab import rl_config
    from reportlab.pdfgen import canvas

    if tuned:
        rl_config.useA85 = 0
    page = [side * MM for side in PAGE_MM]
    sheets = canvas.Canvas(str(out / "sheets.pdf"), pagesize=page, pageCompression=0 if tuned else 1)
    for photo in photos:
        for left in COLUMNS_MM:
            for top in ROWS_SMALL_MM:
                sheets.saveState()
                sheets.translate(left * MM, page[1] - top * MM)
                sheets.rotate(-90)
                sheets.drawImage(str(photo), 0, 0, 25 * MM, 35 * MM)
                sheets.restoreState()
            sheets.drawImage(str(photo), left * MM, page[1] - (ROW_LARGE_MM + 49) * MM, 35 * MM, 49 * MM)
        sheets.showPage()
    sheets.save()


def img2pdf_(photos, out):
    import img2pdf

    size = img2pdf.get_layout_fun([img2pdf.mm_to_pt(side) for side in PAGE_MM])
    with open(out / "sheets.pdf", "wb") as file:
        img2pdf.convert([str(photo) for photo in photos], layout_fun=size, outputstream=file)


HIVISION_SHEET, HIVISION_GAP, HIVISION_EDGES = (1795, 1205), 30, (70, 50)
HIVISION_MOST = (8, 3)
HIVISION_KB = 200


def hivision(photos, out, as_png):
    import io

    import cv2
    import numpy as np
    from PIL import Image

    def fitting(piece):
        spaces = [side - 2 * edge for side, edge in zip(HIVISION_SHEET, HIVISION_EDGES)]
        return [min(most, (space - 1 + HIVISION_GAP) // (side + HIVISION_GAP))
                for side, space, most in zip(piece, spaces, HIVISION_MOST)]

    def places(piece):
        counts = fitting(piece)
        block = [side * count + HIVISION_GAP * (count - 1) for side, count in zip(piece, counts)]
        left, top = [(side - length) // 2 for side, length in zip(HIVISION_SHEET, block)]
        return [(left + i * (piece[0] + HIVISION_GAP), top + j * (piece[1] + HIVISION_GAP))
                for j in range(counts[1]) for i in range(counts[0])]

    for photo in photos:
        pixels = cv2.imread(str(photo), cv2.IMREAD_UNCHANGED)
        upright, lying = places(SMALL), places(SMALL[::-1])
        turned = len(lying) > len(upright)
        if pixels.shape[0] != SMALL[1]:
            pixels = cv2.resize(pixels, SMALL)
        if turned:
            pixels = cv2.flip(cv2.transpose(pixels), 0)
        sheet = np.zeros([HIVISION_SHEET[1], HIVISION_SHEET[0], 3], np.uint8)
        sheet.fill(255)
        for left, top in lying if turned else upright:
            sheet[top : top + pixels.shape[0], left : left + pixels.shape[1]] = pixels
        picture = Image.fromarray(cv2.cvtColor(sheet, cv2.COLOR_RGB2BGR))
        if as_png:
            picture.save(out / f"{photo.stem}.png", dpi=(300, 300))
            continue
        quality = 95
        while True:
            file = io.BytesIO()
            picture.save(file, format="JPEG", quality=quality)
            size = len(file.getvalue())
            if size <= HIVISION_KB * 1024 or quality == 1:
                break
            quality = max(quality - 5, 1)
        file.write(b"\0" * max(HIVISION_KB * 1024 - size, 0))
        (out / photo.name).write_bytes(file.getvalue())


ENGINES = {
    "hivision-png": lambda photos, out: hivision(photos, out, as_png=True),
    "hivision-kb": lambda photos, out: hivision(photos, out, as_png=False),
    "opencv": opencv,
    "pillow": pillow,
    "vips": vips,
    "magick": magick,
    "reportlab": reportlab,
    "reportlab-tuned": lambda photos, out: reportlab(photos, out, tuned=True),
    "img2pdf": img2pdf_,
}


if __name__ == "__main__":
    engine, photos, out = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    out.mkdir(parents=True, exist_ok=True)
    ENGINES[engine](sorted(photos.glob("*.jpg")), out)
