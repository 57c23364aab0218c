// @ts-check
/** Hears of what changes in the simulator, and notices when it is gone and back again. */

/** How often to look for something new while the simulator does not tell. */
const POLL_MS = 2_000;
const REOPEN_MS = 1_000;

/**
 * Something has changed: a user's phone, or without `openid` the account itself. With `exchange`, what the Worker's log
 * tells about it; with `jobs`, deferred work.
 *
 * @typedef {{ account: string, openid?: string, exchange?: string, jobs?: boolean }} Change
 */

/**
 * Listens as long as the page is visible. A page in the background keeps no connection: a browser has six for a host,
 * and every open page would hold one of them.
 *
 * @param {(change: Change) => void} changed
 * @param {() => void} lookAgain anything may have changed
 */
export function listen(changed, lookAgain) {
  /** @type {EventSource | undefined} */
  let source;
  const open = () => {
    if (document.hidden) return;
    const opened = new EventSource("/api/events");
    source = opened;
    opened.addEventListener("open", lookAgain);
    opened.addEventListener("message", ({ data }) => {
      const change = changeOf(data);
      if (change !== undefined) changed(change);
    });
    opened.addEventListener("error", () => {
      // After a broken connection the browser tries again by itself, after another answer it does not.
      if (opened.readyState === EventSource.CLOSED && opened === source) setTimeout(reopen, REOPEN_MS);
    });
  };
  const reopen = () => {
    source?.close();
    open();
  };
  document.addEventListener("visibilitychange", reopen);
  setInterval(() => {
    if (!document.hidden && source?.readyState !== EventSource.OPEN) lookAgain();
  }, POLL_MS);
  open();
}

/**
 * Makes of many requests to look, as few looks as are needed: one at a time, and one after the last request.
 *
 * @param {() => Promise<void>} look
 * @returns {() => void}
 */
export function oneAtATime(look) {
  let looking = false;
  let again = false;
  const run = async () => {
    again = looking;
    if (looking) return;
    looking = true;
    try {
      await look();
    } finally {
      looking = false;
    }
    if (again) void run();
  };
  return () => void run();
}

/**
 * @param {unknown} data
 * @returns {Change | undefined} nothing for what is no change, such as a sign of life
 */
function changeOf(data) {
  if (typeof data !== "string" || !data.startsWith("{")) return undefined;
  const { account, openid, exchange, jobs } = JSON.parse(data);
  if (typeof account !== "string") return undefined;
  return {
    account,
    ...(typeof openid === "string" ? { openid } : {}),
    ...(typeof exchange === "string" ? { exchange } : {}),
    ...(jobs === true ? { jobs } : {}),
  };
}
