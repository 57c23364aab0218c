// @ts-check
/** The exchanges beside the phone, each with what the Worker's log tells about it as soon as that is known. */
/** @import { AnswerStory } from "../answer-story.ts" */
/** @import { Exchange } from "../exchange.ts" */
/** @import { JobView } from "../worker-jobs.ts" */
/** @import { Sent } from "./exchange-row.js" */
/** @import { Wire } from "./wire.js" */
import { readStory, Refused } from "./api.js";
import { exchangeRow } from "./exchange-row.js";
import { MAX_ROWS } from "./wire.js";

/** So many are looked at again when something may have been missed. */
const RECENT = 10;

/**
 * What is known of one.
 *
 * @typedef {object} Known
 * @property {Exchange} exchange
 * @property {Sent} sent
 * @property {number} asked how often its story was asked for
 * @property {AnswerStory | undefined} story
 * @property {readonly JobView[]} jobs
 *
 * @typedef {object} Exchanges
 * @property {(exchange: Exchange, sent: Sent) => Promise<void>} put shows one that is over
 * @property {(id: string) => Promise<void>} look shows what is known of one now, if it is there
 * @property {(id: string) => boolean} isShown whether it stands beside the phone
 * @property {(id: string, jobs: readonly JobView[]) => boolean} tellJobs shows its jobs; whether that is something new
 * @property {() => Promise<void>} lookAgain the same for the latest ones
 * @property {() => void} clear empties the list, of everything
 */

/**
 * @param {Wire} wire
 * @param {() => boolean} hasLog whether the simulator is given the Worker's log
 * @returns {Exchanges}
 */
export function createExchanges(wire, hasLog) {
  /** The oldest first. @type {Map<string, Known>} */
  const shown = new Map();

  /** @param {Known} known */
  const show = ({ exchange, sent, story, jobs }) => wire.put(exchangeRow(exchange, sent, story, jobs));

  /** @param {string} id */
  const look = async (id) => {
    const known = shown.get(id);
    if (known === undefined || !hasLog()) return;
    const { exchange } = known;
    const question = ++known.asked;
    const story = await readStory(exchange).catch((error) => forgotten(error, id));
    // Meanwhile the list may have been emptied, or it was asked again.
    if (story === undefined || shown.get(id) !== known || question < known.asked) return;
    if (isSame(story, known.story)) return;
    known.story = story;
    show(known);
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
      const known = { exchange, sent, asked: 0, story: undefined, jobs: [] };
      shown.set(exchange.id, known);
      for (const id of shown.keys()) {
        if (shown.size <= MAX_ROWS) break;
        shown.delete(id);
      }
      show(known);
      await look(exchange.id);
    },
    look,
    isShown: (id) => shown.has(id),
    tellJobs(id, jobs) {
      const known = shown.get(id);
      if (known === undefined || isSame(jobs, known.jobs)) return false;
      known.jobs = jobs;
      show(known);
      return true;
    },
    async lookAgain() {
      for (const id of [...shown.keys()].slice(-RECENT)) await look(id);
    },
    clear() {
      shown.clear();
      wire.clear();
    },
  };
}

/**
 * @param {unknown} one
 * @param {unknown} other
 */
function isSame(one, other) {
  return JSON.stringify(one) === JSON.stringify(other);
}
