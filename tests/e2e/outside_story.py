"""Participants outside run whole sessions against a run, through its framed door. One line a law.

Arguments: the port of the door, and a file for what the charge points have delivered (kWh).
"""

import signal
import subprocess
import sys
from pathlib import Path

from framing import Client, frame
from outsiders import Driver, Line, Monitor, Point, until


class Story:
    def __init__(self, port):
        self.port = port
        self.operator = Client(port)
        self.point = Point(port, "CP-OUT")
        self.monitor = Monitor(port, "CP-OUT", self.point.health)
        self.driver = Driver(port, "driver-out")
        self.points = [self.point]

    def shown(self, name="CP-OUT"):
        """The display state of a charge point, as an operator sees it."""
        return self.operator.ask(f"STATUS#{name}").split("#")[2]

    def is_ready(self):
        """Central and the charge point agree: neither is behind the other by an order or a status."""
        return self.point.is_at_rest("ACTIVATED") and self.shown() == "ACTIVATED"

    def is_stopped(self):
        return self.point.is_at_rest("STOPPED") and self.shown() == "STOPPED"


def runs_a_session(s):
    until(s.is_ready, "ready")
    s.driver.ask("my-first", "CP-OUT")
    s.driver.await_status("my-first", "completed")
    assert s.driver.story("my-first") == ["accepted", "in_progress", "completed"], s.driver.updates
    assert s.driver.reason("my-first") == "Charging completed successfully"
    s.driver.await_(lambda: len(s.driver.tickets) == 1, "the ticket")
    ticket = s.driver.tickets[0]
    assert abs(ticket["energy_kwh"] - s.point.ended[ticket["session_id"]]) < 1e-9, ticket
    assert ticket["status"] == "COMPLETED" and ticket["cp_id"] == "CP-OUT", ticket
    cost = ticket["energy_kwh"] * s.point.EUROS
    assert abs(ticket["total_cost_eur"] - cost) < 1e-6, ("billed as the engine says (D-218)", ticket)
    progress = [u for u in s.driver.updates if u["status"] == "in_progress"]
    assert progress[-1]["reason"].startswith("Charging: 36.0 kW, "), progress[-1]
    at_the_panels_price = s.point.energy * s.point.REGISTERED + 0.005
    shown = float(progress[-1]["reason"].split("€")[1])
    assert shown > at_the_panels_price, ("live as the engine says (D-064, D-218)", progress[-1])


def answers_repetitions(s):
    seen = len(s.driver.updates)
    s.driver.ask("my-first", "CP-OUT")
    s.driver.await_(lambda: len(s.driver.updates) > seen, "the present status again")
    assert s.driver.updates[-1]["status"] == "completed", s.driver.updates[-1]
    s.driver.ask("my-lost", "CP-NOWHERE")
    s.driver.await_status("my-lost", "denied")
    assert s.driver.updates[-1]["cp_id"] == "CP-NOWHERE"
    assert s.driver.reason("my-lost") == "Charging point not found"


def is_interrupted_by_a_fault(s):
    until(s.is_ready, "ready")
    s.point.energy = 10.0
    s.driver.ask("my-second", "CP-OUT")
    s.driver.await_status("my-second", "in_progress")
    s.point.ko = True  # the key (D-105): the health server says KO
    s.driver.await_status("my-second", "failed")
    assert s.driver.reason("my-second") == \
        "Charging interrupted: FAULT (Health check failures exceeded threshold)"
    s.driver.await_(lambda: len(s.driver.tickets) >= 2, "the ticket of the failed session")
    until(lambda: ("stop_cp", "Health check failures exceeded threshold") in s.point.orders, "stop_cp")
    assert s.shown() == "BROKEN"
    s.driver.ask("my-third", "CP-OUT")
    s.driver.await_status("my-third", "denied")
    assert s.driver.reason("my-third") == "Charging point not available (state: FAULT)"
    s.point.ko = False
    until(s.is_ready, "back after the fault (D-073)")
    assert s.point.orders[-1][0] == "resume_cp", s.point.orders
    session = s.driver.tickets[-1]["session_id"]
    s.driver.await_(lambda: abs(s.driver.tickets[-1]["energy_kwh"] - s.point.ended[session]) < 1e-9,
                    "the corrected ticket (D-075)")


def survives_the_loss_of_its_engine_connection(s):
    until(s.is_ready, "ready")
    s.point.energy = 0.05
    s.driver.ask("my-fourth", "CP-OUT")
    s.driver.await_status("my-fourth", "in_progress")
    s.point.line.cut()
    until(lambda: s.shown() == "DISCONNECTED", "shown as disconnected")
    with s.point.lock:
        s.point.connect("State report")
    until(lambda: s.shown() in ("SUPPLYING", "ACTIVATED"), "heard again")
    s.driver.await_status("my-fourth", "completed")
    session = s.driver.updates[-1]["session_id"]
    s.driver.await_(lambda: s.driver.tickets[-1]["session_id"] == session, "its ticket")
    assert abs(s.driver.tickets[-1]["energy_kwh"] - s.point.ended[session]) < 1e-9


