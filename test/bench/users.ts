/** Who writes: users that came before, as they do on any account, or such as the Worker has no object for in memory. */
import { randomBytes } from "node:crypto";
import { RETURNING_USERS, WOKEN_USERS } from "./constants.ts";

/** `woken`: known users whose objects have left memory since. */
export type Clientele = "returning" | "new" | "woken";

const OPEN_ID_BYTES = 16; // with the prefix a 28-character openid, like the real ones

/** Hands out users, one a push. */
export interface Users {
  next(): string;
}

/** A made-up openid that nobody had before. */
export function newOpenId(): string {
  return `oBench${randomBytes(OPEN_ID_BYTES).toString("base64url")}`;
}

/** The users of one server, for the whole run. */
export function usersOf(clientele: Clientele): Users {
  if (clientele === "new") return { next: newOpenId };
  return takingTurns(clientele === "woken" ? WOKEN_USERS : RETURNING_USERS);
}

/** The same users again and again, in the same order. */
export function takingTurns(count: number): Users {
  const pool = Array.from({ length: count }, newOpenId);
  let next = 0;
  return { next: () => pool[next++ % count] ?? "" };
}
