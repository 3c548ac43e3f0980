import JSON

/// What `check` tells of the columns of files: what each is read as, which say nothing to us, and a
/// `columns` block for the configuration that says what they are.
package struct ColumnCheck {
    private let configuration: AgentConfiguration
    private var proposed: [(heading: String, name: String)] = []

    package init(_ configuration: AgentConfiguration) { self.configuration = configuration }

    /// - Parameter paths: of files; without any, those that wait in the watched folder.
    package mutating func lines(_ paths: [String]) -> [String] {
        var lines: [String] = []
        for path in paths.isEmpty ? waiting : paths {
            do {
                lines += try columns(path)
            } catch {
                lines.append("\(path): \(Self.sentence(error))")
            }
        }
        return lines + block
    }

    private var waiting: [String] {
        let pattern = FilePattern(configuration.filePattern)
        let folder = configuration.watchFolder
        // That the folder cannot be read is told by the check of the folder.
        let names = (try? Folder.names(in: folder)) ?? []
        return names.filter { Settling.isCandidate($0, pattern) }.sorted().prefix(100)
            .map { folder + "/" + $0 }.filter { FileStatus(path: $0) != nil }
    }

    private static func sentence(_ error: any Error) -> String {
        switch error {
        case let refusal as FileRefusal: refusal.sentence
        case let wait as FileWait: wait.sentence
        default: "\(error)"
        }
    }

    private mutating func columns(_ path: String) throws -> [String] {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        guard let type = FileType(fileName: name) else {
            let tokens = FileType.allCases.map(\.token).joined(separator: ", ")
            throw FileRefusal(
                "the name does not tell what the rows are: it must contain one of \(tokens)")
        }
        let input = try InputFile(path: path)
        let dialect = try CSVDialect(of: input, configuration)
        let row = try Self.heading(of: input, dialect, type, configuration.columns)
        let headings = (0..<min(row.count, 1000)).map { dialect.encoding.string(row[$0]) }
            .filter { ColumnNames.name(for: $0, nil) != nil }
        let known = headings.map { ColumnNames.known($0, type, configuration.columns) }
        var taken = Set(known.compactMap(\.self))
        var lines = ["\(path): \(type.rawValue) records"]
        for (heading, name) in zip(headings, known) {
            if let name {
                lines.append("  \(heading) → \(name)")
                continue
            }
            let proposal = ColumnNames.proposal(for: heading, type, apartFrom: taken)
            if let proposal { taken.insert(proposal) }
            lines.append(
                "  \(heading) is unknown" + (proposal.map { "; perhaps \($0)" } ?? ""))
            propose(heading, proposal ?? ColumnNames.snakeCase(heading))
        }
        let missing = RowCheck.missing(type, in: Array(known.compactMap(\.self)))
        if !missing.isEmpty { lines.append("  missing: \(missing.joined(separator: ", "))") }
        return lines
    }

    /// The row of the column names, or the first one where none is known.
    private static func heading(
        of input: borrowing InputFile, _ dialect: CSVDialect, _ type: FileType,
        _ columns: [String: String]
    ) throws -> CSVRow {
        do {
            return try FileHeading(of: input, dialect, type, named: columns).row
        } catch let refusal as FileRefusal {
            var reader = RowReader(dialect, offset: dialect.headerOffset, number: 0)
            guard let first = try reader.nextFilled(from: input), first.fault == nil else {
                throw refusal
            }
            return first
        }
    }

    private mutating func propose(_ heading: String, _ name: String) {
        guard proposed.count < 200, !proposed.contains(where: { $0.heading == heading }) else {
            return
        }
        proposed.append((heading, name))
    }

    /// With what the configuration has already, which it takes the place of.
    private var block: [String] {
        guard !proposed.isEmpty else { return [] }
        let known = configuration.columns.sorted { $0.key < $1.key }
        let members = (known.map { ($0.key, $0.value) } + proposed.map { ($0.heading, $0.name) })
            .map { "  \(Self.quoted($0.0)): \(Self.quoted($0.1))" }
        return [
            "What the unknown columns hold can be said in bridge_config.json; correct the names behind the "
                + "colons, and leave out what need not be understood:",
            "\"columns\": {", members.joined(separator: ",\n"), "}",
        ]
    }

    private static func quoted(_ text: String) -> String {
        var json = JSONWriter()
        json.array { $0.element(text) }
        return String(decoding: json.finish().dropFirst().dropLast(), as: UTF8.self)
    }
}
