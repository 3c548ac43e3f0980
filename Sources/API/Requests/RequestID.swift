package import HTTP
import Values

/// The id that ties an answer to its log line and its audit row.
package enum RequestID {
    /// The caller's own, when it is well formed: 1 to 128 letters, digits and `-._`.
    package static func of(_ request: HTTPRequest) -> String? {
        for id in [request.field("X-Request-Id"), request.field("X-Correlation-Id")] {
            if let id, isWellFormed(id) { return id }
        }
        return nil
    }

    private static func isWellFormed(_ id: String) -> Bool {
        (1...128).contains(id.utf8.count)
            && id.utf8.allSatisfy { byte in
                switch byte {
                case 48...57, 65...90, 97...122: true
                default: byte == 45 || byte == 46 || byte == 95
                }
            }
    }
}

extension HTTPRequest {
    /// The patient that a path or a query names; what a body says is not read for a refusal.
    var namedPatient: PatientReference? {
        let text = parameter("id") ?? parameter("health_id") ?? query("health_id")
        return text.flatMap { PatientReference($0) }
    }

    /// The token of `Authorization: Bearer` (RFC 6750 §2.1).
    var bearerToken: ArraySlice<UInt8>? {
        guard let field = fieldBytes("Authorization"), field.count > 7,
            field[field.startIndex + 6] == UInt8(ascii: " "),
            HTTPRequest.isBearer(field.prefix(6))
        else { return nil }
        return field.dropFirst(7).drop { $0 == UInt8(ascii: " ") }
    }

    private static func isBearer(_ scheme: ArraySlice<UInt8>) -> Bool {
        var word: UInt64 = 0
        for byte in scheme { word = word << 8 | UInt64(byte | 0x20) }
        return word == 0x6265_6172_6572  // "bearer"
    }
}
