// What every page has: focus on the answer, one press a form, the status kept fresh. Nothing here is needed to go on.
"use strict";
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  for (const part of document.querySelectorAll(".scripted")) part.hidden = false;

  const answer = document.querySelector("[data-focus]");
  if (answer) answer.focus({ preventScroll: true });

  const live = document.getElementById("live");
  const say = (text) => { live.textContent = text; };

  for (const form of document.querySelectorAll("form[method=post]")) {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) { event.preventDefault(); return; }
      form.dataset.sent = "yes";
      const busy = form.dataset.busy;
      if (!busy) return;
      say(busy);
      const bar = document.createElement("div");
      bar.className = "busy";
      bar.setAttribute("aria-hidden", "true");
      bar.textContent = busy;
      document.body.append(bar);
      for (const button of form.querySelectorAll("button")) button.disabled = true;
    });
  }
  // A page taken from the browser's own memory may be sent again.
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    document.querySelectorAll(".busy").forEach((bar) => bar.remove());
    for (const form of document.querySelectorAll("form[data-sent]")) {
      delete form.dataset.sent;
      form.querySelectorAll("button").forEach((button) => { button.disabled = false; });
    }
  });

  const state = document.getElementById("state");
  if (state) {
    const seconds = Number(state.dataset.seconds);
    const look = async () => {
      if (document.hidden) return;
      try {
        const response = await fetch("/my/state", { headers: { Accept: "application/json" } });
        if (!response.ok) return;
        const now = await response.json();
        if (now.state !== state.dataset.state || String(now.revision) !== state.dataset.revision) {
          say(state.dataset.changed);
          location.reload();
        }
      } catch { /* out of reach: the next look will do */ }
    };
    setInterval(look, seconds * 1000);
    // What the page shows ends by itself: a code to pay by.
    if (state.dataset.stale) setTimeout(() => location.reload(), Number(state.dataset.stale) * 1000);
    document.addEventListener("visibilitychange", look);
  }
})();
