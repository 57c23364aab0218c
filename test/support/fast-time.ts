/**
 * Time that runs faster. The Worker, its objects and the test share one isolate in vitest, so their timers, their clock
 * and their alarms can be hastened together; what runs outside of it (WeChat's simulated API, the runtime's own rate
 * limiter, vitest's `waitFor` and time-outs) stays in real time.
 */
import { onTestFinished } from "vitest";

/** A machine that runs several things at once stalls for 100 ms at a time: at this factor, that is two seconds. */
const MAX_FACTOR = 20;

const real = {
  Date: globalThis.Date,
  now: Date.now,
  setTimeout: globalThis.setTimeout,
  setInterval: globalThis.setInterval,
};

/** How time runs: `factor` times as fast as it should, since then; both clocks' time of that moment. */
interface Pace {
  readonly factor: number;
  readonly real: number;
  readonly simulated: number;
}

let pace: Pace | undefined;

function simulatedOf(realMs: number): number {
  return pace ? pace.simulated + (realMs - pace.real) * pace.factor : realMs;
}

function realOf(simulatedMs: number): number {
  return pace ? pace.real + (simulatedMs - pace.simulated) / pace.factor : simulatedMs;
}

const now = (): number => Math.floor(simulatedOf(real.now()));
const scaled = (ms: number | undefined): number => (ms ?? 0) / (pace?.factor ?? 1);

/** Timers that were set before go off when they would have; those of code that keeps a reference run on as well. */
function install(): void {
  const fast = {
    setTimeout: (callback: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) =>
      real.setTimeout(callback, scaled(ms), ...args),
    setInterval: (callback: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) =>
      real.setInterval(callback, scaled(ms), ...args),
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
export function fastTime(factor = 10): void {
  if (!(factor >= 1 && factor <= MAX_FACTOR)) throw new RangeError(`a factor from 1 to ${MAX_FACTOR}`);
  pace = { factor, real: real.now(), simulated: now() };
  install();
  onTestFinished(() => {
    pace = undefined;
    const { Date, setTimeout, setInterval } = real;
    Object.assign(globalThis, { Date, setTimeout, setInterval });
  });
}

/** So much time passes at once. Timers do not notice; an alarm that is due then goes off when a test runs it. */
export function skipTime(ms: number): void {
  if (!pace) throw new Error("fastTime has not been called");
  pace = { ...pace, simulated: pace.simulated + ms };
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