def survives_the_loss_of_its_driver(s):
    until(s.is_ready, "ready")
    s.point.energy = 0.03
    ended = len(s.point.ended)
    s.driver.ask("my-fifth", "CP-OUT")
    s.driver.await_status("my-fifth", "accepted")
    s.driver.line.cut()
    # Not only ready: it is that as well until the order to begin arrives.
    until(lambda: len(s.point.ended) > ended, "the supply goes on to its end")
    until(s.is_ready, "the charge point is free again")
    before = len(s.driver.tickets)
    s.driver.connect()
    s.driver.await_status("my-fifth", "completed")
    s.driver.await_(lambda: len(s.driver.tickets) > before, "the ticket that was kept (D-083)")
    # One that is not confirmed comes again; one that is does not.
    s.driver.confirms = False
    s.driver.ask("my-sixth", "CP-OUT")
    s.driver.await_status("my-sixth", "completed")
    session = s.driver.updates[-1]["session_id"]
    count = lambda: sum(t["session_id"] == session for t in s.driver.tickets)
    s.driver.await_(lambda: count() == 1, "the ticket")
    s.driver.line.cut()
    s.driver.confirms = True
    s.driver.connect()
    s.driver.await_(lambda: count() == 2, "the ticket again")
    s.driver.await_(lambda: session in s.driver.confirmed, "its confirmation")
    all_before = len(s.driver.tickets)
    s.driver.line.cut()
    s.driver.connect()
    s.driver.ask("my-nothing", "CP-NOWHERE")
    s.driver.await_status("my-nothing", "denied")
    assert len(s.driver.tickets) == all_before, s.driver.tickets[all_before:]


def is_disconnected_with_its_monitor(s):
    until(s.is_ready, "ready")
    s.monitor.stop()
    until(lambda: s.shown() == "DISCONNECTED", "no monitor")
    s.driver.ask("my-seventh", "CP-OUT")
    s.driver.await_status("my-seventh", "denied")
    assert s.driver.reason("my-seventh") == "Charging point not available (state: DISCONNECTED)"
    s.monitor = Monitor(s.port, "CP-OUT", s.point.health)
    until(s.is_ready, "right at once (D-046)")


def simulates_a_fault_on_a_signal(s):
    until(s.is_ready, "ready")
    s.monitor.stop()
    until(lambda: s.shown() == "DISCONNECTED", "no monitor")
    program = [sys.executable, str(Path(__file__).with_name("outside_monitor.py")), str(s.port), "CP-OUT",
               str(s.point.health)]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as monitor:
        assert monitor.stdout.readline() == "ready\n"
        until(s.is_ready, "watched by a program of its own")
        asked = s.point.asked
        until(lambda: s.point.asked > asked, "its checks")
        monitor.send_signal(signal.SIGUSR1)
        until(lambda: s.shown() == "BROKEN", "the fault that the signal simulates")
        asked = s.point.asked
        s.driver.ask("my-thirteenth", "CP-OUT")
        s.driver.await_status("my-thirteenth", "denied")
        assert s.driver.reason("my-thirteenth") == "Charging point not available (state: FAULT)"
        assert s.point.asked == asked, "no check while it simulates"
        monitor.send_signal(signal.SIGUSR1)
        until(s.is_ready, "well again with the first good check")
        monitor.stdin.close()
    until(lambda: s.shown() == "DISCONNECTED", "no monitor again")
    s.monitor = Monitor(s.port, "CP-OUT", s.point.health)
    until(s.is_ready, "its old monitor is back")


def obeys_operators_and_cancels(s):
    assert s.operator.ask("STOP#CP-OUT") == "ACK: STOP#1"
    until(s.is_stopped, "Out of Order")
    assert s.operator.ask("RESUME#CP-OUT") == "ACK: RESUME#1"
    until(s.is_ready, "resumed")
    s.point.energy = 10.0
    s.driver.ask("my-eighth", "CP-OUT")
    s.driver.await_status("my-eighth", "in_progress")
    reply = s.driver.line.say("driver.requests", request_id="my-ninth", driver_id="driver-out",
                              cp_id="CP-OUT")
    assert reply == "NACK: request my-eighth is open", reply
    s.driver.line.must("driver.cancel", request_id="my-eighth", driver_id="driver-out", cp_id="CP-OUT")
    s.driver.await_status("my-eighth", "completed")
    assert ("stop_supply", "Driver cancelled") in s.point.orders, s.point.orders
    assert s.operator.ask("INJECT#CP-OUT#engine_ko").startswith("NACK: the charge point is outside")


def charges_drivers_from_here(s):
    until(s.is_ready, "ready")
    s.point.energy = 0.02
    assert s.operator.ask("STATUS#CP-IN").split("#")[2] == "ACTIVATED"
    s.driver.ask("my-tenth", "CP-IN")
    s.driver.await_status("my-tenth", "completed")


