"""Programs under test: started, weighed and stopped."""

import ctypes
import os
import re
import signal
import socket
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CORES = os.cpu_count()
TICK = os.sysconf("SC_CLK_TCK")


class Program:
    """A server under test: started on a free port, stopped with SIGTERM."""

    def __init__(self, name, command, port):
        self.name, self.port = name, port
        self.process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=die_with_us)
        deadline = time.time() + 30
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                return
            except OSError:
                if time.time() > deadline or self.process.poll() is not None:
                    self.stop()
                    sys.exit(f"{name} does not listen; try it by hand: {' '.join(command)}")
                time.sleep(0.01)

    def family(self):
        """The process and its children: nginx answers from those."""
        found = [self.process.pid]
        for pid in found:
            for task in os.listdir(f"/proc/{pid}/task"):
                with open(f"/proc/{pid}/task/{task}/children") as file:
                    found += map(int, file.read().split())
        return found

    def cpu(self):
        """User and system time so far, in seconds."""
        total = 0
        for pid in self.family():
            with open(f"/proc/{pid}/stat") as file:
                fields = file.read().rsplit(")", 1)[1].split()
            total += int(fields[11]) + int(fields[12])
        return total / TICK

    def pss(self):
        """Proportional set size in MB."""
        total = 0
        for pid in self.family():
            with open(f"/proc/{pid}/smaps_rollup") as file:
                total += int(re.search(r"^Pss:\s+(\d+)", file.read(), re.M)[1])
        return total / 1024

    def peak(self):
        """The largest resident set so far, in MB."""
        with open(f"/proc/{self.process.pid}/status") as file:
            return int(re.search(r"VmHWM:\s+(\d+)", file.read())[1]) / 1024

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()


class Writing:
    """A program that sends itself what it stores: no server, nothing on the network."""

    def __init__(self, command, batch):
        self.command, self.batch = command, batch

    def stop(self):
        pass

    def measure(self, seconds):
        text = subprocess.run(
            self.command + [str(seconds)], capture_output=True, text=True, check=True,
            preexec_fn=die_with_us).stdout
        rate, cost = re.match(r"(\d+) records/s, ([\d.]+) us CPU a record", text).groups()
        return {"rate": float(rate) / self.batch, "cpu": float(cost) * self.batch, "p50": 0.0,
                "p99": 0.0, "pss": 0.0, "errors": 0}


def die_with_us():
    """A benchmark that is interrupted leaves no server behind (PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def require(path, how):
    if not os.path.exists(path):
        sys.exit(f"{path} is missing. Build it:\n  cd {ROOT} && {how}")
    return path
