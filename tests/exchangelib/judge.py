"""Has exchangelib, a client of Exchange Web Services that shares no code with forestsim, read answers.

Reads from standard input an `item` (its id and its change key) and a list of `answers`, each with its
HTTP `status`, its `text`, the `operation` that it answers and for how many things. Serves them one after
the other at the loopback interface, has exchangelib ask for each, and prints what it made of each: what it
read or raised, item by item, and the request that it wrote.
"""

import json
import sys
import threading
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

from exchangelib import (
    IMPERSONATION, UTC, Account, Configuration, Credentials, FailFast, Identity, Message, Version,
)
from exchangelib.errors import EWSError
from exchangelib.fields import FieldPath
from exchangelib.folders import Folder, Root
from exchangelib.properties import (
    DistinguishedFolderId, FreeBusyViewOptions, ItemId, Mailbox, MailboxData, PermissionSet, TimeWindow, TimeZone,
)
from exchangelib.services import (
    CreateFolder, CreateItem, DeleteItem, FindFolder, FindItem, GetFolder, GetItem, GetUserAvailability,
    UpdateFolder, UpdateItem,
)
from exchangelib.transport import BASIC
from exchangelib.version import EXCHANGE_2007_SP1


class Loopback(BaseHTTPRequestHandler):
    """Answers every request with the answer whose turn it is."""

    status, text, asked = 0, b"", b""

    def do_POST(self):
        Loopback.asked = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(Loopback.status)
        self.send_header("Content-Type", "text/xml; charset=utf-8")
        self.send_header("Content-Length", str(len(Loopback.text)))
        self.end_headers()
        self.wfile.write(Loopback.text)

    def log_message(self, *_):
        pass


def account(port):
    address = "anna@corp.example"
    configuration = Configuration(
        service_endpoint=f"http://127.0.0.1:{port}/EWS/Exchange.asmx",
        credentials=Credentials("svc-app@corp.example", "secret"),
        auth_type=BASIC,
        version=Version(EXCHANGE_2007_SP1),
        retry_policy=FailFast(),
        max_connections=1,
    )
    found = Account(
        address, config=configuration, autodiscover=False, access_type=IMPERSONATION, default_timezone=UTC,
    )
    found.identity = Identity(primary_smtp_address=address, upn=address, sid="S-1-5-21-1-2-3-1104")
    return found


def call(who, operation, count, item):
    """What exchangelib gives for an operation on `count` things, one by one."""
    mailbox = Mailbox(email_address=who.primary_smtp_address)
    inbox = Folder(root=Root(account=who), name="Inbox", permission_set=PermissionSet(permissions=[]))
    inbox._distinguished_id = DistinguishedFolderId(id="inbox", mailbox=mailbox)
    named = [ItemId(*item)] * count
    shape = {"shape": "Default", "additional_fields": [FieldPath(Message.get_field_by_fieldname("subject"))]}
    folder_shape = {"shape": "Default", "additional_fields": None}
    paged = {"restriction": None, "max_items": None, "offset": 0}
    if operation == "GetFolder":
        return GetFolder(account=who).call([inbox] * count, **folder_shape)
    if operation == "FindFolder":
        return FindFolder(account=who).call([inbox], depth="Deep", **folder_shape, **paged)
    if operation == "CreateFolder":
        return CreateFolder(account=who).call(parent_folder=inbox, folders=[inbox] * count)
    if operation == "UpdateFolder":
        return UpdateFolder(account=who).call([(inbox, ["permission_set"])] * count)
    if operation == "FindItem":
        return FindItem(account=who).call(
            [inbox], order_fields=None, query_string=None, calendar_view=None, depth="Shallow", **shape, **paged)
    if operation == "GetItem":
        return GetItem(account=who).call(named, **shape)
    if operation == "CreateItem":
        return CreateItem(account=who).call(
            [Message(account=who, subject="Plan", body="draft")] * count, inbox, "SaveOnly", "SendToNone")
    if operation == "UpdateItem":
        changed = Message(account=who, id=item[0], changekey=item[1], subject="Plan B", body="second draft")
        return UpdateItem(account=who).call(
            [(changed, ["subject", "body"])] * count, "AutoResolve", "SaveOnly", "SendToNone", False)
    if operation == "DeleteItem":
        return DeleteItem(account=who).call(named, "HardDelete", "SendToNone", "AllOccurrences", False)
    if operation == "GetUserAvailability":
        whose = MailboxData(email=who.primary_smtp_address, attendee_type="Required", exclude_conflicts=False)
        start = datetime(2008, 3, 4, 8, tzinfo=UTC)
        window = TimeWindow(start=start, end=start + timedelta(hours=4))
        return GetUserAvailability(protocol=who.protocol).call(
            tzinfo=UTC, mailbox_data=[whose] * count, timezone=TimeZone(bias=0),
            free_busy_view_options=FreeBusyViewOptions(
                time_window=window, merged_free_busy_interval=30, requested_view="DetailedMerged"))
    raise ValueError(f"no program asks for {operation} here")


def told(one):
    """What exchangelib says of one thing."""
    if isinstance(one, EWSError):
        return {"error": type(one).__name__}
    if isinstance(one, tuple):
        return dict(zip(["id", "changekey"], one))
    names = ["subject", "body", "sensitivity", "location", "start", "end", "legacy_free_busy_status",
             "item_class", "merged", "view_type", "id", "changekey", "total_count", "folder_class"]
    said = {name: getattr(one, name, None) for name in names}
    said["name"] = one.name if isinstance(one, Folder) else None
    rights = getattr(one, "effective_rights", None)
    said["may_read"] = rights and rights.read
    said["events"] = "; ".join(map(event, getattr(one, "calendar_events", None) or [])) or None
    return {name: text(value) for name, value in said.items() if value is not None}


def event(one):
    what = f" {one.details.subject}, {one.details.location}" if one.details else ""
    return f"{text(one.start)} {text(one.end)} {one.busy_type}{what}"


def text(value):
    return value.isoformat() if isinstance(value, datetime) else str(value)


def judge(who, answer, item):
    Loopback.status, Loopback.text = answer["status"], answer["text"].encode()
    try:
        items = [told(one) for one in call(who, answer["operation"], answer["count"], item)]
    except EWSError as raised:
        items = [told(raised)]
    return {"items": items, "request": Loopback.asked.decode()}


if __name__ == "__main__":
    asked = json.load(sys.stdin)
    server = HTTPServer(("127.0.0.1", 0), Loopback)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    who = account(server.server_port)
    print(json.dumps([judge(who, answer, asked["item"]) for answer in asked["answers"]]))
