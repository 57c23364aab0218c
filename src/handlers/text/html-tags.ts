/** HTML in what a model writes. */

const TAG = /^<(\/?)([a-zA-Z][a-zA-Z0-9]*)((?:\s+[^<>]*)?)\s*\/?>/;
const ATTRIBUTE = /(?:^|\s)(href|src|alt)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/gi;

/** The tags that models use to format. Any other, as `<T>` or `<your name>`, is text. */
const KNOWN = new Set(
  (
    "a abbr address article aside b big blockquote body br caption center cite code col colgroup dd del details dfn div dl dt em " +
    "figcaption figure font footer h1 h2 h3 h4 h5 h6 head header hr html i img ins kbd li main mark nav ol p picture pre " +
    "q rp rt ruby s samp section small source span strike strong sub summary sup table tbody td tfoot th thead time tr tt u ul var wbr"
  ).split(" "),
);

/** A tag that stands in a text. */
export interface Tag {
  readonly name: string;
  readonly closing: boolean;
  readonly length: number;
  /** `href` of an `a`, `src` of an `img`. */
  readonly address: string;
  /** `alt` of an `img`. */
  readonly alt: string;
}

/** The tag of HTML that `text` has at `index`, a "<". */
export function tagAt(text: string, index: number): Tag | undefined {
  // No tag is this long; without an end, a text full of "<" would be read once for each of them.
  const match = TAG.exec(text.slice(index, index + 4096));
  if (!match) return undefined;
  const [{ length }, slash, spelled = "", rest = ""] = match;
  const name = spelled.toLowerCase();
  if (!KNOWN.has(name)) return undefined;
  const found = new Map<string, string>();
  for (const [, attribute = "", double, single, bare] of rest.matchAll(ATTRIBUTE)) {
    found.set(attribute.toLowerCase(), double ?? single ?? bare ?? "");
  }
  const address = found.get(name === "img" ? "src" : "href") ?? "";
  return { name, closing: slash === "/", length, address, alt: found.get("alt") ?? "" };
}
