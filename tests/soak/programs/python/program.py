"""What the soak test asks, answered by handlers of all three kinds.

The first word of a user name, of a topic behind ``soak/`` or of a payload says what is to be
answered. At its end the program prints what it has seen, as JSON.
"""

import asyncio
import json
import os
import threading
import time

from exhook import App, block

SLOW_SECONDS = 0.05
LATE_SECONDS = float(os.environ["SOAK_LATE_MS"]) / 1000

app = App()
lock = threading.Lock()
newest = {}
seen = 0
disorders = []


class OnPurpose(Exception):
    """A failure that was asked for."""


def permission(word):
    if word == "raise":
        raise OnPurpose(word)
    return {"allow": True, "slow": True, "late": True, "deny": False, "rubbish": 42}.get(word)


@app.on_client_authenticate
def authenticate(req):
    word = req.clientinfo.username
    if word == "slow":
        time.sleep(SLOW_SECONDS)
    elif word == "late":
        time.sleep(LATE_SECONDS)
    return permission(word)


@app.on_client_authorize
async def authorize(req):
    word = req.topic.split("/")[1]
    if word == "slow":
        await asyncio.sleep(SLOW_SECONDS)
    elif word == "late":
        await asyncio.sleep(LATE_SECONDS)
    return permission(word)


@app.on_message_publish(inline=True)
def publish(req):
    word, _, rest = req.message.payload.partition(b" ")
    if word == b"raise":
        raise OnPurpose(rest)
    if word == b"replace":
        return req.message.replace(payload=b"replaced " + rest)
    if word == b"block":
        return block()
    return 42 if word == b"rubbish" else None


def count(req):
    global seen
    with lock:
        seen += 1


def count_in_order(req):
    count(req)
    word, _, number = req.message.payload.split(b" ")
    number = int(number)
    with lock:
        last = newest.get(req.clientid, 0)
        if number < last:
            disorders.append(f"{req.clientid}: {req.hook} {number} after {last}")
        newest[req.clientid] = number
    if word == b"raise":
        raise OnPurpose(number)


@app.on_client_connected
@app.on_session_subscribed
@app.on_session_unsubscribed
def told(req):
    count(req)


@app.on_client_disconnected
async def left(req):
    count(req)


@app.on_message_dropped
async def dropped(req):
    await asyncio.sleep(0)
    count_in_order(req)


@app.on_message_delivered
@app.on_message_acked
def delivered(req):
    count_in_order(req)


if __name__ == "__main__":
    app.run("127.0.0.1:9000")  # the environment variable EXHOOK_BIND overrides it
    print(json.dumps({"seen": seen, "disorders": disorders}), flush=True)
