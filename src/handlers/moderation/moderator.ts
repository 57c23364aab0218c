/** Judges texts: by a word list first, then by whoever else was given. */
import type { JobContext } from "../../framework/context.ts";
import { answerWithin } from "../../deadline.ts";
import { toHex } from "../../protocol/bytes.ts";
import type { PushEnvelope } from "../../protocol/pushes/wire.ts";
import { errorFields } from "../../telemetry/logger.ts";
import type { ModerationProvider, ModerationQuestion } from "./provider.ts";
import { formsOf } from "./shown.ts";
import { foldText, WordList } from "./word-list.ts";

/** Words that must not be said, or the name under which `ctx.shared` keeps them as an array of texts. */
export type ModeratedWords = readonly string[] | { readonly shared: string };

/** How texts are judged, and what becomes of those that are not allowed. */
export interface ModerationOptions {
  /** Default: none. */
  readonly words?: ModeratedWords;
  /** Who else is asked about a text that the words let through. `undefined` asks nobody. */
  readonly provider?: (env: Cloudflare.Env) => ModerationProvider | undefined;
  /** The provider has to answer within this, in milliseconds. Default 800. */
  readonly timeoutMs?: number;
  /** Whether a text passes when it cannot be judged. Default `false`: it is treated as one that is not allowed. */
  readonly failOpen?: boolean;
  /** What is said in place of what is not allowed. `false`: nothing. */
  readonly replacement?: string | false;
}

/** What is used of a handler's context. */
export type ModeratedContext = Pick<JobContext, "account" | "env" | "log" | "shared" | "signal"> & {
  readonly message: PushEnvelope;
};

/** What came of a text. `source` says who refused it. */
export type Judgement =
  | { readonly isAllowed: true }
  | {
      readonly isAllowed: false;
      readonly source: "words" | "provider" | "failure";
      readonly reason: string;
    };

/** What the user has read right before a text, as far as words or sentences may go on in it. */
export interface Before {
  /** Folded. */
  readonly tail: string;
  /** As it was written. */
  readonly context: string;
}

export const NOTHING_BEFORE: Before = { tail: "", context: "" };
export const ALLOWED: Judgement = { isAllowed: true };

const TIMEOUT_MS = 800;
/** So many UTF-16 units of what came before, the provider gets to read as well. */
const CONTEXT_LENGTH = 200;
/** A reason is a word for the log: what may quote a text is not written there. */
const REASON = /^[\w.-]{1,64}$/;

/** One per use of moderation in a bot. */
export class Moderator {
  readonly #direction: ModerationQuestion["direction"];
  readonly #options: ModerationOptions;
  /** By account; the words that all accounts share have none. */
  readonly #lists = new Map<string, WordList>();

  /** @throws {TypeError} when the words are no list, or the time-out is no time */
  constructor(direction: ModerationQuestion["direction"], options: ModerationOptions) {
    const { words = [], timeoutMs = TIMEOUT_MS } = options;
    if (!isListOfWords(words) && !hasName(words)) {
      throw new TypeError('Moderation\'s words are an array of texts, or { shared: "name" }.');
    }
    if (!(timeoutMs > 0 && Number.isFinite(timeoutMs))) {
      throw new TypeError("Moderation's timeoutMs is a number of milliseconds over 0.");
    }
    this.#direction = direction;
    this.#options = options;
  }

  /** Never throws: what cannot be judged is allowed or not as it was set up, and logged. */
  async judge(ctx: ModeratedContext, text: string, before = NOTHING_BEFORE): Promise<Judgement> {
    try {
      const words = await this.#wordsOf(ctx);
      if (saysOneOf(words, text, before)) return { isAllowed: false, source: "words", reason: "word_list" };
      return await this.#ask(ctx, before.context + text);
    } catch (error) {
      const { failOpen = false } = this.#options;
      ctx.log.warn("moderation_failed", {
        ...errorFields(error),
        direction: this.#direction,
        fails: failOpen ? "open" : "closed",
      });
      return failOpen ? ALLOWED : { isAllowed: false, source: "failure", reason: "not_judged" };
    }
  }

  /** What the next text of the same run is judged with. */
  after(ctx: ModeratedContext, text: string, { tail, context }: Before): Before {
    const list = this.#known(ctx);
    const kept = Math.max(0, (list?.longest ?? 0) - 1);
    const folded = foldText(tail + (formsOf(text).at(-1) ?? ""));
    return {
      tail: kept === 0 ? "" : folded.slice(-kept),
      context: (context + text).slice(-CONTEXT_LENGTH).toWellFormed(),
    };
  }

  async #ask({ account, env, message, signal }: ModeratedContext, text: string): Promise<Judgement> {
    const { provider, timeoutMs = TIMEOUT_MS } = this.#options;
    const asked = provider?.(env);
    if (asked === undefined) return ALLOWED;
    const openid = await pseudonym(account.id, message.FromUserName);
    const question = { text, openid, account: account.id, direction: this.#direction };
    const ended = new AbortController();
    try {
      const { allowed, reason = "" } = await answerWithin(
        () => asked.check(question, AbortSignal.any([signal, ended.signal])),
        timeoutMs,
      );
      if (allowed) return ALLOWED;
      return { isAllowed: false, source: "provider", reason: REASON.test(reason) ? reason : "unnamed" };
    } finally {
      ended.abort();
    }
  }

  #known({ account }: ModeratedContext): WordList | undefined {
    const { words = [] } = this.#options;
    return this.#lists.get(isListOfWords(words) ? "" : account.id);
  }

  async #wordsOf(ctx: ModeratedContext): Promise<WordList> {
    const { words = [] } = this.#options;
    const known = this.#known(ctx);
    const given = isListOfWords(words) ? words : await sharedWords(ctx, words.shared);
    if (known?.isOf(given) === true) return known;
    const list = new WordList(given);
    this.#lists.set(isListOfWords(words) ? "" : ctx.account.id, list);
    return list;
  }
}

function isListOfWords(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((word) => typeof word === "string");
}

function hasName(words: unknown): boolean {
  return typeof words === "object" && words !== null && typeof Reflect.get(words, "shared") === "string";
}

async function sharedWords({ shared }: ModeratedContext, name: string): Promise<readonly string[]> {
  const words: unknown = await shared.get(name);
  if (isListOfWords(words)) return words;
  throw new Error(`ctx.shared has no array of texts under "${name}": an empty one blocks nothing`);
}

/** A word may have begun in the text before: its two messages are read as one, with the blank of the cut or without. */
function saysOneOf(words: WordList, text: string, { tail }: Before): boolean {
  if (words.longest === 0) return false;
  return formsOf(text).some((form) => {
    if (words.isIn(foldText(tail + form))) return true;
    return tail !== "" && words.isIn(foldText(`${tail} ${form}`));
  });
}

async function pseudonym(account: string, openid: string): Promise<string> {
  const bytes = new TextEncoder().encode(`${account}:${openid}`);
  return toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
}
