// co-wechat on koa. Plain JavaScript, so that a Node without type stripping (--peer-node) runs it as well.
import wechat from "co-wechat";
import Koa from "koa";

const { ECHO_PREFIX, WECHAT_APP_ID, WECHAT_ENCODING_AES_KEY, WECHAT_TOKEN } = process.env;
const config = { token: WECHAT_TOKEN, appid: WECHAT_APP_ID, encodingAESKey: WECHAT_ENCODING_AES_KEY };

const app = new Koa();
app.use(wechat(config).middleware(async (message) => ECHO_PREFIX + message.Content));

const server = app.listen(0, "127.0.0.1", () => console.log(server.address().port));
