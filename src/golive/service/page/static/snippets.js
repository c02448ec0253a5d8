// The same request as code: for bash, Python and JavaScript.

import { FileContent, isExact } from "./json_text.js";

/** The request as `curl`, for bash. */
export function curlSnippet(url, body) {
  const head = `curl ${quoteForShell(url)} \\\n  -H 'content-type: application/json'`;
  const files = filesIn(body);
  if (files.length === 0) return `${head} \\\n  -d ${quoteForShell(JSON.stringify(body, null, 2))}`;
  const marks = files.map((_, at) => `\u0000${at}\u0000`);
  const parts = marked(body, files, marks).split(/\\u0000(\d+)\\u0000/);
  const pieces = parts.map((part, at) =>
    at % 2 === 0
      ? `  printf '%s' ${quoteForShell(part)}`
      : `  base64 < ${quoteForShell(files[Number(part)].name)} | tr -d '\\n'`,
  );
  return `{\n${pieces.join("\n")}\n} | ${head} \\\n  -d @-`;
}

/** The request in Python, with the package requests. */
export function pythonSnippet(url, body) {
  const hasFiles = filesIn(body).length > 0;
  const imports = hasFiles ? "import base64\nfrom pathlib import Path\n\nimport requests" : "import requests";
  const literal = pythonLiteral(body, "    ");
  return `${imports}

response = requests.post(
    ${pythonLiteral(url)},
    json=${literal},
    timeout=30,
)
response.raise_for_status()
print(response.json()["predictions"][0])
`;
}

/** The request in JavaScript, with fetch; files are read as Node.js does. */
export function javascriptSnippet(url, body) {
  const hasFiles = filesIn(body).length > 0;
  const imports = hasFiles ? 'import { readFile } from "node:fs/promises";\n\n' : "";
  return `${imports}const response = await fetch(${JSON.stringify(url)}, {
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify(${javascriptLiteral(body, "  ")}),
});
if (!response.ok) throw new Error(await response.text());
const { predictions } = await response.json();
console.log(predictions[0]);
`;
}

/** A text as one word of bash. */
export function quoteForShell(text) {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** A JSON value as Python writes it. */
export function pythonLiteral(value, indent = "") {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (value instanceof FileContent) {
    return `base64.b64encode(Path(${JSON.stringify(value.name)}).read_bytes()).decode()`;
  }
  return nested(value, indent, "    ", pythonLiteral);
}

function javascriptLiteral(value, indent = "") {
  if (value instanceof FileContent) {
    return `(await readFile(${JSON.stringify(value.name)})).toString("base64")`;
  }
  if (isExact(value)) return javascriptNumber(value.rawJSON);
  return nested(value, indent, "  ", javascriptLiteral);
}

/** A number as it was written; an integer that JavaScript would round, by what keeps its digits. */
function javascriptNumber(source) {
  const isRounded = /^-?\d+$/.test(source) && !Number.isSafeInteger(Number(source));
  return isRounded ? `JSON.rawJSON(${JSON.stringify(source)})` : source;
}

function nested(value, indent, step, write) {
  if (!isNested(value)) return JSON.stringify(value);
  const inner = indent + step;
  const isList = Array.isArray(value);
  const items = isList
    ? value.map((item) => write(item, inner))
    : Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${write(item, inner)}`);
  const [open, close] = isList ? ["[", "]"] : ["{", "}"];
  const isFlat = isList && !value.some(isNested);
  if (items.length === 0 || isFlat) return `${open}${items.join(", ")}${close}`;
  return `${open}\n${items.map((item) => `${inner}${item},\n`).join("")}${indent}${close}`;
}

function isNested(value) {
  return value !== null && typeof value === "object" && !isExact(value);
}

function filesIn(value) {
  if (value instanceof FileContent) return [value];
  return isNested(value) ? Object.values(value).flatMap(filesIn) : [];
}

function marked(body, files, marks) {
  const replace = (value) => {
    if (value instanceof FileContent) return marks[files.indexOf(value)];
    if (Array.isArray(value)) return value.map(replace);
    if (!isNested(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replace(item)]));
  };
  return JSON.stringify(replace(body));
}
