"""Cases: what exporters, disks and people do to the watched folder."""

import os
import resource
import threading
import time

from checks.bridge.ledger import compare, slice_of, stored, wait_for
from checks.harness.bridge_site import PATIENT


def case_second_agent(findings, site, _data):
    site.start()
    wait_for(lambda: "watches" in site.log_text())
    other = site.run("--once")
    findings.check(
        other.returncode == 1 and "already runs" in other.stderr,
        f"a second agent: {other.returncode} {other.stderr}")
    seconds, status = site.stop()
    findings.check(status == 0 and seconds < 3, f"SIGTERM took {seconds:.1f} s, status {status}")


def case_being_written(findings, site, data):
    """An exporter that writes slowly, under the final name."""
    site.configuration["quiet_seconds"] = 1
    site.write_configuration()
    site.start()
    path = os.path.join(site.incoming, "lab_results_slow.csv")
    marks = [f"serial-slow-{number}" for number in range(40)]
    with open(path, "w", encoding="utf-8") as file:
        file.write("health_id,test,result\n")
        for number, mark in enumerate(marks):
            file.write(f"{PATIENT},Hb,{mark}\n")
            file.flush()
            # Half of the time the pause is longer than the quiet time.
            time.sleep(1.6 if number == 20 else 0.02)
            if number == 39:
                findings.check(
                    os.path.exists(path) and site.status()["queue_depth"] == 0,
                    "a file was taken while it was open for writing")
    wait_for(lambda: not os.path.exists(path))
    site.stop()
    done = site.once()
    findings.check(done.returncode == 0, f"slow writer: {done.stderr}")
    results, _, _ = stored(data)
    compare(findings, "slow writer", slice_of(results, "serial-slow-"), marks)


def case_replaced(findings, site, data):
    """The same name again and again, by rename and in place, while the agent reads."""
    site.start()
    expected = set()
    for number in range(6):
        marks = [f"serial-rep-{number}-{row}" for row in range(2500)]
        expected.update(marks)
        text = "health_id,test,result\n" + "".join(f"{PATIENT},Hb,{mark}\n" for mark in marks)
        site.drop("lab_results_same.csv", text)
        # The next version comes when the one before has left, or just while it leaves.
        wait_for(lambda: "lab_results_same.csv" not in site.files("incoming"))
    wait_for(lambda: site.status()["queue_depth"] == 0)
    site.stop()
    results, _, _ = stored(data)
    compare(findings, "replaced by rename", slice_of(results, "serial-rep-"), expected)

    # In place: rows of an overwritten version may be gone, but no row may be a mixture.
    path = os.path.join(site.incoming, "lab_results_torn.csv")
    stop = threading.Event()

    def overwrite():
        number = 0
        while not stop.is_set():
            number += 1
            mark = f"{number:04}" * 20
            with open(path, "w", encoding="utf-8") as file:
                file.write("health_id,test,result\n")
                for row in range(4000):
                    file.write(f"{PATIENT},Hb,serial-torn-{mark}-{row}\n")
            time.sleep(0.05)

    site.start()
    writer = threading.Thread(target=overwrite)
    writer.start()
    time.sleep(2)
    stop.set()
    writer.join()
    wait_for(lambda: not os.path.exists(path))
    wait_for(lambda: site.status()["queue_depth"] == 0)
    site.stop()
    results, _, _ = stored(data)
    torn = [
        mark for mark in slice_of(results, "serial-torn-")
        if mark.split("-")[2] != mark.split("-")[2][:4] * 20]
    findings.check(not torn, f"rows of two versions in one: {torn[:3]}")
    findings.check(slice_of(results, "serial-torn-"), "nothing of the overwritten file was read")


def case_full_disk(findings, site, data):
    """No file may grow beyond a limit, as on a full disk; then there is room again."""
    marks = [f"serial-full-{number}" for number in range(20_000)]
    text = "health_id,test,result\n" + "".join(f"{PATIENT},Hb,{mark}\n" for mark in marks)
    site.drop("lab_results_full.csv", text)

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (512 << 10, 512 << 10))

    working = dict(site.configuration)
    site.configuration["server_url"] = "http://127.0.0.1:9"
    site.write_configuration()
    site.start(limits=limit)
    told = wait_for(lambda: "full" in site.log_text() or "disk" in site.log_text())
    findings.check(told, "a full disk is not told of")
    findings.check(site.process.poll() is None, "a full disk ended the agent")
    findings.check(
        "lab_results_full.csv" in site.files("incoming"), "the file left before it was queued")
    site.kill()
    site.configuration = working
    site.write_configuration()
    done = site.once()
    findings.check(done.returncode == 0, f"after the full disk: {done.stderr}")
    results, _, _ = stored(data)
    compare(findings, "full disk", slice_of(results, "serial-full-"), marks)


def case_hostile_rows(findings, site, data):
    """Rows that no program should have to read, each beside good ones."""
    good = [f"serial-good-{number}" for number in range(12)]
    rows = [f"{PATIENT};Hb;{mark};;\r\n".encode() for mark in good]
    hostile = [
        b'x;"never closed\r\n', b'"closed"too early;a;b;c;d\r\n', b"a;b\r\n",
        b"a;b;c;d;e;f\r\n", b";;;;\r\n", b"\r\n", b"a\0b;c;d;e;f\r\n",
        b"x" * (2 << 20) + b"\r\n", b";" * 100_000 + b"\r\n",
        "CM-HID-0000-0000-0000;Hb;1;;\r\n".encode(), b"\xff\xfe\xe9;Hb;1;;\r\n",
    ]
    text = b"\xef\xbb\xbfsep=;\r\nhealth_id;test;result;unit;date\r\n"
    for row, noise in zip(rows, hostile + [b""]):
        text += row + noise
    site.drop("LAB_RESULTS_Hostile.CSV", text)
    site.drop("lab_results_excel.csv", b"PK\x03\x04 a workbook")
    site.drop("holidays.csv", "day\n1\n")
    done = site.once()
    findings.check(done.returncode == 3, f"hostile rows: {done.returncode} {done.stderr}")
    results, _, _ = stored(data)
    compare(findings, "hostile rows", slice_of(results, "serial-good-"), good)
    bad = site.reports("errors/LAB_RESULTS*.errors.csv")
    findings.check(len(bad) == 8, f"{len(bad)} bad rows of 8: {[str(row)[:80] for row in bad]}")
    for name in ["lab_results_excel.csv", "holidays.csv"]:
        findings.check(name + ".reason.txt" in site.files("errors"), f"{name} has no reason")
