"""Who may connect, who may use which topic, a time for each reading, and who is online."""

import time

from exhook import App

app = App()
app.state.online = set()
passwords = {"alice": "pw", "bob": "b", "carol": "c", "dashboard": "s3cret", "worker": "x"}


@app.on_client_authenticate
def authenticate(req):
    allowed = passwords.get(req.clientinfo.username) == req.clientinfo.password
    print(f"{req.clientid}: login {'accepted' if allowed else 'refused'}")
    return allowed


@app.on_client_authorize
def authorize(req):
    allowed = req.topic.startswith("sensors/") or req.clientinfo.username == "dashboard"
    print(f"{req.clientid}: {req.topic} {'allowed' if allowed else 'denied'}")
    return allowed


@app.on_message_publish("sensors/#")
def add_time(req):
    print(f"{req.clientid}: {req.topic} gets a time")
    return req.message.replace(payload=b"%d %s" % (time.time(), req.message.payload))


@app.on_client_connected
@app.on_client_disconnected
def presence(req):
    change = app.state.online.add if req.hook == "client.connected" else app.state.online.discard
    change(req.clientid)
    print(f"{req.clientid}: {req.hook}, {len(app.state.online)} online")


if __name__ == "__main__":
    app.run("127.0.0.1:9000")  # the environment variable EXHOOK_BIND overrides it
