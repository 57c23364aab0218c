/** Reads what a Worker answers about dead letters. */
import { notOurs, type WorkerAnswer } from "../worker-request.ts";

/** A page of a listing. */
export interface Letters {
  readonly total: number;
  readonly lost: number;
  readonly letters: readonly {
    readonly id: string;
    /** Milliseconds since the epoch. */
    readonly time: number;
    readonly name: string;
    readonly attempts: number;
    readonly code: string;
    readonly error: string;
  }[];
  readonly next?: number;
}

/** What was done about letters, and what another request goes on with. */
export interface Decision {
  readonly done: number;
  readonly left: number;
  readonly failed: readonly { readonly id: string; readonly code: string; readonly error: string }[];
  readonly next?: object;
}

/** @throws {ApiUnreachableError} when that is no listing */
export function readLetters({ fields, path }: WorkerAnswer): Letters {
  if (isLetters(fields)) return fields;
  throw notOurs(path);
}

/** @throws {ApiUnreachableError} when that is no such answer */
export function readDecision({ fields, path }: WorkerAnswer): Decision {
  if (isDecision(fields)) return fields;
  throw notOurs(path);
}

function isLetters(fields: object): fields is Letters {
  return (
    hasAll(fields, ["total", "lost"], "number") &&
    hasOptional(fields, "next", "number") &&
    isListOf(fields, "letters", (letter) => {
      return (
        hasAll(letter, ["time", "attempts"], "number") &&
        !Number.isNaN(new Date(Number(Reflect.get(letter, "time"))).getTime()) &&
        hasAll(letter, ["id", "name", "code", "error"], "string")
      );
    })
  );
}

function isDecision(fields: object): fields is Decision {
  return (
    hasAll(fields, ["done", "left"], "number") &&
    hasOptional(fields, "next", "object") &&
    isListOf(fields, "failed", (one) => hasAll(one, ["id", "code", "error"], "string"))
  );
}

function hasAll(value: object, names: readonly string[], type: "number" | "string"): boolean {
  return names.every((name) => typeof Reflect.get(value, name) === type);
}

function hasOptional(value: object, name: string, type: "number" | "object"): boolean {
  const found: unknown = Reflect.get(value, name);
  return found === undefined || (typeof found === type && found !== null);
}

function isListOf(value: object, name: string, isOne: (entry: object) => boolean): boolean {
  const list: unknown = Reflect.get(value, name);
  return (
    Array.isArray(list) &&
    list.every((entry: unknown) => typeof entry === "object" && entry !== null && isOne(entry))
  );
}
