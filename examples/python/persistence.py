"""Stores every message in SQLite, in batches; publishers wait only when it cannot keep up."""

import asyncio
import sqlite3

from exhook import App

app = App()
queue = asyncio.Queue(maxsize=10_000)


def write(database, rows):
    with database:
        database.executemany("INSERT INTO messages VALUES (?, ?, ?, ?)", rows)


async def write_batches(database):
    while row := await queue.get():
        batch = [row, *(queue.get_nowait() for _ in range(min(queue.qsize(), 500)))]
        rows = [row for row in batch if row]
        await asyncio.to_thread(write, database, rows)
        if rows != batch:
            return


@app.lifespan
async def storage(app):
    database = sqlite3.connect("messages.db", check_same_thread=False)
    database.execute("CREATE TABLE IF NOT EXISTS messages (time, publisher, topic, payload)")
    writer = asyncio.create_task(write_batches(database))
    yield
    await queue.put(None)
    await writer
    database.close()


@app.on_message_publish
async def store(req):
    msg = req.message
    await queue.put((msg.timestamp, msg.from_, msg.topic, msg.payload))


if __name__ == "__main__":
    app.run("127.0.0.1:9000")
