// @ts-check
/** The simulator's own HTTP interface, as the page uses it. */
/** @import { UrlCheck } from "../check-url.ts" */
/** @import { AnswerStory } from "../answer-story.ts" */
/** @import { Exchange } from "../exchange.ts" */
/** @import { AccountKind, Mode } from "../account.ts" */
/** @import { PhoneView } from "../timeline.ts" */
/** @import { PhoneJobs } from "../job-routes.ts" */
/** @import { DeadLetterAction, DeadLettersView } from "../worker-jobs.ts" */
/** @import { WorkerState } from "../worker-routes.ts" */

/**
 * @typedef {object} Account
 * @property {string} id
 * @property {string} url its callback
 * @property {Mode} mode
 * @property {AccountKind} kind
 * @property {string} [appId]
 * @property {{ menu: boolean, qr: boolean }} can
 *
 * @typedef {object} State
 * @property {readonly Account[]} accounts
 * @property {WorkerState} worker
 * @property {readonly string[]} jobs accounts whose deferred work can be looked at
 * @property {boolean} hasModel whether the Worker's language model is the simulated one
 *
 * @typedef {Readonly<Record<string, unknown>> & { readonly action: string }} Action what a person does
 */

/** What the simulator said instead of doing what it was asked; the message is for people. */
export class Refused extends Error {}
/** The simulator does not answer. */
export class Unreachable extends Error {}

/** @returns {Promise<State>} */
export function readState() {
  return call("/api/state");
}

/**
 * @param {string} account
 * @param {string} openid
 * @returns {Promise<PhoneView>}
 */
export function readPhone(account, openid) {
  return call(`/api/phone/${encodeURIComponent(account)}/${encodeURIComponent(openid)}`);
}

/**
 * Does something on the phone; resolves when WeChat is done with it, up to 15 seconds later.
 *
 * @param {string} account
 * @param {string} openid
 * @param {Action} action
 * @param {string} mode another mode than the account's, or empty
 * @returns {Promise<Exchange>}
 * @throws {Refused} when the simulator does not do it, and why
 */
export function push(account, openid, action, mode) {
  const path = `/api/phone/${encodeURIComponent(account)}/${encodeURIComponent(openid)}/push`;
  return call(path, mode === "" ? action : { ...action, mode });
}

/**
 * How the Worker came to the answer of an exchange.
 *
 * @param {Exchange} exchange
 * @returns {Promise<AnswerStory>}
 */
export function readStory({ id, account, openid }) {
  const phone = `/api/phone/${encodeURIComponent(account)}/${encodeURIComponent(openid)}`;
  return call(`${phone}/log?exchange=${encodeURIComponent(id)}`);
}

/**
 * What became of the jobs that a phone's pushes have ordered.
 *
 * @param {string} account
 * @param {string} openid
 * @returns {Promise<PhoneJobs>}
 */
export function readJobs(account, openid) {
  return call(`/api/phone/${encodeURIComponent(account)}/${encodeURIComponent(openid)}/jobs`);
}

/**
 * The jobs of an account that were given up.
 *
 * @param {string} account
 * @returns {Promise<DeadLettersView>}
 */
export function readDeadLetters(account) {
  return call(`/api/worker/dead-letters/${encodeURIComponent(account)}`);
}

/**
 * Has one of them run again, or drops it; resolves with those that are left.
 *
 * @param {string} account
 * @param {DeadLetterAction} action
 * @param {string} id
 * @returns {Promise<DeadLettersView>}
 * @throws {Refused} when the Worker refuses, and why
 */
export function decideDeadLetter(account, action, id) {
  return call(`/api/worker/dead-letters/${encodeURIComponent(account)}`, { action, id });
}

/**
 * Kills the Worker without a warning; resolves when it is back.
 *
 * @returns {Promise<unknown>}
 */
export function killWorker() {
  return call("/api/worker/kill", {});
}

/**
 * Checks the callback's URL as WeChat's console does.
 *
 * @param {string} account
 * @returns {Promise<UrlCheck>}
 */
export function checkUrl(account) {
  return call(`/api/url-check/${encodeURIComponent(account)}`, {});
}

/**
 * @template T
 * @param {string} path
 * @param {object} [body] sent by POST
 * @returns {Promise<T>}
 * @throws {Refused} when the simulator does not do it, and why
 * @throws {Unreachable} when it does not answer
 */
export function call(path, body) {
  return request(
    path,
    body === undefined
      ? {}
      : { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) },
  );
}

/**
 * `call` by DELETE.
 *
 * @template T
 * @param {string} path
 * @returns {Promise<T>}
 */
export function remove(path) {
  return request(path, { method: "DELETE" });
}

/**
 * @template T
 * @param {string} path
 * @param {RequestInit} init
 * @returns {Promise<T>}
 */
async function request(path, init) {
  /** @type {Response} */
  let response;
  try {
    response = await fetch(path, init);
  } catch (cause) {
    throw new Unreachable("the simulator does not answer", { cause });
  }
  const answer = await response.json().catch(() => ({ error: `HTTP ${response.status}` }));
  if (!response.ok) throw new Refused(answer.error ?? `HTTP ${response.status}`);
  return answer;
}
