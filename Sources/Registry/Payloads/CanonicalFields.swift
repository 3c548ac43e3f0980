package import Crypto
package import JSON
package import Values

/// What was read of an object, and what of it nobody read: the same for all spellings of one record.
///
/// A field counts under the first of its names, by what it means: a moment whatever its offset, a
/// number whether quoted or not, a text without the spaces around it. What no reader asked for counts
/// as it is, so that two records that differ anywhere stay two. Where a meaning is less than what was
/// sent (the level of a flag, a fraction of a millisecond), what was sent counts too.
package struct CanonicalFields {
    private let log = Log()
    /// Before the names of what lies in an element of a list.
    private var place: [UInt8] = []

    package init() {}

    /// Forgets everything, for the next object.
    package func clear() { log.notes.clear() }

    // MARK: Noting

    /// An object whose fields are read from here on; one inside another counts as part of it.
    package func open(_ object: JSONValue, _ name: StaticString? = nil) {
        guard let name else { return log.notes.objects.append((object, place)) }
        skip(object)
        log.notes.objects.append((object, place + Array("\(name).".utf8)))
    }

    /// An object in a list.
    package func item(_ object: JSONValue, at index: Int, of name: StaticString) -> CanonicalFields
    {
        var item = self
        item.place += Array("\(name).\(index).".utf8)
        item.open(object)
        return item
    }

    /// Something that says no more than what is noted already.
    func skip(_ value: JSONValue) {
        log.notes.taken.append(value.position)
    }

    /// - Parameter value: where it was said; `nil` when that is skipped anyway.
    package func take(_ name: StaticString, _ value: JSONValue?, as text: String) {
        log.notes.take(name, value, at: place) { $0.append(text: text) }
    }

    package func take(
        _ name: StaticString, _ value: JSONValue, as time: Timestamp,
        from text: some BidirectionalCollection<UInt8>
    ) {
        log.notes.take(name, value, at: place) { bytes in
            bytes.append(number: time.milliseconds)
            // A day is not its first instant.
            bytes.append(text.count == 10 ? 1 : 0)
            let finer = text.finerThanMilliseconds
            if !finer.isEmpty { bytes.append(text: finer) }
        }
    }

    package func take(
        _ name: StaticString, _ value: JSONValue, as date: CalendarDate, from text: String
    ) {
        let clock = text.utf8.dropFirst(10)
        let isMidnight = clock.dropFirst().starts(with: "00:00:00".utf8)
        log.notes.take(name, value, at: place) { bytes in
            bytes.append(number: Int64(date.daysSince1970))
            bytes.append(text: isMidnight ? clock.prefix(0) : clock)
        }
    }

    // MARK: The sum

    /// Hashes all that was noted, in whatever order, and the members that nobody took.
    ///
    /// - Parameter isUnrelated: which members say nothing; asked of the outermost objects'.
    package func finish(
        apartFrom isUnrelated: (_ name: ArraySlice<UInt8>) -> Bool, into hash: inout SHA256
    ) {
        log.notes.takeTheRest(apartFrom: isUnrelated)
        log.notes.finish(into: &hash)
    }

    /// One for an object and all that lies inside it.
    private final class Log {
        var notes = Notes()
    }

    private struct Notes {
        enum Kind: UInt8 {
            case read, unread
        }

        struct Note {
            /// Of the name: notes are sorted by this, and by their bytes where two agree.
            let mark: UInt64
            let range: Range<Int>
        }

        var objects: [(object: JSONValue, place: [UInt8])] = []
        /// Where the values that were taken begin.
        var taken: [Int] = []
        private var bytes: [UInt8] = []
        private var notes: [Note] = []

        mutating func clear() {
            objects.removeAll(keepingCapacity: true)
            taken.removeAll(keepingCapacity: true)
            bytes.removeAll(keepingCapacity: true)
            notes.removeAll(keepingCapacity: true)
        }

        @inline(__always)
        mutating func take(
            _ name: StaticString, _ value: JSONValue?, at place: [UInt8],
            _ append: (inout [UInt8]) -> Void
        ) {
            if let value { taken.append(value.position) }
            let start = begin(.read, place)
            bytes.append(UInt8(truncatingIfNeeded: name.utf8CodeUnitCount))
            bytes.append(name)
            end(start, append)
        }

        mutating func takeTheRest(apartFrom isUnrelated: (_ name: ArraySlice<UInt8>) -> Bool) {
            // A visit may have thousands of parts, each with what was taken of it.
            if taken.count > 32 { taken.sort() }
            for (object, place) in objects {
                for (name, value) in object.membersUTF8
                where !hasTaken(value.position) && !value.isPlaceholder
                    && !(place.isEmpty && isUnrelated(name))
                {
                    let start = begin(.unread, place)
                    bytes.append(counted: name)
                    end(start) { $0.append(value) }
                }
            }
        }

        private func hasTaken(_ position: Int) -> Bool {
            guard taken.count > 32 else { return taken.contains(position) }
            var (low, high) = (0, taken.count)
            while low < high {
                let middle = (low + high) / 2
                if taken[middle] < position { low = middle + 1 } else { high = middle }
            }
            return low < taken.count && taken[low] == position
        }

        @inline(__always)
        private mutating func begin(_ kind: Kind, _ place: [UInt8]) -> Int {
            let start = bytes.count
            bytes.append(kind.rawValue)
            if place.isEmpty { bytes.append(0) } else { bytes.append(counted: place) }
            return start
        }

        @inline(__always)
        private mutating func end(_ start: Int, _ append: (inout [UInt8]) -> Void) {
            let mark = Self.mark(of: bytes.span, from: start)
            append(&bytes)
            notes.append(Note(mark: mark, range: start..<bytes.count))
        }

        /// FNV-1a.
        private static func mark(of text: Span<UInt8>, from start: Int) -> UInt64 {
            var mark: UInt64 = 0xcbf2_9ce4_8422_2325
            for index in start..<text.count {
                mark = (mark ^ UInt64(text[index])) &* 0x100_0000_01b3
            }
            return mark
        }

        mutating func finish(into hash: inout SHA256) {
            let bytes = bytes
            notes.sort { left, right in
                left.mark == right.mark
                    ? bytes[left.range].lexicographicallyPrecedes(bytes[right.range])
                    : left.mark < right.mark
            }
            for note in notes { hash.update(bytes.span.extracting(note.range)) }
        }
    }
}

