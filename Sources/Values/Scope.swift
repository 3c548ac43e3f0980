/// What a token may do. The documents and the published clients spell some scopes differently; a
/// member stands for all spellings of one right (contract § 3).
package struct Scope: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let healthIDVerify = Scope(rawValue: 1 << 0)
    package static let patientRead = Scope(rawValue: 1 << 1)
    package static let diagnosticsRead = Scope(rawValue: 1 << 2)
    package static let labsRead = Scope(rawValue: 1 << 3)
    package static let encountersWrite = Scope(rawValue: 1 << 4)
    package static let labsWrite = Scope(rawValue: 1 << 5)
    package static let prescriptionsWrite = Scope(rawValue: 1 << 6)
    package static let pharmacyStockRead = Scope(rawValue: 1 << 7)
    package static let bloodInventoryRead = Scope(rawValue: 1 << 8)
    package static let facilitySync = Scope(rawValue: 1 << 9)
    package static let consentsRead = Scope(rawValue: 1 << 10)
    package static let consentsWrite = Scope(rawValue: 1 << 11)
    package static let webhooksManage = Scope(rawValue: 1 << 12)
    package static let emergencyAccess = Scope(rawValue: 1 << 13)
    package static let appointmentsRead = Scope(rawValue: 1 << 14)
    package static let appointmentsWrite = Scope(rawValue: 1 << 15)
    /// To look who might be meant, without registering anybody.
    package static let patientMatch = Scope(rawValue: 1 << 16)
    /// To correct and verify what is registered of a patient.
    package static let patientWrite = Scope(rawValue: 1 << 17)

    /// Every spelling, each with its right; the documents' own spelling of a right comes first.
    package static let spellings: [(name: String, scope: Scope)] = [
        ("patient:profile:read", .patientRead), ("patient:read", .patientRead),
        ("patients:read", .patientRead),
        ("patient:diagnostics:read", .diagnosticsRead),
        ("lab:results:read", .labsRead), ("labs:read", .labsRead),
        ("encounter:push", .encountersWrite), ("encounters:write", .encountersWrite),
        ("lab:push", .labsWrite), ("labs:write", .labsWrite),
        ("prescription:push", .prescriptionsWrite),
        ("prescriptions:write", .prescriptionsWrite),
        ("pharmacy:stock:read", .pharmacyStockRead),
        ("blood:inventory:read", .bloodInventoryRead),
        ("facility:sync", .facilitySync), ("pharmacy:write", .facilitySync),
        ("health_id:verify", .healthIDVerify),
        ("consents:read", .consentsRead), ("consents:write", .consentsWrite),
        ("webhooks:manage", .webhooksManage), ("emergency:access", .emergencyAccess),
        ("patient:match", .patientMatch), ("patient:write", .patientWrite),
        ("appointments:read", .appointmentsRead), ("appointments:write", .appointmentsWrite),
    ]

    private static let byName = Dictionary(
        uniqueKeysWithValues: spellings.map { ($0.name, $0.scope) })

    /// `nil` for a word that names no scope.
    package init?(named name: some StringProtocol) {
        guard let scope = Scope.byName[String(name)] else { return nil }
        self = scope
    }

    /// The union of space-separated words (RFC 6749 §3.3); words that name no scope are left out.
    package init(granted text: String) {
        self = []
        for word in text.split(separator: " ") {
            if let scope = Scope(named: word) { insert(scope) }
        }
    }

    /// The documents' spelling of the rights in this set.
    package var names: [String] {
        var seen: Scope = []
        return Scope.spellings.compactMap { name, scope in
            guard contains(scope), !seen.contains(scope) else { return nil }
            seen.insert(scope)
            return name
        }
    }
}
