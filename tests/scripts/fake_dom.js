// As much of a document as the drawing modules of static/js/field touch: elements with attributes, classes and data, found
// by simple selectors, read out of HTML as templates write it. It lays nothing out; whoever needs a browser asks one.

const VOID = new Set(["br", "img", "input"]);
const PART = /([a-z][\w-]*|\*)|\.([\w-]+)|\[([\w-]+)(?:=([^\]]+))?\]/gy;
const data = (name) => `data-${name.replace(/[A-Z]/g, (mark) => `-${mark.toLowerCase()}`)}`;

class FakeElement extends EventTarget {
  constructor(tag) {
    super();
    Object.assign(this, { tag, parent: null, childNodes: [], map: new Map(), validity: "", checked: false });
    this.classList = {
      contains: (name) => this.className.split(" ").includes(name),
      add: (name) => this.classList.toggle(name, true),
      toggle: (name, on = !this.classList.contains(name)) => {
        const others = this.className.split(" ").filter((one) => one && one !== name);
        this.className = [...others, ...(on ? [name] : [])].join(" ");
      },
    };
    this.dataset = new Proxy(
      {},
      {
        get: (_, name) => this.map.get(data(String(name))),
        set: (_, name, value) => Boolean(this.setAttribute(data(String(name)), value)),
        deleteProperty: (_, name) => this.map.delete(data(String(name))) || true,
      },
    );
  }

  setAttribute(name, value) {
    if (name === "checked") this.checked = true;
    return this.map.set(name, String(value));
  }
  getAttribute(name) {
    return this.map.get(name) ?? null;
  }
  get attributes() {
    return [...this.map].map(([name, value]) => ({ name, value }));
  }
  get children() {
    return this.childNodes.filter((child) => child instanceof FakeElement);
  }
  get firstElementChild() {
    return this.children[0];
  }
  get lastElementChild() {
    return this.children.at(-1);
  }
  get textContent() {
    return this.childNodes.map((child) => (child instanceof FakeElement ? child.textContent : child)).join("");
  }
  set textContent(words) {
    this.replaceChildren(String(words));
  }

  take(children) {
    return children.map((child) => {
      if (!(child instanceof FakeElement)) return String(child);
      child.remove();
      return Object.assign(child, { parent: this });
    });
  }
  append(...children) {
    this.childNodes.push(...this.take(children));
  }
  prepend(...children) {
    this.childNodes.unshift(...this.take(children));
  }
  replaceChildren(...children) {
    this.childNodes = [];
    this.append(...children);
  }
  after(...children) {
    const taken = this.parent.take(children);
    this.parent.childNodes.splice(this.parent.childNodes.indexOf(this) + 1, 0, ...taken);
  }
  remove() {
    if (this.parent) this.parent.childNodes = this.parent.childNodes.filter((child) => child !== this);
  }
  cloneNode(deep) {
    const copy = new FakeElement(this.tag);
    for (const [name, value] of this.map) copy.setAttribute(name, value);
    if (deep) copy.append(...this.childNodes.map((child) => child.cloneNode?.(true) ?? child));
    return copy;
  }

  matches(selector) {
    const parts = [...selector.matchAll(PART)];
    return parts.every(([, tag, name, attribute, value]) => {
      if (tag) return tag === "*" || tag === this.tag;
      if (name) return this.classList.contains(name);
      const given = this.map.get(attribute) ?? (attribute === "name" ? this.name : undefined);
      return given !== undefined && (value === undefined || given === value);
    });
  }
  querySelectorAll(selector) {
    return this.children.flatMap((child) => [
      ...(child.matches(selector) ? [child] : []),
      ...child.querySelectorAll(selector),
    ]);
  }
  querySelector(selector) {
    return this.querySelectorAll(selector)[0] ?? null;
  }

  setCustomValidity(words) {
    this.validity = words;
  }
  reportValidity() {
    return this.validity === "";
  }
  focus() {
    globalThis.document.activeElement = /** @type {any} */ (this);
  }
  click() {
    const event = Object.assign(new Event("click"));
    this.onclick?.(event);
    this.dispatchEvent(event);
  }
}

for (const [property, attribute] of Object.entries({ className: "class", id: "id", name: "name", href: "href" }))
  Object.defineProperty(FakeElement.prototype, property, {
    get() {
      return this.map.get(attribute) ?? "";
    },
    set(value) {
      this.map.set(attribute, String(value));
    },
  });
Object.defineProperty(FakeElement.prototype, "value", {
  get() {
    return this.typed ?? this.map.get("value") ?? "";
  },
  set(value) {
    this.typed = String(value);
  },
});

/** The first element of a piece of HTML. */
export function read(html) {
  const top = new FakeElement("top"),
    open = [top];
  for (const [, words, end, tag, attributes] of html.matchAll(/([^<]+)|<(\/?)([\w-]+)([^>]*)>/g)) {
    if (words) {
      if (words.trim()) open.at(-1).append(words);
    } else if (end) open.pop();
    else {
      const element = new FakeElement(tag);
      for (const [, name, value = ""] of attributes.matchAll(/([\w-]+)(?:="([^"]*)")?/g))
        element.setAttribute(name, value);
      open.at(-1).append(element);
      if (!VOID.has(tag)) open.push(element);
    }
  }
  return top.firstElementChild;
}

/** Give the page's document these templates, by id, and elements to make. Call it after page_data.js. */
export function furnish(templates = {}) {
  const known = globalThis.document.getElementById.bind(globalThis.document);
  Object.assign(globalThis.document, {
    createElement: (tag) => new FakeElement(tag),
    importNode: (element, deep) => element.cloneNode(deep),
    getElementById: (id) => (id in templates ? { content: { firstElementChild: read(templates[id]) } } : known(id)),
  });
}
