// The columns of a record: those of the signature, or the members of a function's request.

const TYPES = ["string", "integer", "number", "boolean"];
const WHOLE = "request";

/** The columns of a signature; of a function the members of its request, null where it is not flat. */
export function recordColumns(signature) {
  if (signature.form === "object") return memberColumns(signature.json_schema);
  return signature.lookups?.length > 0 ? lookupColumns(signature) : signature.columns;
}

/** The columns, of which those that are looked up may be left out, and the keys to look them up by. */
function lookupColumns({ columns, lookups }) {
  const lookedUp = new Set(lookups.flatMap((lookup) => lookup.columns));
  const names = new Set(columns.map((column) => column.name));
  const keys = [...new Set(lookups.map((lookup) => lookup.key))].filter((key) => !names.has(key));
  return [
    ...keys.map((name) => ({ name, type: "string", categories: [], description: "", on_null: "pass", isLookedUp: true })),
    ...columns.map((column) => (lookedUp.has(column.name) ? { ...column, on_null: "pass", isLookedUp: true } : column)),
  ];
}

/** The one column of a function's request that is a value and no object, or null. */
export function wholeColumn(signature) {
  const schema = signature.json_schema;
  return signature.form === "object" && schema ? schemaColumn(WHOLE, schema, false) : null;
}

function memberColumns(schema) {
  const properties = Object.entries(schema?.properties ?? {});
  const columns = properties.map(([name, property]) => {
    return schemaColumn(name, property, !schema.required?.includes(name));
  });
  return columns.length > 0 && columns.every(Boolean) ? columns : null;
}

/**
 * A column for what holds one value, or null. A function gets values as JSON has them (`isStrict`);
 * a member with a default is left out where it has no value (`isOptional`).
 */
function schemaColumn(name, schema, hasDefault) {
  const choices = schema.anyOf ?? [schema];
  const isNullable = choices.some((choice) => choice.type === "null");
  const [kind, ...others] = choices.filter((choice) => choice.type !== "null");
  const categories = kind?.enum ?? (kind?.const === undefined ? [] : [kind.const]);
  const isScalar = categories.length > 0 ? categories.every(isScalarValue) : TYPES.includes(kind?.type);
  if (!isScalar || others.length > 0) return null;
  return {
    name,
    type: categories.length > 0 ? "category" : typeOf(kind),
    categories,
    minimum: kind.minimum ?? null,
    maximum: kind.maximum ?? null,
    max_bytes: kind.maxLength ? Math.floor((kind.maxLength * 3) / 4) : null,
    description: schema.description ?? kind.description ?? "",
    on_null: isNullable || hasDefault ? "pass" : "error",
    on_unseen: "error",
    isStrict: true,
    isOptional: hasDefault && (!isNullable || (schema.default ?? null) === null),
  };
}

function isScalarValue(value) {
  return value !== null && typeof value !== "object";
}

function typeOf(kind) {
  if (kind.contentMediaType === "image/*") return "image";
  return kind.contentEncoding === "base64" ? "bytes" : kind.type;
}
