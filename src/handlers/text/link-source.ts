/** Links as markdown writes them: `[label](address "title")`. */

/** A link in the source. */
export interface LinkSource {
  readonly label: string;
  readonly address: string;
  readonly length: number;
}

/** Address and title in their brackets. Brackets nest in an address, up to two deep: those of encyclopaedias have them. */
const ADDRESS =
  /^\(\s*(?:<([^<>\n]*)>|((?:\\[^\s]|[^\s()\\]|\((?:[^\s()]|\([^\s()]*\))*\))*))(?:\s+(?:"(?:\\[^]|[^"\\])*"|'(?:\\[^]|[^'\\])*'|\((?:\\[^]|[^()\\])*\)))?\s*\)/;
/** No label is longer: a text full of brackets is not to be read to its end for each of them. */
const LONGEST_LABEL = 1024;
const LONGEST_ADDRESS = 4096;

/** The link that `text` has at `at`, a "[". */
export function linkAt(text: string, at: number): LinkSource | undefined {
  if (text[at] !== "[") return undefined;
  const end = labelEnd(text, at);
  if (end === undefined || text[end + 1] !== "(") return undefined;
  const match = ADDRESS.exec(text.slice(end + 1, end + 1 + LONGEST_ADDRESS));
  if (!match) return undefined;
  const address = (match[1] ?? match[2] ?? "").replace(/\\([!-/:-@[-`{-~])/g, "$1");
  return { label: text.slice(at + 1, end), address, length: end + 1 + match[0].length - at };
}

/** Where the "]" of a label is: brackets nest, and those in code do not count. */
function labelEnd(text: string, at: number): number | undefined {
  let depth = 0;
  const last = Math.min(text.length, at + LONGEST_LABEL);
  for (let i = at; i < last; i++) {
    const sign = text[i];
    if (sign === "\\") i++;
    else if (sign === "`") i = codeEnd(text, i);
    else if (sign === "[") depth++;
    else if (sign === "]" && --depth === 0) return i;
  }
  return undefined;
}

function codeEnd(text: string, at: number): number {
  const fence = /^`+/.exec(text.slice(at, at + LONGEST_LABEL))?.[0] ?? "`";
  const end = text.indexOf(fence, at + fence.length);
  return (end < 0 ? at : end) + fence.length - 1;
}
