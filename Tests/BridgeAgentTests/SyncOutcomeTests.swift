import Testing

@testable import BridgeAgent
@testable import HTTP

struct SyncOutcomeTests {
    private static func outcome(
        _ status: Int, _ content: String, count: Int = 2, fields: String = "",
        isComplete: Bool = true
    ) -> SyncOutcome {
        let head = "HTTP/1.1 \(status) X\r\n" + fields + "\r\n"
        return SyncOutcome(
            ClientResponse(
                status: status, head: Array(head.utf8), content: Array(content.utf8),
                isComplete: isComplete), count: count)
    }

    private static let delivered = Verdict.delivered(Delivery())

    @Test func readsTheDocumentedAnswer() {
        #expect(
            Self.outcome(200, #"{"status":"ok","accepted":2,"rejected":0,"sync_id":"s"}"#)
                == .verdicts([Self.delivered, Self.delivered]))
    }

    @Test func readsAPartialAnswer() {
        let content = """
            {"status":"partial","accepted":1,"rejected":1,"duplicates":1,"sync_id":"s",
             "errors":[{"index":0,"error":"validation_failed","message":"dob is missing"}],
             "results":[{"index":1,"status":"duplicate","health_id":"CM-HID-1"}]}
            """
        #expect(
            Self.outcome(200, content)
                == .verdicts([
                    .refused(reason: "dob is missing", isKept: true),
                    .delivered(
                        Delivery(isDuplicate: true, healthID: "CM-HID-1", status: "duplicate")),
                ]))
    }

    @Test func aWholeBatchMayBeRefused() {
        let content = """
            {"status":"error","accepted":0,"rejected":2,"sync_id":"s","errors":[
             {"index":0,"error":"a"},{"index":1,"error":"b","message":""}]}
            """
        #expect(
            Self.outcome(422, content)
                == .verdicts([
                    .refused(reason: "a", isKept: true), .refused(reason: "b", isKept: true),
                ]))
    }

    @Test func namesTheFieldsOfARefusal() {
        let content = """
            {"accepted":0,"rejected":1,"errors":[{"index":0,"error":"validation_failed",
             "message":"Some fields are invalid.","fields":{"dob":["is required","is odd"]}}]}
            """
        #expect(
            Self.outcome(422, content, count: 1)
                == .verdicts([.refused(reason: "dob is required, is odd", isKept: true)]))
    }

    /// What the answer does not mention has no verdict, and is sent again.
    @Test func sumsThatDoNotFitDecideNothing() {
        let content = """
            {"accepted":1,"rejected":0,"errors":[{"index":0,"message":"bad"},{"index":7}]}
            """
        #expect(
            Self.outcome(200, content) == .verdicts([.refused(reason: "bad", isKept: true), .none]))
    }

    @Test(arguments: [
        (200, "<html>sign in</html>"), (200, "{}"), (200, #"{"accepted":0,"rejected":0}"#),
        (302, ""), (404, #"{"error":"not_found"}"#), (401, "portal"), (403, "<html>"),
        (422, "<html>"), (400, "bad request"), (418, "{}"), (204, ""),
    ])
    func aStrangerIsNoVerdict(_ status: Int, _ content: String) {
        guard case .misdirected = Self.outcome(status, content) else {
            Issue.record("\(status) \(content): \(Self.outcome(status, content))")
            return
        }
    }

    @Test func aCutOffAnswerIsNoVerdict() {
        let content = #"{"status":"ok","accepted":2,"rejected":0,"sync_id":"s"}"#
        #expect(
            Self.outcome(200, content, isComplete: false)
                == .unavailable("the answer was cut off", retryAfter: nil))
    }

    @Test(arguments: [
        (413, "x", SyncOutcome.tooLarge),
        (422, #"{"error":"idempotency_conflict","message":"m"}"#, .keyConflict),
        (409, #"{"error":"idempotency_conflict","message":"m"}"#, .keyConflict),
        (401, #"{"error":"bridge_timestamp_invalid","message":"m"}"#, .clockWrong),
        (401, #"{"error":"bridge_token_invalid","message":"m"}"#, .denied("m")),
        (403, #"{"error":"facility_forbidden","message":"m"}"#, .wrongFacility("m")),
        (403, #"{"error":"bridge_agent_suspended","message":"m"}"#, .denied("m")),
        (400, #"{"error":"malformed_json","message":"m"}"#, .refused("m")),
        (
            422, #"{"error":"validation_failed","message":"m","errors":{"records":["is bad"]}}"#,
            .refused("m (records is bad)")
        ),
        (500, #"{"error":"internal_error","message":"m"}"#, .failing("m")),
        (502, "bad gateway", .unavailable("status 502", retryAfter: nil)),
        (503, "", .unavailable("status 503", retryAfter: nil)),
    ])
    func sortsFailures(_ status: Int, _ content: String, _ expected: SyncOutcome) {
        #expect(Self.outcome(status, content) == expected)
    }

    @Test(arguments: [
        ("Retry-After: 7\r\n", Duration.seconds(7)), ("Retry-After: soon\r\n", nil),
        ("Retry-After: -1\r\n", nil), ("", nil),
    ])
    func readsRetryAfter(_ fields: String, _ expected: Duration?) {
        #expect(
            Self.outcome(429, #"{"message":"m"}"#, fields: fields)
                == .unavailable("m", retryAfter: expected))
    }
}
