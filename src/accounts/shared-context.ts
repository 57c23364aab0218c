/**
 * What an account's handlers share: read often, written seldom (opening hours, a price list). In KV, with a copy in the
 * isolate; KV may be a minute behind elsewhere, slow or down, and a push is answered all the same.
 */
import { answerWithin } from "../deadline.ts";
import type { Logger } from "../telemetry/logger.ts";
import { errorFields } from "../telemetry/logger.ts";

/** Anything that JSON can carry. */
type JsonValue =
  string | number | boolean | null | readonly JsonValue[] | { readonly [name: string]: JsonValue };

/** How long a copy is used before KV is asked again, in milliseconds. */
const COPY_LIFE_MS = 60_000;
/** Longer is not waited for KV: the last copy serves. */
const READ_TIMEOUT_MS = 500;
const WRITE_TIMEOUT_MS = 5_000;
const MAX_COPIES = 1_000;

interface Copy {
  readonly value: JsonValue | undefined;
  readonly readAt: number;
}

/** The copies of all accounts of an isolate. */
const copies = new Map<string, Copy>();

/** One account's shared values, for one request or job. */
export class SharedContext {
  readonly #kv: KVNamespace;
  readonly #account: string;
  readonly #log: Logger;
  readonly #clock: () => number;

  constructor(kv: KVNamespace, account: string, log: Logger, clock: () => number) {
    this.#kv = kv;
    this.#account = account;
    this.#log = log;
    this.#clock = clock;
  }

  /**
   * A value, at most a minute or so old. When KV fails or takes over half a second, the last one that this isolate has
   * seen; `undefined` when there is none.
   */
  async get<T extends JsonValue>(name: string): Promise<T | undefined> {
    const key = this.#key(name);
    const copy = copies.get(key);
    const now = this.#clock();
    if (copy && now - copy.readAt < COPY_LIFE_MS) return copy.value as T | undefined; // typed by who wrote it
    try {
      const value = await answerWithin(() => this.#kv.get<JsonValue>(key, "json"), READ_TIMEOUT_MS);
      keep(key, { value: value ?? undefined, readAt: now });
      return (value ?? undefined) as T | undefined;
    } catch (error) {
      this.#log.warn("shared_context_failed", { name, ...errorFields(error) });
      return copy?.value as T | undefined;
    }
  }

  /** Writes a value; other isolates see it within some two minutes. KV takes one write a second and key. Throws when KV fails or takes 5 s. */
  async set(name: string, value: JsonValue): Promise<void> {
    await answerWithin(() => this.#kv.put(this.#key(name), JSON.stringify(value)), WRITE_TIMEOUT_MS);
    keep(this.#key(name), { value, readAt: this.#clock() });
  }

  /** Removes a value. Throws when KV fails or takes 5 s. */
  async delete(name: string): Promise<void> {
    await answerWithin(() => this.#kv.delete(this.#key(name)), WRITE_TIMEOUT_MS);
    keep(this.#key(name), { value: undefined, readAt: this.#clock() });
  }

  #key(name: string): string {
    return `shared:${this.#account}:${name}`;
  }
}

function keep(key: string, copy: Copy): void {
  copies.delete(key);
  copies.set(key, copy);
  if (copies.size <= MAX_COPIES) return;
  for (const oldest of copies.keys()) {
    copies.delete(oldest);
    return;
  }
}
