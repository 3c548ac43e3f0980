import API
import HTTP
import Identity
import JSON
@testable import Registry
import Database
import Testing
import TestSupport
import Values

/// Who is told of which event (contract § 8).
struct EventAudienceTests {
    /// Clients by what they have to do with the patient of an event.
    private enum Receiver: String, CaseIterable {
        /// The client that caused it.
        case own
        /// Another client of the facility where it happened.
        case colleague
        /// Of another facility, with what the patient allows it to read.
        case labOnly, visits, medicines, full, glass
        /// Of another facility, whose consent has ended.
        case revoked, expired, asking
        /// Of another facility, and of none.
        case stranger, homeless

        var consent: (coverage: String, state: Consent.State, basis: Consent.Basis)? {
            switch self {
            case .own, .colleague, .stranger, .homeless: nil
            case .labOnly: ("lab_results", .active, .patient)
            case .visits: ("encounters", .active, .patient)
            case .medicines: ("prescriptions", .active, .patient)
            case .full: ("full_record", .active, .patient)
            case .glass: ("full_record", .active, .emergency)
            case .revoked: ("full_record", .revoked, .patient)
            case .expired: ("full_record", .active, .patient)
            case .asking: ("full_record", .pending, .patient)
            }
        }

        var facilityID: String? {
            switch self {
            case .own, .colleague: EventAudienceTests.home
            case .homeless: nil
            default: EventAudienceTests.elsewhere
            }
        }
    }

    private static let home = "00000000-0000-0000-0000-100000000001"
    private static let elsewhere = "00000000-0000-0000-0000-100000000002"
    private static let owners: Set<Receiver> = [.own, .colleague]

    /// Beside the client and the facility concerned.
    private static func others(of kind: Event.Kind) -> Set<Receiver> {
        switch kind {
        case .patientCreated, .patientUpdated, .patientMerged:
            [.labOnly, .visits, .medicines, .full, .glass]
        case .encounterCreated, .encounterClosed, .encounterAmended, .appointmentCreated,
            .appointmentUpdated, .appointmentCheckedIn, .appointmentCancelled:
            [.visits, .full, .glass]
        case .labOrderCreated, .labResultReleased, .labResultAmended: [.labOnly, .full, .glass]
        case .prescriptionIssued, .prescriptionCancelled, .prescriptionDispensed,
            .prescriptionAmended:
            [.medicines, .full, .glass]
        case .documentIssued, .documentVerified: [.full, .glass]
        case .healthIDCreated, .healthIDVerified, .consentRequested, .consentGranted,
            .consentDenied, .consentRevoked, .consentExpired, .bridgeSyncFailed, .bridgeOffline,
            .paymentCompleted:
            []
        }
    }

    private static func prepare(_ app: TestApp) async throws {
        let now = app.now
        let reference = try #require(PatientReference("OPC-2024-DEMO1"))
        try await app.app.writer.write { tx in
            try FacilityStore.insert(
                Facility(
                    id: elsewhere, reference: "FAC-002", name: "Elsewhere", countryCode: "CM",
                    timeZone: "Africa/Douala"), at: now, in: tx)
            guard let found = try PatientStore.find(reference, in: tx) else { return }
            for receiver in Receiver.allCases {
                try ClientStore.insert(
                    Client(
                        id: receiver.rawValue, name: receiver.rawValue,
                        scopes: "patient:read webhooks:manage", facilityID: receiver.facilityID,
                        status: .active, rateLimit: nil, createdAt: now),
                    secretHash: app.app.secrets.hash("secret"), in: tx)
                guard let (coverage, state, basis) = receiver.consent,
                    let types = Consent.Coverage(reading: coverage)
                else { continue }
                try ConsentStore.insert(
                    Consent(
                        id: "cons_" + receiver.rawValue, coverage: types, storedState: state,
                        basis: basis, purpose: nil, grantedAt: now,
                        expiresAt: now.adding(seconds: receiver == .expired ? 0 : 86_400)),
                    clientID: receiver.rawValue, for: found, verificationMethod: nil, at: now,
                    in: tx)
            }
            let origin = Origin(
                facilityID: home, clientID: Receiver.own.rawValue, requestID: "hospital-of-home-1",
                now: now)
            for kind in Event.Kind.allCases {
                try EventStore.append(
                    Event(
                        kind, patientID: found.patient.id,
                        data: [("health_id", found.healthID)]), from: origin, in: tx)
            }
        }
    }

    @Test(arguments: Event.Kind.allCases)
    func eachEventGoesToWhomItConcerns(_ kind: Event.Kind) async throws {
        let app = try TestApp()
        try await Self.prepare(app)
        let expected = Self.owners.union(Self.others(of: kind))
        let seq = try app.read { tx in
            try EventStore.all(after: 0, limit: 1000, in: tx).last { $0.type == kind.rawValue }
        }
        let event = try #require(seq)
        for receiver in Receiver.allCases {
            let audience = Audience(clientID: receiver.rawValue, facilityID: receiver.facilityID)
            let isTold = try app.read { tx in
                try EventStore.mayNotify(audience, of: event, at: app.now, in: tx)
            }
            #expect(isTold == expected.contains(receiver), "\(receiver)")
        }
    }

    /// The list, the replay and the body itself say no more than the webhook.
    @Test(arguments: ["own", "colleague", "labOnly", "full", "glass", "revoked", "stranger"])
    func whatAClientReadsOfOthersEventsNamesNoFacility(_ client: String) async throws {
        let app = try TestApp()
        try await Self.prepare(app)
        let receiver = try #require(Receiver(rawValue: client))
        let signedIn = await app.send(
            .post, "/api/v1/connect/auth/token",
            json: """
                {"grant_type":"client_credentials","client_id":"\(client)",
                "client_secret":"secret"}
                """)
        let token = try #require(signedIn["access_token"]?.string)
        let answer = await app.send(
            .get, "/api/v1/connect/webhooks/events?limit=500", token: token)
        #expect(answer.status == 200)
        let events = (answer["events"]?.elements).map(Array.init) ?? []
        let isOwner = Self.owners.contains(receiver)
        let kinds = Event.Kind.allCases.filter {
            isOwner || Self.others(of: $0).contains(receiver)
        }
        let ours = events.filter {
            $0["meta"]?["request_id"]?.string == "hospital-of-home-1" || !isOwner
        }
        #expect(ours.compactMap { $0["type"]?.string } == kinds.map(\.rawValue))
        #expect(answer.text.contains(Self.home) == isOwner)
        #expect(answer.text.contains("hospital-of-home") == isOwner)
        #expect(!answer.text.contains("cons_"))
    }
}
