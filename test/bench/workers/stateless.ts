/** The shipped bot run in the Worker itself: no object, nothing remembered. What remembering costs is the difference. */
import { createApp } from "../../../src/app.ts";
import bot from "../../../src/bot.ts";
import { conversationObject } from "../../../src/conversation/conversation.ts";
import { inProcess } from "../../../src/framework/in-process.ts";

export { RefusalLog } from "../../../src/accounts/refusal-log.ts";
export { DeadLetters } from "../../../src/conversation/dead-letters.ts";
export { TokenKeeper } from "../../../src/api/token/token-keeper.ts";
export class Conversation extends conversationObject(bot) {}
export default createApp(bot, { dispatch: inProcess(bot, Date.now) });
