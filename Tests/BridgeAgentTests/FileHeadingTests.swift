import Foundation
import Testing

@testable import BridgeAgent

struct FileHeadingTests {
    private let folder: AgentFolder

    init() throws { folder = try AgentFolder() }

    private func heading(_ text: String) throws -> FileHeading {
        try folder.drop("f.csv", text)
        let input = try InputFile(path: folder.path + "/data/incoming/f.csv")
        let head = try input.read(at: 0, count: CSVDialect.sniffedBytes)
        return try FileHeading(of: input, try CSVDialect(sniffing: head))
    }

    /// Every row above the names, and where they are.
    @Test(arguments: [
        ("health_id,test\nX,Hb\n", 1, []),
        ("\n\nhealth_id,test\nX,Hb\n", 3, []),
        ("Laboratory of the hospital\nhealth_id;test\nX;Hb\n", 2, [1]),
        ("Laboratory;;\n;;\nJune 2026;;\nhealth_id;test;result\nX;Hb;9\n", 4, [1, 3]),
        ("Patients, by ward\n\nfirst_name;last_name;dob\nA;B;1990-01-01\n", 3, [1]),
        // A title may be one of our words.
        ("Diagnosis\nhealth_id,code\nX,B54\n", 2, [1]),
        // A quotation mark gone astray.
        ("\"Report\" of June,a\nhealth_id,test\nX,Hb\n", 2, [1]),
        ("1\n2\n3\n4\n5\n6\n7\n8\n9\nhealth_id,test\n", 10, [1, 2, 3, 4, 5, 6, 7, 8, 9]),
        // One column may be all there is.
        ("health_id\nX\n", 1, []),
        ("notes\nfever, pulse\n", 1, []),
        ("first_name,x\ndob,test\n", 1, []),
    ])
    func isFoundBelowATitle(_ text: String, _ row: Int, _ skipped: [Int]) throws {
        let heading = try heading(text)
        #expect(heading.row.number == row)
        #expect(heading.skippedRows == skipped)
        #expect((heading.remark == nil) == skipped.isEmpty)
    }

    /// Rows of data must not be passed over for one word among them.
    @Test(arguments: [
        "a,b\n1,2\nnotes,3\n", "Title\n1,2\n3,4\n", "a,b\nhealth_id\n",
        "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\nhealth_id,test\n", "\n", "Title\n",
    ])
    func isNotGuessed(_ text: String) throws {
        #expect(throws: FileRefusal.self) { try heading(text) }
    }
}
