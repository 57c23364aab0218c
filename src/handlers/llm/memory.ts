/** What the assistant remembers of its talk with one user: in the session, bounded. */
import type { Json } from "../../protocol/replies.ts";
import type { ModelMessage } from "./provider.ts";

/** Bounds of the memory. */
export interface MemoryLimits {
  /** Questions with their answers. Default 10; 0 remembers nothing. */
  readonly turns?: number;
  /** Tokens of all of them, roughly counted. Default 4,000. */
  readonly tokens?: number;
}

/** A question and its answer. */
interface Exchange {
  readonly q: string;
  readonly a: string;
}

const TURNS = 10;
const TOKENS = 4_000;
/** A session is kept in one row of storage: a single answer must not fill it. */
const MAX_TEXT_LENGTH = 8_000;
/** Latin text has about four characters a token; Chinese about one, and it is counted so. */
const LATIN_PER_TOKEN = 4;

/** What the session's entry says. Anything that is not a memory counts as none, so that a reset is never needed for that. */
export function readMemory(entry: unknown): Exchange[] {
  if (!Array.isArray(entry)) return [];
  return entry.filter(isExchange);
}

/** The messages of a memory, for the model. */
export function remembered(memory: readonly Exchange[]): ModelMessage[] {
  return memory.flatMap(({ q, a }): ModelMessage[] => [
    { role: "user", content: q },
    { role: "assistant", content: a },
  ]);
}

/** The memory with one exchange more; the oldest go where there are too many. */
export function remember(
  memory: readonly Exchange[],
  q: string,
  a: string,
  { turns = TURNS, tokens = TOKENS }: MemoryLimits,
): Json[] {
  const all = [...memory, { q: q.slice(0, MAX_TEXT_LENGTH), a: a.slice(0, MAX_TEXT_LENGTH) }].slice(
    -turns || Infinity,
  );
  let left = tokens;
  let first = all.length;
  while (first > 0) {
    const { q: asked = "", a: answered = "" } = all[first - 1] ?? {};
    left -= tokensOf(asked) + tokensOf(answered);
    if (left < 0) break;
    first--;
  }
  return turns === 0 ? [] : all.slice(first).map(({ q: asked, a: answered }) => ({ q: asked, a: answered }));
}

/** About how many tokens a text has. */
export function tokensOf(text: string): number {
  const others = text.match(/[^\p{ASCII}]/gu)?.length ?? 0;
  return Math.ceil((text.length - others) / LATIN_PER_TOKEN) + others;
}

function isExchange(value: unknown): value is Exchange {
  return (
    typeof value === "object" &&
    value !== null &&
    typeof Reflect.get(value, "q") === "string" &&
    typeof Reflect.get(value, "a") === "string"
  );
}
