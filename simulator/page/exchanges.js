// @ts-check
/** The exchanges beside the phone, each with what the Worker's log tells about it as soon as that is known. */
/** @import { Exchange } from "../exchange.ts" */
/** @import { Sent } from "./exchange-row.js" */
/** @import { Wire } from "./wire.js" */
import { readStory, Refused } from "./api.js";
import { exchangeRow } from "./exchange-row.js";
import { MAX_ROWS } from "./wire.js";

/** So many are looked at again when something may have been missed. */
const RECENT = 10;

/**
 * @typedef {object} Exchanges
 * @property {(exchange: Exchange, sent: Sent) => Promise<void>} put shows one that is over
 * @property {(id: string) => Promise<void>} look shows what is known of one now, if it is there
 * @property {() => Promise<void>} lookAgain the same for the latest ones
 * @property {() => void} clear empties the list, of everything
 */

/**
 * @param {Wire} wire
 * @param {() => boolean} hasLog whether the simulator is given the Worker's log
 * @returns {Exchanges}
 */
export function createExchanges(wire, hasLog) {
  /** The oldest first. @type {Map<string, { exchange: Exchange, sent: Sent, asked: number, told: string }>} */
  const shown = new Map();

  /** @param {string} id */
  const look = async (id) => {
    const known = shown.get(id);
    if (known === undefined || !hasLog()) return;
    const { exchange, sent } = known;
    const question = ++known.asked;
    const story = await readStory(exchange).catch((error) => forgotten(error, id));
    const told = JSON.stringify(story);
    // Meanwhile the list may have been emptied, or it was asked again.
    if (story === undefined || known.told === told || shown.get(id) !== known || question < known.asked)
      return;
    known.told = told;
    wire.put(exchangeRow(exchange, sent, story));
  };
  /**
   * A simulator that was started anew does not know it.
   *
   * @param {unknown} error
   * @param {string} id
   */
  const forgotten = (error, id) => {
    if (!(error instanceof Refused)) throw error;
    shown.delete(id);
    return undefined;
  };
  return {
    async put(exchange, sent) {
      shown.set(exchange.id, { exchange, sent, asked: 0, told: "" });
      for (const id of shown.keys()) {
        if (shown.size <= MAX_ROWS) break;
        shown.delete(id);
      }
      wire.put(exchangeRow(exchange, sent));
      await look(exchange.id);
    },
    look,
    async lookAgain() {
      for (const id of [...shown.keys()].slice(-RECENT)) await look(id);
    },
    clear() {
      shown.clear();
      wire.clear();
    },
  };
}
