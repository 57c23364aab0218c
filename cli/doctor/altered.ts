/** What was done to bytes that had to come back as they were sent. */

/** How they differ. */
export type Alteration =
  "empty" | "bom" | "newline" | "blanks" | "quotes" | "html" | "wrapped" | "cut" | "other";

/**
 * Compares what came back with what had to come back.
 *
 * @returns `undefined` when they are equal, byte for byte
 */
export function alterationOf(expected: string, got: Uint8Array): Alteration | undefined {
  const bytes = Buffer.from(got);
  if (bytes.equals(Buffer.from(expected))) return undefined;
  if (bytes.length === 0) return "empty";
  const text = bytes.toString();
  if (text.replace(/^\uFEFF+/, "") === expected) return "bom";
  const trimmed = withoutBlanksAround(text);
  if (trimmed === expected) return /^[\r\n]*$/.test(text.replace(expected, "")) ? "newline" : "blanks";
  if (trimmed === JSON.stringify(expected)) return "quotes";
  if (text.includes(expected)) return /<[a-z!/]/i.test(text) ? "html" : "wrapped";
  return expected.startsWith(trimmed) ? "cut" : "other";
}

/** As `trim`, which would take a byte order mark for a blank; a pattern would look at many blanks inside again and again. */
function withoutBlanksAround(text: string): string {
  const isBlank = (at: number): boolean => " \t\r\n".includes(text.charAt(at));
  let [start, end] = [0, text.length];
  while (start < end && isBlank(start)) start++;
  while (end > start && isBlank(end - 1)) end--;
  return text.slice(start, end);
}
