/** Delivers a push as WeChat does: three times in all, the next one when there is no answer within five seconds. */
import type { Answer, FrontDoor } from "./front-door.ts";
import { within } from "./waiting.ts";
import type { PushOptions } from "./wechat.ts";

/** WeChat hangs up after this. */
const WECHAT_TIMEOUT_MS = 5_000;
const MAX_ATTEMPTS = 3;

/** How a delivery went. */
export interface Delivery {
  /** Requests that were made. */
  readonly attempts: number;
  /** What the last one was answered with; unset when none was answered in time. */
  readonly answer: Answer | undefined;
  /** How long the last request took, in milliseconds. */
  readonly lastMs: number;
}

/** Delivers `xml` until there is an answer. Every request is signed and sealed anew. */
export async function deliver(door: FrontDoor, xml: string, options: PushOptions = {}): Promise<Delivery> {
  const abandoned: Promise<unknown>[] = [];
  let lastMs = 0;
  for (let attempts = 1; attempts <= MAX_ATTEMPTS; attempts++) {
    const started = Date.now();
    const answering = door.push(xml, options);
    const answer = await within(answering, WECHAT_TIMEOUT_MS);
    lastMs = Date.now() - started;
    if (answer === undefined) {
      abandoned.push(answering);
      continue;
    }
    await Promise.all(abandoned);
    return { attempts, answer, lastMs };
  }
  await Promise.all(abandoned);
  return { attempts: MAX_ATTEMPTS, answer: undefined, lastMs };
}
