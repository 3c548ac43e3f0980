import Database
import HTTP
import JSON
import Testing
import TestSupport

/// Whom a no binds: it counts where the patient is known to say it.
struct WidgetDenialTests {
    private let bench: WidgetBench

    init() throws {
        bench = try WidgetBench()
    }

    /// As the facility asks, beside the widget.
    private func ask() async throws -> String? {
        await bench.app.send(
            .post, "/api/v1/connect/consents/request",
            token: try await bench.app.token("demo_dev_sandbox"),
            json: """
                {"health_id":"OPC-2024-XK7T9","purpose":"care","requested_scopes":["full_record"]}
                """)["consent_id"]?.string
    }

    private func states() throws -> [String] {
        try bench.app.read { tx in
            try tx.all(
                """
                SELECT state || ' ' || COALESCE(verification_method, '-') FROM consents
                ORDER BY created_at, id
                """, []
            ) { $0.text(0) }
        }
    }

    /// Whoever knows a Health ID and a birth date answers for nobody.
    @Test func aVisitorsNoLeavesWhatTheFacilityAsked() async throws {
        let id = try await ask()
        let session = await bench.identified()
        let denied = await bench.decide(session, "denied")
        #expect(denied.status == 200)
        #expect(denied["state"]?.string == "declined")
        #expect(denied["consent_id"]?.isNull == true)
        #expect(await bench.state(session) == "declined")
        #expect(try states() == ["pending -"])
        #expect(
            try bench.events() == [
                "consent.requested demo_dev_sandbox", "health_id.verified demo_dev_sandbox",
            ])
        #expect(
            try bench.audit(2) == [
                "widget:\(session.id) identifyInWidget patient/CM-HID-VT4F-5V37-E3SM success",
                "widget:\(session.id) answerInWidget patient/CM-HID-VT4F-5V37-E3SM success",
            ])
        let granted = await bench.app.send(
            .post, "/api/v1/admin/consents/\(id ?? "")/grant",
            token: try await bench.app.adminToken())
        #expect(granted.status == 200)
        #expect(await bench.state(session) == "access_granted")
    }

    @Test func aVisitorsNoEndsWhatWasAskedInItsSession() async throws {
        let session = await bench.identified()
        let asked = await bench.decide(session, "granted")
        let denied = await bench.decide(session, "denied")
        #expect(denied["consent_id"]?.string == asked["consent_id"]?.string)
        #expect(await bench.state(session) == "declined")
        #expect(try states() == ["denied widget:birth_date"])
        #expect(try bench.events().last == "consent.denied demo_dev_sandbox")
        // Whoever changes their mind asks anew.
        #expect(await bench.decide(session, "granted").status == 202)
        #expect(await bench.state(session) == "consent_pending")
    }

    @Test func aVisitorsNoLeavesWhatAnotherSessionAsked() async throws {
        let first = await bench.identified()
        _ = await bench.decide(first, "granted")
        let second = await bench.identified()
        _ = await bench.decide(second, "granted")
        #expect(await bench.decide(second, "denied")["state"]?.string == "declined")
        #expect(await bench.state(second) == "declined")
        #expect(await bench.state(first) == "consent_pending")
        #expect(try states() == ["pending -"])
    }

    /// Whoever asks first takes nobody's yes back that comes after.
    @Test func aVisitorsNoLeavesWhatAnotherSessionAgreedTo() async throws {
        let stranger = await bench.identified()
        let asked = await bench.decide(stranger, "granted")
        let patient = await bench.identified()
        let agreed = await bench.decide(patient, "granted")
        #expect(agreed["consent_id"]?.string == asked["consent_id"]?.string)
        #expect(await bench.decide(stranger, "denied")["state"]?.string == "declined")
        #expect(await bench.state(stranger) == "declined")
        #expect(await bench.state(patient) == "consent_pending")
        #expect(try states() == ["pending -"])
        #expect(try !bench.events().contains { $0.hasPrefix("consent.denied") })
        let code = try #require(agreed["sandbox_code"]?.string)
        #expect(await bench.decide(patient, "granted", code: code).status == 200)
        #expect(try states() == ["active widget:code"])
    }

    /// What a session asked first is the facility's once it asks for it itself.
    @Test func aVisitorsNoLeavesWhatTheFacilityAskedToo() async throws {
        let session = await bench.identified()
        let asked = await bench.decide(session, "granted")
        #expect(try await ask() == asked["consent_id"]?.string)
        #expect(await bench.decide(session, "denied")["state"]?.string == "declined")
        #expect(try states() == ["pending -"])
    }

    @Test func aVisitorsNoToNothingIsNotStored() async throws {
        let session = await bench.identified()
        #expect(await bench.decide(session, "denied")["state"]?.string == "declined")
        #expect(await bench.state(session) == "declined")
        #expect(try states() == [])
        #expect(try bench.events() == ["health_id.verified demo_dev_sandbox"])
    }

    /// The code says that it is the patient, whatever they answer.
    @Test func aNoWithTheCodeCounts() async throws {
        _ = try await ask()
        let session = await bench.identified()
        let code = try #require(await bench.decide(session, "granted")["sandbox_code"]?.string)
        let wrong = code == "123456" ? "654321" : "123456"
        #expect(await bench.decide(session, "denied", code: wrong).status == 422)
        #expect(try states() == ["pending -"])
        #expect(await bench.decide(session, "denied", code: code)["state"]?.string == "declined")
        #expect(try states() == ["denied widget:code"])
        #expect(try bench.events().last == "consent.denied demo_dev_sandbox")
    }

    @Test func aNoOfANamedPatientCounts() async throws {
        _ = try await ask()
        let session = await bench.named()
        #expect(await bench.decide(session, "denied")["state"]?.string == "declined")
        #expect(try states() == ["denied widget:presence"])
    }
}
