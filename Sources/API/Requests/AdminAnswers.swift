package import HTTP
package import JSON
package import Registry
package import Values

/// What the answers and requests of administration have in common.
extension HTTPResponse {
    /// One object.
    package static func object(
        _ status: HTTPStatus = .ok, _ body: (inout JSONWriter) throws -> Void
    ) throws -> HTTPResponse {
        var json = JSONWriter(reserving: 512)
        try json.object { json in try body(&json) }
        return HTTPResponse(status, contentType: "application/json", body: json.finish())
    }

    /// A page of a list.
    ///
    /// - Parameter items: one more than `limit` when there is a next page.
    package static func page<Item>(
        _ name: String, _ items: [Item], limit: Int, cursor: (Item) -> String,
        _ body: (inout JSONWriter, Item) throws -> Void
    ) throws -> HTTPResponse {
        var json = JSONWriter(reserving: 256 + min(items.count, limit) * 384)
        try json.object { json in
            let last = try json.memberPage(name, items, limit: limit, body)
            json.member("next_cursor", last.map(cursor))
        }
        return HTTPResponse(.ok, contentType: "application/json", body: json.finish())
    }

    /// A page of a list that goes by ids.
    package static func page<Item>(
        _ name: String, _ items: [Item], limit: Int, after id: (Item) -> String,
        _ body: (inout JSONWriter, Item) throws -> Void
    ) throws -> HTTPResponse {
        try page(
            name, items, limit: limit, cursor: { ListCursor.text(name, after: id($0)) }, body)
    }

    /// The answer, which shows a secret for the only time: nobody may keep it, and the copy
    /// for a repeated Idempotency-Key is sealed.
    var showingSecret: HTTPResponse {
        var response = self
        response.setField("Cache-Control", "no-store" as StaticString)
        return response
    }
}

extension JSONWriter {
    /// The items that fit into a page, by number and by length.
    ///
    /// - Parameter items: one more than `limit` when there is a next page.
    /// - Returns: the last one shown, where more are to come.
    mutating func memberPage<Item>(
        _ name: String, _ items: [Item], limit: Int,
        _ body: (inout JSONWriter, Item) throws -> Void
    ) throws -> Item? {
        var shown = 0
        try memberArray(name) { json in
            while shown < min(items.count, limit), json.count < ListPage.bytes {
                try json.element { json in try body(&json, items[shown]) }
                shown += 1
            }
        }
        return shown < items.count ? items[..<shown].last : nil
    }
}

extension QueryParameters {
    /// A word out of a few.
    package mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: StaticString, as type: Choice.Type
    ) -> Choice? {
        guard let text = text(name) else { return nil }
        let choice = Choice(rawValue: text)
        if choice == nil {
            let words = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            refuse(name.description, "must be one of: \(words)")
        }
        return choice
    }
}

extension ObjectReader {
    /// A word out of a few.
    mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: StaticString, as type: Choice.Type
    ) -> Choice? {
        guard let text = text(name) else { return nil }
        let choice = Choice(rawValue: text)
        if choice == nil {
            let words = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            refuse(name, "must be one of: \(words)")
        }
        return choice
    }

    /// `nil` leaves the rate limit as it is; an inner `nil`, spelt "default", is the server's own.
    package mutating func rateLimit() -> Int?? {
        guard let text = scalar("rate_limit") else { return nil }
        if text == "default" { return .some(nil) }
        return integer("rate_limit", in: 0...1_000_000_000).map { .some($0) }
    }

    /// How long what is replaced still works.
    mutating func overlapHours(default hours: Int) -> Int64 {
        Int64(integer("overlap_hours", in: 0...8760) ?? hours)
    }

    /// A name on one line.
    package mutating func name(_ fallback: String? = nil) -> String {
        guard let fallback else { return requiredText(["name"]) }
        return text("name") ?? fallback
    }

    /// Ids of rows, ascending; `nil` when none were asked for.
    mutating func rowIDs(_ what: String) -> [Int64]? {
        let words = words("ids")
        let ids = words?.compactMap { word in
            word.utf8.allSatisfy { (48...57).contains($0) } ? Int64(word) : nil
        }
        // An empty choice must not become all of an agent's.
        if has("ids"), ids.map({ $0.isEmpty || $0.count != words?.count }) ?? true {
            refuse("ids", "must be ids of \(what), at least one")
        }
        return ids.map { Array(Set($0)).sorted() }
    }

    /// A condition that came empty must not widen a choice.
    mutating func requireConditions(_ conditions: [(name: StaticString, isRead: Bool)]) {
        for (name, isRead) in conditions where !isRead && has(name) { require(name.description) }
    }

    /// A moment in the future, or "never", which is the inner `nil`.
    package mutating func expiry(at now: Timestamp) -> Timestamp?? {
        if scalar("expires_at") == "never" { return .some(nil) }
        guard let time = instant("expires_at") else { return nil }
        if time <= now { refuse("expires_at", "must be in the future") }
        return .some(time)
    }

    /// An id that stands in URLs and header fields, or `nil` to have one made.
    package mutating func identifier(_ name: StaticString) -> String? {
        let text = text([name], maximum: 255)
        if let text, !BridgeAgent.isValid(id: text) {
            refuse(name.description, "takes up to 64 letters, digits, - and _")
        }
        return text
    }
}

extension HTTPRequest {
    /// A row's number in the path; 0, which no row has, for anything else.
    package func number(_ name: StaticString) -> Int64 {
        guard let text = parameter(name), (1...18).contains(text.utf8.count),
            text.utf8.allSatisfy({ (48...57).contains($0) })
        else { return 0 }
        return Int64(text) ?? 0
    }
}

extension Timestamp {
    package func adding(hours: Int64) -> Timestamp { adding(seconds: hours * 3600) }
}
