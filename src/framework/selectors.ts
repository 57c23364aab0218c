/** Selectors: the names that `on` takes, and which pushes each of them means. */
import { SelectorError } from "../errors.ts";
import { DIALECTS } from "../protocol/dialects/index.ts";
import type { Push } from "../protocol/push.ts";
import { type Selector, SELECTORS } from "../protocol/pushes/selectors.ts";

export type { PushesBySelector, Selector } from "../protocol/pushes/selectors.ts";

const CLASSIC = Object.values(DIALECTS).filter((dialect) => dialect.classic);
const PERMITTED: ReadonlySet<string> = new Set<string>(SELECTORS);
const SHOWN_SUGGESTIONS = 8;

/**
 * The keys (`product/type`) that a selector stands for; a bare one stands for every product with the classic XML.
 *
 * @throws {SelectorError} for a selector that names no push, with those that may have been meant
 */
export function keysOf(selector: Selector): string[] {
  if (!PERMITTED.has(selector)) {
    const permitted = [...PERMITTED].filter((one) => likeness(one, selector)).slice(0, SHOWN_SUGGESTIONS);
    const list =
      permitted.length > 0 ? `Did you mean ${permitted.join(", ")}?` : "See docs/pushes.md for all of them.";
    throw new SelectorError("selector_unknown", `"${selector}" is no selector. ${list}`);
  }
  return selector.includes("/") ? [selector] : CLASSIC.map(({ product }) => `${product}/${selector}`);
}

function likeness(permitted: string, wanted: string): boolean {
  const [a, b] = [lastPart(permitted), lastPart(wanted)];
  return a !== "" && b !== "" && (a.startsWith(b.slice(0, 4)) || b.startsWith(a.slice(0, 4)));
}

function lastPart(selector: string): string {
  return selector.split(":").at(-1)?.toLowerCase() ?? "";
}

/** The keys that a push answers to, from the most specific to the least. */
export function keysOfPush({ product, type }: Pick<Push, "product" | "type">): string[] {
  const [kind, event, change] = type.split(":", 3);
  if (kind !== "event") return [`${product}/${type}`, `${product}/message`];
  const keys = [`${product}/event`];
  if (event !== undefined) keys.unshift(`${product}/event:${event}`);
  if (change !== undefined) keys.unshift(`${product}/${type}`);
  return keys;
}
