"""Logins from an SQLite database, looked up by a def handler on worker threads."""

import hashlib
import os
import sqlite3
import threading

from exhook import App

app = App(threads=8, timeout_ms=2000)
local = threading.local()


def connection():
    if not hasattr(local, "connection"):
        local.connection = sqlite3.connect("users.db")
    return local.connection


def hashed(password, salt):
    return hashlib.scrypt(password.encode(), salt=salt, n=1024, r=8, p=1)


@app.on_startup
def create_users():
    with connection() as users:
        users.execute("CREATE TABLE IF NOT EXISTS users (name PRIMARY KEY, salt, password)")
        for name, password in {"alice": "pw", "bob": "b"}.items():
            row = (name, salt := os.urandom(16), hashed(password, salt))
            users.execute("INSERT OR IGNORE INTO users VALUES (?, ?, ?)", row)


@app.on_client_authenticate(fallback="deny")
def authenticate(req):
    name, password = req.clientinfo.username, req.clientinfo.password
    query = "SELECT salt, password FROM users WHERE name = ?"
    return any(hashed(password, row[0]) == row[1] for row in connection().execute(query, [name]))


if __name__ == "__main__":
    app.run("127.0.0.1:9000")
