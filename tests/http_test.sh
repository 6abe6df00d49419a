#!/usr/bin/env bash
# The HTTP door as people and scripts meet it: the real program, its real port, python's standard library.
# shellcheck disable=SC2317 # functions are called by law
set -euo pipefail
cd "$(dirname "$0")/.."
chargemill=$PWD/build/release/chargemill
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$work"' EXIT
# shellcheck source=tests/support/laws.sh
source tests/support/laws.sh

cat >"$work/small.toml" <<'TOML'
[run]
name = "<small & \"sharp\">"
duration = "1h"
speed = 1
lateness_limit = "1h" # a machine under load is no failure
stop_timeout = "2s"
[network]
zones = 2
health_interval = "250ms"
max_session = "60s" # nobody has to look soon to see one that goes on
[central]
shards = 2
[[charge_point]]
id = "CP-001"
zone = "Z01"
price_eur_kwh = 0.3
[[charge_point]]
id = "CP-002"
zone = "Z02"
[[charge_point]]
id = "CP-003"
zone = "Z02"
power_kw = 150
[[driver]]
id = "driver-alice"
requests = ["CP-001"]
[tcp]
listen = "off"
TOML

# open_run NAME ARGS...: starts a run on a free port; sets pid and base.
open_run() {
  local name=$1
  shift
  "$chargemill" run "$work/small.toml" --http 127.0.0.1:0 --progress off --out "$work/$name" "$@" \
    >"$work/$name.out" 2>"$work/$name.err" &
  pid=$!
  until_true grep -q '^HTTP ' "$work/$name.err"
  base=http://$(awk '/^HTTP / { print $2 }' "$work/$name.err")
}
# end_run: ends it as a person would.
end_run() {
  local code=0
  kill -INT "$pid"
  wait "$pid" || code=$?
  [[ $code == 130 ]] || { echo "exit $code"; return 1; }
}

# What a user does, as a program: asks like any client and fails with the first surprise.
cat >"$work/walk.py" <<'PYTHON'
import json, sys, time, urllib.error, urllib.request

base, part = sys.argv[1], sys.argv[2]

def ask(method, path, body=None, headers=None):
    data = None if body is None else json.dumps(body).encode()
    given = {"Content-Type": "application/json", **(headers or {})}
    request = urllib.request.Request(base + path, data, given, method=method)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()

def get(path, status=200):
    code, _, text = ask("GET", path)
    assert code == status, (path, code, text)
    return json.loads(text)

def post(path, body=None, status=200):
    code, _, text = ask("POST", path, body)
    assert code == status, (path, code, text)
    return json.loads(text)

def wait_for(what, condition):
    end = time.monotonic() + 60
    while not condition():  # each look is a request
        assert time.monotonic() < end, "never: " + what

def state(point):
    return get("/cp/" + point)["state"]

def older():
    assert get("/health") == {"status": "healthy", "service": "ev-central"}
    wait_for("all are on", lambda: all(p["monitor_status"] == "OK" for p in get("/cp")["charging_points"]))
    body = get("/cp")
    assert [p["cp_id"] for p in body["charging_points"]] == ["CP-001", "CP-002", "CP-003"], body
    post("/cp/register", {"cp_id": "CP-002", "cp_e_host": "here", "cp_e_port": 8002})
    assert post("/cp/register", {"cp_id": "X", "cp_e_host": "h", "cp_e_port": 1}, 403)["success"] is False
    post("/cp/fault", {"cp_id": "CP-002", "status": "FAULT", "reason": "Health check failures exceeded threshold"})
    assert state("CP-002") == "BROKEN"
    post("/cp/fault", {"cp_id": "CP-002", "status": "HEALTHY"})
    wait_for("CP-002 recovers", lambda: state("CP-002") == "ACTIVATED")
    post("/cp/heartbeat", {"cp_id": "CP-003"})
    assert post("/cp/heartbeat", {}, 400) == {"error": "cp_id required"}
    assert post("/cp/command", {"cmd": "stop_cp", "cp_id": "*"})["count"] == 3
    wait_for("all are stopped", lambda: all(p["state"] == "STOPPED" for p in get("/cp")["charging_points"]))
    post("/cp/command", {"cmd": "resume_cp", "cp_id": "*"})
    wait_for("all are back", lambda: state("CP-003") == "ACTIVATED")
    assert get("/cp/CP-404", 404) == {"error": "Charging point not found"}
    assert ask("PUT", "/cp")[0] == 405

