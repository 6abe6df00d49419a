"""What a central has acknowledged is on disk: a session's end, a fault, a ticket's confirmation, an operator's stop (D-078, D-083,
D-102, D-117, D-177).

Arguments: the program, a scenario, a folder. The central is killed right after its replies.
"""

import sys

from framing import Client
from outside_central import Central, history_of
from outsiders import Driver, Line, Point, until

PROGRAM, SCENARIO, WORK = sys.argv[1:4]
# Long enough to be noticed, were it not waited for.
SLOW_DISK = ("--set", "journal.commit_interval=500ms")


def main():
    central = Central(PROGRAM, SCENARIO, WORK, 1, 0, *SLOW_DISK)
    history = history_of(PROGRAM, WORK)
    monitor = Line(central.port, lambda news: None)
    monitor.must("cp.register", cp_id="CP-OUT", cp_e_host="h", cp_e_port=1, location="Z01", price_eur_kwh=0.30)
    point = Point(central.port, "CP-OUT", 0.003)
    operator = Client(central.port)
    until(lambda: operator.ask("STATUS#CP-OUT").split("#")[2] == "ACTIVATED", "the charge point is ready")
    driver = Driver(central.port, "driver-out")
    driver.confirms = False
    driver.ask("mine", "CP-OUT")
    driver.await_(lambda: len(driver.tickets) == 1, "the ticket")
    driver.confirm(driver.tickets[0])
    assert driver.confirmed, "the ticket's confirmation was not acknowledged"
    until(lambda: point.is_at_rest("ACTIVATED"), "it is free again")
    monitor.must("cp.heartbeat", cp_id="CP-OUT")  # however long that took (D-046)
    driver.ask("again", "CP-OUT")
    until(lambda: len(point.acknowledged) == 2, "its end is acknowledged")
    central.kill()
    rows = history("sessions", "--cp", "CP-OUT")
    assert [row["status"] for row in rows] == ["COMPLETED"] * 2, rows
    assert abs(rows[0]["total_kwh"] - list(point.ended.values())[1]) < 1e-6, rows
    delivered = [row["session_id"] for row in history("tickets") if row["delivered_at"]]
    assert delivered == [driver.tickets[0]["session_id"]], delivered

    central = Central(PROGRAM, SCENARIO, WORK, 2, central.port, *SLOW_DISK)
    operator = Client(central.port)
    monitor = Line(central.port, lambda news: None)
    monitor.must("cp.register", cp_id="CP-OUT", cp_e_host="h", cp_e_port=1, location="Z01", price_eur_kwh=0.30)
    monitor.must("cp.fault", cp_id="CP-OUT", status="FAULT", reason="x")
    assert operator.ask("STOP#CP-IN") == "ACK: STOP#1"
    central.kill()
    assert [row["event_type"] for row in history("faults", "--cp", "CP-OUT")] == ["FAULT"], history("faults")

    central = Central(PROGRAM, SCENARIO, WORK, 3, central.port, *SLOW_DISK)
    operator = Client(central.port)
    until(lambda: operator.ask("STATUS#CP-IN").split("#")[2] == "STOPPED", "it is still stopped")
    central.end()
    del point


main()
