"""One program in each language; all of them print the same.

Each is called with the server's address; deliveries come on standard input, one a line, tab-separated, the
body in base64.
"""

from typing import NamedTuple


class User(NamedTuple):
    library: str
    file: str
    command: tuple
    # A command that succeeds where everything is installed, or a program that must be there.
    tools: tuple
    text: str


def printed(verdicts):
    lines = ["Amina Nkeng", "created", "found", "4 pushed", "consent_required 403", "4 granted", "4 read",
             "4 booked", "validation_failed result_value test_name True", "hidden", *verdicts,
             "Amina Nkeng True"]
    return "\n".join(lines) + "\n"


PYTHON = r'''
import base64, sys
from opescare import *

client = OpesCareClient("demo_full_sandbox", "demo_full_secret_sandbox_2026", base_url=sys.argv[1],
    acting_user="17; name=Élodie Ñgô")
print(client.patients.find("OPC-2024-DEMO1").name)
for _ in range(2):
    person = client.health_ids.resolve(first_name="Awa", last_name="Ndiaye", date_of_birth="1991-04-17",
        phone_number="+221771234567", country_code="SN")
    print(person["status"])
ids = {client.records.push_lab_result(person.health_id, f"Sodium {n}", 140 + n, unit="mmol/L").record_id
       for n in range(4)}
print(len(ids), "pushed")
try:
    client.records.list(person.health_id)
except ConsentRequiredError as error:
    print(error.code, error.status)
consents = {client.consents.grant(person.health_id, consent_type=each, expires_at="2099-12-31T00:00:00Z").consent_id
            for each in ("lab_results", "prescriptions", "vitals", "full_record")}
print(len(consents), "granted")
pages = client.records.pages(person.health_id, type="lab_results", limit=3)
print(sum(len(page.records.lab_results) for page in pages), "read")
sdk = OpesCareSDK("demo_full_sandbox", "demo_full_secret_sandbox_2026", base_url=sys.argv[1])
booked = {sdk.appointments.create(health_id=person.health_id, facility_id="FAC-001",
    scheduled_at=f"2099-03-0{n + 1}T09:00:00Z").appointment_id for n in range(4)}
print(len(booked), "booked")
try:
    client.records.push_lab_result(person.health_id)
except ValidationError as error:
    print(error.code, *sorted(error.errors), error.request_id.startswith("req_"))
print("hidden" if "secret_sandbox" not in repr(client) + repr(vars(client)) else repr(client))
for line in sys.stdin:
    _, secret, body, header = line.rstrip("\n").split("\t")
    try:
        client.webhooks.verify_signature(base64.b64decode(body), header, secret)
        print("true")
    except WebhookSignatureError:
        print("false")
sdk = OpesCareSDK(token="sdk_test_demo_sandbox_2026", base_url=sys.argv[1])
print(sdk.patients.get("OPC-2024-DEMO1").name, sdk.introspect().active)
'''

NODE = r'''
import { readFileSync } from "node:fs";
import { inspect } from "node:util";
import * as opescare from "./opescare.mjs";

const [, , baseUrl] = process.argv;
const options = { clientId: "demo_full_sandbox", clientSecret: "demo_full_secret_sandbox_2026", baseUrl };
const client = await opescare.OpesCareClient.create({ ...options, actingUser: () => "17; name=Élodie Ñgô" });
console.log((await client.patients.find("OPC-2024-DEMO1")).name);
let person;
for (let count = 0; count < 2; count++) {
  person = await client.healthIds.resolve({ first_name: "Awa", last_name: "Ndiaye",
    date_of_birth: "1991-04-17", phone_number: "+221771234567", country_code: "SN" });
  console.log(person.status);
}
const { health_id } = person;
const ids = new Set();
for (let n = 0; n < 4; n++) {
  const pushed = await client.records.pushLabResult(
    { health_id, test_name: `Sodium ${n}`, result_value: 140 + n, unit: "mmol/L" });
  ids.add(pushed.record_id);
}
console.log(ids.size, "pushed");
await client.records.list(health_id).catch(error => {
  if (error instanceof opescare.ConsentRequiredError) console.log(error.code, error.status);
});
const consents = new Set();
for (const consent_type of ["lab_results", "prescriptions", "vitals", "full_record"])
  consents.add((await client.consents.grant(health_id, {
    consent_type, expires_at: "2099-12-31T00:00:00Z" })).consent_id);
console.log(consents.size, "granted");
let count = 0;
for await (const page of client.records.pages(health_id, { type: "lab_results", limit: 3 }))
  count += page.records.lab_results.length;
console.log(count, "read");
const booked = new Set();
for (let n = 0; n < 4; n++)
  booked.add((await new opescare.OpesCareSDK(options).appointments.create({
    health_id, facility_id: "FAC-001", scheduled_at: `2099-03-0${n + 1}T09:00:00Z` })).appointment_id);
console.log(booked.size, "booked");
await client.records.pushLabResult({ health_id }).catch(error => {
  const says = error.requestId.startsWith("req_") ? "True" : "False";
  if (error instanceof opescare.ValidationError) console.log(error.code, ...Object.keys(error.errors).sort(), says);
});
const shown = inspect(client, { depth: 9, showHidden: true }) + JSON.stringify(client);
console.log(shown.includes("secret_sandbox") ? shown : "hidden");
for (const line of readFileSync(0, "utf8").slice(0, -1).split("\n")) {
  const [, secret, body, header] = line.split("\t");
  try {
    client.webhooks.verifySignature(Buffer.from(body, "base64"), header, secret);
    console.log("true");
  } catch (error) {
    console.log(error instanceof opescare.WebhookSignatureError ? "false" : error);
  }
}
const sdk = new opescare.OpesCareSDK({ token: "sdk_test_demo_sandbox_2026", baseUrl });
const { active } = await sdk.introspect();
console.log((await sdk.patients.get("OPC-2024-DEMO1")).name, active ? "True" : "False");
'''

