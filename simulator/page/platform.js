// @ts-check
/** WeChat's API as the simulator plays it: what was called, what exists, and what is made to go wrong. */
/** @import { AccountKind } from "../account.ts" */
/** @import { RecordedCall } from "../platform/call-record.ts" */
/** @import { FaultOrder, ScriptedFault } from "../platform/scripted-faults.ts" */
import { call, remove } from "./api.js";

/**
 * A QR code that the account has created.
 *
 * @typedef {object} Code
 * @property {string} ticket
 * @property {string} scene
 * @property {string} actionName `QR_SCENE` …
 * @property {string} url what the code says
 * @property {number} [expiresAt] milliseconds since the epoch; a code that stays has none
 * @property {string} imageUrl
 */

/**
 * @param {string} account
 * @param {string} what
 */
function path(account, what) {
  return `/api/platform/${encodeURIComponent(account)}/${what}`;
}

/**
 * @param {string} account
 * @returns {Promise<{ calls: readonly RecordedCall[] }>} the newest last
 */
export function readCalls(account) {
  return call(path(account, "calls"));
}

/**
 * @param {string} account
 * @returns {Promise<{ codes: readonly Code[] }>} the newest first
 */
export function readCodes(account) {
  return call(path(account, "qr-codes"));
}

/**
 * @param {string} account
 * @returns {Promise<{ faults: readonly ScriptedFault[] }>}
 */
export function readFaults(account) {
  return call(path(account, "faults"));
}

/**
 * @param {string} account
 * @returns {Promise<{ allowed: readonly string[] | null }>} `null`: every address may call
 */
export function readIpList(account) {
  return call(path(account, "ip-list"));
}

/**
 * @param {string} account
 * @param {Partial<FaultOrder>} order
 * @returns {Promise<unknown>}
 */
export function addFault(account, order) {
  return call(path(account, "faults"), order);
}

/**
 * @param {string} account
 * @returns {Promise<unknown>}
 */
export function clearFaults(account) {
  return remove(path(account, "faults"));
}

/**
 * As if another program had fetched a token: those that are known are worth nothing from now on.
 *
 * @param {string} account
 * @returns {Promise<unknown>}
 */
export function invalidateTokens(account) {
  return call(path(account, "tokens"), { action: "invalidate", of: "all" });
}

/**
 * @param {string} account
 * @param {readonly string[] | null} allowed addresses that may ask for tokens; `null` = all
 * @returns {Promise<unknown>}
 */
export function setIpList(account, allowed) {
  return call(path(account, "ip-list"), { allowed });
}

/**
 * @param {string} account
 * @param {AccountKind} kind
 * @returns {Promise<unknown>}
 */
export function setKind(account, kind) {
  return call(path(account, "kind"), { kind });
}
