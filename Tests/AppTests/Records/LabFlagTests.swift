import HTTP
import JSON
import Testing
import TestSupport

/// How alarming a result is, by whatever field says so and whatever way it comes.
struct LabFlagTests {
    private static let patient = "OPC-2024-XK7T9"

    private struct Shown: Equatable {
        let flagged: Bool?
        let level: String?
        let flag: String?
    }

    /// As the widget's frame gets it.
    private func shown(_ test: String, in bench: WidgetBench) async throws -> Shown {
        let session = await bench.named()
        #expect(await bench.decide(session, "granted").status == 200)
        let summary = await bench.summary(session)
        let row = try #require(
            summary["recent_lab_results"]?.elements.first { $0["test_name"]?.string == test })
        return Shown(
            flagged: row["flagged"]?.bool, level: row["flag_level"]?.string,
            flag: row["flag"]?.string)
    }

    private func push(_ fields: String, to bench: WidgetBench) async throws {
        let answer = await bench.app.send(
            .post, "/api/v1/connect/records/lab-results", token: try await bench.app.token(),
            json: """
                {"health_id":"\(Self.patient)","test_name":"Na","result_value":"9",\(fields),
                "occurred_at":"2026-05-30T08:00:00Z"}
                """)
        #expect(answer.status == 201, "\(answer.text)")
    }

    private static let levels: [(String, Bool?, String?)] = [
        ("H", true, "H"), ("HH", true, "HH"), ("L", true, "L"), ("LL", true, "LL"),
        ("A", true, "A"), ("AA", true, "AA"), ("N", false, "N"), ("hh", true, "HH"),
        ("high", true, "H"), ("Low", true, "L"), ("critical", true, "AA"),
        ("critical_high", true, "HH"), ("Critical low", true, "LL"), ("abnormal", true, "A"),
        ("↑↑", true, "HH"), ("↓", true, "L"), ("*", true, "A"), ("normal", false, "N"),
        ("élevé", true, "H"), ("très bas", true, "LL"), ("critique", true, "AA"),
        ("مرتفع", true, "H"), ("منخفض جدا", true, "LL"), ("حرج", true, "AA"), ("طبيعي", false, "N"),
        ("weird", nil, nil),
    ]

    @Test(arguments: levels)
    func aLevelSaysThatThereIsAFlag(_ level: String, _ flagged: Bool?, _ flag: String?) async throws
    {
        let bench = try WidgetBench()
        try await push(#""flag_level":"\#(level)""#, to: bench)
        #expect(
            try await shown("Na", in: bench) == Shown(flagged: flagged, level: level, flag: flag))
    }

    private static let fields: [(String, Bool?, String?, String?)] = [
        (#""flagged":"HH""#, true, "HH", "HH"), (#""flag":"bas""#, true, "L", "L"),
        (#""abnormal":true"#, true, nil, "A"), (#""flagged":"oui""#, true, nil, "A"),
        (#""flagged":false"#, false, nil, "N"), (#""interpretation":"HH""#, true, nil, "HH"),
        (#""interpretation":"Critical high""#, true, nil, "HH"),
        (#""interpretation":"stable since May""#, nil, nil, nil),
        (#""flag_level":"N/A""#, nil, nil, nil), (#""flag_level":"-""#, nil, nil, nil),
        (#""flagged":true,"flag_level":"HH""#, true, "HH", "HH"),
        // Contradictions are kept as they were sent, and never shown as less alarming.
        (#""flagged":false,"flag_level":"HH""#, false, "HH", "HH"),
        (#""flagged":true,"flag_level":"N""#, true, "N", "A"),
        (#""flag_level":"N","interpretation":"LL""#, false, "N", "LL"),
        (#""flagged":false,"interpretation":"critical""#, false, nil, "AA"),
    ]

    @Test(arguments: fields)
    func theMoreAlarmingFieldCounts(
        _ sent: String, _ flagged: Bool?, _ level: String?, _ flag: String?
    ) async throws {
        let bench = try WidgetBench()
        try await push(sent, to: bench)
        #expect(
            try await shown("Na", in: bench) == Shown(flagged: flagged, level: level, flag: flag))
    }

    @Test(arguments: [("H", "H"), ("LL", "LL"), ("critique", "AA")])
    func aLevelComesByTheBridgeToo(_ level: String, _ flag: String) async throws {
        let bench = try WidgetBench()
        let answer = await bench.app.send(
            .post, "/api/v1/bridge/sync",
            fields: [
                ("X-Bridge-Agent-ID", "BRIDGE-2024-DEMO-001"),
                ("X-Bridge-Agent-Key", "demo_bridge_key_sandbox_2026"),
            ],
            json: """
                {"records":[{"record_type":"lab_result","health_id":"\(Self.patient)","test":"K",
                "result":"9","flag_level":"\(level)","date":"2026-05-30"}]}
                """)
        #expect(answer.status == 200, "\(answer.text)")
        let found = try await shown("K", in: bench)
        #expect(found == Shown(flagged: true, level: level, flag: flag))
    }

    // MARK: Warnings

    private static let statuses: [(String, Bool)] = [
        ("dispensed", true), ("délivré", true), ("completed", true), ("stopped", true),
        ("expired", true), ("inactive", true), ("active", true), ("whatever", true),
        ("alert", true), ("cancelled", false), ("annulé", false), ("entered_in_error", false),
    ]

    /// An allergy does not pass with the box that it was found by.
    @Test(arguments: statuses)
    func onlyWhoTakesAWarningBackEndsIt(_ status: String, _ isShown: Bool) async throws {
        let bench = try WidgetBench()
        let answer = await bench.app.send(
            .post, "/api/v1/connect/records/prescriptions", token: try await bench.app.token(),
            json: """
                {"health_id":"\(Self.patient)","alert_type":"allergy","message":"penicillin",
                "status":"\(status)"}
                """)
        #expect(answer.status == 201)
        let session = await bench.named()
        _ = await bench.decide(session, "granted")
        let summary = await bench.summary(session)
        let isThere = summary["medication_alerts"]?.elements.contains {
            $0["message"]?.string == "penicillin"
        }
        #expect(isThere == isShown)
        #expect(
            summary["active_medications"]?.elements.contains {
                $0["message"]?.string == "penicillin"
            } == false)
    }
}
