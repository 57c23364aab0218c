/** WeChat's side: delivers each message with its five seconds and its retries, and remembers what came of it. */
import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import type { App } from "../../src/app.ts";
import { within } from "../support/waiting.ts";
import { element, openReply, pushRequest, textXml } from "../support/wechat.ts";
import { say, type Words } from "./bot.ts";
import { faultyBindings, type FaultyEnvOptions } from "./faulty-env.ts";
import type { Attempt, Message } from "./history.ts";
import type { Plan } from "./plan.ts";

/** WeChat hangs up after this. */
const TIMEOUT_MS = 5_000;
const MAX_ATTEMPTS = 3;
const KILLED_SHARE = 0.05;
const SAME_NONCE_SHARE = 0.4;
const TWO_COLOS_SHARE = 0.08;

/** Where a seed's messages are delivered. */
export interface Delivery {
  /** Isolates of the Worker; each request meets one of them. */
  readonly apps: readonly App[];
  readonly plan: Plan;
  readonly vars: object;
  readonly path: string;
  readonly appId: string;
  readonly bindings: Pick<FaultyEnvOptions, "planOf" | "realSeconds">;
}

/** A message to deliver. */
export interface Letter {
  readonly words: Words;
  readonly user: string;
  readonly msgId: string;
  readonly isForged: boolean;
}

/** Delivers a message as WeChat does, until it is answered. */
export async function deliver(to: Delivery, { words, user, msgId, isForged }: Letter): Promise<Message> {
  const { plan, path, appId } = to;
  const { id, verb } = words;
  const xml = textXml(say(words), { FromUserName: user, MsgId: msgId });
  const attempts: Attempt[] = [];
  const requestOf = (): Request =>
    pushRequest(xml, { path, appId, ...(isForged ? { token: "not the token" } : {}) });
  let request = requestOf();
  for (let n = 1; n <= MAX_ATTEMPTS && !attempts.some(({ isShown }) => isShown); n++) {
    if (n > 1 && !plan.happens("same-nonce", SAME_NONCE_SHARE, `nonce ${id}`)) request = requestOf();
    const colos = plan.happens("two-colos", TWO_COLOS_SHARE, `colos ${id} ${n}`) ? 2 : 1;
    const made = await Promise.all(
      Array.from({ length: colos }, (_, colo) => attempt(to, request.clone(), `${id} ${n} ${colo}`)),
    );
    // Of two answers the user is shown the first.
    const first = made
      .filter(({ outcome, status }) => outcome === "answered" && status === 200)
      .sort((a, b) => a.at + a.ms - b.at - b.ms)[0];
    attempts.push(...made.map((one) => ({ ...one, isShown: one === first })));
    if (isForged) break;
  }
  return { id, verb, user, key: `m:${msgId}`, isForged, attempts };
}

async function attempt(to: Delivery, request: Request, name: string): Promise<Attempt> {
  const { apps, plan, vars, appId, bindings } = to;
  const random = plan.random(`attempt ${name}`);
  const app = apps[Math.floor(random() * apps.length)];
  if (app === undefined) throw new RangeError("there is no isolate");
  const requestId = crypto.randomUUID().replaceAll("-", "");
  request.headers.set("X-Request-ID", requestId);
  let isAlive = true;
  const caller = `worker ${name}`;
  const own = { ...env, ...vars, ...faultyBindings({ ...bindings, caller, isAlive: () => isAlive }) };
  const at = Date.now();
  const answering = Promise.resolve(app.fetch(request, own, createExecutionContext())).then(
    async (response) => ({ status: response.status, body: await response.text() }),
  );
  const killedAfter = plan.happens("worker-killed", KILLED_SHARE, `kill ${name}`)
    ? random() * TIMEOUT_MS
    : undefined;
  const answer = await within(answering, killedAfter ?? TIMEOUT_MS);
  const ms = Date.now() - at;
  const facts = { requestId, at, ms, isShown: false };
  if (answer !== undefined && ms <= TIMEOUT_MS) {
    return { ...facts, outcome: "answered", status: answer.status, said: readAnswer(answer.body, appId) };
  }
  isAlive = killedAfter === undefined;
  answering.catch(() => {});
  if (!isAlive) await within(new Promise(() => {}), TIMEOUT_MS - ms);
  return { ...facts, outcome: isAlive ? "unanswered" : "killed" };
}

function readAnswer(body: string, appId: string): string {
  if (!body.startsWith("<xml>")) return body;
  const plain = openReply(body, { appId });
  return element(plain, "Content") ?? plain;
}