extension [UInt8] {
    /// One form for all spellings of a value that nobody reads.
    fileprivate mutating func append(_ value: JSONValue) {
        switch value.kind {
        case .object:
            let members = value.membersUTF8.sorted { $0.key.lexicographicallyPrecedes($1.key) }
            append(UInt8(ascii: "{"))
            for (key, value) in members where !value.isNull {
                append(counted: key)
                append(value)
            }
            append(UInt8(ascii: "}"))
        case .array:
            append(UInt8(ascii: "["))
            for element in value.elements { append(element) }
            append(UInt8(ascii: "]"))
        default: append(text: value.trimmed)
        }
    }

    fileprivate mutating func append(text: some Collection<UInt8>) {
        append(UInt8(ascii: "\""))
        append(counted: text)
    }

    /// Length first: no two sequences of texts share an encoding.
    fileprivate mutating func append(counted text: some Collection<UInt8>) {
        let count = text.count
        if count < 255 {
            append(UInt8(count))
        } else {
            append(255)
            append(number: Int64(count))
        }
        append(contentsOf: text)
    }

    fileprivate mutating func append(text: String) {
        append(UInt8(ascii: "\""))
        let bytes = text.utf8.span
        guard bytes.count < 255 else { return append(counted: text.utf8) }
        append(UInt8(bytes.count))
        for index in bytes.indices { append(bytes[index]) }
    }

    fileprivate mutating func append(number: Int64) {
        append(UInt8(ascii: "#"))
        for shift in stride(from: 56, through: 0, by: -8) {
            append(UInt8(truncatingIfNeeded: number >> Int64(shift)))
        }
    }
}

extension JSONValue {
    /// `null`, or an empty cell.
    fileprivate var isPlaceholder: Bool { isNull || kind == .string && trimmed.isEmpty }

    /// A text without the spaces around it; a number or truth value as it was written.
    fileprivate var trimmed: ArraySlice<UInt8> {
        guard let text = utf8 else { return raw }
        guard let first = text.firstIndex(where: { !$0.isSpace }),
            let last = text.lastIndex(where: { !$0.isSpace })
        else { return [] }
        return text[first...last]
    }
}

extension UInt8 {
    fileprivate var isSpace: Bool { self == 32 || (9...13).contains(self) }
}

extension BidirectionalCollection<UInt8> {
    /// The digits of a second's fraction from the fourth on, up to the last that is not 0.
    fileprivate var finerThanMilliseconds: SubSequence {
        guard count > 20 else { return prefix(0) }
        let digits = drop { $0 != UInt8(ascii: ".") }.dropFirst(4)
            .prefix { (48...57).contains($0) }
        guard let last = digits.lastIndex(where: { $0 != 48 }) else { return digits.prefix(0) }
        return digits[...last]
    }
}
