/** A user's session as one run sees it: a copy to change, and what was changed in it. */
import { SessionError } from "../errors.ts";
import type { Json } from "../protocol/replies.ts";

/** Top-level keys and their values as JSON text; a deleted key has none. */
export type SessionChanges = ReadonlyMap<string, string | undefined>;

/** The session's keys, each value as JSON text. */
export type SessionEntries = ReadonlyMap<string, string>;

/** One run's copy. */
export class SessionCopy {
  readonly #before: Map<string, string>;
  /** What handlers read and write. */
  readonly data: Record<string, Json | undefined>;

  constructor(entries: SessionEntries) {
    this.#before = new Map(entries);
    this.data = Object.fromEntries([...entries].map(([name, json]) => [name, JSON.parse(json)]));
  }

  /**
   * What has changed since the last time, by top-level key.
   *
   * @throws {SessionError} when a value is not JSON
   */
  takeChanges(): SessionChanges {
    const changes = new Map<string, string | undefined>();
    for (const [name, value] of Object.entries(this.data)) {
      const json = value === undefined ? undefined : jsonOf(name, value);
      if (json !== this.#before.get(name)) changes.set(name, json);
    }
    for (const name of this.#before.keys()) if (!Object.hasOwn(this.data, name)) changes.set(name, undefined);
    for (const [name, json] of changes) {
      if (json === undefined) this.#before.delete(name);
      else this.#before.set(name, json);
    }
    return changes;
  }
}

/** A session's keys, each value as JSON text. @throws {SessionError} when a value is not JSON */
export function sessionEntries(data: object): SessionEntries {
  const entries = new Map<string, string>();
  for (const [name, value] of Object.entries(data)) {
    if (value !== undefined) entries.set(name, jsonOf(name, value));
  }
  return entries;
}

function jsonOf(name: string, value: unknown): string {
  let json: string | undefined;
  try {
    json = JSON.stringify(value);
  } catch (cause) {
    throw new SessionError(`ctx.session.${name} is not JSON.`, { cause });
  }
  if (json === undefined || !survives(value, JSON.parse(json))) {
    throw new SessionError(`ctx.session.${name} is not JSON.`);
  }
  return json;
}

/** Dates, maps and functions would come back as something else. */
function survives(value: unknown, copy: unknown): boolean {
  if (typeof value !== "object" || value === null) return value === copy;
  if (typeof copy !== "object" || copy === null || Array.isArray(value) !== Array.isArray(copy)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== Array.prototype && prototype !== null) return false;
  return Object.entries(value).every(
    ([name, inner]: [string, unknown]) => inner === undefined || survives(inner, Reflect.get(copy, name)),
  );
}
