/// Letters that an earlier program has lost or encoded twice, in what is UTF-8 now.
package enum LostLetters {
    /// What is wrong with a text; `nil` where nothing is.
    package static func fault(in text: ArraySlice<UInt8>) -> String? {
        guard text.contains(where: { $0 >= 0x80 }) else { return nil }
        for index in text.indices {
            let rest = text[index...]
            if rest.starts(with: [0xEF, 0xBF, 0xBD]) {
                return
                    "has the sign � in place of a letter that was lost: enter the letter and export "
                    + "the row as UTF-8"
            }
            if text[index] == 0xC3, isDoubled(rest) {
                return
                    "has letters that were encoded twice, such as Ã©: export the row again as UTF-8"
            }
        }
        return nil
    }

    /// Whether `Ã`, `Â`, `Ø` or `Ù` stands before what Windows-1252 makes of a second byte of UTF-8.
    package static func isDoubled(_ bytes: ArraySlice<UInt8>) -> Bool {
        var rest = bytes.prefix(4)
        guard rest.count == 4, rest.removeFirst() == 0xC3,
            [0x82, 0x83, 0x98, 0x99].contains(rest.removeFirst())
        else { return false }
        let (first, second) = (rest.removeFirst(), rest.removeFirst())
        return switch first {
        case 0xC2: (0x80...0xBF).contains(second)
        case 0xC5: [0x92, 0x93, 0xA0, 0xA1, 0xB8, 0xBD, 0xBE].contains(second)
        case 0xC6: second == 0x92
        case 0xCB: [0x86, 0x9C].contains(second)
        case 0xE2: [0x80, 0x82, 0x84].contains(second)
        default: false
        }
    }
}
