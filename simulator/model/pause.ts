/** Waiting that ends when the client gives up. */

/**
 * Waits; `Infinity` waits until the client gives up.
 *
 * @returns whether the time came to its end: `false` when the client gave up before
 */
export function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return Promise.resolve(false);
  if (ms <= 0) return Promise.resolve(true);
  return new Promise((resolve) => {
    const timer = Number.isFinite(ms) ? setTimeout(end, ms, true) : undefined;
    const giveUp = (): void => end(false);
    signal.addEventListener("abort", giveUp, { once: true });
    function end(isOver: boolean): void {
      clearTimeout(timer);
      signal.removeEventListener("abort", giveUp);
      resolve(isOver);
    }
  });
}

/** What a client's own `fetch` would throw when it gives up. */
export function givenUp(): DOMException {
  return new DOMException("the client gave up", "AbortError");
}
