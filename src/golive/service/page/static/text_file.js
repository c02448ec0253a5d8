// Text files as spreadsheets save them: not always in UTF-8.

/** The text of a file, and the encoding that it was read as where that is a guess. */
export async function readText(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const marked = { "255,254": "utf-16le", "254,255": "utf-16be" }[bytes.slice(0, 2).join()];
  if (marked) return { text: new TextDecoder(marked).decode(bytes), guess: null };
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes), guess: null };
  } catch {
    return { text: new TextDecoder("windows-1252").decode(bytes), guess: "Windows-1252" };
  }
}
