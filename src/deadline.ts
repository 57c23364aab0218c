/** Waits for a neighbour, but not for ever. */

/**
 * What `work` comes to.
 *
 * @throws {DOMException} `TimeoutError` when it takes longer than `ms`; the work itself goes on
 */
export async function answerWithin<T>(work: () => Promise<T>, ms: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | null = null;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new DOMException(`no answer within ${ms} ms`, "TimeoutError")), ms);
  });
  try {
    return await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
  }
}
