// The rear camera with the standard's guide lines; a file that was chosen is sent at once.
"use strict";
(() => {
  const form = document.getElementById("shoot");
  if (!form) return;
  const camera = document.getElementById("camera");
  const album = document.getElementById("album");
  const send = (input) => {
    for (const other of [camera, album]) if (other && other !== input) other.disabled = true;
    form.requestSubmit();
  };
  for (const input of [camera, album]) {
    if (input) input.addEventListener("change", () => { if (input.files.length) send(input); });
  }
  const finder = document.getElementById("viewfinder");
  if (!finder) return;
  const video = finder.querySelector("video");
  const hint = document.getElementById("viewfinder-hint");
  const told = document.getElementById("camera-told");
  const part = (name) => form.querySelector("[data-camera-" + name + "]");
  const [open, take, close] = ["open", "take", "close"].map(part);
  let stream = null;

  const show = (on) => {
    finder.hidden = hint.hidden = take.hidden = close.hidden = !on;
    open.hidden = on;
    for (const field of form.querySelectorAll(".field")) field.hidden = on;
  };
  const stop = () => {
    if (stream) stream.getTracks().forEach((track) => track.stop());
    stream = null;
    show(false);
  };
  const refused = () => {
    told.textContent = told.dataset.refused;
    told.className = "told fail";
    // What the phone offers by itself remains.
    open.hidden = true;
  };

  if (!navigator.mediaDevices || !navigator.mediaDevices.getUserMedia) { open.hidden = true; return; }
  open.addEventListener("click", async () => {
    told.textContent = "";
    try {
      stream = await navigator.mediaDevices.getUserMedia({
        video: { facingMode: { ideal: "environment" }, width: { ideal: 2560 }, height: { ideal: 1920 } }, audio: false,
      });
    } catch { refused(); return; }
    video.srcObject = stream;
    show(true);
    await video.play();
    document.getElementById("live").textContent = told.dataset.ready;
    take.focus();
  });
  close.addEventListener("click", () => { told.textContent = ""; stop(); open.focus(); });

  // The sensor's own picture where the browser gives it, else the frame on the screen, whole.
  const shot = async () => {
    const track = stream.getVideoTracks()[0];
    if ("ImageCapture" in window) {
      try {
        const late = new Promise((_, failed) => setTimeout(failed, 4000));
        return await Promise.race([new ImageCapture(track).takePhoto(), late]);
      } catch { /* the frame will do */ }
    }
    const canvas = document.createElement("canvas");
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    canvas.getContext("2d").drawImage(video, 0, 0);
    return new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.95));
  };
  take.addEventListener("click", async () => {
    take.disabled = true;
    const blob = await shot();
    const files = new DataTransfer();
    files.items.add(new File([blob], "photo", { type: blob.type || "image/jpeg" }));
    camera.files = files.files;
    stop();
    open.hidden = true;
    send(camera);
  });
  addEventListener("pagehide", stop);
})();
