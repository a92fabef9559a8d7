// Inside WeChat: hands the signed request to the app, which asks for the payment itself.
"use strict";
(() => {
  const till = document.getElementById("till");
  if (!till) return;
  const button = till.querySelector("button");
  const told = till.querySelector(".told");
  const ask = () => {
    button.disabled = true;
    told.textContent = "";
    WeixinJSBridge.invoke("getBrandWCPayRequest", JSON.parse(till.dataset.request), (answer) => {
      button.disabled = false;
      // Whether it was paid the hub asks the service; this only says when to look.
      if (answer.err_msg === "get_brand_wcpay_request:ok") { location.assign(till.dataset.return); return; }
      const isCancelled = answer.err_msg === "get_brand_wcpay_request:cancel";
      told.textContent = isCancelled ? till.dataset.cancelled : till.dataset.failed;
      told.classList.toggle("fail", !isCancelled);
    });
  };
  button.addEventListener("click", () => {
    if (typeof WeixinJSBridge === "undefined") document.addEventListener("WeixinJSBridgeReady", ask, { once: true });
    else ask();
  });
})();
