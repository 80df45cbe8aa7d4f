// What every page has before anything is drawn: the appearance chosen on this device, and a form is sent once.
(function () {
  "use strict";
  var root = document.documentElement;
  root.classList.add("js");
  try {
    ["theme", "size"].forEach(function (name) {
      var chosen = localStorage.getItem(name);
      if (chosen) root.setAttribute("data-" + name, chosen);
    });
  } catch (denied) { /* a browser without storage keeps the standard look */ }

  document.addEventListener("click", function (event) {
    var pressed = event.target.closest("[data-set]");
    if (pressed) appear(pressed);
  });

  function appear(button) {
    var name = button.getAttribute("data-set"), value = button.getAttribute("data-value");
    if (value) root.setAttribute("data-" + name, value); else root.removeAttribute("data-" + name);
    try { if (value) localStorage.setItem(name, value); else localStorage.removeItem(name); } catch (denied) { /* for this page only */ }
    mark();
  }

  function mark() {
    document.querySelectorAll("[data-set]").forEach(function (button) {
      var now = root.getAttribute("data-" + button.getAttribute("data-set")) || "";
      button.setAttribute("aria-pressed", String(now === button.getAttribute("data-value")));
    });
  }

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

  document.addEventListener("appearance-shown", mark); // the field draws its page of settings by itself
  document.addEventListener("DOMContentLoaded", mark);
})();
