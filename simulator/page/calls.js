// @ts-check
/** Brings the calls of WeChat's API beside the phone as they are made. */
/** @import { RecordedCall } from "../platform/call-record.ts" */
/** @import { Wire } from "./wire.js" */
import { callKey, callRow } from "./call-row.js";
import { readCalls } from "./platform.js";
import { MAX_ROWS } from "./wire.js";

/** Pictures of QR codes, which this page asks for itself. */
const NOT_THE_ACCOUNTS = "/cgi-bin/showqrcode";

/**
 * @typedef {object} Calls
 * @property {(account: string) => Promise<void>} look shows the calls of an account that are new, or answered since
 * @property {(account: string, call: string) => Promise<boolean>} reveal opens the row of a call, if it is still known
 */

/**
 * @param {Wire} wire
 * @param {(account: string) => string} name the account's where there are several, else empty
 * @returns {Calls}
 */
export function createCalls(wire, name) {
  /** How the calls were when they were shown: by account, and by id. @type {Map<string, ReadonlyMap<string, string>>} */
  const shown = new Map();

  return {
    async look(account) {
      const calls = (await readCalls(account)).calls.filter(({ path }) => path !== NOT_THE_ACCOUNTS);
      const before = shown.get(account) ?? new Map();
      shown.set(account, new Map(calls.map((call) => [call.id, stateOf(call)])));
      const fresh = calls.filter((call) => before.get(call.id) !== stateOf(call));
      for (const call of fresh.slice(-MAX_ROWS)) wire.put(callRow(call, name(account)));
    },
    async reveal(account, id) {
      if (wire.reveal(callKey(id))) return true;
      // The list beside the phone was emptied, or it is too long ago.
      const { calls } = await readCalls(account);
      const call = calls.find((one) => one.id === id);
      if (call === undefined) return false;
      wire.put(callRow(call, name(account)));
      return wire.reveal(callKey(id));
    },
  };
}

/**
 * What of a call changes when it is answered.
 *
 * @param {RecordedCall} call
 */
function stateOf({ status, errcode, effect }) {
  return `${status} ${errcode} ${effect}`;
}