def newer():
    wait_for("CP-003 is on", lambda: state("CP-003") == "ACTIVATED")
    start = "/api/v1/charge-points/CP-003/start"
    post(start, {"driver_id": "driver-alice", "energy_kwh": 0.25})  # six seconds at 150 kW
    wait_for("it supplies", lambda: get("/telemetry")["telemetry"] != [])
    wait_for("it is over", lambda: state("CP-003") == "ACTIVATED")
    path = "/api/v1/drivers/driver-alice/sessions/history"
    wait_for("the journal has it",
             lambda: any(s["cp_id"] == "CP-003" and s["status"] == "COMPLETED" for s in get(path)["sessions"]))
    ticket = get("/api/v1/tickets?driver=driver-alice&cp=CP-003")["tickets"][0]
    assert abs(ticket["energy_kwh"] - 0.25) < 1e-6, ticket
    post("/api/v1/charge-points/CP-001/inject-fault", {"kind": "engine_ko", "duration": "2s"})
    wait_for("the fault is found", lambda: get("/api/v1/faults?cp=CP-001&kind=FAULT")["faults"] != [])
    wait_for("and over", lambda: get("/api/v1/stats?cp=CP-001")["recovery_count"] == 1)
    assert get("/api/v1/stats?days=7")["fault_count"] >= 1
    assert get("/api/v1/health?cp=CP-001&limit=1")["health"][0]["cp_id"] == "CP-001"
    summary = get("/api/v1/summary")
    assert summary["charge_points"]["total"] == 3 and summary["journal"]["state"] == "working"
    assert [p["cp_id"] for p in get("/api/v1/charge-points?zone=Z02&limit=1")["charge_points"]] == ["CP-002"]
    problem = get("/api/v1/charge-points?limit=-1", 400)
    assert problem["field"] == "limit" and problem["status"] == 400, problem
    code, headers, _ = ask("GET", "/api/v1/charge-points/X")
    assert code == 404 and headers["Content-Type"] == "application/problem+json"

def drivers():
    before = get("/api/v1/nodes")["nodes"][0]
    born = post("/api/v1/charge-points", {"cp_id": "CP-900", "zone": "Z01", "power_kw": 50, "price_eur_kwh": 0.35}, 201)
    assert born["power_kw"] == 50 and born["zone"] == "Z01", born
    wait_for("the newcomer is on", lambda: state("CP-900") == "ACTIVATED")
    assert post("/api/v1/drivers", {"driver_id": "eve"}, 201)["driver_id"] == "eve"
    post("/api/v1/drivers", {"driver_id": "eve"}, 409)
    here = get("/api/v1/nodes")["nodes"][0]
    assert here["charge_points"] == before["charge_points"] + 1, (before, here)
    assert here["drivers"] == before["drivers"] + 1, (before, here)
    path = "/api/v1/drivers/eve/requests"
    found = get("/api/v1/drivers/eve/available?min_kw=50&max_price=0.35&zone=Z01")["charge_points"]
    assert [p["cp_id"] for p in found] == ["CP-900"], found
    code, headers, text = ask("POST", path, {"cp_id": "CP-900"})
    assert code == 202 and json.loads(text)["status"] == "pending", (code, text)
    wait_for("it charges", lambda: get(headers["Location"])["status"] == "in_progress")
    assert get("/api/v1/drivers/eve/sessions/current")["session"]["cp_id"] == "CP-900"
    assert ask("POST", path, {"cp_id": "CP-003"})[0] == 409
    assert ask("DELETE", headers["Location"])[0] == 204
    wait_for("it is over", lambda: get(headers["Location"])["status"] == "completed")
    assert ask("DELETE", path)[0] == 404
    assert post(path, {"cp_id": "CP-404"}, 422)["field"] == "cp_id"
    history = "/api/v1/drivers/eve/sessions/history"
    wait_for("its history", lambda: any(s["status"] == "COMPLETED" for s in get(history)["sessions"]))
    wait_for("its ticket", lambda: any(t["delivered_at"] for t in get("/api/v1/drivers/eve/tickets")["tickets"]))

