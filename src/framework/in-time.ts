/** Waits for work, but not for long. */

/** Turns of the microtask queue that work gets before a timer is set: what waits for nothing needs none. */
const SETTLING_TURNS = 24;

/** Lets work that waits for nothing come to its end. @returns whether it has */
export async function settles(work: Promise<unknown>, turns = SETTLING_TURNS): Promise<boolean> {
  const state = { settled: false };
  const note = (): void => {
    state.settled = true;
  };
  work.then(note, note);
  for (let turn = 0; turn < turns && !state.settled; turn++) await Promise.resolve();
  return state.settled;
}

/** What `work` comes to, or `undefined` when it takes longer than `ms`. */
export async function inTime<T>(work: Promise<T>, ms: number): Promise<T | undefined> {
  if (await settles(work)) return work;
  let timer: ReturnType<typeof setTimeout> | null = null;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
