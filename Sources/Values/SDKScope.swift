/// What an SDK token may do (contract, SDK § 1).
package struct SDKScope: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    package static let readRecords = SDKScope(rawValue: 1 << 0)
    package static let readFacility = SDKScope(rawValue: 1 << 1)
    package static let readStock = SDKScope(rawValue: 1 << 2)
    package static let readAppointments = SDKScope(rawValue: 1 << 3)
    package static let writeAppointments = SDKScope(rawValue: 1 << 4)
    package static let manageWebhooks = SDKScope(rawValue: 1 << 5)
    package static let widgetSessions = SDKScope(rawValue: 1 << 6)
    /// Opening a widget session by whatever right: a page's token has this and nothing else. It is never
    /// granted by name.
    package static let openWidget = SDKScope(rawValue: 1 << 7)
    package static let all = SDKScope(rawValue: (1 << 7) - 1)

    package static let spellings: [(name: String, scope: SDKScope)] = [
        ("read_records", .readRecords), ("read_facility", .readFacility),
        ("read_stock", .readStock), ("read_appointments", .readAppointments),
        ("write_appointments", .writeAppointments), ("manage_webhooks", .manageWebhooks),
        ("widget_sessions", .widgetSessions),
    ]

    /// `nil` for a word that names no scope; `*` names all.
    package init?(named name: some StringProtocol) {
        if name == "*" {
            self = .all
        } else if let found = SDKScope.spellings.first(where: { $0.name == name }) {
            self = found.scope
        } else {
            return nil
        }
    }

    /// The union of space-separated words; words that name no scope are left out.
    package init(granted text: String) {
        self = []
        for word in text.split(separator: " ") {
            if let scope = SDKScope(named: word) { formUnion(scope) }
        }
    }

    /// What Connect's scopes open of the SDK's paths: any of them reads a facility and manages webhooks.
    package init(of scopes: Scope) {
        self = scopes.isEmpty ? [] : [.readFacility, .manageWebhooks]
        if !scopes.isDisjoint(with: [.patientRead, .diagnosticsRead]) {
            formUnion([.readRecords, .widgetSessions, .openWidget])
        }
        if scopes.contains(.pharmacyStockRead) { insert(.readStock) }
        if scopes.contains(.appointmentsRead) { insert(.readAppointments) }
        if scopes.contains(.appointmentsWrite) { insert(.writeAppointments) }
    }

    package var names: [String] {
        SDKScope.spellings.filter { contains($0.scope) }.map(\.name)
    }
}
