import Foundation
import Registry

/// `application/x-www-form-urlencoded` content.
package enum Form {
    /// The fields with these names; others are ignored.
    ///
    /// - Throws: `Problem` for bad percent-encoding or a name that appears twice (RFC 6749 §3.2).
    package static func fields(_ body: [UInt8], named names: Set<String>) throws -> [String: String]
    {
        var fields: [String: String] = [:]
        for (name, value) in try items(body) where names.contains(name) {
            guard fields.updateValue(value, forKey: name) == nil else {
                throw Problem(.invalidRequest, "The form has a parameter twice.")
            }
        }
        return fields
    }

    /// All fields, as they come.
    ///
    /// - Throws: `Problem` for bad percent-encoding.
    package static func items(_ body: [UInt8]) throws -> [(name: String, value: String)] {
        try body.split(separator: UInt8(ascii: "&")).map { pair in
            let parts = pair.split(
                separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = decoded(parts[0]), let value = parts.count > 1 ? decoded(parts[1]) : ""
            else { throw Problem(.invalidRequest, "The form has a malformed percent-encoding.") }
            return (name, value)
        }
    }

    package static func decoded(_ bytes: some Sequence<UInt8>) -> String? {
        let spaced = bytes.map { $0 == UInt8(ascii: "+") ? UInt8(ascii: " ") : $0 }
        return String(validating: spaced, as: UTF8.self)?.removingPercentEncoding
    }
}
