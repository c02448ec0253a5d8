// The columns that a table of records has.

const TYPES = ["string", "integer", "number", "boolean"];

/** The columns of a signature; of a function those of its request, or null where it is not flat. */
export function tableColumns(signature) {
  return signature.form === "object" ? schemaColumns(signature.json_schema) : signature.columns;
}

function schemaColumns(schema) {
  const properties = Object.entries(schema?.properties ?? {});
  const columns = properties.map(([name, property]) => {
    return schemaColumn(name, property, !schema.required?.includes(name));
  });
  return columns.length > 0 && columns.every(Boolean) ? columns : null;
}

/**
 * A column for a property that holds one value. A function gets values as JSON has them, so cells
 * have to be read here (`isStrict`); one with a default may be left out (`isOptional`).
 */
function schemaColumn(name, property, isOptional) {
  const choices = property.anyOf ?? [property];
  const isNullable = choices.some((choice) => choice.type === "null");
  const [kind, ...others] = choices.filter((choice) => choice.type !== "null");
  const isScalar = kind?.enum?.every((value) => typeof value !== "object") ?? TYPES.includes(kind?.type);
  if (!isScalar || others.length > 0) return null;
  return {
    name,
    type: kind.enum ? "category" : kind.type,
    categories: kind.enum ?? [],
    on_null: isNullable || isOptional ? "pass" : "error",
    isStrict: true,
    isOptional: isOptional && !isNullable,
  };
}
