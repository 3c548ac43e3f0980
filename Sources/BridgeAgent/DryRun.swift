import Foundation

/// What `--dry-run` tells: every complete or incomplete file, what would be sent of it, and what is
/// bad. Nothing is written, moved or sent.
package struct DryRun {
    private let configuration: AgentConfiguration
    private let print: (String) -> Void

    package init(_ configuration: AgentConfiguration, print: @escaping (String) -> Void) {
        self.configuration = configuration
        self.print = print
    }

    /// - Parameter shown: records and bad rows shown of each file.
    /// - Returns: how many rows and files are bad.
    package func run(shown: Int = 3) throws(AgentError) -> Int {
        let names: [String]
        do {
            names = try Folder.names(in: configuration.watchFolder).sorted()
        } catch {
            throw AgentError("The watched folder cannot be read: \(error).")
        }
        let pattern = FilePattern(configuration.filePattern)
        var bad = 0
        var count = 0
        for name in names where Settling.isCandidate(name, pattern) {
            guard FileStatus(path: configuration.watchFolder + "/" + name) != nil else { continue }
            count += 1
            do {
                bad += try tell(name, shown: shown)
            } catch let refusal as FileRefusal {
                bad += 1
                print("\(name): would go to \(configuration.errorsFolder): \(refusal.sentence)")
            } catch {
                bad += 1
                print("\(name): cannot be read: \(error)")
            }
        }
        print("\(count) files in \(configuration.watchFolder); nothing was sent or moved.")
        return bad
    }

    private func tell(_ name: String, shown: Int) throws -> Int {
        guard let type = RecordType(fileName: name) else {
            throw FileRefusal("the name does not tell what the rows are.")
        }
        let input = try InputFile(path: configuration.watchFolder + "/" + name)
        let head = try input.read(at: 0, count: CSVDialect.sniffedBytes)
        let dialect = try CSVDialect(sniffing: head)
        let heading = try FileHeading(of: input, dialect)
        let layout = heading.layout
        var reader = RowReader(dialect, offset: heading.offset, number: heading.row.number)
        let zone = configuration.timeZone.flatMap(TimeZone.init(identifier:)) ?? .current
        let builder = RecordBuilder(
            type: type, layout: layout,
            dates: DateText(order: configuration.dateOrder, zone: zone), sourceFile: name)
        print("\(name): \(type.rawValue) records")
        if let remark = heading.remark { print("  " + remark) }
        let names = zip(0..<heading.row.count, layout.columns).map { index, column in
            let written = TextEncoding.string(heading.row[index])
            return written == column.name ? written : "\(written) → \(column.name)"
        }
        print("  columns: " + names.joined(separator: ", "))
        var good = 0
        var bad = 0
        while let row = try reader.next(from: input) {
            if row.isBlank, row.fault == nil { continue }
            switch builder.record(row) {
            case .record(let body, _):
                good += 1
                if good <= shown {
                    print("  row \(row.number): " + String(decoding: body, as: UTF8.self))
                }
            case .bad(let reason):
                bad += 1
                if bad <= shown { print("  row \(row.number) is bad: \(reason)") }
            }
        }
        print("  \(good) records would be sent, \(bad) rows are bad")
        return bad
    }
}