def bare():
    wait_for("alice has charged", lambda: any(s["status"] == "COMPLETED" for s in get("/api/v1/sessions")["sessions"]))
    post("/api/v1/charge-points/CP-002/inject-fault", {"kind": "engine_ko", "duration": "2s"})
    wait_for("the fault is found", lambda: get("/api/v1/faults?cp=CP-002&kind=FAULT")["faults"] != [])
    wait_for("and over", lambda: get("/api/v1/stats?cp=CP-002")["recovery_count"] == 1)
    assert get("/api/v1/health?cp=CP-002&limit=1")["health"][0]["cp_id"] == "CP-002"
    assert get("/api/v1/summary")["journal"]["state"] == "off"
    events()

def document():
    asked = json.loads(ask("POST", "/api/v1/drivers/eve/requests", {"cp_id": "CP-003"})[2])
    paths = get("/api/v1/openapi.json")["paths"]
    assert len(paths) > 30
    for path, item in paths.items():
        if "get" not in item or path in ("/api/v1/events", "/metrics"):
            continue
        driver = "drivers" in path
        path = path.replace("{id}", "eve" if driver else "CP-001").replace("{request}", asked["request_id"])
        for parameter in item["get"]["parameters"]:
            if parameter["required"] and parameter["in"] == "query":
                path += "?" + parameter["name"] + "=CP-001"
        code, headers, _ = ask("GET", path)
        for _ in range(10):  # whoever does not hear from central for two seconds is not ready
            if code != 503:
                break
            code, headers, _ = ask("GET", path)
        assert code == 200, (path, code)
        media = next(iter(item["get"]["responses"]["200"]["content"]))
        assert headers["Content-Type"].split(";")[0] == media, (path, headers["Content-Type"])

PLACE = {"cp_id": "CP-002", "cp_e_host": "10.0.0.7", "cp_e_port": 8002, "location": "Calle Mayor 1"}
def registers():
    post("/cp/register", PLACE)
    assert get("/cp/CP-002")["location"] == "Calle Mayor 1"
def remembers():
    assert get("/cp/CP-002")["location"] == "Calle Mayor 1"
    seen = get("/api/v1/charge-points/CP-002")
    assert (seen["engine_host"], seen["engine_port"]) == ("10.0.0.7", 8002), seen

def events():
    def read(last, count):
        headers = {"Last-Event-ID": last} if last else {}
        seen = []
        with urllib.request.urlopen(urllib.request.Request(base + "/api/v1/events", None, headers), timeout=60) as s:
            assert s.headers["Content-Type"] == "text/event-stream"
            while len(seen) < count:
                line = s.readline().decode()
                assert line, "the stream ended"
                if line.startswith("id: "):
                    seen.append(int(line[4:]))
        return seen
    first = read("0", 5)
    assert first == sorted(set(first)), first
    assert read(str(first[1]), 3) == first[2:5], "it goes on where it was"
    assert ask("GET", "/api/v1/events", None, {"Last-Event-ID": "x"})[0] == 400

def guard():
    for headers in ({"Host": "evil.example"}, {"Origin": "http://evil.example"}):
        code, _, text = ask("POST", "/cp/command", {"cmd": "stop_cp", "cp_id": "*"}, headers)
        assert code == 403, (headers, code, text)
    wait_for("nothing was stopped", lambda: state("CP-002") == "ACTIVATED")
    page = ask("GET", "/api/v1")[2].decode()
    assert "&lt;small &amp; &quot;sharp&quot;&gt;" in page and "<small" not in page

