"""A monitor in a process of its own: SIGUSR1 switches its simulated fault on and off (D-120).

Arguments: the port of the framed door, the charge point's name, the port of its health server. Says "ready" when it
listens to the signal, and runs until its standard input ends.
"""

import signal
import sys

from outsiders import Monitor

monitor = Monitor(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
signal.signal(signal.SIGUSR1, lambda *_: monitor.toggle_fault())
print("ready", flush=True)
sys.stdin.read()
monitor.stop()
