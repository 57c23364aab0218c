// co-wechat on koa that keeps the same promise the usual way: a row when a push is taken, and one when it is answered.
// Needs node:sqlite (Node 22.5).
import { DatabaseSync } from "node:sqlite";
import wechat from "co-wechat";
import Koa from "koa";

const { DATABASE, ECHO_PREFIX, WECHAT_APP_ID, WECHAT_ENCODING_AES_KEY, WECHAT_TOKEN } = process.env;
const config = { token: WECHAT_TOKEN, appid: WECHAT_APP_ID, encodingAESKey: WECHAT_ENCODING_AES_KEY };

const database = new DatabaseSync(DATABASE);
database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
database.exec("CREATE TABLE handled (id TEXT PRIMARY KEY, at INTEGER, reply TEXT) WITHOUT ROWID");
const claim = database.prepare("INSERT OR IGNORE INTO handled VALUES (?, ?, NULL)");
const find = database.prepare("SELECT reply FROM handled WHERE id = ?");
const keep = database.prepare("UPDATE handled SET reply = ? WHERE id = ?");

const app = new Koa();
app.use(
  wechat(config).middleware(async (message) => {
    if (claim.run(message.MsgId, Date.now()).changes === 0) return find.get(message.MsgId).reply ?? "";
    const reply = ECHO_PREFIX + message.Content;
    keep.run(reply, message.MsgId);
    return reply;
  }),
);

const server = app.listen(0, "127.0.0.1", () => console.log(server.address().port));
