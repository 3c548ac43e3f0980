import Identity
package import Database
package import Values

/// What a sandbox comes with (contract § 3), and what production must never have.
package enum SandboxData {
    package static let facilityID = "00000000-0000-0000-0000-100000000001"

    private static let clients: [(id: String, secret: String, name: String, scopes: String)] = [
        (
            "demo_dev_sandbox", "demo_secret_sandbox_2026", "Sandbox developer",
            "patient:profile:read pharmacy:stock:read blood:inventory:read lab:results:read patient:diagnostics:read"
        ),
        (
            "opeshisos_production", "prod_secret_opeshisos_2026", "OpesCare HIS",
            "health_id:verify patient:read encounter:push lab:push prescription:push facility:sync"
        ),
        // Every method that a client library prints, with one credential.
        (
            "demo_full_sandbox", "demo_full_secret_sandbox_2026", "Sandbox app",
            Scope.spellings.map(\.scope).reduce(into: Scope()) { $0.formUnion($1) }
                .names.joined(separator: " ")
        ),
    ]

    private static let agent = (id: "BRIDGE-2024-DEMO-001", key: "demo_bridge_key_sandbox_2026")
    private static let apiKey = (
        id: "key_demo_healthcare", key: "demo_healthcare_key_sandbox_2026"
    )

    /// Of `demo_dev_sandbox` (contract, SDK § 1).
    private static let sdkTokens: [(id: String, text: String, kind: SDKToken.Kind)] = [
        ("stk_demo_sandbox", "sdk_test_demo_sandbox_2026", .secret),
        ("stk_demo_publishable", "sdk_pub_test_demo_sandbox_2026", .publishable),
    ]

    private struct Person {
        let healthID: HealthID
        let legacyID: String?
        let demographics: Demographics
    }

    /// Written again at every start without changing what is there: idempotent.
    package static func load(
        into writer: any Writer, secrets: SecretHash, at now: Timestamp
    ) throws {
        try writer.writeBlocking { tx in
            try tx.run(
                """
                INSERT INTO facilities (id, reference, name, country_code, time_zone, created_at)
                VALUES (?, 'FAC-001', 'Hôpital Central de Yaoundé', 'CM', 'Africa/Douala', ?)
                ON CONFLICT (id) DO NOTHING
                """, [.text(facilityID), .integer(now.milliseconds)])
            for client in clients where try ClientStore.find(client.id, in: tx) == nil {
                try ClientStore.insert(
                    Client(
                        id: client.id, name: client.name, scopes: client.scopes,
                        facilityID: facilityID, status: .active, rateLimit: nil, createdAt: now),
                    secretHash: secrets.hash(client.secret), in: tx)
            }
            if try BridgeAgentStore.find(agent.id, in: tx) == nil {
                try BridgeAgentStore.insert(
                    BridgeAgent(
                        id: agent.id, name: "Sandbox agent", facilityID: facilityID,
                        status: .active, rateLimit: nil, createdAt: now),
                    keyHash: secrets.hash(agent.key), in: tx)
            }
            if try APIKeyStore.find(apiKey.id, in: tx) == nil {
                try APIKeyStore.insert(
                    APIKey(
                        id: apiKey.id, prefix: String(apiKey.key.prefix(9)),
                        name: "Sandbox desktop system", facilityID: facilityID, createdAt: now),
                    hash: secrets.hash(apiKey.key), in: tx)
            }
            for token in sdkTokens where try SDKTokenStore.find(token.id, in: tx) == nil {
                try SDKTokenStore.insert(
                    SDKToken(
                        id: token.id, clientID: clients[0].id,
                        prefix: String(token.text.prefix(14)),
                        label: "Sandbox " + token.kind.rawValue,
                        kind: token.kind, scopes: token.kind == .secret ? .all : [],
                        createdAt: now),
                    hash: secrets.hash(token.text), in: tx)
            }
            for person in people() where try !isKnown(person, in: tx) {
                try register(person, at: now, in: tx)
                try SandboxRecords.load(
                    for: person.healthID, facilityID: facilityID, at: now, in: tx)
            }
            try SandboxRecords.loadStock(facilityID: facilityID, at: now, in: tx)
            try SandboxRecords.loadPayments(facilityID: facilityID, at: now, in: tx)
        }
    }

    /// - Throws: `StartError` when a documented client could still sign in.
    package static func refuseDocumentedSecrets(
        in writer: any Writer, secrets: SecretHash
    ) throws {
        let open = try writer.writeBlocking { tx in
            try clients.filter { client in
                let stored = try ClientStore.secret(of: client.id, in: tx)
                let status = try ClientStore.find(client.id, in: tx)?.status
                guard let stored, status != .revoked else { return false }
                let documented = secrets.hash(client.secret)
                return stored.hash == documented || stored.retiringHash == documented
            }.map { "client revoke " + $0.id } + openKeys(secrets, in: tx)
                + (SandboxKeys.isOpen(in: tx) ? ["client revoke " + SandboxKeys.clientID] : [])
        }
        guard open.isEmpty else {
            let commands = open.map { "\"opescare \($0)\"" }.joined(separator: ", ")
            throw StartError(
                "Production refuses to start: secrets printed in the public documentation are still "
                    + "active. Run \(commands), or start production with an empty --data folder.")
        }
    }

    /// The commands that end the documented keys which could still be used.
    private static func openKeys(
        _ secrets: SecretHash, in tx: borrowing Transaction
    ) throws -> [String] {
        var open: [String] = []
        let documented = secrets.hash(agent.key)
        for other in try BridgeAgentStore.all(in: tx) where other.status != .revoked {
            let stored = try BridgeAgentStore.key(of: other.id, in: tx)
            if stored?.hash == documented || stored?.retiringHash == documented {
                open.append("agent revoke " + other.id)
            }
        }
        if let key = try APIKeyStore.find(hash: secrets.hash(apiKey.key), in: tx),
            key.status == .active
        {
            open.append("apikey revoke " + key.id)
        }
        for token in sdkTokens {
            guard let stored = try SDKTokenStore.find(hash: secrets.hash(token.text), in: tx),
                stored.status == .active
            else { continue }
            open.append("sdk-token revoke " + stored.id)
        }
        return open
    }

    private static func isKnown(_ person: Person, in tx: borrowing Transaction) throws -> Bool {
        if let legacyID = person.legacyID {
            return try PatientStore.find(.legacy(legacyID), in: tx) != nil
        }
        return try PatientStore.find(.healthID(person.healthID), in: tx) != nil
    }

    private static func register(
        _ person: Person, at now: Timestamp, in tx: borrowing Transaction
    ) throws {
        let patient = try PatientStore.add(
            person.demographics, healthID: person.healthID.description, createdBy: "system",
            facilityID: facilityID, at: now, in: tx)
        try tx.run(
            "UPDATE patients SET verification_status = 'verified' WHERE id = ?",
            [.integer(patient.id)])
        guard let legacyID = person.legacyID else { return }
        let subject = RecordSubject(patientID: patient.id, healthID: patient.healthID)
        try PatientStore.addAlias(legacyID, to: subject, at: now, in: tx)
    }

    private static func people() -> [Person] {
        [
            person(
                "CM-HID-M9S3-46Q3-D25J", "OPC-2024-DEMO1", "Amina", "Nkeng", (1988, 3, 14),
                .female, "+237671234501", .oPositive, ["Penicillin"]),
            person(
                "CM-HID-VT4F-5V37-E3SM", "OPC-2024-XK7T9", "Jean-Pierre", "Mbarga",
                (1975, 11, 2), .male, "+237699887702", .aPositive, ["Sulfonamides", "Peanuts"]),
            person(
                "CM-HID-7KQ9-MP42-X8D1", nil, "Brigitte", "Ngo Bassa", (1992, 6, 30), .female,
                "+237677554403", .bNegative, []),
        ].compactMap { $0 }
    }

    private static func person(
        _ healthID: String, _ legacyID: String?, _ first: String, _ last: String,
        _ born: (year: Int, month: Int, day: Int), _ sex: Sex, _ phone: String,
        _ bloodType: BloodGroup, _ allergies: [String]
    ) -> Person? {
        guard let healthID = HealthID(healthID),
            let date = CalendarDate(year: born.year, month: born.month, day: born.day)
        else { preconditionFailure("The sandbox's own patient \(first) is malformed.") }
        var demographics = Demographics(
            firstName: first, lastName: last, dateOfBirth: BirthDate(date), countryCode: "CM")
        demographics.sex = sex
        demographics.phoneNumber = phone
        demographics.facts.bloodType = bloodType
        _ = demographics.facts.add(allergies)
        return Person(healthID: healthID, legacyID: legacyID, demographics: demographics)
    }
}
