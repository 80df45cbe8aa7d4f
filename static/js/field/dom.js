// Elements as every view makes them.

/** An element with a class, text and children.
 *  @param {string} tag
 *  @param {Record<string, any>} about its text and its properties
 *  @param {...(Node | string)} children */
export function make(tag, { text, ...properties } = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  if (text) element.append(text);
  element.append(...children);
  return element;
}

export const quiet = (text) => make("span", { className: "quiet", text });

/** A row of a list that leads somewhere. */
export const line = (href, ...children) => make("li", {}, make("a", { className: "line", href }, ...children));
export const list = (rows) => make("ul", { className: "list" }, ...rows);

const LATE = 500; // ms after which a frame is not waited for any longer

/** Once what was changed can be seen; a page that nobody looks at any more is not waited for. */
export const painted = () =>
  new Promise((done) => {
    requestAnimationFrame(() => setTimeout(done, 0));
    setTimeout(done, document.hidden ? 0 : LATE);
  });
