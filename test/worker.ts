/** The Worker under test: what production exports, over a bot with one handler per behaviour. */
import { createApp } from "../src/app.ts";
import { testBot } from "./support/test-bot.ts";

export { RefusalLog } from "../src/accounts/refusal-log.ts";
export { TokenKeeper } from "../src/api/token/token-keeper.ts";
export default createApp(testBot());