PHP = r'''<?php
require 'opescare.php';
use OpesCare\Exceptions as Failed;

[, $baseUrl] = $argv;
$client = new OpesCare\OpesCareClient('demo_full_sandbox', 'demo_full_secret_sandbox_2026', baseUrl: $baseUrl,
    actingUser: fn () => '17; name=Élodie Ñgô');
echo $client->patients->find('OPC-2024-DEMO1')->name, "\n";
for ($count = 0; $count < 2; $count++) {
    $person = $client->healthIds->resolve(['first_name' => 'Awa', 'last_name' => 'Ndiaye',
        'date_of_birth' => '1991-04-17', 'phone_number' => '+221771234567', 'country_code' => 'SN']);
    echo $person['status'], "\n";
}
$id = $person->health_id;
$ids = [];
for ($n = 0; $n < 4; $n++) {
    $ids[$client->records->pushLabResult(['health_id' => $id, 'test_name' => "Sodium $n",
        'result_value' => 140 + $n, 'unit' => 'mmol/L'])->record_id] = true;
}
echo count($ids), " pushed\n";
try {
    $client->records->list($id);
} catch (Failed\ConsentRequiredException $error) {
    echo "{$error->errorCode} {$error->status}\n";
}
$consents = [];
foreach (['lab_results', 'prescriptions', 'vitals', 'full_record'] as $type) {
    $consents[$client->consents->grant($id, ['consent_type' => $type,
        'expires_at' => '2099-12-31T00:00:00Z'])->consent_id] = true;
}
echo count($consents), " granted\n";
$count = 0;
foreach ($client->records->pages($id, ['type' => 'lab_results', 'limit' => 3]) as $page) {
    $count += count($page->records['lab_results']);
}
echo "$count read\n";
$sdk = new OpesCare\Sdk\OpesCareSDK('demo_full_sandbox', 'demo_full_secret_sandbox_2026', baseUrl: $baseUrl);
$booked = [];
for ($n = 1; $n <= 4; $n++) {
    $booked[$sdk->appointments->create(['health_id' => $id, 'facility_id' => 'FAC-001',
        'scheduled_at' => "2099-03-0{$n}T09:00:00Z"])->appointment_id] = true;
}
echo count($booked), " booked\n";
try {
    $client->records->pushLabResult(['health_id' => $id]);
} catch (Failed\ValidationException $error) {
    $fields = array_keys($error->errors);
    sort($fields);
    echo implode(' ', [$error->errorCode, ...$fields]), str_starts_with($error->requestId, 'req_') ? " True\n" : "\n";
}
$shown = print_r($client, true);
echo str_contains($shown, 'secret_sandbox') ? $shown : 'hidden', "\n";
while (($line = fgets(STDIN)) !== false) {
    [, $secret, $body, $header] = explode("\t", rtrim($line, "\n"));
    try {
        $client->webhooks->verifySignature(base64_decode($body), $header, $secret);
        echo "true\n";
    } catch (Failed\WebhookSignatureException) {
        echo "false\n";
    }
}
$sdk = OpesCare\Sdk\OpesCareSDK::init(token: 'sdk_test_demo_sandbox_2026', baseUrl: $baseUrl);
echo $sdk->patients()->get('OPC-2024-DEMO1')->name, $sdk->introspect()->active ? " True\n" : "\n";
'''

USERS = {
    "Python": User("opescare.py", "user.py", ("python3",), ("python3",), PYTHON),
    "Node": User("opescare.mjs", "user.mjs", ("node",), ("node",), NODE),
    "PHP": User("opescare.php", "user.php", ("php",),
                ("php", "-r", "exit(extension_loaded('curl') ? 0 : 1);"), PHP),
}
