import Values

/// What a resource can be searched by (FHIR R4 § 3.1.1), with where its values are.
struct SearchParameter<Source>: Sendable {
    enum Kind: String, Sendable {
        case token, date, reference, string
    }

    let name: String
    let kind: Kind
    /// For the CapabilityStatement.
    let documentation: String?
    /// Whether its values stand in what was sent, and not beside it.
    let needsContent: Bool
    let values: @Sendable (Source) -> [SearchValue]

    init(
        _ name: String, _ kind: Kind, _ documentation: String? = nil, needsContent: Bool = true,
        _ values: @escaping @Sendable (Source) -> [SearchValue]
    ) {
        self.name = name
        self.kind = kind
        self.documentation = documentation
        self.needsContent = needsContent
        self.values = values
    }
}

/// A value of a resource, as it is compared with what is asked.
enum SearchValue: Sendable {
    case token(system: String?, code: String)
    /// From the first moment to the one after the last; `nil` of a time that goes on.
    case time(Timestamp, until: Timestamp?)
    /// The id of a resource of a type.
    case reference(FHIRResourceType, String)
    /// As it is compared: folded.
    case string(String)

    static func moment(_ time: Timestamp?) -> [SearchValue] {
        time.map { [.time($0, until: Timestamp(milliseconds: $0.milliseconds &+ 1))] } ?? []
    }
}

/// Values of one parameter of which one must fit.
struct Filter<Source>: Sendable {
    let parameter: SearchParameter<Source>
    let alternatives: [SearchCondition]

    func fits(_ source: Source) -> Bool {
        let values = parameter.values(source)
        return alternatives.contains { condition in values.contains { condition.fits($0) } }
    }
}

/// One value that is asked for.
enum SearchCondition: Sendable {
    /// `nil` for any system, empty for none; `nil` for any code.
    case token(system: String?, code: String?)
    case date(DateCondition)
    case reference(type: String?, id: String)
    /// What a value begins with, folded.
    case string(String)

    func fits(_ value: SearchValue) -> Bool {
        switch (self, value) {
        case (.token(let system, let code), .token(let ownSystem, let ownCode)):
            code.isSameOrAny(ownCode) && system.isSameOrAny(ownSystem ?? "")
        case (.date(let condition), .time(let start, let end)): condition.fits(start, until: end)
        case (.reference(let type, let id), .reference(let ownType, let ownID)):
            type.isSameOrAny(ownType.rawValue) && id.utf8.elementsEqual(ownID.utf8)
        case (.string(let asked), .string(let own)): own.utf8.starts(with: asked.utf8)
        default: false
        }
    }
}

extension String? {
    /// Byte for byte; what is not asked for fits anything.
    fileprivate func isSameOrAny(_ other: String) -> Bool {
        map { $0.utf8.elementsEqual(other.utf8) } ?? true
    }
}
