// JSON in and out, without losing digits.

/** The value of a JSON text; integers that a JavaScript number cannot hold stay texts. */
export function parseJson(text) {
  return JSON.parse(text, (key, value, context) => {
    const isRounded = typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value);
    return isRounded && /^-?\d+$/.test(context?.source ?? "") ? context.source : value;
  });
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
