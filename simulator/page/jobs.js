// @ts-check
/** Deferred work of the pushes beside the phone: asked for as long as a job of one of them is not over. */
/** @import { Exchanges } from "./exchanges.js" */
import { readJobs } from "./api.js";
import { isUnfinished } from "./job-lines.js";

/** How often the Worker is asked: as often as at first while something happens, then more and more seldom. */
const FIRST_MS = 1_000;
const LAST_MS = 5_000;
const SLOWER = 1.2;

/** Whose deferred work. @typedef {{ account: string, openid: string }} Owner */

/**
 * @typedef {object} Jobs
 * @property {(owner: Owner) => void} look asks now
 *
 * What is around it.
 *
 * @typedef {object} Around
 * @property {Exchanges} exchanges
 * @property {(account: string) => boolean} canAsk whether the Worker can be asked about an account now
 * @property {(account: string) => void} changed called when something has happened to the jobs of an account
 * @property {(look: () => Promise<void>) => Promise<boolean>} answered looks, and says where it is due that it failed
 */

/**
 * @param {Around} around
 * @returns {Jobs}
 */
export function createJobs({ exchanges, canAsk, changed, answered }) {
  /** Phones with jobs that are not over. @type {Map<string, Owner>} */
  const watched = new Map();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let pause = FIRST_MS;

  /** @param {Owner} owner */
  const ask = async (owner) => {
    const { account, openid } = owner;
    const key = `${account} ${openid}`;
    if (!canAsk(account)) return;
    const { exchanges: told } = await readJobs(account, openid);
    const isShown = told.filter(({ exchange }) => exchanges.isShown(exchange));
    const isNew = isShown.map(({ exchange, jobs }) => exchanges.tellJobs(exchange, jobs));
    if (isShown.some(({ jobs }) => jobs.some(isUnfinished))) watched.set(key, owner);
    else watched.delete(key);
    if (!isNew.includes(true)) return;
    pause = FIRST_MS;
    changed(account);
  };
  /** @param {Owner} owner */
  const look = (owner) => {
    void answered(() => ask(owner)).then(later);
  };
  const later = () => {
    clearTimeout(timer);
    if (watched.size === 0) return;
    timer = setTimeout(() => {
      pause = Math.min(LAST_MS, pause * SLOWER);
      if (document.hidden) later();
      else for (const owner of watched.values()) look(owner);
    }, pause);
  };
  return { look };
}
