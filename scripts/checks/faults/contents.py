"""Contents that hurt most."""

from checks.harness import wire


def bodies():
    """What hurts most: by name the route, whose credentials go along, and the content."""
    connect, bulk = "/api/v1/connect/", 16 * 2**20 - 4096
    item = b"{}," * (bulk // 3 - 100)
    marks = "a" + "\u0301" * 200_000
    part = b'{"icd10":"' + b"x" * 20 + b'"},'
    encounter = (
        b'{"record_type":"encounter","data":{"health_id":"x","diagnoses":['
        + part * 124 + b'{}]}},'
    )
    namesakes = b",".join(
        wire.encode(
            {
                "record_type": "patient",
                "data": {
                    "first_name": "Marie", "last_name": "Ngo", "date_of_birth": "1990-07-22",
                    "external_reference": f"n{serial}",
                },
            }
        )
        for serial in range(2000)
    )
    wide = b",".join(b'"%d":0' % number for number in range(1_000_000))
    return [
        ("empty payments", connect + "payments", "client", b'{"payments":[' + item + b"{}]}"),
        ("5,000 payments", connect + "payments", "client",
         b'{"payments":[' + b"{}," * 4999 + b"{}]}"),
        ("bad encounters", "/api/v1/bridge/sync", "agent",
         b'{"records":[' + encounter * 79 + encounter[:-1] + b"]}"),
        ("namesakes", "/api/v1/bridge/sync", "agent", b'{"records":[' + namesakes + b"]}"),
        ("patients of a clinic", "/api/healthcare/patients", "key", b"[" + item + b"{}]"),
        ("stock", connect + "inventory/pharmacy-stock/sync", "client",
         b'{"items":[' + item + b"{}]}"),
        ("deep", connect + "payments", "client", b'{"a":' * (bulk // 5)),
        ("deep lists", "/api/v1/bridge/sync", "agent", b"[" * bulk),
        ("wide", connect + "payments", "client", b"{" + wide + b"}"),
        ("duplicate names", connect + "payments", "client",
         b"{" + b'"a":1,' * (bulk // 6 - 1) + b'"a":1}'),
        ("one text", "/api/v1/bridge/sync", "agent", b'{"records":"' + b"x" * bulk + b'"}'),
        ("escapes", connect + "payments", "client",
         b'{"payments":[{"reference":"' + b"\\u00e9" * (bulk // 6 - 20) + b'"}]}'),
        ("a name of a megabyte", wire.RESOLVE, "client",
         b'{"first_name":"' + b"x" * 1_000_000 + b'"}'),
        ("combining marks", wire.RESOLVE, "client",
         wire.encode({"first_name": marks, "last_name": marks, "date_of_birth": "1990-07-22"})),
        ("a search of marks", connect + "patients/search", "client",
         wire.encode({"search_type": "demographic", "query": marks, "purpose": "x"})),
        ("a large form", wire.TOKEN, "form", b"&".join([b"a=%41"] * 10_000)),
    ]
