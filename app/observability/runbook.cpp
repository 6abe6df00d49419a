// What to do about each alert: written beside the rules, which name its headings.
#include "app/observability/rules_text.hpp"

namespace chargemill::app::observability {

std::string runbook_text() {
  return R"md(<!-- Made by `chargemill generate alerts`. -->
# What to do when an alert fires

The rules are in `chargemill.rules.yml`; `chargemill generate grafana` writes the dashboards that they name. A scenario
that injects faults fires the first of them on purpose. "Ask" means the HTTP API or `chargemill ctl` of the node in
the label `instance`.

`/api/v1/slowest?metric=fault_detection` (also `request_decision`, `session_start`, `tick_lateness`) names the slowest of
the latest minutes: which charge point, driver, request and session, and when. It is the next question behind every alert on
a latency below.

## ChargemillRepeatedFaults

Charge points failed three times or more within ten minutes of model time (D-209): a fault that is over comes back.
Look: the list of faults, newest first; the same charge points stand out. Do: stop them, so that drivers are not sent
there, and look at what the scenario or the external engine does to them.

## ChargemillBreakersOpen

Breakers turn drivers away because starts failed or faults came. Look: which charge points, and the reason of their
last failures. Do: nothing, if the fault is known; a breaker probes by itself after its cool-down. `reset-breaker`
skips the wait.

## ChargemillMonitorsLost

No heartbeat for longer than `central.monitor_timeout`. Look: one zone or all? All at once is a partition or a
restarted central; single ones are monitors that died. Do: restart the monitors; they register again by themselves.

## ChargemillFaultRatioHigh

More than one in twenty charge points of a zone is out of order for two minutes. Look: "Injected" and "Raised" on the
faults dashboard. Do: if nobody injected these faults, treat it as an outage of the zone.

## ChargemillFaultsNotNotified

Within ten minutes monitors have found more faults than central has been told of: a partition, a central that is down, or
more than four episodes of one charge point meanwhile, of which the oldest are never told. Look: is central up, is a
partition injected? Do: nothing; monitors repeat what central has not confirmed, and the alert ends with the window.
If neither is so, it is a bug: keep the run directory and report it with `log.ndjson`.

## ChargemillDetectionSlow

Faults are found later than 15 s after they were injected (D-210). Look: `network.health_interval` (three failed checks
make a fault) and the lateness of timers. Do: shorten the interval, or give the simulator fewer charge points.

## ChargemillDecisionsSlow

Central takes longer than 400 ms to decide on a request. Look: waiting messages and busy workers on the engine
dashboard, commit time on the journal's (in real time nobody hears "accepted" before the record is durable). Do: more
workers, a faster disk, or less load.

## ChargemillRequestsTimeOut

Drivers give up after `drivers.timeout`. Look: is central up, is a partition injected, are charge points' shards busy?

## ChargemillJournalTrouble

Stalled: nothing can be written, records wait, new sessions are refused. Abandoned: it failed for 30 s
(`journal.give_up_after`), records are discarded, sessions go on unrecorded. Look: disk full, permissions, `dmesg`; the log
says what the system said. Do: make room; a stalled journal goes on by itself, an abandoned one needs a new run with the
same `--data`.

## ChargemillJournalFailures

Single batches had to be written again, into a new segment. Look and do as above, before it stalls.

## ChargemillRecordsLost

Faults, sessions or tickets that no journal has: it was abandoned, or it stood still while monitors and engines told more
than 4,096 records a shard (16 a charge point). Nobody is told again: history has gaps there, and a restart does not know
of them. Look: `ChargemillJournalTrouble`; `journal` in `log.ndjson`. Do: as for that one; and monitors outside that
look more often than once a second should do so less.

## ChargemillTicksLate

More than 1 % of timers are handled over 250 ms late: the simulator cannot keep up, so its latencies say more about
this machine than about the central. Look: busy workers, other programs, the throttling of virtual machines
(`chargemill doctor`). Do: fewer charge points, a lower speed, more workers (`chargemill find-max`).

## ChargemillActorsGivenUp

An actor failed more often than its supervisor may restart it. Look: `log.ndjson`. Unless the scenario crashes engines
that often on purpose, it is a bug.

## ChargemillErrorsLogged

Look: lines with `"level":"error"` in `log.ndjson` of the run directory.

## ChargemillFilesNearlyExhausted

Look: connections at the doors. Do: raise the limit (`ulimit -n`), or the doors' own limits below it.

## ChargemillScrapeErrors

A scrape could not read `/proc`, or was larger than its budget of 1,000 series and 256 KiB. Figures of the process are
missing from it.

## ChargemillClusterNodesMissing

Look: which node the others miss, its log, the network between them.

## ChargemillTargetDown

Prometheus reaches the machine but gets no answer. Look: does the process run, does its HTTP door listen where
`prometheus.yml` looks, does it need a token?

## ChargemillAbsent

No node answers at all, or none is configured. A run that ended is the usual reason.
)md";
}

}  // namespace chargemill::app::observability
