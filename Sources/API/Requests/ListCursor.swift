import Crypto
package import Registry

/// A place in a list, as it is given out: the list and where a page of it ended. No other list takes it.
package enum ListCursor {
    /// In a list that goes by ids.
    package static func text(_ list: String, after id: String) -> String {
        Base64URL.encode(Array("\(list) \(id)".utf8))
    }

    /// In a list that goes by numbers.
    package static func text(_ list: String, of owner: String? = nil, after numbers: Int64...)
        -> String
    {
        text(
            list,
            after: ([owner ?? "-"] + numbers.map { String($0) }).joined(separator: " "))
    }

    /// In a list that goes by several texts, none of which holds a line's end.
    package static func text(_ list: String, after parts: [String]) -> String {
        text(list, after: parts.joined(separator: "\n"))
    }

    /// The texts in such a place.
    package static func parts(_ id: String) -> [String] {
        id.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    /// `nil` for what this list has not given out.
    package static func id(in text: String, of list: String) -> String? {
        guard text.utf8.count <= 6144, let bytes = Base64URL.decode(text),
            let plain = String(validating: bytes, as: UTF8.self)
        else { return nil }
        let parts = plain.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0] == list, !parts[1].isEmpty else { return nil }
        return String(parts[1])
    }
}

/// Where a page of a list that goes by numbers ended.
package struct ListPlace {
    package let numbers: [Int64]
    /// Whose list it is, where each patient, agent or subscription has one.
    private let owner: String

    /// - Parameter count: how many numbers a place of this list has.
    /// - Returns: `nil` for what this list has not given out.
    package init?(_ text: String, in list: String, _ count: Int) {
        guard let id = ListCursor.id(in: text, of: list) else { return nil }
        let parts = id.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == count + 1 else { return nil }
        numbers = parts.dropFirst().compactMap { part in
            // A moment before 1970 is a negative number.
            let digits = part.hasPrefix("-") ? part.dropFirst() : part
            guard (1...18).contains(digits.utf8.count),
                digits.utf8.allSatisfy({ (48...57).contains($0) })
            else { return nil }
            return Int64(part)
        }
        guard numbers.count == count else { return nil }
        owner = String(parts[0])
    }

    /// - Throws: `Problem` 422 when it is a place in somebody else's list.
    package func require(of owner: String) throws {
        guard owner == self.owner else {
            throw Problem.validation("cursor", ListPlace.refusal)
        }
    }

    package static let refusal = "is not one that was given out"
}

extension QueryParameters {
    /// The id after which the page begins.
    package mutating func cursor(of list: String) -> String? {
        guard let text = text("cursor") else { return nil }
        let id = ListCursor.id(in: text, of: list)
        if id == nil { refuse("cursor", ListPlace.refusal) }
        return id
    }

    /// The place after which the page begins.
    package mutating func place(in list: String, _ count: Int = 1) -> ListPlace? {
        guard let text = text("cursor") else { return nil }
        let place = ListPlace(text, in: list, count)
        if place == nil { refuse("cursor", ListPlace.refusal) }
        return place
    }
}

extension ObjectReader {
    /// The place where the call before ended.
    package mutating func place(in list: String) -> ListPlace? {
        guard let text = text("cursor", maximum: 512) else { return nil }
        let place = ListPlace(text, in: list, 1)
        if place == nil { refuse("cursor", ListPlace.refusal) }
        return place
    }
}
