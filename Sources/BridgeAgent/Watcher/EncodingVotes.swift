/// Counts under which code page the letters of a file make words, cell by cell.
struct EncodingVotes {
    /// In bytes; the rest of a longer cell says no more.
    static let cellBytes = 256
    /// By how much the best reading must be better than any other that differs from it.
    static let margin = 5
    private let pages = CodePage.allCases
    private let tables = CodePage.allCases.map(LetterClasses.init)
    private var scores = CodePage.allCases.map(\.prior)
    /// The same of cells that are UTF-8.
    private var scoresOfUTF8 = [Int](repeating: 0, count: CodePage.allCases.count)
    private var hasUTF8 = false
    private var usedBytes = [Bool](repeating: false, count: 128)
    private var cell: [UInt8] = []
    private var isHigh = false
    /// Of each page the first cell that it makes no words of.
    private var worst = [(cell: [UInt8], score: Int)](
        repeating: ([], 0), count: CodePage.allCases.count)
    /// For each two pages a cell that speaks against the first and for the second.
    private var conflicts = [[UInt8]](
        repeating: [], count: CodePage.allCases.count * CodePage.allCases.count)
    private var firstCell: [UInt8] = []

    mutating func take(_ piece: [UInt8]) {
        for byte in piece {
            switch byte {
            case 0x2C, 0x3B, 0x7C, 0x09, 0x0A, 0x0D, 0x22: end()
            default:
                if byte >= 0x80 { isHigh = true }
                if cell.count < Self.cellBytes { cell.append(byte) }
            }
        }
    }

    mutating func finish() { end() }

    private mutating func end() {
        defer {
            cell.removeAll(keepingCapacity: true)
            isHigh = false
        }
        guard isHigh else { return }
        let isUTF8 = cell.contains { $0 >= 0x80 } && TextEncoding.isUTF8(cell[...])
        if !isUTF8 {
            for byte in cell where byte >= 0x80 { usedBytes[Int(byte) - 0x80] = true }
            if firstCell.isEmpty { firstCell = cell }
        }
        hasUTF8 = hasUTF8 || isUTF8
        let found = tables.map { $0.score(cell) }
        for (index, score) in found.enumerated() {
            guard !isUTF8 else {
                scoresOfUTF8[index] &+= score
                continue
            }
            scores[index] &+= score
            if score < worst[index].score { worst[index] = (cell, score) }
            guard score <= -6 else { continue }
            for (other, better) in found.enumerated()
            where better >= 4 && conflicts[index * pages.count + other].isEmpty {
                conflicts[index * pages.count + other] = cell
            }
        }
    }

    /// - Throws: `FileWait` when that is not certain.
    func decided() throws(FileWait) -> TextEncoding {
        let order = pages.indices.sorted { scores[$0] > scores[$1] }
        let best = order[0]
        let rivals = order.dropFirst().filter { !readsAlike(best, $0) }
        if scores[best] < pages[best].minimum {
            throw wait(best, rivals.first ?? order[1], firstCell)
        }
        if let rival = rivals.first, scores[best] - scores[rival] < Self.margin {
            throw wait(best, rival, cellWhere(best, rival))
        }
        for other in rivals {
            let cell = conflicts[best * pages.count + other]
            if !cell.isEmpty { throw wait(best, other, cell) }
        }
        if worst[best].score <= -12 { throw wait(best, rivals.first ?? order[1], worst[best].cell) }
        return .page(pages[best], isMixed: hasUTF8 && scoresOfUTF8[best] < 0)
    }

    /// Whether both make the same of every byte that occurs.
    private func readsAlike(_ left: Int, _ right: Int) -> Bool {
        let (left, right) = (pages[left].scalars, pages[right].scalars)
        return usedBytes.indices.allSatisfy { !usedBytes[$0] || left[$0] == right[$0] }
    }

    private func cellWhere(_ left: Int, _ right: Int) -> [UInt8] {
        pages[left].utf8(firstCell) == pages[right].utf8(firstCell) && !worst[right].cell.isEmpty
            ? worst[right].cell : firstCell
    }

    private func wait(_ best: Int, _ other: Int, _ cell: [UInt8]) -> FileWait {
        func shown(_ index: Int) -> String {
            "\(pages[index].string(cell.prefix(60))) (\(pages[index].rawValue))"
        }
        return FileWait(
            "Its letters can be read in more than one way: a cell may be \(shown(best)) or "
                + "\(shown(other)). Save the file as CSV UTF-8, or set \"encoding\" in "
                + "bridge_config.json to one of \(EncodingSurvey.names).")
    }
}

/// What the bytes of a code page are to a reader of words.
struct LetterClasses {
    private enum Class: UInt8 {
        case other, digit, lower, upper
        /// Letters with accents that French has, and those of its neighbours.
        case frenchLower, foreignLower, frenchUpper, foreignUpper
        case arabic, arabicEnd, arabicMark, apostrophe, punctuation, space, none

        var isLatin: Bool { isLower || isUpper }
        var isLower: Bool { self == .lower || self == .frenchLower || self == .foreignLower }
        var isUpper: Bool { self == .upper || self == .frenchUpper || self == .foreignUpper }
        var isAccented: Bool {
            switch self {
            case .frenchLower, .foreignLower, .frenchUpper, .foreignUpper: true
            default: false
            }
        }
        var isArabic: Bool { self == .arabic || self == .arabicEnd || self == .arabicMark }
    }

