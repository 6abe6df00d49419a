"""Flow D for real (D-214): a central is killed while strangers charge, and its successor goes on with its journal.

Arguments: the program, a scenario, a folder. The charge point and the driver are listed nowhere: they had joined.
"""

import json
import signal
import subprocess
import sys

from framing import Client
from outsiders import Driver, Line, Monitor, Point, until

PROGRAM, SCENARIO, WORK = sys.argv[1:4]


class Central:
    """One life of the run; the next one has its journal and its port."""

    def __init__(self, life, port=0):
        self.log = f"{WORK}/life{life}.err"
        with open(self.log, "w", encoding="utf-8") as err:
            self.process = subprocess.Popen(
                [PROGRAM, "run", SCENARIO, "--progress", "off", "--http", "off", "--tcp", f"127.0.0.1:{port}",
                 "--set", "journal.checkpoint_interval=100ms", "--data", f"{WORK}/kept", "--out", f"{WORK}/life{life}"], stderr=err, stdout=subprocess.DEVNULL)
        until(lambda: self.said("TCP  ") is not None, "the door is open")
        self.port = int(self.said("TCP  ").split("127.0.0.1:")[1].split()[0])

    def said(self, begin):
        with open(self.log, encoding="utf-8") as text:
            return next((line for line in text if line.startswith(begin) and line.endswith("\n")), None)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def end(self):
        self.process.send_signal(signal.SIGINT)
        assert self.process.wait() == 130, "98: its sums do not agree"


def history(what, *options):
    return json.loads(subprocess.run([PROGRAM, "history", what, "--data", f"{WORK}/kept", "--format", "json", *options],
                                     check=True, capture_output=True).stdout)


def main():
    first = Central(1)
    operator = Client(first.port)
    # An engine is heard once its monitor has registered it.
    Line(first.port, lambda news: None).must("cp.register", cp_id="CP-NEW", cp_e_host="h", cp_e_port=1, location="Z01",
                                             price_eur_kwh=Point.EUROS)
    point = Point(first.port, "CP-NEW", 100.0)
    Monitor(first.port, "CP-NEW", point.health)
    until(lambda: operator.ask("STATUS#CP-NEW").split("#")[2] == "ACTIVATED", "the newcomer is ready")
    driver = Driver(first.port, "driver-new")
    driver.ask("mine", "CP-NEW")
    driver.await_status("mine", "in_progress")
    session = driver.updates[-1]["session_id"]
    # The journal knows of some of its energy: it is not to be counted once more.
    until(lambda: history("sessions", "--cp", "CP-NEW")[0]["total_kwh"], "a checkpoint")
    first.kill()

    second = Central(2, first.port)
    operator = Client(second.port)
    shown = lambda: operator.ask("STATUS#CP-NEW").split("#")[2]
    assert shown() == "DISCONNECTED", shown()  # known, and not heard yet (D-085)
    other = Driver(second.port, "driver-other")
    other.ask("theirs", "CP-NEW")
    other.await_status("theirs", "denied")
    with point.lock:
        point.connect("State report")
    Monitor(second.port, "CP-NEW", point.health)
    until(lambda: shown() == "SUPPLYING", "it is recognised (D-086)")
    other.ask("theirs-too", "CP-NEW")
    other.await_status("theirs-too", "denied")
    assert other.reason("theirs-too") == "Charging point not available (state: SUPPLYING)"
    driver.connect()
    with point.lock:
        point.energy = point.delivered()
    driver.await_(lambda: len(driver.tickets) == 1, "the ticket")
    assert driver.tickets[0]["status"] == "COMPLETED" and driver.tickets[0]["session_id"] == session, driver.tickets
    assert abs(driver.tickets[0]["energy_kwh"] - point.ended[session]) < 1e-9, driver.tickets
    until(lambda: shown() == "ACTIVATED", "free again")
    driver.await_(lambda: session in driver.confirmed, "its confirmation")
    second.end()

    rows = history("sessions", "--cp", "CP-NEW")
    assert len(rows) == 1, rows
    assert rows[0]["status"] == "COMPLETED" and rows[0]["driver_id"] == "driver-new", rows
    assert abs(rows[0]["total_kwh"] - point.ended[session]) < 1e-6, rows
    tickets = history("tickets", "--driver", "driver-new")
    assert len(tickets) == 1 and tickets[0]["delivered_at"], tickets


main()
