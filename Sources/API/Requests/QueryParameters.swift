import HTTP
import Registry
package import Values

/// A request's query parameters, with every complaint about them collected.
package struct QueryParameters {
    private let request: HTTPRequest
    private var complaints = Complaints()

    init(_ request: HTTPRequest) {
        self.request = request
        // Whichever counted, somebody meant the other one; as with the keys of an object.
        for name in request.repeatedQueryNames { complaints.add("is given twice", at: name) }
        if !request.isQueryReadable { complaints.add("must be UTF-8", at: "query") }
    }

    /// - Throws: `Problem` 422 that names each parameter which the route does not know.
    static func requireKnown(_ request: HTTPRequest, by route: Route) throws {
        guard let known = route.parameters else { return }
        let unknown = request.queryItems.map(\.name).filter { name in
            !known.contains { $0.description.utf8.elementsEqual(name.utf8) }
        }
        // What else is wrong the handler says, with all its complaints at once.
        guard !unknown.isEmpty || !request.isQueryReadable else { return }
        var parameters = QueryParameters(request)
        for name in unknown {
            parameters.refuse(String(name.prefix(64)), "is not a parameter of this endpoint")
        }
        try parameters.finish()
    }

    /// Empty counts as absent.
    package func text(_ name: StaticString) -> String? {
        guard let value = request.query(name), !value.isEmpty else { return nil }
        return value
    }

    /// Why somebody asks, for the audit log: cut short or broken over lines it would not say that.
    package mutating func purpose() -> String? {
        guard let text = text("purpose") else { return nil }
        if let fault = QueryParameters.fault(ofPurpose: text) {
            refuse("purpose", fault)
            return nil
        }
        return text
    }

    /// The same from the field for it.
    ///
    /// - Throws: `Problem` 422 for what the audit log would not show as it is.
    static func purposeOfUse(of request: HTTPRequest) throws -> String? {
        guard let text = request.field("X-Purpose-Of-Use"), !text.isEmpty else { return nil }
        if let fault = fault(ofPurpose: text) {
            throw Problem.validation("X-Purpose-Of-Use", fault)
        }
        return text
    }

    /// Who acts at the caller's. Where a deployment requires it, of partner systems and their apps:
    /// administrators have a name of their own, agents and desktop systems send what is theirs, and at a page
    /// with a publishable token nobody acts but the patient.
    ///
    /// - Throws: `Problem` 422.
    static func actingUser(
        of request: HTTPRequest, _ caller: Principal, isRequired: Bool
    ) throws -> String? {
        guard let text = request.field("X-Acting-User"), !text.isEmpty else {
            switch caller.kind {
            case .sdkToken(let token) where token.kind == .publishable: return nil
            case .client where isRequired, .sdkToken where isRequired:
                throw Problem.validation(
                    "X-Acting-User",
                    "is required here: who acts, such as 17; name=Awa Fon; role=nurse")
            default: return nil
            }
        }
        if let fault = fault(ofPurpose: text) { throw Problem.validation("X-Acting-User", fault) }
        return text
    }

    private static func fault(ofPurpose text: String) -> String? {
        if text.unicodeScalars.count > 255 { return "must be at most 255 characters long" }
        return text.unicodeScalars.contains { $0.properties.generalCategory == .control }
            ? "must not contain control characters" : nil
    }

    package mutating func refuse(_ name: String, _ message: String) {
        complaints.add(message, at: name)
    }

    /// `?limit=`, 1 to 500.
    ///
    /// - Parameter otherwise: when nothing is asked.
    package mutating func limit(otherwise: Int = 50) -> Int {
        guard let text = text("limit") else { return otherwise }
        guard text.utf8.count <= 3, text.utf8.allSatisfy({ (48...57).contains($0) }),
            let limit = Int(text), (1...500).contains(limit)
        else {
            refuse("limit", "must be a number from 1 to 500")
            return otherwise
        }
        return limit
    }

    /// RFC 3339, or a day: its first instant, or the first after it when it ends a range.
    package mutating func time(_ name: StaticString, isEnd: Bool = false) -> Timestamp? {
        guard let text = text(name) else { return nil }
        guard let time = Timestamp(rfc3339: text) else {
            return date(name).map {
                Timestamp(seconds: Int64($0.daysSince1970 + (isEnd ? 1 : 0)) * 86_400)
            }
        }
        guard time.isOfAnEvent else {
            refuse(name.description, CalendarDate.refusal(of: CalendarDate.events))
            return nil
        }
        return time
    }

    package mutating func date(_ name: StaticString) -> CalendarDate? {
        guard let text = text(name) else { return nil }
        guard let date = CalendarDate(text) else {
            refuse(name.description, "must be a date that exists, such as 2026-06-01")
            return nil
        }
        guard CalendarDate.events.contains(date) else {
            refuse(name.description, CalendarDate.refusal(of: CalendarDate.events))
            return nil
        }
        return date
    }

    /// Throws what was collected, all of it at once.
    package func finish() throws {
        guard !complaints.isEmpty else { return }
        throw Refusal(invalid: complaints)
    }
}
