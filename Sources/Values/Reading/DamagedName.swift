extension Placeholder {
    /// What is wrong with a person's name that a spreadsheet or a code page has damaged.
    package static func nameFault(_ name: String) -> String? {
        guard !DamagedName.isPlain(name) else { return nil }
        return spreadsheetFault(name) ?? LostLetters.fault(in: Array(name.utf8)[...])
            ?? DamagedName(name).fault
    }
}

/// A name in which something else may stand where letters were.
private struct DamagedName {
    private let scalars: [Unicode.Scalar]

    init(_ name: String) { scalars = Array(name.unicodeScalars) }

    /// Whether it is of letters of ASCII and what joins them, as most names are.
    static func isPlain(_ name: String) -> Bool {
        let bytes = name.utf8.span
        for index in bytes.indices {
            let byte = bytes[index]
            guard
                (0x61...0x7a).contains(byte | 0x20) || byte == 32 || byte == UInt8(ascii: "-")
                    || byte == UInt8(ascii: "'") || byte == UInt8(ascii: ".")
            else { return false }
        }
        return true
    }

    var fault: String? {
        // Alone it says that nobody knew.
        guard scalars != ["?"] else { return nil }
        for index in scalars.indices {
            if (0x2028...0x2029).contains(scalars[index].value) {
                return "has a line break in it: enter the name in one line"
            }
            guard let sign = code(at: index) ?? (isSign(index) ? [scalars[index]] : nil) else {
                continue
            }
            return
                "has \(String(String.UnicodeScalarView(sign))) in place of a letter that was lost: "
                + "enter the letter and export the row as UTF-8"
        }
        guard hasAccentsAlone else { return nil }
        return
            "has a word of accented letters alone, which another code page has made of it: export "
            + "the row again as UTF-8"
    }

    // MARK: Codes

    /// What is left of a letter that was escaped and never read: `&eacute;`, `%C3`, `=E9`, `\u00e9`.
    private func code(at start: Int) -> ArraySlice<Unicode.Scalar>? {
        let rest = scalars[start...].prefix(10)
        let next = rest.dropFirst()
        let count: Int
        switch scalars[start] {
        case "&":
            guard let end = next.firstIndex(of: ";"), end > start + 2,
                rest[(start + 1)..<end].allSatisfy({ isPartOfEntity($0) })
            else { return nil }
            count = end - start + 1
        case "%", "=": count = isHex(next.prefix(2), 2) ? 3 : 0
        case "+":
            // UTF-7 (RFC 2152): a letter of Latin-1 or Latin Extended-A in base64.
            guard next.count >= 4, next.first == "A", next[start + 4] == "-",
                ("M"..."X").contains(next[start + 2]),
                "AEIMQUYcgkosw048".unicodeScalars.contains(next[start + 3])
            else { return nil }
            count = 5
        case "\\":
            let digits = next.dropFirst()
            switch next.first {
            case "u" where isHex(digits.prefix(4), 4): count = 6
            case "x" where isHex(digits.prefix(2), 2): count = 4
            case let first? where ("0"..."3").contains(first) && isHex(digits.prefix(2), 2):
                count = 4
            default: count = 0
            }
        case "u":
            // Without the backslash that something has stripped.
            count = next.starts(with: ["0", "0"]) && isHex(next.dropFirst(2).prefix(2), 2) ? 5 : 0
        default: count = 0
        }
        return count > 0 ? rest.prefix(count) : nil
    }

    private func isPartOfEntity(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "#" || ("0"..."9").contains(scalar) || isASCIILetter(scalar)
    }

    private func isHex(_ digits: ArraySlice<Unicode.Scalar>, _ count: Int) -> Bool {
        digits.count == count && digits.allSatisfy { $0.isASCII && $0.properties.isASCIIHexDigit }
    }

    // MARK: Signs

    /// What Windows-1252, DOS and Macs have where another of them has letters, and no name has.
    private static let signs = Set("¡¢£¤¥¦§©¬®±¶¼½¾¿×÷†‡•‰‹›€™".unicodeScalars)

    private func isSign(_ index: Int) -> Bool {
        let scalar = scalars[index]
        switch scalar {
        case "?": return true
        case "#":
            return isLetter(index + 1) || isLetter(index - 1) && !isDigit(index + 1)
        // One that opens a quotation has a space before it.
        case "‚", "„": return isLetter(index - 1)
        case "“", "”", "…": return isLetter(index - 1) && isLetter(index + 1)
        case "Ž", "Š": return isCapitalAstray(index)
        default: break
        }
        return switch scalar.value {
        // Arrows, operators, frames and boxes, private use, and what stands for an object.
        case 0x2190...0x25FF, 0xE000...0xF8FF, 0xFFFC: true
        // Greek, Cyrillic and Hebrew.
        case 0xB5, 0x370...0x4FF, 0x5D0...0x5EA:
            !Self.borrowed.contains(scalar)
                && (isASCIILetter(index - 1) || isASCIILetter(index + 1))
        default: Self.signs.contains(scalar)
        }
    }

    /// What people type for ɑ, ɛ, ɣ, ŋ, ɩ, ʋ and ə of African and Turkic spellings.
    private static let borrowed = Set("αβεγηιυωәӘ".unicodeScalars)

    /// Whether a Mac's é has become a capital inside a word (`BŽatrice`, `AndrŽ`), where no spelling has
    /// one; `BoŽena` and `DrŽaj` are only written in the wrong case.
    private func isCapitalAstray(_ index: Int) -> Bool {
        guard isASCIILetter(index - 1),
            !"AEIOUYDaeiouyd".unicodeScalars.contains(scalars[index - 1])
        else { return false }
        let isLast = !isLetter(index + 1)
        if "LNRlnr".unicodeScalars.contains(scalars[index - 1]), !isLast { return false }
        return isSmall(isLast ? index - 1 : index + 1)
    }

    /// Whether a word of three letters or more is of accented ones of Latin-1 alone, as Arabic and
    /// Cyrillic are in Windows-1252 (`ÇÍãÏ`).
    private var hasAccentsAlone: Bool {
        var run = 0
        var isMixed = false
        for index in 0...scalars.count {
            guard isLetter(index) else {
                if run >= 3, !isMixed { return true }
                (run, isMixed) = (0, false)
                continue
            }
            run += 1
            if !(0xC0...0xFF).contains(scalars[index].value) { isMixed = true }
        }
        return false
    }

    // MARK: Kinds

    private func isLetter(_ index: Int) -> Bool {
        scalars.indices.contains(index)
            && (scalars[index].properties.isAlphabetic
                || scalars[index].properties.generalCategory == .nonspacingMark)
    }

    private func isSmall(_ index: Int) -> Bool {
        scalars.indices.contains(index) && scalars[index].properties.isLowercase
    }

    private func isDigit(_ index: Int) -> Bool {
        scalars.indices.contains(index) && ("0"..."9").contains(scalars[index])
    }

    private func isASCIILetter(_ index: Int) -> Bool {
        scalars.indices.contains(index) && isASCIILetter(scalars[index])
    }

    private func isASCIILetter(_ scalar: Unicode.Scalar) -> Bool {
        (65...90).contains(scalar.value & ~0x20) && scalar.isASCII
    }
}
