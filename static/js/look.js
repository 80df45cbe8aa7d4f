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
  } catch (denied) {
    /* a browser without storage keeps the standard look */
  }

  document.addEventListener("click", function (event) {
    var pressed = /** @type {Element} */ (event.target).closest("[data-set]");
    if (pressed) appear(pressed);
  });

  function appear(button) {
    var name = button.getAttribute("data-set"),
      value = button.getAttribute("data-value");
    if (value) root.setAttribute("data-" + name, value);
    else root.removeAttribute("data-" + name);
    try {
      if (value) localStorage.setItem(name, value);
      else localStorage.removeItem(name);
    } catch (denied) {
      /* for this page only */
    }
    mark();
  }

  function mark() {
    document.querySelectorAll("[data-set]").forEach(function (button) {
      var now = root.getAttribute("data-" + button.getAttribute("data-set")) || "";
      button.setAttribute("aria-pressed", String(now === button.getAttribute("data-value")));
    });
  }

  document.addEventListener("submit", function (event) {
    var form = /** @type {HTMLFormElement} */ (event.target),
      button = form.querySelector("button[type=submit], button:not([type])");
    if (form.hasAttribute("hx-post") || !button || event.defaultPrevented) return;
    if (form.getAttribute("data-sent")) {
      event.preventDefault();
      return;
    }
    form.setAttribute("data-sent", "1");
    setTimeout(function () {
      form.removeAttribute("data-sent");
    }, 4000);
  });

  // What a field takes is said when it becomes little; of what is pasted beyond it nothing is swallowed in silence.
  document.addEventListener("input", function (event) {
    sayLeft(event.target, 0);
  });
  document.addEventListener("paste", function (event) {
    var field = /** @type {HTMLInputElement} */ (event.target),
      pasted = event.clipboardData && event.clipboardData.getData("text");
    if (!limited(field) || !pasted) return;
    var over =
      field.value.length - ((field.selectionEnd || 0) - (field.selectionStart || 0)) + pasted.length - field.maxLength;
    if (over > 0)
      setTimeout(function () {
        sayLeft(field, over);
      });
  });

  function limited(field) {
    return field.maxLength >= 30 && field.type !== "password";
  } // a code is no text

  function sayLeft(field, over) {
    if (!limited(field)) return;
    var left = field.maxLength - field.value.length,
      words = field.nextElementSibling;
    if (!words || !words.hasAttribute("data-left")) {
      if (left > 20) return;
      words = document.createElement("p");
      words.className = "hint";
      words.setAttribute("data-left", "");
      words.setAttribute("role", "status");
      field.insertAdjacentElement("afterend", words);
    }
    words.textContent = over
      ? "粘贴的太长，最后 " + over + " 个字没有放进去。这里最多写 " + field.maxLength + " 个字。"
      : left > 20
        ? ""
        : left
          ? "还能写 " + left + " 个字。"
          : "写满了，这里最多写 " + field.maxLength + " 个字。";
  }

  // A page that does not come, because a script could not be fetched or this browser is too old for it, says so.
  setTimeout(function () {
    var opening = document.querySelector("main [data-opening]");
    if (opening) opening.textContent = opening.getAttribute("data-late");
  }, 15000);

  document.addEventListener("appearance-shown", mark); // the field draws its page of settings by itself
  document.addEventListener("DOMContentLoaded", mark);
})();
