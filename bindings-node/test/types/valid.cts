// What must compile, as a CommonJS module.

import exhook = require('exhook')

const app = new exhook.App()
app.onClientAuthenticate((request: exhook.ClientAuthenticateRequest) => request.result)
app.onMessagePublish('a/#', () => exhook.block())
void app.listen()
