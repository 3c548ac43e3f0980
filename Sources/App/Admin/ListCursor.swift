import Crypto

/// A place in a list that goes by ids, as it is given out: the list and the last id of a page.
enum ListCursor {
    static func text(_ list: String, after id: String) -> String {
        Base64URL.encode(Array("\(list) \(id)".utf8))
    }

    /// `nil` for what this list has not given out.
    static func id(in text: String, of list: String) -> String? {
        guard text.utf8.count <= 512, let bytes = Base64URL.decode(text),
            let plain = String(validating: bytes, as: UTF8.self)
        else { return nil }
        let parts = plain.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0] == list, !parts[1].isEmpty else { return nil }
        return String(parts[1])
    }
}

extension QueryParameters {
    /// The id after which the page begins.
    mutating func cursor(of list: String) -> String? {
        guard let text = text("cursor") else { return nil }
        let id = ListCursor.id(in: text, of: list)
        if id == nil { refuse("cursor", "is not one that was given out") }
        return id
    }
}
