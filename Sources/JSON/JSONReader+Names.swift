/// Duplicate names, and the path to where reading stopped.
extension JSONReader {
    /// Up to this many members are compared pairwise, which allocates nothing.
    private static let fewNames = 32

    /// Refuses the object about to close when two of its names are equal.
    func checkFewNames(_ bytes: Span<UInt8>) throws(Fault) {
        let first = Int(open) + 1
        var seen: UInt64 = 0
        var name = first
        for _ in 0..<count {
            let mark = tape[name].next
            let bit: UInt64 = 1 << UInt64(mark & 63)
            // Most names have a bit of their own, so most objects need no comparison at all.
            if seen & bit != 0 {
                var earlier = first
                while earlier != name {
                    if tape[earlier].next == mark && namesEqual(bytes, earlier, name) {
                        throw duplicate(bytes, name)
                    }
                    earlier = Int(tape[earlier + 1].next)
                }
            }
            seen |= bit
            name = Int(tape[name + 1].next)
        }
    }

    mutating func checkNames(_ bytes: Span<UInt8>) throws(Fault) {
        guard count > Self.fewNames else { return try checkFewNames(bytes) }
        // Open addressing, at most half full. `Hasher` is keyed with a random seed per process, so
        // nobody can choose names that collide.
        var slots = 64
        while slots < count * 2 { slots *= 2 }
        table.removeAll(keepingCapacity: true)
        table.append(contentsOf: repeatElement(0, count: slots))
        var name = Int(open) + 1
        for _ in 0..<count {
            var slot = seededHash(bytes, name) & (slots - 1)
            while table[slot] != 0 {
                let earlier = Int(table[slot])
                if tape[earlier].next == tape[name].next && namesEqual(bytes, earlier, name) {
                    throw duplicate(bytes, name)
                }
                slot = (slot + 1) & (slots - 1)
            }
            // Never 0: a name comes after its object's own entry.
            table[slot] = UInt32(truncatingIfNeeded: name)
            name = Int(tape[name + 1].next)
        }
    }

    private func duplicate(_ bytes: Span<UInt8>, _ name: Int) -> Fault {
        Fault(
            .duplicateKey(nameText(bytes, name)), at: Int(tape[name].start), in: .name(name))
    }

    private func namesEqual(_ bytes: Span<UInt8>, _ left: Int, _ right: Int) -> Bool {
        let folding = limits.keys == .caseInsensitive
        let right = tape[right]
        if right.hasEscapes {
            let text = bytes.decodingEscapes(in: right.content)
            return nameEquals(bytes, left, text.span, folding: folding)
        }
        return nameEquals(bytes, left, bytes.extracting(right.content), folding: folding)
    }

    private func nameEquals(
        _ bytes: Span<UInt8>, _ name: Int, _ other: Span<UInt8>, folding: Bool
    ) -> Bool {
        let entry = tape[name]
        if entry.hasEscapes {
            let text = bytes.decodingEscapes(in: entry.content)
            return text.span.equals(other, in: 0..<text.count, folding: folding)
        }
        return bytes.equals(other, in: entry.content, folding: folding)
    }

    private func seededHash(_ bytes: Span<UInt8>, _ name: Int) -> Int {
        let entry = tape[name]
        if entry.hasEscapes {
            let text = bytes.decodingEscapes(in: entry.content)
            return seededHash(text.span)
        }
        return seededHash(bytes.extracting(entry.content))
    }

    private func seededHash(_ text: Span<UInt8>) -> Int {
        var hasher = Hasher()
        let folding = limits.keys == .caseInsensitive
        var word: UInt64 = 0
        for index in text.indices {
            word = word << 8 | UInt64(folding ? text[index].lowercasedASCII : text[index])
            if index & 7 == 7 {
                hasher.combine(word)
                word = 0
            }
        }
        hasher.combine(word)
        hasher.combine(text.count)
        return hasher.finalize()
    }

    static func decodedFingerprint(_ bytes: Span<UInt8>, in range: Range<Int>) -> UInt32 {
        let text = bytes.decodingEscapes(in: range)
        return text.span.fingerprint(of: 0..<text.count)
    }

    /// A name as it may be shown: at most 64 characters, control characters replaced.
    private func nameText(_ bytes: Span<UInt8>, _ name: Int) -> String {
        var text = ""
        let decoded = bytes.decodingEscapes(in: tape[name].content)
        var characters = 0
        for scalar in String(decoding: decoded, as: UTF8.self).unicodeScalars {
            if characters == 64 {
                text += "…"
                break
            }
            text.unicodeScalars.append(
                scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value) ? "\u{FFFD}" : scalar)
            characters += 1
        }
        return text
    }

    /// The path to `place`, as `records.3.health_id`, at most eight names or indexes of it.
    func path(to place: Fault.Place, in bytes: Span<UInt8>) -> String {
        var parts: [String] = []
        var container = open
        var begun = count
        switch place {
        case .value: break
        case .name(let name):
            parts.append(nameText(bytes, name))
            begun = 0
        case .container: begun = 0
        }
        while container != Self.none {
            let entry = tape[Int(container)]
            if begun > 0 {
                parts.append(
                    entry.isObject
                        ? nameText(bytes, lastName(of: Int(container), count: begun))
                        : String(begun - 1))
            }
            container = entry.next
            if container != Self.none { begun = tape[Int(container)].count }
        }
        let shown = parts.reversed().prefix(8).joined(separator: ".")
        return parts.count > 8 ? shown + ".…" : shown
    }

    /// The name of the last of `count` members begun; those before it are complete.
    private func lastName(of object: Int, count: Int) -> Int {
        var name = object + 1
        for _ in 1..<count { name = Int(tape[name + 1].next) }
        return name
    }
}
