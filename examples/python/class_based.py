"""A provider as a class: every method that is named like a hook is registered."""

import collections

from exhook import App, block, options


class Limits:
    """Blocks large messages, and clients that publish more than they may."""

    def __init__(self, most_bytes, most_messages):
        self.most_bytes = most_bytes
        self.most_messages = most_messages
        self.published = collections.Counter()

    @options("sensors/#", "jobs/#", timeout_ms=500)
    def on_message_publish(self, req):
        self.published[req.clientid] += 1
        if self.published[req.clientid] > self.most_messages:
            return block()
        return block() if len(req.message.payload) > self.most_bytes else None

    async def on_client_disconnected(self, req):
        print(f"{req.clientid} published {self.published.pop(req.clientid, 0)} messages")

    def on_shutdown(self):
        print(f"{sum(self.published.values())} messages of clients that are still connected")


app = App()
app.include(Limits(most_bytes=1000, most_messages=5))

if __name__ == "__main__":
    app.run("127.0.0.1:9000")
