"""The oldest versions that our own clients run on, and their types, as tools see them without running them."""

import shutil
import subprocess
import tempfile
from pathlib import Path

from checks.harness import programs
from checks.harness.packages import python_with

CLIENTS = programs.ROOT / "Sources/CAssets/sdk"
# What an app with types writes; every line must have the type that it says.
TYPED = """import { OpesCareClient, OpesCareSDK, ValidationError, type AcceptedRecord } from "./opescare.mjs";

const client: OpesCareClient = await OpesCareClient.create({ clientId: "a", clientSecret: "b" });
const name: string = (await client.patients.find("OPC-2024-DEMO1")).name;
const pushed: AcceptedRecord = await client.records.pushLabResult({ health_id: name, test_name: "Sodium", result_value: 140 });
const id: string = pushed.record_id;
for await (const page of client.records.pages(id, { limit: 3 })) {
  const count: number = page.records.lab_results.length;
  console.log(count, page.records.lab_results[0].test_name);
}
const sdk = new OpesCareSDK({ token: "sdk_test_a" });
const booked: string = (await sdk.appointments.create({
  health_id: id, facility_id: "FAC-001", scheduled_at: "2099-03-01T09:00:00Z" })).appointment_id;
// @ts-expect-error: a page of records is no list of appointments
const wrong: number = (await sdk.appointments.list({ date: booked }))[0].appointment_id;
export { ValidationError };
"""


def skip(what, tool):
    print(f"   skipped: {what}: {tool}")


def run(words, what):
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    return [f"{what}\n{done.stdout}{done.stderr}"] if done.returncode else []


def python():
    with tempfile.TemporaryDirectory() as folder:
        found = python_with("vermin", folder, "vermin")
        if not found:
            skip("the oldest Python", "vermin is not installed, and pip could not fetch it")
            return []
        words = [found, "-c", "import vermin; vermin.main()", "--target=3.9-", "--violations", "--no-tips", CLIENTS / "opescare.py"]
        return run(words, "opescare.py needs more than Python 3.9")


def types():
    if not shutil.which("tsc"):
        skip("types", "tsc is not installed: apt-get install node-typescript")
        return []
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        shutil.copy(CLIENTS / "opescare.d.ts", place / "opescare.d.mts")
        (place / "user.mts").write_text(TYPED, encoding="utf-8")
        return run(
            ["tsc", "--noEmit", "--strict", "--target", "es2022", "--module", "node16", "--lib",
             "es2022,dom,dom.iterable", place / "user.mts"], "tsc refuses the types")


def faults():
    return python() + types()
