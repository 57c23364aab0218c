/** Runs once before all tests: WeChat's platform side and a relay to it, for Workers under test to call. */
import type { TestProject } from "vitest/node";
import { serveSimulator } from "../../../cli/simulator-server.ts";
import { createRelay } from "../../../relay/relay.mjs";
import { freePorts } from "./ports.ts";
import { PLATFORM_ACCOUNTS, RELAY_SECRET } from "../../support/platform-accounts.ts";

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const platform = await serveSimulator({ accounts: PLATFORM_ACCOUNTS }, await freePorts());
  const relay = createRelay({
    secret: RELAY_SECRET,
    upstream: { "api.weixin.qq.com": platform.url, "api2.weixin.qq.com": "http://127.0.0.1:9" },
  });
  const relayPort = await freePorts();
  await new Promise<void>((resolve) => relay.listen(relayPort, "127.0.0.1", resolve));
  project.provide("platformUrl", platform.url);
  project.provide("relayUrl", `http://127.0.0.1:${relayPort}`);
  return async () => {
    relay.close();
    relay.closeAllConnections();
    await platform.close();
  };
}
