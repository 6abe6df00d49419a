"""A charge point, its monitor and a driver that run outside, after the reference and nothing else.

The charge point has a health server (D-112) that the monitor asks (D-116); both, and the driver, speak
frames of JSON with the framed door, each on a connection of its own.
"""

import json
import queue
import select
import socket
import socketserver
import threading
import time
from datetime import datetime, timezone

from framing import ETX, STX, Client, frame

DEADLINE = 60


def until(condition, what):
    """Polls; each condition asks somebody else, so that nothing is waited for by sleeping."""
    end = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < end, f"never true: {what}"


def utc_now():
    return datetime.now(timezone.utc).isoformat(timespec="microseconds").replace("+00:00", "Z")


class Line:
    """A connection with replies and news apart: what begins with a brace was not asked for."""

    def __init__(self, port, hear):
        self.client = Client(port)
        self.hear = hear
        self.replies = []
        self.changed = threading.Condition()
        self.is_open = True
        self.sending = threading.Lock()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        try:
            while (text := self.client.receive()) is not None:
                if text.startswith("{"):
                    self.hear(json.loads(text))
                    continue
                with self.changed:
                    self.replies.append(text)
                    self.changed.notify_all()
        except (OSError, IndexError, ValueError):
            pass
        with self.changed:
            self.is_open = False
            self.changed.notify_all()

    def say(self, kind, **fields):
        """Says it and returns the reply; None: the connection is lost."""
        with self.sending:
            try:
                self.client.send(frame(json.dumps({"type": kind, **fields})))
            except OSError:
                return None
            with self.changed:
                got = self.changed.wait_for(lambda: self.replies or not self.is_open, DEADLINE)
                assert got, f"no reply to {kind}"
                return self.replies.pop(0) if self.replies else None

    def must(self, kind, **fields):
        reply = self.say(kind, **fields)
        assert reply == f"ACK: {kind}", f"{kind}: {reply!r}"

    def cut(self):
        """As a network does: without a word."""
        self.client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self.client.socket.shutdown(socket.SHUT_RDWR)
        self.client.file.close()
        self.client.socket.close()
        with self.changed:
            self.changed.wait_for(lambda: not self.is_open, DEADLINE)


class Point:
    """The engine of one charge point: 36 kW, a report every tenth of a second. Without a name it waits for its monitor's (D-220)."""

    KW, EUROS = 36.0, 30.0  # dear, so that a tenth of a second shows in two decimals
    REGISTERED = 0.25  # what its monitor says that it costs: for the panel; the engine's own figure is billed (D-218)
    TICK = 0.1

    def __init__(self, port, name, energy=0.02):
        self.port, self.name, self.energy = port, name, energy
        self.state, self.ko = "ACTIVATED", False
        self.session = self.driver = None
        self.asked = 0  # how often its health was
        self.ended = {}  # session: kWh
        self.acknowledged = set()  # sessions whose end central has acknowledged
        self.orders = []
        self.lock = threading.RLock()
        self.line = None
        self.heard = queue.Queue()
        threading.Thread(target=self._obey_in_turn, daemon=True).start()
        if name is not None:
            self.connect("Engine started")
        self.health = self._health_server()
        threading.Thread(target=self._run, daemon=True).start()

    def connect(self, reason):
        with self.lock:
            # Not obeyed on the listener's thread: it has to hear the reply to what is said then.
            self.line = Line(self.port, self.heard.put)
            self.line.must("cp.status", cp_id=self.name, state=self.state, reason=reason)

    def take_name(self, name):
        """The first that its monitor brings."""
        with self.lock:
            if self.name is None:
                self.name = name
                self.connect("Engine started")

    def _health_server(self):
        point = self

        class Handler(socketserver.StreamRequestHandler):
            def answer(self):
                point.asked += 1
                return "KO:FAULT" if point.ko else f"OK:{point.state}"

            def handle(self):
                if self.rfile.peek(1)[:1] == bytes([STX]):  # D-113: the same texts, framed
                    return self.speak_frames()
                for line in self.rfile:
                    if line == b"PING\n":
                        self.wfile.write(self.answer().encode() + b"\n")
                    elif line.startswith(b"ID "):
                        point.take_name(line[3:].decode().rstrip())

            def speak_frames(self):
                asked = frame("PING")
                while self.rfile.read(len(asked)) == asked:
                    self.wfile.write(frame(self.answer()))

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True

        server = Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server.server_address[1]

    def is_at_rest(self, state):
        """In this state, which it has told, with no order left to obey."""
        with self.lock:
            return self.state == state and self.heard.unfinished_tasks == 0

    def _obey_in_turn(self):
        while True:
            order = self.heard.get()
            self.obey(order)
            self.heard.task_done()

    def obey(self, order):
        assert order["type"] == "central.commands"
        if order["cp_id"] != self.name:
            return  # D-091: silently
        payload = order["payload"] or {}
        with self.lock:
            self.orders.append((order["cmd"], payload.get("reason")))
            if order["cmd"] == "start_supply" and self.state == "ACTIVATED":
                self.session, self.driver = payload["session_id"], payload["driver_id"]
                self.begun = time.monotonic()
                self.since = utc_now()
                self.state = "SUPPLYING"
                self.tell(f"Starting supply for driver {self.driver}")
            elif order["cmd"] == "stop_supply" and self.state == "SUPPLYING":
                self.finish("ACTIVATED", "Central requested stop")
            elif order["cmd"] == "stop_cp" and self.state in ("ACTIVATED", "SUPPLYING", "FAULT"):
                self.finish("STOPPED", "Central stopped CP")
            elif order["cmd"] == "resume_cp" and self.state == "STOPPED":
                self.state = "ACTIVATED"
                self.tell("Central resumed CP")

    def tell(self, reason):
        self.line.say("cp.status", cp_id=self.name, state=self.state, reason=reason)

    def delivered(self):
        return min(self.energy, self.KW * (time.monotonic() - self.begun) / 3600)

    def finish(self, state, reason):
        """The end goes before the status that ends it (D-102)."""
        if self.session is not None:
            kwh = self.delivered()
            self.ended[self.session] = kwh
            reply = self.line.say(
                "cp.session_end", cp_id=self.name, session_id=self.session, driver_id=self.driver,
                start_time=self.since, end_time=utc_now(), energy_kwh=kwh, total_cost_eur=kwh * self.EUROS,
                status="COMPLETED" if state == "ACTIVATED" else "FAILED", reason=reason)
            if reply == "ACK: cp.session_end":
                self.acknowledged.add(self.session)
            self.session = None
        self.state = state
        self.tell(reason)

    def _run(self):
        pace = threading.Event()
        while not pace.wait(self.TICK):
            with self.lock:
                if self.session is None or not self.line.is_open:
                    continue
                kwh = self.delivered()
                self.line.say("cp.telemetry", cp_id=self.name, kw=self.KW, kwh=kwh,
                              euros=kwh * self.EUROS, driver_id=self.driver,
                              session_id=self.session)
                if kwh >= self.energy:
                    self.finish("ACTIVATED", "Energy target reached")


