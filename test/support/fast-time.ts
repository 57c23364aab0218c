/**
 * Time that runs faster. The Worker, its objects and the test share one isolate in vitest, so their timers, their clock
 * and their alarms can be hastened together; what runs outside of it (WeChat's simulated API, the runtime's own rate
 * limiter, vitest's `waitFor` and time-outs) stays in real time.
 *
 * The clock moves only as fast as the isolate gets on: a machine that stalls, or has too much to do, slows it down.
 */
import { onTestFinished } from "vitest";

/** More than that, and a machine that does several things at once cannot follow. */
const MAX_FACTOR = 20;
const TICK_MS = 10;
/** From one tick of the clock to the next, no more real time than this counts. */
const MAX_GAP_MS = 30;

const real = {
  Date: globalThis.Date,
  now: Date.now,
  setTimeout: globalThis.setTimeout,
  setInterval: globalThis.setInterval,
  clearTimeout: globalThis.clearTimeout,
  clearInterval: globalThis.clearInterval,
};

type TimerId = ReturnType<typeof setTimeout>;
type Callback = (...args: unknown[]) => void;

/** Simulated time, and when it was moved on last. */
interface Pace {
  readonly factor: number;
  movedAt: number;
  simulated: number;
}

let pace: Pace | undefined;
/** Timers that went off too early by the clock, and what goes on for them. */
const continued = new Map<TimerId, TimerId>();

const now = (): number => (pace ? Math.floor(pace.simulated) : real.now());

/** Moves the clock on. Called by a timer of the test's own: when that does not get its turn, nobody else does. */
function tick(): void {
  if (!pace) return;
  const realNow = real.now();
  pace.simulated += Math.min(MAX_GAP_MS, Math.max(0, realNow - pace.movedAt)) * pace.factor;
  pace.movedAt = realNow;
}

const factor = (): number => pace?.factor ?? 1;
const simulatedOf = (realMs: number): number => now() + (realMs - real.now()) * factor();
const realOf = (simulatedMs: number): number => real.now() + (simulatedMs - now()) / factor();

function setFastTimeout(callback: Callback, ms?: number, ...args: unknown[]): TimerId {
  const due = now() + (ms ?? 0);
  const goOff = (): void => {
    const left = due - now();
    if (pace && left > 0) {
      continued.set(id, real.setTimeout(goOff, Math.max(TICK_MS, left / factor())));
    } else {
      continued.delete(id);
      callback(...args);
    }
  };
  const id = real.setTimeout(goOff, (ms ?? 0) / factor());
  return id;
}

function clearFastTimeout(id: TimerId | null | undefined): void {
  if (id) real.clearTimeout(id);
  const next = id ? continued.get(id) : undefined;
  if (!id || next === undefined) return;
  real.clearTimeout(next);
  continued.delete(id);
}

/** Code that keeps a reference to any of these goes on with it, in real time, when the test is over. */
function install(): void {
  const fast = {
    setTimeout: setFastTimeout,
    clearTimeout: clearFastTimeout,
    setInterval: (callback: Callback, ms?: number, ...args: unknown[]) =>
      real.setInterval(callback, (ms ?? 0) / factor(), ...args),
    Date: new Proxy(real.Date, {
      get: (target, name, receiver) => (name === "now" ? now : Reflect.get(target, name, receiver)),
      construct: (target, args, newTarget) =>
        Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
    }),
  };
  Object.assign(globalThis, fast);
}

/**
 * Makes time run `factor` times as fast until the test has finished. Call it before anything that keeps `Date.now`, as
 * a `FrontDoor` does.
 *
 * @throws {RangeError} when the factor is more than such a machine can keep
 */
export function fastTime(times = 10): void {
  if (!(times >= 1 && times <= MAX_FACTOR)) throw new RangeError(`a factor from 1 to ${MAX_FACTOR}`);
  const own = { factor: times, movedAt: real.now(), simulated: now() };
  pace = own;
  install();
  const ticking = real.setInterval(tick, TICK_MS);
  onTestFinished(() => {
    real.clearInterval(ticking);
    if (pace !== own) return;
    pace = undefined;
    const { Date, setTimeout, setInterval, clearTimeout } = real;
    Object.assign(globalThis, { Date, setTimeout, setInterval, clearTimeout });
  });
}

/** So much time passes at once. An alarm that is due then goes off when a test runs it. */
export function skipTime(ms: number): void {
  if (!pace) throw new Error("fastTime has not been called");
  pace.simulated += ms;
}

/** Waits in real time, for what happens outside of the isolate. */
export function realPause(ms: number): Promise<void> {
  return new Promise((resolve) => real.setTimeout(resolve, ms));
}

const hastened = new WeakSet<object>();

/** Alarms of all objects are kept in real time: the runtime knows no other. `storage` is that of any of them. */
export function hastenAlarms(storage: DurableObjectStorage): void {
  const prototype: DurableObjectStorage = Object.getPrototypeOf(storage);
  if (hastened.has(prototype)) return;
  hastened.add(prototype);
  const setAlarm: DurableObjectStorage["setAlarm"] = Reflect.get(prototype, "setAlarm");
  const getAlarm: DurableObjectStorage["getAlarm"] = Reflect.get(prototype, "getAlarm");
  prototype.setAlarm = function (this: DurableObjectStorage, at, options) {
    return setAlarm.call(this, realOf(Number(at)), options);
  };
  prototype.getAlarm = async function (this: DurableObjectStorage, options) {
    const at = await getAlarm.call(this, options);
    return at === null ? null : Math.round(simulatedOf(at));
  };
}
