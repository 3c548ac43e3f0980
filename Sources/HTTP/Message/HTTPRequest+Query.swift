extension HTTPRequest {
    /// The first value of that name in the query, percent- and plus-decoded; `nil` when it is
    /// absent or not valid UTF-8.
    package func query(_ name: StaticString) -> String? {
        var found: Range<Int>?
        forEachQueryPair { pair in
            let isMatch =
                bytes.span.extracting(pair.name).matches(name)
                || bytes[pair.name].contains(UInt8(ascii: "%"))
                    && PercentCoding.decoded(bytes[pair.name], plusIsSpace: true).span.matches(name)
            if isMatch { found = pair.value }
            return !isMatch
        }
        return found.flatMap {
            PercentCoding.string(PercentCoding.decoded(bytes[$0], plusIsSpace: true))
        }
    }

    /// The names that come more than once, each of them once, in the order of their second coming.
    package var repeatedQueryNames: [String] {
        // Most queries have one pair, and then nothing is decoded.
        guard bytes[head.query.range].contains(UInt8(ascii: "&")) else { return [] }
        var seen: Set<String> = []
        var repeated: [String] = []
        for (name, _) in queryItems where !seen.insert(name).inserted && !repeated.contains(name) {
            repeated.append(name)
        }
        return repeated
    }

    /// Whether every name and value of the query is valid UTF-8, once decoded.
    package var isQueryReadable: Bool {
        // Without an escape it is ASCII.
        guard bytes[head.query.range].contains(UInt8(ascii: "%")) else { return true }
        var isReadable = true
        forEachQueryPair { pair in
            for range in [pair.name, pair.value] {
                let text = PercentCoding.decoded(bytes[range], plusIsSpace: true)
                if PercentCoding.string(text) == nil { isReadable = false }
            }
            return isReadable
        }
        return isReadable
    }

    /// All pairs of the query in order, without those that are not valid UTF-8.
    package var queryItems: [(name: String, value: String)] {
        var items: [(name: String, value: String)] = []
        forEachQueryPair { pair in
            let name = PercentCoding.decoded(bytes[pair.name], plusIsSpace: true)
            let value = PercentCoding.decoded(bytes[pair.value], plusIsSpace: true)
            if let name = PercentCoding.string(name), let value = PercentCoding.string(value) {
                items.append((name, value))
            }
            return true
        }
        return items
    }

    /// A parameter of the matched route, percent-decoded; `nil` when the route has none of that
    /// name or its value is not valid UTF-8.
    package func parameter(_ name: StaticString) -> String? {
        guard let range = parameters.range(of: name) else { return nil }
        return PercentCoding.string(PercentCoding.decoded(bytes[range], plusIsSpace: false))
    }

    /// Calls `body` with the offsets of each `name=value`; it returns whether to go on.
    private func forEachQueryPair(_ body: ((name: Range<Int>, value: Range<Int>)) -> Bool) {
        let query = head.query.range
        var start = query.lowerBound
        while start < query.upperBound {
            var end = start
            var equals: Int?
            while end < query.upperBound, bytes[end] != UInt8(ascii: "&") {
                if equals == nil, bytes[end] == UInt8(ascii: "=") { equals = end }
                end += 1
            }
            let nameEnd = equals ?? end
            let value = equals.map { ($0 + 1)..<end } ?? end..<end
            if end > start, !body((start..<nameEnd, value)) { return }
            start = end + 1
        }
    }
}

/// Percent-encoding (RFC 3986 §2.1). A percent sign without two digits after it stays as it is.
enum PercentCoding {
    static func decoded(_ bytes: ArraySlice<UInt8>, plusIsSpace: Bool) -> [UInt8] {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.count)
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let octet = bytes[index]
            if octet == UInt8(ascii: "%"), index + 2 < bytes.endIndex,
                let high = Octet.hexadecimal(bytes[index + 1]),
                let low = Octet.hexadecimal(bytes[index + 2])
            {
                decoded.append(high << 4 | low)
                index += 3
            } else {
                decoded.append(plusIsSpace && octet == UInt8(ascii: "+") ? Octet.space : octet)
                index += 1
            }
        }
        return decoded
    }

    static func string(_ bytes: [UInt8]) -> String? {
        // The initialiser that takes any encoding decodes scalar by scalar.
        guard let text = try? UTF8Span(validating: bytes.span) else { return nil }
        return String(copying: text)
    }
}
