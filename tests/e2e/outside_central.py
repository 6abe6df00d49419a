"""A central that may be killed, and what its journal says."""

import json
import signal
import subprocess

from outsiders import until


class Central:
    """One life of a run; the next one has its journal and its port."""

    def __init__(self, program, scenario, work, life, port, *options):
        self.log = f"{work}/life{life}.err"
        with open(self.log, "w", encoding="utf-8") as err:
            self.process = subprocess.Popen(
                [program, "run", scenario, "--progress", "off", "--http", "off", "--tcp", f"127.0.0.1:{port}", "--data", f"{work}/kept",
                 "--out", f"{work}/life{life}", *options], stderr=err, stdout=subprocess.DEVNULL)
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


def history_of(program, work):
    """history("faults", "--cp", ...): rows of the journal."""

    def history(what, *options):
        return json.loads(subprocess.run([program, "history", what, "--data", f"{work}/kept", "--format", "json", *options],
                                         check=True, capture_output=True).stdout)

    return history
