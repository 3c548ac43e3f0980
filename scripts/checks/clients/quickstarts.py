"""Each prints what the quickstart shows: token type, first and second registration, checked id, name."""

QUICKSTARTS = {
    "openapi-generator": """
import sys
import generated
from generated.models import ResolveRequest, TokenRequest

host = generated.Configuration(host=sys.argv[2])
authentication = generated.AuthenticationApi(generated.ApiClient(host))
token = authentication.issue_token(TokenRequest(
    grant_type="client_credentials", client_id="demo_dev_sandbox",
    client_secret="demo_secret_sandbox_2026"))
host = generated.Configuration(host=sys.argv[2], access_token=token.access_token)
patients = generated.PatientsApi(generated.ApiClient(host))
person = ResolveRequest(first_name="Awa", last_name="Ndiaye", date_of_birth="1991-04-17",
    country_code="SN", phone_number="+221771234567")
first, second = patients.resolve_patient(person), patients.resolve_patient(person)
assert first.health_id == second.health_id
checked = patients.verify_health_id("CM-HID-7KQ9-MP42-X8D1")
found = patients.search_patient("OPC-2024-DEMO1")
print(token.token_type, first.status, second.status, checked.status, found.name)
""",
    "openapi-python-client": """
import datetime, sys
from generated import AuthenticatedClient, Client
from generated.api.authentication import issue_token
from generated.api.patients import resolve_patient, search_patient, verify_health_id
from generated.models import ResolveRequest, TokenRequest

token = issue_token.sync(client=Client(base_url=sys.argv[2]), body=TokenRequest(
    grant_type="client_credentials", client_id="demo_dev_sandbox",
    client_secret="demo_secret_sandbox_2026"))
client = AuthenticatedClient(base_url=sys.argv[2], token=token.access_token)
person = ResolveRequest(first_name="Awa", last_name="Ndiaye",
    date_of_birth=datetime.date(1991, 4, 17), phone_number="+221771234567")
first = resolve_patient.sync(client=client, body=person)
second = resolve_patient.sync(client=client, body=person)
assert first.health_id == second.health_id
checked = verify_health_id.sync("CM-HID-7KQ9-MP42-X8D1", client=client)
found = search_patient.sync(client=client, health_id="OPC-2024-DEMO1")
print(token.token_type, first.status, second.status, checked.status, found.name)
""",
}
PRINTED = "Bearer created found valid Amina Nkeng"
