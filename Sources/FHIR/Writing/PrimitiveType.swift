import Foundation
import JSON
import Values

/// A type of FHIR R4 without elements (§ 2.24.0.1), and what its text looks like.
enum PrimitiveType: String {
    case boolean, integer, string, decimal, uri, url, canonical, base64Binary, instant, date
    case dateTime, time, code, oid, id, markdown, unsignedInt, positiveInt, uuid, xhtml

    func fits(_ value: JSONValue) -> Bool {
        switch self {
        case .boolean: value.kind == .bool
        case .decimal: value.kind == .number
        case .integer: integer(value) != nil
        case .unsignedInt: integer(value).map { $0 >= 0 } == true
        case .positiveInt: integer(value).map { $0 > 0 } == true
        default: value.string.map(fits) == true
        }
    }

    /// 32 bits, in digits alone: `1.0` and `1e3` are none.
    private func integer(_ value: JSONValue) -> Int32? {
        value.numberText.flatMap { Int32(String(decoding: $0, as: UTF8.self)) }
    }

    private func fits(_ text: String) -> Bool {
        switch self {
        case .uri, .url, .canonical: !text.utf8.contains { $0 <= 0x20 }
        case .code: PrimitiveType.isCode(text.utf8)
        case .id: (1...64).contains(text.utf8.count) && text.utf8.allSatisfy(PrimitiveType.isOfAnID)
        case .oid: text.hasPrefix("urn:oid:") && PrimitiveType.isOID(text.dropFirst(8).utf8)
        case .uuid:
            text.hasPrefix("urn:uuid:") && UUID(uuidString: String(text.dropFirst(9))) != nil
        case .base64Binary: Data(base64Encoded: text) != nil
        case .date: BirthDate(text) != nil
        case .dateTime: BirthDate(text) != nil || PrimitiveType.isInstant(text)
        case .instant: PrimitiveType.isInstant(text)
        case .time: text.utf8.count >= 8 && PrimitiveType.isInstant("2000-01-01T\(text)Z")
        default: text.fhirString != nil
        }
    }

    /// FHIR wants the capitals that RFC 3339 leaves open.
    private static func isInstant(_ text: String) -> Bool {
        guard Timestamp(rfc3339: text) != nil else { return false }
        return !text.utf8.contains { [UInt8(ascii: "t"), UInt8(ascii: "z"), 0x20].contains($0) }
    }

    /// Words with one space between them.
    private static func isCode(_ text: String.UTF8View) -> Bool {
        !text.isEmpty
            && text.split(separator: 0x20, omittingEmptySubsequences: false).allSatisfy { word in
                !word.isEmpty && word.allSatisfy { $0 > 0x20 }
            }
    }

    private static func isOfAnID(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."):
            true
        default: false
        }
    }

    private static func isOID(_ text: Substring.UTF8View) -> Bool {
        let arcs = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard arcs.count > 1, let root = arcs.first, root.count == 1 else { return false }
        return arcs.allSatisfy { arc in
            !arc.isEmpty && (arc.count == 1 || arc.first != UInt8(ascii: "0"))
                && arc.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        } && root.first.map { $0 <= UInt8(ascii: "2") } == true
    }
}
