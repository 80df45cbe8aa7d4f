// Rows that can be ticked: how many are, all of a page at once, and the keys j, k, x, Enter and /. Without this the page works by
// its checkboxes and buttons alone.
(function () {
  "use strict";
  var at = -1; // the row that the keys are on

  function all(selector) {
    return Array.prototype.slice.call(document.querySelectorAll(selector));
  }

  function rowOf(box) {
    return box.closest("tr, [data-row]");
  }

  function say() {
    var boxes = all("[data-pick]"),
      whole = /** @type {HTMLInputElement} */ (document.querySelector("[data-whole]")),
      page = /** @type {HTMLInputElement} */ (document.querySelector("[data-pick-page]")),
      words = document.querySelector("[data-picked-count]");
    var count = boxes.filter(function (box) {
      rowOf(box).classList.toggle("picked", box.checked);
      return box.checked;
    }).length;
    if (page) {
      page.checked = count > 0 && count === boxes.length;
      page.indeterminate = count > 0 && count < boxes.length;
    }
    if (!words) return;
    if (whole && whole.checked) words.textContent = "勾了全部 " + whole.value + " 件";
    else words.textContent = count ? "勾了 " + count + " 件" : words.getAttribute("data-none");
  }

  document.addEventListener("change", function (event) {
    var box = /** @type {HTMLInputElement} */ (event.target);
    if (box.matches("[data-pick-page]"))
      all("[data-pick]").forEach(function (one) {
        one.checked = box.checked;
      });
    if (box.matches("[data-pick], [data-pick-page], [data-whole]")) say();
  });

  // ---- keys, where nobody is typing

  document.addEventListener("keydown", function (event) {
    var target = /** @type {HTMLElement} */ (event.target);
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (target.closest("input:not([type=checkbox]), select, textarea, dialog, [contenteditable]")) return;
    if (event.key === "/") find(event);
    else if (event.key === "j") go(event, 1);
    else if (event.key === "k") go(event, -1);
    else if (event.key === "x") tick(event);
    else if (event.key === "Enter" && !target.closest("a, button, summary")) open(event);
  });

  function find(event) {
    var field = /** @type {HTMLElement} */ (document.querySelector("[data-find]"));
    if (!field) return;
    event.preventDefault();
    field.focus();
  }

  function go(event, step) {
    var boxes = all("[data-pick]");
    if (!boxes.length) return;
    event.preventDefault();
    var focused = boxes.indexOf(document.activeElement);
    at = Math.max(0, Math.min(boxes.length - 1, (focused >= 0 ? focused : at) + step));
    boxes.forEach(function (box, number) {
      rowOf(box).classList.toggle("here", number === at);
    });
    boxes[at].focus();
    rowOf(boxes[at]).scrollIntoView({ block: "nearest" });
  }

  function current() {
    var boxes = all("[data-pick]"),
      focused = boxes.indexOf(document.activeElement);
    return boxes[focused >= 0 ? focused : at];
  }

  function tick(event) {
    var box = current();
    if (!box) return;
    event.preventDefault();
    box.checked = !box.checked;
    say();
  }

  // Enter on a checkbox would send the form that it names: nobody hands over thirty hazards by opening one.
  function open(event) {
    if (event.target.matches("input")) event.preventDefault();
    var box = current(),
      link = box && /** @type {HTMLAnchorElement} */ (rowOf(box).querySelector("a[data-open], td > a, a"));
    if (!link) return;
    event.preventDefault();
    link.click();
  }

  document.addEventListener("DOMContentLoaded", say);
  window.addEventListener("pageshow", say); // a page that is gone back to keeps what was ticked
})();
