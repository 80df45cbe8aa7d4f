// Appearance chosen on this device, the token on each htmx request, errors into the fixed notice area.
(function () {
  "use strict";
  var root = document.documentElement;
  try {
    var theme = localStorage.getItem("theme"), size = localStorage.getItem("size");
    if (theme) root.setAttribute("data-theme", theme);
    if (size) root.setAttribute("data-size", size);
  } catch (denied) { /* a browser without storage keeps the standard look */ }

  document.addEventListener("htmx:config:request", function (event) {
    var meta = document.querySelector('meta[name="csrf-token"]');
    if (meta) event.detail.ctx.request.headers["X-CSRFToken"] = meta.content;
  });

  // 401, 403, 404, 409, 413, 429 and 5xx never replace what somebody was typing: they are said beside it.
  document.addEventListener("htmx:after:request", function (event) {
    var ctx = event.detail.ctx, status = ctx.response.status;
    if (status < 400 || status === 422) return;
    event.preventDefault();
    notice(ctx.text);
  });
  document.addEventListener("htmx:error", function () {
    notice('<div class="notice notice-warn"><p>没有信号。您填的都还在，有信号再试一次。</p></div>');
  });

  function notice(html) {
    var area = document.getElementById("notice-area");
    if (!area) return;
    area.innerHTML = html;
    if (window.htmx) window.htmx.process(area);
    var first = area.querySelector("input, button, a");
    if (first) first.focus();
  }

  document.addEventListener("click", function (event) {
    var set = event.target.closest("[data-set]");
    if (!set) return;
    var name = set.getAttribute("data-set"), value = set.getAttribute("data-value");
    if (value) { root.setAttribute("data-" + name, value); localStorage.setItem(name, value); }
    else { root.removeAttribute("data-" + name); localStorage.removeItem(name); }
  });

  document.addEventListener("submit", function (event) {
    var form = event.target, button = form.querySelector("button[type=submit], button:not([type])");
    // Pressed before the field's module was there: nothing is posted or lost, the module takes it up.
    if (form.hasAttribute("data-operation") && !event.defaultPrevented) {
      event.preventDefault();
      form.setAttribute("data-pressed", "1");
      return;
    }
    if (form.hasAttribute("hx-post") || !button || event.defaultPrevented) return;
    if (form.getAttribute("data-sent")) { event.preventDefault(); return; }
    form.setAttribute("data-sent", "1");
    setTimeout(function () { form.removeAttribute("data-sent"); }, 4000);
  });
})();
