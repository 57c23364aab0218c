/** How much is simulated. Types only: vitest's configuration reads them, too. */

/** Seeds from `from` on, and messages of each. */
export interface SimulationSize {
  readonly seeds: number;
  readonly messages: number;
  readonly from: number;
}

declare module "vitest" {
  export interface ProvidedContext {
    readonly simulation: SimulationSize;
  }
}
