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

/**
 * What runs in production is tested in workerd; browser, command line and processes from Node. All of it waits for real
 * neighbours, on a machine that stalls: a test may be tried again, and says so. The conversation's tests and the simulated faults
 * run in time that is faster (test/support/fast-time.ts): projects of their own, for nothing else may share their
 * isolate meanwhile. scripts/test.ts says what runs beside what.
 */
export default defineConfig({
  test: {
    projects: [
      workerd("workerd", ["test/**/*.test.ts"], ["test/node/**", "test/conversation/**", "test/faults/**"], {
        testTimeout: 15_000,
        retry: 2,
      }),
      workerd("conversation", ["test/conversation/**/*.test.ts"], [], { testTimeout: 30_000, retry: 2 }),
      workerd("faults", ["test/faults/**/*.test.ts"], [], { testTimeout: 60_000, retry: 2 }),
      {
        test: {
          name: "node",
          maxWorkers: 3, // they wait for processes most of the time
          include: ["test/node/**/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          retry: 1,
        },
      },
    ],
  },
});
