// Numbers and values as people read them.

const exact = new Intl.NumberFormat("en", { maximumSignificantDigits: 6 });
const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

/** A number with six significant digits; very large and very small ones with an exponent. */
export function formatNumber(value) {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e15)) return value.toExponential(3);
  return size >= 1e6 ? whole.format(value) : exact.format(value);
}

/** A number with four significant digits, where it is one to compare with. */
export function formatRoughly(value) {
  return Math.abs(value) >= 1e4 ? formatNumber(value) : formatNumber(Number(value.toPrecision(4)));
}

/** A count, such as `12,000`. */
export function formatCount(value) {
  return whole.format(value);
}

/** A probability in percent; only 0 and 1 themselves are shown as 0% and 100%. */
export function formatPercent(share) {
  if (share > 0 && share < 0.0005) return "<0.1%";
  if (share < 1 && share >= 0.9995) return ">99.9%";
  return `${(share * 100).toFixed(share === 0 || share === 1 ? 0 : 1)}%`;
}

/**
 * A label, a category or any JSON value in a line: texts as they are, anything else as JSON, since
 * the number of a year or of an area code is a name.
 */
export function formatValue(value) {
  if (typeof value === "string") return value === "" ? "(empty text)" : value;
  return JSON.stringify(value);
}

/** A value without line breaks, cut after `length` characters. */
export function shorten(text, length) {
  const line = text.replace(/\s+/g, " ").trim();
  return [...line].length <= length ? line : `${[...line].slice(0, length - 1).join("")}…`;
}

/** The text that stands for a class in `probabilities`. */
export function classKey(label) {
  return typeof label === "string" ? label : JSON.stringify(label);
}
