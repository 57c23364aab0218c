/** Which conversation a push belongs to. */
import { hash53 } from "../protocol/push-key.ts";

/**
 * Name of the conversation's object: one per account and user. Pushes about no user are spread over sixteen.
 *
 * @param user empty for none
 * @param key of the push
 */
export function objectName(account: string, user: string, key: string): string {
  return user === "" ? `${account}:~:${hash53(key).slice(-1)}` : `${account}:${user}`;
}

/** The user whose conversation an object of that name is; empty for none. */
export function userIn(name = ""): string {
  const user = name.slice(name.indexOf(":") + 1);
  return user.startsWith("~:") ? "" : user;
}
