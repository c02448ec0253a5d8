// The Markdown of model cards as elements: headings, lists, tables, code, bold and links. What is
// not known here stays text; nothing is ever read as HTML.

import { breakable, h } from "./dom.js";

const BLOCKS = [
  [/^```/, readCode],
  [/^#{1,6}\s/, readHeading],
  [/^\s*\|/, readTable],
  [/^\s*([-*+]|\d+[.)])\s/, readList],
  [/^>/, readQuote],
  [/^(-{3,}|\*{3,})\s*$/, (lines) => [h("hr"), lines.slice(1)]],
];
const INLINE = /(?<code>`+)(?<text>.+?)\k<code>|\*\*(?<bold>.+?)\*\*|\*(?<emphasis>[^*\s][^*]*)\*|\[(?<name>[^\]]+)\]\((?<target>[^)\s]+)\)|\\(?<escaped>[!-/:-@[-`{-~])|&(?<entity>lt|gt|amp|quot);/g;
const ENTITIES = { lt: "<", gt: ">", amp: "&", quot: '"' };
const BROAD = 3; // columns that a narrow screen still shows beside one another
const HIGHEST = 2; // the page has its own first heading

/** The elements of a Markdown text; a YAML head is left out. */
export function renderMarkdown(text) {
  let lines = text.replace(/\r\n?/g, "\n").replace(/^---\n[^]*?\n---\n/, "").split("\n");
  const elements = [];
  while (lines.length > 0) {
    if (lines[0].trim() === "") {
      lines = lines.slice(1);
      continue;
    }
    const [, read] = BLOCKS.find(([start]) => start.test(lines[0])) ?? [null, readParagraph];
    const [element, rest] = read(lines);
    elements.push(element);
    lines = rest;
  }
  return elements;
}

function readCode(lines) {
  const end = lines.findIndex((line, at) => at > 0 && line.startsWith("```"));
  const inside = lines.slice(1, end < 0 ? undefined : end).join("\n");
  const block = h("pre", { class: "code-block", tabindex: "0", role: "group", "aria-label": "Code" }, h("code", {}, inside));
  return [block, end < 0 ? [] : lines.slice(end + 1)];
}

function readHeading(lines) {
  const [, marks, text] = /^(#+)\s+(.*?)\s*#*$/.exec(lines[0]);
  return [h(`h${Math.max(HIGHEST, marks.length)}`, {}, inline(text)), lines.slice(1)];
}

function readTable(lines) {
  const count = countWhile(lines, (line) => /^\s*\|/.test(line));
  const rows = lines.slice(0, count).map(cellsOf);
  const isRule = rows[1]?.every((cell) => /^:?-+:?$/.test(cell));
  const [head, body] = isRule ? [rows[0], rows.slice(2)] : [null, rows];
  const table = h(
    "table",
    { class: rows[0].length > BROAD ? "broad" : null },
    head ? h("thead", {}, h("tr", {}, head.map((cell) => h("th", { scope: "col" }, inline(cell))))) : null,
    h("tbody", {}, body.map((row) => h("tr", {}, row.map((cell) => h("td", {}, inCell(inline(cell))))))),
  );
  const frame = h("div", { class: "table-frame", tabindex: "0", role: "group", "aria-label": "Table" }, table);
  return [frame, lines.slice(count)];
}

function inCell(nodes) {
  return nodes.flatMap((node) => (typeof node === "string" ? breakable(node) : [node]));
}

function cellsOf(line) {
  const inside = line.trim().replace(/^\|/, "").replace(/(?<!\\)\|$/, "");
  return inside.split(/(?<!\\)\|/).map((cell) => cell.trim());
}

function readList(lines) {
  const isOrdered = /^\s*\d/.test(lines[0]);
  const items = [];
  let at = 0;
  for (; at < lines.length && lines[at].trim() !== ""; at += 1) {
    const item = /^\s*(?:[-*+]|\d+[.)])\s+(.*)$/.exec(lines[at]);
    if (item) items.push(item[1]);
    else items[items.length - 1] += ` ${lines[at].trim()}`;
  }
  const list = h(isOrdered ? "ol" : "ul", {}, items.map((item) => h("li", {}, inline(item))));
  return [list, lines.slice(at)];
}

function readQuote(lines) {
  const count = countWhile(lines, (line) => line.startsWith(">"));
  const text = lines.slice(0, count).map((line) => line.replace(/^>\s?/, "")).join(" ");
  return [h("blockquote", {}, inline(text)), lines.slice(count)];
}

function readParagraph(lines) {
  const goesOn = (line, at) => at === 0 || (line.trim() !== "" && !BLOCKS.some(([start]) => start.test(line)));
  const count = countWhile(lines, goesOn);
  const text = lines.slice(0, count).join(" ");
  const isBlank = text.startsWith("**TO FILL IN:**");
  return [h("p", { class: isBlank ? "to-fill-in" : null }, inline(text)), lines.slice(count)];
}

function countWhile(lines, holds) {
  const end = lines.findIndex((line, at) => !holds(line, at));
  return end < 0 ? lines.length : end;
}

function inline(text) {
  const nodes = [];
  let from = 0;
  for (const match of text.matchAll(INLINE)) {
    nodes.push(text.slice(from, match.index), inlineNode(match));
    from = match.index + match[0].length;
  }
  nodes.push(text.slice(from));
  return nodes.filter((node) => node !== "");
}

function inlineNode({ 0: whole, groups }) {
  if (groups.text !== undefined) return h("code", {}, groups.text);
  if (groups.bold !== undefined) return h("strong", {}, inline(groups.bold));
  if (groups.emphasis !== undefined) return h("em", {}, inline(groups.emphasis));
  if (groups.escaped !== undefined) return groups.escaped;
  if (groups.entity !== undefined) return ENTITIES[groups.entity];
  if (!/^https?:\/\//.test(groups.target)) return whole;
  return h("a", { href: groups.target, rel: "noopener noreferrer" }, groups.name);
}
