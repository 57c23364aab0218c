/** The Worker: wiring only. */
import { createApp } from "./app.ts";
import bot from "./bot.ts";

export { RefusalLog } from "./accounts/refusal-log.ts";
export { TokenKeeper } from "./api/token/token-keeper.ts";
export default createApp(bot);
