/** The Worker: wiring only. */
import { createApp } from "./app.ts";
import bot from "./bot.ts";
import { conversationObject } from "./conversation/conversation.ts";

export { AccountQuota, DeadLetters, RefusalLog, TokenKeeper } from "./objects.ts";
/** One user's conversation with one account. */
export class Conversation extends conversationObject(bot) {}
export default createApp(bot);
