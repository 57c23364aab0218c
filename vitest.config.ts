import { cloudflareTest } from "@cloudflare/vitest-pool-workers";
import { defineConfig, type TestProjectConfiguration } from "vitest/config";
import type { SimulationSize } from "./test/faults/size.ts";

/** What the simulation runs: `SEEDS`, `MESSAGES` and `FROM` say it, or `npm run simulate`. */
const SIMULATION: SimulationSize = {
  seeds: Number(process.env["SEEDS"] ?? 10),
  messages: Number(process.env["MESSAGES"] ?? 25),
  from: Number(process.env["FROM"] ?? 1),
};

/** A project in workerd, with a simulated WeChat of its own: two projects must not meet on its accounts. */
function workerd(
  name: string,
  include: string[],
  exclude: string[],
  options: { readonly testTimeout?: number; readonly retry?: number } = {},
): TestProjectConfiguration {
  return {
    plugins: [
      cloudflareTest({
        main: "./test/worker.ts",
        wrangler: { configPath: "./wrangler.toml" },
      }),
    ],
    test: {
      name,
      include,
      exclude,
      globalSetup: ["test/node/support/platform-server.ts"],
      setupFiles: ["test/support/setup.ts"],
      provide: { simulation: SIMULATION },
      ...options,
      isolate: false,
      maxWorkers: 1,
    },
  };
}

/** Tests of slow work and of late answers: most of them run in faster time (test/support/fast-time.ts). */
const CONVERSATION = ["test/conversation/**/*.test.ts"];
const DEFERRED = ["test/jobs/**/*.test.ts", "test/handlers/**/*.test.ts", "test/recipes/**/*.test.ts"];
const FAULTS = ["test/faults/**/*.test.ts"];

/**
 * What runs in production is tested in workerd; browser, command line and processes from Node. All of it waits for real
 * neighbours, on a machine that stalls: a test may be tried again, and says so. The projects in workerd are several so
 * that they wait side by side; scripts/test.ts says what runs beside what.
 */
export default defineConfig({
  test: {
    projects: [
      workerd("workerd", ["test/**/*.test.ts"], ["test/node/**", ...CONVERSATION, ...DEFERRED, ...FAULTS], {
        testTimeout: 20_000,
        retry: 2,
      }),
      workerd("conversation", CONVERSATION, [], { testTimeout: 30_000, retry: 2 }),
      workerd("deferred", DEFERRED, [], { testTimeout: 30_000, retry: 2 }),
      workerd("faults", FAULTS, [], { testTimeout: 60_000, retry: 2 }),
      {
        test: {
          name: "node",
          maxWorkers: 3, // they wait for processes most of the time
          include: ["test/node/**/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 120_000, // a failed hook fails a whole file, and is not tried again
          retry: 2,
        },
      },
    ],
  },
});
