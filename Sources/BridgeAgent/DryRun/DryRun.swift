import Foundation
import Values

/// What `--dry-run` tells: every complete or incomplete file, what would be sent of it, what is bad, and
/// what the server would refuse. Nothing is written, moved or sent.
package struct DryRun {
    private let configuration: AgentConfiguration
    private let print: (String) -> Void

    package init(_ configuration: AgentConfiguration, print: @escaping (String) -> Void) {
        self.configuration = configuration
        self.print = print
    }

    /// - Parameter shown: records and bad rows shown of each file.
    /// - Returns: how many rows and files are bad or would be refused.
    package func run(shown: Int = 3) throws(AgentError) -> Int {
        if let fault = Folder.fault(configuration.watchFolder, writing: false) {
            throw AgentError(fault)
        }
        let names: [String]
        do {
            names = try Folder.names(in: configuration.watchFolder).sorted()
        } catch {
            throw AgentError("The watched folder cannot be read: \(error).")
        }
        let pattern = FilePattern(configuration.filePattern)
        var bad = 0
        var count = 0
        let own = configuration.ownNames
        for name in names where !own.contains(name) {
            let path = configuration.watchFolder + "/" + name
            guard Settling.isCandidate(name, pattern), FileStatus(path: path) != nil else {
                if !Settling.isUnfinished(name),
                    let sentence = PassedOver.sentence(
                        name, in: configuration.watchFolder, configuration.filePattern)
                {
                    print("\(name) \(sentence).")
                }
                continue
            }
            count += 1
            do {
                bad += try tell(name, shown: shown)
            } catch let refusal as FileRefusal {
                bad += 1
                print("\(name): would go to \(configuration.errorsFolder): \(refusal.sentence)")
            } catch let wait as FileWait {
                bad += 1
                print("\(name): would wait: \(wait.sentence)")
            } catch {
                bad += 1
                print("\(name): cannot be read: \(error)")
            }
        }
        if count > 0 { print(RowCheck.scope) }
        print("\(count) files in \(configuration.watchFolder); nothing was sent or moved.")
        return bad
    }

    private func tell(_ name: String, shown: Int) throws -> Int {
        guard let type = FileType(fileName: name) else {
            throw FileRefusal("the name does not tell what the rows are.")
        }
        let input = try InputFile(path: configuration.watchFolder + "/" + name)
        let dialect = try CSVDialect(of: input, configuration)
        let heading = try FileHeading(
            of: input, dialect, type, named: configuration.columns)
        let layout = heading.layout
        var reader = RowReader(dialect, offset: heading.offset, number: heading.row.number)
        let zone = configuration.timeZone.flatMap(TimeZone.init(identifier:)) ?? .current
        var builder = RecordBuilder(
            type: type, layout: layout,
            dates: DateText(zone: zone), encoding: dialect.encoding,
            sourceFile: name)
        print("\(name): \(type.rawValue) records")
        if let remark = heading.remark { print("  " + remark) }
        let names = zip(0..<heading.row.count, layout.columns).map { index, column in
            let written = dialect.encoding.string(heading.row[index])
            return written == column.name ? written : "\(written) → \(column.name)"
        }
        print("  columns: " + names.joined(separator: ", "))
        if let remark = layout.remark { print("  " + remark) }
        let check = RowCheck(
            type: type,
            today: Timestamp(milliseconds: Int64(Date.now.timeIntervalSince1970 * 1000))
                .day(in: zone))
        let missing = RowCheck.missing(type, in: layout.columns.map(\.name))
        if !missing.isEmpty {
            print("  columns missing: \(missing.joined(separator: ", "))")
        }
        var good = 0
        var refused = 0
        var bad = 0
        var remarked = 0
        var unanswered = 0
        while let row = try reader.next(from: input) {
            if row.isBlank, row.fault == nil { continue }
            var outcome = builder.record(row)
            if outcome == .undecided {
                builder.orders = try DateSurvey.orders(
                    of: input, dialect, heading, configured: configuration.dateOrder)
                outcome = builder.record(row)
            }
            switch outcome {
            case .record(let body, _, let remarks):
                if let complaint = check.complaint(body) {
                    refused += 1
                    if refused <= shown {
                        print("  row \(row.number) would be refused: \(complaint)")
                    }
                    continue
                }
                for remark in remarks + [check.remark(body)].compactMap(\.self) {
                    remarked += 1
                    if remarked <= shown { print("  row \(row.number): \(remark)") }
                }
                good += 1
                if good <= shown {
                    print("  row \(row.number): " + String(decoding: body, as: UTF8.self))
                }
            case .bad(let reason):
                bad += 1
                if bad <= shown { print("  row \(row.number) is bad: \(reason)") }
            case .unanswered: unanswered += 1
            case .undecided: preconditionFailure("the order of dates has just been decided")
            }
        }
        print("  rows: \(good) good, \(refused) that the server would refuse, \(bad) bad")
        if unanswered > 0 { print("  without a name in confirmed_by, and not sent: \(unanswered)") }
        return bad + refused
    }
}
