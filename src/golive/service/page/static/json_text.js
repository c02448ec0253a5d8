// JSON in and out, without losing digits.

/** The value of a JSON text; integers that a JavaScript number cannot hold stay texts. */
export function parseJson(text) {
  return JSON.parse(text, (key, value, context) => {
    const isRounded = typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value);
    return isRounded && /^-?\d+$/.test(context?.source ?? "") ? context.source : value;
  });
}

/**
 * The value of a JSON text whose numbers are written again as they stand there: integers of many
 * digits, `1.0`, `1e400`. Browsers without `JSON.rawJSON` round them.
 */
export function parseExact(text) {
  if (!JSON.rawJSON) return parseJson(text);
  return JSON.parse(text, (key, value, { source }) => {
    const isChanged = typeof value === "number" && JSON.stringify(value) !== source;
    return isChanged ? JSON.rawJSON(source) : value;
  });
}

/** Whether the value is a number that `parseExact` has kept as it was written. */
export function isExact(value) {
  return JSON.isRawJSON?.(value) ?? false;
}

/** The number of a text, as it is written there; the text itself where it is none in JSON. */
export function readNumeral(text) {
  try {
    const value = parseExact(text);
    return typeof value === "number" || isExact(value) ? value : text;
  } catch {
    return text;
  }
}

/** The bytes of a file as base64, on their way to the model under the file's name. */
export class FileContent {
  constructor(name, base64) {
    this.name = name;
    this.base64 = base64;
  }

  toJSON() {
    return this.base64;
  }
}
