// Files: images with a preview, and any bytes; chosen, dropped or pasted.

import { h } from "./dom.js";
import { frameField, isNullable } from "./field.js";
import { formatCount } from "./format.js";
import { FileContent } from "./json_text.js";

const DEFAULT_LIMIT = 10 * 1024 * 1024;

/**
 * A field for an image or for bytes, which travel as base64. The only one of a form takes what is
 * pasted anywhere on the page.
 */
export function fileField(column, onchange, { isOnly = false } = {}) {
  const isImage = column.type === "image";
  const limit = column.max_bytes ?? DEFAULT_LIMIT;
  const chooser = h("input", { type: "file", accept: isImage ? "image/*" : null, class: "file-input" });
  const preview = isImage ? h("img", { class: "preview", alt: "", hidden: true }) : null;
  const caption = h("span", { class: "file-caption" });
  const remove = h("button", { type: "button", class: "quiet", hidden: true }, "Remove");
  const area = h("div", { class: "drop" }, preview, h("div", { class: "drop-text" }, caption, chooser, remove));
  const frame = frameField(column, area, { input: chooser, hint: hintOf(column), isWide: true });
  const invitation = `Choose ${isImage ? "an image" : "a file"}, drop one here, or paste one.`;
  let content = null;
  let problem = "";

  function show(next) {
    content = next;
    problem = "";
    remove.hidden = content === null;
    caption.textContent = content === null ? invitation : describe(content);
    if (preview === null) return;
    preview.hidden = content === null;
    if (content === null) preview.removeAttribute("src");
    else preview.src = `data:${mimeOf(content.base64)};base64,${content.base64}`;
    preview.alt = content === null ? "" : `${column.name}: ${content.name}`;
  }

  async function take(file) {
    if (!file) return;
    if (file.size > limit) {
      show(null);
      problem = `${file.name} has ${formatCount(file.size)} bytes; the most is ${formatCount(limit)}.`;
    } else show(new FileContent(file.name || "pasted", await asBase64(file)));
    onchange();
  }

  chooser.addEventListener("change", () => {
    take(chooser.files[0]);
    chooser.value = "";
  });
  remove.addEventListener("click", () => {
    show(null);
    chooser.focus();
    onchange();
  });
  listenForDrops(area, take);
  const pasted = isOnly ? document : frame.element;
  pasted.addEventListener("paste", (event) => isForText(event) || take(event.clipboardData?.files[0]));
  show(null);
  return {
    ...frame,
    take,
    read() {
      if (problem !== "") return { problem };
      if (content === null && !isNullable(column)) return { problem: "", isEmpty: true };
      return { value: content };
    },
    write(value) {
      const base64 = typeof value === "string" ? value.replace(/^data:[^,]*,/, "") : null;
      show(base64 === null ? null : new FileContent(`${column.name}${suffixOf(base64)}`, base64));
    },
  };
}

/** Whether text is pasted into a box for text; spreadsheets put a picture of the cells beside it. */
function isForText({ target, clipboardData }) {
  const isBox = target instanceof Element && target.matches("textarea, input[type='text']");
  return isBox && clipboardData?.types.includes("text/plain");
}

function listenForDrops(area, take) {
  const steps = { dragover: true, dragenter: true, dragleave: false, drop: false };
  for (const [name, isOver] of Object.entries(steps)) {
    area.addEventListener(name, () => area.classList.toggle("over", isOver));
  }
  area.addEventListener("drop", (event) => take(event.dataTransfer.files[0]));
}

function asBase64(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}

function describe(content) {
  const bytes = Math.floor((content.base64.replace(/=+$/, "").length * 3) / 4);
  return `${content.name}, ${formatCount(bytes)} bytes`;
}

function hintOf(column) {
  if (column.type !== "image") return "any file";
  const [height, width] = column.shape ?? [];
  return height ? `image, resized to ${width} × ${height}` : "image";
}

const SIGNATURES = [
  ["iVBOR", "image/png", ".png"],
  ["/9j/", "image/jpeg", ".jpg"],
  ["R0lGOD", "image/gif", ".gif"],
  ["UklGR", "image/webp", ".webp"],
  ["Qk", "image/bmp", ".bmp"],
];

function kindOf(base64) {
  return SIGNATURES.find(([start]) => base64.startsWith(start)) ?? ["", "application/octet-stream", ".bin"];
}

function mimeOf(base64) {
  return kindOf(base64)[1];
}

function suffixOf(base64) {
  return kindOf(base64)[2];
}