    private let classes: [Class]
    /// Of Arabic letters, by how often they occur.
    private let weights: [Int]
    private let scalars: [UInt16]

    init(_ page: CodePage) {
        scalars = page.scalars
        classes =
            (0..<128).map { Self.ascii(UInt8($0)) } + page.scalars.map(Self.classOf)
        weights = page.scalars.map { Self.weights[$0] ?? 0 }
    }

    /// How well the bytes make words: above zero for what people write, far below for what nobody does.
    func score(_ bytes: [UInt8]) -> Int {
        var sum = 0
        for index in bytes.indices where bytes[index] >= 0x80 {
            let before = index > 0 ? classes[Int(bytes[index - 1])] : .other
            let next = index + 1 < bytes.count ? classes[Int(bytes[index + 1])] : .other
            let second = index > 1 ? classes[Int(bytes[index - 2])] : .other
            sum += score(bytes[index], before, next, second)
        }
        return sum
    }

    private func score(_ byte: UInt8, _ before: Class, _ next: Class, _ second: Class) -> Int {
        let letter = classes[Int(byte)]
        let isBesideArabic = before.isArabic || next.isArabic
        let isBesideLatin = before.isLatin || next.isLatin
        // Créée has two letters with accents in a row; no word of Latin letters has three.
        if letter.isAccented, before.isAccented { return next.isAccented ? -8 : -2 }
        switch letter {
        case .frenchLower, .foreignLower:
            if isBesideArabic { return -12 }
            if before == .digit || next == .digit { return -4 }
            let value = letter == .frenchLower ? 6 : 2
            if next.isUpper { return before.isUpper ? -10 : -6 }
            if before.isUpper, second.isUpper, !next.isLower { return -10 }
            if !isBesideLatin { return isWord(byte) ? 4 : -2 }
            return value
        case .frenchUpper, .foreignUpper:
            if isBesideArabic { return -12 }
            if before == .digit || next == .digit { return -4 }
            if before.isLower { return -8 }
            let isFrench = letter == .frenchUpper
            if next.isLower { return before.isLatin ? -6 : isFrench ? 4 : 1 }
            if before.isUpper || next.isUpper { return isFrench ? 6 : 2 }
            return -2
        case .arabic, .arabicEnd:
            if isBesideLatin { return -12 }
            guard isBesideArabic else { return -1 }
            if letter == .arabicEnd, next.isArabic { return -6 }
            return weights[Int(byte) - 0x80]
        case .arabicMark: return before.isArabic ? -1 : -10
        case .apostrophe:
            return before.isLatin && next.isLatin ? 4 : before.isArabic && next.isArabic ? -6 : 0
        case .punctuation:
            return isLetter(before) && isLetter(next) ? -6 : 0
        case .space: return 0
        case .none: return -12
        case .other, .digit, .lower, .upper: return 0
        }
    }

    private func isLetter(_ letter: Class) -> Bool { letter.isLatin || letter.isArabic }

    /// `à` is a word of its own.
    private func isWord(_ byte: UInt8) -> Bool { scalars[Int(byte) - 0x80] == 0xE0 }

    private static func ascii(_ byte: UInt8) -> Class {
        switch byte {
        case 48...57: .digit
        case 65...90: .upper
        case 97...122: .lower
        default: .other
        }
    }

    private static func classOf(_ scalar: UInt16) -> Class {
        guard let scalar = Unicode.Scalar(scalar), scalar.value >= 0xA0 else { return .none }
        if "éèêëàâîïôûùüçœ".unicodeScalars.contains(scalar) { return .frenchLower }
        if "áíóúãõñöäåøìòæ".unicodeScalars.contains(scalar) { return .foreignLower }
        if "ÉÈÊËÀÂÎÏÔÛÙÜÇŒ".unicodeScalars.contains(scalar) { return .frenchUpper }
        if "ÁÍÓÚÃÕÑÖÄÅØÌÒÆ".unicodeScalars.contains(scalar) { return .foreignUpper }
        if "’‘".unicodeScalars.contains(scalar) { return .apostrophe }
        if "«»“”–—…°º·•€،؛؟²³½±×µ£".unicodeScalars.contains(scalar) { return .punctuation }
        if scalar == "ة" || scalar == "ى" { return .arabicEnd }
        if (0x64B...0x652).contains(scalar.value) || scalar == "ـ" { return .arabicMark }
        if (0x621...0x64A).contains(scalar.value) { return .arabic }
        if scalar.value == 0xA0 { return .space }
        return .none
    }

    /// How often a letter stands in names and words.
    private static let weights: [UInt16: Int] = {
        let groups: [(String, Int)] = [
            ("الميندرحعب", 4), ("وهسةفتأ", 3), ("قكشخجصزطى", 2), ("إغذضث", 1), ("ءئؤظآ", 0),
        ]
        var weights: [UInt16: Int] = [:]
        for (letters, weight) in groups {
            for scalar in letters.unicodeScalars { weights[UInt16(scalar.value)] = weight }
        }
        return weights
    }()
}
