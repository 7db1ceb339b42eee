"""A department that takes requests from Jianma: Python's standard library and `standardwebhooks`.

    pip install -r requirements.txt
    DEPARTMENT=planning SECRET=whsec_… PORTAL=http://127.0.0.1:3000 FOLDER=received \
        python3 receiver.py 127.0.0.1:3102

It keeps each request once, answers with a reference of its own, answers when it is asked about one,
and then tells the portal, signed, that it is at work. `receiver.py --vectors FILE` checks signatures.
"""

import json
import os
import re
import sys
import threading
import time
import urllib.error
import urllib.request
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from uuid import uuid4

from standardwebhooks.webhooks import Webhook

LONGEST = 1 << 20


class Department:
    def __init__(self):
        self.id = os.environ["DEPARTMENT"]
        self.webhook = Webhook(os.environ["SECRET"])
        self.portal = os.environ["PORTAL"]
        self.folder = Path(os.environ["FOLDER"])
        self.folder.mkdir(parents=True, exist_ok=True)

    def path(self, id, kind="json"):
        return self.folder / f"{id}.{kind}"

    def keep(self, id, body):
        """Keeps a request once, whole or not at all, and on the disk before anybody is told so."""
        part = self.folder / f"{uuid4()}.part"
        with open(part, "xb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(part, self.path(id))  # fails where it is there already
            folder = os.open(self.folder, os.O_RDONLY)
            os.fsync(folder)
            os.close(folder)
            return True
        except FileExistsError:
            return False
        finally:
            part.unlink()

    def confirmation(self, id):
        """What a delivery and a look-up are answered: the id says whose it is."""
        return {"id": id, "reference": f"PY-{id.removeprefix('msg_')}"}

    def say(self, id):
        """Tells the portal of a request, under one message id until it takes it."""
        request = json.loads(self.path(id).read_bytes())
        if request["kind"] != "request.submitted" or self.path(id, "said").exists():
            return
        word = {
            "request": request["request"],
            "state": "in_progress",
            "reference": self.confirmation(id)["reference"],
            "note": "已收到，正在办理。",
        }
        body = json.dumps(word, ensure_ascii=False)
        while not self.post(f"word_{id}", body):
            time.sleep(1)
        self.path(id, "said").touch()

    def post(self, id, body):
        """Whether the portal took a word, or refused it for good."""
        now = datetime.now(timezone.utc)
        headers = {
            "content-type": "application/json",
            "webhook-id": id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": self.webhook.sign(id, now, body),
        }
        url = f"{self.portal}/api/v1/departments/{self.id}/callbacks"
        asked = urllib.request.Request(url, body.encode(), headers)
        try:
            urllib.request.urlopen(asked, timeout=10).close()
            return True
        except urllib.error.HTTPError as refusal:
            print(f"{id}: {refusal.code} {refusal.read().decode()}", file=sys.stderr)
            return refusal.code in (400, 404, 409)
        except OSError as error:
            print(f"{id}: {error}", file=sys.stderr)
            return False


class Desk(BaseHTTPRequestHandler):
    def do_POST(self):
        id, body = self.signed()
        if id is None or self.path != "/deliveries":
            return self.answer(404 if id else 401, {})
        department = self.server.department
        if department.keep(id, body):
            threading.Thread(target=department.say, args=[id], daemon=True).start()
        self.answer(200, department.confirmation(id))

    def do_GET(self):
        id, _ = self.signed()
        if id is None:
            return self.answer(401, {})
        department = self.server.department
        is_there = self.path == f"/deliveries/{id}" and department.path(id).exists()
        self.answer(200 if is_there else 404, department.confirmation(id) if is_there else {})

    def signed(self):
        """The id and the body of a message that the portal signed; no id for any other."""
        length = int(self.headers.get("content-length") or 0)
        if length > LONGEST:
            self.close_connection = True
            return None, b""
        body = self.rfile.read(length)
        try:
            self.server.department.webhook.verify(body, dict(self.headers), json_parse=False)
        except Exception:  # whatever is wrong with it, it is not signed
            return None, body
        id = self.headers["webhook-id"]
        # It becomes the name of a file.
        return (id if re.fullmatch(r"[\w-]{1,150}", id, re.ASCII) else None), body

    def answer(self, status, content):
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def check(file):
    vectors = json.loads(Path(file).read_text())
    for vector in vectors:
        at = datetime.fromtimestamp(vector["timestamp"], timezone.utc)
        signature = Webhook(vector["secret"]).sign(vector["id"], at, vector["payload"])
        if signature != vector["signature"]:
            sys.exit(f"{vector['id']}: {signature}")
    print(f"{len(vectors)} vectors hold")


def main():
    if sys.argv[1] == "--vectors":
        return check(sys.argv[2])
    host, port = sys.argv[1].split(":")
    server = ThreadingHTTPServer((host, int(port)), Desk)
    server.department = Department()
    # What was kept before the last end, and not yet spoken of.
    for path in server.department.folder.glob("*.json"):
        threading.Thread(target=server.department.say, args=[path.stem], daemon=True).start()
    print(f"ready on http://{host}:{server.server_port}", flush=True)
    server.serve_forever()


main()
