"""What a central has acknowledged is on disk: a fault, a ticket's confirmation, an operator's stop (D-078, D-083, D-117, D-177).

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
    monitor.must("cp.fault", cp_id="CP-OUT", status="FAULT", reason="x")
    assert operator.ask("STOP#CP-IN") == "ACK: STOP#1"
    central.kill()
    assert [row["event_type"] for row in history("faults", "--cp", "CP-OUT")] == ["FAULT"], history("faults")
    assert all(row["delivered_at"] for row in history("tickets")), history("tickets")

    central = Central(PROGRAM, SCENARIO, WORK, 2, central.port, *SLOW_DISK)
    operator = Client(central.port)
    until(lambda: operator.ask("STATUS#CP-IN").split("#")[2] == "STOPPED", "it is still stopped")
    central.end()
    del point


main()