def lets_strangers_in(s):
    stranger = Line(s.port, lambda news: None)
    reply = stranger.say("cp.status", cp_id="CP-NEW", state="ACTIVATED")
    assert reply == "NACK: Charging point not found", reply
    reply = stranger.say("cp.heartbeat", cp_id="CP-NEW")
    assert reply == "NACK: Charging point not found", reply
    point_line = Line(s.port, lambda news: None)
    point_line.must("cp.register", cp_id="CP-NEW", cp_e_host="h", cp_e_port=1, location="Z01",
                    price_eur_kwh=0.4)
    reply = stranger.say("cp.register", cp_id="CP-MORE", cp_e_host="h", cp_e_port=1)
    assert reply.startswith("NACK: Registration failed: no place is left"), reply
    newcomer = Point(s.port, None)
    s.points.append(newcomer)
    monitor = Monitor(s.port, "CP-NEW", newcomer.health, brings_name=True)
    until(lambda: s.shown("CP-NEW") == "ACTIVATED", "the newcomer is ready")
    assert "CP-NEW=ACTIVATED" in s.operator.ask("LIST")
    guest = Driver(s.port, "driver-new")
    guest.ask("first", "CP-NEW")
    guest.await_status("first", "completed")
    reply = stranger.say("driver.return", driver_id="driver-more")
    assert reply.startswith("NACK: Driver not found: no place is left"), reply
    monitor.stop()


def answers_health_checks_in_frames_too(s):
    until(s.is_ready, "ready")
    monitor = Client(s.point.health)
    for _ in range(2):
        monitor.send(frame("PING"))
        got = bytes(monitor.file.read(15))
        assert got == bytes.fromhex("024f4b3a414354495641544544" "0363"), got.hex()
    monitor.socket.close()


def ignores_orders_for_others(s):
    orders, state = list(s.point.orders), s.point.state
    for cmd in ("stop_cp", "shutdown", "start_supply"):
        s.point.obey({"type": "central.commands", "cmd": cmd, "cp_id": "CP-IN", "payload": None})
    assert (s.point.orders, s.point.state) == (orders, state), s.point.orders


def refuses_what_is_wrong(s):
    line = Line(s.port, lambda news: None)
    for fields, wanted in [
        ({"kind": "cp.status", "cp_id": "CP-OUT"}, "NACK: state: is missing"),
        ({"kind": "cp.status", "cp_id": 5, "state": "FAULT"}, "NACK: cp_id: must be a string"),
        ({"kind": "cp.status", "cp_id": "CP-IN", "state": "FAULT"},
         "NACK: the engine of CP-IN is not outside"),
        ({"kind": "cp.nothing"}, "NACK: type: no message has this type"),
        ({"kind": "driver.updates", "request_id": "r", "driver_id": "d", "cp_id": "c",
          "status": "denied"}, "NACK: driver.updates is what central says"),
    ]:
        got = line.say(**fields)
        assert got == wanted, f"got {got!r}, wanted {wanted!r}"
    assert s.operator.ask("{") == "NACK: not valid JSON"
    line.cut()


def main():
    port = int(sys.argv[1])
    story = Story(port)
    laws = {
        "a session from request to ticket (D-211)": runs_a_session,
        "a repeated request gets its present status (D-054, D-051)": answers_repetitions,
        "a fault in the middle, and its recovery (D-212)": is_interrupted_by_a_fault,
        "an engine's connection is lost, the session goes on": survives_the_loss_of_its_engine_connection,
        "a driver's connection is lost, its outcome is kept (D-215)": survives_the_loss_of_its_driver,
        "a monitor's connection is lost: Disconnected (D-213)": is_disconnected_with_its_monitor,
        "SIGUSR1 to its monitor simulates a fault, and ends it (D-120)": simulates_a_fault_on_a_signal,
        "operators stop it, drivers cancel (D-076, D-125)": obeys_operators_and_cancels,
        "a driver outside charges at a point inside": charges_drivers_from_here,
        "who is not listed may register where there is room, and its engine has its monitor's name (D-042, D-220)":
            lets_strangers_in,
        "health checks in lines and in frames (D-112, D-113)": answers_health_checks_in_frames_too,
        "orders for another charge point are ignored (D-091)": ignores_orders_for_others,
        "what is wrong is refused with its reason (D-017)": refuses_what_is_wrong,
    }
    failed = 0
    for text, law in laws.items():
        try:
            law(story)
            print("ok - outside:", text, flush=True)
        except Exception as error:  # pylint: disable=broad-except
            print("not ok - outside:", text)
            print(repr(error), flush=True)
            failed = 1
    with open(sys.argv[2], "w", encoding="utf-8") as file:
        file.write(repr(sum(sum(p.ended.values()) for p in story.points)))
    sys.exit(failed)


main()
