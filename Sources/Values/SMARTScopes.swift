/// What a token may do with FHIR resources: the `system/` scopes of SMART App Launch 2, version 1's
/// spellings of them, and `system:export` (contract, FHIR § 5).
package struct SMARTScopes: Hashable, Sendable {
    /// A bit for each resource type, in the order of `FHIRResourceType.allCases`.
    private var read: UInt16 = 0
    private var search: UInt16 = 0
    private var create: UInt16 = 0
    /// `system:export`: Bulk Data.
    package private(set) var allowsExport = false

    package init() {}

    /// `nil` for a word that names none of these scopes, or something that is not offered.
    package init?(named word: some StringProtocol) {
        guard let request = SMARTScopes.requested(by: word), request.isOffered else { return nil }
        self = request.scopes
    }

    /// The union of space-separated words; words that name no such scope are left out.
    package init(granted text: String) {
        for word in text.split(separator: " ") {
            if let scopes = SMARTScopes(named: word) { formUnion(scopes) }
        }
    }

    package var isEmpty: Bool { read | search | create == 0 && !allowsExport }

    package func allows(_ type: FHIRResourceType, _ interaction: FHIRInteraction) -> Bool {
        self[interaction] & SMARTScopes.bit(type) != 0
    }

    package func intersection(_ other: SMARTScopes) -> SMARTScopes {
        var both = SMARTScopes()
        both.read = read & other.read
        both.search = search & other.search
        both.create = create & other.create
        both.allowsExport = allowsExport && other.allowsExport
        return both
    }

    private mutating func formUnion(_ other: SMARTScopes) {
        read |= other.read
        search |= other.search
        create |= other.create
        allowsExport = allowsExport || other.allowsExport
    }

    private subscript(_ interaction: FHIRInteraction) -> UInt16 {
        get {
            switch interaction {
            case .read: read
            case .search: search
            case .create: create
            }
        }
        set {
            switch interaction {
            case .read: read = newValue
            case .search: search = newValue
            case .create: create = newValue
            }
        }
    }

    // MARK: Words

    private static let prefix = "system/"
    private static let export = "system:export"

    /// The audit log is named by itself and contained in no other scope (contract, FHIR § 2).
    private static let everyType = FHIRResourceType.allCases
        .filter { $0 != .auditEvent }.reduce(UInt16(0)) { $0 | bit($1) }

    private static let bits: [FHIRResourceType: UInt16] = Dictionary(
        uniqueKeysWithValues: zip(FHIRResourceType.allCases, 0...).map { ($0, 1 << $1) })

    private static func bit(_ type: FHIRResourceType) -> UInt16 { bits[type] ?? 0 }

    /// What a word of a token request asks for, and whether all of it is offered: `u` and `d` are not.
    ///
    /// - Returns: `nil` for a word that asks for nothing of ours.
    private static func requested(
        by word: some StringProtocol
    ) -> (scopes: SMARTScopes, isOffered: Bool)? {
        let bytes = Array(word.utf8)
        var scopes = SMARTScopes()
        if bytes == Array(export.utf8) {
            scopes.allowsExport = true
            return (scopes, true)
        }
        guard bytes.starts(with: prefix.utf8), let dot = bytes.lastIndex(of: UInt8(ascii: ".")),
            dot >= prefix.utf8.count, let types = types(bytes[prefix.utf8.count..<dot]),
            let verbs = interactions(bytes[(dot + 1)...])
        else { return nil }
        for interaction in verbs.offered { scopes[interaction] = types }
        return (scopes, verbs.isWhole)
    }

    private static func types(_ name: ArraySlice<UInt8>) -> UInt16? {
        if name.elementsEqual("*".utf8) { return everyType }
        return FHIRResourceType.allCases
            .first { name.elementsEqual($0.rawValue.utf8) }.map(bit)
    }

    /// Version 1's words, or letters of `cruds` in this order, each at most once.
    private static func interactions(
        _ name: ArraySlice<UInt8>
    ) -> (offered: [FHIRInteraction], isWhole: Bool)? {
        if name.elementsEqual("read".utf8) { return ([.read, .search], true) }
        if name.elementsEqual("write".utf8) { return ([.create], true) }
        if name.elementsEqual("*".utf8) { return (FHIRInteraction.allCases, false) }
        let order: [FHIRInteraction?] = [.create, .read, nil, nil, .search]
        var letters = name
        var offered: [FHIRInteraction] = []
        var isWhole = !name.isEmpty
        for (letter, interaction) in zip("cruds".utf8, order) where letters.first == letter {
            letters = letters.dropFirst()
            if let interaction { offered.append(interaction) } else { isWhole = false }
        }
        return letters.isEmpty ? (offered, isWhole) : nil
    }

    /// Of a word that a token request asks for, what a client with these scopes gets: the word itself
    /// where it gets all of it, and otherwise the words for the part that it has.
    ///
    /// - Returns: no words where it has nothing of it.
    package func granted(of word: Substring) -> [String] {
        guard let request = SMARTScopes.requested(by: word) else { return [] }
        let part = request.scopes.intersection(self)
        if request.isOffered, part == request.scopes, !part.isEmpty { return [String(word)] }
        return part.names
    }

    /// The plainest words for what is in this set.
    package var names: [String] {
        var names: [String] = []
        var rest = self
        let common = FHIRInteraction.allCases.filter {
            self[$0] & SMARTScopes.everyType == SMARTScopes.everyType
        }
        if !common.isEmpty {
            names.append(SMARTScopes.name("*", common))
            for interaction in common { rest[interaction] &= ~SMARTScopes.everyType }
        }
        for type in FHIRResourceType.allCases {
            let letters = FHIRInteraction.allCases.filter { rest.allows(type, $0) }
            if !letters.isEmpty { names.append(SMARTScopes.name(type.rawValue, letters)) }
        }
        return names + (allowsExport ? [SMARTScopes.export] : [])
    }

    private static func name(_ type: String, _ interactions: [FHIRInteraction]) -> String {
        let letters: [(FHIRInteraction, String)] = [(.create, "c"), (.read, "r"), (.search, "s")]
        return prefix + type + "."
            + letters.filter { interactions.contains($0.0) }.map(\.1).joined()
    }

    /// Everything that is offered, for the server's metadata.
    package static let offered: [String] =
        [
            "system/*.rs", "system/*.read", "system/*.c", "system/*.write",
        ] + FHIRResourceType.allCases.map { "system/\($0.rawValue).rs" } + [export]

    /// How to write one, for whoever wrote none.
    package static let rule =
        "system/T.rs, .r, .s or .c with a FHIR resource type or * for T, "
        + "system/T.read, system/T.write and system:export"

    /// Whether a word asks for something in SMART's way that may be left out of what is granted
    /// (SMART App Launch 2 § 3.2): whoever asks learns it from the token's scope.
    package static func isDialect(_ word: Substring) -> Bool {
        let prefixes = ["system/", "system:", "user/", "patient/", "launch/"]
        let words = [
            "openid", "fhirUser", "launch", "offline_access", "online_access", "profile",
        ]
        return prefixes.contains { word.utf8.starts(with: $0.utf8) }
            || words.contains { word.utf8.elementsEqual($0.utf8) }
    }
}

extension Scope {
    /// Whether a word may stand among a client's scopes: Connect's or SMART's.
    package static func isGrantable(_ word: some StringProtocol) -> Bool {
        Scope(named: word) != nil || SMARTScopes(named: word) != nil
    }
}
