// Reads a collection code in the page: from the camera, from a picture, from what is pasted. The picture never leaves
// the phone; the content goes into the form as it stands.
"use strict";
(() => {
  const form = document.querySelector("form[data-scan]");
  if (!form) return;
  const field = document.getElementById("code");
  const told = document.getElementById("scan-told");
  const scanner = document.getElementById("scanner");
  const video = scanner.querySelector("video");
  const picked = document.getElementById("picked");
  const longest = 1600;
  let stream = null;

  const tell = (key, tone) => { told.textContent = told.dataset[key] || ""; told.className = "told " + (tone || ""); };
  const found = (text) => {
    stop();
    field.value = text;
    picked.value = "";
    tell("read", "pass");
    form.querySelector("button:not([type=button])").focus();
  };

  let reader = null;
  const vendored = () => new Promise((done, failed) => {
    if (window.jsQR) { done(); return; }
    const script = document.createElement("script");
    script.src = form.dataset.scan;
    script.onload = () => done();
    script.onerror = failed;
    document.head.append(script);
  });
  // The browser's own reader where it knows QR codes, else the vendored one.
  const read = async (canvas) => {
    if (reader === null) {
      reader = false;
      if ("BarcodeDetector" in window) {
        try {
          const known = await BarcodeDetector.getSupportedFormats();
          if (known.includes("qr_code")) reader = new BarcodeDetector({ formats: ["qr_code"] });
        } catch { reader = false; }
      }
    }
    if (reader) {
      try {
        const codes = await reader.detect(canvas);
        if (codes.length === 1) return codes[0].rawValue;
        if (codes.length > 1) return null;
      } catch { reader = false; }
    }
    await vendored();
    const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const code = jsQR(pixels.data, pixels.width, pixels.height);
    return code ? code.data : null;
  };
  const drawn = (source, width, height, scale) => {
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(width * scale));
    canvas.height = Math.max(1, Math.round(height * scale));
    canvas.getContext("2d", { willReadFrequently: true }).drawImage(source, 0, 0, canvas.width, canvas.height);
    return canvas;
  };

  const readPicture = async (file) => {
    tell("looking");
    let text = null;
    try {
      const picture = await createImageBitmap(file);
      const fits = Math.min(1, longest / Math.max(picture.width, picture.height));
      for (const scale of [fits, fits / 2]) {
        text = await read(drawn(picture, picture.width, picture.height, scale));
        if (text) break;
      }
    } catch { text = null; }
    if (text) found(text); else tell("none", "fail");
  };

  const stop = () => {
    if (stream) stream.getTracks().forEach((track) => track.stop());
    stream = null;
    scanner.hidden = true;
  };
  const look = async () => {
    if (!stream) return;
    if (video.videoWidth) {
      const scale = Math.min(1, 960 / Math.max(video.videoWidth, video.videoHeight));
      let text = null;
      try { text = await read(drawn(video, video.videoWidth, video.videoHeight, scale)); } catch { text = null; }
      if (!stream) return;
      if (text) { found(text); return; }
    }
    setTimeout(look, 150);
  };
  const open = async () => {
    tell("");
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: { ideal: "environment" } }, audio: false });
    } catch { tell("noCamera", "fail"); return; }
    video.srcObject = stream;
    scanner.hidden = false;
    await video.play();
    look();
  };

  form.querySelector("[data-scan-camera]").addEventListener("click", open);
  form.querySelector("[data-scan-stop]").addEventListener("click", stop);
  form.querySelector("[data-scan-picture]").addEventListener("click", () => picked.click());
  picked.addEventListener("change", () => { if (picked.files.length) readPicture(picked.files[0]); });
  document.addEventListener("paste", (event) => {
    const file = [...event.clipboardData.files].find((one) => one.type.startsWith("image/"));
    if (file) { event.preventDefault(); readPicture(file); }
  });
  // Read here already: the picture itself need not travel.
  form.addEventListener("submit", () => { stop(); if (field.value.trim()) picked.value = ""; });
  addEventListener("pagehide", stop);
})();