def virtual():
    assert get("/api/v1/charge-points/CP-001")["cp_id"] == "CP-001"
    problem = post("/api/v1/charge-points/CP-001/stop", None, 409)
    assert "virtual time" in problem["detail"]

globals()[part]()
print("walked", part)
PYTHON

walk() { python3 "$work/walk.py" "$base" "$1"; }
is_ready() { curl -sS "$base/readyz?verbose" -o "$work/ready" && grep -qx 'ready' "$work/ready"; }
counts_its_requests() { curl -sS "$base/metrics" | grep '^chargemill_door_requests_total{result="answered"} [1-9]' >/dev/null; }
readable_by_curl() {
  [[ $(curl -sS "$base/livez") == ok ]]
  until_true is_ready
  [[ $(curl -sS -o /dev/null -w '%{http_code}' -I "$base/cp") == 200 ]]
  until_true counts_its_requests
  [[ $(curl -sS -d '{"cp_id":"CP-002"}' "$base/cp/stop") == '{"success":true,'* ]]
}

open_run first
law "The older paths do what clients of the earlier system expect (D-180 to D-189)" walk older
law "An operator and a driver walk through /api/v1 and its history" walk newer
law "Who joins is served, drivers ask, cancel and look back (F-35, D-003)" walk drivers
law "Every path of the OpenAPI document answers as it says" walk document
law "Events stream and go on after the last one that was seen" walk events
law "Strangers change nothing and names are escaped (X-26)" walk guard
law "curl needs no options but the address" readable_by_curl
end_run || { echo "not ok - A run with an open door ends as it is told"; failed=1; }

journalless() {
  open_run bare --no-journal --set network.max_session=3s # the session of alice is to be over soon
  walk bare
  end_run
}
law "Without a journal history and events come from memory" journalless

knows_where_it_stands() {
  open_run told --data "$work/told-data"
  walk registers
  end_run
  open_run told-again --data "$work/told-data"
  walk remembers
  end_run
}
law "What a registration said is known after a restart (D-084)" knows_where_it_stands

in_virtual_time() {
  open_run fast --speed max --duration 2000h
  python3 "$work/walk.py" "$base" virtual
  end_run
}
law "In virtual time the door reads and refuses every change" in_virtual_time

port_of() { awk '/^HTTP / { sub(".*:", "", $2); print $2 }' "$1"; }
a_busy_port_ends_it() {
  local code=0
  open_run holder
  "$chargemill" run "$work/small.toml" --http "${base#http://}" --no-out --progress off 2>"$work/busy.err" || code=$?
  [[ $code == 4 ]] || { echo "exit $code"; return 1; }
  grep -q "cannot listen on ${base#http://}" "$work/busy.err"
  end_run
}
law "A chosen port that is in use is exit 4" a_busy_port_ends_it

the_default_is_replaced() {
  local first second
  "$chargemill" run "$work/small.toml" --no-out --progress off --duration 1h >/dev/null 2>"$work/one.err" &
  first=$!
  until_true grep -q '^HTTP ' "$work/one.err"
  "$chargemill" run "$work/small.toml" --no-out --progress off --duration 1h >/dev/null 2>"$work/two.err" &
  second=$!
  until_true grep -q '^HTTP ' "$work/two.err"
  kill -INT "$first" "$second"
  wait "$first" "$second" || true
  grep -q '(127.0.0.1:8000 is in use)' "$work/two.err"
  [[ $(port_of "$work/two.err") != 8000 ]]
}
law "The default port, if it is in use, is replaced by a free one, and the run says so" the_default_is_replaced

nobody_from_elsewhere() {
  local code=0
  "$chargemill" run "$work/small.toml" --http 0.0.0.0:0 --no-out 2>"$work/open.err" || code=$?
  [[ $code == 2 ]] || { echo "exit $code"; return 1; }
}
law "An address that others can reach is refused without a token" nobody_from_elsewhere

exit $failed
