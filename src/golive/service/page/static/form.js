// The form: a field for each column, filled with a golden record.

import { h } from "./dom.js";
import { booleanField, categoryField } from "./choice_fields.js";
import { fileField } from "./file_field.js";
import { isExact, readNumeral } from "./json_text.js";
import { numberField } from "./number_field.js";
import { recordColumns, wholeColumn } from "./record_columns.js";
import { momentField, textField, vectorField } from "./text_fields.js";

const FILES = ["image", "bytes"];
const LONG = 80;

/** The columns that the form of a signature has a field for, or null where it can have none. */
export function formColumns(signature) {
  const whole = wholeColumn(signature);
  return whole ? [whole] : recordColumns(signature);
}

/**
 * @param {object} about What the service tells of the model.
 * @param {() => void} onchange Called after each change by the person.
 */
export function makeForm(about, onchange) {
  const { form } = about.signature;
  const columns = formColumns(about.signature);
  const isWhole = wholeColumn(about.signature) !== null;
  const records = about.examples.map((example) => example.record);
  const isText = form === "series" && columns.length === 1;
  const fields = columns.map((column) => {
    const samples = records.map((record) => (isWhole ? record : record?.[column.name])).filter(Boolean);
    const isOnly = columns.filter((each) => FILES.includes(each.type)).length === 1;
    return fieldFor(column, onchange, { samples, isText, isOnly });
  });
  const byName = new Map(columns.map((column, at) => [column.name, fields[at]]));
  const element = h(
    "form",
    { class: isText ? "fields one" : "fields", novalidate: true, onsubmit: (event) => event.preventDefault() },
    fields.map((field) => field.element),
  );

  function read() {
    const results = fields.map((field) => field.read());
    results.forEach((result, at) => result.problem && fields[at].setError(result.problem));
    const isComplete = results.every((result) => result.problem === undefined);
    if (!isComplete) return undefined;
    const values = results.map((result, at) => sentValue(result.value, columns[at]));
    if (isWhole) return values[0];
    const pairs = values.map((value, at) => [columns[at].name, value]);
    return Object.fromEntries(pairs.filter(([, value]) => value !== undefined));
  }

  return {
    element,
    /** The record, or undefined where a field cannot be read; that field says why. */
    read,
    /** Fill the fields with a record. */
    write(record) {
      const values = isText && typeof record === "string" ? { [columns[0].name]: record } : record;
      columns.forEach((column, at) => {
        const isAlias = isText && values && !Object.hasOwn(values, column.name);
        const value = isWhole ? record : isAlias ? values.text : values?.[column.name];
        fields[at].write((isExact(value) ? value.rawJSON : value) ?? null);
        fields[at].setError("");
      });
    },
    /** Show each error beside its field; gives back those that belong to none. */
    showErrors(errors) {
      const homeless = [];
      fields.forEach((field) => field.setError(""));
      for (const error of errors) {
        const field = isWhole ? fields[0] : (byName.get(error.field) ?? byName.get(columnOf(error.field, byName)));
        if (field) field.setError(error.message);
        else homeless.push(error);
      }
      return homeless;
    },
    clearErrors: () => fields.forEach((field) => field.setError("")),
  };
}

/** The value as it is sent: a function gets numbers with all their digits, and defaults are its own.
 * What is looked up is not sent where the field has no value. */
function sentValue(value, column) {
  if (column.isLookedUp && (value ?? null) === null) return undefined;
  if (!column.isStrict) return value;
  if ((value ?? null) === null) return column.isOptional ? undefined : null;
  const isNumber = column.type === "integer" || column.type === "number";
  return isNumber && typeof value === "string" ? readNumeral(value) : value;
}

function columnOf(path, byName) {
  if (!path) return null;
  const inside = [...byName.keys()].filter((name) => path.startsWith(`${name}[`) || path.startsWith(`${name}.`));
  return inside.sort((one, other) => other.length - one.length)[0] ?? null;
}

function fieldFor(column, onchange, { samples, isText, isOnly }) {
  switch (column.type) {
    case "integer":
    case "number":
      return numberField(column, onchange);
    case "boolean":
      return booleanField(column, onchange);
    case "category":
      return categoryField(column, onchange);
    case "datetime":
      return momentField(column, onchange, samples);
    case "vector":
      return vectorField(column, onchange);
    case "image":
    case "bytes":
      return fileField(column, onchange, { isOnly });
    case "text":
      return textField(column, onchange, { isLong: true, rows: isText ? 5 : 3 });
    default:
      return textField(column, onchange, { isLong: samples.some(isLongText) });
  }
}

/** Whether a text needs more than a line, which would lose its line breaks. */
function isLongText(text) {
  return typeof text === "string" && (text.length > LONG || /[\r\n]/.test(text));
}
