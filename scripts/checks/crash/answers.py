"""What was answered before the kill is still true; what was not is sent again."""

from checks.crash.calls import BATCH, Call, RECORDS, send
from checks.harness import wire


class Answers:
    def confirm(self, client, token, call):
        """An answer arrived before the kill; it must still be true."""
        answer = call.answer
        self.total["answered"] += 1
        self.findings.check(
            answer.status in (200, 201), f"{call.request_id}: {answer.status} {answer.body!r}"
        )
        if call.kind in RECORDS and answer.status == 201:
            self.confirm_record(client, token, call)
        if call.kind == "batch":
            self.confirm_batch(client, token, call)
        if call.kind != "resolve" or answer.status not in (200, 201):
            return
        health_id = answer.json()["health_id"]
        if answer.status == 201:
            self.total["created"] += 1
            self.created[health_id] = call.body["last_name"]
        if self.rng.random() < self.options.sample:
            found = client.ask(
                "POST", wire.RESOLVE, wire.bearer(token), wire.encode({"health_id": health_id})
            )
            self.findings.check(
                found.status == 200 and found.json()["health_id"] == health_id,
                f"{call.request_id}: {health_id} is gone: {found.status} {found.body!r}",
            )
        again = Call(call.request_id, "resolve", call.body, None)
        found = send(client, token, again, call.request_id + "-again")
        self.findings.check(
            found.status == 200 and found.json()["health_id"] == health_id,
            f"{call.request_id}: its demographics answer {found.status} {found.body!r}, "
            f"not {health_id}",
        )
        if call.key:
            replay = send(client, token, call, call.request_id + "-replay")
            self.findings.check(
                replay.body == answer.body and replay.field("Idempotency-Replayed") == "true",
                f"{call.request_id}: its key answers {replay.body!r}, not {answer.body!r}",
            )

    def confirm_record(self, client, token, call):
        """Sent again with its key, a push gets the answer that it had."""
        self.records[call.body["marker"]] = call.answer.json()["record_id"]
        replay = send(client, token, call, call.request_id + "-replay")
        self.findings.check(
            replay.body == call.answer.body and replay.field("Idempotency-Replayed") == "true",
            f"{call.request_id}: its key answers {replay.body!r}, not {call.answer.body!r}",
        )

    def confirm_batch(self, client, token, call):
        """The same answer again; with another key, everything in it is known."""
        self.batches.add(call.request_id)
        answer = call.answer.json()
        self.findings.check(
            (answer["accepted"], answer["rejected"], answer["duplicates"]) == (BATCH, 1, 0),
            f"{call.request_id}: {call.answer.body!r}",
        )
        replay = send(client, token, call, call.request_id + "-replay")
        self.findings.check(
            replay.body == call.answer.body and replay.field("Idempotency-Replayed") == "true",
            f"{call.request_id}: its key answers {replay.body!r}, not {call.answer.body!r}",
        )
        again = Call(call.request_id, "batch", call.body, call.key + "-other")
        answer = send(client, token, again, call.request_id + "-again").json()
        self.findings.check(
            (answer["accepted"], answer["duplicates"]) == (BATCH, BATCH),
            f"{call.request_id} with another key: {answer}",
        )

    def retry_record(self, client, token, call):
        first = send(client, token, call, call.request_id + "-retry")
        if self.findings.check(
            first.status == 201, f"{call.request_id} again: {first.status} {first.body!r}"
        ):
            call.answer = first
            self.confirm_record(client, token, call)
            call.answer = None

    def retry(self, client, token, call):
        """No answer arrived: it happened or not, and sent again it has happened once."""
        self.total["unanswered"] += 1
        if call.kind in RECORDS:
            self.retry_record(client, token, call)
        if call.kind == "batch":
            call.answer = send(client, token, call, call.request_id + "-retry")
            self.confirm_batch(client, token, call)
            call.answer = None
        if call.kind != "resolve":
            return
        ids = set()
        for attempt in range(2):
            answer = send(client, token, call, f"{call.request_id}-retry{attempt}")
            if self.findings.check(
                answer.status in (200, 201), f"{call.request_id} again: {answer.status} {answer.body!r}",
            ):
                ids.add(answer.json()["health_id"])
        self.findings.check(len(ids) == 1, f"{call.request_id} retried has ids {ids}")
        for health_id in ids:
            self.created[health_id] = call.body["last_name"]
