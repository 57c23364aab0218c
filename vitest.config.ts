import { cloudflareTest } from "@cloudflare/vitest-pool-workers";
import { defineConfig, type TestProjectConfiguration } from "vitest/config";

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
      ...options,
      isolate: false,
      maxWorkers: 1,
    },
  };
}

/**
 * Real time, processes and a browser on a machine that stalls: such a test may be tried again, and says so.
 * What runs in production is tested in workerd; browser, command line and processes from Node. The conversation waits
 * in real time, as WeChat does: it is a project of its own. scripts/test.ts runs it beside the others.
 */
export default defineConfig({
  test: {
    projects: [
      workerd("workerd", ["test/**/*.test.ts"], ["test/node/**", "test/conversation/**"]),
      workerd("conversation", ["test/conversation/**/*.test.ts"], [], { testTimeout: 30_000, retry: 2 }),
      {
        test: {
          name: "node",
          include: ["test/node/**/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          retry: 1,
        },
      },
    ],
  },
});
