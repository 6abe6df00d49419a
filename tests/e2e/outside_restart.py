"""Flow D for real (D-214): a central is killed while strangers charge, and its successor goes on with its journal.

Arguments: the program, a scenario, a folder. The charge point and the driver are listed nowhere: they had joined.
"""

import sys

from framing import Client
from outside_central import Central, history_of
from outsiders import Driver, Line, Monitor, Point, until

PROGRAM, SCENARIO, WORK = sys.argv[1:4]
CHECKPOINTS = ("--set", "journal.checkpoint_interval=100ms")
history = history_of(PROGRAM, WORK)


def main():
    first = Central(PROGRAM, SCENARIO, WORK, 1, 0, *CHECKPOINTS)
    operator = Client(first.port)
    # An engine is heard once its monitor has registered it.
    Line(first.port, lambda news: None).must("cp.register", cp_id="CP-NEW", cp_e_host="h", cp_e_port=1, location="Z01",
                                             price_eur_kwh=Point.REGISTERED)
    point = Point(first.port, "CP-NEW", 100.0)
    Monitor(first.port, "CP-NEW", point.health)
    until(lambda: operator.ask("STATUS#CP-NEW").split("#")[2] == "ACTIVATED", "the newcomer is ready")
    driver = Driver(first.port, "driver-new")
    driver.ask("mine", "CP-NEW")
    driver.await_status("mine", "in_progress")
    session = driver.updates[-1]["session_id"]
    # The journal knows of some of its energy: it is not to be counted once more.
    until(lambda: any(row["total_kwh"] for row in history("sessions", "--cp", "CP-NEW")), "a checkpoint")
    first.kill()

    second = Central(PROGRAM, SCENARIO, WORK, 2, first.port, *CHECKPOINTS)
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
    driver.updates.clear()
    driver.connect()
    driver.await_status("mine", "in_progress")  # its open request, by the name that it gave (D-129)
    driver.ask("mine", "CP-NEW")  # said again: the same request, and no other (D-054)
    with point.lock:
        point.energy = point.delivered()
    driver.await_(lambda: len(driver.tickets) == 1, "the ticket")
    driver.await_status("mine", "completed")
    assert all(u["request_id"] == "mine" and u["session_id"] == session for u in driver.updates), driver.updates
    assert driver.tickets[0]["status"] == "COMPLETED" and driver.tickets[0]["session_id"] == session, driver.tickets
    assert abs(driver.tickets[0]["energy_kwh"] - point.ended[session]) < 1e-9, driver.tickets
    until(lambda: shown() == "ACTIVATED", "free again")
    driver.await_(lambda: session in driver.confirmed, "its confirmation")
    second.kill()

    # Nothing is open or owed any more; who repeats that request hears how it ended, and nothing is booked (D-054, D-083).
    third = Central(PROGRAM, SCENARIO, WORK, 3, first.port, *CHECKPOINTS)
    operator = Client(third.port)
    with point.lock:
        point.connect("State report")
    Monitor(third.port, "CP-NEW", point.health)
    until(lambda: shown() == "ACTIVATED", "it could be booked")
    driver.updates.clear()
    driver.connect()
    driver.ask("mine", "CP-NEW")
    driver.await_status("mine", "completed")
    assert len(driver.tickets) == 1, driver.tickets
    third.end()

    rows = history("sessions", "--cp", "CP-NEW")
    assert len(rows) == 1, rows
    assert rows[0]["status"] == "COMPLETED" and rows[0]["driver_id"] == "driver-new", rows
    assert abs(rows[0]["total_kwh"] - point.ended[session]) < 1e-6, rows
    tickets = history("tickets", "--driver", "driver-new")
    assert len(tickets) == 1 and tickets[0]["delivered_at"], tickets


main()
