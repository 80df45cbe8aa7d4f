// Requests of a page: a fresh token on each, refusals said in the fixed notice area beside what was typed, signing in on
// the spot, and the focus on what changed.
(function () {
  "use strict";
  var root = document.documentElement;
  var waiting = null; // the form whose request was refused for want of a session or a connection

  function meta(name) {
    return document.querySelector('meta[name="' + name + '"]');
  }
  function area() {
    return document.getElementById("notice-area");
  }
  function each(list, act) {
    Array.prototype.forEach.call(list, act);
  }

  // ---- requests

  document.addEventListener("htmx:config:request", function (event) {
    var ctx = event.detail.ctx,
      token = meta("csrf-token"),
      body = ctx.request.body;
    // A refresh by itself (data-quiet) is nobody's doing: it takes no focus and says nothing but that it failed.
    ctx.quiet = ctx.sourceElement.hasAttribute("data-quiet");
    if (!token || inArea(ctx.sourceElement)) return; // the form to sign in with came with a token of its own
    ctx.request.headers["X-CSRFToken"] = token.content;
    if (body && body.has && body.has("csrf_token")) body.set("csrf_token", token.content);
  });

  // 401, 403, 404, 409, 413, 429 and 5xx never replace what somebody was typing: they are said beside it.
  document.addEventListener("htmx:after:request", function (event) {
    var ctx = event.detail.ctx,
      status = ctx.response.status;
    if (status < 400 || status === 422) {
      if (!ctx.quiet && !inArea(ctx.sourceElement)) waiting = null;
      if (ctx.quiet) root.removeAttribute("data-unheard");
      return;
    }
    event.preventDefault();
    if (ctx.quiet) {
      root.setAttribute("data-unheard", "1");
      if (status === 401 && !area().firstElementChild) say(ctx.text, false);
      return;
    }
    // Once only: a request that was sent again and is refused again waits for a person.
    if (status === 401 && !inArea(ctx.sourceElement)) remember(ctx);
    say(ctx.text, true);
  });

  document.addEventListener("htmx:error", function (event) {
    var ctx = event.detail.ctx;
    if (!ctx) return;
    if (ctx.quiet) return root.setAttribute("data-unheard", "1");
    if (!inArea(ctx.sourceElement)) remember(ctx);
    var words = document.getElementById("no-connection");
    if (words) say(words.innerHTML, true);
  });

  function inArea(element) {
    return Boolean(element && element.closest && element.closest("#notice-area"));
  }

  function remember(ctx) {
    waiting = ctx.sourceElement.matches("form") ? { form: ctx.sourceElement, submitter: ctx.request.submitter } : null;
  }

  function sendAgain() {
    var again = waiting;
    waiting = null;
    area().textContent = "";
    if (!again || !again.form.isConnected) return;
    submit(again.form, again.submitter);
  }

  function submit(form, submitter) {
    if (!form.requestSubmit) window.htmx.trigger(form, "submit");
    else if (submitter && submitter.isConnected) form.requestSubmit(submitter);
    else form.requestSubmit();
  }

  // ---- the notice area

  function say(html, takeFocus) {
    var place = area();
    if (!place) return;
    place.innerHTML = html;
    if (window.htmx) window.htmx.process(place);
    heard(takeFocus);
  }

  function heard(takeFocus) {
    var place = area(),
      signed = place.querySelector("[data-signed-in]");
    each(place.querySelectorAll("[data-again]"), function (button) {
      button.hidden = !waiting;
    });
    if (signed && adopt(signed)) {
      document.dispatchEvent(new Event("signed-in"));
      return sendAgain();
    }
    if (!takeFocus) return;
    var first = place.querySelector("[data-first]") || place.querySelector("input:not([type=hidden]), button, a");
    if (first) first.focus();
  }

  /** Take the token of the new session; false where somebody else signed in: their name is not put under these words. */
  function adopt(signed) {
    var mine = meta("account");
    if (mine && mine.content && mine.content !== signed.getAttribute("data-account")) {
      waiting = null;
      each(area().querySelectorAll("[data-other]"), function (words) {
        words.hidden = false;
      });
      return false;
    }
    var token = signed.getAttribute("data-token");
    if (meta("csrf-token")) meta("csrf-token").content = token;
    each(document.querySelectorAll("input[name=csrf_token]"), function (input) {
      input.value = token;
    });
    return true;
  }

  // ---- swaps: nothing half written is lost, and the focus is on what changed

  document.addEventListener("htmx:before:swap", function (event) {
    var ctx = event.detail.ctx,
      target = ctx.target;
    if (ctx.quiet || !target || !target.querySelectorAll || inArea(target)) return;
    ctx.kept = halfWritten(target, ctx.response.status < 400 ? ctx.sourceElement : null);
  });

  document.addEventListener("htmx:after:swap", function (event) {
    var ctx = event.detail.ctx;
    if (ctx.quiet) return title();
    if (inArea(ctx.target) || ctx.target === area()) return heard(true);
    area().textContent = "";
    var place = ctx.target && ctx.target.isConnected ? ctx.target : document.getElementById("main");
    each(document.querySelectorAll(".notice[data-said]"), function (old) {
      if (!place.contains(old)) old.remove();
    });
    (ctx.kept || []).forEach(function (one) {
      putBack(place, one);
    });
    focusIn(place);
  });

  function halfWritten(place, sent) {
    var kept = [];
    each(place.querySelectorAll("form"), function (form) {
      if (form === sent) return;
      each(form.elements, function (input) {
        if (!input.name || input.type === "hidden" || !touched(input)) return;
        kept.push({
          form: form.getAttribute("action"),
          name: input.name,
          type: input.type,
          value: input.value,
          checked: input.checked,
          files: input.files,
        });
      });
    });
    return kept;
  }

  function touched(input) {
    if (input.tagName === "BUTTON") return false; // its value says what it does; nobody typed it
    if (input.type === "file") return input.files.length > 0;
    if (input.type === "checkbox" || input.type === "radio") return input.checked !== input.defaultChecked;
    if (input.options) return input.selectedIndex !== firstChosen(input);
    return input.value !== undefined && input.value !== input.defaultValue;
  }

  /** Where no option says that it is chosen, the browser takes the first. */
  function firstChosen(select) {
    for (var i = 0; i < select.options.length; i++) if (select.options[i].defaultSelected) return i;
    return select.options.length ? 0 : -1;
  }

  function putBack(place, one) {
    each(place.querySelectorAll("form"), function (form) {
      if (form.getAttribute("action") !== one.form) return;
      each(form.elements, function (input) {
        if (input.name !== one.name || input.type !== one.type) return;
        if (one.type === "file") {
          input.files = one.files;
          chosen(input);
        } else if (one.type === "checkbox" || one.type === "radio") {
          if (input.value === one.value) input.checked = one.checked;
        } else input.value = one.value;
        for (var box = input.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
      });
    });
  }

  function focusIn(place) {
    var what = place.querySelector(".error-summary") || place.querySelector("[data-said]") || place.querySelector("h1");
    document.title = document.title.replace(/^还差一点 – /, "");
    if (!what) return;
    if (what.classList.contains("error-summary")) document.title = "还差一点 – " + document.title;
    if (!what.hasAttribute("tabindex")) what.setAttribute("tabindex", "-1");
    what.focus();
    what.scrollIntoView({ block: "nearest" });
  }

  // An urgent call is seen in the row of tabs too.
  function title() {
    var calls = document.querySelector("[data-calls]"),
      plain = document.title.replace(/^【紧急 \d+ 件】/, "");
    var count = calls ? calls.getAttribute("data-calls") : "0";
    document.title = (count === "0" ? "" : "【紧急 " + count + " 件】") + plain;
  }

  // ---- presses

  document.addEventListener("click", function (event) {
    var pressed = /** @type {Element} */ (event.target).closest(
      "[data-close], [data-again], [data-newest], [data-reveal], [data-print]",
    );
    if (!pressed) return;
    if (pressed.hasAttribute("data-close")) {
      area().textContent = "";
      waiting = null;
    } else if (pressed.hasAttribute("data-again")) sendAgain();
    else if (pressed.hasAttribute("data-print")) window.print();
    else if (pressed.hasAttribute("data-reveal")) reveal(pressed);
    else newest(event);
  });

  // What changed meanwhile is fetched in place, so that what was typed goes into the newer form.
  function newest(event) {
    if (!document.getElementById("hazard") || !window.htmx) return;
    event.preventDefault();
    area().textContent = "";
    window.htmx.ajax("GET", location.pathname + location.search, { target: "#hazard", swap: "innerHTML" });
  }

  function reveal(button) {
    var input = document.getElementById(button.getAttribute("data-reveal")),
      shown = input.type === "text";
    input.type = shown ? "password" : "text";
    button.setAttribute("aria-pressed", String(!shown));
  }

  // ---- photos of a form: made smaller in the page, and what is still too much is said before anything is sent

  var base = /** @type {HTMLScriptElement} */ (document.currentScript).src,
    busy = []; // forms whose photos are being made smaller: {form, input, submitter}

  document.addEventListener("change", function (event) {
    var input = /** @type {HTMLInputElement} */ (event.target);
    if (input.type !== "file") return;
    chosen(input);
    if (/image/.test(input.accept) && input.files && input.files.length) void shrink(input);
  });

  function chosen(input) {
    var names = Array.prototype.map.call(input.files, function (file) {
      return file.name;
    });
    tell(input, names.length ? "选了 " + names.length + " 张：" + names.join("，") : "");
  }

  function tell(input, text) {
    var words = document.querySelector('[data-chosen="' + input.id + '"]');
    if (words && input.id) words.textContent = text || words.getAttribute("data-none");
  }

  /** One after another: a cheap phone that decodes ten pictures at once has no memory left for the page. */
  async function shrink(input) {
    var files = Array.prototype.slice.call(input.files),
      made = new DataTransfer(),
      mine = { form: input.form, input: input };
    busy = busy
      .filter(function (one) {
        return one.input !== input;
      })
      .concat(mine);
    try {
      var smaller = (await import(new URL("shrink.js", base).href)).smaller;
      for (var at = 0; at < files.length; at++) {
        if (files.length > 1) tell(input, "正在压小照片，第 " + (at + 1) + " 张，共 " + files.length + " 张。");
        try {
          made.items.add(await smaller(files[at]));
        } catch (fault) {
          console.error(fault);
          made.items.add(files[at]);
        } // it goes as it is
      }
      if (busy.indexOf(mine) >= 0) {
        input.files = made.files;
        chosen(input);
      }
    } catch (fault) {
      console.error(fault); // they go as they are
      if (busy.indexOf(mine) >= 0) chosen(input);
    }
    if (busy.indexOf(mine) < 0) return; // chosen anew meanwhile
    busy.splice(busy.indexOf(mine), 1);
    if (mine.pressed) submit(mine.form, mine.submitter);
  }

  document.addEventListener(
    "submit",
    function (event) {
      var waits = busy.filter(function (one) {
          return one.form === event.target;
        })[0],
        most = tooMuch(event.target);
      if (!waits && !most) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (!waits) return say(most, true);
      waits.pressed = true;
      waits.submitter = event.submitter;
    },
    true,
  );

  /** Words where the photos of a form are more than the server takes at once; nothing of it is sent then. */
  function tooMuch(form) {
    var sum = 0,
      count = 0,
      most = 0;
    each(form.querySelectorAll("input[type=file][data-most]"), function (input) {
      most = Number(input.getAttribute("data-most"));
      each(input.files, function (file) {
        sum += file.size;
        count += 1;
      });
    });
    if (!most || sum <= most) return "";
    var mb = function (bytes) {
      return Math.ceil(bytes / 1048576);
    };
    return (
      '<div class="notice notice-bad" role="alert"><p>这 ' +
      count +
      " 张照片一共 " +
      mb(sum) +
      " MB，一次最多 " +
      Math.floor(most / 1048576) +
      ' MB，还没有发。请少选几张，分几次交。您填的都还在。</p><button type="button" data-close data-first>知道了</button></div>'
    );
  }

  // ---- a day off set by hand is said beside its field, with year and day of the week

  document.addEventListener("input", function (event) {
    if (/** @type {HTMLInputElement} */ (event.target).type === "date") sayDay(event.target);
  });

  function sayDay(input) {
    var words = document.querySelector('[data-day-of="' + input.id + '"]'),
      told = document.getElementById("days-off");
    if (!words || !told) return;
    var parts = input.value.split("-"),
      days = JSON.parse(told.getAttribute("data-days")),
      today = told.getAttribute("data-today");
    var week = "日一二三四五六".charAt(new Date(Date.UTC(parts[0], parts[1] - 1, parts[2])).getUTCDay());
    var off = input.value in days ? days[input.value] : week === "六" || week === "日" ? "周末" : "";
    words.hidden = !off || input.value < today;
    words.textContent = words.hidden
      ? ""
      : parts[0] +
        "年" +
        Number(parts[1]) +
        "月" +
        Number(parts[2]) +
        "日（周" +
        week +
        "）是休息日（" +
        off +
        "），要改就换一天，不改也可以。";
  }

  function sayDays() {
    each(document.querySelectorAll("[data-day-of]"), function (words) {
      var input = document.getElementById(words.getAttribute("data-day-of"));
      if (input) sayDay(input);
    });
  }

  document.addEventListener("htmx:after:swap", sayDays);
  document.addEventListener("DOMContentLoaded", function () {
    sayDays();
    var summary = document.querySelector(".error-summary");
    if (summary) summary.focus();
    title();
  });
})();
