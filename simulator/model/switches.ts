/** The switches that were ordered, and which of them strikes a call. */
import type { Behaviour, ModelSwitch } from "./behaviour.ts";

/** An ordered switch, and how many calls it has struck. */
export interface OrderedSwitch extends ModelSwitch {
  readonly fired: number;
}

/** What a call must be like to be struck. */
export interface SwitchedCall {
  readonly model: string;
  /** The last message of a user. */
  readonly said: string;
}

/** How switches make a call behave. */
export interface Switched {
  /** By switches for all calls: the latest one counts, field by field. */
  readonly always: Behaviour;
  /** By the first switch that has calls left. */
  readonly once: Behaviour;
}

/** The switches of one model server, in the order in which they came. */
export class Switches {
  #switches: { order: ModelSwitch; passed: number; fired: number }[] = [];

  get all(): readonly OrderedSwitch[] {
    return this.#switches.map(({ order, fired }) => ({ ...order, fired }));
  }

  add(order: ModelSwitch): void {
    this.#switches.push({ order, passed: 0, fired: 0 });
  }

  clear(): void {
    this.#switches = [];
  }

  /** What strikes the next call. */
  strike(call: SwitchedCall): Switched {
    let [always, once]: [Behaviour, Behaviour | undefined] = [{}, undefined];
    for (const one of this.#switches) {
      const { order } = one;
      const isSpent = order.times !== 0 && (once !== undefined || one.fired >= order.times);
      if (isSpent || !isMeant(order, call)) continue;
      if (one.passed < order.after) {
        one.passed++;
        continue;
      }
      one.fired++;
      if (order.times === 0) always = { ...always, ...order };
      else once = order;
    }
    return { always, once: once ?? {} };
  }
}

function isMeant({ model, says }: ModelSwitch, call: SwitchedCall): boolean {
  return (model === undefined || model === call.model) && (says === undefined || call.said.includes(says));
}
