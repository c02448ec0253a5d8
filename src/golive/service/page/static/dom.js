// Elements. Whatever comes from data becomes a text node or an attribute, never markup.

let lastId = 0;

/** An id that no other element has. */
export function newId(prefix) {
  lastId += 1;
  return `${prefix}-${lastId}`;
}

/**
 * An element with attributes and children; `onclick` and the like are listeners, `true` is an
 * attribute without a value, and what is null or false is left out.
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== false));
  return element;
}

/** Show the element with a text, or hide it where there is none. */
export function showText(element, text) {
  element.textContent = text;
  element.hidden = text === "";
}

/** Tell screen readers, politely; the same text a second time is told again. */
export function announce(text) {
  const region = document.getElementById("announcer");
  region.textContent = region.textContent === text ? `${text}\u00a0` : text;
}

/** The text as nodes, with a place to break a long line after each underscore. */
export function breakable(text) {
  return text.split(/(?<=_)/).flatMap((part) => [part, h("wbr")]);
}