class Monitor:
    """Asks the engine's health server, tells central. To an engine without a name it brings its own."""

    def __init__(self, port, name, health, every=0.1, brings_name=False):
        self.port, self.name, self.health, self.every = port, name, health, every
        self.greeting = f"ID {name}\n".encode() if brings_name else b""
        self.line = Line(port, lambda news: None)
        self.is_on = True
        self.simulates = False
        self.failures, self.is_faulty = 0, False
        self.line.must("cp.register", cp_id=name, cp_e_host="127.0.0.1", cp_e_port=health,
                       location="Z01", price_eur_kwh=Point.REGISTERED)
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def stop(self):
        self.is_on = False
        self.thread.join()
        self.line.cut()

    def toggle_fault(self):
        """D-120: reported when it is switched on, its end with the first good check afterwards."""
        self.simulates = not self.simulates
        if self.simulates:
            self.failures = 3

    def is_well(self):
        if self.simulates:
            return False  # the engine is not even asked
        try:
            with socket.create_connection(("127.0.0.1", self.health), timeout=2) as engine:
                engine.sendall(self.greeting + b"PING\n")
                ready, _, _ = select.select([engine], [], [], 1)
                return bool(ready) and engine.recv(100).startswith(b"OK")
        except OSError:
            return False

    def _run(self):
        pace = threading.Event()
        while self.is_on and not pace.wait(self.every):
            if self.line.say("cp.heartbeat", cp_id=self.name) is None:
                return
            self.failures = 0 if self.is_well() else self.failures + 1
            if self.failures >= 3 and not self.is_faulty:
                self.is_faulty = True
                self.line.must("cp.fault", cp_id=self.name, status="FAULT",
                               reason="Health check failures exceeded threshold")
            if self.failures == 0 and self.is_faulty:
                self.is_faulty = False
                self.line.must("cp.fault", cp_id=self.name, status="HEALTHY",
                               reason="Health check restored")


class Driver:
    """Asks, hears, confirms its tickets (D-083)."""

    def __init__(self, port, name):
        self.port, self.name = port, name
        self.updates, self.tickets = [], []
        self.confirms, self.confirmed = True, set()
        self.changed = threading.Condition()
        self.connect()

    def connect(self):
        self.line = Line(self.port, self.hear)
        self.line.must("driver.return", driver_id=self.name)

    def hear(self, news):
        with self.changed:
            assert news["driver_id"] == self.name, news
            (self.tickets if news["type"] == "driver.ticket" else self.updates).append(news)
            self.changed.notify_all()
        if news["type"] == "driver.ticket" and self.confirms:
            threading.Thread(target=self.confirm, args=(news,), daemon=True).start()

    def confirm(self, ticket):
        fields = {key: value for key, value in ticket.items() if key != "type"}
        if self.line.say("driver.ticket", **fields) == "ACK: driver.ticket":
            with self.changed:
                self.confirmed.add(ticket["session_id"])
                self.changed.notify_all()

    def ask(self, request, point):
        self.line.must("driver.requests", request_id=request, driver_id=self.name, cp_id=point)

    def story(self, request):
        """The updates of a request, those in progress once."""
        told = []
        for update in self.updates:
            if update["request_id"] == request and update["status"] not in told:
                told.append(update["status"])
        return told

    def await_(self, condition, what):
        with self.changed:
            assert self.changed.wait_for(condition, DEADLINE), f"never heard: {what}; {self.updates[-3:]}"

    def await_status(self, request, status):
        self.await_(lambda: status in self.story(request), f"{request} {status}")

    def reason(self, request):
        return [u["reason"] for u in self.updates if u["request_id"] == request][-1]
