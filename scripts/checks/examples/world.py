"""Where the documents send their requests, and as whom."""

HOST = "https://opescare.test"
# Where the documents of desktop systems have their server.
DESKTOP_PORT = 5082
DESKTOP_HOST = f"http://localhost:{DESKTOP_PORT}"
TOKEN_PATH = "/api/v1/connect/auth/token"
CLIENTS = [
    ("demo_dev_sandbox", "demo_secret_sandbox_2026"), ("opeshisos_production", "prod_secret_opeshisos_2026"),
]
AGENT = {
    "AGENT_ID": "BRIDGE-2024-DEMO-001", "AGENT_KEY": "demo_bridge_key_sandbox_2026",
    "FACILITY_ID": "00000000-0000-0000-0000-100000000001",
}
PLACEHOLDERS = {
    **{"YOUR_" + name: value for name, value in AGENT.items()},
    "YOUR_API_KEY": "demo_healthcare_key_sandbox_2026",
}
