// The request of the form as code, to copy.

import { announce, h } from "./dom.js";
import { curlSnippet, javascriptSnippet, pythonSnippet } from "./snippets.js";

const LANGUAGES = [
  ["curl", "curl (bash)", curlSnippet, ""],
  ["python", "Python", pythonSnippet, "Needs the package requests."],
  ["javascript", "JavaScript", javascriptSnippet, "For Node.js, Deno and browsers, as a module."],
];

/** A view of the snippets; `show` writes them for another request. */
export function makeCodeView(url) {
  const blocks = LANGUAGES.map(([name, title, write, note]) => {
    const code = h("code", { id: `snippet-${name}` });
    const button = h("button", { type: "button", class: "copy", onclick: () => copy(code, button, title) }, "Copy");
    button.setAttribute("aria-label", `Copy ${title}`);
    const element = h(
      "section",
      { class: "card snippet", "aria-labelledby": `snippet-${name}-title` },
      h(
        "div",
        { class: "card-head" },
        h("h2", { id: `snippet-${name}-title` }, title),
        note ? h("span", { class: "hint" }, note) : null,
        button,
      ),
      h("pre", { class: "code-block", tabindex: "0", role: "group", "aria-label": `${title} code` }, code),
    );
    return { element, code, write };
  });
  return {
    element: h(
      "div",
      { class: "stack" },
      h("p", { class: "lead" }, "The same request as on the tab Try; it changes with the form."),
      blocks.map((block) => block.element),
    ),
    show(body) {
      for (const { code, write } of blocks) code.textContent = write(url, body);
    },
  };
}

async function copy(code, button, title) {
  const isCopied = await writeToClipboard(code);
  button.textContent = isCopied ? "Copied" : "Selected";
  announce(isCopied ? `${title} copied` : `${title} selected; copy it with the keyboard`);
  setTimeout(() => {
    button.textContent = "Copy";
  }, 2000);
}

/** Copy the code, or select it where the browser does not let pages copy (plain HTTP). */
async function writeToClipboard(code) {
  try {
    await navigator.clipboard.writeText(code.textContent);
    return true;
  } catch {
    getSelection().selectAllChildren(code);
    return document.execCommand("copy");
  }
}
