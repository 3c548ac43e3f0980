/// The patients of a batch, as one audit row keeps them: ids ascending, each as its distance from the
/// one before, in LEB128. Five hundred take about a kilobyte.
package enum PatientList {
    /// `nil` for none. `ids` are positive and ascending, none twice.
    package static func encode(_ ids: [Int64]) -> [UInt8]? {
        guard !ids.isEmpty else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(ids.count * 3)
        var previous: Int64 = 0
        for id in ids {
            precondition(id > previous, "ids ascend, and are positive")
            var rest = UInt64(id - previous)
            previous = id
            while rest >= 0x80 {
                bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
                rest >>= 7
            }
            bytes.append(UInt8(rest))
        }
        return bytes
    }

    /// `nil` for bytes that `encode` never writes.
    package static func decode(_ bytes: [UInt8]) -> [Int64]? {
        var ids: [Int64] = []
        var previous: UInt64 = 0
        var rest: UInt64 = 0
        var shift: UInt64 = 0
        for byte in bytes {
            guard shift < 63 else { return nil }
            rest |= UInt64(byte & 0x7f) << shift
            shift += 7
            guard byte < 0x80 else { continue }
            let (id, hasOverflowed) = previous.addingReportingOverflow(rest)
            guard !hasOverflowed, rest > 0, id <= UInt64(Int64.max) else { return nil }
            ids.append(Int64(id))
            previous = id
            rest = 0
            shift = 0
        }
        return shift == 0 ? ids : nil
    }
}
