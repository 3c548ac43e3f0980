import Glibc

/// A value bound to a parameter. Literals work: `["a", 1, nil]`.
@usableFromInline package enum SQLValue: Sendable, Hashable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    /// TEXT from bytes that are UTF-8 already; nobody checks them again.
    case utf8([UInt8])
    /// The same, from a part of a larger buffer such as a request body.
    case utf8Slice(ArraySlice<UInt8>)
    case blob([UInt8])

    package static func int(_ value: Int) -> SQLValue { .integer(Int64(value)) }

    /// 1 or 0: SQL has no Boolean that SQLite and PostgreSQL share.
    @inlinable package static func bool(_ value: Bool) -> SQLValue { .integer(value ? 1 : 0) }

    package static func optional(_ value: String?) -> SQLValue {
        value.map { .text($0) } ?? .null
    }

    package static func optional(_ value: Int?) -> SQLValue {
        value.map { .integer(Int64($0)) } ?? .null
    }

    package static func optional(_ value: Int64?) -> SQLValue {
        value.map { .integer($0) } ?? .null
    }

    /// A BLOB or NULL.
    package static func optional(_ value: [UInt8]?) -> SQLValue {
        value.map { .blob($0) } ?? .null
    }
}

extension SQLValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral, ExpressibleByNilLiteral
{
    @inlinable package init(stringLiteral value: String) { self = .text(value) }
    @inlinable package init(integerLiteral value: Int64) { self = .integer(value) }
    @inlinable package init(floatLiteral value: Double) { self = .real(value) }
    @inlinable package init(booleanLiteral value: Bool) { self = .bool(value) }
    @inlinable package init(nilLiteral: ()) { self = .null }
}

extension String {
    /// Whether there is a U+0000 in it, which PostgreSQL cannot store.
    package var hasNUL: Bool {
        unsafe utf8.withContiguousStorageIfAvailable { bytes in
            guard let start = bytes.baseAddress else { return false }
            return unsafe memchr(start, 0, bytes.count) != nil
        } ?? utf8.contains(0)
    }
}
